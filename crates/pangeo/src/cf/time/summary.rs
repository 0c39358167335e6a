//! What a time axis looks like: step, gaps, duplicates, order.

use std::fmt;

use super::{Calendar, Instant, Span};

/// How many gaps and duplicates are listed; all are counted.
const LISTED: usize = 20;

/// The order of the steps in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Every time is later than the one before; also fewer than two times.
    Increasing,
    /// Every time is earlier than the one before.
    Decreasing,
    /// Neither; equal times are in neither order.
    Unordered,
}

/// The distance between neighbouring times, in order of time and without duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Fewer than two different times.
    None,
    /// Always the same length of time, but for gaps of whole steps.
    Regular(Span),
    /// Always so many months (12 is a year), at about the same place in the month, but for gaps.
    Months(i64),
    /// Anything else.
    Irregular {
        /// The shortest distance.
        shortest: Span,
        /// The longest distance.
        longest: Span,
    },
}

impl fmt::Display for Step {
    /// `6 hours`, `1 month`, `1 year`, `irregular (1 day to 3 days)`, `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n: i64| if n == 1 { "" } else { "s" };
        match self {
            Self::None => f.write_str("none"),
            Self::Regular(span) => span.fmt(f),
            Self::Months(n) if n % 12 == 0 => write!(f, "{} year{}", n / 12, plural(n / 12)),
            Self::Months(n) => write!(f, "{n} month{}", plural(*n)),
            Self::Irregular { shortest, longest } => write!(f, "irregular ({shortest} to {longest})"),
        }
    }
}

/// A time axis in brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeSummary {
    /// Number of steps.
    pub count: usize,
    /// The first step of the file, shown.
    pub first: Option<String>,
    /// The last step of the file, shown.
    pub last: Option<String>,
    /// The calendar; `None` without dates.
    pub calendar: Option<Calendar>,
    /// The step.
    pub step: Step,
    /// The order in the file.
    pub order: Order,
    /// Indices in the file of the times on either side of a gap; the first 20 in order of time.
    pub gaps: Vec<(usize, usize)>,
    /// How many gaps there are.
    pub gap_count: usize,
    /// How many steps the gaps lack.
    pub missing_steps: u64,
    /// Indices in the file of equal times; the first 20 in order of time.
    pub duplicates: Vec<(usize, usize)>,
    /// How many times are there already.
    pub duplicate_count: usize,
}

impl TimeSummary {
    /// The summary of dates.
    pub fn of_dates(times: &[Instant], calendar: Calendar) -> Self {
        let line: Vec<i128> = times.iter().map(|t| t.nanoseconds()).collect();
        let show = |t: Option<&Instant>| t.map(|&t| calendar.components(t).to_string());
        Self::of(&line, Some(calendar), show(times.first()), show(times.last()))
    }

    /// The summary of lengths of time.
    pub fn of_spans(times: &[Span]) -> Self {
        let line: Vec<i128> = times.iter().map(|t| t.nanoseconds()).collect();
        let show = |t: Option<&Span>| t.map(Span::to_string);
        Self::of(&line, None, show(times.first()), show(times.last()))
    }

    fn of(line: &[i128], calendar: Option<Calendar>, first: Option<String>, last: Option<String>) -> Self {
        let mut sorted: Vec<(i128, usize)> = line.iter().enumerate().map(|(i, &t)| (t, i)).collect();
        sorted.sort_unstable();
        let equal = |pair: &[(i128, usize)]| matches!(pair, [a, b] if a.0 == b.0);
        let at = |pair: &[(i128, usize)]| match pair {
            [a, b] => (a.1, b.1),
            _ => (0, 0),
        };
        let duplicates: Vec<_> = sorted.windows(2).filter(|pair| equal(pair)).map(at).collect();
        sorted.dedup_by_key(|(t, _)| *t);
        let places: Vec<i128> = sorted.iter().map(|(t, _)| *t).collect();
        let (step, strides) = measure(&places, calendar);
        let gaps = sorted.windows(2).zip(&strides).filter(|(_, stride)| **stride > 1);
        let listed = gaps.clone().take(LISTED).map(|(pair, _)| at(pair)).collect();
        Self {
            count: line.len(),
            first,
            last,
            calendar,
            step,
            order: order(line),
            gaps: listed,
            gap_count: gaps.clone().count(),
            missing_steps: gaps.map(|(_, stride)| stride - 1).fold(0, u64::saturating_add),
            duplicate_count: duplicates.len(),
            duplicates: duplicates.into_iter().take(LISTED).collect(),
        }
    }
}

