//! Cutting out variables, area, period and levels; converting, when nothing is cut.
//!
//! Every step is lazy: it changes which parts of which chunks will be read. Type, packing, fill value
//! and storage of each variable stay; bounds and auxiliary coordinates are cut with their dimension.

mod alone;
pub mod area;
mod condition;
mod cuts;
pub mod levels;
pub mod longitude;
mod numbers;
pub mod points;
pub mod polygon;
mod tied;
pub mod times;
pub mod values;
mod wishes;

use std::sync::Arc;

use crate::Result;
use crate::cf::roles::{Roles, named_dimensions, resolve_variables};
use crate::cf::time::TimeSelection;
use crate::cf::units::UnitRequest;
use crate::grid::{Bbox, Convention};
use crate::model::Dataset;
use crate::model::array::AxisSelection;
use crate::ops::combine::narrow;
use crate::ops::expression::Expression;
use crate::ops::mask::Tally;
use crate::ops::select::{IndexSelection, select};
use crate::ops::units::convert_units;
use levels::select_levels;
use points::{Point, select_points};
use polygon::Regions;
use values::{Method, ValueSelection};

/// What to keep of a dataset. Empty fields keep everything. Steps apply in the order of the fields.
#[derive(Debug, Clone, Default)]
pub struct Subset {
    /// Variables: names, globs, `standard_name=…`; their coordinates and the like come along.
    pub variables: Vec<String>,
    /// A reference date for time axes that have none.
    pub reference_time: Option<String>,
    /// Parts of dimensions by index.
    pub isel: Vec<IndexSelection>,
    /// Parts of dimensions by coordinate value.
    pub sel: Vec<ValueSelection>,
    /// How `sel` meets values that no coordinate equals.
    pub method: Method,
    /// How far off `sel` may be, in the coordinate's units.
    pub tolerance: Option<f64>,
    /// Times.
    pub times: TimeSelection,
    /// Levels or ranges of levels, exact.
    pub levels: Vec<String>,
    /// Levels, the nearest to each.
    pub nearest_levels: Vec<String>,
    /// A box of longitudes and latitudes.
    pub bbox: Option<Bbox>,
    /// Regions.
    pub regions: Option<Regions>,
    /// Places: of each the nearest cell.
    pub points: Vec<Point>,
    /// How far from a point its cell may be, in km; else as the grid's spacing has it.
    pub max_distance_km: Option<f64>,
    /// Keep values where this holds.
    pub condition: Option<Expression>,
    /// The convention of longitudes.
    pub longitude: Option<Convention>,
    /// Output units.
    pub units: Vec<UnitRequest>,
}

/// A cut dataset and what there is to say about it.
#[derive(Debug)]
pub struct Outcome {
    /// The lazy result.
    pub dataset: Dataset,
    /// Remarks for the history.
    pub remarks: Vec<String>,
    /// Notes for the user.
    pub notes: Vec<String>,
    /// What may not be as the user thinks.
    pub warnings: Vec<String>,
    /// Filled while the result is written: what masking left of the values.
    pub tally: Arc<Tally>,
}

impl Subset {
    /// Whether nothing is asked for, so that a dataset stays as it is.
    pub fn is_everything(&self) -> bool {
        let fields =
            (self.isel.is_empty(), self.sel.is_empty(), self.levels.is_empty(), self.nearest_levels.is_empty());
        self.variables.is_empty()
            && fields == (true, true, true, true)
            && self.times.is_empty()
            && self.bbox.is_none()
            && self.regions.is_none()
            && self.points.is_empty()
            && self.condition.is_none()
            && self.longitude.is_none()
            && self.units.is_empty()
            && self.reference_time.is_none()
    }

    /// Leave several datasets, before they are combined, with what this request keeps of them.
    ///
    /// # Errors
    /// As [`narrow`].
    pub fn prepare(&self, datasets: &mut Vec<Dataset>) -> Result<()> {
        let operands = self.condition.as_ref().map(Expression::variables).unwrap_or_default();
        let operands: Vec<String> = operands.into_iter().map(Into::into).collect();
        narrow(datasets, &self.variables, &operands)
    }

