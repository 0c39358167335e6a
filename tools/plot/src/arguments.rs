//! The arguments of `plot`.

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use figure::geography::Detail;
use pangeo::cf::time::{TimeRange, TimeSelection};
use pangeo::cli::{Common, Input, Select};
use pangeo::ops::select::IndexSelection;
use pangeo::ops::subset::Subset;
use pangeo::ops::subset::values::{Method, ValueSelection};
use pangeo::{Error, Result};

use crate::parse::{Extent, Levels, Numbers, Size};
use crate::request::{Coast, Format, Plot, Projected, Values};

/// Figures: maps, time series, sections, profiles, histograms
#[derive(Parser, Debug)]
#[command(version, after_help = EXAMPLES)]
#[command(mut_arg("no_history", |a| a.hide(true)))] // it writes no dataset
#[command(mut_arg("inputs", |a| a.required(false).required_unless_present("list_colormaps")))]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) input: Input,

    /// Figure to write: .png, .svg, .pdf, .gif, .apng or .html; appears only when complete
    #[arg(short, long, value_name = "PATH", required_unless_present = "list_colormaps")]
    output: Option<PathBuf>,

    /// png, svg, pdf, gif, apng or html [default: by the extension of PATH]
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<Format>,

    /// What to draw [default: as the dimensions of the variable have it]
    #[arg(long, value_name = "KIND", value_enum)]
    kind: Option<Kind>,

    #[command(flatten)]
    slice: Slice,

    #[command(flatten)]
    select: Select,

    #[command(flatten)]
    map: Map,

    #[command(flatten)]
    colours: Colours,

    #[command(flatten)]
    look: Look,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// What to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Cells on a map
    Map,
    /// A line along time; fields are averaged over their area
    Timeseries,
    /// Time against longitude or latitude
    Hovmoller,
    /// Height or depth against latitude or longitude
    Section,
    /// A line along height or depth
    Profile,
    /// How often which values are there
    Histogram,
    /// A stripe a step of time, coloured by its value
    Stripes,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Slice")]
struct Slice {
    /// Part of a dimension by index: time=0, time=0:12:3
    #[arg(long, value_name = "DIM=I|A:B[:S]")]
    isel: Vec<IndexSelection>,

    /// Part of a dimension by value: level=850, latitude=30/60
    #[arg(long, value_name = "DIM=V|A/B", allow_hyphen_values = true)]
    sel: Vec<ValueSelection>,

    /// How --sel meets values that no coordinate equals: exact, nearest, pad or backfill
    #[arg(long, value_name = "METHOD", default_value = "exact")]
    method: Method,

    /// Period, both ends included, each may be partial: 2020, 2020-03/2020-05
    #[arg(long, value_name = "START/END", allow_hyphen_values = true)]
    time: Option<TimeRange>,

    /// Level or range of levels, in the axis' units or with one: 850hPa, 0/500
    #[arg(long, value_name = "V|A/B", allow_hyphen_values = true)]
    level: Vec<String>,

    /// Axes to average over first, as `aggregate` does: longitude, area, time, or names of dimensions
    #[arg(long, value_name = "AXES", value_delimiter = ',')]
    over: Vec<String>,

    /// Panels side by side, one for each step of this dimension
    #[arg(long, value_name = "DIM")]
    facet: Option<String>,

    /// Panels in a row [default: as fits]
    #[arg(long, value_name = "N", requires = "facet", value_parser = columns)]
    columns: Option<usize>,

    /// One frame for each step of this dimension: GIF, APNG or HTML
    #[arg(long, value_name = "DIM", conflicts_with = "facet")]
    animate: Option<String>,

    /// How long each frame shows, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0.25)]
    delay: f64,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Map")]
struct Map {
    /// platecarree, robinson, mollweide, mercator, lambert, lambert-azimuthal, orthographic, north-polar,
    /// south-polar, equal-earth, sinusoidal, a PROJ string, or EPSG:CODE
    /// [default: robinson for the whole Earth, else platecarree]
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    projection: Option<String>,

