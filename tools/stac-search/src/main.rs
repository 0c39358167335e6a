//! `stac-search`: find items in a STAC API, a static catalog or a file.
//!
//! ```text
//! stac-search https://earth-search.aws.element84.com/v1 -c sentinel-2-l2a --bbox=1,43,2,44 --datetime 2019-01/2019-06-04 --calendar
//! ```
//!
//! The work of searching is the crate `search`'s; this file turns arguments into a [`request::Request`] and hands over
//! the source, its neighbours arrange what is found and write it.

mod arguments;
mod arrange;
mod calendar;
mod collections;
mod facts;
mod figures;
mod footprint;
mod map;
mod output;
mod request;
mod spool;
mod validate;
mod work;

use std::process::ExitCode;

use arguments::Args;
use pangeo::Result;
use pangeo::cli::{self, Session};

fn run(args: &Args) -> Result<()> {
    let session = Session::new(&args.common)?;
    let request = args.request()?;
    let source = work::open(&request, &session)?;
    work::run(&request, source.as_ref(), &session)
}

fn main() -> ExitCode {
    cli::main(run)
}
