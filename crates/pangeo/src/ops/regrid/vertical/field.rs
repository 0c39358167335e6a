//! Vertical coordinates that differ from column to column.

use std::sync::Arc;

use super::formula::{Formula, In, Measure};
use super::places::{Places, Values};
use crate::cf::packing::{Packing, numbers};
use crate::cf::roles::Roles;
use crate::cf::units::{Converter, Unit};
use crate::model::array::{Constant, Mapped, Memory};
use crate::model::{Array, Block, Buffer, DataType, Dataset, Region, Variable};
use crate::{Error, Result};

/// Where the levels of each column lie: pressure in Pa, height or depth in m.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// The coordinate that it is computed for, or that holds it.
    pub(super) name: String,
    pub(super) measure: Measure,
    /// The standard name of what it measures.
    pub(super) standard_name: String,
    /// The unit of levels given without one.
    pub(super) native: String,
    formula: Formula,
    terms: Vec<Term>,
}

/// A term of a formula, in the units that the formula takes.
#[derive(Debug, Clone)]
struct Term {
    name: String,
    dimensions: Vec<String>,
    /// Doubles, NaN for missing ones.
    array: Array,
}

impl Field {
    /// The field that the parametric coordinate `variable` stands for; `None` where it is none, or none
    /// that is known here.
    ///
    /// # Errors
    /// [`Error::Data`] that names a term which is not there or counts in other units.
    pub(super) fn computed(dataset: &Dataset, roles: &Roles, variable: &Variable) -> Result<Option<Self>> {
        let Some(text) = variable.attributes.text("formula_terms") else { return Ok(None) };
        let listed = |term: &str| name_of(text, term);
        // Without a reference pressure to multiply it with, `a` is a pressure itself.
        let named =
            |term: &str| listed(if term == "ap" && listed("ap").or(listed("p0")).is_none() { "a" } else { term });
        let standard_name = variable.attributes.text("standard_name").unwrap_or_default().trim();
        let Some((formula, measure, order)) = Formula::of(standard_name, |term| named(term).is_some()) else {
            return Ok(None);
        };
        let find = |term: &str| named(term).and_then(|name| dataset.variable(roles.resolve(&variable.name, name)?));
        let mut terms = Vec::with_capacity(order.len());
        // What is at the surface or the bottom comes last of the terms that count in the measure's unit.
        let mut surface = None;
        for &(key, kind) in order {
            if named(key).is_none() && formula.does_without(key) {
                terms.push(Term::zero(key));
                continue;
            }
            let Some(found) = find(key) else {
                let term = named(key).map_or_else(|| format!("'{key}'"), |name| format!("'{name}' ({key})"));
                return Err(Error::data(format!("a term of its formula is not there: {term}"), variable.name.clone())
                    .with_hint("keep the variables that its formula_terms name"));
            };
            surface = Some(found).filter(|_| kind.unit() == measure.unit()).or(surface);
            let term = Term::of(found, kind)?.along(dataset, variable);
            let count = find("nsigma").filter(|_| formula == Formula::OceanSigmaZ && key == "sigma");
            let count = count.map(numbers).transpose()?.and_then(|numbers| numbers.first().copied());
            terms.push(match (count, terms.first()) {
                (Some(count), _) => term.only_first(count)?,
                // The number of the levels above the limit says which these are.
                (None, Some(sigma)) if formula == Formula::OceanDoubleSigma && key == "k_c" => {
                    sigma.first_ones(numbers(found)?.first().copied().unwrap_or(f64::NAN))?
                }
                (None, _) => term,
            });
        }
        let of_surface = |name: &str| surface.and_then(|v| v.attributes.text(name));
        let fits = |units: &&str| converts(units, measure.unit());
        let own = variable.attributes.text("units").filter(fits);
        let native = own.or(of_surface("units").filter(fits)).unwrap_or(measure.unit()).to_owned();
        let said = variable.attributes.text("computed_standard_name");
        let standard_name = match measure {
            Measure::Pressure => "air_pressure",
            Measure::Depth => "depth",
            Measure::Height => said.unwrap_or(above(of_surface("standard_name").unwrap_or_default())),
        };
        let (name, standard_name) = (variable.name.clone(), standard_name.to_owned());
        Ok(Some(Self { name, measure, standard_name, native, formula, terms }))
    }

