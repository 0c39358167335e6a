//! Items as JSON and as rows of a table.

use std::io::Write;

use pangeo::{Error, Result};
use search::Item;
use serde_json::Value;

use super::{Column, End, Separated, Sink, put};

/// A GeoJSON feature collection, which is an item collection of a STAC API.
pub(super) struct Collection<'a> {
    out: &'a mut dyn Write,
    search: &'a Value,
    begun: bool,
}

impl<'a> Collection<'a> {
    pub(super) fn new(out: &'a mut dyn Write, search: &'a Value) -> Self {
        Self { out, search, begun: false }
    }

    /// What stands before the first item; nothing is written before there is one.
    fn begin(&mut self) -> Result<()> {
        if !self.begun {
            self.begun = true;
            put(self.out, "{\"type\": \"FeatureCollection\",\n\"search\": ")?;
            json(self.out, self.search)?;
            put(self.out, ",\n\"features\": [\n")?;
            return Ok(());
        }
        put(self.out, ",\n")
    }
}

impl Sink for Collection<'_> {
    fn item(&mut self, item: &Item) -> Result<()> {
        self.begin()?;
        json(self.out, item)
    }

    fn finish(mut self: Box<Self>, end: End) -> Result<()> {
        if !self.begun {
            self.begin()?;
        }
        let matched = end.matched.map_or_else(String::new, |matched| format!(", \"numberMatched\": {matched}"));
        put(self.out, &format!("\n],\n\"links\": [], \"numberReturned\": {}{matched}}}\n", end.returned))
    }
}

/// An item a line.
pub(super) struct Lines<'a> {
    out: &'a mut dyn Write,
}

impl<'a> Lines<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out }
    }
}

impl Sink for Lines<'_> {
    fn item(&mut self, item: &Item) -> Result<()> {
        json(self.out, item)?;
        put(self.out, "\n")
    }

    fn finish(self: Box<Self>, _: End) -> Result<()> {
        Ok(())
    }
}

/// An item a row.
pub(super) struct Rows<'a> {
    out: &'a mut dyn Write,
    separated: Separated,
    columns: &'a [Column],
    begun: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(out: &'a mut dyn Write, separated: Separated, columns: &'a [Column]) -> Self {
        Self { out, separated, columns, begun: false }
    }

    fn begin(&mut self) -> Result<()> {
        if !self.begun {
            self.begun = true;
            let names: Vec<&str> = self.columns.iter().map(Column::name).collect();
            self.separated.head(self.out, &names)?;
        }
        Ok(())
    }
}

impl Sink for Rows<'_> {
    fn item(&mut self, item: &Item) -> Result<()> {
        self.begin()?;
        let cells: Vec<String> = self.columns.iter().map(|column| column.cell(item)).collect();
        self.separated.row(self.out, &cells)
    }

    fn finish(mut self: Box<Self>, _: End) -> Result<()> {
        self.begin()
    }
}

/// A value as JSON on one line.
fn json(out: &mut dyn Write, value: &impl serde::Serialize) -> Result<()> {
    serde_json::to_writer(out, value).map_err(|e| match e.io_error_kind() {
        Some(kind) => Error::io("write", "the output", kind.into()),
        None => Error::data(format!("an item is no JSON: {e}"), "the output"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::columns::columns;
    use crate::output::{Assets, Format, Wanted, sink};

    fn written(format: Format, columns: &[Column], search: &Value, items: &[Value]) -> String {
        let mut out = Vec::new();
        let wanted = Wanted { format, columns, assets: &Assets::default(), search };
        let mut sink = sink(&wanted, &mut out).unwrap();
        for item in items {
            sink.item(item.as_object().unwrap()).unwrap();
        }
        sink.finish(End { returned: items.len() as u64, matched: Some(7) }).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn two() -> [Value; 2] {
        ["a", "b"].map(|id| serde_json::json!({"type": "Feature", "id": id, "bbox": [0, 1, 2, 3], "properties": {}}))
    }

    #[test]
    fn a_collection_is_geojson_whatever_it_holds() {
        let search = serde_json::json!({"endpoint": "https://h"});
        for items in [&two()[..], &two()[..1], &[]] {
            let text = written(Format::Itemcollection, &[], &search, items);
            let whole: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(whole["features"].as_array().unwrap(), items);
            assert_eq!((&whole["numberReturned"], &whole["numberMatched"]), (&items.len().into(), &7.into()));
            assert_eq!((&whole["type"], &whole["search"]), (&"FeatureCollection".into(), &search));
            assert!(whole.as_object().unwrap().keys().eq([
                "type",
                "search",
                "features",
                "links",
                "numberReturned",
                "numberMatched"
            ]));
        }
    }

    #[test]
    fn lines_and_rows() {
        let text = written(Format::Ndjson, &[], &Value::Null, &two());
        assert_eq!(text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).collect::<Vec<_>>(), two());
        let columns = columns(&["id".into(), "bbox".into(), "datetime".into()]).unwrap();
        let text = written(Format::Csv, &columns, &Value::Null, &two());
        assert_eq!(text, "id,bbox,datetime\na,\"0,1,2,3\",\nb,\"0,1,2,3\",\n");
        let none = written(Format::Tabular, &columns, &Value::Null, &[]);
        assert_eq!(none, "#id\tbbox\tdatetime\n");
    }
}
