//! Time steps of the same part of the year or day, over all years or days (CF Conventions 7.4).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::coverage::Coverage;
use super::fields::quote;
use super::groups::{Held, Part, TimeGroup, held};
use super::{Calendar, Instant, Period, Season, TimeCells};
use crate::{Error, Result};

/// Parts of the day or year of which a climatology is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Climate {
    /// Hours of the day.
    Hour,
    /// Days of the year, as month and day: 29 February is one of its own.
    Day,
    /// Months.
    Month,
    /// December to February, March to May, June to August, September to November.
    Season,
}

impl Climate {
    /// The words of `cell_methods` for the two reductions (CF 7.4): `time: mean within years time:
    /// mean over years`.
    pub fn cell_methods(self) -> (&'static str, &'static str) {
        match self {
            Self::Hour => ("within days", "over days"),
            Self::Day | Self::Month | Self::Season => ("within years", "over years"),
        }
    }

    /// The consecutive periods of which the parts are.
    fn period(self) -> Period {
        match self {
            Self::Hour => Period::HOUR,
            Self::Day => Period::DAY,
            Self::Month => Period::MONTH,
            Self::Season => Period::SEASON,
        }
    }

    /// Which part a period beginning at `begin` is; ordered as in the calendar year, DJF first.
    fn key(self, calendar: Calendar, begin: Instant) -> (u8, u8) {
        let at = calendar.components(begin);
        match self {
            Self::Hour => (at.hour, 0),
            Self::Day => (at.month, at.day),
            Self::Month => (at.month, 0),
            Self::Season => (at.month % 12 / 3, 0),
        }
    }

    fn part(self, (major, minor): (u8, u8)) -> Part {
        match self {
            Self::Hour => Part::Hour(major),
            Self::Day => Part::Day(major, minor),
            Self::Month => Part::Month(major),
            Self::Season => Season::QUARTERS.get(usize::from(major)).map_or(Part::Whole, |s| Part::Season(*s)),
        }
    }

    /// Whether so many periods of one part are all that there are from the first to the last of them.
    fn is_every(self, calendar: Calendar, first: Instant, last: Instant, count: usize) -> bool {
        let (from, to) = (calendar.components(first), calendar.components(last));
        let months = || calendar.month_index(to.year, to.month) - calendar.month_index(from.year, from.month);
        let steps = match self {
            Self::Hour => last.day_number() - first.day_number(),
            Self::Month | Self::Season => months() / 12,
            Self::Day => {
                // Not all years have a 29 February; the search ends with the first occurrence that is missing.
                let exists = |year: &i64| calendar.day_number(*year, from.month, from.day).is_some();
                return (from.year..=to.year).filter(exists).take(count.saturating_add(1)).count() == count;
            }
        };
        usize::try_from(steps).is_ok_and(|steps| steps.saturating_add(1) == count)
    }
}

impl FromStr for Climate {
    type Err = Error;

    /// `hour`, `day`, `month` or `season`.
    ///
    /// # Errors
    /// [`Error::Usage`] for anything else.
    fn from_str(text: &str) -> Result<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "hour" => Ok(Self::Hour),
            "day" => Ok(Self::Day),
            "month" => Ok(Self::Month),
            "season" => Ok(Self::Season),
            _ => Err(Error::usage(format!(
                "{} is nothing to make a climatology of; write hour, day, month or season",
                quote(text)
            ))),
        }
    }
}

impl fmt::Display for Climate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::Season => "season",
        })
    }
}

