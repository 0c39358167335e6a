//! The dataset at the new levels.

use std::sync::Arc;

use super::along::Along;
use super::axis::{Axis, Pick, same};
use super::choose::{Means, for_none, means, vertical};
use super::columns::Columns;
use super::field::Field;
use super::targets::Targets;
use super::{Levels, Scale, describe};
use crate::cf::packing::Packing;
use crate::cf::roles::{Role, Roles, Tie};
use crate::cf::units::{Converter, Unit};
use crate::model::array::{AxisSelection, Selected};
use crate::model::{DataType, Dataset, Dimension, Encoding, Variable};
use crate::ops::names::forget_missing;
use crate::ops::regrid::stored::{Stored, encoding};
use crate::{Error, Result};

/// # Errors
/// As [`super::interpolate`].
pub(super) fn interpolate(mut dataset: Dataset, levels: &Levels) -> Result<(Dataset, Vec<String>)> {
    let (unit, numbers) = levels.settled()?;
    let mut asked = Asked { levels, unit, numbers, notes: Vec::new(), refused: None };
    let roles = Roles::of(&dataset);
    let dimensions: Vec<String> = vertical(&dataset, &roles).into_iter().map(str::to_owned).collect();
    let mut done = false;
    for dimension in &dimensions {
        let roles = Roles::of(&dataset);
        let on_it = |v: &Variable| v.axis(dimension).is_some() && fate(&roles, v, dimension) == Fate::Values;
        if !dataset.variables.iter().any(on_it) {
            continue;
        }
        if let Some(tie) = Tie::all(&dataset).iter().find(|tie| tie.dimensions().contains(&dimension.as_str())) {
            let tied = tie.dimensions().join(", ");
            return Err(Error::unsupported(
                format!("levels of a dimension that is tied to others ({tied})"),
                dimension,
            ));
        }
        let changed = match means(&dataset, &roles, dimension, asked.unit.as_ref(), &mut asked.notes)? {
            Some(Means::Axis(coordinate)) => asked.along(&dataset, &roles, dimension, coordinate)?,
            Some(Means::Field(field)) => asked.columns(&dataset, &roles, dimension, &field)?,
            None => {
                asked.notes.push(format!("{dimension} stays whole: its levels are not in units of {levels}"));
                None
            }
        };
        if let Some(changed) = changed {
            (dataset, done) = (changed, true);
        }
    }
    if !done {
        // Why a coordinate that might have served does not says more than the units of all.
        return Err(asked.refused.unwrap_or_else(|| for_none(&dataset, &roles, &levels.to_string())));
    }
    Ok((dataset, asked.notes))
}

/// What becomes of a variable along the dimension that gets other levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is interpolated.
    Values,
    /// It says something of the old levels and goes with them.
    Goes,
}

fn fate(roles: &Roles, variable: &Variable, dimension: &str) -> Fate {
    let numeric = variable.data_type().is_numeric();
    let values = match roles.role(&variable.name) {
        Some(Role::Data) => numeric,
        // Flags of values (CF §3.4) mean nothing between these.
        Some(Role::Ancillary) => variable.data_type().is_float() || Packing::of(variable).is_ok_and(|p| p.is_packed()),
        Some(Role::AuxiliaryCoordinate | Role::FormulaTerm) => {
            variable.data_type().is_float() && variable.dimensions.iter().any(|d| d != dimension)
        }
        _ => false,
    };
    if values { Fate::Values } else { Fate::Goes }
}

/// The request, and what to tell of it.
struct Asked<'a> {
    levels: &'a Levels,
    unit: Option<Unit>,
    /// The levels, in that unit.
    numbers: Vec<f64>,
    notes: Vec<String>,
    /// Why levels along a dimension can't be had, to be told if there are no others.
    refused: Option<Error>,
}

