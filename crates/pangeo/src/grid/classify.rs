//! From a variable's coordinates to its grid.

use super::listed::{Listing, Origin, Rows};
use super::periodic::{columns_close, rows_close};
use super::{Grid, GridAxis, GridKind, Places, RotatedPole, mesh, recognise_gaussian};
use crate::cf::packing::{Packing, numbers};
use crate::cf::roles::{Axis, Roles};
use crate::model::{Dataset, Region, Variable};
use crate::{Error, Result};

impl Grid {
    /// The horizontal grid of a variable; `None` if it has none (a time series, a zonal mean).
    ///
    /// Reads the coordinates, in radians or degrees, packed or not. What lies beyond the poles or is
    /// missing becomes NaN. Rotated grids without two-dimensional latitudes get them from their pole.
    ///
    /// # Errors
    /// When there is no such variable, coordinates can't be read, are in units that are no angles, or
    /// move in time.
    pub fn of(dataset: &Dataset, roles: &Roles, variable: &str) -> Result<Option<Self>> {
        let of = Of { dataset, roles, variable: dataset.require(variable)? };
        match (roles.latitude(variable), roles.longitude(variable)) {
            (Some(latitude), Some(longitude)) => of.geographic(latitude, longitude),
            (None, None) => match mesh::places(dataset, roles, of.variable)? {
                Some((dimension, places)) => Ok(of.unstructured(&dimension, None, places)),
                None => match of.listed()? {
                    Some(listed) => Ok(Some(listed)),
                    None => of.planar(),
                },
            },
            _ => Ok(None),
        }
    }
}

struct Of<'a> {
    dataset: &'a Dataset,
    roles: &'a Roles,
    variable: &'a Variable,
}

