//! Grid descriptions as CDO has them: lines of `key = value`, values over many lines, comments behind `#`.

mod build;
mod entries;

use super::Target;
use crate::Result;
use crate::model::text_of;
use entries::Entries;

/// As [`Target::described`].
pub(super) fn target(text: &[u8], place: &str) -> Result<Target> {
    let entries = Entries::of(&text_of(text), place)?;
    build::target(&entries)
}

/// As [`super::is_description`].
pub(super) fn is_one(text: &[u8]) -> bool {
    // Binary formats begin with bytes that no text has; the key stands near the beginning.
    let head = text.get(..text.len().min(65_536)).unwrap_or_default();
    !head.contains(&0)
        && text_of(head)
            .lines()
            .any(|line| line.split_once('=').is_some_and(|(key, _)| key.trim().eq_ignore_ascii_case("gridtype")))
}
