//! Writing a dataset: every chunk computed in parallel, encoded outside any lock, placed in order.

use std::path::Path;

use super::layout::Layout;
use super::netcdf::classic::{ClassicKind, ClassicSink};
use super::netcdf::classic_model::in_classic_model;
use super::netcdf::write4::{Netcdf4Options, Netcdf4Sink};
use super::staging::{Kind, Staged};
use super::zarr::{ZarrSink, ZarrTarget};
use super::{Encoded, Format, Sink};
use crate::engine::{Engine, Request};
use crate::model::{Block, Buffer, DataType, Dataset, StoredChunk};
use crate::{Error, Result};

/// Arrays of fewer values keep all bits: there is no room to be saved.
const MANY: usize = 1 << 15;

/// Where and how to write.
#[derive(Debug, Clone)]
pub struct Target {
    /// The format.
    pub format: Format,
    /// Chunks and compression.
    pub layout: Layout,
    /// Whether an existing directory may be replaced.
    pub overwrite: bool,
}

/// What was written.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Chunks taken over from the input without decoding.
    pub copied: u64,
    /// Chunks encoded.
    pub encoded: u64,
    /// Remarks for the user (a type that had to change, for instance).
    pub notes: Vec<String>,
}

/// Write `dataset` to `path`, whole or not at all: an error or a stop leaves what was there before.
///
/// # Errors
/// When the format can't hold the data, a block can't be read or the output can't be written.
pub fn write(dataset: &Dataset, path: &Path, target: &Target, engine: &Engine) -> Result<Report> {
    if target.format.is_table() {
        return super::table::write(dataset, path, target, engine);
    }
    refuse_opaque(dataset)?;
    let (mut dataset, notes) = modelled(dataset, target.format).map_err(|e| e.in_file(&dataset.source))?;
    for variable in dataset.variables.iter_mut().filter(|v| v.encoding.idle_fill && target.format != Format::Zarr2) {
        variable.attributes.remove("_FillValue");
    }
    target.layout.settle(&mut dataset, target.format)?;
    let kind = if target.format.is_directory() { Kind::Directory } else { Kind::File };
    let staged = Staged::new(path, kind, target.overwrite)?;
    let filled = fill(&dataset, staged.path(), target.format, engine);
    let mut report = filled.map_err(|e| at(e, staged.path(), path))?;
    report.notes.splice(..0, notes);
    staged.commit()?;
    engine.progress().finish();
    Ok(report)
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
fn fill(dataset: &Dataset, path: &Path, format: Format, engine: &Engine) -> Result<Report> {
    let mut report = Report::default();
    // What can't be defined is a part of the input, unless it is the output that can't be written.
    let of_output = |e: &Error| e.to_string().contains(&*path.to_string_lossy());
    let sink = create(dataset, path, format, &mut report)
        .map_err(|e| if of_output(&e) { e } else { e.in_file(&dataset.source) })?;
    let bytes = dataset.variables.iter().fold(0_usize, |n, v| n.saturating_add(v.array.work()));
    engine.progress().expect(bytes as u64);
    for number in 0..dataset.variables.len() {
        write_variable(dataset, number, sink.as_ref(), engine, &mut report)?;
    }
    engine.check()?;
    sink.finish()?;
    Ok(report)
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

/// Compute, encode and place every chunk of one variable.
fn write_variable(
    dataset: &Dataset,
    number: usize,
    sink: &dyn Sink,
    engine: &Engine,
    report: &mut Report,
) -> Result<()> {
    let Some(variable) = dataset.variables.get(number) else { return Ok(()) };
    variable.array.refuse_endless()?;
    let chunk = sink.chunk_shape(number);
    let format = sink.chunk_format(number);
    let many = variable.shape().iter().product::<usize>() >= MANY;
    let spare_bits = if many { variable.encoding.spare_bits } else { 0 };
    let encode = |request: &Request| -> Result<(Encoded, bool)> {
        if let Some(format) = format {
            let stored = variable.array.stored_chunk(request.region, Some(format))?;
            if let Some(chunk) = stored.filter(|c| StoredChunk::fits(&c.format, format)) {
                return Ok((Encoded::Bytes { bytes: chunk.bytes, filter_mask: chunk.filter_mask }, true));
            }
        }
        let block = rounded(request.read()?, spare_bits);
        Ok((sink.encode(number, request.index, block)?, false))
    };
    let written = engine.stream(&variable.array, &chunk, encode, |index, (encoded, copied)| {
        *(if copied { &mut report.copied } else { &mut report.encoded }) += 1;
        sink.store(number, index, encoded)
    });
    written.map_err(|e| e.about(&variable.name, &dataset.source))
}

/// Doubles to the nearest ones with zeros for their lowest `spare_bits`; other types as they are.
fn rounded(mut block: Block, spare_bits: u32) -> Block {
    let half = spare_bits.checked_sub(1).and_then(|bits| 1u64.checked_shl(bits));
    if let (Some(half), Buffer::F64(values)) = (half, block.data_mut()) {
        for value in values.iter_mut().filter(|v| v.is_finite()) {
            let near = f64::from_bits(value.to_bits().saturating_add(half) & !(half + (half - 1)));
            *value = if near.is_finite() { near } else { *value };
        }
    }
    block
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

/// Define the output.
fn create(dataset: &Dataset, path: &Path, format: Format, report: &mut Report) -> Result<Box<dyn Sink>> {
    let classic = |kind| -> Result<Box<dyn Sink>> { Ok(Box::new(ClassicSink::create(path, dataset, kind)?)) };
    let zarr = |target, version| -> Result<Box<dyn Sink>> { Ok(Box::new(ZarrSink::create(target, dataset, version)?)) };
    match format {
        Format::Netcdf4 | Format::Netcdf4Classic => {
            let options = Netcdf4Options { classic_model: format == Format::Netcdf4Classic };
            let sink = Netcdf4Sink::create(path, dataset, options)?;
            report.notes.extend_from_slice(sink.notes());
            Ok(Box::new(sink))
        }
        Format::Netcdf3 => classic(None),
        Format::Cdf5 => classic(Some(ClassicKind::Cdf5)),
        Format::Zarr3 => zarr(ZarrTarget::Directory(path.to_owned()), 3),
        Format::Zarr2 => zarr(ZarrTarget::Directory(path.to_owned()), 2),
        Format::ZarrZip => zarr(ZarrTarget::Zip(path.to_owned()), 3),
        Format::Csv | Format::Tabular | Format::Parquet => Err(Error::usage("a table has no arrays")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spare_bits_round_to_the_nearest_and_leave_short_numbers_infinities_and_missing_alone() {
        let values = vec![0.1, -1.0 / 3.0, 288.15f32.into(), 0.0, f64::MAX, f64::INFINITY, f64::NAN];
        let Buffer::F64(near) = rounded(Block::vector(Buffer::F64(values.clone())), 8).into_data() else { panic!() };
        for (near, value) in near.iter().zip(&values).take(4) {
            assert!(
                (near - value).abs() <= value.abs() * 2f64.powi(-45) && near.to_bits().trailing_zeros() >= 8,
                "{value}"
            );
        }
        assert_eq!(near[2..6], values[2..6]);
        assert!(near[6].is_nan());
        let kept = rounded(Block::vector(Buffer::F64(values.clone())), 0);
        assert_eq!(kept.data().get_f64(1), Some(-1.0 / 3.0));
    }
}
