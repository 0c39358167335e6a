//! Reading and writing held against files that the C library made (`ncgen -k KIND` of the CDL, or the script, beside them).

mod boxes;
mod golden;
mod malformed;
mod shared;
mod writing;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use super::{ClassicKind, ClassicSink, open};
use crate::io::netcdf::classic_model::in_classic_model;
use crate::io::sink::Sink;
use crate::io::store::ByteSource;
use crate::model::{Block, Dataset, Region};
use crate::{Error, Result};

/// CDF-1: several record variables, some padded; texts, a scalar, an empty attribute.
const INTERLEAVED: &[u8] = include_bytes!("interleaved.nc");
/// CDF-2: a single record variable of odd length, hence not padded.
const LONE: &[u8] = include_bytes!("lone.nc");
/// CDF-5: the types that the older formats lack.
const TYPES: &[u8] = include_bytes!("types.nc");

/// A file held in memory, read in ranges like any other.
#[derive(Debug)]
struct InMemory(Bytes);

impl ByteSource for InMemory {
    fn name(&self) -> &'static str {
        "memory.nc"
    }

    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        if range.start > range.end || range.end > self.len() {
            return Err(Error::malformed(self.name(), "the file is cut short"));
        }
        Ok(self.0.slice(range.start as usize..range.end as usize))
    }
}

fn opened(bytes: &[u8]) -> Result<Dataset> {
    open(Arc::new(InMemory(Bytes::copy_from_slice(bytes))))
}

fn all(dataset: &Dataset, name: &str) -> Block {
    dataset.require(name).unwrap().array.read_all().unwrap()
}

/// Write a dataset chunk by chunk, as the pipeline does; the finished file's bytes and the notes.
fn written(dataset: &Dataset, kind: Option<ClassicKind>) -> Result<(Vec<u8>, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    let notes = write_to(&path, dataset, kind)?;
    Ok((std::fs::read(&path).unwrap(), notes))
}

fn write_to(path: &Path, dataset: &Dataset, kind: Option<ClassicKind>) -> Result<Vec<String>> {
    let (dataset, notes) = in_classic_model(dataset, kind == Some(ClassicKind::Cdf5))?;
    let sink = ClassicSink::create(path, &dataset, kind)?;
    for (at, variable) in dataset.variables.iter().enumerate() {
        let chunk = sink.chunk_shape(at);
        let counts: Vec<usize> = variable.shape().iter().zip(&chunk).map(|(&n, &c)| n.div_ceil(c.max(1))).collect();
        for number in 0..counts.iter().product() {
            let index = unravel(number, &counts);
            let block = variable.array.read(&Region::of_chunk(&index, &chunk, variable.shape()))?;
            let encoded = sink.encode(at, &index, block)?;
            sink.store(at, &index, encoded)?;
        }
    }
    Box::new(sink).finish()?;
    Ok(notes)
}

fn unravel(mut number: usize, counts: &[usize]) -> Vec<usize> {
    let mut index = vec![0; counts.len()];
    for (i, &n) in index.iter_mut().zip(counts).rev() {
        *i = number % n;
        number /= n;
    }
    index
}
