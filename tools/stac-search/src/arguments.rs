//! The arguments of `stac-search`.

use std::path::PathBuf;

use clap::Parser;
use pangeo::cli::Common;

use crate::arrange::Dedupe;
use crate::output::Format;

/// Find items in a STAC API, a static catalog or a file of items
#[derive(Parser, Debug)]
#[command(version, after_help = EXAMPLES)]
#[command(mut_arg("no_history", |a| a.hide(true)))] // it writes no dataset
#[command(mut_arg("threads", |a| a.hide(true)), mut_arg("memory", |a| a.hide(true)))] // nor does it read one
#[command(mut_arg("progress", |a| a.hide(true)))]
pub(crate) struct Args {
    /// Where to search: the address of a STAC API, a static catalog (address or path), or a file of items (JSON,
    /// ndjson, geoparquet), told apart by what is in it
    #[arg(value_name = "ENDPOINT")]
    pub(crate) endpoint: String,

    #[command(flatten)]
    pub(crate) which: Which,

    #[command(flatten)]
    pub(crate) some: Choice,

    #[command(flatten)]
    pub(crate) output: Output,

    #[command(flatten)]
    pub(crate) instead: Instead,

    #[command(flatten)]
    pub(crate) access: Access,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Which items match: those for which everything that is given holds.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Which items")]
pub(crate) struct Which {
    /// In this collection; repeat or separate by commas for one of several
    #[arg(short, long = "collection", value_name = "ID", value_delimiter = ',')]
    pub(crate) collections: Vec<String>,

    /// With this identifier; repeat or separate by commas for one of several
    #[arg(long = "id", value_name = "ID", value_delimiter = ',')]
    pub(crate) ids: Vec<String>,

    /// Touching this box, in degrees; WEST > EAST crosses the dateline
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true, conflicts_with = "intersects")]
    pub(crate) bbox: Option<String>,

    /// Touching this geometry: a file of GeoJSON or WKT, or either itself
    #[arg(long, value_name = "FILE|GEOJSON")]
    pub(crate) intersects: Option<String>,

    /// From this period, both ends included, each may be partial or missing: 2019, 2019-01/2019-06-04, 2020-03-01/..
    #[arg(long, value_name = "START/END")]
    pub(crate) datetime: Option<String>,

    /// Comparisons of properties.
    #[arg(
        long,
        value_name = "TERM",
        help = "Whose property compares so: 'eo:cloud_cover<10', platform=sentinel-2a, 'platform in landsat-8,landsat-9'; \
                repeatable"
    )]
    pub(crate) query: Vec<String>,

    /// For which this CQL2 expression (text or JSON) is true
    #[arg(long, value_name = "CQL2")]
    pub(crate) filter: Option<String>,
}

/// Which of those that match, and in what order.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Order and choice")]
pub(crate) struct Choice {
    /// The order.
    #[arg(
        long,
        value_name = "[-+]FIELD,...",
        allow_hyphen_values = true,
        help = "Sorted by these fields, such as -datetime,eo:cloud_cover; '-' descends [default: the source's order]"
    )]
    pub(crate) sortby: Option<String>,

    /// So many items at most, the first in order, after --dedupe and --cover
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_items: Option<u64>,

    /// Of a scene that is there several times (the same platform, tile or orbit, and time) keep one item
    #[arg(long, value_name = "WHICH", value_enum)]
    pub(crate) dedupe: Option<Dedupe>,

    /// Keep few items that together cover the area of --bbox or --intersects, those with less clouds first, and say
    /// how much of it they cover
    #[arg(long)]
    pub(crate) cover: bool,
}

