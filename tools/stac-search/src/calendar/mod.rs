//! Days by platform: which dates have items, of which platforms, how many.

mod picture;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use pangeo::{Error, Result};
use search::Item;

use crate::facts;

pub(crate) use picture::{page, picture};
pub(crate) use text::text;

/// As many months as still make a calendar.
const MOST_MONTHS: usize = 1200;

/// How many items each platform has on each UTC date.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Calendar {
    days: BTreeMap<NaiveDate, BTreeMap<String, u64>>,
    undated: u64,
}

/// What a calendar knows of one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Platform {
    /// Its name.
    pub(crate) name: String,
    /// How many items it has.
    pub(crate) items: u64,
    /// On how many dates.
    pub(crate) dates: usize,
}

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month {
    pub(crate) year: i32,
    /// From 1.
    pub(crate) month: u32,
}

impl Calendar {
    /// Count an item.
    pub(crate) fn add(&mut self, item: &Item) {
        let Some(date) = facts::date(item) else {
            self.undated += 1;
            return;
        };
        let day = self.days.entry(date).or_default();
        match day.get_mut(facts::platform(item)) {
            Some(count) => *count += 1,
            None => drop(day.insert(facts::platform(item).to_owned(), 1)),
        }
    }

    /// How many items have no date, and are not shown.
    pub(crate) fn undated(&self) -> u64 {
        self.undated
    }

    /// How many UTC dates have items.
    pub(crate) fn dates(&self) -> usize {
        self.days.len()
    }

    /// How many items have a date.
    pub(crate) fn items(&self) -> u64 {
        self.days.values().flat_map(BTreeMap::values).sum()
    }

    /// The platforms by name.
    pub(crate) fn platforms(&self) -> Vec<Platform> {
        let mut all: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
        for (name, count) in self.days.values().flatten() {
            let (items, dates) = all.entry(name).or_default();
            *items += count;
            *dates += 1;
        }
        let platform = |(name, (items, dates)): (&str, _)| Platform { name: name.to_owned(), items, dates };
        all.into_iter().map(platform).collect()
    }

    /// Dates with items of several platforms: how many, and how many items they have.
    pub(crate) fn several(&self) -> (usize, u64) {
        let days = || self.days.values().filter(|day| day.len() > 1);
        (days().count(), days().flat_map(BTreeMap::values).sum())
    }

    /// The items of a day: platforms by name with their numbers.
    pub(crate) fn day(&self, date: NaiveDate) -> Option<&BTreeMap<String, u64>> {
        self.days.get(&date)
    }

    /// All days with items, in order.
    pub(crate) fn days(&self) -> impl Iterator<Item = (&NaiveDate, &BTreeMap<String, u64>)> {
        self.days.iter()
    }

    /// The months to show: from the first with items to the last, without years that have none.
    ///
    /// # Errors
    /// [`Error::Data`] for more than anybody looks at.
    pub(crate) fn months(&self) -> Result<Vec<Month>> {
        let of = |date: &NaiveDate| Month { year: date.year(), month: date.month() };
        let (Some(first), Some(last)) = (self.days.keys().next().map(of), self.days.keys().next_back().map(of)) else {
            return Ok(Vec::new());
        };
        let years: BTreeSet<i32> = self.days.keys().map(Datelike::year).collect();
        let months = years.into_iter().flat_map(|year| (1..=12).map(move |month| Month { year, month }));
        let months: Vec<Month> = months.filter(|month| (first..=last).contains(month)).collect();
        if months.len() > MOST_MONTHS {
            return Err(Error::data(format!("a calendar of {} months", months.len()), "--calendar")
                .with_hint("choose a part with --datetime, or count with --group-by year"));
        }
        Ok(months)
    }
}

impl Month {
    /// `March 2019`.
    pub(crate) fn title(self) -> String {
        const NAMES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let name = (self.month as usize).checked_sub(1).and_then(|at| NAMES.get(at));
        format!("{} {}", name.unwrap_or(&""), self.year)
    }

    /// Its days in weeks from Monday; `None` before the first and after the last.
    pub(crate) fn weeks(self) -> Vec<[Option<NaiveDate>; 7]> {
        let day = |day: u32| NaiveDate::from_ymd_opt(self.year, self.month, day);
        let lead = day(1).map_or(0, |first| first.weekday().num_days_from_monday());
        let days: Vec<Option<NaiveDate>> =
            std::iter::repeat_n(None, lead as usize).chain((1..=31).filter_map(day).map(Some)).collect();
        let week = |part: &[Option<NaiveDate>]| {
            let mut week = [None; 7];
            week.iter_mut().zip(part).for_each(|(slot, day)| *slot = *day);
            week
        };
        days.chunks(7).map(week).collect()
    }
}

/// `1 date`, `2 dates`.
pub(crate) fn counted(count: impl Into<u128>, thing: &str) -> String {
    let count = count.into();
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A calendar of `(date, platform)`.
    pub(crate) fn of(items: &[(&str, &str)]) -> Calendar {
        let mut calendar = Calendar::default();
        for (date, platform) in items {
            let properties = serde_json::json!({"datetime": format!("{date}T10:00:00Z"), "platform": platform});
            calendar.add(serde_json::json!({"properties": properties}).as_object().unwrap());
        }
        calendar
    }

    #[test]
    fn counts_are_true() {
        let calendar = of(&[
            ("2019-12-31", "b"),
            ("2020-02-29", "a"),
            ("2020-02-29", "a"),
            ("2020-02-29", "b"),
            ("2022-01-01", "a"),
        ]);
        let counts: Vec<_> = calendar.platforms().into_iter().map(|p| (p.name, p.items, p.dates)).collect();
        assert_eq!(counts, [("a".to_owned(), 3, 2), ("b".to_owned(), 2, 2)]);
        assert_eq!((calendar.dates(), calendar.items(), calendar.several()), (3, 5, (1, 3)));
        let months = calendar.months().unwrap();
        let titles: Vec<String> = months.iter().map(|m| m.title()).collect();
        assert_eq!(
            (titles.len(), &*titles[0], &*titles[1], &*titles[13]),
            (14, "December 2019", "January 2020", "January 2022")
        );
        // 29 February 2020 was a Saturday.
        assert_eq!(months[2].weeks()[4][5], NaiveDate::from_ymd_opt(2020, 2, 29));
        assert_eq!((months[2].weeks().len(), months[2].weeks()[4][6]), (5, None));
    }

    #[test]
    fn what_is_no_calendar_any_more_is_refused() {
        let dates: Vec<String> = (1..=101).map(|i| format!("{:04}-01-01", 1900 + i)).collect();
        let items: Vec<(&str, &str)> = dates.iter().map(|date| (date.as_str(), "a")).collect();
        assert!(of(&items).months().unwrap_err().hint().unwrap().contains("--group-by"));
        assert_eq!(Calendar::default().months().unwrap(), []);
    }
}
