//! Time steps that become one value: all of them, or those of each period.

use super::coverage::Coverage;
use super::{Calendar, Instant, Period, Season, Span, TimeCells};
use crate::Result;

/// What a group of time steps is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All steps.
    Whole,
    /// One of consecutive periods.
    Period,
    /// An hour of the day, 0–23, of all days.
    Hour(u8),
    /// A month (1–12) and a day of it (1–31), of all years.
    Day(u8, u8),
    /// A month, 1–12, of all years.
    Month(u8),
    /// A season of all years.
    Season(Season),
}

/// Time steps that become one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeGroup {
    /// Their indices, ascending.
    pub members: Vec<usize>,
    /// From the earliest begin of the members' cells to the latest end: what the bounds of the new
    /// step are (`bounds`, or for parts of a year or day `climatology`, CF 7.4).
    pub bounds: (Instant, Instant),
    /// What the time coordinate gets: the middle of `bounds`, for parts of a year or day that of
    /// their first occurrence.
    pub label: Instant,
    /// Begin and end of the period asked for, as the calendar has it; for parts of a year or day the
    /// begin of the first and the end of the last that has members.
    pub period: Option<(Instant, Instant)>,
    /// Whether the members cover the period (see [`every`]).
    pub complete: bool,
    /// What it is.
    pub part: Part,
}