impl Asked<'_> {
    /// The levels in `units`, or as they are where they have no unit of their own and are meant so.
    fn in_units(&self, native: &str, units: &str) -> Result<Vec<f64>> {
        let parsed = |text: &str| Unit::parse(text);
        let converter = match &self.unit {
            Some(unit) => unit.converter_to(&parsed(units)?)?,
            None if native == units => Converter::identity(),
            None => parsed(native)?.converter_to(&parsed(units)?)?,
        };
        let levels: Vec<f64> = self.numbers.iter().map(|x| converter.apply(*x)).collect();
        let twice = levels.iter().enumerate().find(|(i, a)| levels.iter().take(*i).any(|b| same(**a, *b)));
        match twice.and_then(|(i, _)| self.levels.levels.get(i)) {
            Some(level) => Err(Error::usage(format!("--levels {}: {level} is asked for twice", self.levels))),
            None => Ok(levels),
        }
    }

    /// Other levels along a dimension whose coordinate is one number a level; `None` if all lie outside.
    fn along(
        &mut self,
        dataset: &Dataset,
        roles: &Roles,
        dimension: &str,
        coordinate: &Variable,
    ) -> Result<Option<Dataset>> {
        let units = coordinate.attributes.text("units").unwrap_or("1");
        let targets = self.in_units(units, units)?;
        let packing = Packing::of(coordinate)?;
        let values = packing.decode_f64(&coordinate.array.read_all()?);
        let single = *coordinate.data_type() == DataType::F32;
        let axis = Axis::new(&coordinate.name, &values, single, self.levels.scale)?;
        let picks: Vec<Pick> = targets.iter().map(|t| axis.pick(*t, self.levels.extrapolate)).collect();
        if self.all_outside(&picks, &axis, &coordinate.name, units) {
            return Ok(None);
        }
        let exact = !self.levels.extrapolate && picks.iter().all(|pick| matches!(pick, Pick::At(_)));
        let (mut variables, mut gone) = (Vec::new(), Vec::new());
        for variable in &dataset.variables {
            match variable.axis(dimension) {
                None => variables.push(variable.clone()),
                Some(_) if variable.name == coordinate.name => {
                    variables.push(describe::replaced(coordinate, &targets, &packing));
                }
                Some(at) if fate(roles, variable, dimension) == Fate::Values => {
                    if variable.data_type().is_integer() && !exact && !Packing::of(variable)?.is_packed() {
                        self.notes.push(format!("{} holds whole numbers: those of the nearest level", variable.name));
                    }
                    variables.push(picked(variable, at, &picks)?);
                }
                // Flags and weights of levels that are there hold for these.
                Some(at)
                    if exact
                        && matches!(roles.role(&variable.name), Some(Role::Ancillary | Role::CellMeasure))
                        && variable.data_type().is_numeric() =>
                {
                    variables.push(picked(variable, at, &picks)?);
                }
                Some(_) => gone.push(variable.name.clone()),
            }
        }
        let mut out = Dataset { variables, ..dataset.clone() };
        for own in out.dimensions.iter_mut().filter(|d| d.name == dimension) {
            own.length = targets.len();
        }
        self.forget(&mut out, roles, &gone, &coordinate.name);
        Ok(Some(out))
    }

    /// Other levels along a dimension whose levels lie elsewhere in each column; `None` if that is known for
    /// no variable.
    fn columns(&mut self, dataset: &Dataset, roles: &Roles, dimension: &str, field: &Field) -> Result<Option<Dataset>> {
        let levels = self.in_units(&field.native, field.measure.unit())?;
        if let Some(level) = levels.iter().find(|x| self.levels.scale == Scale::Log && **x <= 0.0) {
            return Err(Error::usage(format!("--levels {}: {level} has no logarithm", self.levels)));
        }
        let targets = Targets::new(&levels, self.levels.scale, self.levels.extrapolate);
        let new = coordinate(dataset, field, &levels)?;
        let (mut variables, mut stays, mut done) = (Vec::new(), Vec::new(), Vec::new());
        for variable in &dataset.variables {
            let values = fate(roles, variable, dimension) == Fate::Values && variable.name != field.name;
            match variable.axis(dimension).filter(|_| values) {
                None => variables.push(variable.clone()),
                Some(axis) => match field.beyond(variable) {
                    None => {
                        variables.push(in_columns(variable, axis, &new.name, field, &targets)?);
                        done.push(variable.name.clone());
                    }
                    Some((term, along)) => {
                        stays.push((format!("{term} varies along {along}"), variable.name.clone()));
                        variables.push(variable.clone());
                    }
                },
            }
        }
        self.tell_staying(&stays, dimension, dataset);
        if done.is_empty() {
            return Ok(None);
        }
        if self.unit.is_none() {
            let meant = field.standard_name.replace('_', " ");
            self.notes.push(format!("levels without a unit are taken as {meant} in {}", field.native));
        }
        let gone = if stays.is_empty() { superseded(roles, &variables, dimension) } else { Vec::new() };
        variables.retain(|v| !gone.contains(&v.name));
        let mut out = Dataset { variables, ..dataset.clone() };
        insert(&mut out, new, levels.len(), dimension);
        // What nothing uses any more goes, but for what nothing used before.
        let used = |data: &Dataset, name: &str| data.variables.iter().any(|v| v.axis(name).is_some());
        let idle = |name: &str| used(dataset, name) && !used(&out, name);
        let dimensions: Vec<Dimension> = out.dimensions.iter().filter(|d| !idle(&d.name)).cloned().collect();
        out.dimensions = dimensions;
        self.forget(&mut out, roles, &gone, &field.name);
        Ok(Some(out))
    }

    /// Say which variables stay on a dimension, each with the reason, together where it is the same.
    fn tell_staying(&mut self, stays: &[(String, String)], dimension: &str, dataset: &Dataset) {
        let mut told: Vec<&str> = Vec::new();
        for (reason, _) in stays {
            if told.contains(&reason.as_str()) {
                continue;
            }
            told.push(reason);
            let names: Vec<&str> = stays.iter().filter(|(r, _)| r == reason).map(|(_, name)| name.as_str()).collect();
            let what = format!("staying on {dimension}, since {reason}: {}", names.join(", "));
            self.refused.get_or_insert(Error::data(what.clone(), dataset.source.clone()));
            self.notes.push(what);
        }
    }

    /// Say which levels lie outside the axis; whether all do.
    fn all_outside(&mut self, picks: &[Pick], axis: &Axis, name: &str, units: &str) -> bool {
        let levels = self.levels.levels.iter().zip(picks);
        let outside: Vec<String> = levels.filter(|(_, p)| **p == Pick::Missing).map(|(l, _)| l.to_string()).collect();
        if outside.is_empty() {
            return false;
        }
        let (low, high) = axis.extent();
        let range = format!("{low} to {high} {units}");
        if outside.len() < picks.len() {
            self.notes.push(format!("missing, being outside {name} ({range}): {}", outside.join(", ")));
            return false;
        }
        self.notes.push(format!("{name} is from {range} and stays whole: {} is not", outside.join(", ")));
        let unit = if self.unit.is_none() { "; with a unit it is converted: 850hPa" } else { "" };
        let what = format!("--levels {}", self.levels);
        self.refused.get_or_insert(Error::empty_selection(what, format!("{name} is from {range}{unit}")));
        true
    }

    /// Take out all mention of variables that went, and say which of them were no mere coordinates; that by
    /// which levels were chosen was one.
    fn forget(&mut self, dataset: &mut Dataset, roles: &Roles, gone: &[String], coordinate: &str) {
        let told = |name: &&String| matches!(roles.role(name), Some(Role::Data | Role::Ancillary | Role::CellMeasure));
        let names: Vec<&str> = gone.iter().filter(told).map(String::as_str).filter(|n| *n != coordinate).collect();
        if !names.is_empty() {
            self.notes.push(format!("left out, having no meaning between levels: {}", names.join(", ")));
        }
        forget_missing(dataset, gone);
    }
}

