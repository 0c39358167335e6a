//! The arguments of `regrid` and the request that they make.

use std::path::PathBuf;

use clap::{ArgGroup, Parser};
use pangeo::cli::{Common, Input, Output, Select};
use pangeo::grid::Bbox;
use pangeo::ops::regrid::vertical::{Level, Levels, Scale};
use pangeo::ops::regrid::{Method, Normalize, Regrid, WeightsLayout, Winds};
use pangeo::ops::subset::Subset;
use pangeo::{Error, Result};

/// Bring data to another horizontal grid, or to other levels
#[derive(Parser, Debug)]
#[command(version, after_help = EXAMPLES)]
#[command(group = ArgGroup::new("where").args(["target", "resolution", "levels", "weights", "rotate_winds"]).required(true).multiple(true))]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) input: Input,

    #[command(flatten)]
    pub(crate) output: Output,

    #[command(flatten)]
    pub(crate) grid: GridArgs,

    #[command(flatten)]
    how: How,

    #[command(flatten)]
    vertical: Vertical,

    /// Take the weights of a file instead of working them out (layouts of SCRIP and ESMF); without --target its
    /// target grid
    #[arg(long, value_name = "FILE", help_heading = "Weights", conflicts_with = "method")]
    pub(crate) weights: Option<String>,

    /// Write the weights to this netCDF file, for other files on the same grid
    #[arg(long, value_name = "FILE", help_heading = "Weights", conflicts_with = "weights")]
    pub(crate) save_weights: Option<PathBuf>,

    /// The layout of --save-weights: scrip (CDO, which takes them for fields with the missing values of the first one) or
    /// esmf (ESMF, xESMF, NCO); with --weights both serve any field
    #[arg(long, value_name = "LAYOUT", help_heading = "Weights", default_value = "scrip", requires = "save_weights")]
    pub(crate) weights_layout: WeightsLayout,

    #[command(flatten)]
    select: Select,

    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Target grid")]
pub(crate) struct GridArgs {
    /// A dataset whose grid is taken, r360x180 (columns x rows), n80 (Gaussian), `global_1`, a CDO grid description,
    /// epsg:CODE or a PROJ string (with --resolution). Grids that are made keep the input's names of latitude and
    /// longitude, for --chunk too; columns that stand before rows stay there
    #[arg(long, value_name = "GRID", allow_hyphen_values = true)]
    pub(crate) target: Option<String>,

    /// The variable of the dataset given as --target that lies on the grid
    #[arg(long, value_name = "NAME", requires = "target")]
    pub(crate) target_variable: Option<String>,

    /// Size of cells, along x and y where they differ: 0.5 or 1,0.5 degrees; with a projection in its unit
    #[arg(long, value_name = "D[,D]", value_parser = sizes, allow_hyphen_values = true)]
    pub(crate) resolution: Option<(f64, f64)>,

    /// Box that cells of --resolution fill, in degrees; WEST > EAST crosses the dateline [default: the Earth; of a
    /// projection what the input covers]
    #[arg(long, value_name = "WEST,SOUTH,EAST,NORTH", requires = "resolution", allow_hyphen_values = true)]
    pub(crate) bbox: Option<Bbox>,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Method")]
struct How {
    /// nearest, bilinear, bicubic, conservative, conservative2 (second order), distance-weighted (four nearest) or
    /// largest-area
    #[arg(long, value_name = "METHOD")]
    method: Option<Method>,

    /// By what a conservative mean is divided: fracarea (the part with values) or destarea (the whole cell)
    /// [default: fracarea]
    #[arg(long, value_name = "BY", conflicts_with = "weights")]
    normalize: Option<Normalize>,

    /// The part of a cell, from 0 to 1, that must have values [default: 1 for bilinear and bicubic, else any]
    #[arg(long, value_name = "PART", allow_hyphen_values = true)]
    min_coverage: Option<f64>,

    /// What cells and levels without values get: none, or nearest, the value of the nearest cell that has one
    #[arg(long, value_name = "WHAT", default_value = "none")]
    extrapolate: Extrapolate,

    /// Leave out values where this variable of the input is missing or 0
    #[arg(long, value_name = "VARIABLE")]
    mask: Option<String>,

