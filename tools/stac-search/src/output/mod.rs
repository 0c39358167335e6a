//! Items on their way out, one after the other.

pub(crate) mod columns;
mod geoparquet;
mod items;
mod table;
mod urls;

use std::io::Write;
use std::path::Path;

use clap::ValueEnum;
use pangeo::Result;
use search::Item;
use serde_json::Value;

pub(crate) use columns::Column;
pub(crate) use table::{Separated, put};
pub(crate) use urls::Assets;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A GeoJSON feature collection that also says what was searched; of tables, a JSON array
    #[value(alias = "json", alias = "geojson")]
    Itemcollection,
    /// An item a line
    #[value(alias = "jsonl")]
    Ndjson,
    /// A stac-geoparquet file
    #[value(alias = "parquet")]
    Geoparquet,
    /// A table separated by commas, an item a row
    Csv,
    /// The same separated by tabs, the names of the columns after a '#'
    #[value(alias = "tsv")]
    Tabular,
    /// Days by platform: text, or a figure by the extension of OUTPUT (svg, png, pdf, html)
    Calendar,
    /// Addresses of assets, one a line, as @FILE of the other tools
    Urls,
    /// The footprints over coastlines (svg, png, pdf, html)
    Map,
}

impl Format {
    /// The format that a path's extension names.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "json" | "geojson" => Self::Itemcollection,
            "ndjson" | "jsonl" => Self::Ndjson,
            "parquet" | "geoparquet" => Self::Geoparquet,
            "csv" => Self::Csv,
            "tsv" | "tabular" => Self::Tabular,
            "txt" => Self::Urls,
            _ => return None,
        })
    }
}

/// What takes items one by one and writes them.
pub(crate) trait Sink {
    /// The next item.
    ///
    /// # Errors
    /// When it can't be written.
    fn item(&mut self, item: &Item) -> Result<()>;

    /// That was all; what is known now is said.
    ///
    /// # Errors
    /// When it can't be written.
    fn finish(self: Box<Self>, end: End) -> Result<()>;
}

/// What is known after the last item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct End {
    /// How many items were handed on.
    pub(crate) returned: u64,
    /// How many there are in all, if the source said so.
    pub(crate) matched: Option<u64>,
}

/// What a sink is made of.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// One that takes items: no calendar and no map.
    pub(crate) format: Format,
    pub(crate) columns: &'a [Column],
    pub(crate) assets: &'a Assets,
    /// What was searched, to be kept with the items.
    pub(crate) search: &'a Value,
}

/// The sink of a format that takes items; `None` for figures, which need all of them first.
pub(crate) fn sink<'a>(wanted: &Wanted<'a>, out: &'a mut dyn Write) -> Option<Box<dyn Sink + 'a>> {
    Some(match wanted.format {
        Format::Itemcollection => Box::new(items::Collection::new(out, wanted.search)),
        Format::Ndjson => Box::new(items::Lines::new(out)),
        Format::Geoparquet => Box::new(geoparquet::File::new(out)),
        Format::Csv => Box::new(items::Rows::new(out, Separated::Csv, wanted.columns)),
        Format::Tabular => Box::new(items::Rows::new(out, Separated::Tabular, wanted.columns)),
        Format::Urls => Box::new(urls::Urls::new(out, wanted.assets)),
        Format::Calendar | Format::Map => return None,
    })
}