    /// The middle of the map in degrees [default: that of the data]
    #[arg(long, value_name = "LON[,LAT]", allow_hyphen_values = true)]
    center: Option<Numbers>,

    /// What to show: west, south, east and north in degrees, auto (what has data), or global
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true, default_value = "auto")]
    extent: Extent,

    /// 110m, 50m or none [default: as the extent has it]
    #[arg(long, value_name = "SCALE", value_parser = coast)]
    coastlines: Option<Coast>,

    /// Borders of countries
    #[arg(long)]
    borders: bool,

    /// Meridians and parallels
    #[arg(long)]
    grid: bool,

    /// Arrows of these variables, towards the east and north
    #[arg(long, value_name = "U,V", value_delimiter = ',')]
    vectors: Vec<String>,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Colours")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
struct Colours {
    /// The colours.
    #[arg(
        long,
        value_name = "NAME[_r]",
        help = "Colours by name, _r reverses them: viridis, roma_r, cmo.thermal [default: by the kind of variable]"
    )]
    cmap: Option<String>,

    /// Values of the first and last colour
    #[arg(long, value_name = "MIN,MAX", allow_hyphen_values = true)]
    range: Option<Numbers>,

    /// Colours from the 2nd to the 98th percentile
    #[arg(long, conflicts_with = "range")]
    robust: bool,

    /// Steps of colour: how many, or where
    #[arg(long, value_name = "N|LIST", allow_hyphen_values = true)]
    levels: Option<Levels>,

    /// Logarithmic: colours of maps, values of series, numbers of histograms, the upright axis of sections and profiles
    #[arg(long, conflicts_with = "diverging")]
    log: bool,

    /// Colours that part at a value, 0 if none is given: --diverging=273.15
    #[arg(long, value_name = "CENTRE", num_args = 0..=1, default_missing_value = "0", require_equals = true)]
    diverging: Option<f64>,

    /// Contour lines of the same values, with labels
    #[arg(long)]
    contour: bool,

    /// Print the names of all colour maps
    #[arg(long)]
    list_colormaps: bool,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Look")]
struct Look {
    /// Title [default: what the variable is called, its date and level]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// Label of the colour bar, or of the axis of values
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,

    /// Width and height in pixels [default: 10 inches wide, as high as the figure needs]
    #[arg(long, value_name = "WxH")]
    size: Option<Size>,

    /// Pixels an inch: how large letters and lines are
    #[arg(long, value_name = "N", default_value_t = 100.0, value_parser = dpi)]
    dpi: f64,
}

/// Shown by `--help`; `tests/cli.rs` runs every line that starts with `$`.
const EXAMPLES: &str = "\
Examples:
  $ plot orca2_votemper.nc -o ocean.svg --projection north-polar --grid
  $ plot air_temperature_small.nc -o map.png --time 2014-02-25T06
  $ plot air_temperature_small.nc -o a.png --isel time=0:6 --facet time
  $ plot air_temperature_small.nc -o a.gif --animate time --range 230,310
  $ plot air_temperature_small.nc -o mean.pdf --kind timeseries";

fn coast(text: &str) -> Result<Coast> {
    match text {
        "none" => Ok(Coast::None),
        "110m" => Ok(Coast::Scale(Detail::Low)),
        "50m" => Ok(Coast::Scale(Detail::Medium)),
        _ => Err(Error::usage(format!("'{text}' is none of 110m, 50m and none"))),
    }
}

fn columns(text: &str) -> Result<usize> {
    let number = text.parse().ok().filter(|n| *n > 0);
    number.ok_or_else(|| Error::usage(format!("'{text}' is not a number of panels, 1 or more")))
}

