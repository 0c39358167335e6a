//! The units of time that UDUNITS and cftime know.

use super::Calendar;

/// A unit of time.
///
/// Lengths are those of UDUNITS-2. Its `year` is the tropical year of 365.242198781 days and its
/// `month` a twelfth of that, so that `months since 1980-01-01` do not fall on the first of a month:
/// CF 4.4 advises against them. [`Unit::is_approximate`] tells when to warn. In the `360_day`
/// calendar a month is 30 days, as in cftime, and a year 360.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// 10⁻⁹ s
    Nanoseconds,
    /// 10⁻⁶ s
    Microseconds,
    /// 10⁻³ s
    Milliseconds,
    /// The second.
    Seconds,
    /// 60 s
    Minutes,
    /// 3600 s
    Hours,
    /// 86 400 s
    Days,
    /// 7 days
    Weeks,
    /// 14 days
    Fortnights,
    /// A twelfth of a tropical year.
    Months,
    /// The tropical year.
    Years,
    /// 365 days
    CommonYears,
    /// 366 days
    LeapYears,
    /// 365.25 days
    JulianYears,
    /// 365.2425 days
    GregorianYears,
}

impl Unit {
    /// The unit of a name or symbol, singular or plural, whatever its case.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "nanosecond" | "nanoseconds" | "nanosec" | "nanosecs" | "nsec" | "nsecs" | "ns" => Self::Nanoseconds,
            "microsecond" | "microseconds" | "microsec" | "microsecs" | "usec" | "usecs" | "us" | "µs" | "μs" => {
                Self::Microseconds
            }
            "millisecond" | "milliseconds" | "millisec" | "millisecs" | "msec" | "msecs" | "ms" => Self::Milliseconds,
            "second" | "seconds" | "sec" | "secs" | "s" => Self::Seconds,
            "minute" | "minutes" | "min" | "mins" => Self::Minutes,
            "hour" | "hours" | "hr" | "hrs" | "h" => Self::Hours,
            "day" | "days" | "d" => Self::Days,
            "week" | "weeks" => Self::Weeks,
            "fortnight" | "fortnights" => Self::Fortnights,
            "month" | "months" => Self::Months,
            "year" | "years" | "yr" | "yrs" | "tropical_year" | "tropical_years" => Self::Years,
            "common_year" | "common_years" => Self::CommonYears,
            "leap_year" | "leap_years" => Self::LeapYears,
            "julian_year" | "julian_years" => Self::JulianYears,
            "gregorian_year" | "gregorian_years" => Self::GregorianYears,
            _ => return None,
        })
    }

    /// Its length in nanoseconds, exactly.
    pub fn nanoseconds(self, calendar: Calendar) -> i128 {
        const DAY: i128 = 86_400_000_000_000;
        // 3.15569259747e7 s
        const TROPICAL_YEAR: i128 = 31_556_925_974_700_000;
        match self {
            Self::Nanoseconds => 1,
            Self::Microseconds => 1_000,
            Self::Milliseconds => 1_000_000,
            Self::Seconds => 1_000_000_000,
            Self::Minutes => 60_000_000_000,
            Self::Hours => 3_600_000_000_000,
            Self::Days => DAY,
            Self::Weeks => 7 * DAY,
            Self::Fortnights => 14 * DAY,
            Self::Months if calendar.is_360_day() => 30 * DAY,
            Self::Years if calendar.is_360_day() => 360 * DAY,
            Self::Months => TROPICAL_YEAR / 12,
            Self::Years => TROPICAL_YEAR,
            Self::CommonYears => 365 * DAY,
            Self::LeapYears => 366 * DAY,
            Self::JulianYears => 1461 * DAY / 4,
            Self::GregorianYears => 146_097 * DAY / 400,
        }
    }

    /// Whether this is a mean month or year that matches no month or year of the calendar.
    pub fn is_approximate(self, calendar: Calendar) -> bool {
        matches!(self, Self::Months | Self::Years) && !calendar.is_360_day()
    }
}
