//! The arguments of `aggregate` and the request that they make.

use std::num::NonZero;
use std::path::PathBuf;

use clap::{ArgGroup, Parser};
use pangeo::cf::time::{Climate, Period, TimeRange};
use pangeo::cli::{Common, Input, Output, Select};
use pangeo::grid::polygon;
use pangeo::ops::aggregate::{
    Aggregate, Anomaly, Incomplete, PercentileMethod, Rolling, Statistic, Steps, Weights, Zones,
};
use pangeo::ops::subset::Subset;
use pangeo::{Error, Result};

/// Statistics over axes, periods, parts of the year, windows or regions
#[derive(Parser, Debug)]
#[command(version, after_help = EXAMPLES)]
#[command(group = ArgGroup::new("what").args(["over", "every", "climatology", "rolling", "zones"]).required(true).multiple(true))]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) input: Input,

    #[command(flatten)]
    pub(crate) output: Output,

    #[command(flatten)]
    what: What,

    #[command(flatten)]
    how: How,

    #[command(flatten)]
    pub(crate) select: Select,

    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Statistic")]
struct What {
    /// mean, sum, min, max, range, std, var, median, count, first, last, argmin, argmax, any, all, or a
    /// percentile such as p90; several are separated by commas
    #[arg(long = "stat", value_name = "S,...", value_delimiter = ',', default_value = "mean")]
    statistics: Vec<Statistic>,

    /// Axes that go: time, latitude, longitude, vertical, area (cells weighted by their exact area), or
    /// names of dimensions
    #[arg(long, value_name = "AXES", value_delimiter = ',')]
    over: Vec<String>,

    /// Consecutive periods: hour, day, month, season, year, 6h, 10d, 3mo, or as pandas spells them (MS, QS-DEC)
    #[arg(long, value_name = "PERIOD", conflicts_with = "climatology")]
    every: Option<Period>,

    /// The same hour, day, month or season of all years
    #[arg(long, value_name = "PART")]
    climatology: Option<Climate>,

    /// Windows of N steps of time that end at each step
    #[arg(long, value_name = "N", conflicts_with_all = ["over", "every", "climatology"])]
    rolling: Option<NonZero<usize>>,

    /// The windows' middle is at the step
    #[arg(long, requires = "rolling")]
    center: bool,

    /// The fewest values that make a result in a window [default: N]
    #[arg(long, value_name = "K", requires = "rolling")]
    min_periods: Option<NonZero<u32>>,

    /// Regions: GeoJSON or zipped shapefile, each cell counted by the part of it inside
    #[arg(long, value_name = "FILE", conflicts_with_all = ["over", "every", "climatology", "rolling"])]
    zones: Option<PathBuf>,

    /// The property that names the regions [default: name, or the like]
    #[arg(long, value_name = "PROPERTY", requires = "zones")]
    zone_name: Option<String>,

    /// Departures from that climatology: difference, ratio or standardized
    #[arg(long, value_name = "KIND", requires = "climatology", num_args = 0..=1, default_missing_value = "difference", require_equals = true)]
    anomaly: Option<Anomaly>,

    /// The period of which the climatology is, if not all of the data: 1961/1990
    #[arg(long, value_name = "START/END", requires = "anomaly", allow_hyphen_values = true)]
    baseline: Option<TimeRange>,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "How")]
struct How {
    /// What counts how much: auto (areas where `area` goes), none, area, time (length of each step), or a
    /// variable
    #[arg(long, value_name = "WEIGHTS", default_value = "auto")]
    weights: Weights,

    /// Percentiles between two values, as numpy names the ways
    #[arg(long, value_name = "METHOD", default_value = "linear")]
    percentile_method: PercentileMethod,

    /// What std and var subtract from the number of values: 0 for all there are, 1 for a sample
    #[arg(long, value_name = "N", default_value_t = 0)]
    ddof: u32,

    /// The fewest values that make a result; with fewer it is missing
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    min_count: u32,

    /// A missing value makes the result missing, instead of being left out
    #[arg(long)]
    propagate_missing: bool,

    /// Periods that the data do not cover whole: keep (with a warning) or drop
    #[arg(long, value_name = "WHAT", default_value = "keep")]
    incomplete: Incomplete,
}

