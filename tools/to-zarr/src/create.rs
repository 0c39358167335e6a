//! A new store from all that was given.

use std::path::{Path, PathBuf};

use pangeo::cli::{self, Session};
use pangeo::io::staging;
use pangeo::io::write::{self, Report, Target};
use pangeo::model::Dataset;
use pangeo::{Error, Result};

use crate::arguments::Args;
use crate::audit::Gathered;
use crate::report::Account;
use crate::{stac, verify};

/// Read, decide, write.
pub(crate) fn run(args: &Args, session: &Session) -> Result<()> {
    let output = output(args)?;
    let paths = args.source.paths()?;
    refuse_inputs(&output, &paths)?;
    let Gathered { mut dataset, paths, skipped, audit, .. } =
        args.source.unite(&paths, session, args.report.is_some())?;
    let rounded = args.store.round(&mut dataset, session)?;
    if session.history {
        cli::stamp(&mut dataset, &session.remarks());
    }
    if let Some(name) = &args.store.grows {
        dataset.require_dimension(name)?;
    }
    let target = Target {
        format: args.store.format(&output.to_string_lossy())?,
        layout: args.store.layout(),
        overwrite: args.overwrite,
        receipts: args.report.is_some(),
    };
    let report = write::write(&dataset, &output, &target, &session.engine)?;
    tell(&dataset, &output, &report, session);
    let verified = if args.verify { Some(verify::store(&dataset, &output, session)?) } else { None };
    stac::describe(&args.catalog, &output, session)?;
    if let Some(path) = &args.report {
        let account = Account::new("created", &output, &paths, &dataset, &report.receipts, session)?;
        account.rounded(rounded).verified(verified).audited(audit.as_ref(), &skipped).write(path)?;
    }
    Ok(())
}

/// The store that is to be.
pub(crate) fn output(args: &Args) -> Result<PathBuf> {
    args.output.clone().ok_or_else(|| Error::usage("no store is named").with_hint("give it with -o"))
}

/// Refuse to write over what is read.
pub(crate) fn refuse_inputs(output: &Path, paths: &[String]) -> Result<()> {
    staging::refuse_if_input(output, &paths.iter().map(PathBuf::from).collect::<Vec<_>>())
}

/// What was done, in a line.
pub(crate) fn tell(dataset: &Dataset, output: &Path, report: &Report, session: &Session) {
    report.notes.iter().for_each(|note| session.warn(note));
    session.detail(&format!("{} chunks copied as stored, {} encoded", report.copied, report.encoded));
    session.say(&cli::summary(dataset, output, session.seconds()));
}
