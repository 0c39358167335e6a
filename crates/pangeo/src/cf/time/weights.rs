//! How long time steps last.

use super::coverage::Coverage;
use super::{Calendar, Instant, Step, TimeCells};
use crate::Result;

/// How long the steps last, in days, one value a step: their weights in a mean over time.
///
/// That is the length of their cells. Without bounds it is the length of the month or year of the
/// calendar that holds the step if the axis goes by months or years (or of the several, as seasons
/// are, that it stands in the middle, at the begin or at the end of); where the axis has a regular
/// step, all are as long as that. A step that has no time gets the mean of the others, so that it
/// counts like any.
///
/// # Errors
/// [`Error::Data`](crate::Error::Data) if there are no bounds and the step of the axis is irregular, and if a cell has
/// no length, so that it would not count.
pub fn weights(cells: &TimeCells) -> Result<Vec<f64>> {
    let coverage = Coverage::of(cells);
    let known: Vec<Option<f64>> = (0..cells.len())
        .map(|i| cells.place(i).map(|at| days(cells, &coverage, i, at)).transpose())
        .collect::<Result<_>>()?;
    let (sum, count) = known.iter().flatten().fold((0.0, 0.0), |(sum, count), days| (sum + days, count + 1.0));
    Ok(known.into_iter().map(|days| days.unwrap_or(sum / f64::max(count, 1.0))).collect())
}

/// The length in days of the step with this index at this time.
fn days(cells: &TimeCells, coverage: &Coverage, index: usize, at: Instant) -> Result<f64> {
    let calendar = cells.axis().calendar();
    let length = |(begin, end): (Instant, Instant)| end.since(begin).seconds() / 86_400.0;
    let refuse = |what: String| cells.axis().coding.error(what).with_hint("--weights none counts all steps alike");
    let found = match coverage {
        Coverage::Cells(_) => cells.cell(index).map(length).filter(|days| *days > 0.0),
        Coverage::Step(Step::Months(count)) => months_around(calendar, *count, at).map(length),
        Coverage::Monthly => months_around(calendar, 1, at).map(length),
        Coverage::Step(Step::Regular(span)) => Some(span.seconds() / 86_400.0),
        Coverage::Daily => Some(1.0),
        _ if cells.len() == 1 => Some(1.0),
        _ => None,
    };
    found.ok_or_else(|| refuse(why(cells, coverage, index)))
}

/// Why a step has no length.
fn why(cells: &TimeCells, coverage: &Coverage, index: usize) -> String {
    let shown = cells.axis().label(index).unwrap_or_default();
    match coverage {
        Coverage::Cells(_) => format!("the bounds of the step {shown} (index {index}) have no length"),
        Coverage::Step(step) => format!("how long the step {shown} lasts is not known: no bounds, and steps of {step}"),
        _ => "how long the steps last is not known: they have no bounds and no regular step".to_owned(),
    }
}

/// The `count` months for which a time of an axis with that step stands: calendar years from
/// January; an odd number of months around the middle of a month, or those that begin or end where
/// the time is near the begin or end of one. `None` for an even number, where nothing tells which.
fn months_around(calendar: Calendar, count: i64, at: Instant) -> Option<(Instant, Instant)> {
    let on = calendar.components(at);
    let (year, last) = (on.year, calendar.last_day(on.year, on.month));
    let back = match (count, u32::from(on.day) * 4, u32::from(last)) {
        (1, ..) => 0,
        (count, ..) if count % 12 == 0 => i64::from(on.month) - 1,
        (count, ..) if count % 2 == 0 => return None,
        (_, day, last) if day < last => 0,
        (_, day, last) if day > 3 * last => count - 1,
        _ => count / 2,
    };
    let start = |months: i64| {
        let (year, month) = calendar.months_later(year, on.month, months)?;
        Instant::from_day_number(calendar.day_number(year, month, 1)?)
    };
    Some((start(-back)?, start(count.checked_sub(back)?)?))
}

#[cfg(test)]
mod tests {
    use super::super::{TimeAxis, TimeCoding};
    use super::*;
    use crate::model::Buffer;

