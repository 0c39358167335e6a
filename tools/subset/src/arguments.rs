//! The arguments of `subset` and the request that they make.

use std::path::PathBuf;

use clap::{ArgGroup, Parser, ValueEnum};
use pangeo::cf::time::{DaySet, HourSet, MonthSet, SeasonSet, TimeRange, TimeSelection, YearSet};
use pangeo::cli::{Common, Input, Output, Select};
use pangeo::grid::polygon::{self, FeaturePick};
use pangeo::grid::{Bbox, Convention};
use pangeo::ops::expression::Expression;
use pangeo::ops::select::IndexSelection;
use pangeo::ops::subset::Subset;
use pangeo::ops::subset::points::{self, Point};
use pangeo::ops::subset::polygon::Regions;
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
    times: Times,

    #[command(flatten)]
    place: Place,

    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Time")]
struct Times {
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
#[command(group = ArgGroup::new("places").args(["point", "points"]).multiple(true))]
struct Place {
    /// Box in degrees, edges included; WEST > EAST crosses the dateline; any longitude convention
    #[arg(long, value_name = "WEST,SOUTH,EAST,NORTH", allow_hyphen_values = true)]
    bbox: Option<Bbox>,

    /// Regions to keep: GeoJSON or zipped shapefile, longitude and latitude
    #[arg(long, value_name = "FILE")]
    polygon: Option<PathBuf>,

    /// Only the regions of --polygon with this property, such as name=pacific; repeatable
    #[arg(long, value_name = "NAME=VALUE", requires = "polygon")]
    where_in: Vec<FeaturePick>,

    /// Keep every cell that a region touches, not only those with their centre inside
    #[arg(long, requires = "polygon")]
    all_touched: bool,

    /// Longitudes of the output: 180 (-180 to 180), 360 (0 to 360) or keep
    #[arg(long, value_name = "CONVENTION", default_value = "keep")]
    longitude: Longitude,

    /// Level V or range A/B, in the axis' units or with one: 850hPa, 500/1000hPa; repeatable, commas too
    #[arg(long, value_name = "V|A/B", allow_hyphen_values = true)]
    level: Vec<String>,

    /// The level nearest to V; repeatable
    #[arg(long, value_name = "V", allow_hyphen_values = true)]
    nearest_level: Vec<String>,

    /// By index as Python has it, STOP excluded, negative from the end: time=0, lat=10:20, `x=::2`
    #[arg(long, value_name = "DIM=I|START:STOP[:STEP]")]
    isel: Vec<IndexSelection>,

    /// By coordinate value, both ends included: lev=850, lev=850,500, lat=30/60, time=2020-01; longitudes
    /// modulo 360, from A eastward to B
    #[arg(long, value_name = "DIM=V|A/B")]
    sel: Vec<ValueSelection>,

    /// What --sel takes where no coordinate equals V: exact (an error), nearest, pad, backfill
    #[arg(long, value_name = "METHOD", default_value = "exact", requires = "sel")]
    method: Method,

    /// How far from V --sel may be, in the coordinate's units
    #[arg(long, value_name = "DISTANCE", value_parser = distance, requires = "sel", allow_hyphen_values = true)]
    tolerance: Option<f64>,

    /// Keep values where this holds, else missing: 't2m > 273.15', 'sst > 2*1.5 and lsm < 0.5'
    #[arg(long = "where", value_name = "EXPR", allow_hyphen_values = true)]
    condition: Option<String>,

    /// The cell nearest to this place, in degrees; repeatable. Adds a dimension `point`
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true)]
    point: Vec<Point>,

    /// Places from a table with columns lon and lat, and if wanted name and time (CSV, also with
    /// semicolons or tabs)
    #[arg(long, value_name = "FILE")]
    points: Option<PathBuf>,

    /// How far the nearest cell may be [default: twice the distance between cells]
    #[arg(long, value_name = "KM", value_parser = distance, requires = "places", allow_hyphen_values = true)]
    max_distance: Option<f64>,
}

