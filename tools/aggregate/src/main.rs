//! `aggregate`: statistics over axes, periods, parts of the year, windows and regions.
//!
//! ```text
//! aggregate tas.nc -o annual.nc --stat mean --every year
//! ```
//!
//! The work is [`pangeo::ops::aggregate`]; this file turns arguments into an [`Aggregate`] request and
//! hands over the files.

mod arguments;

use std::process::ExitCode;

use arguments::Args;
use pangeo::Result;
use pangeo::cli::{self, Session};
use pangeo::ops::aggregate::Aggregate;

fn run(args: &Args) -> Result<()> {
    let session = Session::new(&args.common)?;
    args.output.refuse_inputs(&args.reads()?)?;
    let aggregate = Aggregate::try_from(args)?;
    let chosen = args.chosen();
    let dataset = args.input.open(&session, |inputs| chosen.prepare(inputs))?; // lazy: reads metadata only
    let chosen = chosen.apply(dataset)?; // the variables, in their units
    chosen.remarks.iter().for_each(|remark| session.remark(remark.as_str()));
    let outcome = aggregate.apply(&chosen.dataset, &session.engine)?; // dataset in, dataset out
    let notes = chosen.notes.iter().chain(&outcome.notes);
    notes.for_each(|note| session.say(&format!("note: {note}")));
    chosen.warnings.iter().chain(&outcome.warnings).for_each(|warning| session.warn(warning));
    args.output.write(outcome.dataset, &session)?; // streams; appears when complete
    if outcome.tally.lost_everything() {
        session.warn("every value is missing: nothing came of the values that the input has");
    }
    Ok(())
}

fn main() -> ExitCode {
    cli::main(run)
}
