//! Sums of doubles without rounding.
//!
//! A double is an integer times a power of two; kept as wide integers, sums lose nothing, so the
//! result depends neither on the order of the values nor on how they are split over chunks and
//! threads. The layout (64-bit limbs 32 bits apart, carries put off) is the "small
//! superaccumulator" of R. M. Neal, "Fast exact summation using small and large
//! superaccumulators", arXiv:1505.05571.

/// Limbs: exponents 0–2046 in steps of 32, one more for the mantissa's upper part, one for carries.
const LIMBS: usize = 67;
/// Additions that a limb takes before its carry must move on: each adds less than 2^53.
const PATIENCE: u32 = 1 << 10;

/// An exact running sum. NaN is not a number to add: leave missing values out.
#[derive(Debug, Clone)]
pub struct ExactSum {
    limbs: [i64; LIMBS],
    /// Additions left until carries must be moved.
    left: u32,
    positive_infinities: u64,
    negative_infinities: u64,
}

impl Default for ExactSum {
    fn default() -> Self {
        Self { limbs: [0; LIMBS], left: PATIENCE, positive_infinities: 0, negative_infinities: 0 }
    }
}

impl ExactSum {
    /// Add one value.
    pub fn add(&mut self, value: f64) {
        let bits = value.to_bits();
        let exponent = (bits >> 52) & 0x7ff;
        if exponent == 0x7ff {
            *(if value > 0.0 { &mut self.positive_infinities } else { &mut self.negative_infinities }) += 1;
            return;
        }
        // Subnormals share exponent 1's scale, without the hidden bit.
        let hidden = u64::from(exponent != 0) << 52;
        let mantissa = (bits & ((1 << 52) - 1)) | hidden;
        let place = exponent.max(1);
        let (limb, shift) = ((place >> 5) as usize, place & 31);
        let low = ((mantissa << shift) & 0xffff_ffff) as i64;
        let high = (mantissa >> (32 - shift)) as i64;
        let sign = 1 - 2 * (bits >> 63) as i64;
        // `limb` is at most 63: the mask only tells the compiler so.
        self.limbs[limb & 63] += sign * low;
        self.limbs[(limb & 63) + 1] += sign * high;
        self.left -= 1;
        if self.left == 0 {
            self.carry();
        }
    }

    /// Add another sum.
    pub fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        other.carry();
        self.carry();
        for (a, b) in self.limbs.iter_mut().zip(&other.limbs) {
            *a += b;
        }
        self.left -= 1;
        self.positive_infinities += other.positive_infinities;
        self.negative_infinities += other.negative_infinities;
    }

    /// Bring every limb but the last into 0..2^32 by moving what is beyond upwards.
    fn carry(&mut self) {
        let mut carry = 0;
        for limb in &mut self.limbs[..LIMBS - 1] {
            let sum = *limb + carry;
            *limb = sum & 0xffff_ffff;
            carry = sum >> 32;
        }
        self.limbs[LIMBS - 1] += carry;
        self.left = PATIENCE;
    }

    /// The sum, rounded once to the nearest double (half to even).
    pub fn value(&self) -> f64 {
        match (self.positive_infinities > 0, self.negative_infinities > 0) {
            (true, true) => return f64::NAN,
            (true, false) => return f64::INFINITY,
            (false, true) => return f64::NEG_INFINITY,
            (false, false) => {}
        }
        let mut sum = self.clone();
        sum.carry();
        let negative = sum.limbs[LIMBS - 1] < 0;
        if negative {
            for limb in &mut sum.limbs {
                *limb = -*limb;
            }
            sum.carry();
        }
        let magnitude = sum.magnitude();
        if negative { -magnitude } else { magnitude }
    }

    /// The value of normalised, non-negative limbs.
    fn magnitude(&self) -> f64 {
        let Some(top) = (0..LIMBS).rev().find(|&i| self.limbs[i] != 0) else { return 0.0 };
        // The highest 128 bits as one integer, whatever lies below as a sticky bit.
        let limb = |i: usize| self.limbs[i] as u128;
        let base = top.saturating_sub(3);
        let mut head: u128 = 0;
        for i in (base..=top).rev() {
            head = (head << 32) | (limb(i) & 0xffff_ffff);
        }
        if (0..base).any(|i| self.limbs[i] != 0) {
            head |= 1;
        }
        // Limb i counts in units of 2^(32 i − 1075): an exponent field e stands for 2^(e − 1075).
        let scale = 32 * base as i32 - 1075;
        scaled(head, scale)
    }
}

/// `head · 2^scale`, rounded once; bit 0 of `head` is sticky when bits were lost below it.
fn scaled(head: u128, scale: i32) -> f64 {
    if head == 0 {
        return 0.0;
    }
    let length = 128 - head.leading_zeros() as i32;
    // A double has 53 bits, fewer near zero: bits below 2^−1074 do not exist.
    let drop = (length - 53).max(-1074 - scale).max(0);
    let (mut kept, exponent) = if drop == 0 {
        (head, scale)
    } else if drop > 127 {
        return 0.0;
    } else {
        let rest = head & ((1u128 << drop) - 1);
        let half = 1u128 << (drop - 1);
        let kept = head >> drop;
        let up = rest > half || (rest == half && kept & 1 == 1);
        (kept + u128::from(up), scale + drop)
    };
    // Two exact steps: a single power of two may lie outside the range of doubles.
    let mut exponent = exponent;
    while kept != 0 && kept & 1 == 0 {
        kept >>= 1;
        exponent += 1;
    }
    let half = exponent / 2;
    kept as f64 * 2f64.powi(half) * 2f64.powi(exponent - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(values: &[f64]) -> f64 {
        let mut total = ExactSum::default();
        values.iter().for_each(|&v| total.add(v));
        total.value()
    }

    #[test]
    fn single_values_come_back_bit_for_bit() {
        let values = [0.0, 1.0, -1.0, 0.1, 1e300, -1e-300, 5e-324, 2.2e-308, f64::MAX, f64::MIN_POSITIVE, 3.5e-310];
        for value in values {
            assert_eq!(sum(&[value]).to_bits(), (value + 0.0).to_bits(), "{value:e}");
        }
    }

    /// Python's `math.fsum` of the same lists.
    #[test]
    fn nothing_is_lost_between_large_and_small() {
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[1e16, 1.0, 1.0, -1e16, 1e-30]), 2.0);
        assert_eq!(sum(&[9_007_199_254_740_992.0, 1.0, 1e-20]), 9_007_199_254_740_994.0);
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]), f64::MAX);
    }

    #[test]
    fn any_order_and_split_gives_the_same_bits() {
        let values: Vec<f64> = (0..10_000).map(|i| (f64::from(i) * 0.7).sin() * 10f64.powi(i % 40 - 20)).collect();
        let whole = sum(&values);
        let mut parts = ExactSum::default();
        for piece in values.rchunks(37) {
            let mut part = ExactSum::default();
            piece.iter().for_each(|&v| part.add(v));
            parts.merge(&part);
        }
        assert_eq!(parts.value().to_bits(), whole.to_bits());
    }

    #[test]
    fn infinities_behave_as_in_floating_point() {
        assert_eq!(sum(&[f64::INFINITY, 1.0]), f64::INFINITY);
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    }
}
