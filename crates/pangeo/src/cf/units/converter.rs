//! From numbers in one unit to numbers in another.

use super::precise::Precise;
use super::scale::{Linear, Logarithmic, Scale};

/// A conversion of values; made by [`Unit::converter_to`](super::Unit::converter_to).
///
/// NaN stays NaN (a missing value stays missing).
#[derive(Clone, Debug, PartialEq)]
pub struct Converter {
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// `factor·x + offset`.
    Affine { factor: f64, offset: f64 },
    /// Through the SI base unit: out of a logarithm or into one, or to the reciprocal.
    Through { from: Step, reciprocal: bool, to: Step },
}

/// A value in a unit to one in base units, or back.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Linear { factor: f64, offset: f64 },
    Logarithmic { ln_base: f64, factor: f64, offset: f64, reference: f64 },
}

impl Converter {
    /// The conversion that changes nothing.
    pub fn identity() -> Self {
        Self { kind: Kind::Affine { factor: 1.0, offset: 0.0 } }
    }

    /// Multiplication by `factor`.
    pub(super) fn factor(factor: Precise) -> Self {
        Self { kind: Kind::Affine { factor: factor.round(), offset: 0.0 } }
    }

    /// The conversion between two scales of the same dimensions, or of inverse ones (`s` to `Hz`).
    pub(super) fn between(from: &Scale, to: &Scale) -> Option<Self> {
        let reciprocal = match (from.dimensions(), to.dimensions()) {
            (a, b) if a.same_as(b) => false,
            (a, b) if a.inverse_of(b) => true,
            _ => return None,
        };
        let kind = match (from, to) {
            (Scale::Linear(a), Scale::Linear(b)) if !reciprocal => affine(a, b),
            (Scale::Logarithmic(a), Scale::Logarithmic(b)) if !reciprocal => rebased(a, b),
            _ => Kind::Through { from: Step::of(from), reciprocal, to: Step::of(to) },
        };
        Some(Self { kind })
    }

    /// The value in the new unit.
    #[inline]
    pub fn apply(&self, value: f64) -> f64 {
        match &self.kind {
            // No offset is no addition: −0 stays −0.
            Kind::Affine { factor, offset } if *offset == 0.0 => value * factor,
            Kind::Affine { factor, offset } => value * factor + offset,
            Kind::Through { from, reciprocal, to } => {
                let base = from.decode(value);
                to.encode(if *reciprocal { 1.0 / base } else { base })
            }
        }
    }

    /// Converts each value in place.
    pub fn apply_in_place(&self, values: &mut [f64]) {
        if !self.is_identity() {
            for value in values {
                *value = self.apply(*value);
            }
        }
    }

    /// `(factor, offset)` of `factor·x + offset`; `None` if the conversion is not of this form
    /// (into or out of a logarithm, or to a reciprocal).
    pub fn affine(&self) -> Option<(f64, f64)> {
        match self.kind {
            Kind::Affine { factor, offset } => Some((factor, offset)),
            Kind::Through { .. } => None,
        }
    }

    /// Whether values stay as they are.
    pub fn is_identity(&self) -> bool {
        self.affine() == Some((1.0, 0.0))
    }

    /// The conversion of differences between two values, such as a standard deviation, a trend or
    /// an anomaly of temperature: the factor without the offset. `None` where a difference means
    /// nothing in the other unit (logarithms, reciprocals).
    #[must_use]
    pub fn difference(&self) -> Option<Self> {
        self.affine().map(|(factor, _)| Self { kind: Kind::Affine { factor, offset: 0.0 } })
    }

    /// Whether larger values become smaller ones (`degrees_west` to `degrees_east`, `s` to `Hz`), so
    /// that the ends of a valid range change places.
    pub fn reverses(&self) -> bool {
        match &self.kind {
            Kind::Affine { factor, .. } => *factor < 0.0,
            Kind::Through { from, reciprocal, to } => *reciprocal != (from.falls() != to.falls()),
        }
    }
}

fn affine(from: &Linear, to: &Linear) -> Kind {
    let factor = from.factor.over(to.factor).round();
    let offset = from.offset.plus(to.offset.negated()).over(to.factor).round();
    Kind::Affine { factor, offset }
}

/// Between logarithms of the same quantity: also affine, `log_b(r₁·a^y/r₂) = y·log_b a + log_b(r₁/r₂)`
/// with `y` the value in the first unit without its own factor.
fn rebased(from: &Logarithmic, to: &Logarithmic) -> Kind {
    if from == to {
        return Converter::identity().kind;
    }
    let ratio = from.reference.factor.over(to.reference.factor).round();
    let level = if ratio == 1.0 { 0.0 } else { log(ratio, to.ln_base) };
    let base = if from.ln_base == to.ln_base { 1.0 } else { from.ln_base / to.ln_base };
    let factor = from.factor.over(to.factor).times(Precise::exact(base)).round();
    let shift = from.offset.times(Precise::exact(base)).plus(to.offset.negated()).plus(Precise::exact(level));
    Kind::Affine { factor, offset: shift.over(to.factor).round() }
}

/// The logarithm of `value` to the base `e^ln_base`; exact powers of ten and two come out exact.
fn log(value: f64, ln_base: f64) -> f64 {
    if ln_base == std::f64::consts::LN_10 {
        value.log10()
    } else if ln_base == std::f64::consts::LN_2 {
        value.log2()
    } else {
        value.ln() / ln_base
    }
}

/// `(e^ln_base)^exponent`.
fn raise(ln_base: f64, exponent: f64) -> f64 {
    if ln_base == std::f64::consts::LN_10 {
        10f64.powf(exponent)
    } else if ln_base == std::f64::consts::LN_2 {
        exponent.exp2()
    } else {
        (ln_base * exponent).exp()
    }
}

impl Step {
    fn of(scale: &Scale) -> Self {
        match scale {
            Scale::Linear(linear) => Self::Linear { factor: linear.factor.round(), offset: linear.offset.round() },
            Scale::Logarithmic(log) => Self::Logarithmic {
                ln_base: log.ln_base,
                factor: log.factor.round(),
                offset: log.offset.round(),
                reference: log.reference.factor.round(),
            },
        }
    }

    fn decode(&self, value: f64) -> f64 {
        match self {
            Self::Linear { factor, offset } => value * factor + offset,
            Self::Logarithmic { ln_base, factor, offset, reference } => {
                reference * raise(*ln_base, value * factor + offset)
            }
        }
    }

    fn encode(&self, base: f64) -> f64 {
        match self {
            Self::Linear { factor, offset } => (base - offset) / factor,
            Self::Logarithmic { ln_base, factor, offset, reference } => {
                (log(base / reference, *ln_base) - offset) / factor
            }
        }
    }

    fn falls(&self) -> bool {
        match self {
            Self::Linear { factor, .. } | Self::Logarithmic { factor, .. } => *factor < 0.0,
        }
    }
}
