//! Counting days in calendars of one rule for leap years, years counted astronomically.

/// Years beyond this (either side of 0) are refused everywhere.
pub(super) const MAX_YEAR: i64 = 1_090_000;
/// Days from 0000-01-01 to 1970-01-01, both proleptic Gregorian.
const GREGORIAN_EPOCH: i64 = 719_528;
/// Days from 0000-01-01 Julian to 1970-01-01 Gregorian: the Julian year 0 begins two days earlier.
const JULIAN_EPOCH: i64 = 719_530;

/// A calendar by its rules; for `standard`, ask with the rule that holds on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Standard,
    ProlepticGregorian,
    Julian,
    NoLeap,
    AllLeap,
    Day360,
    Tai,
    None,
}

/// Whether an astronomical year of a calendar with one rule is a leap year.
pub(super) fn leap(kind: Kind, year: i64) -> bool {
    match kind {
        Kind::Julian => year.rem_euclid(4) == 0,
        Kind::NoLeap | Kind::Day360 => false,
        Kind::AllLeap => true,
        _ => year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0),
    }
}

/// Days from 0000-01-01 to the first day of `year`, in calendars of one rule.
fn days_before_year(kind: Kind, year: i64) -> i64 {
    match kind {
        Kind::Day360 => 360 * year,
        Kind::NoLeap => 365 * year,
        Kind::AllLeap => 366 * year,
        // Leap years among 0 … year − 1: multiples of 4, rounded up.
        Kind::Julian => 365 * year + (year + 3).div_euclid(4),
        _ => 365 * year + (year + 3).div_euclid(4) - (year + 99).div_euclid(100) + (year + 399).div_euclid(400),
    }
}

/// Days from 1 January to the first of `month` (1–12).
fn days_before_month(kind: Kind, leap: bool, month: u8) -> i64 {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let index = usize::from(month.saturating_sub(1));
    if kind == Kind::Day360 {
        return 30 * index as i64;
    }
    BEFORE.get(index).copied().unwrap_or(334) + i64::from(leap && month > 2)
}

/// The day number of 0000-01-01, negated.
fn epoch(kind: Kind) -> i64 {
    match kind {
        Kind::Julian => JULIAN_EPOCH,
        Kind::NoLeap | Kind::AllLeap | Kind::Day360 => days_before_year(kind, 1970),
        _ => GREGORIAN_EPOCH,
    }
}

/// The day number of an astronomical date in a calendar of one rule.
pub(super) fn count(kind: Kind, year: i64, month: u8, day: u8) -> i64 {
    days_before_year(kind, year) + days_before_month(kind, leap(kind, year), month) + i64::from(day) - 1 - epoch(kind)
}

/// The astronomical date of a day number in a calendar of one rule.
pub(super) fn uncount(kind: Kind, day_number: i64) -> (i64, u8, u8) {
    let limit = 366 * MAX_YEAR;
    let days = day_number.clamp(-limit, limit) + epoch(kind);
    // The mean year gives the year or its neighbour.
    let (cycle, years) = match kind {
        Kind::Day360 => (360, 1),
        Kind::NoLeap => (365, 1),
        Kind::AllLeap => (366, 1),
        Kind::Julian => (1461, 4),
        _ => (146_097, 400),
    };
    let mut year = (days * years).div_euclid(cycle);
    while days < days_before_year(kind, year) {
        year -= 1;
    }
    while days >= days_before_year(kind, year + 1) {
        year += 1;
    }
    let (leap, rest) = (leap(kind, year), days - days_before_year(kind, year));
    let month = (2..=12).rev().find(|&m| days_before_month(kind, leap, m) <= rest).unwrap_or(1);
    (year, month, (rest - days_before_month(kind, leap, month)) as u8 + 1)
}
