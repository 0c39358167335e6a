//! Zarr stores that are written in their place, not put there as a whole: longer ones, those in buckets.

use std::path::Path;
use std::sync::Arc;

use super::{Part, Report, Target, beside, everything, fill};
use crate::engine::Engine;
use crate::io::store::{ObjectPlace, place_at};
use crate::io::zarr::{Blueprint, Extension, Ground, ZarrSink};
use crate::io::{Format, Sink};
use crate::model::Dataset;
use crate::{Error, Result};

/// Make the Zarr store at `path` as long as `whole` along `dimension`; `whole` begins with what the store holds.
///
/// A stop at any moment leaves the store as it was, or as it is to be, for whoever reads the consolidated metadata.
///
/// # Errors
/// As [`Extension::new`]; when a block can't be read or the store can't be written.
pub fn extend(whole: &Dataset, path: &Path, dimension: &str, receipts: bool, engine: &Engine) -> Result<Report> {
    let place = place_at(&path.to_string_lossy(), engine.stop())?;
    let extension = Extension::new(place.as_ref(), whole, dimension)?;
    let sink = ZarrSink::new(Arc::clone(&extension.blueprint), Arc::clone(&place), Ground::Used);
    let sink = if receipts { sink.with_receipts() } else { sink };
    let changed = |(part, first): (Part, &Option<Vec<usize>>)| {
        let first = first.as_ref()?;
        let chunks = part.chunks.iter().zip(first).map(|(range, &from)| from.min(range.end)..range.end).collect();
        Some(Part { chunks, ..part })
    };
    let parts: Vec<Part> = everything(whole, &sink).into_iter().zip(&extension.first).filter_map(changed).collect();
    let mut report = Report::default();
    fill(whole, &sink, &parts, &beside(path, engine), &mut report)?;
    place.flush()?;
    extension.check(place.as_ref())?;
    report.receipts = sink.take_receipts();
    Box::new(sink).finish()?;
    extension.sweep(place.as_ref())?;
    engine.progress().finish();
    Ok(report)
}

/// Write a store where there is no renaming: the document that makes one of it comes last.
pub(super) fn write_remote(dataset: &Dataset, url: &str, target: &Target, engine: &Engine) -> Result<Report> {
    let version = match target.format {
        Format::Zarr2 => 2,
        Format::Zarr3 => 3,
        other => {
            return Err(Error::usage(format!("{} goes to local files, not to {url}", other.name()))
                .with_hint("write Zarr there (--format zarr), or a local file and upload it"));
        }
    };
    let blueprint = Arc::new(Blueprint::new(dataset, version).map_err(|e| e.in_file(&dataset.source))?);
    let place = place_at(url, engine.stop())?;
    vacate(place.as_ref(), target.overwrite)?;
    let mut report = Report::default();
    let filled = fill_store(dataset, blueprint, Arc::clone(&place), target.receipts, engine, &mut report);
    if let Err(error) = filled {
        // What was put is no store and never will be; that it may stay is no news to whoever lost the connection.
        if let Ok(place) = place_at(url, Arc::default())
            && let Ok(list) = place.list("")
        {
            list.iter().for_each(|(key, _)| drop(place.remove(key)));
        }
        return Err(error);
    }
    engine.progress().finish();
    Ok(report)
}

/// Make sure that nothing is in the way of a new store: a place is empty, or a store that may be replaced is removed,
/// the documents that make it one first.
///
/// # Errors
/// [`Error::Usage`] when something else is there or it may not be replaced; what the place answers with.
pub fn vacate(place: &dyn ObjectPlace, overwrite: bool) -> Result<()> {
    let there = place.list("")?;
    if there.is_empty() {
        return Ok(());
    }
    let is_ours = |key: &str| {
        key.ends_with("zarr.json") || key.split('/').any(|part| part.starts_with(".z")) || key.starts_with(".to-zarr")
    };
    if !there.iter().any(|(key, _)| is_ours(key)) {
        let what = format!("{} holds something that is no Zarr store", place.name());
        return Err(Error::usage(what).with_hint("name a new place"));
    }
    if !overwrite {
        return Err(Error::usage(format!("{} exists", place.name())).with_hint("replace it with --overwrite"));
    }
    for root in ["zarr.json", ".zmetadata", ".zgroup"] {
        place.remove(root)?;
    }
    there.iter().try_for_each(|(key, _)| place.remove(key))
}

/// Write a whole store in a new place.
pub(super) fn fill_store(
    dataset: &Dataset,
    blueprint: Arc<Blueprint>,
    place: Arc<dyn ObjectPlace>,
    receipts: bool,
    engine: &Engine,
    report: &mut Report,
) -> Result<()> {
    let sink = ZarrSink::new(blueprint, place, Ground::New);
    let sink = if receipts { sink.with_receipts() } else { sink };
    fill(dataset, &sink, &everything(dataset, &sink), engine, report)?;
    report.receipts = sink.take_receipts();
    Box::new(sink).finish()
}
