//! Time axes and calendars (CF Conventions, section 4.4).
//!
//! A time coordinate stores numbers; its `units` (`days since 1850-01-01`) and its `calendar` say
//! which dates they are. [`TimeCoding`] turns the numbers into [`Instant`]s and back. An instant is
//! a whole number of nanoseconds on the time line of its calendar, never a floating number of days,
//! so that midnight is midnight, and a time that is read and written again is the same time.
//! [`Calendar`] turns instants into [`Components`] (year, month, day, …).
//!
//! The parts, each usable alone:
//!
//! - [`Calendar`]: dates ⇄ day numbers for every CF calendar;
//! - [`TimeUnits`], [`TimeCoding`]: `units` texts, decoding, encoding, recoding for joins;
//! - [`TimeAxis`], [`TimeSelection`]: a decoded axis and what a user wants of it
//!   ([`TimeRange`], [`YearSet`], [`MonthSet`], [`DaySet`], [`HourSet`], [`SeasonSet`]);
//! - [`TimeSummary`]: step, gaps, duplicates and order of an axis;
//! - [`Period`]: hours, days, months, seasons, years as groups of time steps;
//! - [`TimeCells`]: steps with their bounds, taken together by [`every`] period, as [`climatology()`],
//!   [`whole`], in [`rolling`] windows, with [`weights()`]; [`GroupTimes`] stores the times of groups.
//!
//! Axes whose units have no reference date (`hours`) are axes of [`Span`]s until a reference time
//! is supplied.

mod axis;
mod calendar;
mod cells;
mod climatology;
mod coding;
mod coverage;
mod days;
mod fields;
mod groups;
mod instant;
mod number;
mod period;
mod range;
mod recode;
mod season;
mod sets;
mod span;
mod stored;
mod summary;
mod text;
mod unit;
mod units;
mod weights;
mod windows;

#[cfg(test)]
mod oracle;

pub use axis::{TimeAxis, TimeSelection, Times};
pub use calendar::Calendar;
pub use cells::TimeCells;
pub use climatology::{Climate, climatology};
pub use coding::TimeCoding;
pub use groups::{Part, TimeGroup, every, whole};
pub use instant::{Components, Instant};
pub use period::Period;
pub use range::{Interval, TimeRange};
pub use season::{Season, SeasonSet};
pub use sets::{DaySet, HourSet, MonthSet, YearSet};
pub use span::Span;
pub use stored::GroupTimes;
pub use summary::{Order, Step, TimeSummary};
pub use text::DateText;
pub use unit::Unit;
pub use units::{Reference, TimeUnits};
pub use weights::weights;
pub use windows::rolling;
