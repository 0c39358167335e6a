//! The arguments of `subset` and the request that they make.

use clap::Parser;
use pangeo::cf::time::{DaySet, HourSet, MonthSet, SeasonSet, TimeRange, TimeSelection, YearSet};
use pangeo::cli::{Common, Input, Output, Select};
use pangeo::ops::expression::Expression;
use pangeo::ops::select::IndexSelection;
use pangeo::ops::subset::Subset;
use pangeo::ops::subset::values::{Method, ValueSelection};
use pangeo::{Error, Result};

/// Cut out variables, an area, a period, levels or points; with no selection, convert
#[derive(Parser, Debug)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) input: Input,

    #[command(flatten)]
    pub(crate) output: Output,

    #[command(flatten)]
    select: Select,

    #[command(flatten)]
    time: Time,

    #[command(flatten)]
    place: Place,

    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Time")]
struct Time {
    /// Period, both ends included, each may be partial: 2020, 2020-03/2020-05, 2020-06-01T12/
    #[arg(long, value_name = "START/END", allow_hyphen_values = true)]
    time: Option<TimeRange>,

    /// Years, such as 2001, 2000-2010 or 1998,2016
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    year: Option<YearSet>,

    /// Months, such as 6-8, 11-2 or jan,jul
    #[arg(long, value_name = "LIST")]
    month: Option<MonthSet>,

    /// Seasons by the initials of their months, such as DJF or MAM,SON; they run across years
    #[arg(long, value_name = "LIST")]
    season: Option<SeasonSet>,

    /// Days of the month, such as 1-10 or 15
    #[arg(long, value_name = "LIST")]
    day: Option<DaySet>,

    /// Hours of the day, such as 0,6,12,18
    #[arg(long, value_name = "LIST")]
    hour: Option<HourSet>,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Place and value")]
struct Place {
    /// Level V or range A/B, in the axis' units or with one: 850hPa, 500/1000, 100m; repeatable
    #[arg(long, value_name = "V|A/B", allow_hyphen_values = true)]
    level: Vec<String>,

    /// The level nearest to V; repeatable
    #[arg(long, value_name = "V", allow_hyphen_values = true)]
    nearest_level: Vec<String>,

    /// By index as Python has it, STOP excluded, negative from the end: time=0, lat=10:20, x=::2
    #[arg(long, value_name = "DIM=I|START:STOP[:STEP]")]
    isel: Vec<IndexSelection>,

    /// By coordinate value, both ends included: lev=850, lat=30/60, time=2020-01
    #[arg(long, value_name = "DIM=V|A/B")]
    sel: Vec<ValueSelection>,

    /// What --sel takes where no coordinate equals V: exact (an error), nearest, pad, backfill
    #[arg(long, value_name = "METHOD", default_value = "exact")]
    method: Method,

    /// How far from V --sel may be, in the coordinate's units
    #[arg(long, value_name = "DISTANCE")]
    tolerance: Option<f64>,

    /// Keep values where this holds, else missing: 't2m > 273.15', 'sst > 2*1.5 and lsm < 0.5'
    #[arg(long = "where", value_name = "EXPR", allow_hyphen_values = true)]
    condition: Option<String>,
}

/// Shown by `--help`; `tests/cli.rs` runs every line that starts with `$`.
const EXAMPLES: &str = "\
Examples:
  $ subset air_temperature_small.nc -o europe.zarr --time 2013-01
  $ subset A1B_north_america.nc -o summers.nc --season JJA --year 2000-2010 --units degC
  $ subset made/pressure_dateline.nc -o t850.nc --level 850hPa
  $ subset made/packed_1.nc made/packed_2.nc -o both.nc
  $ subset coads_climatology.cdf -o warm.nc -v SST,AIRT --where 'SST > 20'
  $ subset coads_climatology.cdf -o coads.zarr.zip --compression blosc:zstd:5 --chunk TIME=1";

impl TryFrom<&Args> for Subset {
    type Error = Error;

    fn try_from(args: &Args) -> Result<Self> {
        let condition = args.place.condition.as_deref().map(Expression::parse_condition).transpose()?;
        Ok(Self {
            variables: args.select.variables.clone(),
            reference_time: args.select.reference_time.clone(),
            isel: args.place.isel.clone(),
            sel: args.place.sel.clone(),
            method: args.place.method,
            tolerance: args.place.tolerance,
            times: TimeSelection {
                range: args.time.time.clone(),
                years: args.time.year.clone(),
                months: args.time.month.clone(),
                seasons: args.time.season.clone(),
                days: args.time.day.clone(),
                hours: args.time.hour.clone(),
            },
            levels: args.place.level.clone(),
            nearest_levels: args.place.nearest_level.clone(),
            condition,
            units: args.select.units.clone(),
        })
    }
}
