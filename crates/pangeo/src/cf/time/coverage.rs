//! Whether time steps cover a period.

use super::groups::Held;
use super::{Calendar, Components, Instant, Span, Step, TimeCells};

/// Nanoseconds by which times of a file may be off: what floating values are rounded to.
const ROUNDING: i128 = 1_000_000;

/// What the steps of an axis cover, and how that is known.
#[derive(Debug)]
pub(super) enum Coverage {
    /// From the bounds: stretches without gaps, ascending.
    Cells(Vec<(Instant, Instant)>),
    /// A step that is always the same.
    Step(Step),
    /// No regular step, but one time a month as a rule.
    Monthly,
    /// No regular step, but one time a day as a rule.
    Daily,
    /// Nothing tells.
    Unknown,
}

impl Coverage {
    /// How the steps of an axis cover time.
    pub(super) fn of(cells: &TimeCells) -> Self {
        if cells.has_bounds() {
            return Self::Cells(union((0..cells.len()).filter_map(|i| cells.cell(i)).collect()));
        }
        match cells.axis().summary().step {
            step @ (Step::Regular(_) | Step::Months(_)) => Self::Step(step),
            Step::None => Self::Unknown,
            Step::Irregular { .. } if cells.axis().dates().is_err() => Self::Unknown,
            Step::Irregular { .. } => {
                let (times, calendar) = (times(cells, 0..cells.len()), cells.axis().calendar());
                match () {
                    () if once_each(&times, |t| month(calendar, t)) => Self::Monthly,
                    () if once_each(&times, Instant::day_number) => Self::Daily,
                    () => Self::Unknown,
                }
            }
        }
    }

    /// Whether the members cover their period.
    pub(super) fn covers(&self, cells: &TimeCells, held: &Held) -> bool {
        let ((begin, end), calendar) = (held.period, cells.axis().calendar());
        let inside = end.plus(Span::from_nanoseconds(-1)).unwrap_or(begin); // its last instant
        let times = || times(cells, held.members.iter().copied());
        match self {
            Self::Cells(stretches) => {
                let reached = stretches.partition_point(|(from, _)| *from <= later(begin, ROUNDING));
                let at = reached.checked_sub(1).and_then(|i| stretches.get(i));
                at.is_some_and(|(_, to)| *to >= later(end, -ROUNDING))
            }
            Self::Step(step) => {
                let times = times();
                let reach = |(first, last): (&Instant, &Instant)| {
                    let before = neighbour(calendar, *step, *first, -1).is_none_or(|t| later(t, ROUNDING) < begin);
                    before && neighbour(calendar, *step, *last, 1).is_none_or(|t| later(t, ROUNDING) >= end)
                };
                times.first().zip(times.last()).is_some_and(reach) && unbroken(calendar, *step, &times)
            }
            Self::Monthly => {
                let months = month(calendar, inside) - month(calendar, begin) + 1;
                usize::try_from(months) == Ok(times().len())
            }
            Self::Daily => {
                let days = inside.day_number() - begin.day_number() + 1;
                usize::try_from(days) == Ok(times().len())
            }
            Self::Unknown => false,
        }
    }

    /// Whether no time is left out between the first step and the last.
    pub(super) fn is_gapless(&self, cells: &TimeCells) -> bool {
        let times = || times(cells, 0..cells.len());
        let calendar = cells.axis().calendar();
        let each = |place: &dyn Fn(Instant) -> i64| {
            times().windows(2).all(|pair| matches!(pair, &[a, b] if place(b) - place(a) == 1))
        };
        match self {
            Self::Cells(stretches) => stretches.len() == 1,
            Self::Step(step) => unbroken(calendar, *step, &times()),
            Self::Monthly => each(&|t| month(calendar, t)),
            Self::Daily => each(&Instant::day_number),
            Self::Unknown => times().len() == 1,
        }
    }
}

/// The different times of steps, ascending.
fn times(cells: &TimeCells, steps: impl Iterator<Item = usize>) -> Vec<Instant> {
    let mut times: Vec<Instant> = steps.filter_map(|i| cells.place(i)).collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// The instant some nanoseconds later, or the edge of time.
fn later(at: Instant, nanoseconds: i128) -> Instant {
    let edge = if nanoseconds < 0 { Instant::MIN } else { Instant::MAX };
    at.plus(Span::from_nanoseconds(nanoseconds)).unwrap_or(edge)
}

fn month(calendar: Calendar, at: Instant) -> i64 {
    let at = calendar.components(at);
    calendar.month_index(at.year, at.month)
}

/// Whether each month (day) has one time at the most, and more often than not so has the next one.
fn once_each(times: &[Instant], place: impl Fn(Instant) -> i64) -> bool {
    let apart = |pair: &[Instant]| match *pair {
        [a, b] => place(b) - place(a),
        _ => 1,
    };
    let single = times.windows(2).filter(|pair| apart(pair) == 1).count();
    2 * single + 1 >= times.len() && times.windows(2).all(|pair| apart(pair) >= 1)
}

/// The time a step before (−1) or after (1) a time of the axis.
fn neighbour(calendar: Calendar, step: Step, at: Instant, way: i64) -> Option<Instant> {
    match step {
        Step::Regular(span) => at.plus(Span::from_nanoseconds(span.nanoseconds().checked_mul(way.into())?)),
        Step::Months(count) => {
            let from = calendar.components(at);
            let (year, month) = calendar.months_later(from.year, from.month, count.checked_mul(way)?)?;
            let day = calendar.day_from(year, month, from.day.min(calendar.last_day(year, month)))?;
            calendar.instant(&at_day(calendar, from, day))
        }
        Step::None | Step::Irregular { .. } => None,
    }
}

/// A time of day on the day of a number.
fn at_day(calendar: Calendar, time: Components, day: i64) -> Components {
    let (year, month, day) = calendar.date(day);
    time.on(year, month, day)
}

/// Whether ascending times are neighbours in an axis of this step.
fn unbroken(calendar: Calendar, step: Step, times: &[Instant]) -> bool {
    let follows = |a: Instant, b: Instant| match step {
        Step::Regular(span) => b.since(a).nanoseconds() < span.nanoseconds().saturating_mul(3) / 2,
        Step::Months(count) => month(calendar, b) - month(calendar, a) <= count,
        Step::None | Step::Irregular { .. } => true,
    };
    times.windows(2).all(|pair| matches!(*pair, [a, b] if follows(a, b)))
}

/// Cells joined where less than a thousandth of the shortest lies between them; ascending.
fn union(mut cells: Vec<(Instant, Instant)>) -> Vec<(Instant, Instant)> {
    let lengths = cells.iter().map(|(begin, end)| end.since(*begin).nanoseconds()).filter(|length| *length > 0);
    let slack = (lengths.min().unwrap_or(0) / 1000).max(ROUNDING);
    cells.sort_unstable();
    let mut joined: Vec<(Instant, Instant)> = Vec::new();
    for (begin, end) in cells {
        match joined.last_mut() {
            Some((_, reached)) if begin <= later(*reached, slack) => *reached = end.max(*reached),
            _ => joined.push((begin, end)),
        }
    }
    joined
}

#[cfg(test)]
#[path = "coverage_tests.rs"]
mod tests;
