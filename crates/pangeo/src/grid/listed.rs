//! Cells in a list whose places another grid tells: that from which they were gathered (CF §8.2), or rows of
//! latitude of which each has cells of its own number (reduced Gaussian grids, as CDO writes them).

use super::classify::read;
use super::{CellAreas, Corners, Grid, Outlines, Places, recognise_gaussian};
use crate::cf::packing::numbers;
use crate::cf::roles::{Roles, Tie};
use crate::model::array::Constant;
use crate::model::{Buffer, Dataset, Variable};
use crate::{Error, Result};

/// What tells the places of cells in a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Listing {
    /// Some cells of a grid of rows and columns, or of another list (CF §8.2).
    Gathered {
        /// The variable that lists them.
        by: String,
        /// The dimensions that they were gathered from and their lengths, slowest first.
        from: Vec<(String, usize)>,
    },
    /// Rows of equal latitude, each with cells at equal distances all around, the first at longitude 0.
    Rows {
        /// The variable that counts the cells of each row.
        by: String,
        /// The variable of the rows' latitudes.
        latitudes: String,
        /// How many rows there are.
        rows: usize,
        /// Rows between a pole and the equator, where they are those of a Gaussian grid.
        gaussian: Option<usize>,
    },
}

impl Listing {
    /// The variables that tell the places and do not run along the list.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Gathered { by, .. } => vec![by],
            Self::Rows { by, latitudes, .. } => vec![by, latitudes],
        }
    }

    /// The dimensions of the grid that cells were gathered from.
    pub fn dimensions(&self) -> impl Iterator<Item = &String> {
        let from: &[(String, usize)] = match self {
            Self::Gathered { from, .. } => from,
            Self::Rows { .. } => &[],
        };
        from.iter().map(|(name, _)| name)
    }
}

/// A variable whose cells are gathered, as it is on the grid that they come from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The dataset with this one variable spread out, all of it missing, and without the list.
    pub dataset: Dataset,
    /// What its variables are for.
    pub roles: Roles,
    /// The grid of the variable there.
    pub grid: Grid,
    /// The cell of that grid that each one of the list is, rows slowest.
    pub cells: Vec<usize>,
    /// The same as offsets in C order among [`Origin::dimensions`], as the file has them.
    pub numbers: Vec<usize>,
    /// The variable that lists them.
    pub list: String,
    /// Its dimension.
    pub points: String,
    /// The dimensions that it stands for and their lengths, slowest first.
    pub dimensions: Vec<(String, usize)>,
}

impl Origin {
    /// Where the cells of a variable were gathered from; `None` where they were not, or not from the rows and columns
    /// of a horizontal grid alone.
    ///
    /// # Errors
    /// [`Error::Data`] for numbers in the list that are not whole, beyond the last cell, or there twice; as
    /// [`Grid::of`].
    pub fn of(dataset: &Dataset, variable: &Variable) -> Result<Option<Self>> {
        let lists = |v: &Variable| v.attributes.get("compress").is_some() && v.name != variable.name;
        let Some(tie) = dataset.variables.iter().any(lists).then(|| tie(dataset, variable)).flatten() else {
            return Ok(None);
        };
        let Tie::Gathered { list, points, dimensions } = tie else { return Ok(None) };
        let length = |d: String| dataset.dimension(&d).map(|found| (d, found.length));
        let Some(dimensions) = dimensions.into_iter().map(length).collect::<Option<Vec<_>>>() else { return Ok(None) };
        let dataset_there = spread_out(dataset, variable, &list, &points, &dimensions);
        let roles = Roles::of(&dataset_there);
        let Some(grid) = Grid::of(&dataset_there, &roles, &variable.name)? else { return Ok(None) };
        let Some(strides) = strides(&grid, &dimensions) else { return Ok(None) };
        let numbers = list_of(dataset.require(&list)?, &dimensions)?;
        let place = |number: &usize| {
            at(*number, &dimensions)
                .zip(&strides)
                .fold(0usize, |sum, (i, stride)| sum.saturating_add(i.saturating_mul(*stride)))
        };
        let cells = numbers.iter().map(place).collect();
        Ok(Some(Self { dataset: dataset_there, roles, grid, cells, numbers, list, points, dimensions }))
    }