/// Shown by `--help`; `tests/cli.rs` runs every line that starts with `$`.
const EXAMPLES: &str = "\
Examples:
  $ aggregate air_temperature_small.nc -o mean.nc --over time
  $ aggregate made/monthly_bounds.nc -o years.nc --every year --weights time
  $ aggregate made/monthly_bounds.nc -o normal.nc --climatology month
  $ aggregate coads_climatology.cdf -o global.csv -v SST --over area
  $ aggregate air_temperature_small.nc -o daily.nc --every day --stat min,max
  $ aggregate SOI_Darwin.nc -o soi.csv --climatology month --anomaly
  $ aggregate air_temperature_small.nc -o smooth.nc --rolling 4 --center
  $ aggregate coads_climatology.cdf -o seas.csv --zones made/regions.geojson
  $ aggregate air_temperature_small.nc -o p90.nc --over time --stat p90";

impl Args {
    /// Every file that is read, which the output must not replace.
    pub(crate) fn reads(&self) -> Result<Vec<PathBuf>> {
        let mut all = self.input.reads()?;
        all.extend(self.what.zones.clone());
        Ok(all)
    }

    /// The variable of weights that is not among those chosen with `-v`.
    fn borrowed(&self) -> Option<&str> {
        let Weights::Variable(name) = &self.how.weights else { return None };
        let chosen = &self.select.variables;
        (!chosen.is_empty() && !chosen.contains(name)).then_some(name)
    }

    /// What is chosen of the input: the weights are read with it.
    pub(crate) fn chosen(&self) -> Subset {
        let mut chosen = Subset::from(&self.select);
        chosen.variables.extend(self.borrowed().map(str::to_owned));
        chosen
    }
}

impl What {
    /// The regions of `--zones`.
    fn regions(&self) -> Result<Option<Zones>> {
        let Some(path) = &self.zones else { return Ok(None) };
        let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
        let file = path.display().to_string();
        Ok(Some(Zones { features: polygon::parse(&bytes, &file)?, name: self.zone_name.clone(), file }))
    }

    /// What clap does not see where a flag that is needed is ruled out by another.
    fn check(&self) -> Result<()> {
        let needs = |given: bool, flag: &str, other: &str| {
            if given { Err(Error::usage(format!("{flag} needs {other}"))) } else { Ok(()) }
        };
        needs(self.center && self.rolling.is_none(), "--center", "--rolling")?;
        needs(self.min_periods.is_some() && self.rolling.is_none(), "--min-periods", "--rolling")?;
        needs(self.zone_name.is_some() && self.zones.is_none(), "--zone-name", "--zones")?;
        needs(self.anomaly.is_some() && self.climatology.is_none(), "--anomaly", "--climatology")?;
        needs(self.baseline.is_some() && self.anomaly.is_none(), "--baseline", "--anomaly")
    }

    fn windows(&self) -> Option<Rolling> {
        let size = self.rolling?.get();
        Some(Rolling { size, centred: self.center, fewest: self.min_periods.map(NonZero::get) })
    }
}

impl TryFrom<&Args> for Aggregate {
    type Error = Error;

    fn try_from(args: &Args) -> Result<Self> {
        args.what.check()?;
        let every = args.what.every.map(Steps::Every);
        let mut statistics: Vec<Statistic> = Vec::new();
        for statistic in &args.what.statistics {
            if !statistics.contains(statistic) {
                statistics.push(*statistic);
            }
        }
        Ok(Self {
            statistics,
            percentile_method: args.how.percentile_method,
            over: args.what.over.clone(),
            steps: every.or(args.what.climatology.map(Steps::Climatology)),
            rolling: args.what.windows(),
            zones: args.what.regions()?,
            weights: args.how.weights.clone(),
            borrowed: args.borrowed().map(str::to_owned),
            ddof: f64::from(args.how.ddof),
            min_count: args.how.min_count,
            propagate_missing: args.how.propagate_missing,
            incomplete: args.how.incomplete,
            anomaly: args.what.anomaly,
            baseline: args.what.baseline.clone(),
        })
    }
}
