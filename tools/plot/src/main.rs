//! `plot`: maps, time series, sections and other figures of a dataset.
//!
//! ```text
//! plot air.nc -o map.png --time 2013-01-01
//! ```
//!
//! This file turns arguments into a [`request::Plot`] and hands over the files; its neighbours read slices, choose
//! colours and draw.

mod arguments;
mod axes;
mod bounds;
mod charts;
mod dates;
mod figures;
mod kinds;
mod maps;
mod output;
mod parse;
mod request;
mod slice;
mod style;
mod table;

use std::process::ExitCode;

use arguments::Args;
use pangeo::Result;
use pangeo::cli::{self, Session};

fn run(args: &Args) -> Result<()> {
    if args.lists_colour_maps() {
        return table::colour_maps();
    }
    let session = Session::new(&args.common)?;
    let request = args.request()?;
    let sources = slice::open(args, &session)?;
    let (kind, sources, averaged) = kinds::prepared(&request, sources, &session)?;
    let figure = figures::Figure::new(&request, (kind, &averaged), &sources, &session)?;
    let written = output::write(&figure, &request, &args.input.reads()?, &session)?;
    session.say(&format!("{written} in {:.2} s", session.seconds()));
    Ok(())
}

fn main() -> ExitCode {
    cli::main(run)
}
