//! `GeoJSON` (RFC 7946): features, collections of them, and bare geometries.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;

use super::{Feature, Polygon, Properties, polygon};
use crate::{Error, Result};

/// Any `GeoJSON` object; which members count, its type says.
#[derive(Deserialize)]
struct Object {
    #[serde(rename = "type")]
    kind: String,
    features: Option<Vec<Object>>,
    geometry: Option<Box<Object>>,
    geometries: Option<Vec<Object>>,
    coordinates: Option<Nested>,
    properties: Option<Properties>,
    id: Option<Value>,
    crs: Option<Value>,
}

/// Coordinates at any depth, compactly: a tree of JSON values would take twenty times the text.
#[derive(Debug)]
enum Nested {
    Number(f64),
    Position(f64, f64),
    List(Vec<Nested>),
}

impl<'de> Deserialize<'de> for Nested {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NestedVisitor)
    }
}

struct NestedVisitor;

impl<'de> Visitor<'de> for NestedVisitor {
    type Value = Nested;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("coordinates: numbers in nested arrays")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Nested, E> {
        Ok(Nested::Number(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Nested, E> {
        Ok(Nested::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Nested, E> {
        Ok(Nested::Number(value as f64))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Nested, A::Error> {
        let Some(first) = seq.next_element::<Nested>()? else { return Ok(Nested::List(Vec::new())) };
        let Nested::Number(x) = first else {
            let mut list = vec![first];
            while let Some(next) = seq.next_element()? {
                list.push(next);
            }
            return Ok(Nested::List(list));
        };
        let y = seq.next_element::<f64>()?.ok_or_else(|| serde::de::Error::custom("a position has no latitude"))?;
        // A height may follow.
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Nested::Position(x, y))
    }
}

/// Reads the features with polygons.
pub(super) fn read(text: &[u8], file: &str) -> Result<Vec<Feature>> {
    let object: Object = serde_json::from_slice(text)
        .map_err(|error| Error::malformed(file, format!("this is not valid GeoJSON ({error})")))?;
    check_system(&object, file)?;
    match object.kind.as_str() {
        "FeatureCollection" => {
            let members = object.features.ok_or_else(|| Error::malformed(file, "the collection has no 'features'"))?;
            let mut features = Vec::new();
            for member in members {
                features.extend(feature(member, file)?);
            }
            Ok(features)
        }
        "Feature" => Ok(feature(object, file)?.into_iter().collect()),
        "Topology" => {
            Err(Error::unsupported("this is TopoJSON", file).with_hint("convert it to GeoJSON, as with topo2geo"))
        }
        _ => {
            let mut polygons = Vec::new();
            geometry(object, &mut polygons, file)?;
            Ok(if polygons.is_empty() { Vec::new() } else { vec![Feature { properties: Properties::new(), polygons }] })
        }
    }
}

/// Refuses the coordinate systems that the 2008 form of `GeoJSON` could name, except degrees.
fn check_system(object: &Object, file: &str) -> Result<()> {
    let name = object.crs.as_ref().and_then(|crs| crs.pointer("/properties/name")).and_then(Value::as_str);
    match name {
        Some(name) if !["4326", "CRS84", "4979", "4269", "4258"].iter().any(|known| name.ends_with(known)) => {
            Err(Error::unsupported(format!("the coordinates are in '{name}'"), file)
                .with_hint("convert the file to longitude and latitude (EPSG:4326)"))
        }
        _ => Ok(()),
    }
}

/// A feature, unless it has no polygon.
fn feature(object: Object, file: &str) -> Result<Option<Feature>> {
    if object.kind != "Feature" {
        return Err(Error::malformed(file, format!("a collection holds a '{}' where a Feature must be", object.kind)));
    }
    let mut properties = object.properties.unwrap_or_default();
    if let Some(id) = object.id {
        properties.entry("id").or_insert(id);
    }
    let mut polygons = Vec::new();
    if let Some(inner) = object.geometry {
        geometry(*inner, &mut polygons, file)?;
    }
    Ok(if polygons.is_empty() { None } else { Some(Feature { properties, polygons }) })
}

/// Adds the polygons of a geometry to `polygons`. Nesting is bounded by the JSON parser's own limit.
fn geometry(object: Object, polygons: &mut Vec<Polygon>, file: &str) -> Result<()> {
    match object.kind.as_str() {
        "Polygon" => polygons.extend(polygon(rings(object.coordinates, file)?, file)?),
        "MultiPolygon" => {
            for part in list(object.coordinates, file)? {
                polygons.extend(polygon(rings(Some(part), file)?, file)?);
            }
        }
        "GeometryCollection" => {
            for part in object.geometries.unwrap_or_default() {
                geometry(part, polygons, file)?;
            }
        }
        "Point" | "MultiPoint" | "LineString" | "MultiLineString" => {}
        other => return Err(Error::malformed(file, format!("'{other}' is no type of GeoJSON geometry"))),
    }
    Ok(())
}

fn list(nested: Option<Nested>, file: &str) -> Result<Vec<Nested>> {
    match nested {
        Some(Nested::List(list)) => Ok(list),
        _ => Err(Error::malformed(file, "the coordinates of a polygon are not nested as its type demands")),
    }
}

fn rings(nested: Option<Nested>, file: &str) -> Result<Vec<Vec<(f64, f64)>>> {
    let ring = |nested| -> Result<Vec<(f64, f64)>> {
        let positions = list(Some(nested), file)?.into_iter();
        let points: Option<Vec<_>> =
            positions.map(|position| if let Nested::Position(x, y) = position { Some((x, y)) } else { None }).collect();
        points.ok_or_else(|| Error::malformed(file, "a ring of a polygon holds something that is no position"))
    };
    list(nested, file)?.into_iter().map(ring).collect()
}
