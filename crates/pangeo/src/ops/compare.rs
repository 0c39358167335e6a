//! What differs between two datasets.

use std::str::FromStr;

use crate::cf::packing::Packing;
use crate::engine::Engine;
use crate::model::{AttributeValue, Attributes, Dataset, Region, Variable};
use crate::{Error, Result};

/// The largest difference of two values that counts as equal: `absolute + relative · |second|`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tolerance {
    /// In the variable's units.
    pub absolute: f64,
    /// As a fraction of the second dataset's value.
    pub relative: f64,
}

impl Tolerance {
    /// Whether a distance from `value` counts as equal; infinities are equal only to themselves.
    fn admits(self, distance: f64, value: f64) -> bool {
        distance <= self.absolute + self.relative * value.abs()
    }
}

impl FromStr for Tolerance {
    type Err = Error;

    /// `ABS` or `ABS,REL`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong =
            || Error::usage(format!("'{text}' is not a tolerance")).with_hint("ABS or ABS,REL, such as 1e-6 or 0,1e-5");
        let number =
            |part: &str| part.trim().parse().ok().filter(|x: &f64| *x >= 0.0 && x.is_finite()).ok_or_else(wrong);
        match text.split_once(',') {
            None => Ok(Self { absolute: number(text)?, relative: 0.0 }),
            Some((a, r)) => Ok(Self { absolute: number(a)?, relative: number(r)? }),
        }
    }
}

/// The differences of two datasets, a line each.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// What differs; empty if nothing does.
    pub differences: Vec<String>,
    sources: (String, String),
}

impl Comparison {
    /// An error if anything differs.
    ///
    /// # Errors
    /// [`Error::Data`] with the number of differences.
    pub fn verdict(&self) -> Result<()> {
        let plural = if self.differences.len() == 1 { "" } else { "s" };
        match self.differences.len() {
            0 => Ok(()),
            n => Err(Error::data(
                format!("{n} difference{plural}"),
                format!("{} and {}", self.sources.0, self.sources.1),
            )),
        }
    }
}

/// Compare dimensions, variables, types, attributes (but `history`) and unpacked values. Missing
/// equals missing. How variables are stored is not compared.
///
/// # Errors
/// When values can't be read.
pub fn compare(a: &Dataset, b: &Dataset, tolerance: Tolerance, engine: &Engine) -> Result<Comparison> {
    let mut found = Comparison { differences: Vec::new(), sources: (a.source.clone(), b.source.clone()) };
    let out = &mut found.differences;
    for dimension in &a.dimensions {
        match b.dimension(&dimension.name) {
            None => out.push(format!("dimension {}: only in the first", dimension.name)),
            Some(other) if other.length != dimension.length => {
                out.push(format!("dimension {}: {} and {}", dimension.name, dimension.length, other.length));
            }
            Some(_) => {}
        }
    }
    let missing = b.dimensions.iter().filter(|d| a.dimension(&d.name).is_none());
    out.extend(missing.map(|d| format!("dimension {}: only in the second", d.name)));
    attributes("global attribute", &a.attributes, &b.attributes, out);
    for variable in &a.variables {
        match b.variable(&variable.name) {
            None => out.push(format!("variable {}: only in the first", variable.name)),
            Some(other) => {
                let compared = variables(variable, other, tolerance, engine, out);
                compared.map_err(|e| e.about(&variable.name, &a.source))?;
            }
        }
    }
    let missing = b.variables.iter().filter(|v| a.variable(&v.name).is_none());
    out.extend(missing.map(|v| format!("variable {}: only in the second", v.name)));
    Ok(found)
}

fn attributes(what: &str, a: &Attributes, b: &Attributes, out: &mut Vec<String>) {
    for (name, value) in a.iter().filter(|(n, _)| *n != "history") {
        match b.get(name) {
            None => out.push(format!("{what} {name}: only in the first")),
            Some(other) if !same_attribute(value, other) => out.push(format!("{what} {name}: differs")),
            Some(_) => {}
        }
    }
    let missing = b.iter().filter(|(n, _)| *n != "history" && a.get(n).is_none());
    out.extend(missing.map(|(n, _)| format!("{what} {n}: only in the second")));
}

