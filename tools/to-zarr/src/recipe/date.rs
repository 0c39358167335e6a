//! Dates as file names carry them: to the second, in a CF calendar, as precise as they were written.

use std::fmt;

/// The units of a date, from the coarsest; also how precise a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unit {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// The calendars of CF (conventions 1.12, 4.4.1) without the Julian one. `Standard` is the Gregorian
/// calendar throughout: no file of a date before 1582 is known to be named otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Calendar {
    Standard,
    NoLeap,
    AllLeap,
    Days360,
}

impl Calendar {
    /// CF's names and what they mean here.
    pub(super) const NAMES: [(&'static str, Self); 7] = [
        ("standard", Self::Standard),
        ("gregorian", Self::Standard),
        ("proleptic_gregorian", Self::Standard),
        ("noleap", Self::NoLeap),
        ("365_day", Self::NoLeap),
        ("all_leap", Self::AllLeap),
        ("360_day", Self::Days360),
    ];

    fn is_leap(self, year: i64) -> bool {
        match self {
            Self::Standard => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0),
            Self::AllLeap => true,
            Self::NoLeap | Self::Days360 => false,
        }
    }

    /// Days of a month from 1 to 12.
    pub(super) fn month_length(self, year: i64, month: i64) -> i64 {
        match month {
            _ if self == Self::Days360 => 30,
            2 => 28 + i64::from(self.is_leap(year)),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// Days from the start of year 0 to the start of `year`, which is not negative.
    fn days_before(self, year: i64) -> i64 {
        match self {
            Self::Standard => 365 * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400,
            Self::NoLeap => 365 * year,
            Self::AllLeap => 366 * year,
            Self::Days360 => 360 * year,
        }
    }
}

/// A date of the years 0 to 9999. What is finer than its precision is at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) precision: Unit,
    pub(super) calendar: Calendar,
}

impl Date {
    /// The start of a year.
    pub(super) fn of_year(year: i64, calendar: Calendar) -> Option<Self> {
        let start = Self { year, month: 1, day: 1, hour: 0, minute: 0, second: 0, precision: Unit::Year, calendar };
        (0..=9999).contains(&year).then_some(start)
    }

    /// `2000`, `2000-01`, `2000-01-31`, `2000-01-31T06`, `…T06:00`, `…T06:00:00`, also with a space for
    /// the T and a final Z.
    pub(super) fn parse(text: &str, calendar: Calendar) -> Option<Self> {
        let text = text.strip_suffix(['Z', 'z']).filter(|t| t.contains(':')).unwrap_or(text);
        let (day, time) = match text.split_once(['T', 't', ' ']) {
            Some((day, time)) => (day, Some(time)),
            None => (text, None),
        };
        let mut numbers = Vec::with_capacity(6);
        for (place, part) in day.split('-').enumerate() {
            numbers.push(digits(part, if place == 0 { 4 } else { 2 })?);
        }
        if numbers.len() > 3 || (time.is_some() && numbers.len() != 3) {
            return None;
        }
        for part in time.into_iter().flat_map(|time| time.split(':')) {
            numbers.push(digits(part, 2)?);
        }
        let units = [Unit::Year, Unit::Month, Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];
        let precision = *units.get(numbers.len().checked_sub(1)?)?;
        let at = |place: usize, start: i64| numbers.get(place).copied().unwrap_or(start);
        let (year, month, day) = (at(0, 0), at(1, 1), at(2, 1));
        let date = Self { year, month, day, hour: at(3, 0), minute: at(4, 0), second: at(5, 0), precision, calendar };
        (date.time_is_valid() && day <= calendar.month_length(year, month)).then_some(date)
    }

