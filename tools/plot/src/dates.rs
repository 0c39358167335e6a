//! Dates as people read them, and the marks of time axes.

use figure::axis::Tick;
use pangeo::cf::time::{Calendar, Components, Instant, TimeAxis};

/// A step's label as a title has it: seconds and midnights that say nothing left out, the calendar named where
/// it is not the usual one.
fn readable(label: &str, times: &TimeAxis) -> String {
    let text = label.replace('T', " ");
    let text = text.strip_suffix(":00").filter(|rest| rest.matches(':').count() == 1).unwrap_or(&text).to_owned();
    let midnights = times.dates().is_ok_and(|dates| dates.iter().all(|d| d.nanosecond_of_day() == 0));
    let text = if midnights { text.strip_suffix(" 00:00").unwrap_or(&text).to_owned() } else { text };
    let calendar = times.calendar().name();
    let usual = ["standard", "gregorian", "proleptic_gregorian", "none"].contains(&calendar);
    if usual || times.dates().is_err() { text } else { format!("{text} ({calendar})") }
}

/// A step as text: its date to a millisecond, as numbers of days and hours hold no more, or its length of time.
pub(crate) fn step(times: &TimeAxis, index: usize) -> Option<String> {
    const MILLISECOND: i128 = 1_000_000;
    let date = times.dates().ok().and_then(|dates| dates.get(index)).filter(|_| !times.is_missing(index));
    let Some(date) = date else { return times.label(index) };
    let nanoseconds = i128::from(date.day_number()) * 86_400_000_000_000 + i128::from(date.nanosecond_of_day());
    let rounded = (nanoseconds + MILLISECOND / 2).div_euclid(MILLISECOND) * MILLISECOND;
    let date = Instant::from_nanoseconds(rounded)?;
    Some(readable(&times.calendar().components(date).to_string(), times))
}

/// Days since 1970 with their fraction: what dates are along an axis.
pub(crate) fn days(instant: Instant) -> f64 {
    instant.day_number() as f64 + instant.nanosecond_of_day() as f64 / 86_400e9
}

/// A date of the calendar `own` on an axis of the calendar `on`, days since 1970: as far into its year there as in its
/// own, so that January is beside January whatever the lengths of years.
pub(crate) fn days_on(on: Calendar, own: Calendar, instant: Instant) -> f64 {
    let at = days(instant);
    if on == own {
        return at;
    }
    let year = own.components(instant).year;
    let begin = |calendar: Calendar, year| calendar.instant(&Components::date(year, 1, 1)).map(days);
    let bounds = |calendar| begin(calendar, year).zip(begin(calendar, year.checked_add(1)?));
    match (bounds(own), bounds(on)) {
        (Some((first, next)), Some((low, high))) if next > first => low + (at - first) / (next - first) * (high - low),
        _ => at,
    }
}

/// How far marks are apart.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Minutes(i64),
    Hours(i64),
    Days(u8),
    Months(u8),
    Years(i64),
}

/// The marks between two days of a calendar, about `about` of them, and what all of them have in common.
pub(crate) fn ticks(calendar: Calendar, from: f64, to: f64, about: usize) -> (Vec<Tick>, String) {
    let about = about.max(2) as f64;
    let each = (to - from) / about;
    let step = step_of(each);
    let places = places(calendar, from, to, step);
    let same_year = places.windows(2).all(|p| p[0].1.year == p[1].1.year) && !places.is_empty();
    let same_day = same_year && places.windows(2).all(|p| (p[0].1.month, p[0].1.day) == (p[1].1.month, p[1].1.day));
    let tick = |(value, c): &(f64, Components)| Tick { value: *value, label: label(c, step, same_year, same_day) };
    let common = match (step, places.first()) {
        (Step::Years(_), _) | (_, None) => String::new(),
        (Step::Minutes(_) | Step::Hours(_), Some((_, c))) if same_day => {
            format!("{:04}-{:02}-{:02}", c.year, c.month, c.day)
        }
        (_, Some((_, c))) if same_year => format!("{:04}", c.year),
        _ => String::new(),
    };
    (places.iter().map(tick).collect(), common)
}

fn step_of(days: f64) -> Step {
    let minutes = days * 1440.0;
    let pick = |list: &[i64], value: f64| list.iter().copied().find(|s| *s as f64 >= value);
    if let Some(step) = pick(&[1, 2, 5, 10, 15, 30], minutes) {
        return Step::Minutes(step);
    }
    if let Some(step) = pick(&[1, 2, 3, 6, 12], minutes / 60.0) {
        return Step::Hours(step);
    }
    if let Some(step) = pick(&[1, 2, 5, 10, 15], days * 0.8) {
        return Step::Days(step as u8);
    }
    if let Some(step) = pick(&[1, 2, 3, 6], days / 30.0 * 0.8) {
        return Step::Months(step as u8);
    }
    let years = (days / 365.25).max(1e-9);
    let power = 10f64.powf(years.log10().floor());
    let nice = [1.0, 2.0, 5.0, 10.0].into_iter().find(|m| m * power >= years * 0.8).unwrap_or(10.0);
    Step::Years(((nice * power).round() as i64).max(1))
}

