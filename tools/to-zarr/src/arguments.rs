//! The arguments of `to-zarr`.

use std::path::PathBuf;

use clap::Parser;
use pangeo::cli::{Common, Select, comma_pair};
use pangeo::ops::subset::Subset;

use crate::store::StoreArgs;

/// Turn files into one analysis-ready, cloud-optimised Zarr store
#[derive(Parser, Debug)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// netCDF files or Zarr stores: paths, http(s):// or s3:// URLs; @FILE reads them from a list. Joined along the
    /// coordinate in which they differ, merged where they hold different variables
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) inputs: Vec<String>,

    /// The store: a directory, a file ending in .zip, or s3://BUCKET/PREFIX. It is none before it is complete
    #[arg(short, long, value_name = "STORE")]
    pub(crate) output: Option<PathBuf>,

    /// Replace an existing store
    #[arg(long)]
    pub(crate) overwrite: bool,

    /// The dimension along which the inputs must be joined; an error if they differ in another
    #[arg(long, value_name = "DIM")]
    pub(crate) concat: Option<String>,

    /// A global attribute of the store, such as title='Sea surface temperature'; an empty value removes it; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = comma_pair)]
    pub(crate) attribute: Vec<(String, String)>,

    #[command(flatten)]
    pub(crate) store: StoreArgs,

    /// Read the store back and compare every value with the inputs'
    #[arg(long, help_heading = "Checks and reports")]
    pub(crate) verify: bool,

    /// What was read, decided and written, with checksums: .json or .html
    #[arg(long, value_name = "FILE", help_heading = "Checks and reports")]
    pub(crate) report: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) select: Select,

    #[command(flatten)]
    pub(crate) common: Common,
}

impl Args {
    /// The variables and units.
    pub(crate) fn chosen(&self) -> Subset {
        Subset::from(&self.select)
    }
}

const EXAMPLES: &str = "\
Examples:
  to-zarr air_2013.nc air_2014.nc -o air.zarr
  to-zarr air.nc -o air.zarr --chunk-size 1MB --optimise-for time --verify
  to-zarr air.nc -o air.zarr --chunk time=24 --shard time=240 --bitround 10";
