//! `subset`: cut a dataset down to the variables, area and period asked for; or convert it.
//!
//! ```text
//! subset air.nc -o europe.nc --bbox=-25,35,45,70 --time 2013-01/2013-03
//! ```
//!
//! The work is [`pangeo::ops::subset`]; this file turns arguments into a [`Subset`] request and hands
//! over the files.

mod arguments;

use std::process::ExitCode;

use arguments::Args;
use pangeo::Result;
use pangeo::cli::{self, Session};
use pangeo::ops::subset::Subset;

fn run(args: &Args) -> Result<()> {
    let session = Session::new(&args.common)?;
    args.output.refuse_inputs(&args.reads()?)?;
    let subset = Subset::try_from(args)?;
    let dataset = args.input.open(&session, |inputs| subset.prepare(inputs))?; // lazy: reads metadata only
    let outcome = subset.apply(dataset)?; // pure: dataset in, dataset out
    outcome.remarks.iter().for_each(|remark| session.remark(remark.as_str()));
    outcome.notes.iter().for_each(|note| session.say(&format!("note: {note}")));
    outcome.warnings.iter().for_each(|warning| session.warn(warning));
    args.output.write(outcome.dataset, &session)?; // streams; appears when complete
    if outcome.tally.lost_everything() {
        session.warn("every value is missing: the selection kept none of the values that the input has");
    }
    Ok(())
}

fn main() -> ExitCode {
    cli::main(run)
}
