//! Which names the classic formats allow (NUG, "file format specification": `name`).

use crate::{Error, Result};

/// The C library's limit (`NC_MAX_NAME`), in bytes.
const LONGEST: usize = 256;

/// Refuse a name that other software could not read back; `place` says whose name it is.
///
/// # Errors
/// [`Error::Unsupported`] naming the rule; for members of groups with the way out.
pub(super) fn check(name: &str, place: &str) -> Result<()> {
    if name.contains('/') {
        let error = Error::unsupported("netCDF classic has no groups and no names with '/'", place);
        return Err(error.with_hint("write --format netcdf4, or keep the variables of the root group only"));
    }
    let control = |c: char| c < ' ' || c == '\u{7F}';
    let wrong = match name.chars().next() {
        None => "an empty name",
        Some(first) if first.is_ascii() && !first.is_ascii_alphanumeric() && first != '_' => {
            "a name that begins with neither a letter, a digit nor '_'"
        }
        _ if name.chars().any(control) => "a name with a control character",
        _ if name.ends_with(' ') => "a name that ends with a blank",
        _ if name.len() > LONGEST => "a name of more than 256 bytes",
        _ => return Ok(()),
    };
    Err(Error::unsupported(format!("netCDF does not allow {wrong}"), place).with_hint("rename it before writing"))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn the_names_of_the_specification() {
        for good in ["t2m", "_FillValue", "2m_temperature", "pm2.5", "température", "a b", "x@y+z-", "t(0)"] {
            assert!(check(good, "variable").is_ok(), "{good}");
        }
        for bad in ["", "a/b", " a", "a ", "-x", "a\nb", "a\u{7F}", &"x".repeat(257)] {
            assert!(check(bad, "variable").is_err(), "{bad:?}");
        }
    }
}
