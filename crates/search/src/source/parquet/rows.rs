//! Items of rows.

use std::collections::HashMap;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array, RecordBatch};
use arrow_json::writer::{LineDelimited, WriterBuilder};
use arrow_schema::{DataType, Schema};
use serde_json::{Map, Value};

use super::wkb;
use crate::Item;

/// Members of an item that are columns, in the order they are written in.
const MEMBERS: [&str; 9] =
    ["type", "stac_version", "stac_extensions", "id", "geometry", "bbox", "links", "assets", "collection"];

/// Members that some writers put into a column as text of JSON.
const NESTED: [&str; 3] = ["stac_extensions", "links", "assets"];

/// Which columns need care.
#[derive(Debug)]
pub(super) struct Rows {
    /// Columns of well-known binary by their places.
    geometries: Vec<(usize, String)>,
    /// All others.
    others: Vec<usize>,
    /// Columns of times without an offset, which are UTC.
    times: Vec<String>,
}

impl Rows {
    /// # Errors
    /// When it has no identifiers or its geometries are not well-known binary.
    pub(super) fn of(schema: &Schema, geo: Option<&Value>) -> Result<Self, String> {
        if schema.index_of("id").is_err() {
            return Err("it has no column 'id', so that it is no stac-geoparquet".to_owned());
        }
        let named = |name: &str| {
            let listed = geo.and_then(|geo| geo.pointer("/columns")).is_some_and(|columns| columns.get(name).is_some());
            listed || matches!(name, "geometry" | "proj:geometry")
        };
        let (mut geometries, mut others, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for (at, field) in schema.fields().iter().enumerate() {
            let name = field.name();
            match field.data_type() {
                DataType::Binary | DataType::LargeBinary | DataType::BinaryView if named(name) => {
                    geometries.push((at, name.clone()));
                    continue;
                }
                other if name == "geometry" && !matches!(other, DataType::Null) => {
                    return Err(format!("its geometries are {other} and not well-known binary"));
                }
                DataType::Timestamp(_, None) => times.push(name.clone()),
                _ => {}
            }
            others.push(at);
        }
        Ok(Self { geometries, others, times })
    }

    /// The items of a batch, or what is wrong with each.
    ///
    /// # Errors
    /// When a column is of a type that JSON does not have.
    pub(super) fn items(&self, batch: &RecordBatch) -> Result<Vec<Result<Value, String>>, String> {
        let plain = batch.project(&self.others).map_err(|error| error.to_string())?;
        // What is null is left out: a column can't say whether a member was null or not there.
        let mut writer = WriterBuilder::new().with_explicit_nulls(false).build::<_, LineDelimited>(Vec::new());
        writer.write(&plain).map_err(|error| error.to_string())?;
        writer.finish().map_err(|error| error.to_string())?;
        let text = writer.into_inner();
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let rows = lines.enumerate().map(|(row, line)| {
            let columns: Item = serde_json::from_slice(line).map_err(|error| error.to_string())?;
            let mut geometries = HashMap::new();
            for (at, name) in &self.geometries {
                let column = batch.columns().get(*at).ok_or("lacks a column")?;
                geometries.insert(name.as_str(), geometry(column, row)?);
            }
            Ok(self.item(columns, geometries))
        });
        Ok(rows.collect())
    }

    fn item(&self, mut columns: Item, mut geometries: HashMap<&str, Value>) -> Value {
        for name in &self.times {
            if let Some(Value::String(time)) = columns.get_mut(name) {
                time.push('Z');
            }
        }
        let mut item = Map::new();
        let mut properties = match columns.shift_remove("properties") {
            Some(Value::Object(properties)) => properties,
            _ => Map::new(),
        };
        for name in MEMBERS {
            let value = columns.shift_remove(name).map(|value| nested(name, value));
            let value = match name {
                "type" => Some(Value::from("Feature")),
                "geometry" => Some(geometries.remove(name).unwrap_or_default()),
                "bbox" => value.map(bbox),
                _ => value,
            };
            if name == "links" {
                // Their turn comes once all other columns are taken; this is where they stand.
                item.insert("properties".to_owned(), Value::Null);
            }
            item.extend(value.map(|value| (name.to_owned(), value)));
        }
        properties.extend(columns);
        for (name, value) in geometries.into_iter().filter(|(_, value)| !value.is_null()) {
            properties.insert(name.to_owned(), value);
        }
        // An item must have it, be it null.
        properties.entry("datetime").or_insert(Value::Null);
        item.insert("properties".to_owned(), Value::Object(properties));
        Value::Object(item)
    }
}

/// What a column says, where it says it as text.
fn nested(name: &str, value: Value) -> Value {
    match &value {
        Value::String(text) if NESTED.contains(&name) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    }
}

/// A box as a list, whose edges are members of a struct.
fn bbox(value: Value) -> Value {
    let Value::Object(edges) = &value else { return value };
    let list = |names: &[&str]| names.iter().map(|name| edges.get(*name).cloned()).collect::<Option<Vec<_>>>();
    let solid = list(&["xmin", "ymin", "zmin", "xmax", "ymax", "zmax"]);
    solid.or_else(|| list(&["xmin", "ymin", "xmax", "ymax"])).map_or(Value::Null, Value::Array)
}

/// The geometry of a row; null where it has none.
fn geometry(column: &dyn Array, row: usize) -> Result<Value, String> {
    if row >= column.len() || column.is_null(row) {
        return Ok(Value::Null);
    }
    let bytes = match column.data_type() {
        DataType::Binary => column.as_binary::<i32>().value(row),
        DataType::LargeBinary => column.as_binary::<i64>().value(row),
        DataType::BinaryView => column.as_binary_view().value(row),
        other => return Err(format!("has a geometry of {other}")),
    };
    wkb::geojson(bytes)
}
