//! Items as a stac-geoparquet file (version 1.0.0 of its specification, `GeoParquet` 1.1).
//!
//! The columns of such a file are the members of all items, and their types those of all values: both are known after
//! the last item only. So items are put aside on disk, then written in row groups; memory does not grow with their
//! number.

mod rows;
mod shape;
mod wkb;

use std::io::{Seek, Write};
use std::sync::Arc;

use arrow_json::ReaderBuilder;
use arrow_schema::{Schema, SchemaRef};
use pangeo::{Error, Result};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use search::Item;
use serde_json::{Value, json};

use super::{End, Sink};
use crate::spool::Spool;
use rows::Columns;

/// So many rows are made at a time.
const BATCH: usize = 1000;

/// So many rows share a row group: few enough for a part to be read, enough to be packed well.
const GROUP: usize = 10_000;

/// More columns than this no program opens with ease.
const MOST_COLUMNS: usize = 20_000;

/// A stac-geoparquet file in the making.
pub(super) struct File<'a> {
    out: &'a mut dyn Write,
    /// Made with the first item.
    aside: Option<Spool>,
    columns: Columns,
}

impl<'a> File<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, aside: None, columns: Columns::new() }
    }
}

impl Sink for File<'_> {
    fn item(&mut self, item: &Item) -> Result<()> {
        self.columns.take(item)?;
        let aside = match &mut self.aside {
            Some(aside) => aside,
            none => none.insert(Spool::new()?),
        };
        aside.put(item)
    }

    fn finish(self: Box<Self>, _: End) -> Result<()> {
        let Self { out, aside, columns } = *self;
        if columns.count() > MOST_COLUMNS {
            let what = format!("{} different members in all items are too many columns", columns.count());
            return Err(Error::data(what, "geoparquet")
                .with_hint("--format ndjson keeps items as they are, or choose --fields"));
        }
        // Parquet's writer wants a file that may change threads.
        let failed = |e| Error::io("use a temporary file in", std::env::temp_dir(), e);
        let mut file = tempfile::tempfile().map_err(failed)?;
        write(&mut file, aside, &columns)?;
        file.rewind().map_err(failed)?;
        std::io::copy(&mut file, out).map_err(|e| Error::io("write", "the output", e))?;
        Ok(())
    }
}

fn write(file: &mut std::fs::File, aside: Option<Spool>, columns: &Columns) -> Result<()> {
    let schema: SchemaRef = Arc::new(Schema::new(columns.fields()));
    let level = ZstdLevel::try_new(6).map_err(|e| wrong(&e))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(GROUP))
        .build();
    // Where a file has Arrow's own schema as well, pyarrow looks for `geo` in it alone.
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options).map_err(|e| wrong(&e))?;
    let mut rows = Vec::with_capacity(BATCH);
    let mut put = |rows: &mut Vec<Value>| -> Result<()> {
        let mut decoder = ReaderBuilder::new(Arc::clone(&schema)).with_batch_size(BATCH).build_decoder();
        let decoder = decoder.as_mut().map_err(|e| wrong(e))?;
        decoder.serialize(rows).map_err(|e| wrong(&e))?;
        if let Some(batch) = decoder.flush().map_err(|e| wrong(&e))? {
            writer.write(&batch).map_err(|e| wrong(&e))?;
        }
        rows.clear();
        Ok(())
    };
    if let Some(aside) = aside {
        for item in aside.read()? {
            rows.push(columns.row(&item?)?);
            if rows.len() == BATCH {
                put(&mut rows)?;
            }
        }
    }
    put(&mut rows)?;
    for (name, value) in [("geo", geo(columns)), ("stac-geoparquet", json!({"version": "1.0.0"}))] {
        writer.append_key_value_metadata(KeyValue::new(name.to_owned(), value.to_string()));
    }
    writer.close().map_err(|e| wrong(&e))?;
    Ok(())
}

/// What `GeoParquet` says of the geometries: degrees of longitude and latitude, as it takes them to be if not told
/// otherwise.
fn geo(columns: &Columns) -> Value {
    let edges = columns.edges().iter().map(|edge| ((*edge).to_owned(), json!(["bbox", edge])));
    let covering: serde_json::Map<String, Value> = edges.collect();
    json!({
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {
            "encoding": "WKB",
            "geometry_types": columns.kinds(),
            "covering": {"bbox": covering},
        }},
    })
}

fn wrong(error: &dyn std::error::Error) -> Error {
    Error::data(format!("items can't be made a table: {error}"), "geoparquet")
        .with_hint("--format ndjson keeps items as they are")
}
