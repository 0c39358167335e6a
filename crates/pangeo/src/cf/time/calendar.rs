//! The calendars of CF: which dates exist, and how many days lie between them.

use std::fmt;
use std::str::FromStr;

use super::days::{Kind, MAX_YEAR, count, leap, uncount};
use super::fields::quote;
use super::instant::{Components, Instant, NANOSECONDS_PER_DAY};
use crate::{Error, Result};

/// 1582-10-15, the first Gregorian day of the standard calendar, in days since 1970-01-01.
const GREGORIAN_START: i64 = -141_427;

/// A calendar: the CF calendars `standard` (`gregorian`), `proleptic_gregorian`, `julian`, `noleap`
/// (`365_day`), `all_leap` (`366_day`), `360_day`, `tai` and `none` (CF 4.4.1).
///
/// **Day numbers** count from 1970-01-01 of the calendar. The real-world calendars (`standard`,
/// `proleptic_gregorian`, `julian`, `tai`) share one count, that of the Gregorian 1970-01-01, so
/// that a day has one number whatever it is called; the model calendars have a count each.
///
/// **Year 0.** As in CF 1.9 and cftime, `standard` and `julian` have none: year −1 is followed by
/// year 1. The others count astronomically. A file whose reference date names year 0 (as the
/// climatologies of COARDS times do) is read with [`Calendar::with_year_zero`].
///
/// **`none`** has no dates: a climate of perpetual July. Values of such an axis can be used as they
/// are, but nothing can be decoded, and every conversion to a date fails.
///
/// ```
/// use pangeo::cf::time::Calendar;
/// let model: Calendar = "360_day".parse()?;
/// assert!(model.day_number(2001, 2, 30).is_some());
/// assert!(Calendar::STANDARD.day_number(1582, 10, 10).is_none());
/// # Ok::<(), pangeo::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Calendar {
    kind: Kind,
    year_zero: bool,
}

impl Default for Calendar {
    /// `standard`, which CF takes where there is no `calendar` attribute.
    fn default() -> Self {
        Self::STANDARD
    }
}

impl Calendar {
    /// Julian until 1582-10-04, Gregorian from 1582-10-15; the days between do not exist.
    pub const STANDARD: Self = Self { kind: Kind::Standard, year_zero: false };
    /// Gregorian at all times (ISO 8601).
    pub const PROLEPTIC_GREGORIAN: Self = Self { kind: Kind::ProlepticGregorian, year_zero: true };
    /// Julian at all times.
    pub const JULIAN: Self = Self { kind: Kind::Julian, year_zero: false };
    /// 365 days every year.
    pub const NOLEAP: Self = Self { kind: Kind::NoLeap, year_zero: true };
    /// 366 days every year.
    pub const ALL_LEAP: Self = Self { kind: Kind::AllLeap, year_zero: true };
    /// Twelve months of 30 days.
    pub const DAY_360: Self = Self { kind: Kind::Day360, year_zero: true };
    /// International atomic time: Gregorian dates of days of exactly 86 400 SI seconds.
    pub const TAI: Self = Self { kind: Kind::Tai, year_zero: true };
    /// No dates at all.
    pub const NONE: Self = Self { kind: Kind::None, year_zero: true };