impl Of<'_> {
    fn geographic(&self, latitude: &str, longitude: &str) -> Result<Option<Grid>> {
        let (lat, lon) = (self.dataset.require(latitude)?, self.dataset.require(longitude)?);
        let names = Some((latitude, longitude));
        match (lat.dimensions.as_slice(), lon.dimensions.as_slice()) {
            ([a], [b]) if a == b => {
                let places = Places::PerCell { latitudes: read(lat, 90.01)?, longitudes: read(lon, 1e4)? };
                Ok(self.unstructured(a, names, places))
            }
            ([] | [_], [] | [_]) => self.separable(lat, lon),
            _ => self.two_dimensional(lat, lon),
        }
    }

    fn unstructured(&self, dimension: &str, names: Option<(&str, &str)>, places: Places) -> Option<Grid> {
        Some(Grid {
            kind: GridKind::Unstructured,
            y: None,
            x: None,
            cells: Some(self.axis(dimension, Vec::new())?),
            listing: None,
            latitude: names.map(|(latitude, _)| latitude.to_owned()),
            longitude: names.map(|(_, longitude)| longitude.to_owned()),
            places,
            periodic: false,
            overlap: 0,
        })
    }

    /// Cells whose places those of another grid tell.
    fn listed(&self) -> Result<Option<Grid>> {
        let (dimension, places, listing) = if let Some(rows) = Rows::of(self.dataset, self.roles, self.variable)? {
            (rows.dimension, rows.places, rows.listing)
        } else {
            let Some(origin) = Origin::of(self.dataset, self.variable)? else { return Ok(None) };
            let Some(places) = origin.places() else { return Ok(None) };
            (origin.points, places, Listing::Gathered { by: origin.list, from: origin.dimensions })
        };
        let grid = self.unstructured(&dimension, None, places);
        Ok(grid.map(|grid| Grid { listing: Some(listing), ..grid }))
    }

    fn separable(&self, lat: &Variable, lon: &Variable) -> Result<Option<Grid>> {
        let (latitudes, longitudes) = (read(lat, 90.01)?, read(lon, 1e4)?);
        let axis = |coordinate: &Variable, values: &[f64]| {
            coordinate.dimensions.first().and_then(|d| self.axis(d, values.to_vec()))
        };
        let (y, x) = (axis(lat, &latitudes), axis(lon, &longitudes));
        let kind = match recognise_gaussian(&latitudes) {
            Some(n) => GridKind::Gaussian { n },
            None => GridKind::Rectilinear,
        };
        let overlap = columns_close(&longitudes);
        Ok(Some(Grid {
            kind,
            y,
            x,
            cells: None,
            listing: None,
            latitude: Some(lat.name.clone()),
            longitude: Some(lon.name.clone()),
            places: Places::Separable { latitudes, longitudes },
            periodic: overlap.is_some(),
            overlap: overlap.unwrap_or(0),
        }))
    }

    fn two_dimensional(&self, lat: &Variable, lon: &Variable) -> Result<Option<Grid>> {
        let widest = if lat.dimensions.len() >= lon.dimensions.len() { lat } else { lon };
        let [.., first, second] = widest.dimensions.as_slice() else { return Ok(None) };
        let turned = self.roles.axis_of_dimension(first) == Some(Axis::X)
            && self.roles.axis_of_dimension(second) == Some(Axis::Y);
        let (rows, columns) = if turned { (second, first) } else { (first, second) };
        let along = |d: &str| {
            let coordinate = self.dataset.coordinate(d).filter(|c| c.data_type().is_numeric());
            let values = coordinate.map_or(Ok(Vec::new()), numbers)?;
            Ok::<_, Error>(self.axis(d, values))
        };
        let (Some(y), Some(x)) = (along(rows)?, along(columns)?) else { return Ok(None) };
        let places = Places::PerCell { latitudes: spread(lat, &y, &x, 90.01)?, longitudes: spread(lon, &y, &x, 1e4)? };
        Ok(Some(curvilinear(self.kind_of_plane(), y, x, places, Some((&lat.name, &lon.name)))))
    }

    /// A grid on a rotated sphere or projected plane without latitudes and longitudes.
    fn planar(&self) -> Result<Option<Grid>> {
        let coordinate = |axis| {
            let name = self.roles.grid_coordinate(&self.variable.name, axis)?;
            self.dataset.variable(name).filter(|c| c.dimensions.len() == 1 && c.data_type().is_numeric())
        };
        let (Some(y), Some(x)) = (coordinate(Axis::Y), coordinate(Axis::X)) else { return Ok(None) };
        let along = |c: &Variable| {
            let values = numbers(c)?;
            Ok::<_, Error>(c.dimensions.first().and_then(|d| self.axis(d, values)))
        };
        let (Some(y), Some(x)) = (along(y)?, along(x)?) else { return Ok(None) };
        if y.dimension == x.dimension {
            return Ok(None);
        }
        let pole = self.grid_mapping().and_then(|m| RotatedPole::of(&m.attributes));
        let (kind, places) = match pole {
            Some(pole) => (GridKind::Rotated, unrotated(&pole, &y.values, &x.values)),
            None => (self.kind_of_plane(), Places::Unknown),
        };
        let kind = if kind == GridKind::Curvilinear { GridKind::Projected } else { kind };
        Ok(Some(curvilinear(kind, y, x, places, None)))
    }

    fn grid_mapping(&self) -> Option<&Variable> {
        self.roles.grid_mapping(&self.variable.name).and_then(|name| self.dataset.variable(name))
    }

    /// Rotated, projected or merely curvilinear: from the grid mapping, else from the standard names
    /// of the coordinates along the dimensions.
    fn kind_of_plane(&self) -> GridKind {
        match self.grid_mapping().and_then(|m| m.attributes.text("grid_mapping_name")).map(str::trim) {
            Some("rotated_latitude_longitude") => return GridKind::Rotated,
            Some("latitude_longitude") | None => {}
            Some(_) => return GridKind::Projected,
        }
        let name = self.roles.grid_coordinate(&self.variable.name, Axis::Y);
        let standard_name = name.and_then(|n| self.dataset.variable(n)?.attributes.text("standard_name"));
        match standard_name.map(str::trim) {
            Some("grid_latitude") => GridKind::Rotated,
            Some(name) if name.starts_with("projection_y") => GridKind::Projected,
            _ => GridKind::Curvilinear,
        }
    }

    fn axis(&self, dimension: &str, values: Vec<f64>) -> Option<GridAxis> {
        let position = self.variable.axis(dimension)?;
        let coordinate = self.dataset.coordinate(dimension);
        Some(GridAxis {
            dimension: dimension.to_owned(),
            position,
            length: self.variable.shape().get(position).copied()?,
            coordinate: coordinate.map(|c| c.name.clone()),
            values,
            units: coordinate.and_then(|c| c.attributes.text("units")).map(str::to_owned),
        })
    }
}

/// A grid with rows and columns whose cells have places of their own, or none.
fn curvilinear(kind: GridKind, y: GridAxis, x: GridAxis, places: Places, names: Option<(&str, &str)>) -> Grid {
    let overlap = match &places {
        Places::PerCell { latitudes, longitudes } => rows_close(latitudes, longitudes, x.length),
        _ => None,
    };
    Grid {
        kind,
        y: Some(y),
        x: Some(x),
        cells: None,
        listing: None,
        latitude: names.map(|(latitude, _)| latitude.to_owned()),
        longitude: names.map(|(_, longitude)| longitude.to_owned()),
        places,
        periodic: overlap.is_some(),
        overlap: overlap.unwrap_or(0),
    }
}

