//! A new store from all that was given.

use std::path::PathBuf;

use pangeo::cli::{self, Session};
use pangeo::io::write::{self, Report, Target};
use pangeo::io::{staging, store as stores};
use pangeo::model::Dataset;
use pangeo::ops::quantise::BitRound;
use pangeo::{Error, Result};

use crate::arguments::Args;

/// Read, decide, write.
pub(crate) fn run(args: &Args, session: &Session) -> Result<()> {
    let output = args.output.clone().ok_or_else(|| Error::usage("no store is named").with_hint("give it with -o"))?;
    let paths = cli::paths(&args.inputs)?;
    staging::refuse_if_input(&output, &paths.iter().map(PathBuf::from).collect::<Vec<_>>())?;
    let mut dataset = joined(args, &paths, session)?;
    describe(args, &mut dataset);
    let rounded = BitRound::parse(&args.store.bitround)?.apply(&mut dataset)?;
    for (name, bits) in &rounded {
        session.detail(&format!("{name}: {bits} bits of the mantissa are kept"));
    }
    if session.history {
        cli::stamp(&mut dataset, &session.remarks());
    }
    let target = Target {
        format: args.store.format(&output.to_string_lossy())?,
        layout: args.store.layout(),
        overwrite: args.overwrite,
        receipts: args.report.is_some(),
    };
    let report = write::write(&dataset, &output, &target, &session.engine)?;
    tell(&dataset, &output, &report, session);
    Ok(())
}

/// All inputs as one lazy dataset.
fn joined(args: &Args, paths: &[String], session: &Session) -> Result<Dataset> {
    let chosen = args.chosen();
    let dataset = cli::open_inputs(paths, session, |inputs| chosen.prepare(inputs))?;
    let outcome = chosen.apply(dataset)?;
    outcome.remarks.iter().for_each(|remark| session.remark(remark.as_str()));
    outcome.notes.iter().for_each(|note| session.say(&format!("note: {note}")));
    outcome.warnings.iter().for_each(|warning| session.warn(warning));
    stores::take_notes().iter().for_each(|note| session.say(&format!("note: {note}")));
    Ok(outcome.dataset)
}

/// The global attributes that were asked for.
fn describe(args: &Args, dataset: &mut Dataset) {
    for (name, value) in &args.attribute {
        if value.is_empty() {
            dataset.attributes.remove(name);
        } else {
            dataset.attributes.set(name, value.as_str());
        }
    }
}

fn tell(dataset: &Dataset, output: &std::path::Path, report: &Report, session: &Session) {
    report.notes.iter().for_each(|note| session.warn(note));
    session.detail(&format!("{} chunks copied as stored, {} encoded", report.copied, report.encoded));
    session.say(&cli::summary(dataset, output, session.seconds()));
}
