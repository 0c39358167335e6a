//! x along the columns and y along the rows of a projected grid, and the projection that they belong to.

use super::definition::definitions;
use super::{Plane, Sides};
use crate::cf::packing::numbers;
use crate::cf::roles::{Axis, Roles};
use crate::cf::units::converter;
use crate::grid::{Grid, Outline, Outlines, cell_edges};
use crate::model::{Attributes, Dataset, Variable};
use crate::{Error, Result};

/// The rows and columns of a projected grid.
pub(super) struct Lattice<'a> {
    plane: Plane,
    y: Line<'a>,
    x: Line<'a>,
}

/// The coordinate along rows or columns.
struct Line<'a> {
    coordinate: &'a Variable,
    /// In units of the plane.
    values: Vec<f64>,
    /// How many units of the plane one of the coordinate's is.
    factor: f64,
}

impl<'a> Lattice<'a> {
    /// # Errors
    /// [`Error::Data`] where the projection or its coordinates are not known.
    pub(super) fn of(dataset: &'a Dataset, roles: &Roles, on: &Grid, variable: &str) -> Result<Self> {
        let place = || format!("variable '{variable}' in {}", dataset.source);
        let coordinate = |axis: Axis| {
            let along = if axis == Axis::Y { &on.y } else { &on.x };
            let name = roles.grid_coordinate(variable, axis);
            let found = name.or(along.as_ref().and_then(|a| a.coordinate.as_deref())).and_then(|c| dataset.variable(c));
            found.filter(|c| c.dimensions.len() == 1).ok_or_else(|| {
                Error::data("a projected grid without coordinates along its rows and columns", place())
                    .with_hint("give it latitudes and longitudes, or x and y with standard_name and units")
            })
        };
        let (y, x) = (coordinate(Axis::Y)?, coordinate(Axis::X)?);
        let mapping = roles.grid_mapping(variable).and_then(|m| dataset.variable(m)).ok_or_else(|| {
            Error::data("a projected grid without latitudes and longitudes, of a mapping that is not known", place())
                .with_hint("give it latitudes and longitudes, or a grid_mapping (CF appendix F)")
        })?;
        let plane = plane_of(mapping, dataset, metres(x))?;
        let line = |coordinate: &'a Variable| {
            let factor = plane_units(coordinate, &plane, &mapping.attributes).ok_or_else(|| {
                let units = coordinate.attributes.text("units").unwrap_or("");
                let place = format!("variable '{}' in {}", coordinate.name, dataset.source);
                Error::data(format!("units of '{units}' do not belong to the projection of '{}'", mapping.name), place)
                    .with_hint("x and y are in metres or kilometres, or radians of a geostationary satellite")
            })?;
            let values = numbers(coordinate)?.iter().map(|v| v * factor).collect();
            Ok::<_, Error>(Line { coordinate, values, factor })
        };
        let (y, x) = (line(y)?, line(x)?);
        if (y.values.len(), x.values.len()) != on.shape() {
            return Err(Error::data("x and y do not lie along the rows and columns of the grid", place()));
        }
        Ok(Self { plane, y, x })
    }

    /// Longitude and latitude of all cells, rows slowest; NaN where there is none.
    pub(super) fn centres(&self) -> Vec<(f64, f64)> {
        self.plane.places(&self.y.values, &self.x.values)
    }

    /// Places a hundredth of a column before and behind the centre of each cell, towards greater x.
    pub(super) fn aside(&self) -> Sides {
        let values = &self.x.values;
        let step = values.first().zip(values.get(1)).map_or(1.0, |(a, b)| (b - a).abs());
        [-0.01, 0.01].map(|share| {
            let moved: Vec<f64> = values.iter().map(|x| x + share * step).collect();
            self.plane.places(&self.y.values, &moved)
        })
    }

    /// Longitude and latitude of a cell.
    pub(super) fn centre(&self, index: usize) -> Option<(f64, f64)> {
        let columns = self.x.values.len();
        let y = self.y.values.get(index.checked_div(columns)?)?;
        let x = self.x.values.get(index.checked_rem(columns)?)?;
        self.plane.places(&[*y], &[*x]).first().copied().filter(|(lon, _)| lon.is_finite())
    }

    /// How far apart the first rows or columns are.
    pub(super) fn cell_km(&self) -> f64 {
        let step = |v: &[f64]| v.first().zip(v.get(1)).map_or(0.0, |(a, b)| (a - b).abs());
        step(&self.y.values).max(step(&self.x.values)) * self.plane.metres_per_unit() / 1000.0
    }

    /// The corners of all cells; `None` for a single row or column without bounds.
    pub(super) fn outlines(&self, dataset: &Dataset, roles: &Roles) -> Result<Option<Outlines>> {
        let (rows, columns) = (self.y.edges(dataset, roles)?, self.x.edges(dataset, roles)?);
        if let (Some(rows), Some(columns)) = (joined(&rows), joined(&columns)) {
            return Ok(Some(Outlines::lattice(self.x.values.len(), self.plane.places(&rows, &columns))));
        }
        if rows.is_empty() || columns.is_empty() {
            return Ok(None);
        }
        // Bounds with gaps between them: each cell has corners of its own.
        let ends = |pairs: &[(f64, f64)]| -> Vec<f64> { pairs.iter().flat_map(|(a, b)| [*a, *b]).collect() };
        let (across, down) = (ends(&columns), ends(&rows));
        let places = self.plane.places(&down, &across);
        let at = |j: usize, i: usize| places.get(j.saturating_mul(across.len()).saturating_add(i)).copied();
        let cell = |j: usize, i: usize| -> Outline {
            let four = [at(2 * j, 2 * i), at(2 * j, 2 * i + 1), at(2 * j + 1, 2 * i + 1), at(2 * j + 1, 2 * i)];
            let known: Outline = four.into_iter().flatten().filter(|(lon, _)| lon.is_finite()).collect();
            if known.len() == 4 { known } else { Vec::new() }
        };
        let cells = (0..rows.len()).flat_map(|j| (0..columns.len()).map(move |i| (j, i)));
        Ok(Some(Outlines::listed(cells.map(|(j, i)| cell(j, i)))))
    }
}

