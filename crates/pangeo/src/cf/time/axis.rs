//! A decoded time axis, and choosing steps of it.

use super::{
    Calendar, Components, DaySet, HourSet, Instant, MonthSet, Season, SeasonSet, Span, TimeCoding, TimeRange,
    TimeSummary, YearSet,
};
use crate::error::counted;
use crate::model::{Block, Buffer};
use crate::{Error, Result};

/// The times of an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Times {
    /// Dates of the coding's calendar.
    Dates(Vec<Instant>),
    /// Lengths of time: the units have no reference date, or the calendar is `none`.
    Spans(Vec<Span>),
}

/// A time coordinate, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeAxis {
    /// What its values mean.
    pub coding: TimeCoding,
    /// Its times, in the order of the file; where one is missing, any time.
    pub times: Times,
    /// Which are missing; empty if none is.
    missing: Vec<bool>,
}

impl TimeAxis {
    /// Decode stored (unpacked) values, one a step. Without reference date or dates they are taken as
    /// lengths of time.
    ///
    /// # Errors
    /// As [`TimeCoding::decode`].
    pub fn decode(coding: TimeCoding, values: &Buffer) -> Result<Self> {
        let dated = coding.calendar().has_dates() && !coding.is_duration();
        let times =
            if dated { Times::Dates(coding.decode(values)?) } else { Times::Spans(coding.decode_spans(values)?) };
        Ok(Self { coding, times, missing: Vec::new() })
    }

    /// As [`TimeAxis::decode`], for values of which some are `missing` (one flag a step): those have no
    /// time, and no selection of times takes them.
    ///
    /// # Errors
    /// As [`TimeCoding::decode`].
    pub fn decode_present(coding: TimeCoding, values: &Buffer, missing: &[bool]) -> Result<Self> {
        let Some(present) = missing.iter().position(|m| !m).filter(|_| missing.contains(&true)) else {
            return if missing.contains(&true) {
                Err(coding.error("all times are missing"))
            } else {
                Self::decode(coding, values)
            };
        };
        let instead = |(i, &m): (usize, &bool)| if m { present } else { i };
        let indices = missing.iter().enumerate().map(instead).collect();
        let lost = || Error::data("internal: times and their mask differ in length", "time axis");
        let filled = Block::vector(values.clone()).take(&[indices]).ok_or_else(lost)?;
        Ok(Self { missing: missing.to_vec(), ..Self::decode(coding, filled.data())? })
    }

    /// Whether a step has no time.
    pub fn is_missing(&self, index: usize) -> bool {
        self.missing.get(index) == Some(&true)
    }

    /// How many steps have no time.
    pub fn missing_count(&self) -> usize {
        self.missing.iter().filter(|m| **m).count()
    }

    /// The steps that have a time.
    fn present(&self) -> Vec<usize> {
        (0..self.len()).filter(|&i| !self.is_missing(i)).collect()
    }

    /// The calendar.
    pub fn calendar(&self) -> Calendar {
        self.coding.calendar()
    }

    /// How many steps.
    pub fn len(&self) -> usize {
        match &self.times {
            Times::Dates(times) => times.len(),
            Times::Spans(times) => times.len(),
        }
    }

    /// Whether there are no steps.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The dates.
    ///
    /// # Errors
    /// [`Error::Data`] if the axis has none.
    pub fn dates(&self) -> Result<&[Instant]> {
        match &self.times {
            Times::Dates(times) => Ok(times),
            Times::Spans(_) if !self.calendar().has_dates() => {
                Err(self.coding.error("the calendar 'none' has no dates"))
            }
            Times::Spans(_) => Err(self
                .coding
                .error("the time axis has no reference date")
                .with_hint("supply it with --reference-time")),
        }
    }

    /// A step as text: the date in ISO 8601, the length of time, or `missing`; `None` beyond the end.
    pub fn label(&self, index: usize) -> Option<String> {
        if self.is_missing(index) {
            return Some("missing".to_owned());
        }
        match &self.times {
            Times::Dates(times) => times.get(index).map(|&t| self.calendar().components(t).to_string()),
            Times::Spans(times) => times.get(index).map(Span::to_string),
        }
    }

    /// Step, gaps, duplicates and order of the steps that have a time.
    pub fn summary(&self) -> TimeSummary {
        if self.missing.is_empty() {
            return match &self.times {
                Times::Dates(times) => TimeSummary::of_dates(times, self.calendar()),
                Times::Spans(times) => TimeSummary::of_spans(times),
            };
        }
        let present = self.present();
        let mut summary = match &self.times {
            Times::Dates(times) => TimeSummary::of_dates(&picked(times, &present), self.calendar()),
            Times::Spans(times) => TimeSummary::of_spans(&picked(times, &present)),
        };
        // Back to places in the file.
        for (a, b) in summary.gaps.iter_mut().chain(&mut summary.duplicates) {
            (*a, *b) = (present.get(*a).copied().unwrap_or(*a), present.get(*b).copied().unwrap_or(*b));
        }
        summary
    }