/// Marks with their dates.
fn places(calendar: Calendar, from: f64, to: f64, step: Step) -> Vec<(f64, Components)> {
    let mut found = Vec::new();
    let mut add = |instant: Option<Instant>| {
        if let Some(instant) = instant {
            let at = days(instant);
            if at >= from - 1e-9 && at <= to + 1e-9 && found.len() < 400 {
                found.push((at, calendar.components(instant)));
            }
        }
    };
    let (first, last) = (from.floor() as i64, to.ceil() as i64);
    let ((year, ..), (last_year, ..)) = (calendar.date(first), calendar.date(last));
    let date = |year, month, day| calendar.instant(&Components::date(year, month, day));
    match step {
        Step::Years(n) => (year.div_euclid(n)..=last_year.div_euclid(n)).take(400).for_each(|i| add(date(i * n, 1, 1))),
        Step::Months(n) => (year..=last_year).take(400).for_each(|y| {
            (1..=12).step_by(usize::from(n)).for_each(|month| add(date(y, month, 1)));
        }),
        Step::Days(n) => (first..=last).take(4000).for_each(|day| {
            let (_, _, d) = calendar.date(day);
            // The 1st, 6th, 11th …; the last mark of a month keeps its distance from the next 1st.
            let regular = (d - 1).is_multiple_of(n) && (n == 1 || u32::from(d) + u32::from(n) <= 32);
            if regular {
                add(Instant::from_day_number(day));
            }
        }),
        Step::Hours(n) => within_days(first, last, n * 60, &mut add),
        Step::Minutes(n) => within_days(first, last, n, &mut add),
    }
    found
}

/// Marks each so many minutes of each day.
fn within_days(first: i64, last: i64, minutes: i64, add: &mut impl FnMut(Option<Instant>)) {
    for day in (first..=last).take(400) {
        for minute in (0..1440).step_by(minutes.max(1) as usize) {
            let nanoseconds = i128::from(day) * 86_400_000_000_000 + i128::from(minute) * 60_000_000_000;
            add(Instant::from_nanoseconds(nanoseconds));
        }
    }
}

fn label(c: &Components, step: Step, same_year: bool, same_day: bool) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.get(usize::from(c.month).wrapping_sub(1)).copied().unwrap_or("");
    match step {
        Step::Years(_) => c.year.to_string(),
        Step::Months(_) if same_year => month.to_owned(),
        Step::Months(_) => format!("{month} {}", c.year),
        Step::Days(_) if same_year => format!("{} {month}", c.day),
        Step::Days(_) => format!("{:04}-{:02}-{:02}", c.year, c.month, c.day),
        _ if same_day => format!("{:02}:{:02}", c.hour, c.minute),
        _ if c.hour == 0 && c.minute == 0 => format!("{} {month}", c.day),
        _ => format!("{:02}:{:02}", c.hour, c.minute),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(calendar: &str, from: (i64, u8, u8), to: (i64, u8, u8), about: usize) -> (Vec<String>, String) {
        let calendar: Calendar = calendar.parse().unwrap();
        let day = |(y, m, d)| days(calendar.instant(&Components::date(y, m, d)).unwrap());
        let (ticks, common) = ticks(calendar, day(from), day(to), about);
        (ticks.into_iter().map(|t| t.label).collect(), common)
    }

    #[test]
    fn dates_of_other_calendars_are_at_their_part_of_the_year() {
        let [standard, short, noleap] = ["standard", "360_day", "noleap"].map(|c| c.parse::<Calendar>().unwrap());
        let day = |c: Calendar, (y, m, d)| c.instant(&Components::date(y, m, d)).unwrap();
        // The middle of a year of 360 days is that of one of 366.
        assert_eq!(days_on(standard, short, day(short, (2000, 7, 1))), days(day(standard, (2000, 1, 1))) + 183.0);
        assert_eq!(days_on(noleap, short, day(short, (2001, 1, 1))), days(day(noleap, (2001, 1, 1))));
        assert_eq!(days_on(noleap, noleap, day(noleap, (1999, 3, 1))), days(day(noleap, (1999, 3, 1))));
    }

    #[test]
    fn marks_are_at_round_dates_of_the_calendar() {
        assert_eq!(
            between("standard", (1950, 1, 1), (2020, 1, 1), 7).0,
            ["1950", "1960", "1970", "1980", "1990", "2000", "2010", "2020"]
        );
        let (labels, common) = between("360_day", (2001, 1, 1), (2001, 12, 30), 6);
        assert_eq!((labels.join(" ").as_str(), common.as_str()), ("Jan Mar May Jul Sep Nov", "2001"));
        let (labels, common) = between("standard", (2022, 5, 1), (2022, 5, 2), 5);
        assert_eq!((labels.join(" ").as_str(), common.as_str()), ("1 May 06:00 12:00 18:00 2 May", "2022"));
        assert_eq!(between("noleap", (2020, 2, 20), (2020, 3, 10), 5).0, ["21 Feb", "26 Feb", "1 Mar", "6 Mar"]);
    }
}
