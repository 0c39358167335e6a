//! Where the store of a plan is made.

use std::path::Path;
use std::sync::Arc;

use pangeo::cli::Session;
use pangeo::io::store::{self, ObjectPlace};
use pangeo::io::write;
use pangeo::{Error, Result};

use super::plan::PlanFile;
use super::receipt::FOLDER;

/// The mark of a store in the making.
const MARK: &str = ".to-zarr/plan";

/// The place at `path`.
///
/// # Errors
/// For zip files, and what [`store::place_at`] refuses.
pub(super) fn open(path: &str, session: &Session) -> Result<Arc<dyn ObjectPlace>> {
    if Path::new(path).extension().is_some_and(|e| e == "zip") {
        return Err(Error::usage("several tasks can't write one zip file").with_hint("name a directory or s3://"));
    }
    store::place_at(path, session.engine.stop())
}

/// Mark the place as that of a plan, its array metadata written; nobody can open it yet.
///
/// # Errors
/// When there is something else, unless it may be replaced.
pub(super) fn prepare(place: &dyn ObjectPlace, plan: &PlanFile, overwrite: bool) -> Result<()> {
    if place.get(MARK)?.is_some_and(|id| *id == *plan.id.as_bytes()) {
        return Ok(());
    }
    write::vacate(place, overwrite)?;
    for (key, text) in plan.documents.iter().take(plan.documents.len().saturating_sub(plan.root_documents())) {
        place.put(key, text.clone().into_bytes().into())?;
    }
    place.flush()?;
    place.put(MARK, plan.id.clone().into_bytes().into())?;
    place.flush()
}

/// Refuse to work in a place that was not prepared for the plan.
///
/// # Errors
/// [`Error::Data`] saying what to do.
pub(super) fn check(place: &dyn ObjectPlace, plan: &PlanFile) -> Result<()> {
    match place.get(MARK)? {
        Some(id) if *id == *plan.id.as_bytes() => Ok(()),
        Some(_) => Err(Error::data("the place was prepared for another plan", place.name().to_owned())
            .with_hint("to-zarr init --overwrite starts anew")),
        None if is_complete(place, plan)? => Err(Error::data("the store is finished already", place.name().to_owned())
            .with_hint("to-zarr init --overwrite starts anew")),
        None => {
            Err(Error::data("the place was not prepared", place.name().to_owned()).with_hint("run to-zarr init first"))
        }
    }
}

/// Whether the store of the plan is finished.
///
/// # Errors
/// When the place can't be read.
pub(super) fn is_complete(place: &dyn ObjectPlace, plan: &PlanFile) -> Result<bool> {
    let Some((key, text)) = plan.documents.last() else { return Ok(false) };
    Ok(place.get(key)?.is_some_and(|bytes| *bytes == *text.as_bytes()))
}

/// Remove the marks and receipts of the making.
///
/// # Errors
/// As [`ObjectPlace::remove`].
pub(super) fn sweep(place: &dyn ObjectPlace) -> Result<()> {
    let list = place.list(FOLDER)?;
    // The mark goes last: without it nobody knows what the others are.
    for (key, _) in list.iter().filter(|(key, _)| key != MARK) {
        place.remove(key)?;
    }
    place.remove(MARK)?;
    place.tidy()?;
    place.flush()
}