fn order(line: &[i128]) -> Order {
    match line {
        _ if line.is_sorted_by(|a, b| a < b) => Order::Increasing,
        _ if line.is_sorted_by(|a, b| a > b) => Order::Decreasing,
        _ => Order::Unordered,
    }
}

/// The step of ascending times, and how many steps each distance is (nothing if irregular).
fn measure(places: &[i128], calendar: Option<Calendar>) -> (Step, Vec<u64>) {
    let distances: Vec<i128> =
        places.windows(2).map(|pair| pair.iter().rev().copied().reduce(i128::saturating_sub).unwrap_or(0)).collect();
    let (Some(&shortest), Some(&longest)) = (distances.iter().min(), distances.iter().max()) else {
        return (Step::None, Vec::new());
    };
    if let Some(found) = calendar.and_then(|c| months(places, shortest, c)) {
        return found;
    }
    // Floating times of a file may be off by a little; a real gap is a whole step.
    let step = most_common(&distances);
    let tolerance = (step / 100_000).max(1_000_000);
    let strides: Vec<u64> =
        distances.iter().map(|d| (d.saturating_add(step / 2) / step.max(1)).max(0) as u64).collect();
    let fits = |(d, stride): (&i128, &u64)| {
        *stride > 0 && d.abs_diff(step.saturating_mul(i128::from(*stride))) <= tolerance.unsigned_abs()
    };
    let single = strides.iter().filter(|s| **s == 1).count();
    if distances.iter().zip(&strides).all(fits) && 2 * single >= strides.len() {
        return (Step::Regular(Span::from_nanoseconds(step)), strides);
    }
    let ends = (Span::from_nanoseconds(shortest), Span::from_nanoseconds(longest));
    (Step::Irregular { shortest: ends.0, longest: ends.1 }, Vec::new())
}

/// The distance that occurs most often; the shortest of equals.
fn most_common(distances: &[i128]) -> i128 {
    let mut sorted = distances.to_vec();
    sorted.sort_unstable();
    let runs = sorted.chunk_by(|a, b| a == b).map(|run| (run.len(), run.first().copied().unwrap_or(0)));
    runs.reduce(|best, run| if run.0 > best.0 { run } else { best }).map_or(0, |(_, step)| step)
}

/// Months as step: times at about the same place of different months (the first, the middle or the
/// last day), a whole number of months apart.
fn months(places: &[i128], shortest: i128, calendar: Calendar) -> Option<(Step, Vec<u64>)> {
    const SHORTEST: i128 = 27 * 86_400_000_000_000;
    const SAME_PLACE: f64 = 0.1;
    if shortest < SHORTEST {
        return None;
    }
    let (mut indices, mut low, mut high) = (Vec::with_capacity(places.len()), f64::INFINITY, f64::NEG_INFINITY);
    for &place in places {
        let at = calendar.components(Instant::from_nanoseconds(place)?);
        let day = f64::from(at.day) - 1.0 + at.nanosecond_of_day()? as f64 / 8.64e13;
        let share = day / f64::from(calendar.last_day(at.year, at.month).max(1));
        (low, high) = (low.min(share), high.max(share));
        indices.push(calendar.month_index(at.year, at.month));
    }
    let distances: Vec<i64> =
        indices.windows(2).map(|pair| pair.iter().rev().copied().reduce(|a, b| a - b).unwrap_or(0)).collect();
    let wide: Vec<i128> = distances.iter().map(|&d| i128::from(d)).collect();
    let step = most_common(&wide) as i64;
    let whole = step > 0 && distances.iter().all(|d| *d > 0 && d % step == 0);
    let single = distances.iter().filter(|d| **d == step).count();
    if !whole || high - low > SAME_PLACE || 2 * single < distances.len() {
        return None;
    }
    Some((Step::Months(step), distances.iter().map(|d| (d / step) as u64).collect()))
}

#[cfg(test)]
mod tests {
    use super::super::TimeCoding;
    use super::*;
    use crate::model::Buffer;

