//! Collections as a table: what they are called, from when and where they are, under which licence.

use std::io::Write;

use pangeo::Result;
use serde_json::Value;

use crate::output::columns::plain;
use crate::output::{Format, Separated, put};

/// One row a collection: identifier, title, first and last instant, box, licence; as JSON the collections as they are.
///
/// # Errors
/// When `out` can't be written.
pub(crate) fn write(out: &mut dyn Write, collections: &[Value], format: Format) -> Result<()> {
    if format == Format::Itemcollection {
        return put(out, &format!("{:#}\n", Value::from(collections)));
    }
    let how = if format == Format::Csv { Separated::Csv } else { Separated::Tabular };
    how.head(out, &["id", "title", "start", "end", "bbox", "license"])?;
    for collection in collections {
        let text = |name: &str| collection.get(name).map(plain).unwrap_or_default();
        let (start, end) = period(collection);
        how.row(out, &[text("id"), text("title"), start, end, bbox(collection), text("license")])?;
    }
    Ok(())
}

/// What a collection has, in a line: period and box.
pub(crate) fn extent(collection: &Value) -> String {
    let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
    let (start, end) = period(collection);
    let period = format!("{} to {}", or(start, "the beginning"), or(end, "now"));
    match bbox(collection) {
        bbox if bbox.is_empty() => period,
        bbox => format!("{period}, {bbox}"),
    }
}

/// The first interval of the extent is that of everything (STAC 1.1, collection).
fn period(collection: &Value) -> (String, String) {
    let ends = collection.pointer("/extent/temporal/interval/0");
    let end = |at: usize| ends.and_then(|ends| ends.get(at)).map(plain).unwrap_or_default();
    (end(0), end(1))
}

fn bbox(collection: &Value) -> String {
    collection.pointer("/extent/spatial/bbox/0").map(plain).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_collections() {
        let all = [
            serde_json::json!({"id": "a", "title": "A, b", "license": "CC-BY-4.0", "extent": {
                "temporal": {"interval": [["2015-06-27T00:00:00Z", null]]}, "spatial": {"bbox": [[-180, -90, 180, 90]]}}}),
            serde_json::json!({"id": "bare"}),
        ];
        let mut out = Vec::new();
        write(&mut out, &all, Format::Csv).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "id,title,start,end,bbox,license\na,\"A, b\",2015-06-27T00:00:00Z,,\"-180,-90,180,90\",CC-BY-4.0\nbare,,,,,\n"
        );
        assert_eq!(extent(&all[0]), "2015-06-27T00:00:00Z to now, -180,-90,180,90");
    }
}