    /// The name that CF prefers.
    pub fn name(self) -> &'static str {
        match self.kind {
            Kind::Standard => "standard",
            Kind::ProlepticGregorian => "proleptic_gregorian",
            Kind::Julian => "julian",
            Kind::NoLeap => "noleap",
            Kind::AllLeap => "all_leap",
            Kind::Day360 => "360_day",
            Kind::Tai => "tai",
            Kind::None => "none",
        }
    }

    /// Whether there are dates; `false` for `none` only.
    pub fn has_dates(self) -> bool {
        self.kind != Kind::None
    }

    /// Whether year 0 lies between years −1 and 1.
    pub fn has_year_zero(self) -> bool {
        self.year_zero
    }

    /// The same calendar with years counted astronomically (year 0 exists).
    #[must_use]
    pub const fn with_year_zero(self) -> Self {
        Self { kind: self.kind, year_zero: true }
    }

    /// Whether months have 30 days and years 360, so that `months` are a unit of fixed length.
    pub fn is_360_day(self) -> bool {
        self.kind == Kind::Day360
    }

    /// Whether equal instants of the two calendars have the same date from `first` on.
    ///
    /// True of a calendar and itself, and of `standard` and `proleptic_gregorian` from 1582-10-15.
    pub fn agrees_with(self, other: Self, first: Instant) -> bool {
        let gregorian = |kind| matches!(kind, Kind::Standard | Kind::ProlepticGregorian);
        self.kind == other.kind
            || (gregorian(self.kind) && gregorian(other.kind) && first.day_number() >= GREGORIAN_START)
    }

    /// Whether `year`, in this calendar's numbering, has a 29 February (in `360_day`: it never counts).
    pub fn is_leap(self, year: i64) -> bool {
        self.astronomical(year).is_some_and(|y| self.leap(y))
    }

    /// The greatest day that `month` (1–12) of `year` has; 0 for months that do not exist.
    pub fn last_day(self, year: i64, month: u8) -> u8 {
        self.astronomical(year).map_or(0, |y| self.last_day_of(y, month))
    }

    /// How many days `month` of `year` has: 21 for October 1582 in `standard`; 0 if it does not exist.
    pub fn days_in_month(self, year: i64, month: u8) -> u8 {
        let cut = self.kind == Kind::Standard && year == 1582 && month == 10;
        self.last_day(year, month).saturating_sub(if cut { 10 } else { 0 })
    }

    /// The day number of a date; `None` if the calendar has no such date.
    pub fn day_number(self, year: i64, month: u8, day: u8) -> Option<i64> {
        let year = self.astronomical(year)?;
        if day < 1 || day > self.last_day_of(year, month) || !self.has_dates() {
            return None;
        }
        match self.kind {
            Kind::Standard if (year, month, day) >= (1582, 10, 15) => {
                Some(count(Kind::ProlepticGregorian, year, month, day))
            }
            Kind::Standard if (year, month, day) <= (1582, 10, 4) => Some(count(Kind::Julian, year, month, day)),
            Kind::Standard => None,
            kind => Some(count(kind, year, month, day)),
        }
    }

    /// Year, month and day of a day number.
    ///
    /// The calendar `none`, for which nothing yields day numbers, answers as `proleptic_gregorian`.
    pub fn date(self, day_number: i64) -> (i64, u8, u8) {
        let kind = match self.kind {
            Kind::Standard if day_number < GREGORIAN_START => Kind::Julian,
            Kind::Standard | Kind::None => Kind::ProlepticGregorian,
            kind => kind,
        };
        let (year, month, day) = uncount(kind, day_number);
        (if year <= 0 && !self.year_zero { year - 1 } else { year }, month, day)
    }

    /// Year to nanosecond of an instant.
    pub fn components(self, instant: Instant) -> Components {
        let (year, month, day) = self.date(instant.day_number());
        Components::of_day(instant.nanosecond_of_day()).on(year, month, day)
    }

    /// The instant with these components; `None` if there is no such date or time of day.
    pub fn instant(self, at: &Components) -> Option<Instant> {
        let day = self.day_number(at.year, at.month, at.day)?;
        Instant::from_nanoseconds(i128::from(day) * NANOSECONDS_PER_DAY + i128::from(at.nanosecond_of_day()?))
    }

    /// The number of the first day at or after a date of which the month exists (30 February is
    /// followed by 1 March); `None` if year or month do not exist or `day` is not 1–31.
    pub(super) fn day_from(self, year: i64, month: u8, day: u8) -> Option<i64> {
        if !(1..=31).contains(&day) || self.last_day(year, month) == 0 {
            return None;
        }
        (day..=31).find_map(|d| self.day_number(year, month, d)).or_else(|| {
            let (year, month) = self.months_later(year, month, 1)?;
            self.day_number(year, month, 1)
        })
    }

    /// The number of the day after the last one up to a date; `None` as in [`Calendar::day_from`].
    pub(super) fn day_past(self, year: i64, month: u8, day: u8) -> Option<i64> {
        if !(1..=31).contains(&day) {
            return None;
        }
        (1..=day).rev().find_map(|d| self.day_number(year, month, d)).map(|d| d + 1)
    }

    /// Year and month `months` later; `None` beyond the years that are handled.
    pub(super) fn months_later(self, year: i64, month: u8, months: i64) -> Option<(i64, u8)> {
        let index = self.astronomical(year)? * 12 + i64::from(month) - 1;
        let index = index.checked_add(months)?;
        let (year, month) = (index.div_euclid(12), index.rem_euclid(12) as u8 + 1);
        let year = if year <= 0 && !self.year_zero { year - 1 } else { year };
        self.astronomical(year).map(|_| (year, month))
    }

    /// Months since January of year 0, astronomically: neighbouring months differ by 1.
    pub(super) fn month_index(self, year: i64, month: u8) -> i64 {
        self.astronomical(year).unwrap_or(year.clamp(-MAX_YEAR, MAX_YEAR)) * 12 + i64::from(month) - 1
    }

    /// The astronomical year; `None` for year 0 where there is none and for years out of range.
    fn astronomical(self, year: i64) -> Option<i64> {
        match year {
            y if !(-MAX_YEAR..=MAX_YEAR).contains(&y) => None,
            0 if !self.year_zero => None,
            y if y < 0 && !self.year_zero => Some(y + 1),
            y => Some(y),
        }
    }

    /// Whether an astronomical year is a leap year.
    fn leap(self, year: i64) -> bool {
        match self.kind {
            Kind::Standard if year > 1582 => leap(Kind::ProlepticGregorian, year),
            Kind::Standard => leap(Kind::Julian, year),
            kind => leap(kind, year),
        }
    }

    fn last_day_of(self, year: i64, month: u8) -> u8 {
        match month {
            1..=12 if self.is_360_day() => 30,
            2 => 28 + u8::from(self.leap(year)),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        }
    }
}