    /// Whether all but the day's place in its month is in range.
    pub(super) fn time_is_valid(&self) -> bool {
        (0..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && self.day >= 1
            && (0..24).contains(&self.hour)
            && (0..60).contains(&self.minute)
            && (0..60).contains(&self.second)
    }

    /// Whether the date lies before the end of the period that `end` names (`2010-12`: all December).
    pub(super) fn is_within(&self, end: &Self) -> bool {
        let parts = |d: &Self| [d.year, d.month, d.day, d.hour, d.minute, d.second];
        let count = end.precision as usize + 1;
        parts(self).iter().take(count).le(parts(end).iter().take(count))
    }

    /// The day of the year, from 1.
    pub(super) fn day_of_year(&self) -> i64 {
        (1..self.month).map(|month| self.calendar.month_length(self.year, month)).sum::<i64>() + self.day
    }

    /// The date `count` units later; a day that its month lacks becomes the month's last
    /// (31 January and one month: 28 or 29 February). Nothing beyond the year 9999.
    pub(super) fn plus(&self, count: i64, unit: Unit) -> Option<Self> {
        let seconds = match unit {
            Unit::Year => return self.plus_months(count.checked_mul(12)?),
            Unit::Month => return self.plus_months(count),
            Unit::Day => 86_400,
            Unit::Hour => 3600,
            Unit::Minute => 60,
            Unit::Second => 1,
        };
        let day = self.calendar.days_before(self.year) + self.day_of_year() - 1;
        let now = day * 86_400 + self.hour * 3600 + self.minute * 60 + self.second;
        self.at_second(now.checked_add(count.checked_mul(seconds)?)?)
    }

    fn plus_months(&self, count: i64) -> Option<Self> {
        let months = (self.year * 12 + self.month - 1).checked_add(count)?;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let day = self.day.min(self.calendar.month_length(year, month));
        (0..=9999).contains(&year).then_some(Self { year, month, day, ..*self })
    }

    fn at_second(&self, second: i64) -> Option<Self> {
        let (mut day, second) = (second.div_euclid(86_400), second.rem_euclid(86_400));
        if !(0..3_660_001).contains(&day) {
            return None;
        }
        // 366 days a year is never too late a guess; the years missed are at most 1 in 60.
        let mut year = day / 366;
        while self.calendar.days_before(year + 1) <= day {
            year += 1;
        }
        day -= self.calendar.days_before(year);
        let mut month = 1;
        while day >= self.calendar.month_length(year, month) {
            day -= self.calendar.month_length(year, month);
            month += 1;
        }
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let date = Self { year, month, day: day + 1, hour, minute, second: second % 60, ..*self };
        (year <= 9999).then_some(date)
    }
}

impl fmt::Display for Date {
    /// ISO 8601 as precise as the date is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        let rest = [
            (Unit::Month, '-', self.month),
            (Unit::Day, '-', self.day),
            (Unit::Hour, 'T', self.hour),
            (Unit::Minute, ':', self.minute),
            (Unit::Second, ':', self.second),
        ];
        for (_, mark, number) in rest.into_iter().filter(|(unit, ..)| *unit <= self.precision) {
            write!(f, "{mark}{number:02}")?;
        }
        Ok(())
    }
}

/// Exactly `count` digits as a number.
pub(super) fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// A step between dates: `month`, `1 month`, `6 hours`, `P1M`, `PT6H`; weeks are seven days.
pub(super) fn parse_step(text: &str) -> Option<(i64, Unit)> {
    let (count, unit, factor) = if let Some(rest) = text.strip_prefix('P') {
        let (time, rest) = rest.strip_prefix('T').map_or((false, rest), |rest| (true, rest));
        let letter = rest.chars().last()?;
        let (unit, factor) = match (time, letter) {
            (false, 'Y') => (Unit::Year, 1),
            (false, 'M') => (Unit::Month, 1),
            (false, 'W') => (Unit::Day, 7),
            (false, 'D') => (Unit::Day, 1),
            (true, 'H') => (Unit::Hour, 1),
            (true, 'M') => (Unit::Minute, 1),
            (true, 'S') => (Unit::Second, 1),
            _ => return None,
        };
        (rest.strip_suffix(letter)?, unit, factor)
    } else {
        let (count, word) = text.split_once(' ').unwrap_or(("1", text));
        let word = word.trim();
        let (unit, factor) = match word.strip_suffix('s').unwrap_or(word) {
            "year" => (Unit::Year, 1),
            "month" => (Unit::Month, 1),
            "week" => (Unit::Day, 7),
            "day" => (Unit::Day, 1),
            "hour" => (Unit::Hour, 1),
            "minute" => (Unit::Minute, 1),
            "second" => (Unit::Second, 1),
            _ => return None,
        };
        (count, unit, factor)
    };
    let digits_only = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    let count = count.parse::<i64>().ok().filter(|c| digits_only && *c > 0)?;
    Some((count.checked_mul(factor)?, unit))
}
