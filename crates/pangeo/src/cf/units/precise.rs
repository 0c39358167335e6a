//! Numbers of twice the precision of `f64`, for factors that are multiplied from many parts.
//!
//! A chain such as `mile/hour` → `m s-1` multiplies a dozen decimal numbers, none of which is exact
//! in binary. With the sum of two `f64`s each product keeps about 31 digits, so that the one factor
//! that comes out is the correctly rounded one: kelvins and degrees Celsius lie 273.15 apart, not
//! 273.15 and something. Algorithms: Dekker (1971), Knuth (TAOCP 2, 4.2.2).

/// An unevaluated sum `hi + lo` with `|lo| ≤ ulp(hi)/2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Precise {
    hi: f64,
    lo: f64,
}

impl Precise {
    pub(super) const ZERO: Self = Self::exact(0.0);
    pub(super) const ONE: Self = Self::exact(1.0);

    /// A number that `f64` holds exactly.
    pub(super) const fn exact(value: f64) -> Self {
        Self { hi: value, lo: 0.0 }
    }

    /// `digits × 10^exponent`; digits beyond the 31st are beyond the precision and only scale.
    pub(super) fn decimal(digits: impl Iterator<Item = u8>, exponent: i32) -> Self {
        const KEPT: u32 = 31;
        let (mut value, mut kept, mut exponent) = (Self::ZERO, 0, exponent);
        for digit in digits {
            if kept < KEPT {
                value = value.times(Self::exact(10.0)).plus(Self::exact(f64::from(digit)));
                kept += u32::from(value.hi != 0.0);
            } else {
                exponent = exponent.saturating_add(1);
            }
        }
        // Ten to the 400th overflows or vanishes by itself; more would only take longer.
        let power = Self::exact(10.0).power(exponent.unsigned_abs().min(400));
        if exponent < 0 { value.over(power) } else { value.times(power) }
    }

    /// The nearest `f64`.
    pub(super) fn round(self) -> f64 {
        self.hi
    }

    /// Whether this can be a factor: neither zero, infinite nor NaN.
    pub(super) fn is_factor(self) -> bool {
        self.hi.is_normal() && self.lo.is_finite()
    }

    /// Whether this is a number at all.
    pub(super) fn is_finite(self) -> bool {
        self.hi.is_finite() && self.lo.is_finite()
    }

    pub(super) fn negated(self) -> Self {
        Self { hi: -self.hi, lo: -self.lo }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        let sum = two_sum(self.hi, other.hi);
        let low = two_sum(self.lo, other.lo);
        let sum = fast_two_sum(sum.hi, sum.lo + low.hi);
        fast_two_sum(sum.hi, sum.lo + low.lo)
    }

    pub(super) fn times(self, other: Self) -> Self {
        let product = self.hi * other.hi;
        let error = self.hi.mul_add(other.hi, -product);
        fast_two_sum(product, error + (self.hi * other.lo + self.lo * other.hi))
    }

    pub(super) fn over(self, other: Self) -> Self {
        let first = self.hi / other.hi;
        let rest = self.plus(other.times(Self::exact(-first)));
        let second = rest.hi / other.hi;
        let rest = rest.plus(other.times(Self::exact(-second)));
        fast_two_sum(first, second).plus(Self::exact(rest.hi / other.hi))
    }

    /// The `exponent`-th power by repeated squaring.
    pub(super) fn power(self, mut exponent: u32) -> Self {
        let (mut result, mut square) = (Self::ONE, self);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result.times(square);
            }
            exponent >>= 1;
            if exponent > 0 {
                square = square.times(square);
            }
        }
        result
    }
}

/// The sum and its rounding error, for any order of magnitudes.
fn two_sum(a: f64, b: f64) -> Precise {
    let sum = a + b;
    let part = sum - a;
    Precise { hi: sum, lo: (a - (sum - part)) + (b - part) }
}

/// The sum and its rounding error, where `|a| ≥ |b|`.
fn fast_two_sum(a: f64, b: f64) -> Precise {
    let sum = a + b;
    Precise { hi: sum, lo: b - (sum - a) }
}

#[cfg(test)]
mod tests {
    use super::Precise;

    fn decimal(digits: &str, exponent: i32) -> Precise {
        Precise::decimal(digits.bytes().map(|byte| byte - b'0'), exponent)
    }

    #[test]
    fn decimals_round_as_the_compiler_rounds_them() {
        for (digits, exponent, value) in [
            ("27315", -2, 273.15),
            ("45967", -2, 459.67),
            ("1", -24, 1e-24),
            ("1", 24, 1e24),
            ("160217733", -27, 1.602_177_33e-19),
            ("000123", -3, 0.123),
            ("3141592653589793238462643383279", -30, std::f64::consts::PI),
            ("31415926535897932384626433832795028841", -37, std::f64::consts::PI),
        ] {
            assert_eq!(decimal(digits, exponent).round(), value, "{digits}e{exponent}");
        }
    }

    #[test]
    fn a_third_times_three_is_one() {
        let third = Precise::ONE.over(Precise::exact(3.0));
        assert_eq!(third.times(Precise::exact(3.0)).round(), 1.0);
        assert_eq!(third.plus(third).plus(third).plus(Precise::exact(-1.0)).round().abs().max(1e-32), 1e-32);
    }

    #[test]
    fn out_of_range_is_no_factor() {
        assert!(!decimal("1", 400).is_factor());
        assert!(!decimal("1", -400).is_factor());
        assert!(!decimal("0", 0).is_factor());
        assert!(Precise::exact(10.0).power(308).is_factor());
    }
}
