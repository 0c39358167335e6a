//! Items as rows: their properties beside their other members, geometries as bytes.

use std::collections::BTreeSet;

use arrow_schema::{DataType, Field};
use pangeo::{Error, Result};
use search::Item;
use serde_json::{Map, Value};

use super::shape::Shape;
use super::wkb::hexadecimal;
use crate::facts;

/// Members of STAC that are instants.
const TIMES: [&str; 8] =
    ["datetime", "start_datetime", "end_datetime", "created", "updated", "expires", "published", "unpublished"];

/// Members that are geometries.
const GEOMETRIES: [&str; 2] = ["geometry", "proj:geometry"];

/// The columns that hold all items that were taken.
pub(super) struct Columns {
    shapes: Vec<(String, Shape)>,
    /// Kinds of geometries, as `GeoParquet` names them.
    kinds: BTreeSet<String>,
    /// Whether boxes have heights.
    is_high: bool,
}

impl Columns {
    /// Those that each such file has, with the types that the specification gives them.
    pub(super) fn new() -> Self {
        let text = || Shape::Text;
        let list = |one| Shape::List(Box::new(one));
        let link = ["href", "rel", "type", "title"].map(|name| (name.to_owned(), text()));
        let edges = ["xmin", "ymin", "xmax", "ymax"].map(|name| (name.to_owned(), Shape::Number));
        let shapes = [
            ("type", text()),
            ("stac_version", text()),
            ("stac_extensions", list(text())),
            ("id", text()),
            ("geometry", text()),
            ("bbox", Shape::Object(edges.into())),
            ("links", list(Shape::Object(link.into()))),
            ("assets", Shape::Object(Vec::new())),
            ("collection", text()),
            ("datetime", Shape::Time),
        ];
        Self {
            shapes: shapes.into_iter().map(|(name, shape)| (name.to_owned(), shape)).collect(),
            kinds: BTreeSet::new(),
            is_high: false,
        }
    }

    /// Make room for an item.
    ///
    /// # Errors
    /// [`Error::Data`] for a geometry that is none.
    pub(super) fn take(&mut self, item: &Item) -> Result<()> {
        for (name, value) in members(item) {
            if GEOMETRIES.contains(&name.as_str()) {
                let kind = geometry(item, name, value)?.map(|(_, kind)| kind);
                if name == "geometry" {
                    self.kinds.extend(kind);
                }
                self.shape(name, Shape::Text);
            } else if name == "bbox" {
                if boxed(value).is_some_and(|bbox| bbox.len() > 4) && !self.is_high {
                    self.is_high = true;
                    let edges = ["zmin", "zmax"].map(|name| (name.to_owned(), Value::from(0.5)));
                    self.shape(name, Shape::Nothing).take(&Value::Object(Map::from_iter(edges)));
                }
            } else if TIMES.contains(&name.as_str()) {
                let is_time = value.is_null() || value.as_str().is_some_and(|text| facts::moment(text).is_some());
                let shape = self.shape(name, Shape::Time);
                if !is_time {
                    // Texts stay as they are, in a column of texts.
                    *shape = if value.is_string() && matches!(shape, Shape::Time | Shape::Text) {
                        Shape::Text
                    } else {
                        Shape::Mixed
                    };
                }
            } else {
                self.shape(name, Shape::Nothing).take(value);
            }
        }
        Ok(())
    }

    fn shape(&mut self, name: &str, new: Shape) -> &mut Shape {
        let place = self.shapes.iter().position(|(known, _)| known == name);
        let place = place.unwrap_or_else(|| {
            self.shapes.push((name.to_owned(), new));
            self.shapes.len() - 1
        });
        // It is there: found, or just put.
        &mut self.shapes[place].1
    }

    /// How many columns the file has.
    pub(super) fn count(&self) -> usize {
        self.shapes.iter().map(|(_, shape)| shape.columns()).sum()
    }

    /// The kinds of geometries, as `GeoParquet` names them.
    pub(super) fn kinds(&self) -> Vec<&str> {
        self.kinds.iter().map(String::as_str).collect()
    }

    /// The parts of `bbox`.
    pub(super) fn edges(&self) -> &[&'static str] {
        const EDGES: [&str; 6] = ["xmin", "ymin", "xmax", "ymax", "zmin", "zmax"];
        EDGES.get(..if self.is_high { 6 } else { 4 }).unwrap_or_default()
    }

    /// Names and types of the columns. Where no item has an asset there is no column of them: Parquet has no groups
    /// without members, and readers take nothing else for assets.
    pub(super) fn fields(&self) -> Vec<Field> {
        let field = |(name, shape): &(String, Shape)| {
            let data_type = if GEOMETRIES.contains(&name.as_str()) { DataType::Binary } else { shape.data_type() };
            Field::new(name, data_type, true)
        };
        self.shapes.iter().filter(|(name, shape)| name != "assets" || !shape.is_hollow()).map(field).collect()
    }

    /// An item that was taken as a row.
    ///
    /// # Errors
    /// As [`Columns::take`].
    pub(super) fn row(&self, item: &Item) -> Result<Value> {
        let mut row = Map::new();
        for (name, shape) in &self.shapes {
            let Some(value) = member(item, name) else { continue };
            let value = if GEOMETRIES.contains(&name.as_str()) {
                geometry(item, name, value)?.map(|(digits, _)| digits).into()
            } else if name == "bbox" {
                boxed(value).map_or(Value::Null, Value::Object)
            } else if let (Shape::Time, Some(text)) = (shape, value.as_str()) {
                // Arrow knows fewer ways to write an instant.
                facts::moment(text).map(|moment| moment.to_rfc3339()).into()
            } else {
                shape.fitted(value.clone())
            };
            row.insert(name.clone(), value);
        }
        Ok(Value::Object(row))
    }
}

/// The members of an item and its properties, but for properties that are called as a member.
fn members(item: &Item) -> impl Iterator<Item = (&String, &Value)> {
    let properties = item.get("properties").and_then(Value::as_object).into_iter().flatten();
    let own = item.iter().filter(|(name, _)| *name != "properties");
    own.chain(properties.filter(|(name, _)| !item.contains_key(name.as_str()) && *name != "properties"))
}

fn member<'a>(item: &'a Item, name: &str) -> Option<&'a Value> {
    item.get(name).or_else(|| item.get("properties")?.get(name))
}

/// A geometry in digits, and its kind; nothing for null.
fn geometry(item: &Item, name: &str, value: &Value) -> Result<Option<(String, String)>> {
    if value.is_null() {
        return Ok(None);
    }
    let wrong = || Error::data(format!("'{name}' is no geometry of GeoJSON"), facts::name(item).to_owned());
    hexadecimal(value).ok_or_else(wrong).map(Some)
}

/// A box with its edges named.
fn boxed(value: &Value) -> Option<Map<String, Value>> {
    let numbers: Vec<f64> = value.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?;
    let names: &[&str] = match numbers.len() {
        4 => &["xmin", "ymin", "xmax", "ymax"],
        6 => &["xmin", "ymin", "zmin", "xmax", "ymax", "zmax"],
        _ => return None,
    };
    Some(names.iter().zip(numbers).map(|(name, number)| ((*name).to_owned(), number.into())).collect())
}
