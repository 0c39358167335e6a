//! What a file holds, told from its bytes alone.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use pangeo::{Error, Result};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use tempfile::TempPath;

/// Bytes read at a time.
const BUFFER: usize = 256 << 10;

/// Bytes of a catalog, a collection or a landing page at most.
const LARGEST: u64 = 256 << 20;

/// What is accepted, for messages.
const ACCEPTED: &str = "give the address of a STAC API, a catalog, or a file of items: an ItemCollection, a line of JSON for each, or GeoParquet";

/// A file, by path.
#[derive(Debug)]
pub(super) struct Content {
    /// What it is called in messages.
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// Removes what was fetched.
    _fetched: Option<TempPath>,
}

/// What is in a file.
#[derive(Debug)]
pub(super) enum Kind {
    /// Items as JSON, in one document or many.
    Items,
    /// Items as stac-geoparquet.
    Parquet,
    /// A catalog, a collection or a landing page.
    Document(Value),
}

/// What is left to do with a document once a member is read.
#[derive(Debug, Default)]
struct Members {
    kind: Option<String>,
    /// Whether it has items by the name of a member.
    items: bool,
}

impl Content {
    /// The file at `path`.
    pub(super) fn of(name: &str, path: &Path) -> Result<Self> {
        let metadata = path.metadata().map_err(|error| Error::io("open", name, error))?;
        if !metadata.is_file() {
            let error = Error::unsupported("this is no file that can be read twice", name);
            return Err(error.with_hint("save what the pipe or device gives to a file"));
        }
        Ok(Self { name: name.to_owned(), path: path.to_owned(), _fetched: None })
    }

    /// What was fetched from `name`; it is removed when it is no longer needed.
    pub(super) fn fetched(name: &str, path: TempPath) -> Self {
        Self { name: name.to_owned(), path: path.to_path_buf(), _fetched: Some(path) }
    }

    pub(super) fn file(&self) -> Result<File> {
        File::open(&self.path).map_err(|error| self.unread(error))
    }

    /// A failure to read it.
    pub(super) fn unread(&self, error: std::io::Error) -> Error {
        // What a stream of compressed data ends with when it is broken.
        match error.kind() {
            std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => {
                Error::malformed(&self.name, format!("its compression is broken: {error}"))
            }
            _ => Error::io("read", &self.name, error),
        }
    }

    /// Its text from the start, decompressed, without a byte order mark.
    pub(super) fn reader(&self) -> Result<Box<dyn BufRead>> {
        let mut plain = BufReader::with_capacity(BUFFER, self.file()?);
        let zipped = plain.fill_buf().map_err(|error| self.unread(error))?.starts_with(&[0x1f, 0x8b]);
        let mut reader: Box<dyn BufRead> = if zipped {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(plain)))
        } else {
            Box::new(plain)
        };
        if reader.fill_buf().map_err(|error| self.unread(error))?.starts_with(b"\xef\xbb\xbf") {
            reader.consume(3);
        }
        Ok(reader)
    }

    /// A failure of the parser: of the file, or of what it was read from.
    pub(super) fn no_json(&self, error: &serde_json::Error) -> Error {
        match error.io_error_kind() {
            Some(kind) => self.unread(std::io::Error::new(kind, error.to_string())),
            None => Error::malformed(&self.name, format!("it is no JSON: {error}")),
        }
    }

    /// What it holds.
    ///
    /// # Errors
    /// When it is nothing of STAC.
    pub(super) fn kind(&self) -> Result<Kind> {
        let mut reader = self.reader()?;
        if reader.fill_buf().map_err(|error| self.unread(error))?.starts_with(b"PAR1") {
            return Ok(Kind::Parquet);
        }
        match first(&mut reader).map_err(|error| self.unread(error))? {
            Some(b'[') => return Ok(Kind::Items),
            Some(b'{') => {}
            Some(b'<') => return Err(self.nothing("it is HTML or XML")),
            Some(_) => return Err(self.nothing("it is neither JSON nor GeoParquet")),
            None => return Err(self.nothing("it is empty")),
        }
        let mut members = Members::default();
        let mut parser = serde_json::Deserializer::from_reader(reader);
        // What stops it once enough is known is no failure.
        if let Err(error) = members.deserialize(&mut parser)
            && !members.settled()
        {
            return Err(self.no_json(&error));
        }
        match members.kind.as_deref() {
            _ if members.items => Ok(Kind::Items),
            Some("Catalog" | "Collection") | None => self.document().map(Kind::Document),
            Some(kind) => Err(self.nothing(&format!("it is a {kind}"))),
        }
    }

    /// It, as one document.
    fn document(&self) -> Result<Value> {
        let reader = self.reader()?.take(LARGEST);
        let value: Value = serde_json::from_reader(reader).map_err(|error| {
            if error.is_syntax() && error.to_string().starts_with("trailing characters") {
                let hint = "a catalog is one document; lines of JSON must be items";
                return Error::data(format!("it has more after a Catalog or a Collection: {error}"), &self.name)
                    .with_hint(hint);
            }
            self.no_json(&error)
        })?;
        let stac = value.get("type").is_some() || value.get("conformsTo").is_some() || value.get("links").is_some();
        if stac { Ok(value) } else { Err(self.nothing("it is JSON of something else")) }
    }

    fn nothing(&self, what: &str) -> Error {
        Error::data(format!("this is nothing of STAC: {what}"), &self.name).with_hint(ACCEPTED)
    }
}

/// The first byte that is no white space, left to be read.
pub(super) fn first(reader: &mut dyn BufRead) -> std::io::Result<Option<u8>> {
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let length = bytes.len();
        match bytes.iter().position(|byte| !is_blank(*byte)) {
            Some(at) => {
                let found = bytes.get(at).copied();
                reader.consume(at);
                return Ok(found);
            }
            None => reader.consume(length),
        }
    }
}

/// White space of JSON, and what separates records (RFC 7464).
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x1e)
}

impl Members {
    /// Whether more members would tell nothing new.
    fn settled(&self) -> bool {
        self.items || self.kind.is_some()
    }
}

impl<'de> DeserializeSeed<'de> for &mut Members {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Members {
    type Value = ();

    fn expecting(&self, to: &mut std::fmt::Formatter) -> std::fmt::Result {
        to.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => self.kind = map.next_value::<Value>()?.as_str().map(str::to_owned),
                "features" => self.items = true,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            self.items |= matches!(self.kind.as_deref(), Some("Feature" | "FeatureCollection"));
            if self.settled() {
                return Err(A::Error::custom("enough is known"));
            }
        }
        Ok(())
    }
}
