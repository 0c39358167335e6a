//! `stac-create`: STAC items and collections of data.
//!
//! ```text
//! stac-create data/*.nc -o catalog --collection air-temperature
//! ```
//!
//! The work is [`catalog`]: this tool turns arguments into what is asked of it.

mod archive;
mod arguments;
mod create;
mod places;

use std::process::ExitCode;

use arguments::Args;
use pangeo::Result;
use pangeo::cli::{self, Session};

fn run(args: &Args) -> Result<()> {
    create::run(args, &Session::new(&args.common)?)
}

fn main() -> ExitCode {
    cli::main(run)
}