    fn of(calendar: &str, days: &[f64]) -> Result<Vec<f64>> {
        let coding = TimeCoding::new("days since 2000-01-01", Some(calendar)).unwrap();
        let axis = TimeAxis::decode(coding, &Buffer::F64(days.to_vec())).unwrap();
        weights(&TimeCells::new(&axis).unwrap())
    }

    #[test]
    fn months_and_years_of_the_calendar_weigh_their_days() {
        for (calendar, days, expected) in [
            // xarray: time.dt.days_in_month
            ("standard", vec![15.0, 45.0, 74.0, 105.0], vec![31.0, 29.0, 31.0, 30.0]),
            ("noleap", vec![0.0, 31.0, 59.0, 90.0], vec![31.0, 28.0, 31.0, 30.0]),
            ("360_day", vec![29.0, 59.0, 89.0], vec![30.0; 3]),
            ("all_leap", vec![411.0, 380.0], vec![29.0, 31.0]),
            ("standard", vec![182.0, 548.0, 913.0], vec![366.0, 365.0, 365.0]),
            // Quarters from their first days, their middles, their last days.
            ("standard", vec![0.0, 91.0, 182.0, 274.0], vec![91.0, 91.0, 92.0, 92.0]),
            ("standard", vec![45.0, 136.0, 227.0, 319.0], vec![91.0, 91.0, 92.0, 92.0]),
            ("standard", vec![90.0, 181.0, 273.0, 365.0], vec![91.0, 91.0, 92.0, 92.0]),
            // Seasons of DJF, MAM, JJA by their middles.
            ("standard", vec![15.0, 106.0, 198.0], vec![91.0, 92.0, 92.0]),
            ("standard", vec![0.0, 0.25, 0.75], vec![0.25; 3]),
            ("standard", vec![3.0], vec![1.0]),
            // One time a month, at no one place of it.
            ("noleap", vec![2.0, 50.0, 68.0, 110.0], vec![31.0, 28.0, 31.0, 30.0]),
        ] {
            let found = of(calendar, &days);
            assert_eq!(found.unwrap(), expected, "{calendar} {days:?}");
        }
        // October 1582 has 21 days in the standard calendar.
        let coding = TimeCoding::new("days since 1582-09-16", None).unwrap();
        let axis = TimeAxis::decode(coding, &Buffer::I32(vec![0, 30, 51])).unwrap();
        assert_eq!(weights(&TimeCells::new(&axis).unwrap()).unwrap(), [30.0, 21.0, 30.0]);
    }

    #[test]
    fn cells_weigh_their_lengths() {
        let coding = TimeCoding::new("hours since 2000-01-01", Some("julian")).unwrap();
        let values = Buffer::I32(vec![0, 24, -999, 60]);
        let axis = TimeAxis::decode_present(coding.clone(), &values, &[false, false, true, false]).unwrap();
        let cells = |bounds: [i32; 8]| TimeCells::decode(&axis, &coding, &Buffer::I32(bounds.to_vec()), &[]).unwrap();
        let found = weights(&cells([0, 24, 24, 36, 0, 0, 36, 72])).unwrap();
        assert_eq!(found, [1.0, 0.5, 1.0, 1.5], "a step without a time weighs the mean of the others");
        let error = weights(&cells([0, 24, 24, 24, 0, 0, 36, 72])).unwrap_err();
        assert!(error.to_string().contains("2000-01-02T00:00:00 (index 1) have no length"), "{error}");
    }

    #[test]
    fn unknown_lengths_are_refused() {
        for (days, why) in [
            (vec![0.0, 0.3, 7.1], "no bounds and no regular step"),
            (vec![15.0, 75.0, 135.0, 197.0], "no bounds, and steps of 2 months"),
        ] {
            let error = of("standard", &days).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
            assert_eq!(error.hint().unwrap(), "--weights none counts all steps alike");
        }
    }

    #[test]
    fn lead_times_weigh_alike() {
        let coding = TimeCoding::new("hours", None).unwrap();
        let axis = TimeAxis::decode(coding, &Buffer::F32(vec![0.0, 3.0, 6.0])).unwrap();
        assert_eq!(weights(&TimeCells::new(&axis).unwrap()).unwrap(), [0.125; 3]);
    }
}
