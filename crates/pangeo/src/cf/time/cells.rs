//! The stretches of time that the steps of an axis stand for.

use super::{Instant, TimeAxis, TimeCoding, Times};
use crate::model::Buffer;
use crate::{Error, Result};

/// The steps of a time axis with their cells: the CF bounds (CF 7.1) if the file has them.
///
/// Everything here counts on the time line of the axis: instants of its calendar, or, where the axis
/// has lengths of time only ([`Times::Spans`]), instants as long after 1970-01-01 as the axis says,
/// which are no dates.
///
/// ```
/// use pangeo::cf::time::{TimeAxis, TimeCells, TimeCoding, every};
/// use pangeo::model::Buffer;
/// // Monthly means, stamped at the ends of their months.
/// let coding = TimeCoding::new("days since 2000-01-01", None)?;
/// let axis = TimeAxis::decode(coding.clone(), &Buffer::I32(vec![31, 60, 91]))?;
/// let bounds = Buffer::I32(vec![0, 31, 31, 60, 60, 91]);
/// let cells = TimeCells::decode(&axis, &coding, &bounds, &[])?;
/// let years = every(&cells, "year".parse()?)?;
/// assert_eq!((years[0].members.as_slice(), years[0].complete), ([0, 1, 2].as_slice(), false));
/// # Ok::<(), pangeo::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TimeCells<'a> {
    axis: &'a TimeAxis,
    /// The time of each step; any where it is missing.
    times: Vec<Instant>,
    /// Begin and end of each step's cell, begin first; any where the time is missing.
    bounds: Option<Vec<(Instant, Instant)>>,
}

impl<'a> TimeCells<'a> {
    /// The steps of an axis without bounds: each is an instant.
    ///
    /// # Errors
    /// [`Error::Data`] if lengths of time are beyond about a million years.
    pub fn new(axis: &'a TimeAxis) -> Result<Self> {
        let times = match &axis.times {
            Times::Dates(times) => times.clone(),
            Times::Spans(times) => times
                .iter()
                .map(|t| Instant::from_nanoseconds(t.nanoseconds()))
                .collect::<Option<_>>()
                .ok_or_else(|| axis.coding.error("a time is more than a million years away"))?,
        };
        Ok(Self { axis, times, bounds: None })
    }

    /// The same steps with their cells, one a step, begin and end in either order. Cells that all
    /// have no length say nothing, and are dropped.
    ///
    /// # Errors
    /// [`Error::Data`] if there are more or fewer bounds than steps.
    pub fn with_bounds(self, bounds: Vec<(Instant, Instant)>) -> Result<Self> {
        if bounds.len() != self.times.len() {
            let (steps, cells) = (self.times.len(), bounds.len());
            return Err(self.axis.coding.error(format!("{steps} steps have bounds of {cells}")));
        }
        let bounds: Vec<_> = bounds.into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
        let lasting = bounds.iter().enumerate().any(|(i, (begin, end))| begin < end && !self.axis.is_missing(i));
        Ok(Self { bounds: lasting.then_some(bounds), ..self })
    }

    /// The steps with their stored (unpacked) bounds, begin and end of one step after the other.
    ///
    /// `coding` is that of the bounds: by CF 7.1 the axis's, but files exist whose bounds have units
    /// of their own. `missing` are fill values of the bounds; NaN is missing anyway. Bounds named by
    /// `climatology` (CF 7.4) are not for here: they are no cells of consecutive time.
    ///
    /// # Errors
    /// As [`TimeCoding::decode`]; [`Error::Data`] if the number of bounds is not twice that of the
    /// steps, if the calendars differ, or if a step that has a time has no bounds.
    pub fn decode(axis: &'a TimeAxis, coding: &TimeCoding, bounds: &Buffer, missing: &[f64]) -> Result<Self> {
        let cells = Self::new(axis)?;
        let (steps, values) = (cells.times.len(), bounds.len());
        if steps.checked_mul(2) != Some(values) {
            return Err(coding.error(format!("{steps} steps have {values} bounds instead of two each")));
        }
        let line: Vec<Option<Instant>> = match &axis.times {
            Times::Dates(_) => {
                let first = cells.times.iter().copied().min().unwrap_or(Instant::MIN);
                if !coding.calendar().agrees_with(axis.calendar(), first) {
                    let theirs = axis.calendar();
                    return Err(coding.error(format!("the time axis of these bounds has the calendar {theirs}")));
                }
                coding.decode_masked(bounds, missing)?
            }
            Times::Spans(_) => {
                coding.decode_spans(bounds)?.iter().map(|t| Instant::from_nanoseconds(t.nanoseconds())).collect()
            }
        };
        let pairs = line.chunks_exact(2).zip(&cells.times).enumerate().map(|(i, (pair, &time))| match pair {
            _ if axis.is_missing(i) => Ok((time, time)),
            &[Some(begin), Some(end)] => Ok((begin, end)),
            _ => Err(coding.error(format!("the step at index {i} has a time, but its bounds are missing"))),
        });
        let pairs = pairs.collect::<Result<Vec<_>>>()?;
        cells.with_bounds(pairs)
    }

