//! `--year`, `--month`, `--day`, `--hour`: lists and ranges of numbers.

use std::fmt;
use std::str::FromStr;

use super::Components;
use super::fields::quote;
use crate::{Error, Result};

/// Years asked for: `2000`, `1990,1995`, `2000-2010`, `-500--400`; in the calendar's numbering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearSet {
    text: String,
    ranges: Vec<(i64, i64)>,
}

impl YearSet {
    /// Whether the year is asked for.
    pub fn contains(&self, year: i64) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&year))
    }
}

impl FromStr for YearSet {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] that says what is not understood; a range must not end before it begins.
    fn from_str(text: &str) -> Result<Self> {
        let year = |part: &str| part.parse().ok().filter(|y: &i64| y.unsigned_abs() <= 9_999_999);
        let wrong = |why: String| {
            Error::usage(format!("{} is no list of years: {why}; write 2000-2010 or 1990,1995", quote(text)))
        };
        let ranges = ranges(text, year).map_err(wrong)?;
        if let Some((first, last)) = ranges.iter().find(|(first, last)| first > last) {
            return Err(wrong(format!("{first}-{last} ends before it begins")));
        }
        Ok(Self { text: text.trim().to_owned(), ranges })
    }
}

impl fmt::Display for YearSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Parts at commas, each one number or two joined by `-`; a `-` in front belongs to the number.
fn ranges(text: &str, number: impl Fn(&str) -> Option<i64>) -> Result<Vec<(i64, i64)>, String> {
    let range = |part: &str| {
        let part = part.trim();
        if let Some(one) = number(part) {
            return Some((one, one));
        }
        let at = part.get(1..)?.find('-')? + 1;
        let (first, last) = (part.get(..at)?, part.get(at + 1..)?);
        Some((number(first.trim())?, number(last.trim())?))
    };
    text.split(',').map(|part| range(part).ok_or_else(|| format!("{} is not understood", quote(part.trim())))).collect()
}

/// Bits `first` to `last` of `low..=high`, going round the end if `last` is less than `first`.
fn bits((first, last): (i64, i64), (low, high): (i64, i64)) -> u32 {
    let inside = |n: i64| if first <= last { first <= n && n <= last } else { n >= first || n <= last };
    (low..=high).filter(|n| inside(*n)).fold(0, |set, n| set | 1 << n)
}

/// `1`–`12`, or the first three or more letters of an English name.
fn month(part: &str) -> Option<i64> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let lower = part.to_ascii_lowercase();
    let named = || NAMES.iter().position(|name| lower.len() >= 3 && name.starts_with(&lower));
    part.parse().ok().or_else(|| named().map(|index| index as i64 + 1))
}

macro_rules! cyclic_set {
    ($(#[$doc:meta])* $name:ident, $what:literal, $field:ident, $low:literal..=$high:literal, $number:expr, $hint:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            text: String,
            bits: u32,
        }

        impl $name {
            /// Whether it is asked for.
            pub fn contains(&self, at: &Components) -> bool {
                1_u32.checked_shl(u32::from(at.$field)).is_some_and(|bit| self.bits & bit != 0)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// # Errors
            /// [`Error::Usage`] that says what is not understood.
            fn from_str(text: &str) -> Result<Self> {
                let number: fn(&str) -> Option<i64> = $number;
                let inside = |part: &str| number(part).filter(|n| ($low..=$high).contains(n));
                let ranges = ranges(text, inside).map_err(|why| {
                    Error::usage(format!("{} is no list of {}: {why}; {}", quote(text), $what, $hint))
                })?;
                let bits = ranges.into_iter().fold(0, |set, range| set | bits(range, ($low, $high)));
                Ok(Self { text: text.trim().to_owned(), bits })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text)
            }
        }
    };
}

cyclic_set!(
    /// Months asked for: `7`, `6-8`, `1,4,7`, `jan-mar`; a range may run over the new year (`11-2`).
    MonthSet, "months", month, 1..=12, month, "write 6-8, 1,4,7 or jan-mar"
);
cyclic_set!(
    /// Days of the month asked for: `1`, `1-10`, `1,11,21`; a range may run over the end (`25-5`).
    DaySet, "days", day, 1..=31, |part| part.parse().ok(), "write 1-10 or 1,11,21"
);
cyclic_set!(
    /// Hours of the day asked for, in UTC: `12`, `0,6,12,18`, `8-16`; a range may run over midnight
    /// (`22-4`). An hour is the whole hour: `12` holds 12:30.
    HourSet, "hours", hour, 0..=23, |part| part.parse().ok(), "write 0,6,12,18 or 8-16"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_numbers_names_and_ranges_over_the_new_year() {
        let months = |text: &str| -> Vec<u8> {
            let set: MonthSet = text.parse().unwrap();
            (1..=12).filter(|&m| set.contains(&Components::date(2000, m, 1))).collect()
        };
        assert_eq!(months("6-8"), [6, 7, 8]);
        assert_eq!(months("11-2"), [1, 2, 11, 12]);
        assert_eq!(months("1,4,7"), [1, 4, 7]);
        assert_eq!(months("Jan-march, SEPT"), [1, 2, 3, 9]);
        assert_eq!(months("01"), [1]);
    }

    #[test]
    fn years_days_and_hours() {
        let years: YearSet = "1990,2000-2010,-500--400".parse().unwrap();
        let has = |y| years.contains(y);
        let found: Vec<_> = [1989, 1990, 2000, 2010, 2011, -450, -399].into_iter().filter(|&y| has(y)).collect();
        assert_eq!(found, [1990, 2000, 2010, -450]);
        let hours: HourSet = "22-4,12".parse().unwrap();
        let found: Vec<_> = (0..24).filter(|&h| hours.contains(&Components::new(1, 1, 1, h, 59, 0))).collect();
        assert_eq!(found, [0, 1, 2, 3, 4, 12, 22, 23]);
        let days: DaySet = "29-31".parse().unwrap();
        assert!(days.contains(&Components::date(2000, 2, 30)) && !days.contains(&Components::date(2000, 2, 28)));
    }

    #[test]
    fn what_is_no_set_says_why() {
        for (text, why) in
            [("13", "'13' is not understood"), ("", "'' is not understood"), ("ma", "jan-mar"), ("1-", "'1-'")]
        {
            assert!(text.parse::<MonthSet>().unwrap_err().to_string().contains(why), "{text}");
        }
        assert!("24".parse::<HourSet>().is_err() && "0".parse::<DaySet>().is_err());
        assert!("2010-2000".parse::<YearSet>().unwrap_err().to_string().contains("ends before"));
        assert!("-9223372036854775808".parse::<YearSet>().is_err() && "é-1".parse::<YearSet>().is_err());
    }
}
