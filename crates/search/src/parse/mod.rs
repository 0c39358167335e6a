//! The words of a user, as a command line has them. What can't be read is a usage error that quotes it and says what would be
//! right.

mod datetime;
mod filter;
mod lists;
mod place;
mod query;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::path::Path;

use pangeo::{Error, Result};

pub use datetime::datetime;
pub use filter::filter;
pub use lists::{fields, sortby};
pub use place::{bbox, intersects};
pub use query::query;

/// Bytes of a file of words at most: a geometry of a million points.
const LARGEST: u64 = 64 << 20;

/// `WHAT 'TEXT': WHY`.
fn wrong(what: &str, text: &str, why: impl AsRef<str>, hint: &str) -> Error {
    let mut said = format!("{what} '{}'", short(text));
    let _ = write!(said, ": {}", why.as_ref());
    Error::usage(said).with_hint(hint)
}

/// A text cut where it is long.
fn short(text: &str) -> String {
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The whole of a small file of text.
fn read(path: &str) -> Result<String> {
    let failed = |source| Error::io("read", path, source);
    let length = std::fs::metadata(Path::new(path)).map_err(failed)?.len();
    if length > LARGEST {
        return Err(Error::usage(format!("{path} has {length} bytes, more than the {LARGEST} that are read at most")));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|_| Error::usage(format!("{path} is no text in UTF-8")))?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}
