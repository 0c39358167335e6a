//! Departures from a climatology.

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use super::describe;
use super::reduce::{Fate, Groups, Plan, Reduction, Stored};
use super::scheme::{Grouped, Scheme, some};
use super::times::TimeDimension;
use super::{Aggregate, Statistic};
use crate::cf::packing::Packing;
use crate::cf::time::TimeSelection;
use crate::engine::Engine;
use crate::model::array::misfit;
use crate::model::{Array, Block, Buffer, DataType, Dataset, Encoding, LazyArray, Region, Starts, Variable};
use crate::{Error, Result};

/// How a value departs from what is normal for its time of the year or day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anomaly {
    /// By how much it is above the mean.
    Difference,
    /// How many times the mean it is.
    Ratio,
    /// By how many standard deviations it is above the mean.
    Standardized,
}

impl FromStr for Anomaly {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for other words.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "difference" => Ok(Self::Difference),
            "ratio" => Ok(Self::Ratio),
            "standardized" | "standardised" => Ok(Self::Standardized),
            _ => {
                Err(Error::usage(format!("'{text}' is no kind of anomaly"))
                    .with_hint("difference, ratio or standardized"))
            }
        }
    }
}

/// A variable's departures from the mean of each of its groups, in the steps of the baseline.
///
/// # Errors
/// [`Error::Usage`] for a baseline in which no step lies; [`Error::Unsupported`] for a climatology
/// that does not fit the memory budget.
pub(super) fn departures(
    kind: Anomaly,
    request: &Aggregate,
    scheme: &Scheme,
    dataset: &Dataset,
    variable: &Variable,
    engine: &Engine,
) -> Result<Variable> {
    let lost = || Error::data("internal: no time to depart from", variable.name.clone());
    let grouped = variable.dimensions.iter().find_map(|d| scheme.grouped(d)).ok_or_else(lost)?;
    let axis = variable.axis(&grouped.time.dimension).ok_or_else(lost)?;
    let packing = Packing::of(variable)?;
    let normals = normals(kind, request, scheme, dataset, variable, engine)?;
    let mut of_step = vec![None; grouped.time.axis().len()];
    for (number, group) in grouped.groups.iter().enumerate() {
        group.members.iter().for_each(|&m| of_step.get_mut(m).into_iter().for_each(|g| *g = Some(number)));
    }
    let like = describe::stored(variable, &packing, Statistic::First);
    let data_type = if like.data_type.is_float() { like.data_type.clone() } else { DataType::F64 };
    let fill = if like.data_type.is_float() { like.fill } else { f64::NAN };
    let stored = Stored { statistic: Statistic::First, data_type, fill };
    let mut attributes = describe::of_departures(variable, &stored);
    if kind != Anomaly::Difference {
        attributes.set("units", "1");
        attributes.remove("units_metadata");
        attributes.remove("standard_name");
    }
    let normals = normals.into_iter().map(Remembered::new).collect();
    let array = Departures { input: variable.array.clone(), packing, normals, axis, of_step, kind, stored };
    let encoding = Encoding { fill_value: None, enumeration: None, boolean: false, ..variable.encoding.clone() };
    Ok(Variable { attributes, encoding, array: Arc::new(array), ..variable.clone() })
}

/// The means of the groups in the steps of the baseline, and the deviations where departures are standardised.
fn normals(
    kind: Anomaly,
    request: &Aggregate,
    scheme: &Scheme,
    dataset: &Dataset,
    variable: &Variable,
    engine: &Engine,
) -> Result<Vec<Array>> {
    let mut fates = scheme.fates(variable);
    let mut concerned = Vec::new();
    for (dimension, fate) in variable.dimensions.iter().zip(&mut fates) {
        if let Some(grouped) = scheme.grouped(dimension) {
            *fate = Fate::Grouped(Arc::new(baseline(request, grouped)?));
            concerned.push(dimension.clone());
        }
    }
    let statistics: &[Statistic] =
        if kind == Anomaly::Standardized { &[Statistic::Mean, Statistic::Std] } else { &[Statistic::Mean] };
    let in_doubles = |&statistic: &Statistic| Stored { statistic, data_type: DataType::F64, fill: f64::NAN };
    let stored: Vec<Stored> = statistics.iter().map(in_doubles).collect();
    let times: Vec<&TimeDimension> = scheme.times.iter().map(|t| &t.time).collect();
    let weighting = request.weights.of(variable, dataset, &scheme.roles, &concerned, &[], &times)?;
    if weighting.is_some() {
        request.refuse_ddof()?;
    }
    let (plan, packing) = (Plan::new(variable.array.clone(), fates), Packing::of(variable)?);
    let normals = Reduction::arrays(plan, packing, weighting, stored, &request.rules(&scheme.tally), engine);
    let bytes: usize = normals.iter().map(|n| n.bytes()).fold(0, usize::saturating_add);
    if bytes > engine.memory() / 2 {
        let what = format!("the climatology takes {} MB, more than half of the memory budget", bytes >> 20);
        return Err(Error::unsupported(what, format!("variable '{}'", variable.name))
            .with_hint(format!("--memory {}M, or a part of the area at a time (subset)", (bytes >> 19) + 64)));
    }
    Ok(normals)
}

