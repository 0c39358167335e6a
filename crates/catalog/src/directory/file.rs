//! STAC objects in files.

use std::fs;
use std::io;
use std::path::Path;

use pangeo::io::staging::{Kind, Staged};
use pangeo::{Error, Result};
use serde_json::Value;

use crate::Document;

/// No STAC object is larger than this; a broken or foreign file may be.
const LARGEST: u64 = 64 << 20;

/// The object in a file; `None` where there is no file.
///
/// # Errors
/// [`Error::Malformed`] where it is no JSON object of one of these `kinds`; [`Error::Io`].
pub(super) fn read(path: &Path, kinds: &[&str]) -> Result<Option<Document>> {
    let failed = |e: io::Error| Error::io("read", path, e);
    let malformed = |what: String| Error::malformed(path.display().to_string(), what);
    match path.metadata() {
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
        Err(e) => return Err(failed(e)),
        Ok(metadata) if metadata.len() > LARGEST => return Err(malformed("no STAC object is so large".to_owned())),
        Ok(_) => {}
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let named = kinds.join(" or ").to_lowercase().replace("feature", "item");
    let object: Document = serde_json::from_str(&text).map_err(|why| malformed(format!("no STAC {named}: {why}")))?;
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
    if !kinds.contains(&kind) || id.is_empty() {
        let what = if id.is_empty() { "it has no id".to_owned() } else { format!("its type is '{kind}'") };
        return Err(malformed(format!("no STAC {named}: {what}")));
    }
    Ok(Some(object))
}

/// The bytes of a file that holds an object.
pub(super) fn bytes(object: &Document) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(object)
        .map_err(|why| Error::Internal { what: format!("a STAC object that is no JSON: {why}") })?;
    text.push(b'\n');
    Ok(text)
}

/// Write a file, whole or not at all; one that holds the same already is left alone.
pub(super) fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    let same = path.metadata().is_ok_and(|metadata| metadata.len() == bytes.len() as u64);
    if same && fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| Error::io("make", folder, e))?;
    }
    let staged = Staged::new(path, Kind::File, true)?;
    fs::write(staged.path(), bytes).map_err(|e| Error::io("write", path, e))?;
    staged.commit()
}
