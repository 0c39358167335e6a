//! What a figure should be.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use figure::geography::Detail;

use crate::arguments::Kind;
use crate::parse::{Extent, Levels, Size};

/// A figure that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    pub(crate) output: PathBuf,
    pub(crate) format: Format,
    /// What to draw; chosen by the dimensions if not given.
    pub(crate) kind: Option<Kind>,
    /// The variables as they were asked for.
    pub(crate) variables: Vec<String>,
    /// Axes that are averaged over first.
    pub(crate) over: Vec<String>,
    /// The dimension that panels are of.
    pub(crate) facet: Option<String>,
    pub(crate) columns: Option<usize>,
    /// The dimension that frames are of.
    pub(crate) animate: Option<String>,
    /// Seconds that a frame shows.
    pub(crate) delay: f64,
    pub(crate) projected: Projected,
    pub(crate) values: Values,
    pub(crate) title: Option<String>,
    pub(crate) label: Option<String>,
    /// In pixels.
    pub(crate) size: Option<Size>,
    pub(crate) dpi: f64,
}

impl Plot {
    /// Pixels along a picture unit, which is 1/100 inch. Formats of lines get images twice as fine.
    pub(crate) fn pixels_per_unit(&self) -> f64 {
        let finer = if matches!(self.format, Format::Svg | Format::Pdf) { 2.0 } else { 1.0 };
        finer * self.dpi / 100.0
    }
}

/// How a map looks.
#[derive(Debug, Clone)]
pub(crate) struct Projected {
    pub(crate) projection: Option<String>,
    pub(crate) center: Option<Vec<f64>>,
    pub(crate) extent: Extent,
    pub(crate) coast: Option<Coast>,
    pub(crate) borders: bool,
    pub(crate) grid: bool,
    /// None, or two variables.
    pub(crate) vectors: Vec<String>,
}

/// How values become colours.
#[derive(Debug, Clone)]
pub(crate) struct Values {
    pub(crate) map: Option<String>,
    pub(crate) range: Option<(f64, f64)>,
    pub(crate) robust: bool,
    pub(crate) levels: Option<Levels>,
    pub(crate) log: bool,
    pub(crate) diverging: Option<f64>,
    pub(crate) contour: bool,
}

/// Which coastlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coast {
    None,
    Scale(Detail),
}

/// The format of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Pixels
    Png,
    /// Lines and letters that stay sharp
    Svg,
    /// A page
    Pdf,
    /// Frames, 256 colours each
    Gif,
    /// Frames, all colours
    Apng,
    /// A page with the figure, what it shows in numbers, and frames with a slider
    Html,
}

impl Format {
    /// The format that a path's extension names.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Self::from_str(if extension == "htm" { "html" } else { &extension }, true).ok()
    }
}
