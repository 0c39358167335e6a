//! More steps for a store that is there.

use std::fs::{File, TryLockError};
use std::path::Path;

use pangeo::cli::{self, Session};
use pangeo::io::store::place_at;
use pangeo::io::{open, write};
use pangeo::ops::combine::extend;
use pangeo::{Error, Result};

use crate::arguments::Args;
use crate::audit::{self, Gathered};
use crate::create::{self, output, refuse_inputs};
use crate::report::Account;
use crate::stac;

/// Compare all that was given with the store as it is now; how many values that were.
fn verified(args: &Args, read: (&[String], &[usize]), dimension: &str, session: &Session) -> Result<u64> {
    let (paths, numbers) = read;
    let store = output(args)?;
    let mut again = args.source.kept(numbers).unite(paths, session, false)?.dataset;
    args.store.round(&mut again, session)?;
    let values = again.variables.iter().map(|v| v.array.len() as u64).sum();
    let extended = extend(open::open(&store.to_string_lossy())?, again, dimension, &session.engine)?;
    if extended.added > 0 {
        let what = format!("{} steps of '{dimension}' are not in the store", extended.added);
        return Err(Error::data(what, store.display().to_string())
            .with_hint("make the store anew; if it happens again, report it"));
    }
    session.say(&format!("verified: the {} steps given are the same in the store", extended.present));
    Ok(values)
}

/// The store's folder, locked: two that append at once would each write the chunk in which the old steps end. The lock
/// goes with the process, however it ends. `None` for what is no folder here, and where the file system has no locks.
fn alone(output: &Path) -> Result<Option<File>> {
    let Ok(folder) = File::open(output) else { return Ok(None) };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => {
            Err(Error::data("somebody else is appending to the store", output.display().to_string())
                .with_hint("run it again when that is done: what is there by then is skipped"))
        }
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Whether there is nothing at all where the store is to be.
fn is_missing(output: &Path, session: &Session) -> Result<bool> {
    let name = output.to_string_lossy();
    if name.contains("://") {
        return Ok(place_at(&name, session.engine.stop())?.list("")?.is_empty());
    }
    let is_empty = |folder: &Path| folder.read_dir().is_ok_and(|mut entries| entries.next().is_none());
    Ok(!output.exists() || is_empty(output))
}

/// What was added, in a line.
fn told(output: &Path, dimension: &str, (before, added, present): (usize, usize, usize), session: &Session) -> String {
    let there = if present > 0 { format!(", {present} were there already,") } else { String::new() };
    let seconds = session.seconds();
    format!("{}: {added} steps of '{dimension}' added to {before}{there} in {seconds:.2} s", output.display())
}

/// Read, compare, write what is new.
pub(crate) fn run(args: &Args, dimension: &str, session: &Session) -> Result<()> {
    let output = output(args)?;
    let paths = args.source.paths()?;
    refuse_inputs(&output, &paths)?;
    if output.extension().is_some_and(|e| e == "zip") {
        return Err(Error::usage("a zip file can't be appended to").with_hint("keep the store in a directory"));
    }
    if is_missing(&output, session)? {
        let mut args = args.clone();
        args.store.grows = Some(dimension.to_owned());
        return create::run(&args, session);
    }
    if args.store.is_laid_out() {
        session.say("note: the store keeps its own chunks and compression");
    }
    let _lock = alone(&output)?;
    let old = open::open(&output.to_string_lossy())?;
    let Gathered { dataset: mut fresh, paths, numbers, skipped, audit, .. } =
        args.source.unite(&paths, session, args.report.is_some())?;
    let rounded = args.store.round(&mut fresh, session)?;
    let extended = extend(old, fresh, dimension, &session.engine)?;
    extended.whole.said.notes.iter().for_each(|note| session.say(&format!("note: {note}")));
    extended.whole.said.warnings.iter().for_each(|warning| session.warn(warning));
    let mut whole = extended.whole.dataset;
    let receipts = if extended.added == 0 {
        let all = extended.present;
        session.say(&format!("{}: all {all} steps of '{dimension}' are there already", output.display()));
        Vec::new()
    } else {
        audit::record(&mut whole.attributes, &skipped);
        if session.history {
            cli::stamp(&mut whole, &session.remarks());
        }
        let report = write::extend(&whole, &output, dimension, args.report.is_some(), &session.engine)?;
        session.say(&told(&output, dimension, (extended.before, extended.added, extended.present), session));
        report.receipts
    };
    let verified = if args.verify { Some(verified(args, (&paths, &numbers), dimension, session)?) } else { None };
    stac::describe(&args.catalog, &output, session)?;
    if let Some(path) = &args.report {
        let account = Account::new("extended", &output, &paths, &whole, &receipts, session)?;
        account.rounded(rounded).verified(verified).audited(audit.as_ref(), &skipped).write(path)?;
    }
    Ok(())
}