impl Line<'_> {
    /// The two edges of each cell in units of the plane; none where nothing tells.
    fn edges(&self, dataset: &Dataset, roles: &Roles) -> Result<Vec<(f64, f64)>> {
        let bounds = roles.bounds_of(&self.coordinate.name).and_then(|name| dataset.variable(name));
        if let Some(bounds) = bounds.filter(|b| b.data_type().is_numeric() && b.dimensions.len() == 2) {
            let values: Vec<f64> = numbers(bounds)?.iter().map(|v| v * self.factor).collect();
            let fits = bounds.shape() == [self.values.len(), 2]
                && bounds.dimensions.first() == self.coordinate.dimensions.first();
            let pairs: Vec<(f64, f64)> = values.chunks(2).filter_map(|c| Some((*c.first()?, *c.last()?))).collect();
            if fits && pairs.iter().any(|(a, b)| a != b) {
                return Ok(pairs);
            }
        }
        let edges = cell_edges(&self.values);
        Ok(edges.windows(2).filter_map(|w| Some((*w.first()?, *w.last()?))).collect())
    }
}

/// The edges of cells that follow one another without a gap, one more than cells.
fn joined(pairs: &[(f64, f64)]) -> Option<Vec<f64>> {
    let (first, _) = pairs.first()?;
    let meet = pairs.windows(2).all(|w| matches!(w, [(_, end), (next, _)] if end == next));
    meet.then(|| std::iter::once(*first).chain(pairs.iter().map(|(_, end)| *end)).collect())
}

/// The first definition of the mapping that PROJ accepts.
fn plane_of(mapping: &Variable, dataset: &Dataset, metres: f64) -> Result<Plane> {
    let place = || format!("grid mapping '{}' in {}", mapping.name, dataset.source);
    let mut refused = None;
    for text in definitions(&mapping.attributes, metres) {
        match Plane::parse(&text) {
            Ok(plane) => return Ok(plane),
            Err(error) => {
                refused.get_or_insert(error);
            }
        }
    }
    let what = refused.map_or_else(|| "a projection that is not known".to_owned(), |error| error.to_string());
    Err(Error::data(what, place()).with_hint("give the data latitudes and longitudes, or a mapping of CF appendix F"))
}

/// The length of a coordinate's unit in metres; 1 where it has none or is no length.
fn metres(coordinate: &Variable) -> f64 {
    factor(coordinate, "m").unwrap_or(1.0)
}

fn factor(coordinate: &Variable, to: &str) -> Option<f64> {
    let units = coordinate.attributes.text("units").map(str::trim).filter(|u| !u.is_empty())?;
    let (factor, offset) = converter(units, to).ok()?.affine()?;
    (offset == 0.0 && factor.is_finite()).then_some(factor)
}

/// How many units of the plane one of the coordinate's is.
fn plane_units(coordinate: &Variable, plane: &Plane, mapping: &Attributes) -> Option<f64> {
    let units = coordinate.attributes.text("units").map_or("", str::trim);
    if plane.is_geographic() {
        return if units.is_empty() { Some(1.0) } else { factor(coordinate, "degree") };
    }
    if units.is_empty() {
        return Some(1.0 / plane.metres_per_unit());
    }
    if let Some(metres) = factor(coordinate, "m") {
        return Some(metres / plane.metres_per_unit());
    }
    // The angle at which a satellite sees the point, times its height (PROJ's geos).
    let height = mapping.number("perspective_point_height").filter(|h| *h > 0.0)?;
    Some(factor(coordinate, "radian")? * height / plane.metres_per_unit())
}