/// What is written, and how.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Output file, which appears only when complete [default: standard output]
    #[arg(short = 'o', long = "output", value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,

    /// What to write [default: by the extension of PATH, else itemcollection; tabular for tables]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(crate) format: Option<Format>,

    /// Members to keep of each item, or with '-' to leave out: id,properties.eo:cloud_cover,-links
    #[arg(long, value_name = "FIELD,...", allow_hyphen_values = true)]
    pub(crate) fields: Option<String>,

    /// The columns of tables.
    #[arg(
        long,
        value_name = "NAME,...",
        value_delimiter = ',',
        help = "Columns of csv and tabular: members, properties, paths such as assets.visual.href, also date, asset_count, \
                west, south, east, north [default: id,collection,datetime,platform,eo:cloud_cover,bbox,asset_count]"
    )]
    pub(crate) columns: Vec<String>,

    /// In urls, assets with this key, a glob such as 'B0*'; repeat or separate by commas [default: those with the role
    /// data; all, of items without such]
    #[arg(long = "asset", value_name = "KEY", value_delimiter = ',')]
    pub(crate) assets: Vec<String>,

    /// In urls, assets of this type: zarr, netcdf, hdf5, geotiff, parquet, json or a media type; repeatable
    #[arg(long = "asset-type", value_name = "TYPE")]
    pub(crate) types: Vec<String>,

    /// In urls, assets with this role, such as data; repeatable
    #[arg(long = "asset-role", value_name = "ROLE")]
    pub(crate) roles: Vec<String>,

    /// Print a calendar: days by platform, how many items and dates each has. With -o the items go there besides
    #[arg(long, conflicts_with_all = ["group_by", "matched", "list_collections", "validate"])]
    pub(crate) calendar: bool,

    /// Write a calendar beside the output: .html, .svg, .png, .pdf or .txt
    #[arg(long, value_name = "FILE", conflicts_with_all = ["matched", "list_collections", "validate"])]
    pub(crate) calendar_file: Option<PathBuf>,

    /// Write a map of the footprints beside the output: .png, .svg, .pdf or .html
    #[arg(long, value_name = "FILE", conflicts_with_all = ["matched", "list_collections", "validate"])]
    pub(crate) footprints: Option<PathBuf>,

    /// Where nothing matches write an empty output instead of failing
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// What else there is to know than the items.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Instead of the items")]
pub(crate) struct Instead {
    /// Print only how many items match
    #[arg(long)]
    pub(crate) matched: bool,

    /// Print a table of the collections: identifier, title, period, box, licence
    #[arg(long, conflicts_with = "matched")]
    pub(crate) list_collections: bool,

    /// Print a table of groups: how many items of each date, month, year, platform, collection or value of a property,
    /// first and last, mean cloud cover
    #[arg(long, value_name = "KEY", conflicts_with_all = ["matched", "list_collections"])]
    pub(crate) group_by: Option<String>,

    /// Print what in the items breaks the rules of STAC; exit status 1 if anything does
    #[arg(long, conflicts_with_all = ["matched", "list_collections", "group_by"])]
    pub(crate) validate: bool,
}

/// How the source is read.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Access")]
pub(crate) struct Access {
    /// Headers.
    #[arg(
        long = "header",
        value_name = "NAME=ENVVAR",
        help = "Send this header with the value of that environment variable, such as Authorization=STAC_TOKEN; repeatable"
    )]
    pub(crate) headers: Vec<String>,

    /// So many items a request; fewer when the server can't cope [default: as suits the server]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) page_size: Option<u64>,

    /// Send a failed request again so many times
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) retries: u32,

    /// Give up a request after so many seconds without progress
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    pub(crate) timeout: f64,
}

/// Shown by `--help`; the tests run every line that starts with `$`.
const EXAMPLES: &str = "\
Examples:
  $ stac-search stac/s2.json --datetime 2019-01 --query 'eo:cloud_cover<20'
  $ stac-search stac/s2.json --calendar
  $ stac-search stac/s2.json --bbox=1,43,2,44 --sortby -datetime -o new.json
  $ stac-search stac/s2.json --format csv --columns id,date -o table.csv
  $ stac-search stac/s2.json --group-by platform
  $ stac-search stac/s2.json --asset 'B0*' --format urls > files.txt
  $ stac-search stac/s2.json --bbox=1,43,2,44 --cover --footprints map.png";
