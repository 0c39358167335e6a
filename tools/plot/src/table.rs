//! Lists that are printed.

use std::io::Write;

use figure::colour::ColourMap;
use pangeo::{Error, Result};

/// The names of all colour maps, one a line with what they are for.
///
/// # Errors
/// When the terminal is gone.
pub(crate) fn colour_maps() -> Result<()> {
    let mut text = String::from("#name\tkind\tfamily\tnote\n");
    for map in ColourMap::all() {
        let note = if map.misleads { "misleads: not perceptually uniform" } else { "" };
        text.push_str(&format!("{}\t{}\t{}\t{note}\n", map.name, map.kind.name(), map.family.name()));
    }
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|e| Error::io("write", "standard output", e))
}
