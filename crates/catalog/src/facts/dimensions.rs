//! The dimensions of the cube.

use pangeo::cf::roles::{Kind, Roles};
use pangeo::grid::GridAxis;
use pangeo::model::{DataType, Dataset, Variable};
use pangeo::ops::coordinates::{along, numbers, read_axis};
use pangeo::{Error, Result};
use serde_json::{Number, Value, json};

use super::space::{Placed, bbox_of, range, regular};
use super::{FEW, times};
use crate::cube::{CubeDimension, CubeVariable, DimensionKind};

/// So many labels at most are listed.
const LABELS: usize = 1000;

/// The dimensions that variables have, in the order of the dataset.
pub(super) fn of(
    dataset: &Dataset,
    roles: &Roles,
    grids: &[Placed],
    variables: &[CubeVariable],
    notes: &mut Vec<String>,
) -> Result<Vec<CubeDimension>> {
    let mut found = Vec::new();
    for dimension in &dataset.dimensions {
        let name = dimension.name.as_str();
        if !variables.iter().any(|v| v.dimensions.iter().any(|d| d == name)) {
            continue;
        }
        let coordinate = along(dataset, roles, name);
        let of = Of { dataset, roles, grids, name, length: dimension.length };
        found.push(match of.described(coordinate) {
            Ok(described) => described,
            Err(error @ (Error::Data { .. } | Error::Unsupported { .. } | Error::Usage { .. })) => {
                notes.push(format!("the coordinate of '{name}' is left out: {error}"));
                CubeDimension::index(name, dimension.length)
            }
            Err(error) => return Err(error.in_file(&dataset.source)),
        });
    }
    Ok(found)
}

struct Of<'a> {
    dataset: &'a Dataset,
    roles: &'a Roles,
    grids: &'a [Placed],
    name: &'a str,
    length: usize,
}