    /// The axis.
    pub fn axis(&self) -> &'a TimeAxis {
        self.axis
    }

    /// How many steps.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there are no steps.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Whether the steps have bounds.
    pub fn has_bounds(&self) -> bool {
        self.bounds.is_some()
    }

    /// The cell of a step, begin and end: its bounds; twice its instant where there are none. `None`
    /// for steps that have no time.
    pub fn cell(&self, index: usize) -> Option<(Instant, Instant)> {
        if self.axis.is_missing(index) {
            return None;
        }
        match &self.bounds {
            Some(bounds) => bounds.get(index).copied(),
            None => self.times.get(index).map(|&time| (time, time)),
        }
    }

    /// The place of a step on the time line: the middle of its cell, its instant without bounds.
    pub fn place(&self, index: usize) -> Option<Instant> {
        self.cell(index).map(|(begin, end)| begin.midpoint(end))
    }

    /// From the earliest begin of the cells of `steps` to the latest end; `None` if none has a time.
    pub fn extent(&self, steps: impl IntoIterator<Item = usize>) -> Option<(Instant, Instant)> {
        let cells = steps.into_iter().filter_map(|i| self.cell(i));
        cells.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
    }

    /// That the axis has steps that are dates.
    pub(super) fn require_dates(&self) -> Result<()> {
        let dates = self.axis.dates().map_err(|e| match e.hint() {
            None => e.with_hint("its steps can be taken together (--over time), not by parts of a year"),
            Some(_) => e,
        })?;
        if dates.is_empty() { Err(self.no_steps()) } else { Ok(()) }
    }

    /// That there is nothing to group.
    pub(super) fn no_steps(&self) -> Error {
        self.axis.coding.error("the time axis has no steps")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(values: &[f64], units: &str, calendar: &str) -> String {
        let axis = TimeAxis::decode(TimeCoding::new("days since 2000-01-01", None).unwrap(), &Buffer::I32(vec![0, 1]));
        let bounds = Buffer::F64(values.to_vec());
        let coding = TimeCoding::new(units, Some(calendar)).unwrap();
        TimeCells::decode(&axis.unwrap(), &coding, &bounds, &[-9e33]).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn bounds_have_units_of_their_own() {
        let coding = TimeCoding::new("days since 2000-01-01", None).unwrap();
        let axis = TimeAxis::decode(coding, &Buffer::F64(vec![0.5, 1.5])).unwrap();
        let hours = TimeCoding::new("hours since 2000-01-01", Some("proleptic_gregorian")).unwrap();
        // The second cell is written end first.
        let cells = TimeCells::decode(&axis, &hours, &Buffer::I32(vec![0, 24, 48, 24]), &[]).unwrap();
        assert_eq!(cells.place(1), axis.dates().unwrap().get(1).copied());
        assert!(cells.cell(1).is_some_and(|(begin, end)| begin < end));
        assert_eq!(cells.cell(2), None);
    }

    #[test]
    fn cells_without_length_are_none() {
        let coding = TimeCoding::new("days since 2000-01-01", None).unwrap();
        let axis = TimeAxis::decode(coding.clone(), &Buffer::I32(vec![0, 1])).unwrap();
        let cells = TimeCells::decode(&axis, &coding, &Buffer::I32(vec![0, 0, 1, 1]), &[]).unwrap();
        assert!(!cells.has_bounds());
    }

    #[test]
    fn bounds_that_do_not_fit_say_why() {
        for (values, units, calendar, why) in [
            (vec![0.0, 1.0, 1.0], "days since 2000-01-01", "standard", "2 steps have 3 bounds instead of two each"),
            (vec![0.0, 1.0, 1.0, 2.0], "days since 2000-01-01", "noleap", "has the calendar standard"),
            (vec![0.0, 1.0, 1.0, -9e33], "days since 2000-01-01", "standard", "step at index 1 has a time, but"),
            (vec![0.0, 1.0, 1.0, 2.0], "days", "standard", "no reference date"),
        ] {
            let said = refused(&values, units, calendar);
            assert!(said.contains(why), "{said}");
        }
    }
}