    fn summary(units: &str, calendar: &str, values: &[f64]) -> TimeSummary {
        let coding = TimeCoding::new(units, Some(calendar)).unwrap();
        TimeSummary::of_dates(&coding.decode(&Buffer::F64(values.to_vec())).unwrap(), coding.calendar())
    }

    fn step(units: &str, calendar: &str, values: &[f64]) -> String {
        summary(units, calendar, values).step.to_string()
    }

    #[test]
    fn steps_of_common_axes() {
        for (calendar, values, expected) in [
            ("standard", vec![0.0, 0.25, 0.5, 0.75], "6 hours"),
            ("standard", vec![0.0, 1.0, 2.0], "1 day"),
            ("standard", vec![0.0, 31.0, 59.0, 90.0], "1 month"),
            ("standard", vec![15.5, 45.0, 74.5, 105.0], "1 month"),
            ("standard", vec![30.0, 58.0, 89.0, 119.0, 150.0], "1 month"),
            ("360_day", vec![15.0, 45.0, 75.0], "1 month"),
            ("standard", vec![0.0, 30.0, 60.0, 90.0, 120.0, 150.0], "30 days"),
            ("standard", vec![0.0, 90.0, 181.0, 273.0], "3 months"),
            ("noleap", vec![0.0, 365.0, 730.0], "1 year"),
            ("standard", vec![182.5, 547.5, 912.5], "1 year"),
            ("standard", vec![0.0, 1.0, 5.5], "irregular (1 day to 108 hours)"),
            ("standard", vec![1.0], "none"),
            ("standard", vec![], "none"),
        ] {
            assert_eq!(step("days since 2001-01-01", calendar, &values), expected, "{values:?}");
        }
    }

    #[test]
    fn a_climatology_of_year_zero_is_monthly() {
        // The COADS climatology: hours of twelve equal parts of a year of 365.2425 days.
        let hours: Vec<f64> = (0..12).map(|month| 366.0 + 730.485 * f64::from(month)).collect();
        let found = summary("hour since 0000-01-01 00:00:00", "", &hours);
        assert_eq!((found.step, found.gap_count), (Step::Months(1), 0));
        assert_eq!(found.first.unwrap(), "0000-01-16T06:00:00");
    }

    #[test]
    fn gaps_and_duplicates_are_found_in_any_order() {
        let found = summary("hours since 2000-01-01", "standard", &[18.0, 0.0, 6.0, 12.0, 36.0, 6.0, 42.0]);
        assert_eq!(found.order, Order::Unordered);
        assert_eq!(found.step.to_string(), "6 hours");
        assert_eq!((found.gaps, found.gap_count, found.missing_steps), (vec![(0, 4)], 1, 2));
        assert_eq!((found.duplicates, found.duplicate_count), (vec![(2, 5)], 1));
        assert_eq!(found.first.unwrap(), "2000-01-01T18:00:00");
    }

    #[test]
    fn a_missing_month_is_a_gap() {
        let found = summary("days since 2001-01-01", "noleap", &[15.5, 45.0, 105.0, 135.5]);
        assert_eq!((found.step, found.missing_steps), (Step::Months(1), 1));
    }

    #[test]
    fn noise_of_floats_is_no_irregularity_and_order_is_told() {
        let thirds: Vec<f64> = (0..50).map(|i| 40_000.0 + f64::from(i) / 24.0).collect();
        assert_eq!(step("days since 1900-01-01", "standard", &thirds), "1 hour");
        let falling: Vec<f64> = thirds.iter().rev().copied().collect();
        assert_eq!(summary("days since 1900-01-01", "standard", &falling).order, Order::Decreasing);
        assert_eq!(summary("days since 1900-01-01", "standard", &[1.0, 1.0]).order, Order::Unordered);
    }

    #[test]
    fn absurd_lengths_do_not_overflow() {
        let spans = [i128::MIN, -1, 0, 1, i128::MAX].map(Span::from_nanoseconds);
        assert_eq!(TimeSummary::of_spans(&spans).count, 5);
    }

    #[test]
    fn lists_are_capped_and_counts_are_not() {
        let values: Vec<f64> = (0..300).map(|i| f64::from(i / 2)).collect();
        let found = summary("days since 1900-01-01", "standard", &values);
        assert_eq!((found.duplicates.len(), found.duplicate_count), (20, 150));
    }
}