/// The convention of longitudes, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Longitude {
    /// -180 to 180
    #[value(name = "180")]
    Centred,
    /// 0 to 360
    #[value(name = "360")]
    Positive,
    /// As in the input
    Keep,
}

/// Shown by `--help`; `tests/cli.rs` runs every line that starts with `$`.
const EXAMPLES: &str = "\
Examples:
  $ subset air_temperature_small.nc -o d.zarr --time 2014-02-26 --chunk time=1
  $ subset made/cams_like.nc -o iberia.nc --bbox=-9,36,3,44 --longitude 180
  $ subset etopo60.cdf -o seas.nc --polygon made/regions.geojson --all-touched
  $ subset A1B_north_america.nc -o jja.nc --season JJA --year 2000-2010
  $ subset made/pressure_dateline.nc -o t850.nc --level 850hPa
  $ subset made/packed_1.nc made/packed_2.nc -o both.nc --units degC
  $ subset coads_climatology.cdf -o warm.nc -v SST,AIRT --where 'SST > 20'
  $ subset coads_climatology.cdf -o coads.zarr.zip --compression blosc:zstd:5
  $ subset air_temperature_small.nc -o stations.csv --points made/stations.csv
  $ subset orca2_votemper.nc -o cell.nc --point=-30,40";

impl Args {
    /// Every file that is read, which the output must not replace.
    pub(crate) fn reads(&self) -> Result<Vec<PathBuf>> {
        let mut all = self.input.reads()?;
        all.extend(self.place.polygon.iter().chain(&self.place.points).cloned());
        Ok(all)
    }
}

/// A distance as typed; less than none, or no number, would keep nothing or everything.
fn distance(text: &str) -> Result<f64> {
    let number = text.trim().parse().ok().filter(|d: &f64| d.is_finite() && *d >= 0.0);
    number.ok_or_else(|| Error::usage(format!("'{text}' is not a distance")).with_hint("a number from 0 on"))
}

impl Place {
    /// The regions of `--polygon`.
    fn regions(&self) -> Result<Option<Regions>> {
        let Some(path) = &self.polygon else { return Ok(None) };
        let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
        let file = path.display().to_string();
        let features = polygon::pick(polygon::parse(&bytes, &file)?, &self.where_in, &file)?;
        Ok(Some(Regions { features, all_touched: self.all_touched }))
    }

    /// The places of `--point` and `--points`.
    fn all_points(&self) -> Result<Vec<Point>> {
        let mut all = self.point.clone();
        if let Some(path) = &self.points {
            let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
            all.extend(points::parse_points(&bytes, &path.display().to_string())?);
        }
        Ok(all)
    }
}

impl TryFrom<&Args> for Subset {
    type Error = Error;

    fn try_from(args: &Args) -> Result<Self> {
        let condition = args.place.condition.as_deref().map(Expression::parse_condition).transpose()?;
        Ok(Self {
            isel: args.place.isel.clone(),
            sel: args.place.sel.clone(),
            method: args.place.method,
            tolerance: args.place.tolerance,
            times: TimeSelection {
                range: args.times.time.clone(),
                years: args.times.year.clone(),
                months: args.times.month.clone(),
                seasons: args.times.season.clone(),
                days: args.times.day.clone(),
                hours: args.times.hour.clone(),
            },
            levels: args.place.level.clone(),
            nearest_levels: args.place.nearest_level.clone(),
            bbox: args.place.bbox,
            regions: args.place.regions()?,
            points: args.place.all_points()?,
            max_distance_km: args.place.max_distance,
            condition,
            longitude: match args.place.longitude {
                Longitude::Centred => Some(Convention::Centred),
                Longitude::Positive => Some(Convention::Positive),
                Longitude::Keep => None,
            },
            ..Self::from(&args.select)
        })
    }
}
