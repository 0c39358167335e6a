//! Components along the rows and columns of a grid turned to east and north.

use std::str::FromStr;
use std::sync::Arc;

use super::staggered::Staggered;
use super::stored::{Stored, encoding};
use crate::cf::packing::{Packing, numbers};
use crate::cf::roles::{Axis, Roles};
use crate::grid::projected::Sides;
use crate::grid::{Grid, GridKind, Places, RotatedPole, degrees_per_unit, projected};
use crate::model::array::{Broadcast, Mapped, Memory};
use crate::model::{Array, Attributes, Block, Buffer, Dataset, Region, Variable};
use crate::{Error, Result};

/// The variables of the components along the columns (towards greater x) and along the rows (towards greater y).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Winds {
    /// Along x.
    pub u: String,
    /// Along y.
    pub v: String,
}

impl FromStr for Winds {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for anything but two names.
    fn from_str(text: &str) -> Result<Self> {
        match text.split(',').map(str::trim).collect::<Vec<_>>().as_slice() {
            [u, v] if !u.is_empty() && !v.is_empty() && u != v => Ok(Self { u: (*u).to_owned(), v: (*v).to_owned() }),
            _ => Err(Error::usage(format!("'{text}' is not U,V")).with_hint("two variables: --rotate-winds ua,va")),
        }
    }
}

/// Standard names of components along the grid, and of those to east and north.
const NAMES: [(&str, &str); 10] = [
    ("x_wind", "eastward_wind"),
    ("y_wind", "northward_wind"),
    ("grid_eastward_wind", "eastward_wind"),
    ("grid_northward_wind", "northward_wind"),
    ("sea_water_x_velocity", "eastward_sea_water_velocity"),
    ("sea_water_y_velocity", "northward_sea_water_velocity"),
    ("sea_ice_x_velocity", "eastward_sea_ice_velocity"),
    ("sea_ice_y_velocity", "northward_sea_ice_velocity"),
    ("surface_downward_x_stress", "surface_downward_eastward_stress"),
    ("surface_downward_y_stress", "surface_downward_northward_stress"),
];

/// Whether a standard name is that of a component along the grid.
pub(super) fn is_along_grid(name: &str) -> bool {
    NAMES.iter().any(|(along, _)| *along == name)
}

/// Components on grids of their own (on the sides of cells), on their way to one grid; see [`Staggered::part`].
#[must_use]
#[derive(Debug)]
pub(super) struct Apart(Option<Staggered>);

impl Apart {
    /// What becomes of components on grids of their own once both are on one.
    ///
    /// # Errors
    /// As [`Staggered::join`].
    pub(super) fn join(self, dataset: &mut Dataset) -> Result<()> {
        self.0.map_or(Ok(()), |staggered| staggered.join(dataset))
    }
}

/// Replace the two components by those to east and north, lazily. Both are missing where either was. `moves` tells that
/// all goes to another grid: components on two grids are taken apart for that, and joined there.
///
/// # Errors
/// [`Error::NotFound`] for variables that are not there; [`Error::Data`] for two on different grids that stay there, of
/// different units or without a grid of rows and columns, and for components that are to east and north already.
pub(super) fn turn(dataset: &mut Dataset, winds: &Winds, moves: bool) -> Result<Apart> {
    let roles = Roles::of(dataset);
    let (u, v) = (dataset.require(&winds.u)?.clone(), dataset.require(&winds.v)?.clone());
    check(dataset, &u, &v)?;
    let [of_u, of_v] = [&u, &v].map(|component| turned_grid(dataset, &roles, component));
    let (of_u, of_v) = (of_u?, of_v?);
    if u.dimensions != v.dimensions || u.shape() != v.shape() || !same_places(&of_u, &of_v) {
        if !moves {
            let place = format!("variables '{}' and '{}' in {}", u.name, v.name, dataset.source);
            return Err(Error::data("they do not lie on the same cells", place)
                .with_hint("components on the sides of cells are turned on their way to one grid: give --target too"));
        }
        let angles = [angle(dataset, &roles, &of_u, &u)?, angle(dataset, &roles, &of_v, &v)?];
        return Staggered::part(dataset, [&u, &v], angles).map(|staggered| Apart(Some(staggered)));
    }
    let angle = angle(dataset, &roles, &of_u, &u)?;
    let parts = [(true, &u), (false, &v)];
    for (eastward, own) in parts {
        let made = turned(eastward, own, [&u, &v], Arc::clone(&angle))?;
        if let Some(slot) = dataset.variable_mut(&own.name) {
            *slot = made;
        }
    }
    Ok(Apart(None))
}

