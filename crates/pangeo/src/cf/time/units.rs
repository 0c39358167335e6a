//! The `units` attribute of a time coordinate.

use std::fmt::{self, Write as _};

use super::fields::{Cursor, quote};
use super::span::decimal;
use super::{Calendar, DateText, Unit};
use crate::{Error, Result};

/// Where a time axis counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reference {
    /// Nowhere: values are lengths of time (`hours`).
    None,
    /// A date (`hours since 1900-01-01`).
    Date(DateText),
    /// Values spell dates: YYYYMMDD and a fraction of the day (`day as %Y%m%d.%f`, CDO and ICON).
    AbsoluteDay,
}

/// A parsed `units` attribute: `UNIT since REFERENCE`, `UNIT`, or `day as %Y%m%d.%f`.
///
/// Shown as it was written. UDUNITS' `from`, `after`, `ref` and `@` for `since` are understood, and
/// so is a number in front (`3600 s since …`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeUnits {
    text: String,
    unit: Unit,
    /// Mantissa and divisor of the number in front.
    factor: (i128, i128),
    reference: Reference,
}

impl TimeUnits {
    /// Read a `units` attribute.
    ///
    /// # Errors
    /// [`Error::Data`] if it is no unit of time, or its reference date is not understood.
    ///
    /// ```
    /// use pangeo::cf::time::{Reference, TimeUnits, Unit};
    /// let units = TimeUnits::parse("hours since 1900-01-01 00:00:0.0")?;
    /// assert_eq!(units.unit(), Unit::Hours);
    /// assert_eq!(TimeUnits::parse("hours")?.reference(), Reference::None);
    /// # Ok::<(), pangeo::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        scan(text).map_err(|why| {
            Error::data(format!("{why}, units {}", quote(text)), "time coordinate")
                .with_hint("write for example 'days since 1850-01-01 00:00:00'")
        })
    }

    /// Units written by this suite: `unit` since a date.
    pub fn since(unit: Unit, reference: DateText, text: impl Into<String>) -> Self {
        Self { text: text.into(), unit, factor: (1, 1), reference: Reference::Date(reference) }
    }

    /// The unit.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// Where values count from.
    pub fn reference(&self) -> Reference {
        self.reference
    }

    /// Whether there is no reference date, so that values are lengths of time.
    pub fn is_duration(&self) -> bool {
        self.reference == Reference::None
    }

    /// Whether the reference date names year 0.
    pub fn names_year_zero(&self) -> bool {
        matches!(self.reference, Reference::Date(DateText { year: 0, .. }))
    }

    /// Whether the unit is a mean month or year, of which the user should be warned.
    pub fn is_approximate(&self, calendar: Calendar) -> bool {
        self.unit.is_approximate(calendar)
    }

    /// The length of 1 on the axis in nanoseconds; `None` if that is no whole number above 0.
    pub(super) fn nanoseconds(&self, calendar: Calendar) -> Option<i128> {
        let product = self.unit.nanoseconds(calendar).checked_mul(self.factor.0)?;
        let exact = product > 0 && product % self.factor.1 == 0 && product / self.factor.1 < 1 << 60;
        exact.then(|| product / self.factor.1)
    }

    /// The same unit counted from `reference`, as `--reference-time` supplies it.
    #[must_use]
    pub fn with_reference(&self, reference: DateText) -> Self {
        let at = |part: Option<u8>, least: u8| part.unwrap_or(least);
        let (month, day) = (at(reference.month, 1), at(reference.day, 1));
        let (hour, minute, second) = (at(reference.hour, 0), at(reference.minute, 0), at(reference.second, 0));
        let sign = if reference.year > 99_999 { "+" } else { "" };
        let mut text = format!("{} since {sign}{:04}-{month:02}-{day:02}", self.unit_text(), reference.year);
        let _ = write!(text, " {hour:02}:{minute:02}:{second:02}");
        if let Some((nanoseconds, _)) = reference.fraction.filter(|(n, _)| *n > 0) {
            text += format!(".{nanoseconds:09}").trim_end_matches('0');
        }
        if reference.offset_minutes != 0 {
            let sign = if reference.offset_minutes < 0 { '-' } else { '+' };
            let ahead = reference.offset_minutes.unsigned_abs();
            let _ = write!(text, " {sign}{:02}:{:02}", ahead / 60, ahead % 60);
        }
        Self { text, reference: Reference::Date(reference), ..self.clone() }
    }

    /// What stands before `since`.
    fn unit_text(&self) -> &str {
        match split_reference(&self.text) {
            Some((unit, _)) => unit,
            None => self.text.trim(),
        }
    }
}

impl fmt::Display for TimeUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The parts before and behind the word that introduces the reference.
fn split_reference(text: &str) -> Option<(&str, &str)> {
    const WORDS: [&str; 5] = ["since", "from", "after", "ref", "@"];
    let mut searched = 0;
    for word in text.split_whitespace() {
        let start = searched + text.get(searched..)?.find(word)?;
        searched = start + word.len();
        if WORDS.iter().any(|w| word.eq_ignore_ascii_case(w)) {
            return Some((text.get(..start)?.trim(), text.get(searched..)?.trim()));
        }
    }
    None
}

