//! Writing netCDF-4 (and its classic model) through the C library, with chunks encoded outside of it.
//!
//! netCDF-C defines the file, so that dimension scales, types and attributes are what every reader
//! knows, and closes it. HDF5 opens it again, and chunks that were shuffled, compressed and
//! checksummed in parallel, outside of the library's lock, are put in place with `H5Dwrite_chunk`.
//! Variables stored in one piece and texts of any length are placed by HDF5 itself. No data wait
//! in memory: what is held is the chunks in flight.

mod attribute;
mod define;
mod encode;
mod ffi;
mod layout;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use self::define::{Defined, define, failed};
use self::ffi::Failure;
use self::ffi::hdf5;
use self::layout::Layout;
use crate::cf::packing::{declared_fill, default_fill};
use crate::io::{Encoded, Sink};
use crate::model::{Block, Buffer, Dataset, Region};
use crate::{Error, Result};

/// Which kind of netCDF-4 to write.
#[derive(Debug, Clone, Copy, Default)]
pub struct Netcdf4Options {
    /// Mark the file as keeping to the classic data model; the dataset must
    /// ([`in_classic_model`](crate::io::netcdf::classic_model::in_classic_model)).
    pub classic_model: bool,
}

/// A netCDF-4 file in the making.
///
/// It is written where it was told to, chunk by chunk; dropped before [`Sink::finish`] it removes
/// its file.
#[derive(Debug)]
pub struct Netcdf4Sink {
    path: PathBuf,
    variables: Vec<Target>,
    notes: Vec<String>,
    output: Mutex<Output>,
    finished: bool,
}

/// The open file: one chunk at a time is placed in it, while others are encoded.
#[derive(Debug, Default)]
struct Output {
    /// The dataset that was written to last, by variable. Closed before the file.
    open: Option<(usize, hdf5::Dataset)>,
    /// `None` once the file is closed.
    file: Option<hdf5::File>,
}

impl Output {
    /// The dataset of a variable.
    fn dataset(&mut self, variable: usize, link: &str) -> Result<&hdf5::Dataset, Failure> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != variable) {
            let file = self.file.as_ref().ok_or_else(|| Failure::new("internal: the file is closed"))?;
            self.open = Some((variable, file.dataset(link)?));
        }
        let (_, dataset) = self.open.as_ref().ok_or_else(|| Failure::new("internal: no dataset"))?;
        Ok(dataset)
    }
}

/// A variable and where it lies.
#[derive(Debug)]
struct Target {
    name: String,
    layout: Layout,
    /// One value, for the part of an edge chunk that lies outside the shape.
    fill: Buffer,
    /// Its absolute name in HDF5.
    link: String,
}

impl Netcdf4Sink {
    /// Define a file at `path` (an existing one is replaced) for the variables of `dataset`, each
    /// stored as its encoding says. The values come later, by [`Sink::store`].
    ///
    /// # Errors
    /// [`Error::Unsupported`] and [`Error::Data`], naming the variable, for what the format does not
    /// have; [`Error::Io`] when the file can't be written.
    pub fn create(path: &Path, dataset: &Dataset, options: Netcdf4Options) -> Result<Self> {
        let place = path.display().to_string();
        let layouts = dataset.variables.iter().map(|v| Layout::of(v, dataset, &place)).collect::<Result<Vec<_>>>()?;
        // netCDF-C calls every failure to create a file "permission denied": meet them first. The
        // bytes stand for what it will write at once; it empties the file again.
        let mut created = File::create(path).map_err(|e| Error::io("create", path, e))?;
        let output = Mutex::default();
        let notes = attribute::left_out(dataset);
        let mut sink = Self { path: path.to_owned(), variables: Vec::new(), notes, output, finished: false };
        created.write_all(&[0; 1 << 14]).map_err(|e| Error::io("write", path, e))?;
        drop(created);
        let defined = define(path, dataset, &layouts, options)?;
        let file = hdf5::File::open(path).map_err(|f| failed(f, "", &place))?;
        sink.extend(&file, dataset, layouts, &defined).map_err(|f| failed(f, "", &place))?;
        sink.output().file = Some(file);
        Ok(sink)
    }