/// The grid of a component, which has rows and columns.
fn turned_grid(dataset: &Dataset, roles: &Roles, component: &Variable) -> Result<Grid> {
    let place = || format!("variable '{}' in {}", component.name, dataset.source);
    let grid = Grid::of(dataset, roles, &component.name)?.ok_or_else(|| Error::data("it lies on no grid", place()))?;
    let grid = projected::placed(grid, dataset, roles, &component.name)?;
    if grid.y.is_none() || grid.x.is_none() {
        return Err(Error::data("only a grid of rows and columns has components along these", place()));
    }
    Ok(grid)
}

/// Whether the cells of two grids are at the same places.
fn same_places(a: &Grid, b: &Grid) -> bool {
    let same =
        |a: &[f64], b: &[f64]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || a.is_nan() && b.is_nan());
    let ((a_lat, a_lon), (b_lat, b_lon)) = (a.all_places(), b.all_places());
    a.latitude == b.latitude && a.longitude == b.longitude || same(&a_lat, &b_lat) && same(&a_lon, &b_lon)
}

/// For each value of a component the angle from east to growing x on its grid, anticlockwise in radians.
fn angle(dataset: &Dataset, roles: &Roles, grid: &Grid, component: &Variable) -> Result<Array> {
    let lost = || Error::data("internal: a plane of another size", "regrid");
    let (Some(y), Some(x)) = (&grid.y, &grid.x) else { return Err(lost()) };
    let angles = match aside(dataset, roles, grid, &component.name)? {
        Some([west, east]) => {
            let along = |cell: usize| direction(*west.get(cell)?, grid.place(cell)?, *east.get(cell)?);
            (0..grid.len()).map(|cell| along(cell).unwrap_or(f64::NAN)).collect()
        }
        None => angles(grid, falls(dataset, roles, &component.name)),
    };
    let axis = |d: &String| if *d == y.dimension { Some(0) } else { (*d == x.dimension).then_some(1) };
    let plane = Block::new(vec![y.length, x.length], Buffer::F64(angles)).ok_or_else(lost)?;
    Broadcast::array(Memory::array(plane), component.dimensions.iter().map(axis).collect(), component.shape().to_vec())
}

/// Whether x falls along the columns.
fn falls(dataset: &Dataset, roles: &Roles, variable: &str) -> bool {
    let along = roles.grid_coordinate(variable, Axis::X).and_then(|name| dataset.variable(name));
    let values = along.and_then(|c| numbers(c).ok()).unwrap_or_default();
    values.first().zip(values.last()).is_some_and(|(first, last)| last < first)
}

