//! Times and bounds of groups as a file stores them.

use super::number;
use super::{Instant, Span, TimeCoding, TimeGroup};
use crate::Result;
use crate::model::{Buffer, DataType};

/// The time coordinate of groups of steps, and its bounds, as stored values.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTimes {
    /// One label a group.
    pub labels: Buffer,
    /// Begin and end of each group, one group after the other; of the type of the labels.
    pub bounds: Buffer,
}

impl GroupTimes {
    /// Labels and bounds of groups in the units of their axis, in the `wanted` type (that of the
    /// axis) if that can hold them, else as double: the middle of a January in whole days since 1850
    /// is between two numbers.
    ///
    /// In integers of seconds or less, labels are rounded down to a whole one. Bounds are never
    /// rounded, apart from what [`TimeCoding::encode`] says of floating types.
    ///
    /// # Errors
    /// As [`TimeCoding::encode`], if not even a double holds them.
    pub fn encode(groups: &[TimeGroup], coding: &TimeCoding, wanted: &DataType) -> Result<Self> {
        let labels: Vec<Instant> = groups.iter().map(|group| group.label).collect();
        let bounds: Vec<Instant> = groups.iter().flat_map(|group| [group.bounds.0, group.bounds.1]).collect();
        let whole: Vec<Instant> = if is_floating(wanted) || coding.step > 1_000_000_000 {
            labels.clone()
        } else {
            labels.iter().map(|&t| floor(coding, t)).collect()
        };
        let stored = |labels: &[Instant], of: &DataType| -> Result<Self> {
            Ok(Self { labels: encode(coding, labels, of)?, bounds: encode(coding, &bounds, of)? })
        };
        stored(&whole, wanted).or_else(|_| stored(&labels, &DataType::F64))
    }
}

fn is_floating(data_type: &DataType) -> bool {
    matches!(data_type, DataType::F32 | DataType::F64)
}

/// The whole unit at or before an instant.
fn floor(coding: &TimeCoding, at: Instant) -> Instant {
    let zero = coding.origin.or_else(|| Instant::from_nanoseconds(0));
    let past = zero.map_or(0, |zero| at.since(zero).nanoseconds().rem_euclid(coding.step.max(1)));
    at.plus(Span::from_nanoseconds(-past)).unwrap_or(at)
}

/// As [`TimeCoding::encode`], and for axes of lengths of time, whose zero stands at 1970-01-01.
fn encode(coding: &TimeCoding, line: &[Instant], to: &DataType) -> Result<Buffer> {
    if coding.calendar().has_dates() && !coding.is_duration() {
        return coding.encode(line, to);
    }
    let (step, spans) = (coding.step, line.iter().map(|t| t.nanoseconds()));
    let lost =
        || coding.error(format!("{to} does not hold all times of the groups")).with_hint("store times as double");
    match to {
        DataType::F64 => Ok(Buffer::F64(spans.map(|n| number::quotient(n, step)).collect())),
        DataType::F32 => {
            let values = Buffer::F32(spans.clone().map(|n| number::quotient_f32(n, step)).collect());
            let near = |(n, t): (i128, &Span)| (t.nanoseconds() - n).abs() <= 1_000_000;
            if spans.zip(&coding.decode_spans(&values)?).all(near) { Ok(values) } else { Err(lost()) }
        }
        _ => {
            let divide = |n: i128| (n.checked_rem(step) == Some(0)).then(|| n / step);
            let whole = spans.map(divide).collect::<Option<Vec<_>>>().ok_or_else(lost)?;
            number::integers(to, &whole).map_err(|_| lost())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{TimeAxis, TimeCells, whole};
    use super::*;

    /// The group of all steps of an axis, in the type of the axis if it holds them.
    fn stored(units: &str, calendar: &str, values: &Buffer) -> GroupTimes {
        let coding = TimeCoding::new(units, Some(calendar)).unwrap();
        let axis = TimeAxis::decode(coding.clone(), values).unwrap();
        let group = whole(&TimeCells::new(&axis).unwrap()).unwrap();
        GroupTimes::encode(&[group], &coding, &values.data_type()).unwrap()
    }

    #[test]
    fn times_keep_their_type_where_it_holds_them() {
        use Buffer::{F32, F64, I16, I32, I64};
        for (units, values, label, bounds) in [
            ("days since 1850-01-01", I32(vec![0, 30]), I32(vec![15]), I32(vec![0, 30])),
            ("days since 1850-01-01", I32(vec![0, 31]), F64(vec![15.5]), F64(vec![0.0, 31.0])),
            ("hours since 1900-01-01", I16(vec![1, 4]), F64(vec![2.5]), F64(vec![1.0, 4.0])),
            ("seconds since 1970-01-01", I64(vec![-4, 1]), I64(vec![-2]), I64(vec![-4, 1])),
            ("days since 1850-01-01", F32(vec![0.0, 31.0]), F32(vec![15.5]), F32(vec![0.0, 31.0])),
            // The middle is 17.5 minutes after midnight: floats of so many days are 1.4 minutes apart.
            ("days since 1900-01-01", F64(vec![9999.0, 9999.024]), F64(vec![9999.012]), F64(vec![9999.0, 9999.024])),
            ("hours", I32(vec![0, 6]), I32(vec![3]), I32(vec![0, 6])),
            ("hours", I32(vec![0, 7]), F64(vec![3.5]), F64(vec![0.0, 7.0])),
            ("days", F32(vec![1.0, 2.0]), F32(vec![1.5]), F32(vec![1.0, 2.0])),
        ] {
            let found = stored(units, "standard", &values);
            assert_eq!((found.labels, found.bounds), (label, bounds), "{units}");
        }
    }

    #[test]
    fn perpetual_july_has_a_middle() {
        let found = stored("days since 1-7-15", "none", &Buffer::F64(vec![0.0, 1.0, 2.0, 7.0]));
        assert_eq!((found.labels, found.bounds), (Buffer::F64(vec![3.5]), Buffer::F64(vec![0.0, 7.0])));
    }

    #[test]
    fn a_float_that_cannot_hold_the_middle_gives_way_to_a_double() {
        // At 65 536 days a float resolves 11 minutes; the middle of 11 minutes is out of its reach.
        let ends = [65_536.0_f32, 65_536.0_f32.next_up()];
        let found = stored("days since 1850-01-01", "standard", &Buffer::F32(ends.to_vec()));
        assert_eq!(found.labels.data_type(), DataType::F64);
    }
}
