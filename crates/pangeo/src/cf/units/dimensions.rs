//! The physical dimensions of a unit: powers of the seven SI base units and of the radian.

use std::fmt;

/// How often each base unit enters; the radian is kept apart because it has no dimension (an angle
/// converts to `1`), yet tells `rad` from `1` in texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Dimensions {
    powers: [i16; 7],
    radians: i16,
}

/// The base units in the order of [`Dimensions::powers`].
const NAMES: [&str; 7] =
    ["length", "mass", "time", "electric current", "temperature", "amount of substance", "luminous intensity"];

impl Dimensions {
    /// The dimension of base unit `index` of [`NAMES`], or of the radian for any other number.
    pub(super) fn base(index: usize) -> Self {
        let mut dimensions = Self::default();
        match dimensions.powers.get_mut(index) {
            Some(power) => *power = 1,
            None => dimensions.radians = 1,
        }
        dimensions
    }

    /// `self × other^times`, or `None` beyond all measure.
    pub(super) fn times_power(self, other: Self, times: i16) -> Option<Self> {
        let mut result = self;
        for (mine, its) in result.powers.iter_mut().zip(other.powers) {
            *mine = mine.checked_add(its.checked_mul(times)?)?;
        }
        result.radians = result.radians.checked_add(other.radians.checked_mul(times)?)?;
        Some(result)
    }

    /// Whether values can be converted by a factor; angles count as numbers.
    pub(super) fn same_as(self, other: Self) -> bool {
        self.powers == other.powers
    }

    /// Whether values can be converted by `1/x`, as periods and frequencies.
    pub(super) fn inverse_of(self, other: Self) -> bool {
        self.powers.iter().zip(other.powers).all(|(mine, its)| i32::from(*mine) == -i32::from(its))
    }

    /// Whether this is time to the power one, the dimension of `days since …`.
    pub(super) fn is_time(self) -> bool {
        self.same_as(Self::base(2))
    }
}

impl fmt::Display for Dimensions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (name, power) in NAMES.iter().zip(self.powers).filter(|(_, power)| *power != 0) {
            write!(out, "{separator}{name}")?;
            if power != 1 {
                write!(out, "^{power}")?;
            }
            separator = " ";
        }
        if separator.is_empty() { out.write_str("a plain number") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Dimensions;

    #[test]
    fn dimensions_are_told_in_words() {
        let flux =
            Dimensions::base(1).times_power(Dimensions::base(0), -2).unwrap().times_power(Dimensions::base(2), -1);
        assert_eq!(flux.unwrap().to_string(), "length^-2 mass time^-1");
        assert_eq!(Dimensions::base(7).to_string(), "a plain number");
    }

    #[test]
    fn absurd_powers_are_refused() {
        let large = Dimensions::default().times_power(Dimensions::base(0), i16::MAX).unwrap();
        assert!(large.times_power(Dimensions::base(0), 1).is_none());
    }
}