/// Places close by each cell on either side along growing x, where a projection or another pole tells them.
fn aside(dataset: &Dataset, roles: &Roles, grid: &Grid, variable: &str) -> Result<Option<Sides>> {
    const STEP: f64 = 0.001;
    if grid.kind == GridKind::Projected {
        return projected::aside(dataset, roles, grid, variable);
    }
    let mapping = roles.grid_mapping(variable).and_then(|name| dataset.variable(name));
    let (GridKind::Rotated, Some(pole)) = (grid.kind, mapping.and_then(|m| RotatedPole::of(&m.attributes))) else {
        return Ok(None);
    };
    let axis = |axis: Axis| -> Result<Option<Vec<f64>>> {
        let along = roles.grid_coordinate(variable, axis).and_then(|name| dataset.variable(name));
        let Some(along) = along.filter(|c| c.dimensions.len() == 1) else { return Ok(None) };
        let factor = degrees_per_unit(along)?;
        Ok(Some(numbers(along)?.into_iter().map(|v| v * factor).collect()))
    };
    let (Some(rows), Some(columns)) = (axis(Axis::Y)?, axis(Axis::X)?) else { return Ok(None) };
    if (rows.len(), columns.len()) != grid.shape() {
        return Ok(None);
    }
    let moved = |step: f64| {
        let columns = &columns;
        let places = rows.iter().flat_map(|lat| columns.iter().map(move |lon| (lon + step, *lat)));
        places.map(|(lon, lat)| pole.unrotate(lon, lat)).collect()
    };
    Ok(Some([moved(-STEP), moved(STEP)]))
}

fn check(dataset: &Dataset, u: &Variable, v: &Variable) -> Result<()> {
    let place = || format!("variables '{}' and '{}' in {}", u.name, v.name, dataset.source);
    for variable in [u, v] {
        let name = variable.attributes.text("standard_name").unwrap_or_default().trim();
        if NAMES.iter().any(|(_, turned)| *turned == name) {
            return Err(Error::data(
                format!("'{}' is {name}: it needs no turning", variable.name),
                dataset.source.clone(),
            )
            .with_hint("leave out --rotate-winds"));
        }
    }
    if u.attributes.text("units") != v.attributes.text("units") {
        return Err(Error::data("they have different units", place()).with_hint("--units U=m/s --units V=m/s"));
    }
    Ok(())
}

/// One component from both.
fn turned(eastward: bool, own: &Variable, both: [&Variable; 2], angle: Array) -> Result<Variable> {
    let packing = [Packing::of(both[0])?, Packing::of(both[1])?];
    let own_packing = Packing::of(own)?;
    let stored = Stored::of(own, &own_packing);
    let attributes = named(eastward, own, stored.attributes(own, &own_packing));
    let data_type = stored.data_type.clone();
    let inputs = vec![Arc::clone(&both[0].array), Arc::clone(&both[1].array), angle];
    let array = Mapped::array(inputs, data_type, move |blocks: Vec<Block>, region: &Region| {
        let lost = || Error::data("internal: no components", "array");
        let [u, v, angle] = blocks.as_slice() else { return Err(lost()) };
        let (u, v) = (packing[0].decode_f64(u), packing[1].decode_f64(v));
        let angle = angle.data().to_f64().ok_or_else(lost)?;
        let one = |((u, v), angle): ((&f64, &f64), &f64)| {
            let (sin, cos) = angle.sin_cos();
            if eastward { u * cos - v * sin } else { u * sin + v * cos }
        };
        stored.block(u.iter().zip(&v).zip(&angle).map(one).collect(), region)
    });
    let dimensions = own.dimensions.clone();
    let encoding = encoding(own);
    Ok(Variable { name: own.name.clone(), dimensions, attributes, encoding, array })
}

/// The attributes of a component that is now to east or north.
pub(super) fn named(eastward: bool, own: &Variable, mut attributes: Attributes) -> Attributes {
    let standard = attributes.text("standard_name").unwrap_or_default().trim().to_owned();
    if let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == standard) {
        attributes.set("standard_name", *name);
    }
    let named = attributes.text("long_name").unwrap_or(&own.name).to_owned();
    attributes.set("long_name", format!("{named}, {} component", if eastward { "eastward" } else { "northward" }));
    attributes
}

