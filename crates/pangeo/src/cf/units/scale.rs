//! What a unit says about a number: the map from a value in the unit to one in SI base units.

use super::dimensions::Dimensions;
use super::precise::Precise;

/// `base = factor·x + offset` in the SI base units of `dimensions`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Linear {
    pub(super) factor: Precise,
    pub(super) offset: Precise,
    pub(super) dimensions: Dimensions,
}

/// `base = reference · b^(factor·x + offset)` with the natural logarithm of `b` in `ln_base`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Logarithmic {
    pub(super) ln_base: f64,
    pub(super) factor: Precise,
    pub(super) offset: Precise,
    pub(super) reference: Linear,
}

/// A unit's meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scale {
    Linear(Linear),
    Logarithmic(Logarithmic),
}

/// Why two units cannot be combined; the parser adds where.
pub(super) type Refused = &'static str;

const OUT_OF_RANGE: Refused = "a factor or power is out of range";
const LOGARITHMIC: Refused = "a logarithmic unit can only be multiplied by numbers";

impl Linear {
    /// A factor times the base unit of `dimensions`.
    pub(super) fn new(factor: Precise, dimensions: Dimensions) -> Self {
        Self { factor, offset: Precise::ZERO, dimensions }
    }

    fn checked(self) -> Result<Self, Refused> {
        if self.factor.is_factor() && self.offset.is_finite() { Ok(self) } else { Err(OUT_OF_RANGE) }
    }
}

impl Scale {
    /// A plain number as a unit, `1000` in `1000 kg`.
    pub(super) fn number(value: Precise) -> Result<Self, Refused> {
        Linear::new(value, Dimensions::default()).checked().map(Self::Linear)
    }

    /// The dimensions of the quantity; for a logarithmic unit those of its reference.
    pub(super) fn dimensions(&self) -> Dimensions {
        match self {
            Self::Linear(linear) => linear.dimensions,
            Self::Logarithmic(log) => log.reference.dimensions,
        }
    }

    /// The unit with a prefix: `x` in it is `factor·x` in `self`; keeps the offset of a temperature.
    pub(super) fn prefixed(self, by: Precise) -> Result<Self, Refused> {
        match self {
            Self::Linear(linear) => Linear { factor: linear.factor.times(by), ..linear }.checked().map(Self::Linear),
            Self::Logarithmic(log) => {
                Ok(Self::Logarithmic(Logarithmic { factor: checked(log.factor.times(by))?, ..log }))
            }
        }
    }

    /// The unit whose zero lies at `origin` of `self`, as `K @ 273.15`.
    pub(super) fn shifted(self, origin: Precise) -> Result<Self, Refused> {
        match self {
            Self::Linear(linear) => {
                let offset = linear.offset.plus(linear.factor.times(origin));
                Linear { offset, ..linear }.checked().map(Self::Linear)
            }
            Self::Logarithmic(log) => {
                let offset = log.offset.plus(log.factor.times(origin));
                if offset.is_finite() {
                    Ok(Self::Logarithmic(Logarithmic { offset, ..log }))
                } else {
                    Err(OUT_OF_RANGE)
                }
            }
        }
    }

    /// The product; an offset has no meaning in it and is dropped (`degC m-1` is `K m-1`).
    pub(super) fn times(self, other: Self) -> Result<Self, Refused> {
        match (self, other) {
            (Self::Linear(a), Self::Linear(b)) => {
                let dimensions = a.dimensions.times_power(b.dimensions, 1).ok_or(OUT_OF_RANGE)?;
                Linear::new(a.factor.times(b.factor), dimensions).checked().map(Self::Linear)
            }
            (Self::Linear(number), log @ Self::Logarithmic(_)) | (log @ Self::Logarithmic(_), Self::Linear(number))
                if number.dimensions.same_as(Dimensions::default()) =>
            {
                log.prefixed(number.factor)
            }
            _ => Err(LOGARITHMIC),
        }
    }

    /// The quotient, under the rules of [`Scale::times`].
    pub(super) fn over(self, other: Self) -> Result<Self, Refused> {
        self.times(other.power(-1)?)
    }

    /// The unit to a whole power; the first leaves it as it is, all others drop an offset.
    pub(super) fn power(self, exponent: i16) -> Result<Self, Refused> {
        match self {
            _ if exponent == 1 => Ok(self),
            Self::Linear(linear) => {
                let size = linear.factor.power(u32::from(exponent.unsigned_abs()));
                let factor = if exponent < 0 { Precise::ONE.over(size) } else { size };
                let dimensions = Dimensions::default().times_power(linear.dimensions, exponent).ok_or(OUT_OF_RANGE)?;
                Linear::new(factor, dimensions).checked().map(Self::Linear)
            }
            Self::Logarithmic(_) => Err("a logarithmic unit has no powers"),
        }
    }

    /// The logarithm (natural logarithm of the base: `ln_base`) of values relative to this unit.
    pub(super) fn logarithm(self, ln_base: f64) -> Result<Self, Refused> {
        match self {
            Self::Linear(reference) if reference.factor.round() < 0.0 => {
                Err("the reference level of a logarithm must be positive")
            }
            Self::Linear(reference) => {
                let reference = Linear::new(reference.factor, reference.dimensions);
                Ok(Self::Logarithmic(Logarithmic { ln_base, factor: Precise::ONE, offset: Precise::ZERO, reference }))
            }
            Self::Logarithmic(_) => Err("a logarithm of a logarithmic unit has no meaning"),
        }
    }
}

fn checked(factor: Precise) -> Result<Precise, Refused> {
    if factor.is_factor() { Ok(factor) } else { Err(OUT_OF_RANGE) }
}