    /// Cut `dataset`.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for names that are not there, [`crate::Error::EmptySelection`] with
    /// the range of the data for selections that keep nothing, and what the steps answer with; all
    /// name the dataset's source.
    pub fn apply(&self, dataset: Dataset) -> Result<Outcome> {
        let source = dataset.source.clone();
        self.cut(dataset).map_err(|error| error.in_file(&source))
    }

    fn cut(&self, mut dataset: Dataset) -> Result<Outcome> {
        let idle = idle_dimensions(&dataset);
        let mut chosen = self.choose(&mut dataset, &idle)?;
        if let Some(date) = &self.reference_time {
            times::set_reference_time(&mut dataset, date)?;
        }
        let tally = Arc::new(Tally::default());
        let mut notes = Vec::new();
        let mut warnings = self.cut_dimensions(&mut dataset, &mut notes)?;
        warnings.extend(self.regions.iter().filter_map(Regions::warning));
        notes.extend(self.cut_area(&mut dataset, &mut chosen, &tally)?);
        notes.extend(self.keep_values(&mut dataset, &chosen, &tally)?);
        notes.extend(left_out(&dataset, &chosen));
        dataset.variables.retain(|v| chosen.contains(&v.name));
        drop_unused_dimensions(&mut dataset, &idle);
        if let Some(convention) = self.longitude {
            warnings.extend(longitude::set_convention(&mut dataset, convention)?);
        }
        let remarks = convert_units(&mut dataset, &self.units)?;
        Ok(Outcome { dataset, remarks, notes, warnings, tally })
    }

    /// Selections along one dimension: by index, by value, by time, by level; the answer is what to
    /// warn of, what else is worth a word goes to `notes`.
    fn cut_dimensions(&self, dataset: &mut Dataset, notes: &mut Vec<String>) -> Result<Vec<String>> {
        for selection in &self.isel {
            // An unknown dimension is `select`'s to refuse.
            let length = dataset.dimension(&selection.dimension).map(|d| d.length);
            let kept = length.map_or(Ok(AxisSelection::Range(0..0)), |n| selection.resolve(n))?;
            select(dataset, &selection.dimension, &kept)?;
        }
        for selection in &self.sel {
            selection.apply(dataset, self.method, self.tolerance)?;
        }
        let warnings = times::select_times(dataset, &self.times)?;
        if !self.levels.is_empty() {
            notes.extend(select_levels(dataset, &self.levels, false)?);
        }
        if !self.nearest_levels.is_empty() {
            notes.extend(select_levels(dataset, &self.nearest_levels, true)?);
        }
        Ok(warnings)
    }

    /// Boxes, regions and points; coordinates that points bring are added to `chosen`. The answer is
    /// what to tell the user.
    fn cut_area(&self, dataset: &mut Dataset, chosen: &mut Vec<String>, tally: &Arc<Tally>) -> Result<Vec<String>> {
        let mut notes = Vec::new();
        if let Some(bbox) = &self.bbox {
            notes = area::select_box(dataset, bbox, tally)?;
        }
        if let Some(regions) = &self.regions {
            polygon::select_regions(dataset, regions, tally)?;
        }
        let before: Vec<String> = dataset.variables.iter().map(|v| v.name.clone()).collect();
        select_points(dataset, &self.points, self.max_distance_km)?;
        chosen.extend(dataset.variables.iter().map(|v| v.name.clone()).filter(|n| !before.contains(n)));
        Ok(notes)
    }