/// For each cell the angle from east to the direction of growing x, anticlockwise in radians: along the line from
/// the cell before to the one behind. `against` where x falls along the columns.
fn angles(grid: &Grid, against: bool) -> Vec<f64> {
    let (rows, columns) = grid.shape();
    if let Places::Separable { .. } = &grid.places {
        return vec![if against { std::f64::consts::PI } else { 0.0 }; rows.saturating_mul(columns)];
    }
    let own = columns.saturating_sub(grid.overlap).max(1);
    let around = grid.periodic && own > 2;
    let at = |row: usize, column: usize| grid.place(row * columns + column);
    let angle = |row: usize, column: usize| -> Option<f64> {
        let here = at(row, column)?;
        let before = if around { at(row, (column % own + own - 1) % own) } else { at(row, column.checked_sub(1)?) };
        let behind =
            if around { at(row, (column + 1) % own) } else { (column + 1 < columns).then(|| at(row, column + 1))? };
        direction(before.unwrap_or(here), here, behind.unwrap_or(here))
    };
    let place = |row: usize, column: usize, step: isize| {
        let column = column.checked_add_signed(step).filter(|column| *column < columns)?;
        at(row, column)
    };
    let at_end = |row: usize, column: usize, step: isize| {
        let [here, next] = [0, step].map(|step| place(row, column, step));
        end(here?, next?, place(row, column, 2 * step), step < 0)
    };
    let one_sided = |row: usize, column: usize| at_end(row, column, 1).or_else(|| at_end(row, column, -1));
    let turn = if against { std::f64::consts::PI } else { 0.0 };
    let all = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    all.map(|(r, c)| angle(r, c).or_else(|| one_sided(r, c)).map_or(f64::NAN, |angle| angle + turn)).collect()
}

/// The direction of a row at its end: that to the only neighbour, less what the row bends on the way, which it does as much
/// before the next but one. `backwards` where the row ends here.
fn end(here: (f64, f64), next: (f64, f64), far: Option<(f64, f64)>, backwards: bool) -> Option<f64> {
    let way = |a, seen, b| if backwards { direction(b, seen, a) } else { direction(a, seen, b) };
    let bend = far.and_then(|far| Some(way(next, next, far)? - way(here, next, far)?));
    Some(way(here, here, next)? - bend.unwrap_or(0.0))
}

/// The direction of the way from one place to another as seen from a third, radians anticlockwise from east; `None`
/// where they are the same.
fn direction(from: (f64, f64), here: (f64, f64), to: (f64, f64)) -> Option<f64> {
    let (sin_lon, cos_lon) = here.0.to_radians().sin_cos();
    let (sin_lat, cos_lat) = here.1.to_radians().sin_cos();
    let point = |(x, y): (f64, f64)| {
        let ((sin_x, cos_x), (sin_y, cos_y)) = (x.to_radians().sin_cos(), y.to_radians().sin_cos());
        [cos_y * cos_x, cos_y * sin_x, sin_y]
    };
    let (a, b) = (point(from), point(to));
    let way = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    let east = -sin_lon * way[0] + cos_lon * way[1];
    let north = -sin_lat * cos_lon * way[0] - sin_lat * sin_lon * way[1] + cos_lat * way[2];
    (east.hypot(north) > 1e-12).then(|| north.atan2(east))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_turn_anticlockwise_from_east() {
        let close = |got: Option<f64>, expected: f64| assert!((got.unwrap().to_degrees() - expected).abs() < 1e-9);
        close(direction((9.0, 0.0), (10.0, 0.0), (11.0, 0.0)), 0.0);
        close(direction((10.0, -1.0), (10.0, 0.0), (10.0, 1.0)), 90.0);
        close(direction((181.0, 0.0), (180.0, 0.0), (-181.0, 0.0)), 180.0);
        assert_eq!(direction((1.0, 2.0), (1.0, 2.0), (1.0, 2.0)), None);
    }

    #[test]
    fn names_of_winds() {
        assert_eq!("ua, va".parse::<Winds>().unwrap(), Winds { u: "ua".into(), v: "va".into() });
        for wrong in ["ua", "ua,", "ua,ua", "a,b,c"] {
            assert!(wrong.parse::<Winds>().is_err(), "{wrong}");
        }
    }
}