/// The coordinate of the new levels: that which another dimension has got already, if it is the same.
fn coordinate(dataset: &Dataset, field: &Field, levels: &[f64]) -> Result<Variable> {
    let fresh = describe::of_field(field, &describe::free_name(field, dataset), levels);
    for known in &dataset.variables {
        let alike = known.attributes == fresh.attributes && known.dimensions.as_slice() == [known.name.as_str()];
        if alike && known.array.read_all()?.data() == fresh.array.read_all()?.data() {
            return Ok(known.clone());
        }
    }
    Ok(fresh)
}

/// What goes with the levels of a dimension: all along it, and terms that no formula names any more.
fn superseded(roles: &Roles, variables: &[Variable], dimension: &str) -> Vec<String> {
    let (along, others): (Vec<&Variable>, Vec<&Variable>) = variables.iter().partition(|v| v.axis(dimension).is_some());
    let data = roles.data_variables();
    let named = |term: &str| {
        let formulas = others.iter().filter_map(|v| v.attributes.text("formula_terms"));
        formulas.flat_map(str::split_whitespace).any(|word| word == term)
    };
    let idle = |v: &&&Variable| {
        roles.role(&v.name) == Some(Role::FormulaTerm) && !data.contains(&v.name.as_str()) && !named(&v.name)
    };
    along.iter().chain(others.iter().filter(idle)).map(|v| v.name.clone()).collect()
}

