//! Grids by a word, as CDO has them.

use super::Target;
use super::made::MOST_ALONG;
use super::regular::{Line, made};
use crate::grid::{Bbox, gaussian_latitudes};
use crate::{Error, Result};

/// Half the rows of the largest Gaussian grid that is known again when it is read.
const MOST_GAUSSIAN: usize = 8192;

/// A grid by its word.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Word {
    Regular { columns: usize, rows: usize },
    Gaussian { n: usize },
    Global { degrees: f64 },
    Point { longitude: f64, latitude: f64 },
}

/// Whether a text is the word of a grid ([`Target::word`]); capitals are as good as small letters. A file of that
/// name comes first: ask for it before.
///
/// ```
/// use pangeo::grid::is_word;
/// assert!(is_word("r360x180") && is_word("N80") && !is_word("n80.nc") && !is_word("ERA5"));
/// ```
pub fn is_word(text: &str) -> bool {
    Word::of(text).is_some()
}

impl Word {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let number = |digits: &str| -> Option<usize> {
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
        };
        let degrees = |text: &str| text.parse().ok().filter(|x: &f64| x.is_finite());
        if let Some(size) = text.strip_prefix("global_") {
            return Some(Self::Global { degrees: degrees(size)? });
        }
        if let Some((longitude, latitude)) =
            text.strip_prefix("lon=").and_then(|rest| rest.split_once("_lat=").or_else(|| rest.split_once("/lat=")))
        {
            return Some(Self::Point { longitude: degrees(longitude)?, latitude: degrees(latitude)? });
        }
        if let Some(truncation) = text.strip_suffix("grid").and_then(|word| word.strip_prefix('t')) {
            // The rows that keep products of two fields free of aliasing, 3 N + 1 of half-waves, or one field.
            let (linear, digits) = truncation.strip_prefix('l').map_or((false, truncation), |rest| (true, rest));
            let waves = number(digits)?.min(4 * MOST_GAUSSIAN);
            let rows = if linear { 2 * waves + 1 } else { 3 * waves + 1 }.div_ceil(2);
            return Some(Self::Gaussian { n: rows.div_ceil(2) });
        }
        if let Some((columns, rows)) = text.strip_prefix('r').and_then(|rest| rest.split_once('x')) {
            return Some(Self::Regular { columns: number(columns)?, rows: number(rows)? });
        }
        Some(Self::Gaussian { n: number(text.strip_prefix(['n', 'f']).filter(|digits| !digits.is_empty())?)? })
    }
}

/// As [`Target::word`].
pub(super) fn target(text: &str) -> Result<Target> {
    let unknown = || {
        Error::usage(format!("there is no grid '{text}'")).with_hint(
            "write rNXxNY (r360x180), nN or FN (Gaussian, n80), tNgrid, tlNgrid, global_DEGREES, lon=X_lat=Y, \
             or a file: a dataset or a grid description",
        )
    };
    let size = |what: &str| Err(Error::usage(format!("grid '{text}': {what}")));
    match Word::of(text).ok_or_else(unknown)? {
        Word::Regular { columns, rows } if columns == 0 || rows == 0 => size("it has no cell"),
        Word::Regular { columns, rows } if columns.max(rows) > MOST_ALONG => size("it is too large"),
        Word::Regular { columns, rows } => made(latitudes(rows), longitudes(columns))?.target("the target grid"),
        Word::Gaussian { n: 0 } => size("it has no cell"),
        Word::Gaussian { n } if n > MOST_GAUSSIAN => size("it is too large: at most n8192"),
        Word::Gaussian { n } => {
            let rows = Line { centres: gaussian_latitudes(n.saturating_mul(2)), edges: None };
            made(rows, longitudes(n.saturating_mul(4)))?.target("the target grid")
        }
        Word::Global { degrees } => {
            let globe = Bbox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
            Target::regular((degrees, degrees), Some(globe))
        }
        Word::Point { longitude, latitude } => {
            // As a box it is checked as one.
            let _ = Bbox::new(longitude, latitude, longitude, latitude)?;
            let at = |degrees| Line { centres: vec![degrees], edges: None };
            made(at(latitude), at(longitude))?.target("the target grid")
        }
    }
}

/// Columns from 0° eastward.
fn longitudes(columns: usize) -> Line {
    let step = 360.0 / columns as f64;
    let mut line = Line::divided(-0.5 * step, 360.0, columns);
    line.centres = (0..columns).map(|i| 360.0 * i as f64 / columns as f64).collect();
    line
}

/// Rows from the south; of an odd number the first and last lie on the poles.
fn latitudes(rows: usize) -> Line {
    let line = Line::divided(-90.0, 180.0, rows);
    if rows.is_multiple_of(2) || rows == 1 {
        return line;
    }
    let steps = rows.saturating_sub(1);
    let at = |halves: f64| (180.0 * halves / (2.0 * steps as f64) - 90.0).clamp(-90.0, 90.0);
    Line {
        centres: (0..rows).map(|j| at(2.0 * j as f64)).collect(),
        edges: Some((0..=rows).map(|j| at(2.0 * j as f64 - 1.0)).collect()),
    }
}