    /// The field that `variable` holds itself, if its standard name is that of a place and its units fit.
    ///
    /// # Errors
    /// As [`Packing::of`].
    pub(super) fn held(variable: &Variable) -> Result<Option<Self>> {
        let standard_name = variable.attributes.text("standard_name").unwrap_or_default().trim();
        let (measure, kind) = match standard_name {
            "air_pressure" => (Measure::Pressure, In::Pascals),
            "depth" => (Measure::Depth, In::Metres),
            "altitude" | "height" | "geopotential_height" | "height_above_geopotential_datum" => {
                (Measure::Height, In::Metres)
            }
            _ => return Ok(None),
        };
        let Some(units) = variable.attributes.text("units").filter(|units| converts(units, measure.unit())) else {
            return Ok(None);
        };
        Ok(Some(Self {
            name: variable.name.clone(),
            measure,
            standard_name: standard_name.to_owned(),
            native: units.to_owned(),
            formula: Formula::Itself,
            terms: vec![Term::of(variable, kind)?],
        }))
    }

    /// Whether it holds for a variable: a dimension along which it varies and the variable does not is the
    /// answer otherwise, with the term's name.
    pub(super) fn beyond(&self, variable: &Variable) -> Option<(&str, &str)> {
        let mut all = self.terms.iter().flat_map(|t| t.dimensions.iter().map(|d| (t.name.as_str(), d.as_str())));
        all.find(|(_, dimension)| variable.axis(dimension).is_none())
    }

    /// The places in `region` of a variable with these dimensions, of which `axis` is the vertical one.
    ///
    /// # Errors
    /// When the terms can't be read.
    pub(super) fn places(&self, dimensions: &[String], axis: usize, region: &Region) -> Result<Places> {
        let mut terms = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            let (part, mut strides) = term.within(dimensions, region);
            let numbers = match term.array.read(&part)?.into_data() {
                Buffer::F64(values) => values,
                other => other.to_f64().unwrap_or_default(),
            };
            let level = if axis < strides.len() { strides.remove(axis) } else { 0 };
            terms.push(Values { numbers, level, strides, at: None });
        }
        let turned = self.measure == Measure::Depth && self.formula != Formula::Itself;
        let cells = region.shape().into_iter().enumerate().filter(|(i, _)| *i != axis).map(|(_, n)| n).collect();
        Ok(Places::new(self.formula, turned, cells, terms))
    }

    /// Whether any part of its terms can be read at no cost beyond its own bytes.
    pub(super) fn divisible(&self) -> bool {
        self.terms.iter().all(|term| term.array.divisible())
    }

    /// What reading the places of `region` reads.
    pub(super) fn beneath(&self, dimensions: &[String], region: &Region) -> Vec<(&Array, Region)> {
        self.terms.iter().map(|term| (&term.array, term.within(dimensions, region).0)).collect()
    }
}

impl Term {
    /// `variable` in the units that a formula takes. What varies along one dimension or none is read now.
    fn of(variable: &Variable, kind: In) -> Result<Self> {
        let packing = Packing::of(variable)?;
        let converter = converter(variable, kind)?;
        let name = variable.name.clone();
        let lost = || Error::data("internal: values of another size", variable.name.clone());
        let decode = move |block: &Block| {
            let mut values = packing.decode_f64(block);
            converter.apply_in_place(&mut values);
            Block::new(block.shape().to_vec(), Buffer::F64(values))
        };
        let array = if variable.dimensions.len() <= 1 {
            Memory::array(decode(&variable.array.read_all()?).ok_or_else(lost)?)
        } else {
            Mapped::array(vec![Arc::clone(&variable.array)], DataType::F64, move |blocks, _| {
                let block = blocks.first().and_then(&decode);
                block.ok_or_else(|| Error::data("internal: values of another size", "array"))
            })
        };
        Ok(Self { name, dimensions: variable.dimensions.clone(), array })
    }

    /// A term that is left out.
    fn zero(name: &str) -> Self {
        let array = Constant::array(Buffer::F64(vec![0.0]), Vec::new());
        Self { name: name.to_owned(), dimensions: Vec::new(), array }
    }

