//! Latitudes without longitudes and longitudes without latitudes: zonal means, Hovmöller diagrams.

use super::longitude::{degrees, keep_columns};
use crate::cf::roles::{Kind, Roles};
use crate::grid::{Bbox, select_latitudes, select_longitudes};
use crate::model::Dataset;
use crate::{Error, Result};

/// A coordinate variable of latitudes or longitudes that is no part of a horizontal grid.
pub(super) struct Alone {
    pub(super) name: String,
    pub(super) dimension: String,
    /// [`Kind::Latitude`] or [`Kind::Longitude`].
    pub(super) kind: Kind,
    /// The data variables along it.
    variables: Vec<String>,
}

/// The coordinate variables of latitudes or longitudes that data variables have without the other, and
/// no data variable with it. Reads metadata only.
pub(super) fn alone(dataset: &Dataset) -> Vec<Alone> {
    let roles = Roles::of(dataset);
    let data = roles.data_variables();
    let both = |v: &&str| roles.latitude(v).zip(roles.longitude(v));
    let in_grids: Vec<&str> = data.iter().filter_map(both).flat_map(|(lat, lon)| [lat, lon]).collect();
    let mut found: Vec<Alone> = Vec::new();
    for variable in data {
        let (name, kind) = match (roles.latitude(variable), roles.longitude(variable)) {
            (Some(name), None) => (name, Kind::Latitude),
            (None, Some(name)) => (name, Kind::Longitude),
            _ => continue,
        };
        let own = dataset.variable(name).filter(|c| c.dimensions.len() == 1 && c.data_type().is_numeric());
        let Some(dimension) = own.and_then(|c| c.dimensions.first()) else { continue };
        let stands = dataset.coordinate(dimension).is_some_and(|c| c.name == name);
        if !stands || in_grids.contains(&name) {
            continue;
        }
        match found.iter_mut().find(|a| a.name == name) {
            Some(known) => known.variables.push(variable.to_owned()),
            None => found.push(Alone {
                name: name.to_owned(),
                dimension: dimension.clone(),
                kind,
                variables: vec![variable.to_owned()],
            }),
        }
    }
    found
}

impl Alone {
    /// Keep what lies between the edges of a box in this direction; the answer tells so.
    ///
    /// # Errors
    /// [`Error::EmptySelection`] with the coordinate's extent.
    pub(super) fn keep(&self, dataset: &mut Dataset, bbox: &Bbox) -> Result<String> {
        let values = degrees(dataset, &self.name)?;
        let (kept, other): (Vec<(usize, f64)>, _) = if self.kind == Kind::Latitude {
            let rows = select_latitudes(&values, bbox.south, bbox.north);
            (rows.into_iter().flatten().map(|i| (i, 0.0)).collect(), "longitudes")
        } else {
            let (west, east) = bbox.longitudes();
            let runs = select_longitudes(&values, west, east);
            (runs.into_iter().flat_map(|r| r.indices.map(move |i| (i, r.offset))).collect(), "latitudes")
        };
        if kept.is_empty() {
            let known = || values.iter().copied().filter(|v| !v.is_nan());
            let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
            let has = format!("{} runs from {low} to {high} degrees", self.name);
            return Err(Error::empty_selection(format!("box {bbox}"), has));
        }
        keep_columns(dataset, &self.dimension, &self.name, &kept)?;
        Ok(format!("no {other}, cut by {} alone: {}", self.name, self.variables.join(", ")))
    }
}
