//! Writing a dataset: every chunk computed in parallel, encoded outside any lock, placed in order.

mod part;
mod pieces;
mod stores;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::layout::Layout;
use super::netcdf::classic::{ClassicKind, ClassicSink};
use super::netcdf::classic_model::in_classic_model;
use super::netcdf::write4::{Netcdf4Options, Netcdf4Sink};
use super::scratch::{self, Detour};
use super::staging::{Kind, Staged};
use super::store::{Atomic, DirectoryPlace, split_scheme};
use super::zarr::{Blueprint, Receipt, ZipPlace};
use super::{Format, Sink};
use crate::engine::Engine;
use crate::model::array::{AxisSelection, Selected};
use crate::model::{Array, DataType, Dataset};
use crate::{Error, Result};
use part::{copies, unit, write_part};
pub use stores::{extend, vacate};
use stores::{fill_store, write_remote};

/// Bytes of scratch files that are worth a word.
const TOLD: usize = 1_000_000_000;

/// Where and how to write.
#[derive(Debug, Clone)]
pub struct Target {
    /// The format.
    pub format: Format,
    /// Chunks and compression.
    pub layout: Layout,
    /// Whether an existing directory may be replaced.
    pub overwrite: bool,
    /// Whether to keep a receipt of every object of a Zarr store.
    pub receipts: bool,
}

/// What was written.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Chunks taken over from the input without decoding.
    pub copied: u64,
    /// Chunks encoded.
    pub encoded: u64,
    /// A receipt of every object, where they were asked for.
    pub receipts: Vec<Receipt>,
    /// Remarks for the user (a type that had to change, for instance).
    pub notes: Vec<String>,
}

/// A box of a variable's chunks (or shards), numbered as in the writer's chunk grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The variable's number in the dataset.
    pub variable: usize,
    /// Which chunks along each dimension.
    pub chunks: Vec<Range<usize>>,
}

/// Write `dataset` to `path` (a local path, or an s3:// URL for a Zarr store), whole or not at all: an error or a stop
/// leaves what was there before.
///
/// # Errors
/// When the format can't hold the data, a block can't be read or the output can't be written.
pub fn write(dataset: &Dataset, path: &Path, target: &Target, engine: &Engine) -> Result<Report> {
    if target.format.is_table() {
        return super::table::write(dataset, path, target, engine);
    }
    let (dataset, notes) = prepare(dataset, target)?;
    if let Some(url) = path.to_str().filter(|text| split_scheme(text).is_some()) {
        let mut report = write_remote(&dataset, url, target, &beside(path, engine))?;
        report.notes.splice(..0, notes);
        return Ok(report);
    }
    let kind = if target.format.is_directory() { Kind::Directory } else { Kind::File };
    let staged = Staged::new(path, kind, target.overwrite)?;
    let filled = define_and_fill(&dataset, staged.path(), target, &beside(path, engine));
    let mut report = filled.map_err(|e| at(e, staged.path(), path))?;
    report.notes.splice(..0, notes);
    staged.commit()?;
    engine.progress().finish();
    Ok(report)
}

/// The dataset as it will stand in the output: in the model of its format, its chunks and compression settled; with
/// what had to change.
///
/// # Errors
/// When the format can't hold the data or the layout does not suit it.
pub fn prepare(dataset: &Dataset, target: &Target) -> Result<(Dataset, Vec<String>)> {
    refuse_opaque(dataset)?;
    let (mut dataset, notes) = modelled(dataset, target.format).map_err(|e| e.in_file(&dataset.source))?;
    for variable in dataset.variables.iter_mut().filter(|v| v.encoding.idle_fill && target.format != Format::Zarr2) {
        variable.attributes.remove("_FillValue");
    }
    target.layout.settle(&mut dataset, target.format)?;
    Ok((dataset, notes))
}

/// The dataset in the model of its format, and what changed.
fn modelled(dataset: &Dataset, format: Format) -> Result<(Dataset, Vec<String>)> {
    match format {
        Format::Netcdf3 | Format::Netcdf4Classic => in_classic_model(dataset, false),
        Format::Cdf5 => in_classic_model(dataset, true),
        _ => Ok((dataset.clone(), Vec::new())),
    }
}

/// Define the output at `path` and write all of it.
fn define_and_fill(dataset: &Dataset, path: &Path, target: &Target, engine: &Engine) -> Result<Report> {
    // What can't be defined is a part of the input, unless it is the output that can't be written.
    let of_output = |e: &Error| e.to_string().contains(&*path.to_string_lossy());
    let named = |e: Error| if of_output(&e) { e } else { e.in_file(&dataset.source) };
    let mut report = Report::default();
    let version = match target.format {
        Format::Zarr2 => 2,
        Format::Zarr3 | Format::ZarrZip => 3,
        format => {
            let sink = create(dataset, path, format, &mut report).map_err(named)?;
            fill(dataset, sink.as_ref(), &everything(dataset, sink.as_ref()), engine, &mut report)?;
            sink.finish()?;
            return Ok(report);
        }
    };
    let blueprint = Arc::new(Blueprint::new(dataset, version).map_err(named)?);
    if target.format == Format::ZarrZip {
        let zip = Arc::new(ZipPlace::create(path)?);
        fill_store(dataset, blueprint, Arc::clone(&zip) as _, target.receipts, engine, &mut report)?;
        zip.finish()?;
    } else {
        let place = Arc::new(DirectoryPlace::new(path, Atomic::No));
        fill_store(dataset, blueprint, place, target.receipts, engine, &mut report)?;
    }
    Ok(report)
}