    /// The places of the cells of the list; `None` where the grid that they come from has none.
    pub(super) fn places(&self) -> Option<Places> {
        if self.grid.places == Places::Unknown {
            return None;
        }
        let place = |cell: &usize| self.grid.place(*cell).unwrap_or((f64::NAN, f64::NAN));
        let (longitudes, latitudes) = self.cells.iter().map(place).unzip();
        Some(Places::PerCell { latitudes, longitudes })
    }

    /// The corners of the cells of the list.
    pub(super) fn corners(&self, variable: &str) -> Result<Option<Corners>> {
        let whole = match Corners::of(&self.dataset, &self.roles, &self.grid, variable) {
            Ok(whole) => whole,
            Err(Error::Data { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(Corners::PerCell(Outlines::listed(self.cells.iter().map(|cell| whole.outline(*cell))))))
    }

    /// The areas of the cells of the list.
    pub(super) fn areas(&self, variable: &str) -> Result<CellAreas> {
        let whole = CellAreas::of(&self.dataset, &self.roles, &self.grid, variable)?;
        Ok(CellAreas::PerCell(self.cells.iter().map(|cell| whole.get(*cell).unwrap_or(f64::NAN)).collect()))
    }
}

/// The list along which a variable runs, where it has none of the dimensions that the list stands for.
fn tie(dataset: &Dataset, variable: &Variable) -> Option<Tie> {
    Tie::all(dataset).into_iter().find(|tie| match tie {
        Tie::Gathered { list, points, dimensions } => {
            let along = dataset.variable(list).is_some_and(|v| v.dimensions.len() == 1);
            along && variable.axis(points).is_some() && dimensions.iter().all(|d| variable.axis(d).is_none())
        }
        _ => false,
    })
}

/// The dataset with a variable that has the dimensions themselves in the place of the list of points. Without the
/// list, so that lists of lists come to an end.
fn spread_out(
    dataset: &Dataset,
    variable: &Variable,
    list: &str,
    points: &str,
    dimensions: &[(String, usize)],
) -> Dataset {
    let own = variable.dimensions.iter().cloned().zip(variable.shape().iter().copied());
    let instead = |(d, n): (String, usize)| if d == points { dimensions.to_vec() } else { vec![(d, n)] };
    let (names, shape) = own.flat_map(instead).unzip();
    let there = Variable {
        name: variable.name.clone(),
        dimensions: names,
        attributes: variable.attributes.clone(),
        encoding: variable.encoding.clone(),
        array: Constant::array(Buffer::F64(vec![f64::NAN]), shape),
    };
    let others = dataset.variables.iter().filter(|v| v.name != list && v.name != variable.name);
    let variables = std::iter::once(there).chain(others.cloned()).collect();
    Dataset { variables, ..dataset.clone() }
}

/// How far on in the cells of `grid` a step along each dimension leads; `None` where the grid has others, or they
/// have more than the grid's.
fn strides(grid: &Grid, dimensions: &[(String, usize)]) -> Option<Vec<usize>> {
    let columns = grid.shape().1;
    let axes: Vec<(&str, usize)> = match (&grid.cells, &grid.y, &grid.x) {
        (Some(cells), ..) => vec![(&cells.dimension, 1)],
        (None, y, x) => {
            let y = y.iter().map(|y| (y.dimension.as_str(), columns));
            y.chain(x.iter().map(|x| (x.dimension.as_str(), 1))).collect()
        }
    };
    let has = |name: &str| dimensions.iter().any(|(d, _)| d == name);
    let stride = |(d, n): &(String, usize)| match axes.iter().find(|(name, _)| name == d) {
        Some((_, stride)) => Some(*stride),
        None => (*n == 1).then_some(0),
    };
    axes.iter().all(|(name, _)| has(name)).then(|| dimensions.iter().map(stride).collect()).flatten()
}

/// The index along each of `dimensions` of a C-order offset among them, slowest first.
fn at(offset: usize, dimensions: &[(String, usize)]) -> impl Iterator<Item = usize> {
    let mut rest = offset;
    let mut indices: Vec<usize> = Vec::with_capacity(dimensions.len());
    for (_, length) in dimensions.iter().rev() {
        indices.push(rest.checked_rem(*length).unwrap_or(0));
        rest = rest.checked_div(*length).unwrap_or(0);
    }
    indices.into_iter().rev()
}

/// The numbers of a list of points, each checked.
fn list_of(list: &Variable, dimensions: &[(String, usize)]) -> Result<Vec<usize>> {
    let place = || format!("variable '{}'", list.name);
    let names: Vec<&str> = dimensions.iter().map(|(d, _)| d.as_str()).collect();
    let wrong = |what: String| {
        let hint =
            format!("it numbers the cells of {} from 0, the last dimension fastest (CF §8.2)", names.join(" × "));
        Error::data(what, place()).with_hint(hint)
    };
    if !list.data_type().is_numeric() {
        return Err(wrong("a list of gathered points holds no numbers".to_owned()));
    }
    let cells = dimensions.iter().fold(1usize, |n, (_, length)| n.saturating_mul(*length));
    let mut found = Vec::new();
    for (at, number) in numbers(list)?.into_iter().enumerate() {
        if number.is_nan() {
            return Err(wrong(format!("point {at} of the list is missing")));
        }
        if number.fract() != 0.0 {
            return Err(wrong(format!("point {at} of the list is {number}, no whole number")));
        }
        if number < 0.0 || number >= cells as f64 {
            return Err(wrong(format!("point {at} of the list is {number}, and there are {cells} cells")));
        }
        found.push(number as usize);
    }
    let mut sorted = found.clone();
    sorted.sort_unstable();
    let twice = sorted.iter().zip(sorted.iter().skip(1)).find(|(a, b)| a == b);
    match twice {
        Some((number, _)) => Err(wrong(format!("cell {number} is listed twice"))),
        None => Ok(found),
    }
}

/// Rows of a reduced grid as CDO describes them in attributes of a variable.
pub(super) struct Rows {
    pub(super) dimension: String,
    pub(super) places: Places,
    pub(super) listing: Listing,
}

impl Rows {
    /// The places of the cells of a variable that lies on a reduced grid; `None` for others.
    ///
    /// # Errors
    /// [`Error::Data`] where the rows have not as many cells as there are.
    pub(super) fn of(dataset: &Dataset, roles: &Roles, variable: &Variable) -> Result<Option<Self>> {
        let named = |attribute: &str| {
            let name = roles.resolve(&variable.name, variable.attributes.text(attribute)?.trim())?;
            dataset.variable(name).filter(|v| v.dimensions.len() == 1 && v.data_type().is_numeric())
        };
        let (Some(counts), Some(rows)) = (named("CDI_grid_reduced_points"), named("CDI_grid_latitudes")) else {
            return Ok(None);
        };
        let Some((dimension, cells)) = variable.dimensions.last().zip(variable.shape().last()) else { return Ok(None) };
        let (latitudes, numbers) = (read(rows, 90.01)?, numbers(counts)?);
        let total: f64 = numbers.iter().sum();
        let whole = numbers.iter().all(|n| *n >= 0.0 && n.fract() == 0.0);
        if !whole || total != *cells as f64 || latitudes.len() != numbers.len() {
            let what = format!("{} rows of together {total} cells do not make the {cells} there are", latitudes.len());
            return Err(Error::data(what, format!("variable '{}'", counts.name))
                .with_hint(format!("it counts the cells of '{dimension}' on each latitude of '{}'", rows.name)));
        }
        let around = |count: &f64| {
            let count = *count;
            (0..count as usize).map(move |i| 360.0 * i as f64 / count)
        };
        let listing = Listing::Rows {
            by: counts.name.clone(),
            latitudes: rows.name.clone(),
            rows: latitudes.len(),
            gaussian: recognise_gaussian(&latitudes),
        };
        let places = Places::PerCell {
            latitudes: latitudes
                .iter()
                .zip(&numbers)
                .flat_map(|(lat, count)| std::iter::repeat_n(*lat, *count as usize))
                .collect(),
            longitudes: numbers.iter().flat_map(around).collect(),
        };
        Ok(Some(Self { dimension: dimension.clone(), places, listing }))
    }
}

#[cfg(test)]
mod tests;
