//! `to-zarr`: many files as one analysis-ready, cloud-optimised Zarr store.
//!
//! ```text
//! to-zarr era5-*.nc -o era5.zarr --chunk-size 64MB --optimise-for time
//! ```
//!
//! Reading and joining are [`pangeo::ops::combine`], the way of the data is [`pangeo::io::write`]; this tool turns
//! arguments and recipes into requests for them.

mod arguments;
mod create;
mod store;

use std::process::ExitCode;

use arguments::Args;
use pangeo::Result;
use pangeo::cli::{self, Session};

/// Working memory unless somebody says otherwise: more is no faster.
const MEMORY: usize = 160 << 20;

fn run(args: &Args) -> Result<()> {
    let session = Session::within(&args.common, MEMORY)?;
    create::run(args, &session)
}

fn main() -> ExitCode {
    cli::main(run)
}
