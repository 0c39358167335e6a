//! The values of a variable, read on demand.

use std::sync::Arc;

use super::external;
use super::layout::{Layout, Run, Runs};
use crate::io::store::ByteSource;
use crate::model::array::misfit;
use crate::model::{Block, Buffer, DataType, LazyArray, Region, Starts};
use crate::{Error, Result};

/// Bytes of the pieces in which a variable is best read.
const STRIP: u64 = 4 << 20;
/// Bytes and spans asked of the source at a time; bounds what is held beside the result.
const BATCH_BYTES: u64 = 8 << 20;
const BATCH_SPANS: usize = 8192;

/// A variable of a classic file.
#[derive(Debug)]
pub(super) struct ClassicArray {
    pub(super) source: Arc<dyn ByteSource>,
    pub(super) name: String,
    pub(super) data_type: DataType,
    pub(super) layout: Layout,
}

impl ClassicArray {
    /// Refuse what lies beyond the end of the file before any memory is taken for it.
    fn check_length(&self, region: &Region) -> Result<()> {
        let last: Vec<_> = region.ranges().iter().map(|r| r.end.saturating_sub(1)..r.end).collect();
        let end = self.layout.runs(&Region::new(last)).map(|run| run.end()).max().unwrap_or(0);
        if end > self.source.len() {
            return Err(Error::malformed(
                self.source.name(),
                format!(
                    "the file is cut short: variable '{}' needs {end} bytes, there are {}",
                    self.name,
                    self.source.len()
                ),
            ));
        }
        Ok(())
    }
}

impl LazyArray for ClassicArray {
    fn data_type(&self) -> &DataType {
        &self.data_type
    }

    fn shape(&self) -> &[usize] {
        self.layout.shape()
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        let strip = self.layout.strip(STRIP).get(axis).copied().unwrap_or(0);
        Starts::regular(self.shape().get(axis).copied().unwrap_or(0), strip)
    }

    fn read_bytes(&self, region: &Region) -> usize {
        let own = region.bytes(&self.data_type);
        // Bytes on their way, gaps between wanted ones included, beside the values.
        own.saturating_add(own.saturating_mul(2).min(2 * BATCH_BYTES as usize))
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(self.shape()) {
            return Err(misfit(region, self.shape()));
        }
        let too_large = || Error::data("no memory for so many values", format!("variable '{}'", self.name));
        if region.is_empty() {
            return Block::zeros(&self.data_type, region.shape()).ok_or_else(too_large);
        }
        self.check_length(region)?;
        let values = external::with_capacity(&self.data_type, region.len()).ok_or_else(too_large)?;
        let mut filler = Filler { values, runs: self.layout.runs(region) };
        let mut batch: Vec<(Run, usize)> = Vec::new();
        let mut bytes = 0;
        for span in self.layout.spans(region) {
            bytes += span.0.length;
            batch.push(span);
            if bytes >= BATCH_BYTES || batch.len() >= BATCH_SPANS {
                filler.fill(&*self.source, &batch)?;
                batch.clear();
                bytes = 0;
            }
        }
        filler.fill(&*self.source, &batch)?;
        Block::new(region.shape(), filler.values).ok_or_else(|| misfit(region, self.shape()))
    }
}

/// Values so far, and the runs that are still to come.
struct Filler {
    values: Buffer,
    runs: Runs,
}

impl Filler {
    fn fill(&mut self, source: &dyn ByteSource, batch: &[(Run, usize)]) -> Result<()> {
        let ranges: Vec<_> = batch.iter().map(|(span, _)| span.offset..span.end()).collect();
        let pieces = if ranges.is_empty() { Vec::new() } else { source.read_many(&ranges)? };
        for (&(span, count), bytes) in batch.iter().zip(&pieces) {
            self.append(span, count, bytes);
        }
        Ok(())
    }

    /// Take the next `count` runs out of the bytes of `span`.
    fn append(&mut self, span: Run, count: usize, bytes: &[u8]) {
        for run in self.runs.by_ref().take(count) {
            let from = run.offset.wrapping_sub(span.offset) as usize;
            let to = from.saturating_add(run.length as usize);
            external::append(&mut self.values, bytes.get(from..to).unwrap_or_default());
        }
    }
}