impl FromStr for Calendar {
    type Err = Error;

    /// The calendar of a `calendar` attribute; case and surrounding blanks do not matter, an empty
    /// text is `standard`. `360`, `365`, `366` and `no_leap`, found in older files, are understood.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for any other name, and for `utc`, whose leap seconds are not handled.
    fn from_str(text: &str) -> Result<Self> {
        Ok(match text.trim().to_ascii_lowercase().as_str() {
            "" | "standard" | "gregorian" => Self::STANDARD,
            "proleptic_gregorian" => Self::PROLEPTIC_GREGORIAN,
            "julian" => Self::JULIAN,
            "noleap" | "no_leap" | "365_day" | "365" => Self::NOLEAP,
            "all_leap" | "366_day" | "366" => Self::ALL_LEAP,
            "360_day" | "360" => Self::DAY_360,
            "tai" => Self::TAI,
            "none" => Self::NONE,
            "utc" => return Err(Error::unsupported("the calendar 'utc' counts leap seconds", "attribute 'calendar'")),
            _ => {
                return Err(Error::unsupported(format!("unknown calendar {}", quote(text)), "attribute 'calendar'")
                    .with_hint(
                        "CF knows standard (gregorian), proleptic_gregorian, julian, noleap (365_day), \
                         all_leap (366_day), 360_day, tai and none",
                    ));
            }
        })
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATED: [Calendar; 7] = [
        Calendar::STANDARD,
        Calendar::PROLEPTIC_GREGORIAN,
        Calendar::JULIAN,
        Calendar::NOLEAP,
        Calendar::ALL_LEAP,
        Calendar::DAY_360,
        Calendar::STANDARD.with_year_zero(),
    ];

    #[test]
    fn names_are_read_in_any_case_and_with_their_aliases() {
        let same = [("Gregorian", "standard"), ("365_DAY", "noleap"), (" 366_day ", "all_leap"), ("", "standard")];
        for (text, name) in same {
            assert_eq!(text.parse::<Calendar>().unwrap().name(), name);
        }
        assert!("lunar".parse::<Calendar>().unwrap_err().hint().unwrap().contains("360_day"));
    }

    #[test]
    fn the_gregorian_reform_drops_ten_days() {
        let c = Calendar::STANDARD;
        assert_eq!(c.day_number(1582, 10, 15), Some(GREGORIAN_START));
        assert_eq!(c.day_number(1582, 10, 4), Some(GREGORIAN_START - 1));
        assert_eq!((5..15).filter_map(|d| c.day_number(1582, 10, d)).count(), 0);
        assert_eq!((c.days_in_month(1582, 10), c.last_day(1582, 10)), (21, 31));
        assert_eq!((c.is_leap(1500), c.is_leap(1700)), (true, false));
        assert_eq!(c.day_from(1582, 10, 10), c.day_past(1582, 10, 10));
    }

    #[test]
    fn julian_day_zero_is_where_astronomers_put_it() {
        // Noon of −4712-01-01 Julian (4713 BC) = −4713-11-24 Gregorian is Julian day 0; 1970-01-01 is 2440587.5.
        assert_eq!(Calendar::JULIAN.day_number(-4713, 1, 1), Some(-2_440_588));
        assert_eq!(Calendar::STANDARD.with_year_zero().day_number(-4712, 1, 1), Some(-2_440_588));
        assert_eq!(Calendar::PROLEPTIC_GREGORIAN.day_number(-4713, 11, 24), Some(-2_440_588));
    }

    #[test]
    fn year_zero_is_skipped_only_where_there_is_none() {
        let before = |c: Calendar| c.date(c.day_number(1, 1, 1).unwrap() - 1);
        assert_eq!(before(Calendar::STANDARD), (-1, 12, 31));
        assert_eq!(before(Calendar::NOLEAP), (0, 12, 31));
        assert_eq!(Calendar::JULIAN.day_number(0, 1, 1), None);
        assert!(Calendar::JULIAN.is_leap(-1), "year −1 of the Julian calendar is astronomical year 0");
    }

    #[test]
    fn every_day_number_is_one_date_and_back() {
        for c in DATED {
            let days = (-800_000..50_000).step_by(7).chain([-390_000_000, 390_000_000]);
            for day in days {
                let (y, m, d) = c.date(day);
                assert_eq!(c.day_number(y, m, d), Some(day), "{c} {y}-{m}-{d}");
            }
        }
    }

    #[test]
    fn consecutive_days_are_consecutive_dates() {
        for c in DATED {
            for day in -150_000..1000 {
                let ((y, m, d), next) = (c.date(day), c.date(day + 1));
                let gap = c.name() == "standard" && (y, m, d) == (1582, 10, 4);
                let same_month = next == (y, m, d + 1) || (gap && next == (1582, 10, 15));
                assert!(same_month || (d == c.last_day(y, m) && next.2 == 1), "{c} {y}-{m}-{d} → {next:?}");
            }
        }
    }

    #[test]
    fn absurd_dates_are_refused_not_wrapped() {
        for c in DATED {
            for (y, m, d) in
                [(i64::MAX, 1, 1), (i64::MIN, 1, 1), (2000, 0, 1), (2000, 13, 1), (2000, 1, 0), (2000, 1, 32)]
            {
                assert_eq!(c.day_number(y, m, d), None);
            }
            let _ = (c.date(i64::MAX), c.date(i64::MIN));
        }
        assert_eq!(Calendar::NONE.day_number(2000, 1, 1), None);
    }
}
