//! `to-zarr`: many files as one analysis-ready, cloud-optimised Zarr store.
//!
//! ```text
//! to-zarr era5-*.nc -o era5.zarr --chunk-size 64MB --optimise-for time
//! ```
//!
//! Reading and joining are [`pangeo::ops::combine`], the way of the data is [`pangeo::io::write`]; this tool turns
//! arguments and recipes into requests for them.

mod append;
mod arguments;
mod audit;
mod create;
mod distributed;
mod ordered;
mod recipe;
mod report;
mod source;
mod stac;
mod store;
mod verify;

use std::process::ExitCode;

use arguments::{Args, Command};
use pangeo::Result;
use pangeo::cli::{self, Session};

/// Working memory unless somebody says otherwise: more is no faster.
const MEMORY: usize = 160 << 20;

fn run(args: &Args) -> Result<()> {
    let common = match &args.command {
        None => &args.common,
        Some(Command::Plan(plan)) => &plan.common,
        Some(Command::Init(init)) => &init.common,
        Some(Command::Work(work)) => &work.common,
        Some(Command::Finalise(finalise)) => &finalise.common,
    };
    let session = Session::within(common, MEMORY)?;
    match &args.command {
        Some(Command::Plan(plan)) => distributed::plan(plan, &session),
        Some(Command::Init(init)) => distributed::init(init, &session),
        Some(Command::Work(work)) => distributed::work(work, &session),
        Some(Command::Finalise(finalise)) => distributed::finalise(finalise, &session),
        None => make(&args.clone().with_recipe()?, &session),
    }
}

/// A store by one hand: new, or longer.
fn make(args: &Args, session: &Session) -> Result<()> {
    match &args.append {
        _ if args.audit => audit::run(args, session),
        Some(dimension) => append::run(args, dimension, session),
        None => create::run(args, session),
    }
}

fn main() -> ExitCode {
    cli::main(run)
}