fn unrotated(pole: &RotatedPole, y: &[f64], x: &[f64]) -> Places {
    let places = y.iter().flat_map(|lat| x.iter().map(move |lon| pole.unrotate(*lon, *lat)));
    let (longitudes, latitudes) = places.unzip();
    Places::PerCell { latitudes, longitudes }
}

/// All values of an angle in degrees; NaN beyond `most`.
pub(super) fn read(coordinate: &Variable, most: f64) -> Result<Vec<f64>> {
    let factor = degrees_per_unit(coordinate)?;
    Ok(in_degrees(numbers(coordinate)?, factor, most))
}

fn in_degrees(mut values: Vec<f64>, factor: f64, most: f64) -> Vec<f64> {
    for value in &mut values {
        *value *= factor;
        if value.abs() > most {
            *value = f64::NAN;
        }
    }
    values
}

/// How many degrees one of a coordinate's units is: 1, or 180/π for radians.
///
/// # Errors
/// [`Error::Unsupported`] for units that are no angle, or count southward or westward.
pub(crate) fn degrees_per_unit(coordinate: &Variable) -> Result<f64> {
    let units = coordinate.attributes.text("units").unwrap_or("").trim().to_ascii_lowercase();
    let backwards = ["south", "west"].iter().any(|w| units.ends_with(w));
    if units.starts_with("rad") {
        Ok(1f64.to_degrees())
    } else if (units.starts_with("deg") && !backwards) || units.is_empty() || units == "1" {
        Ok(1.0)
    } else {
        let place = format!("variable '{}'", coordinate.name);
        Err(Error::unsupported(format!("coordinate in units of '{units}'"), place)
            .with_hint("latitudes and longitudes must be in degrees north and east, or radians"))
    }
}

/// The values of a coordinate for each cell of `rows × columns`, whatever its order of dimensions;
/// one that runs along one of them only is repeated along the other.
fn spread(coordinate: &Variable, y: &GridAxis, x: &GridAxis, most: f64) -> Result<Vec<f64>> {
    let factor = degrees_per_unit(coordinate)?;
    let plane = plane(coordinate, y, x)?;
    let stride = |dimension: &str| -> Option<usize> {
        let at = coordinate.axis(dimension)?;
        Some(if coordinate.axis(&y.dimension).max(coordinate.axis(&x.dimension)) == Some(at) {
            1
        } else if dimension == y.dimension {
            x.length
        } else {
            y.length
        })
    };
    let (by_row, by_column) = (stride(&y.dimension).unwrap_or(0), stride(&x.dimension).unwrap_or(0));
    let mut values = Vec::with_capacity(plane.len());
    for row in 0..y.length {
        for column in 0..x.length {
            let at = row.saturating_mul(by_row).saturating_add(column.saturating_mul(by_column));
            values.push(plane.get(at).copied().unwrap_or(f64::NAN));
        }
    }
    Ok(in_degrees(values, factor, most))
}

/// The values in the plane of the grid: the first of any other dimension, which must not matter.
fn plane(coordinate: &Variable, y: &GridAxis, x: &GridAxis) -> Result<Vec<f64>> {
    let packing = Packing::of(coordinate)?;
    let inside = |d: &String| *d == y.dimension || *d == x.dimension;
    let at = |pick: fn(usize) -> usize| {
        let ranges = coordinate
            .dimensions
            .iter()
            .zip(coordinate.shape())
            .map(|(d, &n)| if inside(d) { 0..n } else { pick(n)..pick(n).saturating_add(1) });
        coordinate.array.read(&Region::new(ranges.collect())).map(|block| packing.decode_f64(&block))
    };
    let first = at(|_| 0)?;
    let others = coordinate.dimensions.iter().zip(coordinate.shape()).filter(|(d, _)| !inside(d));
    if others.map(|(_, &n)| n).any(|n| n > 1) {
        let last = at(|n| n.saturating_sub(1))?;
        let same = first.iter().zip(&last).all(|(a, b)| a == b || (a.is_nan() && b.is_nan()));
        if !same {
            return Err(Error::unsupported("the grid moves in time", format!("variable '{}'", coordinate.name))
                .with_hint("select one time first: --isel time=0"));
        }
    }
    Ok(first)
}
