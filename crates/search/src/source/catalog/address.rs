//! Where the documents of a catalog are.

use std::path::{Component, Path, PathBuf};

use pangeo::io::store::{Opened, open};
use pangeo::{Error, Result};
use serde_json::Value;
use tempfile::{NamedTempFile, TempPath};
use url::Url;

use super::super::content::Content;
use crate::http::{Client, Options, Pending, Request, masked};

/// Bytes of a document at most.
const LARGEST: u64 = 256 << 20;

/// Bytes of an object that are copied at a time.
const PIECE: u64 = 8 << 20;

/// Where a document is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::source) enum Address {
    Path(PathBuf),
    Url(Url),
}

impl Address {
    /// The address that a text is: a URL where it has a scheme, else a path.
    ///
    /// # Errors
    /// A usage error for what is no URL but looks like one, or of a scheme that is not read.
    pub(in crate::source) fn of(text: &str) -> Result<Self> {
        if !text.contains("://") {
            return Ok(Self::Path(normal(Path::new(text))));
        }
        let schemes = "give a path, or a URL that begins with http://, https://, s3:// or file://";
        let url = Url::parse(text)
            .map_err(|error| Error::usage(format!("'{text}' is no URL: {error}")).with_hint(schemes))?;
        match url.scheme() {
            "http" | "https" | "s3" => Ok(Self::Url(url)),
            "file" => match url.to_file_path() {
                Ok(path) => Ok(Self::Path(path)),
                Err(()) => Err(Error::usage(format!("'{text}' names no local file"))),
            },
            other => {
                Err(Error::usage(format!("'{other}' of {} is no scheme that is read", masked(&url))).with_hint(schemes))
            }
        }
    }

    /// What it is called in messages.
    pub(in crate::source) fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Url(url) => masked(url),
        }
    }

    /// Where a link of the document here leads.
    pub(super) fn join(&self, href: &str) -> Result<Self> {
        if href.contains("://") {
            return Self::of(href);
        }
        match self {
            Self::Path(path) => {
                let folder = path.parent().unwrap_or_else(|| Path::new(""));
                let plain = normal(&folder.join(href));
                // A file called as the link says goes first, since hardly any writer of catalogs escapes paths.
                if plain.exists() {
                    return Ok(Self::Path(plain));
                }
                let decoded = decoded(href).map(|href| normal(&folder.join(href)));
                Ok(Self::Path(decoded.filter(|path| path.exists()).unwrap_or(plain)))
            }
            Self::Url(url) => {
                let joined =
                    url.join(href).map_err(|error| Error::data(format!("link '{href}': {error}"), masked(url)))?;
                Ok(Self::Url(joined))
            }
        }
    }
}

/// A path without `.` and, where they can be taken back, `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(normal.components().next_back(), Some(Component::Normal(_))) => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// A path without the escapes of URLs; none where it has none.
fn decoded(href: &str) -> Option<String> {
    let mut rest = href.split('%');
    let mut bytes = rest.next()?.as_bytes().to_vec();
    let mut escaped = false;
    for part in rest {
        bytes.push(part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok())?);
        bytes.extend(part.get(2..)?.as_bytes());
        escaped = true;
    }
    String::from_utf8(bytes).ok().filter(|_| escaped)
}

/// Reads documents, wherever they are.
#[derive(Debug)]
pub(in crate::source) struct Reader {
    /// Sends the user's headers to where the user pointed, alone.
    client: Option<Client>,
    options: Options,
}

impl Reader {
    pub(in crate::source) fn new(endpoint: &Address, options: Options) -> Result<Self> {
        let client = match endpoint {
            Address::Url(url) if url.scheme() != "s3" => Some(Client::new(url, options.clone())?),
            _ => None,
        };
        Ok(Self { client, options })
    }

    /// The client of an address of HTTP.
    pub(in crate::source) fn client(&self, url: &Url) -> Result<Client> {
        match &self.client {
            Some(client) => Ok(client.clone()),
            // What a local catalog links to is none of the endpoint's.
            None => Client::new(url, Options { headers: Vec::new(), ..self.options.clone() }),
        }
    }

    /// The JSON document at an address.
    pub(super) fn json(&self, address: &Address) -> Result<Value> {
        match address {
            Address::Url(url) if url.scheme() != "s3" => self.client(url)?.get_json(url),
            other => {
                let content = self.content(other)?.0;
                let reader = std::io::Read::take(content.reader()?, LARGEST);
                serde_json::from_reader(reader).map_err(|error| content.no_json(&error))
            }
        }
    }

    /// Ask for the JSON document at an address of HTTP; none where it is elsewhere.
    pub(super) fn start(&self, address: &Address) -> Result<Option<Pending>> {
        match address {
            Address::Url(url) if url.scheme() != "s3" => {
                let client = self.client(url)?;
                client.start(Request::get(url.clone()), client.whole()).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The file at an address, and where it came from in the end.
    pub(in crate::source) fn content(&self, address: &Address) -> Result<(Content, Address)> {
        match address {
            Address::Path(path) => Ok((Content::of(&address.name(), path)?, address.clone())),
            Address::Url(url) if url.scheme() == "s3" => {
                Ok((Content::fetched(&address.name(), object(url.as_str())?), address.clone()))
            }
            Address::Url(url) => {
                let (path, from) = self.client(url)?.download(url)?;
                Ok((Content::fetched(&address.name(), path), Address::Url(from)))
            }
        }
    }
}

/// An object of a store, copied to a temporary file.
fn object(url: &str) -> Result<TempPath> {
    let Opened::Object(source) = open(url)? else {
        return Err(
            Error::data("this is a folder, not a document", url).with_hint("give the address of its catalog.json")
        );
    };
    let failed = |error| Error::io("write", std::env::temp_dir(), error);
    let mut file = NamedTempFile::new().map_err(failed)?;
    let mut offset = 0;
    while offset < source.len() {
        let end = source.len().min(offset + PIECE);
        std::io::Write::write_all(&mut file, &source.read(offset..end)?).map_err(failed)?;
        offset = end;
    }
    Ok(file.into_temp_path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_somewhere() {
        let cases = [
            ("/data/catalog.json", "./a/item.json", "/data/a/item.json"),
            ("/data/a/catalog.json", "../b/c.json", "/data/b/c.json"),
            ("catalog.json", "a.json", "a.json"),
            ("catalog.json", "../a.json", "../a.json"),
            ("/data/catalog.json", "/other/a.json", "/other/a.json"),
            ("/data/catalog.json", "https://example.org/a.json", "https://example.org/a.json"),
            ("https://example.org/b/catalog.json", "./c/a.json", "https://example.org/b/c/a.json"),
            ("https://example.org/b/catalog.json?x=1", "../a.json", "https://example.org/a.json"),
            ("s3://bucket/b/catalog.json", "../a.json", "s3://bucket/a.json"),
        ];
        for (from, href, expected) in cases {
            assert_eq!(Address::of(from).unwrap().join(href).unwrap(), Address::of(expected).unwrap(), "{from} {href}");
        }
        assert_eq!(decoded("a%20b/%C3%A9.json").as_deref(), Some("a b/é.json"));
        assert_eq!(decoded("a.json"), None);
        assert_eq!(decoded("100%"), None);
        assert_eq!(Address::of("gopher://example.org").unwrap_err().exit_code(), 2);
    }
}