fn scan(text: &str) -> Result<TimeUnits, String> {
    let lower = text.trim().to_ascii_lowercase();
    if let Some((unit, format)) = lower.split_once(" as ") {
        let is_day = Unit::parse(unit.trim()) == Some(Unit::Days);
        if !is_day || !matches!(format.trim(), "%y%m%d.%f" | "%y%m%d") {
            return Err("of the absolute times only 'day as %Y%m%d.%f' is understood".to_owned());
        }
        let reference = Reference::AbsoluteDay;
        return Ok(TimeUnits { text: text.to_owned(), unit: Unit::Days, factor: (1, 1), reference });
    }
    let (unit_text, reference) = match split_reference(text) {
        Some((unit, date)) => {
            let date = DateText::scan(date).map_err(|why| format!("no reference date {}: {why}", quote(date)))?;
            (unit, Reference::Date(date))
        }
        None => (text.trim(), Reference::None),
    };
    let mut at = Cursor::new(unit_text);
    let factor = match at.peek() {
        Some('0'..='9') => decimal(&mut at).ok_or_else(|| format!("{} has too many digits", quote(unit_text)))?,
        _ => (1, 1),
    };
    at.skip_blanks();
    let unit = Unit::parse(at.rest()).ok_or_else(|| format!("{} is no unit of time", quote(unit_text)))?;
    let units = TimeUnits { text: text.to_owned(), unit, factor, reference };
    units.nanoseconds(Calendar::STANDARD).ok_or_else(|| format!("{} cannot be counted exactly", quote(unit_text)))?;
    Ok(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_unit() {
        for (names, unit) in [
            ("s sec secs second seconds SECONDS", Unit::Seconds),
            ("min mins minute minutes", Unit::Minutes),
            ("h hr hrs hour hours Hours", Unit::Hours),
            ("d day days D", Unit::Days),
            ("ms msec msecs millisec millisecs millisecond milliseconds", Unit::Milliseconds),
            ("us µs microsec microsecs microsecond microseconds", Unit::Microseconds),
            ("ns nanosecond nanoseconds", Unit::Nanoseconds),
            ("week weeks", Unit::Weeks),
            ("fortnight", Unit::Fortnights),
            ("month months", Unit::Months),
            ("year years yr", Unit::Years),
            ("common_year common_years", Unit::CommonYears),
        ] {
            for name in names.split(' ') {
                let units = TimeUnits::parse(&format!("{name} since 2000-01-01")).unwrap();
                assert_eq!((units.unit(), units.is_duration()), (unit, false), "{name}");
                assert!(TimeUnits::parse(name).unwrap().is_duration());
            }
        }
    }

    #[test]
    fn words_and_factors_of_udunits() {
        let hour = Some(3_600_000_000_000);
        let texts = ["hours from 2000-01-01", "3600 s @ 2000-01-01", "0.5 hours", "60 min  SINCE  2000-1-1", "3600s"];
        for (text, times) in texts.into_iter().zip([1, 1, 2, 1, 1]) {
            let length = TimeUnits::parse(text).unwrap().nanoseconds(Calendar::STANDARD);
            assert_eq!(length.map(|n| n * times), hour, "{text}");
        }
    }

    #[test]
    fn a_year_is_that_of_udunits_except_in_the_360_day_calendar() {
        // udunits2 -H years -W s: 3.15569e7, from its definition 3.15569259747e7 s
        let units = TimeUnits::parse("years since 1900-01-01").unwrap();
        assert_eq!(units.nanoseconds(Calendar::NOLEAP), Some(31_556_925_974_700_000));
        assert!(units.is_approximate(Calendar::NOLEAP) && !units.is_approximate(Calendar::DAY_360));
        assert_eq!(units.nanoseconds(Calendar::DAY_360), Some(360 * 86_400_000_000_000));
    }

    #[test]
    fn what_is_no_time_unit_says_so() {
        for (text, why) in [
            ("K", "no unit of time"),
            ("m s-1", "no unit of time"),
            ("", "no unit of time"),
            ("days since", "no reference date ''"),
            ("days since Jan 1, 2000", "does not begin with a year"),
            ("month as %Y%m.%f", "only 'day as %Y%m%d.%f'"),
            ("0 days since 2000-01-01", "cannot be counted"),
            ("0.0000000001 s", "too many digits"),
            ("999999999999999999 years", "cannot be counted"),
        ] {
            let error = TimeUnits::parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_reference_time_can_be_supplied() {
        let hours = TimeUnits::parse("hours").unwrap();
        for (date, text) in [
            ("2021-12-22", "hours since 2021-12-22 00:00:00"),
            ("2021-12-22T06:30:00.5+01:00", "hours since 2021-12-22 06:30:00.5 +01:00"),
        ] {
            let units = hours.with_reference(date.parse().unwrap());
            assert_eq!(units.to_string(), text);
            assert_eq!(
                TimeUnits::parse(text).unwrap().reference(),
                TimeUnits::parse(&units.to_string()).unwrap().reference()
            );
        }
    }
}