    /// First and last time, for errors; the extremes if the axis is not in order.
    fn extent(&self) -> String {
        let count = self.len();
        let ends = match &self.times {
            Times::Dates(times) => times.iter().min().zip(times.iter().max()).map(|(&first, &last)| {
                (self.calendar().components(first).to_string(), self.calendar().components(last).to_string())
            }),
            Times::Spans(times) => {
                times.iter().min().zip(times.iter().max()).map(|(a, b)| (a.to_string(), b.to_string()))
            }
        };
        ends.map_or("the time axis is empty".to_owned(), |(first, last)| {
            if count == 1 {
                return format!("time is {first} (calendar {})", self.calendar());
            }
            format!("time runs from {first} to {last} ({}, calendar {})", counted(count, "step"), self.calendar())
        })
    }
}

fn picked<T: Copy>(values: &[T], indices: &[usize]) -> Vec<T> {
    indices.iter().filter_map(|&i| values.get(i).copied()).collect()
}

/// Which steps of a time axis are wanted; all conditions must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeSelection {
    /// `--time`
    pub range: Option<TimeRange>,
    /// `--year`
    pub years: Option<YearSet>,
    /// `--month`
    pub months: Option<MonthSet>,
    /// `--season`
    pub seasons: Option<SeasonSet>,
    /// `--day`
    pub days: Option<DaySet>,
    /// `--hour`
    pub hours: Option<HourSet>,
}

impl TimeSelection {
    /// Whether nothing is asked for, so that every step is kept.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The indices of the wanted steps, ascending.
    ///
    /// # Errors
    /// [`Error::EmptySelection`] if there are none; [`Error::Usage`] as [`TimeRange::resolve`]; and
    /// [`Error::Data`] if dates are asked for and the axis has none.
    pub fn indices(&self, axis: &TimeAxis) -> Result<Vec<usize>> {
        let mut kept: Vec<usize> = match (&axis.times, &self.range) {
            (Times::Spans(times), Some(range)) if !self.has_sets() && axis.calendar().has_dates() => {
                let interval = range.resolve_spans()?;
                times.iter().enumerate().filter(|(_, t)| interval.contains(t)).map(|(i, _)| i).collect()
            }
            _ if self.is_empty() => (0..axis.len()).collect(),
            _ => self.of_dates(axis)?,
        };
        if !self.is_empty() {
            kept.retain(|&i| !axis.is_missing(i));
        }
        if kept.is_empty() && !self.is_empty() {
            return Err(Error::empty_selection(self.to_string(), axis.extent()));
        }
        Ok(kept)
    }

    fn of_dates(&self, axis: &TimeAxis) -> Result<Vec<usize>> {
        let calendar = axis.calendar();
        let dates = axis.dates()?;
        let interval = self.range.as_ref().map(|range| range.resolve(calendar)).transpose()?;
        let inside = |t: &Instant| interval.as_ref().is_none_or(|i| i.contains(t));
        let wanted = |t: &Instant| inside(t) && (!self.has_sets() || self.holds(&calendar.components(*t)));
        Ok(dates.iter().enumerate().filter(|(_, t)| wanted(t)).map(|(i, _)| i).collect())
    }

    fn has_sets(&self) -> bool {
        self.years.is_some()
            || self.months.is_some()
            || self.seasons.is_some()
            || self.days.is_some()
            || self.hours.is_some()
    }

    /// Whether the components are in every set asked for.
    fn holds(&self, at: &Components) -> bool {
        // A season belongs to the year in which it ends: the winter of 1991 begins in December 1990.
        let years = |year| self.years.as_ref().is_none_or(|set| set.contains(year));
        let in_season = |season: &Season| season.contains(at) && years(season.year(at));
        self.seasons.as_ref().map_or_else(|| years(at.year), |set| set.seasons().iter().any(in_season))
            && self.months.as_ref().is_none_or(|set| set.contains(at))
            && self.days.as_ref().is_none_or(|set| set.contains(at))
            && self.hours.as_ref().is_none_or(|set| set.contains(at))
    }
}

