//! The weights of values.

use std::str::FromStr;

use super::reduce::Weighting;
use super::times::TimeDimension;
use crate::cf::packing::numbers;
use crate::cf::roles::Roles;
use crate::grid::{CellAreas, EARTH_RADIUS_KM, Grid};
use crate::model::{Dataset, Variable};
use crate::{Error, Result};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Weights {
    /// Areas where `area` goes; elsewhere every value counts once.
    #[default]
    Auto,
    /// Every value counts once.
    None,
    /// By the area of the cell.
    Area,
    /// By the length of the step.
    Time,
    /// By the values of a variable.
    Variable(String),
}

impl FromStr for Weights {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for an empty name.
    fn from_str(text: &str) -> Result<Self> {
        Ok(match text.trim() {
            "" => return Err(Error::usage("no weights are named").with_hint("auto, none, area, time or a variable")),
            "auto" => Self::Auto,
            "none" => Self::None,
            "area" => Self::Area,
            "time" => Self::Time,
            name => Self::Variable(name.to_owned()),
        })
    }
}

/// Weight lists larger than this are refused: they are held in memory.
const LARGE: usize = 256 << 20;

impl Weights {
    /// The units of weights of `variable` that are asked for by name: sums of weighted values have them too.
    pub(super) fn units(&self, variable: &Variable, dataset: &Dataset) -> Option<String> {
        let of = |weights: &Variable| {
            let units = weights.attributes.text("units")?.trim();
            (units != "1" && !units.is_empty()).then(|| units.to_owned())
        };
        match self {
            Self::Auto | Self::None => None,
            Self::Area => measure(variable, dataset).map_or_else(|| Some("m2".to_owned()), of),
            Self::Time => Some("day".to_owned()),
            Self::Variable(name) => of(dataset.variable(name)?),
        }
    }

    /// The weights of `variable`, of which the dimensions `gone` go; `None` where every value counts once.
    ///
    /// # Errors
    /// [`Error::Data`] for weights that the variable can't have.
    pub(super) fn of(
        &self,
        variable: &Variable,
        dataset: &Dataset,
        roles: &Roles,
        gone: &[String],
        area: &[String],
        times: &[&TimeDimension],
    ) -> Result<Option<Weighting>> {
        let place = || format!("variable '{}' in {}", variable.name, dataset.source);
        match self {
            Self::None => Ok(None),
            Self::Auto if !variable.dimensions.iter().any(|d| area.contains(d)) => Ok(None),
            Self::Auto | Self::Area => {
                let Some(grid) = Grid::of(dataset, roles, &variable.name)? else {
                    return Err(Error::data("cells have no area: no latitudes and longitudes", place())
                        .with_hint("--weights none counts every value once"));
                };
                areas(variable, dataset, roles, &grid)
            }
            Self::Time => lengths(variable, gone, times, place),
            Self::Variable(name) => {
                let weights = dataset.require(name)?;
                if weights.array.bytes() > LARGE {
                    return Err(Error::unsupported("weights of more than 256 MiB", format!("variable '{name}'")));
                }
                let missing = weights.dimensions.iter().find(|d| variable.axis(d).is_none());
                if let Some(dimension) = missing {
                    let what = format!("the weights '{name}' vary along '{dimension}', which the values do not have");
                    return Err(Error::data(what, place()));
                }
                listed(variable, weights).map(Some)
            }
        }
    }
}

/// The lengths of the steps of the one dimension of time that goes; `None` where none does.
fn lengths(
    variable: &Variable,
    gone: &[String],
    times: &[&TimeDimension],
    place: impl Fn() -> String,
) -> Result<Option<Weighting>> {
    let goes = |t: &&&TimeDimension| gone.contains(&t.dimension) && variable.axis(&t.dimension).is_some();
    let mut own = times.iter().filter(goes);
    let Some(time) = own.next() else { return Ok(None) };
    if let Some(other) = own.next() {
        let (one, other) = (&time.dimension, &other.dimension);
        let what = format!("steps along '{one}' and '{other}' have a length each: which one counts?");
        return Err(Error::data(what, place()).with_hint(format!("aggregate over {one}, then over {other}")));
    }
    let mut factors = vec![None; variable.dimensions.len()];
    if let Some(place) = variable.axis(&time.dimension).and_then(|d| factors.get_mut(d)) {
        *place = Some(time.weights()?);
    }
    Ok(Some(Weighting::separable(factors)))
}

/// The variable of the areas of a variable's cells (CF §7.2), if the dataset has it.
fn measure<'a>(variable: &Variable, dataset: &'a Dataset) -> Option<&'a Variable> {
    let text = variable.attributes.text("cell_measures")?;
    let mut words = text.split_whitespace().skip_while(|w| *w != "area:");
    let found = dataset.variable(words.nth(1)?)?;
    found.dimensions.iter().all(|d| variable.axis(d).is_some()).then_some(found)
}

/// Areas in square metres on a sphere as large as the Earth; measured ones are in units of their own.
pub(super) fn on_the_earth(areas: CellAreas, variable: &Variable, dataset: &Dataset) -> CellAreas {
    if measure(variable, dataset).is_some() {
        return areas;
    }
    let metres = EARTH_RADIUS_KM * 1000.0;
    let scaled = |list: Vec<f64>| list.into_iter().map(|a| a * metres * metres).collect();
    match areas {
        CellAreas::Separable { rows, columns } => CellAreas::Separable { rows: scaled(rows), columns },
        CellAreas::PerCell(list) => CellAreas::PerCell(scaled(list)),
    }
}

fn areas(variable: &Variable, dataset: &Dataset, roles: &Roles, grid: &Grid) -> Result<Option<Weighting>> {
    let mut factors = vec![None; variable.dimensions.len()];
    match on_the_earth(CellAreas::of(dataset, roles, grid, &variable.name)?, variable, dataset) {
        CellAreas::Separable { rows, columns } => {
            for (axis, list) in [(&grid.y, rows), (&grid.x, columns)] {
                if let Some(place) = axis.as_ref().and_then(|a| factors.get_mut(a.position)) {
                    *place = Some(list);
                }
            }
            Ok(Some(Weighting::separable(factors)))
        }
        CellAreas::PerCell(list) => {
            let mut strides = vec![0; variable.dimensions.len()];
            let (_, columns) = grid.shape();
            for (axis, stride) in [(&grid.y, columns), (&grid.x, 1), (&grid.cells, 1)] {
                if let Some(place) = axis.as_ref().and_then(|a| strides.get_mut(a.position)) {
                    *place = stride;
                }
            }
            Ok(Some(Weighting::listed(&list, &strides, variable.shape())))
        }
    }
}

/// The values of a variable as weights of another that has all of its dimensions.
fn listed(variable: &Variable, weights: &Variable) -> Result<Weighting> {
    let list = numbers(weights)?;
    if let Some(negative) = list.iter().find(|w| **w < 0.0) {
        let what = format!("a weight is negative: {negative}");
        return Err(Error::data(what, format!("variable '{}'", weights.name)));
    }
    let mut strides = vec![0; variable.dimensions.len()];
    let mut stride = 1;
    for (dimension, &extent) in weights.dimensions.iter().zip(weights.shape()).rev() {
        if let Some(place) = variable.axis(dimension).and_then(|d| strides.get_mut(d)) {
            *place = stride;
        }
        stride *= extent.max(1);
    }
    Ok(Weighting::listed(&list, &strides, variable.shape()))
}