    /// Mask by condition; the answer is what to tell the user.
    fn keep_values(&self, dataset: &mut Dataset, chosen: &[String], tally: &Arc<Tally>) -> Result<Vec<String>> {
        let Some(condition) = &self.condition else { return Ok(Vec::new()) };
        let roles = Roles::of(dataset);
        let data = roles.data_variables().into_iter().filter(|n| chosen.iter().any(|c| c == n));
        let targets: Vec<String> = data.map(str::to_owned).collect();
        let types = |dataset: &Dataset| -> Vec<_> {
            targets.iter().filter_map(|t| dataset.variable(t)).map(|v| v.data_type().clone()).collect()
        };
        let before = types(dataset);
        let passed = condition::apply(dataset, condition, &targets, tally)?;
        let mut notes = Vec::new();
        for (name, (old, new)) in targets.iter().zip(before.iter().zip(&types(dataset))) {
            if old != new {
                notes.push(format!("{name} becomes {new}: {old} has no value to spare for missing ones"));
            }
        }
        notes.extend(texts_kept(dataset, &targets, &passed));
        match passed.as_slice() {
            [] => {}
            [one] => notes.push(format!("{one} lacks dimensions of the condition and is kept whole")),
            all => notes.push(format!("{} lack dimensions of the condition and are kept whole", all.join(", "))),
        }
        Ok(notes)
    }

    /// The names of the variables to keep, all of them if none were asked for; the dataset is left
    /// with these and what the condition needs.
    fn choose(&self, dataset: &mut Dataset, idle: &[String]) -> Result<Vec<String>> {
        if self.variables.is_empty() {
            if let Some(condition) = &self.condition {
                condition::operands(dataset, condition)?;
            }
            return Ok(dataset.variables.iter().map(|v| v.name.clone()).collect());
        }
        let roles = Roles::of(dataset);
        let named = resolve_variables(dataset, &roles, &self.variables)?;
        let chosen = roles.companions(&named);
        let mut needed = chosen.clone();
        if let Some(condition) = &self.condition {
            needed.extend(condition::operands(dataset, condition)?);
        }
        dataset.variables.retain(|v| needed.contains(&v.name));
        drop_unused_dimensions(dataset, idle);
        Ok(chosen)
    }
}

/// What to tell of texts that followed a condition, but have no value for missing ones.
fn texts_kept(dataset: &Dataset, targets: &[String], passed: &[String]) -> Option<String> {
    let is_text = |name: &str| dataset.variable(name).is_some_and(|v| !v.data_type().is_numeric());
    let texts = targets.iter().filter(|t| is_text(t) && !passed.contains(t));
    let texts: Vec<&str> = texts.map(String::as_str).collect();
    match texts.as_slice() {
        [] => None,
        [one] => Some(format!("{one} is a text, which has no missing values, and is kept whole")),
        all => Some(format!("{} are texts, which have no missing values, and are kept whole", all.join(", "))),
    }
}

/// What to tell of variables that the selection left nothing of.
fn left_out(dataset: &Dataset, chosen: &[String]) -> Option<String> {
    let gone: Vec<&str> = chosen.iter().map(String::as_str).filter(|n| dataset.variable(n).is_none()).collect();
    (!gone.is_empty()).then(|| format!("{} left out: nothing that makes sense is left of it", gone.join(", ")))
}

/// Dimensions that no variable has to begin with: they are nobody's to lose.
fn idle_dimensions(dataset: &Dataset) -> Vec<String> {
    let used = |name: &String| dataset.variables.iter().any(|v| v.dimensions.contains(name));
    dataset.dimensions.iter().map(|d| d.name.clone()).filter(|name| !used(name)).collect()
}

/// Drop the dimensions that no variable has or names any more; all stay in a dataset without variables.
fn drop_unused_dimensions(dataset: &mut Dataset, idle: &[String]) {
    if dataset.variables.is_empty() {
        return;
    }
    let (unused, named) = (idle_dimensions(dataset), named_dimensions(dataset));
    let needed = |d: &str| named.iter().any(|n| n == d) || idle.iter().any(|n| n == d);
    dataset.dimensions.retain(|d| needed(&d.name) || !unused.contains(&d.name));
}

#[cfg(test)]
mod tests;