/// Equal texts however stored; equal numbers of whatever types (Zarr's JSON has none), NaN equal to itself.
fn same_attribute(a: &AttributeValue, b: &AttributeValue) -> bool {
    if let (Some(a), Some(b)) = (a.as_text(), b.as_text()) {
        return a == b;
    }
    match (a.as_numbers(), b.as_numbers()) {
        (Some(x), Some(y)) => {
            // Integers of one type beyond 2^53 have no doubles of their own.
            let exact = x.data_type() == y.data_type() && x.data_type().is_integer();
            let same = |p: &f64, q: &f64| p == q || (p.is_nan() && q.is_nan());
            let doubles = x.to_f64().zip(y.to_f64());
            let equal = |(p, q): (Vec<f64>, Vec<f64>)| p.len() == q.len() && p.iter().zip(&q).all(|(p, q)| same(p, q));
            x == y || (!exact && doubles.is_some_and(equal))
        }
        _ => a == b,
    }
}

fn variables(a: &Variable, b: &Variable, tolerance: Tolerance, engine: &Engine, out: &mut Vec<String>) -> Result<()> {
    let name = &a.name;
    if a.dimensions != b.dimensions {
        out.push(format!(
            "variable {name}: dimensions ({}) and ({})",
            a.dimensions.join(", "),
            b.dimensions.join(", ")
        ));
    }
    if a.data_type() != b.data_type() {
        out.push(format!("variable {name}: type {} and {}", a.data_type(), b.data_type()));
    }
    attributes(&format!("variable {name}: attribute"), &a.attributes, &b.attributes, out);
    if a.shape() != b.shape() {
        out.push(format!("variable {name}: shape {:?} and {:?}", a.shape(), b.shape()));
        return Ok(());
    }
    let difference = values(a, b, tolerance, engine)?;
    if difference.count > 0 {
        let plural = if difference.count == 1 { "" } else { "s" };
        let mut line = format!("variable {name}: {} value{plural} of {} differ", difference.count, a.array.len());
        if difference.largest > 0.0 {
            line.push_str(&format!(", by {} at most", difference.largest));
        }
        if difference.missing > 0 {
            line.push_str(&format!(", {} missing in one of them", difference.missing));
        }
        out.push(line);
    }
    Ok(())
}

#[derive(Default)]
struct Difference {
    count: u64,
    missing: u64,
    largest: f64,
}

fn values(a: &Variable, b: &Variable, tolerance: Tolerance, engine: &Engine) -> Result<Difference> {
    let packings = if a.data_type().is_numeric() && b.data_type().is_numeric() {
        Some((Packing::of(a)?, Packing::of(b)?))
    } else {
        None
    };
    let tiles = a.array.tiles(&Region::whole(a.shape()));
    // Both blocks, and both in doubles.
    let largest = tiles.largest();
    let doubles = largest.len().saturating_mul(2 * size_of::<f64>());
    let bytes = a.array.read_bytes(&largest).saturating_add(b.array.read_bytes(&largest)).saturating_add(doubles);
    let mut whole = Difference::default();
    let one = |i: usize| {
        let region = tiles.get(i);
        let (x, y) = (a.array.read(&region)?, b.array.read(&region)?);
        let mut part = Difference::default();
        let Some((p, q)) = &packings else {
            if x != y {
                part.count = 1;
            }
            return Ok(part);
        };
        for (x, y) in p.decode_f64(&x).into_iter().zip(q.decode_f64(&y)) {
            let distance = (x - y).abs();
            if x.is_nan() != y.is_nan() {
                part.count += 1;
                part.missing += 1;
            } else if x != y && !x.is_nan() && !tolerance.admits(distance, y) {
                part.count += 1;
                part.largest = part.largest.max(distance);
            }
        }
        Ok(part)
    };
    engine.ordered(tiles.len(), engine.window(bytes), one, |_, part| {
        whole.count += part.count;
        whole.missing += part.missing;
        whole.largest = whole.largest.max(part.largest);
        Ok(())
    })?;
    Ok(whole)
}