    /// Two components along the grid that become eastward and northward
    #[arg(long, value_name = "U,V")]
    rotate_winds: Option<Winds>,

    /// Interpolate integers and flags too, which else are taken from the nearest cell or the largest area
    #[arg(long)]
    interpolate_integers: bool,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Levels")]
struct Vertical {
    /// Levels, in the axis' units or with one: 1000,850,500 or 850hPa or 10,100,1000m
    #[arg(long, value_name = "L,...", value_delimiter = ',', allow_hyphen_values = true)]
    levels: Vec<Level>,

    /// In what is interpolated between levels: linear in the coordinate, or in its logarithm (log)
    #[arg(long, value_name = "SCALE", default_value = "linear", requires = "levels")]
    vertical: Scale,
}

/// What cells without values get, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Extrapolate {
    /// Nothing
    None,
    /// The nearest value
    Nearest,
}

/// Shown by `--help`; `tests/cli.rs` runs every line that starts with `$`.
const EXAMPLES: &str = "\
Examples:
  $ regrid etopo60.cdf -o relief.nc --method conservative --target r180x90
  $ regrid coads_climatology.cdf -o s.nc -v SST --method bilinear --target n32
  $ regrid orca2_votemper.nc -o ocean.nc --method conservative --resolution 2
  $ regrid nemo_201501.nc -o tos.nc --method nearest --target etopo60.cdf
  $ regrid etopo60.cdf -o a.nc --method nearest --resolution 1 --bbox=0,40,9,60
  $ regrid etopo60.cdf -o r.nc --method bilinear --target rotated_pole.nc
  $ regrid made/pressure_dateline.nc -o t.nc --levels 900,600hPa --vertical log
  $ regrid etopo60.cdf -o r.nc --method nearest --target n8 --save-weights w.nc
  $ regrid etopo60.cdf -o again.nc --weights w.nc";

/// One size or two.
fn sizes(text: &str) -> Result<(f64, f64)> {
    let numbers: Vec<Option<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    match numbers.as_slice() {
        [Some(both)] => Ok((*both, *both)),
        [Some(x), Some(y)] => Ok((*x, *y)),
        _ => Err(Error::usage(format!("'{text}' is no size of cells")).with_hint("0.5, or 1,0.5")),
    }
}

impl Args {
    /// Every file that is read, which the output must not replace.
    pub(crate) fn reads(&self) -> Result<Vec<PathBuf>> {
        let mut all = self.input.reads()?;
        all.extend(self.grid.target.iter().chain(&self.weights).map(PathBuf::from));
        Ok(all)
    }

    /// Refuse weights that would replace a file that is read, or the output.
    pub(crate) fn refuse_same_outputs(&self) -> Result<()> {
        let Some(path) = &self.save_weights else { return Ok(()) };
        if *path == self.output.output {
            return Err(Error::usage("--save-weights and --output name the same file"));
        }
        Output { output: path.clone(), ..self.output.clone() }.refuse_inputs(&self.reads()?)
    }

    /// What is chosen of the input: a mask and the components of winds are read with it.
    pub(crate) fn chosen(&self) -> Subset {
        let mut chosen = Subset::from(&self.select);
        if !chosen.variables.is_empty() {
            let winds = self.how.rotate_winds.iter().flat_map(|winds| [winds.u.clone(), winds.v.clone()]);
            chosen.variables.extend(self.how.mask.clone().into_iter().chain(winds));
        }
        chosen
    }
}

impl TryFrom<&Args> for Regrid {
    type Error = Error;

    /// All but the target grid and the file of weights, which are read.
    fn try_from(args: &Args) -> Result<Self> {
        let extrapolate = args.how.extrapolate == Extrapolate::Nearest;
        let levels = Levels { levels: args.vertical.levels.clone(), scale: args.vertical.vertical, extrapolate };
        Ok(Self {
            method: args.how.method,
            levels: (!levels.levels.is_empty()).then_some(levels),
            normalize: args.how.normalize.unwrap_or_default(),
            min_coverage: args.how.min_coverage,
            extrapolate,
            mask: args.how.mask.clone(),
            winds: args.how.rotate_winds.clone(),
            integers_too: args.how.interpolate_integers,
            keep_weights: args.save_weights.as_ref().map(|_| args.weights_layout),
            ..Self::default()
        })
    }
}