/// The arguments that ask for it: `--time 2000/2010 --month 6-8`.
impl std::fmt::Display for TimeSelection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [
            self.range.as_ref().map(|v| format!("--time {v}")),
            self.years.as_ref().map(|v| format!("--year {v}")),
            self.months.as_ref().map(|v| format!("--month {v}")),
            self.seasons.as_ref().map(|v| format!("--season {v}")),
            self.days.as_ref().map(|v| format!("--day {v}")),
            self.hours.as_ref().map(|v| format!("--hour {v}")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hourly() -> TimeAxis {
        let coding = TimeCoding::new("hours since 1999-12-31", Some("noleap")).unwrap();
        TimeAxis::decode(coding, &Buffer::I32((0..24 * 400).collect())).unwrap()
    }

    #[test]
    fn conditions_are_combined() {
        let season = TimeSelection {
            range: Some("2000/2000".parse().unwrap()),
            seasons: Some("DJF".parse().unwrap()),
            hours: Some("0,12".parse().unwrap()),
            ..TimeSelection::default()
        };
        let axis = hourly();
        let kept = season.indices(&axis).unwrap();
        assert_eq!(kept.len(), 2 * (31 + 28 + 31));
        assert_eq!(axis.label(kept[1]).unwrap(), "2000-01-01T12:00:00");
    }

    #[test]
    fn a_winter_counts_in_the_year_in_which_it_ends() {
        let winter = TimeSelection {
            years: Some("2000".parse().unwrap()),
            seasons: Some("DJF".parse().unwrap()),
            hours: Some("0".parse().unwrap()),
            ..TimeSelection::default()
        };
        let axis = hourly();
        let kept = winter.indices(&axis).unwrap();
        assert_eq!(axis.label(kept[0]).unwrap(), "1999-12-31T00:00:00");
        assert_eq!((kept.len(), axis.label(kept[59]).unwrap()), (1 + 31 + 28, "2000-02-28T00:00:00".to_owned()));
    }

    #[test]
    fn a_missing_time_is_no_date() {
        let coding = TimeCoding::new("days since 2000-01-01", None).unwrap();
        let values = Buffer::I32(vec![0, -999, 2, 3]);
        let axis = TimeAxis::decode_present(coding.clone(), &values, &[false, true, false, false]).unwrap();
        let pick = |range: &str| TimeSelection { range: Some(range.parse().unwrap()), ..TimeSelection::default() };
        assert_eq!(pick("/2000-01-03").indices(&axis).unwrap(), [0, 2]);
        assert!(pick("1997").indices(&axis).is_err());
        assert_eq!(axis.label(1).unwrap(), "missing");
        let summary = axis.summary();
        assert_eq!((summary.count, summary.gaps, axis.missing_count()), (3, vec![(0, 2)], 1));
        assert!(TimeAxis::decode_present(coding, &values, &[true; 4]).is_err());
    }

    #[test]
    fn a_selection_of_nothing_says_what_there_is() {
        let none = TimeSelection {
            years: Some("1850-1900".parse().unwrap()),
            months: Some("jun".parse().unwrap()),
            ..TimeSelection::default()
        };
        let error = none.indices(&hourly()).unwrap_err();
        assert_eq!(error.to_string(), "--year 1850-1900 --month jun selects nothing");
        let has = "time runs from 1999-12-31T00:00:00 to 2001-02-03T23:00:00 (9600 steps, calendar noleap)";
        assert_eq!(error.hint().unwrap(), has);
        assert_eq!(TimeSelection::default().indices(&hourly()).unwrap().len(), 9600);
    }

    #[test]
    fn forecasts_without_a_date_are_selected_by_lead_time() {
        let forecast = |reference: Option<&str>| {
            let mut coding = TimeCoding::new("hours", None).unwrap();
            if let Some(date) = reference {
                coding = coding.with_reference(date.parse().unwrap()).unwrap();
            }
            TimeAxis::decode(coding, &Buffer::F32((0..97_u8).map(f32::from).collect())).unwrap()
        };
        let pick = |range: &str| TimeSelection { range: Some(range.parse().unwrap()), ..TimeSelection::default() };
        assert_eq!(pick("0 days/1 days").indices(&forecast(None)).unwrap().len(), 25);
        let dated = forecast(Some("2021-12-22"));
        assert_eq!(pick("2021-12-22").indices(&dated).unwrap(), (0..24).collect::<Vec<_>>());
        assert!(pick("2021-12-22").indices(&forecast(None)).unwrap_err().hint().unwrap().contains("--reference-time"));
        let huge = TimeCoding::new("hours", None).unwrap();
        assert!(TimeAxis::decode(huge, &Buffer::F64(vec![1e24, -1e24])).is_err());
        let june = TimeSelection { months: Some("6".parse().unwrap()), ..TimeSelection::default() };
        assert!(june.indices(&forecast(None)).is_err());
    }

    #[test]
    fn perpetual_july_is_kept_whole() {
        let coding = TimeCoding::new("days since 1-7-15", Some("none")).unwrap();
        let axis = TimeAxis::decode(coding, &Buffer::F64(vec![0.0, 1.0])).unwrap();
        assert_eq!(TimeSelection::default().indices(&axis).unwrap(), [0, 1]);
        let range = TimeSelection { range: Some("2000".parse().unwrap()), ..TimeSelection::default() };
        assert!(range.indices(&axis).unwrap_err().to_string().contains("'none' has no dates"));
        assert_eq!(axis.label(1).unwrap(), "1 day");
    }
}
