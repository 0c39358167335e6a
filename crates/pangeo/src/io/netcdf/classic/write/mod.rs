//! Writing the classic formats.
//!
//! Everything is in its place before the first value comes: the file gets its full length at once,
//! chunks are put at their offsets, and the four bytes that make it a netCDF file are written last,
//! so that an incomplete file is never taken for a whole one.

mod draft;
mod place;

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use self::draft::{Draft, DraftVariable};
use self::place::{Placed, place};
use super::external;
use super::header::ClassicKind;
use super::layout::{Layout, Run};
use crate::io::sink::{Encoded, Sink};
use crate::model::{Block, Buffer, Dataset, Region};
use crate::{Error, Result};

/// Bytes of the pieces in which variables are written.
const STRIP: u64 = 1 << 20;

/// A classic file being written.
///
/// It takes datasets that [`in_classic_model`](crate::io::netcdf::classic_model::in_classic_model) made.
#[derive(Debug)]
pub struct ClassicSink {
    path: PathBuf,
    /// `None` once finished.
    file: Option<File>,
    kind: ClassicKind,
    draft: Draft,
    placed: Placed,
}

impl ClassicSink {
    /// Define a file at exactly `path` for the variables of `dataset`, which is in the classic model;
    /// what stands there is replaced.
    ///
    /// `kind` `None` is "netCDF-3": CDF-1 if no offset exceeds 2 GiB, else CDF-2.
    ///
    /// # Errors
    /// For what is too large for the format, with a hint to one that can hold it, and when the file
    /// can't be created.
    pub fn create(path: &Path, dataset: &Dataset, kind: Option<ClassicKind>) -> Result<Self> {
        let draft = Draft::new(dataset, kind == Some(ClassicKind::Cdf5))?;
        let (kind, placed) = match kind {
            Some(kind) => (kind, place(&draft, kind)?),
            None => match place(&draft, ClassicKind::Cdf1) {
                Ok(placed) if i32::try_from(placed.end).is_ok() => (ClassicKind::Cdf1, placed),
                _ => (ClassicKind::Cdf2, place(&draft, ClassicKind::Cdf2)?),
            },
        };
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path);
        let file = file.map_err(|e| Error::io("create", path, e))?;
        let sink = Self { path: path.to_owned(), file: Some(file), kind, draft, placed };
        let length = sink.placed.end.max(sink.placed.header.len() as u64);
        sink.with_file(|file, placed| {
            file.set_len(length)?;
            file.write_all_at(placed.header.get(4..).unwrap_or_default(), 4)
        })?;
        Ok(sink)
    }

    /// Which format the file has.
    pub fn kind(&self) -> ClassicKind {
        self.kind
    }

    fn with_file<T>(&self, act: impl FnOnce(&File, &Placed) -> std::io::Result<T>) -> Result<T> {
        let Self { file, placed, path, .. } = self;
        let file = file.as_ref().ok_or_else(|| Error::data("internal: written after the end", "classic file"))?;
        act(file, placed).map_err(|e| Error::io("write", path, e))
    }

    fn variable(&self, variable: usize) -> Result<(&DraftVariable, &Layout)> {
        let found = self.draft.variables.get(variable).zip(self.placed.layouts.get(variable));
        found.ok_or_else(|| Error::data(format!("internal: no variable number {variable}"), "classic file"))
    }

    /// The box of a chunk.
    fn region(&self, variable: usize, index: &[usize]) -> Result<Region> {
        let (drafted, layout) = self.variable(variable)?;
        let region = Region::of_chunk(index, &layout.strip(STRIP), layout.shape());
        if !region.fits(layout.shape()) {
            return Err(Error::data(format!("internal: no chunk {index:?}"), format!("variable '{}'", drafted.name)));
        }
        Ok(region)
    }
}

impl Sink for ClassicSink {
    fn chunk_shape(&self, variable: usize) -> Vec<usize> {
        self.variable(variable).map(|(_, layout)| layout.strip(STRIP)).unwrap_or_default()
    }