/// The steps of each part of the day or year, over all days or years: the parts that occur, in the
/// order of the calendar year (seasons from DJF, whose December is of the following year).
///
/// Steps are placed by the middles of their cells, as in [`every`](super::every). `bounds` are those
/// of a `climatology` variable (CF 7.4): from the begin of the part's first occurrence to the end of
/// its last, so that January of 1961 to 1990 is 1961-01-01 to 1990-02-01 and its label mid-January
/// 1961. They are the ends of the cells where these lie within half a cell of the part's own ends:
/// days may begin at 06:00, and hours may be taken three by three. Elsewhere they are the part's own,
/// as the calendar has them: without bounds, and where the first or last occurrence is not there in
/// full (a DJF that lacks its December is still a DJF, as the bounds have to say of all years).
///
/// Labels ascend only if the axis begins with the first part: the first December of an axis from
/// December on is before its first January. Coordinates have to be monotonic (CF 5); sorting the groups
/// by `label` gives the order of the examples in CF 7.4.
///
/// A group is `complete` if every occurrence from its first to its last is.
///
/// ```
/// use pangeo::cf::time::{Climate, TimeAxis, TimeCells, TimeCoding, climatology};
/// use pangeo::model::Buffer;
/// // Two years of 30-day months, from December.
/// let coding = TimeCoding::new("days since 1960-12-01", Some("360_day"))?;
/// let axis = TimeAxis::decode(coding, &Buffer::I32((0..24).map(|month| 30 * month + 15).collect()))?;
/// let seasons = climatology(&TimeCells::new(&axis)?, Climate::Season)?;
/// assert_eq!(seasons[0].members, [0, 1, 2, 12, 13, 14]);
/// let show = |t| axis.calendar().components(t).to_string();
/// assert_eq!(show(seasons[0].label), "1961-01-16T00:00:00");
/// assert_eq!((show(seasons[0].bounds.0), show(seasons[0].bounds.1)),
///     ("1960-12-01T00:00:00".to_owned(), "1962-03-01T00:00:00".to_owned()));
/// # Ok::<(), pangeo::Error>(())
/// ```
///
/// # Errors
/// [`Error::Data`] as for [`every`](super::every); and for hours of steps that last a day or longer.
pub fn climatology(cells: &TimeCells, by: Climate) -> Result<Vec<TimeGroup>> {
    let calendar = cells.axis().calendar();
    let coverage = Coverage::of(cells);
    let mut parts: BTreeMap<(u8, u8), Vec<Held>> = BTreeMap::new();
    let periods = held(cells, by.period())?;
    if by == Climate::Hour {
        require_parts_of_days(cells)?;
    }
    for period in periods {
        parts.entry(by.key(calendar, period.period.0)).or_default().push(period);
    }
    let group = |(key, occurrences): (_, Vec<Held>)| {
        let (first, last) = (occurrences.first()?, occurrences.last()?);
        let begins = |held: &Held| held.period.0;
        let complete = occurrences.iter().all(|held| coverage.covers(cells, held))
            && by.is_every(calendar, begins(first), begins(last), occurrences.len());
        let (begin, end) = ends(cells, first);
        let mut members: Vec<usize> = occurrences.iter().flat_map(|held| held.members.iter().copied()).collect();
        members.sort_unstable();
        Some(TimeGroup {
            members,
            bounds: (begin, ends(cells, last).1),
            label: begin.midpoint(end),
            period: Some((first.period.0, last.period.1)),
            complete,
            part: by.part(key),
        })
    };
    Ok(parts.into_iter().filter_map(group).collect())
}

/// Begin and end of an occurrence: those of the cells, if they are near those of the period.
fn ends(cells: &TimeCells, held: &Held) -> (Instant, Instant) {
    let (begin, end) = held.period;
    if !cells.has_bounds() {
        return held.period;
    }
    let members = || held.members.iter().filter_map(|&i| cells.cell(i));
    let near = |ours: Instant, theirs: Instant, (from, to): (Instant, Instant)| {
        2 * theirs.since(ours).nanoseconds().abs() <= to.since(from).nanoseconds()
    };
    let first = members().min().filter(|cell| near(begin, cell.0, *cell)).map_or(begin, |cell| cell.0);
    let last = members().max_by_key(|cell| cell.1).filter(|cell| near(end, cell.1, *cell)).map_or(end, |cell| cell.1);
    (first, last)
}

/// That steps are shorter than days.
fn require_parts_of_days(cells: &TimeCells) -> Result<()> {
    let day = |i: &usize| cells.cell(*i).is_some_and(|(begin, end)| end.since(begin) >= super::Span::DAY);
    match (0..cells.len()).find(day) {
        None => Ok(()),
        Some(i) => {
            let shown = cells.axis().label(i).unwrap_or_default();
            let what = format!("the step {shown} (index {i}) lasts a day or longer and is of no hour of the day");
            Err(cells.axis().coding.error(what).with_hint("take day, month or season"))
        }
    }
}

#[cfg(test)]
#[path = "climatology_tests.rs"]
mod tests;
