//! The arguments of `stac-create`.

use std::path::PathBuf;
use std::str::FromStr;

use catalog::facts::Provider;
use catalog::{Data, When};
use clap::{Parser, ValueEnum};
use pangeo::cli::Common;
use pangeo::grid::Bbox;
use pangeo::{Error, Result};

/// Describe data in a STAC catalog: items and collections of netCDF, Zarr and GeoTIFF
#[derive(Parser, Debug)]
#[command(version, after_help = EXAMPLES, mut_arg("no_history", |a| a.hide(true)))] // it writes no dataset
pub(crate) struct Args {
    /// netCDF file, Zarr store or GeoTIFF.
    #[arg(
        required = true,
        value_name = "DATA",
        help = "netCDF file, Zarr store or GeoTIFF: path, http(s):// or s3:// URL; @FILE reads them from a list"
    )]
    pub(crate) data: Vec<String>,

    /// The catalog, a folder that is made or extended: what it has already stays, and what has the same identifier is
    /// replaced
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,

    /// Write the whole catalog into this zip file, too: all objects that its links lead to
    #[arg(long, value_name = "FILE.zip")]
    pub(crate) zip: Option<PathBuf>,

    /// What becomes of data
    #[arg(long = "as", value_name = "KIND", value_enum, default_value = "auto")]
    pub(crate) kind: Kind,

    /// The collection that items belong to [default: data], or that one DATA becomes [default: its name]
    #[arg(long, value_name = "ID")]
    pub(crate) collection: Option<String>,

    /// The identifier of the only DATA [default: its name]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,

    /// When data are from that do not say so themselves: a date, START/END, `name` (the date in the name of each),
    /// `tag` (when a TIFF image says it was made)
    #[arg(long, value_name = "TIME")]
    pub(crate) datetime: Option<Dating>,

    /// Where data lie that do not say so themselves
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true)]
    pub(crate) bbox: Option<Bbox>,

    /// Read all values: minimum, maximum and mean of each variable
    #[arg(long)]
    pub(crate) stats: bool,

    /// Read all bytes of local files: their SHA-256
    #[arg(long)]
    pub(crate) checksum: bool,

    #[command(flatten)]
    pub(crate) references: References,

    #[command(flatten)]
    pub(crate) about: About,

    /// Write without holding all objects against the schemas of STAC first
    #[arg(long)]
    pub(crate) no_validate: bool,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// How objects refer to data.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "References to data")]
pub(crate) struct References {
    /// How local data are referred to
    #[arg(long, value_name = "HOW", value_enum, default_value = "relative", conflicts_with = "href_prefix")]
    pub(crate) href: Href,

    /// Refer to local data as URL/NAME, for data that are going to be there; a name is the last part of a path
    #[arg(long, value_name = "URL")]
    pub(crate) href_prefix: Option<String>,
}

/// What is said of a collection.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "About the collection")]
pub(crate) struct About {
    /// Its title
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,

    /// What it is [default: what the data say, if all say the same]
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,

    /// An SPDX identifier, or the name or address of a Creative Commons licence [default: what the data say, else
    /// other]
    #[arg(long, visible_alias = "license", value_name = "TEXT")]
    pub(crate) licence: Option<String>,

    /// Who licenses, produces, processes or hosts the data: NAME, NAME=URL, producer+host:NAME=URL; repeatable
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) provider: Vec<Provider>,

    /// A word to find it by; repeatable or separated by commas
    #[arg(long, value_name = "WORD", value_delimiter = ',')]
    pub(crate) keyword: Vec<String>,

    /// The title of a catalog that has none
    #[arg(long, value_name = "TEXT")]
    pub(crate) catalog_title: Option<String>,
}

/// What becomes of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Files become items; a Zarr store a collection with an asset of its own, unless several go into one --collection
    Auto,
    /// Each an item
    Item,
    /// Each a collection with an asset of its own
    Collection,
}

/// How local data are referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Href {
    /// From the object that names them
    Relative,
    /// By their whole path
    Absolute,
}

/// Where the time of data is from that do not tell it.
#[derive(Debug, Clone)]
pub(crate) enum Dating {
    /// This one.
    Given(When),
    /// The date in the name.
    Name,
    /// The tag of an image.
    Tag,
}

impl Dating {
    /// The time of data, if there is one.
    pub(crate) fn of(&self, data: &Data) -> Option<When> {
        match self {
            Self::Given(when) => Some(when.clone()),
            Self::Name => When::in_name(&data.place),
            Self::Tag => When::made(data),
        }
    }
}

impl FromStr for Dating {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "name" => Ok(Self::Name),
            "tag" => Ok(Self::Tag),
            date => date.parse().map(Self::Given),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  $ stac-create nemo_201501.nc nemo_201502.nc -o catalog --collection nemo
  $ stac-create nemo_201501.nc -o catalog --collection nemo --checksum
  $ stac-create pressure.zarr -o catalog --licence CC-BY-4.0
  $ stac-create air_temperature_small.nc -o catalog --as collection --stats
  $ stac-create etopo60.cdf -o maps --datetime 1988 --title Relief
  $ stac-create made/packed_1.nc -o far --href-prefix s3://bucket/air";
