//! Numbers and ranges as typed: `850`, `500/1000hPa`, `200hPa,850hPa`.

use crate::cf::units::{Quantity, Unit};
use crate::{Error, Result};

/// A number as typed, in the coordinate's units; all digits of a whole one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typed {
    pub(super) real: f64,
    pub(super) whole: Option<i128>,
}

/// A number or a closed range, in the coordinate's units; the ends of a range as they were typed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wish {
    At(Typed),
    Between(Option<Typed>, Option<Typed>),
}

/// What was typed: numbers and ranges between commas, not yet in anyone's units.
#[derive(Debug, Clone)]
pub(super) struct Wishes {
    text: String,
    items: Vec<Item>,
}

#[derive(Debug, Clone)]
struct Item {
    /// The number; of a range the first one.
    from: Option<Number>,
    to: Option<Number>,
    is_range: bool,
}

#[derive(Debug, Clone)]
struct Number {
    typed: Typed,
    unit: Option<Unit>,
}

impl Wishes {
    /// Read `V`, `A/B` or several of them between commas, numbers with or without a unit. A unit behind
    /// the last number counts for all that have none: `500/1000hPa` is said of two pressures in hPa.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is no number; [`Error::Data`] for what is no unit.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut items: Vec<Item> = text.split(',').map(Item::parse).collect::<Result<_>>()?;
        let last = items.iter().flat_map(Item::numbers).last().and_then(|n| n.unit.clone());
        for number in items.iter_mut().flat_map(|i| i.from.iter_mut().chain(&mut i.to)) {
            number.unit = number.unit.take().or_else(|| last.clone());
        }
        Ok(Self { text: text.trim().to_owned(), items })
    }

    /// Whether all numbers mean something in `units`: those without a unit always do.
    pub(super) fn convert_to(&self, units: &str) -> bool {
        let to = Unit::parse(units).ok();
        let mut own = self.items.iter().flat_map(Item::numbers).filter_map(|n| n.unit.as_ref());
        own.all(|unit| to.as_ref().is_some_and(|to| unit.is_convertible(to)))
    }

    /// The numbers and ranges in `units`.
    ///
    /// # Errors
    /// What units answer with; [`Error::Usage`] where some numbers have a unit other than `units` and
    /// the last has none, so that it could mean either.
    pub(super) fn in_units(&self, units: &str) -> Result<Vec<Wish>> {
        let in_doubt = self.items.iter().flat_map(Item::numbers).any(|n| n.unit.is_none());
        let number = |n: &Number| -> Result<Typed> {
            let Some(unit) = &n.unit else { return Ok(n.typed) };
            let converter = unit.converter_to(&Unit::parse(units)?)?;
            if converter.is_identity() {
                return Ok(n.typed);
            }
            if in_doubt {
                let what = format!("'{}': the last number has no unit, another one has", self.text);
                let hint = format!("write the unit behind the last number ({unit} or {units}), or behind each");
                return Err(Error::usage(what).with_hint(hint));
            }
            Ok(Typed { real: converter.apply(n.typed.real), whole: None })
        };
        let end = |n: &Option<Number>| n.as_ref().map(number).transpose();
        let wish = |item: &Item| -> Result<Option<Wish>> {
            let (from, to) = (end(&item.from)?, end(&item.to)?);
            Ok(if item.is_range { Some(Wish::Between(from, to)) } else { from.map(Wish::At) })
        };
        self.items.iter().filter_map(|item| wish(item).transpose()).collect()
    }
}

impl Item {
    fn parse(text: &str) -> Result<Self> {
        let end = |part: &str| if part.trim().is_empty() { Ok(None) } else { Number::parse(part.trim()).map(Some) };
        match text.split_once('/') {
            // `1/3` could be a range only: fractions are not a way to write a coordinate.
            Some((a, b)) => Ok(Self { from: end(a)?, to: end(b)?, is_range: true }),
            None => Ok(Self { from: Some(Number::parse(text.trim())?), to: None, is_range: false }),
        }
    }

    fn numbers(&self) -> impl Iterator<Item = &Number> {
        self.from.iter().chain(&self.to)
    }
}

impl Number {
    fn parse(text: &str) -> Result<Self> {
        let Quantity { value, whole, unit } = text.parse()?;
        Ok(Self { typed: Typed { real: value, whole }, unit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(text: &str, units: &str) -> Result<Vec<f64>> {
        let wishes = Wishes::parse(text)?.in_units(units)?;
        let of = |wish| match wish {
            Wish::At(at) => vec![at.real],
            Wish::Between(a, b) => vec![a.map_or(f64::NAN, |a| a.real), b.map_or(f64::NAN, |b| b.real)],
        };
        Ok(wishes.into_iter().flat_map(of).collect())
    }

    #[test]
    fn the_last_unit_counts_for_all_without_one() {
        assert_eq!(ends("500/1000hPa", "Pa").unwrap(), [50_000.0, 100_000.0]);
        assert_eq!(ends("500Pa/1hPa", "Pa").unwrap(), [500.0, 100.0]);
        assert_eq!(ends("200,500/850 hPa", "Pa").unwrap(), [20_000.0, 50_000.0, 85_000.0]);
        assert_eq!(ends("500/1000", "Pa").unwrap(), [500.0, 1000.0]);
    }

    #[test]
    fn a_unit_in_front_alone_is_in_doubt() {
        assert_eq!(ends("500hPa/1000", "Pa").unwrap_err().exit_code(), 2);
        assert_eq!(ends("500hPa,1000", "Pa").unwrap_err().exit_code(), 2);
        assert_eq!(ends("500hPa/1000", "mbar").unwrap(), [500.0, 1000.0], "either way the same");
        assert!(ends("500hPa/", "Pa").unwrap().contains(&50_000.0));
    }

    #[test]
    fn impossible_units_are_refused() {
        assert!(ends("5 kg", "Pa").is_err() && !Wishes::parse("5 kg").unwrap().convert_to("Pa"));
        assert!(Wishes::parse("5").unwrap().convert_to("sigma_level"));
        for text in ["nan", "", "1,", "/x", "2000-01"] {
            assert_eq!(Wishes::parse(text).unwrap_err().exit_code(), 2, "{text}");
        }
    }
}