fn dpi(text: &str) -> Result<f64> {
    let number = text.parse().ok().filter(|n| (10.0..=2400.0).contains(n));
    number.ok_or_else(|| Error::usage(format!("'{text}' is not a number between 10 and 2400")))
}

impl Args {
    /// Whether only the list of colour maps is asked for.
    pub(crate) fn lists_colour_maps(&self) -> bool {
        self.colours.list_colormaps
    }

    /// Whether lines are asked for, of which several files may have one each.
    pub(crate) fn draws_lines(&self) -> bool {
        matches!(self.kind, Some(Kind::Timeseries | Kind::Profile | Kind::Histogram))
    }

    /// The part of the input that is wanted.
    pub(crate) fn subset(&self) -> Subset {
        let mut variables = self.select.variables.clone();
        if !variables.is_empty() {
            variables.extend(self.map.vectors.iter().cloned());
        }
        Subset {
            variables,
            isel: self.slice.isel.clone(),
            sel: self.slice.sel.clone(),
            method: self.slice.method,
            times: TimeSelection { range: self.slice.time.clone(), ..TimeSelection::default() },
            levels: self.slice.level.clone(),
            ..Subset::from(&self.select)
        }
    }

    /// The format that is asked for or that the extension of `output` tells.
    fn format_of(&self, output: &Path) -> Result<Format> {
        let Some(format) = self.format.or_else(|| Format::of_path(output)) else {
            let what = format!("the extension of {} tells no format", output.display());
            let hint = "end it in .png, .svg, .pdf, .gif, .apng or .html, or say --format";
            return Err(Error::usage(what).with_hint(hint));
        };
        // Animated PNG files are named .png, too.
        let format = if format == Format::Png && self.slice.animate.is_some() { Format::Apng } else { format };
        let moves = matches!(format, Format::Gif | Format::Apng);
        if moves != self.slice.animate.is_some() && format != Format::Html {
            let hint = "--animate DIM makes GIF, APNG and HTML; other formats have one frame";
            return Err(Error::usage("the format and --animate do not fit together").with_hint(hint));
        }
        Ok(format)
    }

    /// The figure that is asked for.
    ///
    /// # Errors
    /// [`Error::Usage`] for arguments that do not fit together.
    pub(crate) fn request(&self) -> Result<Plot> {
        let output = self.output.clone().unwrap_or_default();
        if output.as_os_str() == "-" {
            return Err(Error::usage("the output can't go to standard output").with_hint("name a file"));
        }
        let format = self.format_of(&output)?;
        if !self.map.vectors.is_empty() && self.map.vectors.len() != 2 {
            return Err(Error::usage("--vectors wants two variables: U,V"));
        }
        if !(self.slice.delay > 0.0 && self.slice.delay <= 60.0) {
            return Err(Error::usage("--delay is between 0 and 60 seconds"));
        }
        Ok(Plot {
            output,
            format,
            kind: self.kind,
            variables: self.select.variables.clone(),
            over: self.slice.over.clone(),
            facet: self.slice.facet.clone(),
            columns: self.slice.columns,
            animate: self.slice.animate.clone(),
            delay: self.slice.delay,
            projected: Projected {
                projection: self.map.projection.clone(),
                center: self.map.center.as_ref().map(|c| c.between(1, 2, "--center")).transpose()?,
                extent: self.map.extent,
                coast: self.map.coastlines,
                borders: self.map.borders,
                grid: self.map.grid,
                vectors: self.map.vectors.clone(),
            },
            values: Values {
                map: self.colours.cmap.clone(),
                range: self.colours.range.as_ref().map(Numbers::pair).transpose()?,
                robust: self.colours.robust,
                levels: self.colours.levels.clone(),
                log: self.colours.log,
                diverging: self.colours.diverging,
                contour: self.colours.contour,
            },
            title: self.look.title.clone(),
            label: self.look.label.clone(),
            size: self.look.size,
            dpi: self.look.dpi,
        })
    }
}