    fn chunk_format(&self, _variable: usize) -> Option<&str> {
        None
    }

    fn encode(&self, variable: usize, _index: &[usize], block: Block) -> Result<Encoded> {
        let (drafted, _) = self.variable(variable)?;
        Ok(Encoded::Bytes { bytes: encode(drafted, block.data())?.into(), filter_mask: 0 })
    }

    fn store(&self, variable: usize, index: &[usize], chunk: Encoded) -> Result<()> {
        let region = self.region(variable, index)?;
        let (drafted, layout) = self.variable(variable)?;
        let expected = region.len().saturating_mul(drafted.data_type.size());
        let bytes = match chunk {
            Encoded::Bytes { bytes, .. } => bytes,
            Encoded::Values(block) => encode(drafted, block.data())?.into(),
            Encoded::Absent => drafted.fill.repeat(region.len()).into(),
        };
        if bytes.len() != expected {
            let what = format!("internal: {} bytes for a chunk of {expected}", bytes.len());
            return Err(Error::data(what, format!("variable '{}'", drafted.name)));
        }
        let padding = self.placed.padding.get(variable).copied().unwrap_or(0) as usize;
        let fill = drafted.fill.iter().copied().cycle().take(padding).collect::<Vec<u8>>();
        let piece = Piece { layout: layout.clone(), region, padding: fill };
        self.with_file(|file, _| piece.write(file, &bytes))
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.with_file(|file, placed| file.write_all_at(placed.header.get(..4).unwrap_or_default(), 0))?;
        self.file = None;
        Ok(())
    }
}

impl Drop for ClassicSink {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nothing can be done about a failure here; the file is not a netCDF file without its end.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Values as they will stand in the file.
fn encode(drafted: &DraftVariable, values: &Buffer) -> Result<Vec<u8>> {
    let bytes = external::to_bytes(values).filter(|_| values.data_type() == drafted.data_type);
    bytes.ok_or_else(|| {
        let what = format!("internal: values of type {} for {}", values.data_type(), drafted.data_type);
        Error::data(what, format!("variable '{}'", drafted.name))
    })
}

/// A box of a variable on its way to the file.
struct Piece {
    layout: Layout,
    region: Region,
    /// What stands behind the end of the variable, or of each of its records.
    padding: Vec<u8>,
}

impl Piece {
    /// Put `bytes` where they belong. Records that lie close to each other are merged into what is
    /// there already, so that thin variables do not cost a system call a record.
    fn write(&self, file: &File, bytes: &[u8]) -> std::io::Result<()> {
        let mut runs = self.layout.runs(&self.region);
        let mut rest = bytes;
        for (span, count) in self.layout.spans(&self.region) {
            let padding = self.padding_behind(span);
            if count == 1 {
                let (now, later) = rest.split_at_checked(span.length as usize).unwrap_or_default();
                rest = later;
                runs.next();
                file.write_all_at(now, span.offset)?;
                file.write_all_at(padding, span.offset + now.len() as u64)?;
                continue;
            }
            let mut old = vec![0; span.length as usize + padding.len()];
            file.read_exact_at(&mut old, span.offset)?;
            for run in runs.by_ref().take(count) {
                let (now, later) = rest.split_at_checked(run.length as usize).unwrap_or_default();
                rest = later;
                let at = (run.offset - span.offset) as usize;
                copy(&mut old, at, now);
                copy(&mut old, at + now.len(), self.padding_behind(run));
            }
            file.write_all_at(&old, span.offset)?;
        }
        Ok(())
    }

    fn padding_behind(&self, run: Run) -> &[u8] {
        if self.layout.ends_slab(run.end()) { &self.padding } else { &[] }
    }
}

fn copy(to: &mut [u8], at: usize, from: &[u8]) {
    if let Some(place) = to.get_mut(at..at.saturating_add(from.len())) {
        place.copy_from_slice(from);
    }
}