impl TimeGroup {
    /// What to call it in messages: `2000-01`, `2000-12/2001-02`, `2000`, `January`, `29 February`,
    /// `DJF`, `hour 6`, `03:00 to 06:00`.
    pub fn name(&self, calendar: Calendar) -> String {
        match (self.part, self.period) {
            (Part::Whole, _) | (Part::Period, None) => "all times".to_owned(),
            (Part::Period, Some(period)) => stretch(calendar, period),
            (Part::Hour(hour), _) => hours(hour, self.bounds),
            (Part::Day(month, day), _) => format!("{day} {}", month_name(month)),
            (Part::Month(month), _) => month_name(month).to_owned(),
            (Part::Season(season), _) => season.to_string(),
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_name(month: u8) -> &'static str {
    MONTHS.get(usize::from(month.saturating_sub(1))).copied().unwrap_or_default()
}

/// A period as its first and last year, month or day, or as begin and end where it is not of days.
fn stretch(calendar: Calendar, (begin, end): (Instant, Instant)) -> String {
    let last = end.plus(Span::from_nanoseconds(-1)).map_or(begin, |last| last.max(begin));
    let (first, last, past) = (calendar.components(begin), calendar.components(last), calendar.components(end));
    let midnight = |t: Instant| t.nanosecond_of_day() == 0;
    let (from, to) = if !midnight(begin) || !midnight(end) {
        let short = |text: String| text.strip_suffix(":00").map(str::to_owned).unwrap_or(text);
        (short(first.to_string()), short(past.to_string()))
    } else {
        // What follows the year: `-12-31T23:59:59.9` and the like.
        let keep = match () {
            () if first.day != 1 || past.day != 1 => 6,
            () if first.month != 1 || past.month != 1 => 3,
            () => 0,
        };
        let cut = |at: super::Components| {
            let text = super::Components::date(at.year, at.month, at.day).to_string();
            text.get(..text.len().saturating_sub("-12-31T00:00:00".len()) + keep).unwrap_or_default().to_owned()
        };
        (cut(first), cut(last))
    };
    if from == to { from } else { format!("{from}/{to}") }
}

/// An hour of the day, or what part of the day its cells are.
fn hours(hour: u8, (begin, end): (Instant, Instant)) -> String {
    let minutes = |t: Instant| t.nanosecond_of_day() / 60_000_000_000;
    let (from, to) = (minutes(begin), Some(minutes(end)).filter(|to| *to > 0).unwrap_or(24 * 60));
    if from == u64::from(hour) * 60 && to == from + 60 {
        return format!("hour {hour}");
    }
    format!("{:02}:{:02} to {:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
}

/// All steps as one group, those included that have no time; of lengths of time as well as of dates.
///
/// `complete` says that there are no gaps between the steps.
///
/// # Errors
/// [`Error::Data`](crate::Error::Data) if there are no steps.
pub fn whole(cells: &TimeCells) -> Result<TimeGroup> {
    let bounds = cells.extent(0..cells.len()).ok_or_else(|| cells.no_steps())?;
    Ok(TimeGroup {
        members: (0..cells.len()).collect(),
        bounds,
        label: bounds.0.midpoint(bounds.1),
        period: None,
        complete: Coverage::of(cells).is_gapless(cells),
        part: Part::Whole,
    })
}

/// The periods that hold at least one step, in order of time whatever the order of the axis.
///
/// A step belongs to the period that holds the middle of its cell, so that a mean stamped at the end
/// of its month is of that month; without bounds, to the one that holds its instant. Steps that have
/// no time belong nowhere. Periods whose begin the calendar does not give (`10d`) are counted from
/// midnight before the earliest cell.
///
/// A group is `complete` if its period is covered. With bounds: the cells of the axis leave no gap
/// between its begin and end (less than a thousandth of a cell is rounding, not a gap); a cell that
/// reaches over an edge counts on both sides. Without bounds the step of the axis decides
/// ([`TimeSummary`](super::TimeSummary)): one step before the first member lies before the period,
/// one step after the last one not before its end, and none is left out between. Where the step is
/// irregular, but there is one time in every month (or on every day) as a rule, each month (day) of
/// the period must have one. Otherwise, as for a single time, nothing tells, and it is not complete.
///
/// # Errors
/// [`Error::Data`](crate::Error::Data) if the axis has no dates or no steps, and if a period ends
/// beyond the years that are handled.
pub fn every(cells: &TimeCells, period: Period) -> Result<Vec<TimeGroup>> {
    let coverage = Coverage::of(cells);
    let group = |held: Held| {
        let bounds = cells.extent(held.members.iter().copied()).unwrap_or(held.period);
        TimeGroup {
            bounds,
            label: bounds.0.midpoint(bounds.1),
            period: Some(held.period),
            complete: coverage.covers(cells, &held),
            members: held.members,
            part: Part::Period,
        }
    };
    Ok(held(cells, period)?.into_iter().map(group).collect())
}

/// A period and the steps that it holds.
pub(super) struct Held {
    /// Begin and end.
    pub(super) period: (Instant, Instant),
    /// Indices of steps, ascending, at least one.
    pub(super) members: Vec<usize>,
}

/// The periods that hold at least one step, in order of time.
pub(super) fn held(cells: &TimeCells, period: Period) -> Result<Vec<Held>> {
    cells.require_dates()?;
    let calendar = cells.axis().calendar();
    let (first, _) = cells.extent(0..cells.len()).ok_or_else(|| cells.no_steps())?;
    let around = |at: Instant| {
        let begin = period.start_of(calendar, at, first)?;
        Some((begin, period.next(calendar, begin)?))
    };
    let mut placed: Vec<((Instant, Instant), usize)> = Vec::with_capacity(cells.len());
    for index in 0..cells.len() {
        let Some(at) = cells.place(index) else { continue };
        // Most steps are in the period of the one before.
        let same = placed.last().map(|(period, _)| *period).filter(|(begin, end)| (begin..end).contains(&&at));
        let beyond = || {
            let shown = calendar.components(at);
            cells.axis().coding.error(format!("the {period} of {shown} goes beyond the years that are handled"))
        };
        placed.push((same.or_else(|| around(at)).ok_or_else(beyond)?, index));
    }
    placed.sort_by_key(|((begin, _), _)| *begin); // stable: indices stay ascending
    let runs = placed.chunk_by(|(a, _), (b, _)| a.0 == b.0);
    Ok(runs
        .filter_map(|run| {
            let (period, _) = run.first()?;
            Some(Held { period: *period, members: run.iter().map(|(_, index)| *index).collect() })
        })
        .collect())
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
