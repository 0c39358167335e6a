//! The variables of the cube.

use pangeo::cf::packing::missing_value;
use pangeo::cf::roles::{Role, Roles};
use pangeo::model::{AttributeValue, Buffer, DataType, Dataset, Variable};
use pangeo::ops::describe::attribute_json;
use serde_json::{Map, Value, json};

use crate::cube::CubeVariable;

/// Data variables, and coordinates, cell measures and formula terms that are no dimension. A variable with the name of a
/// dimension that is no coordinate of it is left out and noted: the names are unique together.
pub(super) fn of(dataset: &Dataset, roles: &Roles, notes: &mut Vec<String>) -> Vec<CubeVariable> {
    let data = roles.data_variables();
    let mut found = Vec::new();
    for variable in &dataset.variables {
        let name = variable.name.as_str();
        let is_data = data.contains(&name);
        let auxiliary = matches!(
            roles.role(name),
            Some(Role::AuxiliaryCoordinate | Role::Coordinate | Role::CellMeasure | Role::FormulaTerm)
        );
        if dataset.coordinate(name).is_some() || !(is_data || auxiliary) {
            continue;
        }
        if dataset.dimension(name).is_some() {
            notes.push(format!("variable '{name}' has the name of a dimension and is left out"));
            continue;
        }
        found.push(described(variable, is_data));
    }
    found
}

/// The dimensions of a variable, without that along which characters spell texts.
fn dimensions(variable: &Variable) -> Vec<String> {
    let mut names = variable.dimensions.clone();
    if *variable.data_type() == DataType::Char {
        names.pop();
    }
    names
}

fn described(variable: &Variable, is_data: bool) -> CubeVariable {
    let text = |name: &str| variable.attributes.text(name).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let dimensions = dimensions(variable);
    let shape: Vec<usize> = variable.shape().iter().take(dimensions.len()).copied().collect();
    let chunks = variable.encoding.chunk_shape.as_ref().map(|c| c.iter().take(dimensions.len()).copied().collect());
    let mut attributes = Map::new();
    for name in ["cell_methods", "scale_factor", "add_offset", "positive", "flag_values", "flag_meanings"] {
        if let Some(value) = variable.attributes.get(name) {
            attributes.insert(name.to_owned(), attribute_json(value));
        }
    }
    CubeVariable {
        name: variable.name.clone(),
        dimensions,
        is_data,
        description: text("long_name").or_else(|| text("standard_name")),
        unit: text("units"),
        data_type: data_type(variable),
        nodata: nodata(variable),
        shape,
        chunks,
        standard_name: text("standard_name"),
        attributes,
    }
}

/// The name of a type in STAC's common metadata.
fn data_type(variable: &Variable) -> &'static str {
    match variable.data_type() {
        DataType::I8 => "int8",
        DataType::U8 => "uint8",
        DataType::I16 => "int16",
        DataType::U16 => "uint16",
        DataType::I32 => "int32",
        DataType::U32 => "uint32",
        DataType::I64 => "int64",
        DataType::U64 => "uint64",
        DataType::F32 => "float32",
        DataType::F64 => "float64",
        DataType::Char | DataType::String | DataType::Opaque(_) => "other",
    }
}

/// The stored value for "missing" as STAC writes it.
fn nodata(variable: &Variable) -> Option<Value> {
    let value = missing_value(variable)?;
    let number = match &value {
        Buffer::String(_) | Buffer::Char(_) => return None,
        number => number.get_f64(0)?,
    };
    Some(match number {
        x if x.is_nan() => json!("nan"),
        x if x.is_infinite() => json!(if x > 0.0 { "inf" } else { "-inf" }),
        _ => attribute_json(&AttributeValue::Numbers(value)),
    })
}
