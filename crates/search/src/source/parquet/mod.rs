//! Items out of stac-geoparquet (its specification 1.0), a batch of rows at a time.

mod rows;
mod wkb;

use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use pangeo::{Error, Result};
use serde_json::Value;

use super::content::Content;
use super::documents;
use crate::{Flow, Item};
use rows::Rows;

/// Rows read at a time.
const BATCH: usize = 256;

/// Every item of a file, until `each` wants no more.
pub(super) fn each(content: &Content, each: &mut dyn FnMut(Item) -> Result<Flow>) -> Result<Flow> {
    let (mut reader, rows) = guarded(content, || open(content))?;
    let mut number = 0_u64;
    loop {
        let batch = guarded(content, || match reader.next() {
            Some(batch) => rows.items(&batch.map_err(|error| error.to_string())?).map(Some),
            None => Ok(None),
        })?;
        let Some(batch) = batch else { return Ok(Flow::Continue(())) };
        for item in batch {
            number += 1;
            let broken = |what| Error::malformed(&content.name, format!("row {number} {what}"));
            let item = item.and_then(documents::item).map_err(broken)?;
            if each(item).map_err(|error| error.in_file(&content.name))?.is_break() {
                return Ok(Flow::Break(()));
            }
        }
    }
}

fn open(content: &Content) -> Result<(ParquetRecordBatchReader, Rows), String> {
    let file = content.file().map_err(|error| error.to_string())?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
    let metadata = builder.metadata().file_metadata().key_value_metadata();
    let geo =
        metadata.and_then(|pairs| pairs.iter().find(|pair| pair.key == "geo")).and_then(|pair| pair.value.as_deref());
    let geo =
        geo.map(serde_json::from_str::<Value>).transpose().map_err(|error| format!("its geo metadata: {error}"))?;
    let rows = Rows::of(builder.schema(), geo.as_ref())?;
    let reader = builder.with_batch_size(BATCH).build().map_err(|error| error.to_string())?;
    Ok((reader, rows))
}

/// What `read` reads, with the file's name upon what is wrong.
///
/// The decoders of the `parquet` crate check what they read, though not all of it: some bytes make them panic. That the file is
/// broken is then all there is to say; nothing of what panicked is used again.
fn guarded<T>(content: &Content, read: impl FnOnce() -> Result<T, String>) -> Result<T> {
    let broken = |what: &str| Error::malformed(&content.name, format!("the parquet is broken: {what}"));
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(what)) => Err(broken(&what)),
        Err(_) => Err(broken("its pages do not hold what they say")),
    }
}
