//! Rows of text: CSV (RFC 4180) and, for Galaxy, tabular with a `#` before the names of the columns.

use std::io::Write;

use pangeo::{Error, Result};

/// How cells are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separated {
    /// By commas, quoted where need be.
    Csv,
    /// By tabs.
    Tabular,
}

impl Separated {
    /// The names of the columns.
    ///
    /// # Errors
    /// When `out` can't be written.
    pub(crate) fn head<S: AsRef<str>>(self, out: &mut dyn Write, names: &[S]) -> Result<()> {
        if self == Self::Tabular {
            put(out, "#")?;
        }
        self.row(out, names)
    }

    /// One row.
    ///
    /// # Errors
    /// As [`Separated::head`].
    pub(crate) fn row<S: AsRef<str>>(self, out: &mut dyn Write, cells: &[S]) -> Result<()> {
        let (by, cell): (_, fn(&str) -> String) = match self {
            Self::Csv => (",", quoted),
            Self::Tabular => ("\t", on_one_line),
        };
        let line = cells.iter().map(|c| cell(c.as_ref())).collect::<Vec<_>>().join(by);
        put(out, &line)?;
        put(out, "\n")
    }
}

/// A text on its way out.
///
/// # Errors
/// When `out` can't be written.
pub(crate) fn put(out: &mut dyn Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes()).map_err(|e| Error::io("write", "the output", e))
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// Tabular has no quotes: tabs and line ends become spaces.
fn on_one_line(cell: &str) -> String {
    cell.replace(['\t', '\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_cells() {
        let text = |how: Separated| {
            let mut out = Vec::new();
            how.head(&mut out, &["id", "b"]).unwrap();
            how.row(&mut out, &["say \"a\", b", "two\nlines\t"]).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(Separated::Csv), "id,b\n\"say \"\"a\"\", b\",\"two\nlines\t\"\n");
        assert_eq!(text(Separated::Tabular), "#id\tb\nsay \"a\", b\ttwo lines \n");
    }
}
