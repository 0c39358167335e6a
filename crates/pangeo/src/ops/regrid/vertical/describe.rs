//! The coordinates of the new levels.

use super::field::Field;
use super::formula::Measure;
use crate::cf::packing::Packing;
use crate::model::array::Memory;
use crate::model::{Attributes, Block, Buffer, Dataset, Encoding, Variable};
use crate::ops::names::OF_STORED;

/// Attributes that no longer hold, beside those of stored numbers: of cells, of a formula.
const GONE: [&str; 5] = ["bounds", "formula_terms", "formula", "computed_standard_name", "_CoordinateTransforms"];

/// `coordinate` with other levels, in its units and, where it holds them exactly enough, its type.
pub(super) fn replaced(coordinate: &Variable, levels: &[f64], packing: &Packing) -> Variable {
    let kept = coordinate.attributes.iter().filter(|(name, _)| !GONE.contains(name) && !OF_STORED.contains(name));
    let attributes: Attributes = kept.map(|(name, value)| (name.to_owned(), value.clone())).collect();
    let stored = Buffer::from_f64(coordinate.data_type(), levels).filter(|_| !packing.is_packed());
    // Integers hold whole levels only; what a float makes of a number is the number that it has room for.
    let whole = |b: &Buffer| b.data_type().is_float() || b.to_f64().is_some_and(|v| v == levels);
    let values = stored.filter(whole).unwrap_or_else(|| Buffer::F64(levels.to_vec()));
    let encoding = Encoding { chunk_shape: None, shard_shape: None, fill_value: None, ..coordinate.encoding.clone() };
    Variable {
        name: coordinate.name.clone(),
        dimensions: coordinate.dimensions.clone(),
        attributes,
        encoding,
        array: Memory::array(Block::vector(values)),
    }
}

/// The coordinate variable `name` of levels of a field, in its own units (Pa, m).
pub(super) fn of_field(field: &Field, name: &str, levels: &[f64]) -> Variable {
    let (long, positive) = match field.measure {
        Measure::Pressure => ("pressure", "down"),
        Measure::Depth => ("depth", "down"),
        Measure::Height => (field.standard_name.as_str(), "up"),
    };
    let mut attributes = Attributes::new();
    attributes.set("standard_name", field.standard_name.as_str());
    attributes.set("long_name", long.replace('_', " "));
    attributes.set("units", field.measure.unit());
    attributes.set("positive", positive);
    attributes.set("axis", "Z");
    Variable {
        name: name.to_owned(),
        dimensions: vec![name.to_owned()],
        attributes,
        encoding: Encoding::default(),
        array: Memory::array(Block::vector(Buffer::F64(levels.to_vec()))),
    }
}

/// A name for the coordinate of a field's levels that the dataset does not have.
pub(super) fn free_name(field: &Field, dataset: &Dataset) -> String {
    let base = match field.measure {
        Measure::Pressure => "plev",
        Measure::Depth => "depth",
        Measure::Height if field.standard_name.contains("altitude") => "altitude",
        Measure::Height => "height",
    };
    let taken = |name: &String| dataset.dimension(name).is_some() || dataset.variable(name).is_some();
    let numbered = (2..).map(|n| format!("{base}_{n}"));
    std::iter::once(base.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_else(|| base.to_owned())
}