/// A warning of parts of the year or day that the baseline lacks: nothing can depart from them.
pub(super) fn lacking(request: &Aggregate, scheme: &Scheme) -> Result<Option<String>> {
    if request.baseline.is_none() {
        return Ok(None);
    }
    let mut names = Vec::new();
    for grouped in scheme.times.iter().filter(|t| !t.goes) {
        let base = baseline(request, grouped)?;
        let calendar = grouped.time.axis().calendar();
        let lost = grouped.groups.iter().enumerate().filter(|(i, _)| base.size(*i) == 0);
        names.extend(lost.map(|(_, g)| g.name(calendar)));
    }
    Ok((!names.is_empty()).then(|| format!("the baseline lacks {}: no anomalies there", some(&names))))
}

/// The steps of each group that lie in the baseline.
fn baseline(request: &Aggregate, grouped: &Grouped) -> Result<Groups> {
    let steps = grouped.time.axis().len();
    let Some(range) = &request.baseline else {
        return Ok(Groups::new(steps, grouped.groups.iter().map(|g| g.members.as_slice())));
    };
    let selection = TimeSelection { range: Some(range.clone()), ..TimeSelection::default() };
    let mut inside = vec![false; steps];
    let named = |error| match error {
        Error::EmptySelection { has, .. } => Error::empty_selection(format!("--baseline {range}"), has),
        other => other,
    };
    for step in selection.indices(grouped.time.axis()).map_err(named)? {
        inside.get_mut(step).into_iter().for_each(|i| *i = true);
    }
    let kept = |members: &Vec<usize>| members.iter().copied().filter(|&m| inside.get(m) == Some(&true)).collect();
    let groups: Vec<Vec<usize>> = grouped.groups.iter().map(|g| kept(&g.members)).collect();
    Ok(Groups::new(steps, groups.iter().map(Vec::as_slice)))
}

/// An array that is read once, whole, and kept.
#[derive(Debug)]
struct Remembered {
    array: Array,
    block: Mutex<Option<Arc<Block>>>,
}

impl Remembered {
    fn new(array: Array) -> Self {
        Self { array, block: Mutex::new(None) }
    }

    /// All of it; who comes while it is read waits.
    fn get(&self) -> Result<Arc<Block>> {
        let mut block = self.block.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*block {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(self.array.read_all()?);
        *block = Some(Arc::clone(&read));
        Ok(read)
    }
}

#[derive(Debug)]
struct Departures {
    input: Array,
    packing: Packing,
    /// The means, and for standardised departures the deviations, of every group.
    normals: Vec<Remembered>,
    /// The dimension of time.
    axis: usize,
    of_step: Vec<Option<usize>>,
    kind: Anomaly,
    stored: Stored,
}

impl Departures {
    /// Where the normals of the row that begins at `index` begin; `None` for a time of no group.
    fn row(&self, index: &[usize], shape: &[usize]) -> Option<usize> {
        let at =
            |(d, &i): (usize, &usize)| if d == self.axis { self.of_step.get(i).copied().flatten() } else { Some(i) };
        index.iter().enumerate().zip(shape).try_fold(0, |sum: usize, (i, &n)| Some(sum * n + at(i)?))
    }

    fn depart(&self, value: f64, normals: &[&[f64]], at: usize) -> f64 {
        let normal = |number: usize| normals.get(number).and_then(|n| n.get(at)).copied().unwrap_or(f64::NAN);
        match self.kind {
            Anomaly::Difference => value - normal(0),
            Anomaly::Ratio => value / normal(0),
            Anomaly::Standardized => (value - normal(0)) / normal(1),
        }
    }
}

impl LazyArray for Departures {
    fn data_type(&self) -> &DataType {
        &self.stored.data_type
    }

    fn shape(&self) -> &[usize] {
        self.input.shape()
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        self.input.chunk_starts(axis)
    }

    fn work(&self) -> usize {
        // The climatology is made of the same values before.
        self.normals.iter().fold(self.input.work(), |n, normal| n.saturating_add(normal.array.work()))
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        vec![(&self.input, region.clone())]
    }

    fn read_bytes(&self, region: &Region) -> usize {
        self.input.read_bytes(region).saturating_add(region.len().saturating_mul(16))
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(self.shape()) {
            return Err(misfit(region, self.shape()));
        }
        let blocks = self.normals.iter().map(Remembered::get).collect::<Result<Vec<_>>>()?;
        let lists: Vec<&[f64]> = blocks
            .iter()
            .filter_map(|b| if let Buffer::F64(v) = b.data() { Some(v.as_slice()) } else { None })
            .collect();
        let shape = blocks.first().map(|b| b.shape().to_vec()).unwrap_or_default();
        let mut values = self.packing.decode_f64(&self.input.read(region)?);
        // Rows of the fastest dimension, unless that is time: then every value has its own normal.
        let last = region.ranges().last().map_or(1, ExactSizeIterator::len);
        let length = if self.axis + 1 == region.ranges().len() { 1 } else { last };
        let extent = region.shape();
        for (number, row) in values.chunks_mut(length.max(1)).enumerate() {
            let mut index = region.start();
            let mut rest = number * length.max(1);
            for (i, &n) in index.iter_mut().zip(&extent).rev() {
                *i += rest % n.max(1);
                rest /= n.max(1);
            }
            match self.row(&index, &shape) {
                Some(start) => {
                    for (at, value) in (start..).zip(row.iter_mut()) {
                        *value = self.depart(*value, &lists, at);
                    }
                }
                None => row.fill(f64::NAN),
            }
        }
        if !self.stored.fill.is_nan() {
            values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = self.stored.fill);
        }
        let lost = || Error::data("internal: departures of another shape", "array");
        Block::new(extent, Buffer::from_f64(&self.stored.data_type, &values).ok_or_else(lost)?).ok_or_else(lost)
    }
}