/// Every chunk of every variable.
pub fn everything(dataset: &Dataset, sink: &dyn Sink) -> Vec<Part> {
    let chunks = |number: usize, shape: &[usize]| -> Vec<Range<usize>> {
        shape.iter().zip(sink.chunk_shape(number)).map(|(&n, c)| 0..n.div_ceil(c.max(1))).collect()
    };
    let parts = dataset.variables.iter().enumerate();
    parts.map(|(variable, v)| Part { variable, chunks: chunks(variable, v.shape()) }).collect()
}

/// The same engine, with its scratch files beside `output` unless they have a folder already.
fn beside(output: &Path, engine: &Engine) -> Engine {
    let folder = output.parent().map(|p| if p.as_os_str().is_empty() { Path::new(".") } else { p });
    let local = output.to_str().and_then(split_scheme).is_none();
    match folder.filter(|_| local && engine.scratch().is_none()) {
        Some(folder) => engine.clone().with_scratch(folder.to_owned()),
        None => engine.clone(),
    }
}

/// Compute, encode and place the chunks of `parts`, in their order.
///
/// What memory can't bring from its chunks to those of the output in one pass goes through files in the engine's scratch
/// folder, else in `$TMPDIR`, one part after the other.
///
/// # Errors
/// When a block can't be read, encoded or written, or a stop was asked for.
pub fn fill(dataset: &Dataset, sink: &dyn Sink, parts: &[Part], engine: &Engine, report: &mut Report) -> Result<()> {
    let arrays = parts.iter().map(|part| cut(dataset, sink, part)).collect::<Result<Vec<_>>>()?;
    let about = |error: Error, part: &Part| match dataset.variables.get(part.variable) {
        Some(variable) => error.about(&variable.name, &dataset.source),
        None => error,
    };
    let detour = |(part, array): (&Part, &Array)| {
        array.refuse_endless()?;
        let unit = unit(sink, part.variable, array, engine);
        if !copies(sink, part.variable, array, &unit, engine).map_err(|e| about(e, part))? {
            engine.confine(array).iter().for_each(|what| engine.progress().tell(what));
        }
        Detour::new(array, &unit, engine).map_err(|e| about(e, part))
    };
    let detours = parts.iter().zip(&arrays).map(detour).collect::<Result<Vec<_>>>()?;
    let again = detours.iter().flatten().fold(0_usize, |n, detour| n.saturating_add(detour.bytes()));
    let folder = engine.scratch_folder();
    let room = detours.iter().flatten().map(Detour::bytes).max().unwrap_or(0);
    if room > TOLD {
        let room = room.div_ceil(1_000_000_000);
        engine.progress().tell(&format!("up to {room} GB of scratch files are written in {}", folder.display()));
    }
    engine.progress().expect(arrays.iter().fold(again, |n, array| n.saturating_add(array.work())) as u64);
    for ((part, array), detour) in parts.iter().zip(&arrays).zip(&detours) {
        let scratch = detour.as_ref().map(|detour| detour.take(array, &folder, engine)).transpose();
        let scratch = scratch.map_err(|e| about(scratch::explained(e, &folder, room), part))?;
        write_part(dataset, part, scratch.as_ref().map_or(array, |s| &s.array), sink, engine, report)?;
    }
    engine.check()
}

/// The values of a part.
fn cut(dataset: &Dataset, sink: &dyn Sink, part: &Part) -> Result<Array> {
    let lost = || Error::data(format!("internal: no variable {}", part.variable), dataset.source.clone());
    let variable = dataset.variables.get(part.variable).ok_or_else(lost)?;
    let chunk = sink.chunk_shape(part.variable);
    let extent = |((range, &n), &c): ((&Range<usize>, &usize), &usize)| {
        AxisSelection::Range(range.start.saturating_mul(c).min(n)..range.end.saturating_mul(c).min(n))
    };
    let axes = part.chunks.iter().zip(variable.shape()).zip(&chunk).map(extent).collect();
    Selected::array(Arc::clone(&variable.array), axes)
}

/// Name the output by its own name, not by that of the temporary in which it is made.
fn at(error: Error, temporary: &Path, output: &Path) -> Error {
    let named = |text: String| text.replace(&*temporary.to_string_lossy(), &output.to_string_lossy());
    match error {
        Error::Malformed { file, what } => Error::Malformed { file: named(file), what },
        Error::Unsupported { what, place, hint } => Error::Unsupported { what, place: named(place), hint },
        Error::Data { what, place, hint } => Error::Data { what, place: named(place), hint },
        Error::Io { action, path, source } => Error::Io { action, path: named(path), source },
        other => other,
    }
}

fn refuse_opaque(dataset: &Dataset) -> Result<()> {
    for variable in &dataset.variables {
        if let DataType::Opaque(what) = variable.data_type() {
            let what = format!("variable '{}' has type {what}, which is listed but not read", variable.name);
            return Err(Error::unsupported(what, dataset.source.clone()).with_hint("choose other variables with -v"));
        }
    }
    Ok(())
}

/// Define an output that is one file.
fn create(dataset: &Dataset, path: &Path, format: Format, report: &mut Report) -> Result<Box<dyn Sink>> {
    let classic = |kind| -> Result<Box<dyn Sink>> { Ok(Box::new(ClassicSink::create(path, dataset, kind)?)) };
    match format {
        Format::Netcdf4 | Format::Netcdf4Classic => {
            let options = Netcdf4Options { classic_model: format == Format::Netcdf4Classic };
            let sink = Netcdf4Sink::create(path, dataset, options)?;
            report.notes.extend_from_slice(sink.notes());
            Ok(Box::new(sink))
        }
        Format::Netcdf3 => classic(None),
        Format::Cdf5 => classic(Some(ClassicKind::Cdf5)),
        _ => Err(Error::usage(format!("internal: {} is no file with variables", format.name()))),
    }
}

#[cfg(test)]
mod tests;