/// Put a new coordinate before the first variable along it, and its dimension before `dimension`.
fn insert(dataset: &mut Dataset, new: Variable, length: usize, dimension: &str) {
    let name = new.name.clone();
    if dataset.variable(&name).is_none() {
        let user = dataset.variables.iter().position(|v| v.axis(&name).is_some()).unwrap_or(0);
        dataset.variables.insert(user, new);
    }
    let at = dataset.dimensions.iter().position(|d| d.name == dimension).unwrap_or(0);
    if dataset.dimension(&name).is_none() {
        dataset.dimensions.insert(at, Dimension { name, length, unlimited: false });
    }
}

/// `variable` with the levels that `picks` make of dimension `axis`. Where these are all levels that there
/// are, its values stay as they are stored.
fn picked(variable: &Variable, axis: usize, picks: &[Pick]) -> Result<Variable> {
    let whole_numbers = variable.data_type().is_integer() && !Packing::of(variable)?.is_packed();
    let level = |pick: &Pick| match *pick {
        Pick::At(level) => Some(level),
        // Whole numbers have nothing between two levels.
        Pick::Between(below, above, share) if whole_numbers => Some(if share > 0.5 { above } else { below }),
        _ => None,
    };
    let exact: Option<Vec<usize>> = picks.iter().map(level).collect();
    if let Some(levels) = exact {
        let whole = variable.shape().iter().map(|&n| AxisSelection::Range(0..n));
        let mut selection: Vec<AxisSelection> = whole.collect();
        if let Some(selection) = selection.get_mut(axis) {
            *selection = AxisSelection::from_indices(levels);
        }
        let mut kept = variable.clone();
        kept.array = Selected::array(Arc::clone(&variable.array), selection)?;
        kept.attributes.remove("actual_range");
        let chunks = cut(variable, axis, picks.len());
        kept.encoding.chunk_shape = chunks.chunk_shape;
        kept.encoding.shard_shape = chunks.shard_shape;
        return Ok(kept);
    }
    let (packing, stored) = storage(variable)?;
    let attributes = stored.attributes(variable, &packing);
    let array = Along::array(&variable.array, axis, picks, packing, stored)?;
    let encoding = cut(variable, axis, picks.len());
    Ok(Variable { attributes, encoding, array, ..variable.clone() })
}

/// `variable` at levels of a field, along dimension `new` in the place of `axis`.
fn in_columns(variable: &Variable, axis: usize, new: &str, field: &Field, targets: &Targets) -> Result<Variable> {
    let (packing, stored) = storage(variable)?;
    let attributes = stored.attributes(variable, &packing);
    let (own, array) = (&variable.dimensions, &variable.array);
    let array = Columns::array(array, own, axis, field.clone(), targets.clone(), packing, stored);
    let encoding = cut(variable, axis, array.shape().get(axis).copied().unwrap_or(1));
    let mut dimensions = variable.dimensions.clone();
    if let Some(name) = dimensions.get_mut(axis) {
        new.clone_into(name);
    }
    Ok(Variable { dimensions, attributes, encoding, array, ..variable.clone() })
}

/// How a variable's values mean and are to be stored.
///
/// # Errors
/// [`Error::Data`] for whole numbers that stand for themselves: counts, classes, flags.
fn storage(variable: &Variable) -> Result<(Packing, Stored)> {
    let packing = Packing::of(variable)?;
    if variable.data_type().is_integer() && !packing.is_packed() {
        let what = format!("whole numbers ({}) have nothing between two levels", variable.data_type());
        let name = format!("variable '{}'", variable.name);
        return Err(Error::data(what, name).with_hint("leave it out with -v, or ask for levels that it has"));
    }
    let stored = Stored::of(variable, &packing);
    Ok((packing, stored))
}

/// The encoding of a variable of which dimension `axis` has `length` now.
fn cut(variable: &Variable, axis: usize, length: usize) -> Encoding {
    let mut encoding = encoding(variable);
    if let Some(chunk) = encoding.chunk_shape.as_mut().and_then(|shape| shape.get_mut(axis)) {
        *chunk = (*chunk).min(length).max(1);
    }
    encoding
}
