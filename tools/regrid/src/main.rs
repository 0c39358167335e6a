//! `regrid`: bring data to another horizontal grid, or to other levels.
//!
//! ```text
//! regrid tas.nc -o tas_1x1.nc --method conservative --target r360x180
//! ```
//!
//! The work is [`pangeo::ops::regrid`]; this file turns arguments into a [`Regrid`] request and hands over
//! the files.

mod arguments;
mod target;

use std::process::ExitCode;

use arguments::Args;
use pangeo::Result;
use pangeo::cli::{self, Session};
use pangeo::ops::regrid::Regrid;

fn run(args: &Args) -> Result<()> {
    let session = Session::new(&args.common)?;
    args.output.refuse_inputs(&args.reads()?)?;
    args.refuse_same_outputs()?;
    let chosen = args.chosen();
    let regrid = Regrid {
        target: target::wish(args, &session)?,
        weights: target::weights(args, &session)?,
        ..Regrid::try_from(args)?
    };
    let dataset = args.input.open(&session, |inputs| chosen.prepare(inputs))?; // lazy: reads metadata only
    let chosen = chosen.apply(dataset)?; // the variables, in their units
    chosen.remarks.iter().for_each(|remark| session.remark(remark.as_str()));
    let outcome = regrid.apply(chosen.dataset, &session.engine)?; // dataset in, dataset out
    chosen.notes.iter().chain(&outcome.notes).for_each(|note| session.say(&format!("note: {note}")));
    chosen.warnings.iter().for_each(|warning| session.warn(warning));
    if let (Some(path), Some(weights)) = (&args.save_weights, &outcome.weights) {
        cli::write_dataset(weights, path, &session)?;
    }
    args.output.write(outcome.dataset, &session)?; // streams; appears when complete
    if outcome.tally.lost_everything() {
        session.warn("every value is missing: nothing of the input lies where the target grid or the levels are");
    }
    Ok(())
}

fn main() -> ExitCode {
    cli::main(run)
}
