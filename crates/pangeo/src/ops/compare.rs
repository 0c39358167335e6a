//! What differs between two datasets.

use std::str::FromStr;

use crate::cf::packing::Packing;
use crate::engine::Engine;
use crate::model::{AttributeValue, Attributes, Block, Buffer, DataType, Dataset, Region, Variable};
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
        distance.is_finite() && distance <= self.absolute + self.relative * value.abs()
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

/// Compare dimensions, variables, types, attributes (but `history`; of groups too) and unpacked values. Missing
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
    groups(a, b, out);
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

/// The attributes of groups; a group without any is no difference, since nothing else tells of it.
fn groups(a: &Dataset, b: &Dataset, out: &mut Vec<String>) {
    let none = Attributes::new();
    let find = |of: &Dataset, path: &str| of.groups.iter().find(|(p, _)| p == path).map(|(_, list)| list.clone());
    for (path, list) in &a.groups {
        let other = find(b, path);
        attributes(&format!("group {path}: attribute"), list, other.as_ref().unwrap_or(&none), out);
    }
    for (path, list) in b.groups.iter().filter(|(path, _)| find(a, path).is_none()) {
        attributes(&format!("group {path}: attribute"), &none, list, out);
    }
}

/// A variable's attributes without a fill value that stands for nothing.
fn meant(variable: &Variable) -> Attributes {
    let mut attributes = variable.attributes.clone();
    if variable.encoding.idle_fill {
        attributes.remove("_FillValue");
    }
    attributes
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
            let same = |p: &f64, q: &f64| p == q || (p.is_nan() && q.is_nan());
            let doubles = x.to_f64().zip(y.to_f64());
            let equal = |(p, q): (Vec<f64>, Vec<f64>)| p.len() == q.len() && p.iter().zip(&q).all(|(p, q)| same(p, q));
            // Integers beyond 2^53 have no doubles of their own.
            match (x.to_i128(), y.to_i128()) {
                (Some(x), Some(y)) => x == y,
                _ => doubles.is_some_and(equal),
            }
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
    attributes(&format!("variable {name}: attribute"), &meant(a), &meant(b), out);
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

#[derive(Debug, Default, PartialEq)]
struct Difference {
    count: u64,
    missing: u64,
    largest: f64,
}

impl Difference {
    /// Two values, `None` for missing ones, that are `distance` apart.
    fn add<T: PartialEq>(&mut self, x: Option<T>, y: Option<T>, distance: impl Fn(T, T) -> Option<f64>) {
        match (x, y) {
            (None, None) => {}
            (Some(x), Some(y)) if x == y => {}
            (Some(x), Some(y)) => {
                if let Some(distance) = distance(x, y) {
                    self.count += 1;
                    self.largest = self.largest.max(distance);
                }
            }
            _ => {
                self.count += 1;
                self.missing += 1;
            }
        }
    }
}

fn values(a: &Variable, b: &Variable, tolerance: Tolerance, engine: &Engine) -> Result<Difference> {
    let packings = if a.data_type().is_numeric() && b.data_type().is_numeric() {
        Some((Packing::of(a)?, Packing::of(b)?))
    } else {
        None
    };
    let tiles = a.array.tiles(&Region::whole(a.shape()));
    // Both blocks, and both in doubles; what needs all its digits takes twice as much.
    let wide = [a, b].iter().any(|v| needs_digits(v.data_type()));
    let largest = tiles.largest();
    let numbers_of = largest.len().saturating_mul(if wide { 4 } else { 2 } * size_of::<f64>());
    let bytes = a.array.read_bytes(&largest).saturating_add(b.array.read_bytes(&largest)).saturating_add(numbers_of);
    let mut whole = Difference::default();
    let one = |i: usize| {
        let region = tiles.get(i);
        let (x, y) = (a.array.read(&region)?, b.array.read(&region)?);
        Ok(match &packings {
            Some((p, q)) => numbers((&x, p), (&y, q), tolerance),
            None => Difference { count: unequal(x.data(), y.data()), ..Difference::default() },
        })
    };
    engine.ordered(tiles.len(), engine.window(bytes), one, |_, part| {
        whole.count += part.count;
        whole.missing += part.missing;
        whole.largest = whole.largest.max(part.largest);
        Ok(())
    })?;
    Ok(whole)
}

/// Whether doubles can't hold all values of a type.
fn needs_digits(data_type: &DataType) -> bool {
    matches!(data_type, DataType::I64 | DataType::U64)
}

/// Values that differ by more than is tolerated: integers digit by digit, others in double precision.
fn numbers((x, p): (&Block, &Packing), (y, q): (&Block, &Packing), tolerance: Tolerance) -> Difference {
    let mut found = Difference::default();
    let wide = needs_digits(&x.data().data_type()) || needs_digits(&y.data().data_type());
    let digits = wide.then(|| p.decode_integers(x).zip(q.decode_integers(y))).flatten();
    if let Some((x, y)) = digits {
        for (x, y) in x.into_iter().zip(y) {
            let apart = |x: i128, y: i128| Some(x.abs_diff(y) as f64).filter(|d| !tolerance.admits(*d, y as f64));
            found.add(x, y, apart);
        }
        return found;
    }
    for (x, y) in p.decode_f64(x).into_iter().zip(q.decode_f64(y)) {
        let known = |v: f64| (!v.is_nan()).then_some(v);
        found.add(known(x), known(y), |x, y| Some((x - y).abs()).filter(|d| !tolerance.admits(*d, y)));
    }
    found
}

/// How many texts or characters differ; all of them where types do.
fn unequal(x: &Buffer, y: &Buffer) -> u64 {
    fn count<T: PartialEq>(x: &[T], y: &[T]) -> u64 {
        x.iter().zip(y).filter(|(x, y)| x != y).count() as u64
    }
    match (x, y) {
        (Buffer::Char(x), Buffer::Char(y)) => count(x, y),
        (Buffer::String(x), Buffer::String(y)) => count(x, y),
        _ => x.len() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cf::roles::cdl;
    use crate::model::array::Memory;

    fn with(data: Buffer) -> Dataset {
        let mut dataset = cdl::dataset("netcdf t { dimensions: x = 3 ; variables: double v(x) ; }");
        let block = Block::new(vec![data.len()], data).unwrap();
        dataset.variable_mut("v").unwrap().array = Memory::array(block);
        dataset
    }

    #[track_caller]
    fn differences(a: &Dataset, b: &Dataset, tolerance: &str) -> Vec<String> {
        compare(a, b, tolerance.parse().unwrap(), &Engine::new(1, 1 << 20)).unwrap().differences
    }

    #[test]
    fn long_integers_differ_in_their_last_digit() {
        let nanoseconds = |last: i64| with(Buffer::I64(vec![1_600_000_000_000_000_000, 0, last]));
        let (a, b) = (nanoseconds(1_700_000_000_000_000_000), nanoseconds(1_700_000_000_000_000_001));
        assert_eq!(differences(&a, &b, "0"), ["variable v: 1 value of 3 differ, by 1 at most"]);
        assert!(differences(&a, &b, "1").is_empty() && differences(&a, &a, "0").is_empty());
    }

    #[test]
    fn nothing_but_infinity_equals_infinity() {
        let (a, b) = (with(Buffer::F64(vec![1.0, 2.0, 3.0])), with(Buffer::F64(vec![1.0, f64::INFINITY, 3.0])));
        for (one, two) in [(&a, &b), (&b, &a)] {
            let said = differences(one, two, "0,0.5");
            assert_eq!(said, ["variable v: 1 value of 3 differ, by inf at most"]);
        }
        assert!(differences(&b, &b, "0").is_empty());
    }

    #[test]
    fn each_text_counts() {
        let texts = |list: [&str; 3]| with(Buffer::String(list.map(str::to_owned).to_vec()));
        let said = differences(&texts(["a", "b", "c"]), &texts(["a", "x", "y"]), "0");
        assert_eq!(said, ["variable v: 2 values of 3 differ"]);
    }

    #[test]
    fn groups_have_attributes_too() {
        let (mut a, mut b) = (with(Buffer::F64(vec![0.0; 3])), with(Buffer::F64(vec![0.0; 3])));
        let titled = |text: &str| [("title".to_owned(), text.into())].into_iter().collect::<Attributes>();
        a.groups = vec![("g".into(), titled("one")), ("h".into(), titled("only"))];
        b.groups = vec![("g".into(), titled("two"))];
        let expected = ["group g: attribute title: differs", "group h: attribute title: only in the first"];
        assert_eq!(differences(&a, &b, "0"), expected);
    }

    #[test]
    fn nonsense_is_no_tolerance() {
        for text in ["nan", "-1", "0,-1", "0,nan", "inf", ""] {
            assert_eq!(text.parse::<Tolerance>().unwrap_err().exit_code(), 2, "{text}");
        }
    }
}