    /// 1 for the first `count` levels of this term, 0 for all others.
    fn first_ones(&self, count: f64) -> Result<Self> {
        let shape = self.array.shape().to_vec();
        let ones = (0..self.array.len()).map(|i| f64::from(u8::from((i as f64) < count))).collect();
        let block = Block::new(shape, Buffer::F64(ones));
        let block = block.ok_or_else(|| Error::data("internal: values of another size", self.name.clone()))?;
        Ok(Self { array: Memory::array(block), ..self.clone() })
    }

    /// The same along the dimension of `coordinate`, where it runs along one that is as long and goes with
    /// it nowhere, as the terms of files that come from GRIB do (`nhym`).
    fn along(mut self, dataset: &Dataset, coordinate: &Variable) -> Self {
        let [own] = self.dimensions.as_slice() else { return self };
        let along = |v: &Variable| v.axis(own).is_some() && coordinate.dimensions.iter().any(|d| v.axis(d).is_some());
        let apart = !dataset.variables.iter().any(along) && dataset.coordinate(own).is_none();
        if apart && self.array.shape() == coordinate.shape() {
            self.dimensions.clone_from(&coordinate.dimensions);
        }
        self
    }

    /// The same with all but the first `count` values missing.
    fn only_first(self, count: f64) -> Result<Self> {
        let block = self.array.read_all()?;
        let shape = block.shape().to_vec();
        let mut values = block.into_data().to_f64().unwrap_or_default();
        values.iter_mut().enumerate().filter(|(i, _)| *i as f64 >= count).for_each(|(_, v)| *v = f64::NAN);
        let block = Block::new(shape, Buffer::F64(values));
        let block = block.ok_or_else(|| Error::data("internal: values of another size", self.name.clone()))?;
        Ok(Self { array: Memory::array(block), ..self })
    }

    /// The part of the term behind `region` of a variable, and how far a step along each of the variable's
    /// dimensions goes in it.
    fn within(&self, dimensions: &[String], region: &Region) -> (Region, Vec<usize>) {
        let axis = |d: &String| dimensions.iter().position(|own| own == d);
        let range = |d: &String| axis(d).and_then(|axis| region.ranges().get(axis)).cloned().unwrap_or(0..0);
        let part = Region::new(self.dimensions.iter().map(range).collect());
        let mut strides = vec![0; dimensions.len()];
        let mut stride = 1_usize;
        for (dimension, extent) in self.dimensions.iter().zip(part.shape()).rev() {
            if let Some(own) = axis(dimension).and_then(|axis| strides.get_mut(axis)) {
                *own = stride;
            }
            stride = stride.saturating_mul(extent);
        }
        (part, strides)
    }
}

/// How a term's numbers become those that a formula takes; as they are where it has no units.
fn converter(variable: &Variable, kind: In) -> Result<Converter> {
    let Some(units) = variable.attributes.text("units").map(str::trim).filter(|units| !units.is_empty()) else {
        return Ok(Converter::identity());
    };
    let found = Unit::parse(units).and_then(|unit| unit.converter_to(&Unit::parse(kind.unit())?));
    match (found, kind) {
        (Ok(converter), _) => Ok(converter),
        // Levels' numbers carry whatever somebody thought of (`level`, `sigma_level`).
        (Err(_), In::One) => Ok(Converter::identity()),
        (Err(_), _) => {
            let what = format!("a term of a vertical coordinate is in '{units}', not in {}", kind.unit());
            Err(Error::data(what, variable.name.clone()))
        }
    }
}

/// Whether numbers in `units` have a meaning in `other`.
pub(super) fn converts(units: &str, other: &str) -> bool {
    Unit::parse(units).is_ok_and(|unit| Unit::parse(other).is_ok_and(|other| unit.is_convertible(&other)))
}

/// The standard name of heights that count from where those of the surface do (CF table D.1).
fn above(surface: &str) -> &'static str {
    let datum = surface == "surface_height_above_geopotential_datum";
    if datum { "height_above_geopotential_datum" } else { "altitude" }
}

/// The variable that `text` (`term: variable …`) names as a term, the case of which does not count (CF appendix D).
fn name_of<'a>(text: &'a str, term: &str) -> Option<&'a str> {
    let mut words = text.split_whitespace();
    words.find(|word| word.strip_suffix(':').is_some_and(|word| word.eq_ignore_ascii_case(term)))?;
    words.next()
}