impl Of<'_> {
    fn described(&self, coordinate: Option<&Variable>) -> Result<CubeDimension> {
        let kind = coordinate.map_or(Kind::Other, |c| self.roles.kind(&c.name));
        if let (Some(coordinate), Kind::Time | Kind::ReferenceTime) = (coordinate, kind) {
            let found = times::dimension(self.name, &read_axis(coordinate)?, &coordinate.attributes);
            if found.kind == DimensionKind::Temporal {
                return Ok(found);
            }
            // Numbers in the unit of the file, where dates are none of ISO 8601.
            let numeric = self.numeric(found.kind.clone(), coordinate)?;
            return Ok(CubeDimension { extent: numeric.extent, step: numeric.step, ..found });
        }
        for on in self.grids {
            let is = |axis: &&GridAxis| axis.dimension == self.name;
            if on.grid.cells.as_ref().is_some_and(|cells| is(&cells)) {
                return self.geometry(on);
            }
            for (letter, axis) in [('y', &on.grid.y), ('x', &on.grid.x)] {
                if let Some(axis) = axis.as_ref().filter(is) {
                    return self.horizontal(letter, axis, on);
                }
            }
        }
        match coordinate {
            Some(coordinate) if coordinate.data_type().is_numeric() => {
                let kind = if kind == Kind::Vertical { DimensionKind::Vertical } else { other(coordinate) };
                self.numeric(kind, coordinate)
            }
            Some(coordinate) => self.labels(coordinate),
            None => Ok(self.index()),
        }
    }

    fn index(&self) -> CubeDimension {
        CubeDimension::index(self.name, self.length)
    }

    /// Rows or columns: spatial where the reference system of their coordinate is known.
    fn horizontal(&self, letter: char, axis: &GridAxis, on: &Placed) -> Result<CubeDimension> {
        let coordinate = axis.coordinate.as_deref().and_then(|name| self.dataset.variable(name));
        // Rows and columns of latitudes and longitudes need not bear the dimension's name.
        let own = if letter == 'y' { &on.grid.latitude } else { &on.grid.longitude };
        let along_alone = |v: &&Variable| v.dimensions.as_slice() == [self.name];
        let coordinate = coordinate.or_else(|| self.dataset.variable(own.as_deref()?).filter(along_alone));
        match (coordinate, &on.system) {
            (Some(coordinate), Some(system)) => {
                let mut found = self.numeric(DimensionKind::Horizontal(letter), coordinate)?;
                // Coordinates without a single value leave places by number.
                if found.kind == DimensionKind::Horizontal(letter) {
                    found.reference_system = Some(system.to_json());
                }
                Ok(found)
            }
            (Some(coordinate), None) if coordinate.data_type().is_numeric() => {
                self.numeric(other(coordinate), coordinate)
            }
            _ => {
                let what = if letter == 'y' { "rows" } else { "columns" };
                let places = on.grid.latitude.as_ref().zip(on.grid.longitude.as_ref());
                let places =
                    places.map_or(String::new(), |(lat, lon)| format!(", which lie where {lat} and {lon} say"));
                Ok(CubeDimension { description: Some(format!("{what} of the grid{places}")), ..self.index() })
            }
        }
    }

    /// Cells or stations in a list.
    fn geometry(&self, on: &Placed) -> Result<CubeDimension> {
        let Some(bbox) = bbox_of(self.dataset, self.roles, on)? else { return Ok(self.index()) };
        let shaped = pangeo::grid::Corners::given(self.dataset, self.roles, &on.grid, &on.variable);
        let shaped = matches!(shaped, Ok(Some(_)));
        Ok(CubeDimension {
            description: Some(format!("{} {}", self.length, if shaped { "cells" } else { "points" })),
            bbox: Some(bbox),
            geometry_types: vec![if shaped { "Polygon" } else { "Point" }],
            reference_system: Some(json!(4326)),
            ..CubeDimension::new(self.name, DimensionKind::Geometry)
        })
    }

    fn numeric(&self, kind: DimensionKind, coordinate: &Variable) -> Result<CubeDimension> {
        let single = *coordinate.data_type() == DataType::F32;
        let values = numbers(coordinate)?.to_f64().unwrap_or_default();
        let (low, high) = range(&values);
        if low > high {
            return Ok(self.index());
        }
        let step = regular(&values, single);
        let text = |name: &str| coordinate.attributes.text(name).map(str::trim).filter(|t| !t.is_empty());
        let listed: Option<Vec<Value>> = values.iter().map(|v| number(*v, single)).collect();
        Ok(CubeDimension {
            description: text("long_name").or(text("standard_name")).map(str::to_owned),
            extent: number(low, single).zip(number(high, single)).map(<[Value; 2]>::from),
            values: listed.filter(|l| step.is_none() && l.len() <= FEW),
            step: if values.len() > 1 { Some(step.map_or(Value::Null, |step| json!(step))) } else { None },
            unit: text("units").map(str::to_owned),
            ..CubeDimension::new(self.name, kind)
        })
    }

    fn labels(&self, coordinate: &Variable) -> Result<CubeDimension> {
        if self.length > LABELS {
            return Ok(self.index());
        }
        let texts = coordinate.array.read_all()?.texts();
        if texts.len() != self.length || texts.is_empty() {
            return Ok(self.index());
        }
        let label = coordinate.attributes.text("long_name").map(str::to_owned);
        Ok(CubeDimension {
            description: label,
            values: Some(texts.into_iter().map(Value::String).collect()),
            ..CubeDimension::new(self.name, other(coordinate))
        })
    }
}

/// A coordinate's value; a `float` by the shortest decimal that names it.
fn number(value: f64, single: bool) -> Option<Value> {
    let value = if single { (value as f32).to_string().parse().unwrap_or(value) } else { value };
    Number::from_f64(value).map(Value::Number)
}

/// The kind of an axis that is no direction of space or time, by its standard name.
fn other(coordinate: &Variable) -> DimensionKind {
    let name = coordinate.attributes.text("standard_name").map_or("", str::trim);
    DimensionKind::Other(match name {
        "" => "other".to_owned(),
        "realization" => "ensemble".to_owned(),
        "radiation_wavelength" | "sensor_band_central_radiation_wavelength" | "sensor_band_identifier" => {
            "bands".to_owned()
        }
        name => name.to_owned(),
    })
}