    /// What of the dataset is not in the file, for the user.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Find each variable's dataset and give what can grow its final extent.
    fn extend(
        &mut self,
        file: &hdf5::File,
        dataset: &Dataset,
        layouts: Vec<Layout>,
        defined: &Defined,
    ) -> Result<(), Failure> {
        for ((variable, layout), (folder, name)) in dataset.variables.iter().zip(layouts).zip(&defined.variables) {
            // So netCDF-C calls a variable that has a dimension's name without being its coordinate.
            let hidden = format!("{folder}_nc4_non_coord_{name}");
            let link = if file.has(&hidden)? { hidden } else { format!("{folder}{name}") };
            if layout.grows {
                file.dataset(&link)?.set_extent(&layout.shape)?;
            }
            let fill = declared_fill(&variable.attributes, variable.data_type()).ok().flatten();
            let fill =
                fill.unwrap_or_else(|| default_fill(&layout.data_type).unwrap_or(Buffer::String(vec![String::new()])));
            self.variables.push(Target { name: variable.name.clone(), layout, fill, link });
        }
        for (folder, name, length) in &defined.unlimited {
            // The dimension's scale: its coordinate variable, or a dataset that only stands for it.
            let scale = file.dataset(&format!("{folder}{name}"))?;
            if scale.rank() == 1 {
                scale.set_extent(&[*length])?;
            }
        }
        Ok(())
    }

    fn target(&self, variable: usize) -> Result<&Target> {
        self.variables
            .get(variable)
            .ok_or_else(|| Error::data(format!("internal: no variable {variable}"), self.place()))
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn output(&self) -> MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn misplaced(target: &Target, index: &[usize], place: &str) -> Error {
    Error::data(format!("internal: variable '{}' has no chunk {index:?}", target.name), place)
}

impl Sink for Netcdf4Sink {
    fn chunk_shape(&self, variable: usize) -> Vec<usize> {
        self.variables.get(variable).map(|t| t.layout.piece.clone()).unwrap_or_default()
    }

    fn chunk_format(&self, variable: usize) -> Option<&str> {
        self.variables.get(variable)?.layout.format.as_deref()
    }

    fn encode(&self, variable: usize, index: &[usize], block: Block) -> Result<Encoded> {
        let target = self.target(variable)?;
        let layout = &target.layout;
        let (_, count) = layout.place(index).ok_or_else(|| misplaced(target, index, &self.place()))?;
        if block.shape() != count || block.data().data_type() != layout.data_type {
            let what = format!("internal: a chunk of variable '{}' has another type or shape", target.name);
            return Err(Error::data(what, self.place()));
        }
        let Some(codec) = layout.codec else { return Ok(Encoded::Values(block)) };
        let lost = || Error::data(format!("no memory for a chunk of variable '{}'", target.name), self.place());
        let whole = if count == layout.piece { block } else { padded(&block, target).ok_or_else(lost)? };
        let bytes = codec.encode(whole.data());
        let bytes = bytes.map_err(|e| Error::data(format!("variable '{}': {e}", target.name), self.place()))?;
        Ok(Encoded::Bytes { bytes: Bytes::from(bytes), filter_mask: 0 })
    }

    fn store(&self, variable: usize, index: &[usize], chunk: Encoded) -> Result<()> {
        let target = self.target(variable)?;
        let (start, count) = target.layout.place(index).ok_or_else(|| misplaced(target, index, &self.place()))?;
        let mut output = self.output();
        let written = output.dataset(variable, &target.link).and_then(|dataset| match &chunk {
            Encoded::Absent => Ok(()),
            Encoded::Bytes { bytes, filter_mask } => dataset.write_chunk(&start, *filter_mask, bytes),
            Encoded::Values(block) if block.shape() == count => dataset.write(&start, &count, block.data()),
            Encoded::Values(_) => Err(Failure::new("internal: a block of another shape")),
        });
        written.map_err(|f| failed(f, &format!("variable '{}'", target.name), &self.place()))
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        let output = std::mem::take(&mut *self.output());
        drop(output.open);
        if let Some(file) = output.file {
            file.close().map_err(|f| failed(f, "", &self.place()))?;
        }
        self.finished = true;
        Ok(())
    }
}

impl Drop for Netcdf4Sink {
    fn drop(&mut self) {
        let output = std::mem::take(&mut *self.output());
        drop(output.open);
        drop(output.file);
        if !self.finished {
            // The caller learns of what went wrong; that the rest could not be removed adds nothing.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A chunk at the edge, filled up to its full shape.
fn padded(block: &Block, target: &Target) -> Option<Block> {
    let mut whole = Block::filled(&target.fill, target.layout.piece.clone())?;
    let origin = vec![0; block.shape().len()];
    whole.paste(&origin, block, &Region::whole(block.shape()))?;
    Some(whole)
}
