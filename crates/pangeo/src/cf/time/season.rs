//! Seasons: runs of months named by their initials.

use std::fmt;
use std::str::FromStr;

use super::Components;
use super::fields::quote;
use crate::{Error, Result};

/// Initials of January to December, twice, so that runs over the new year are runs.
const INITIALS: &str = "JFMAMJJASONDJFMAMJJASOND";

/// Two to twelve neighbouring months: `DJF`, `JJAS`, `ONDJFM`.
///
/// A season that runs over the new year counts as of the year in which it ends: the DJF of 2001
/// begins in December 2000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Season {
    /// First month, 1–12.
    first: u8,
    /// Number of months, 2–12.
    count: u8,
}

impl Season {
    /// Winter, spring, summer and autumn of the north.
    pub const QUARTERS: [Self; 4] = [
        Self { first: 12, count: 3 },
        Self { first: 3, count: 3 },
        Self { first: 6, count: 3 },
        Self { first: 9, count: 3 },
    ];

    /// Its first month, 1–12.
    pub fn first_month(self) -> u8 {
        self.first
    }

    /// How many months it has.
    pub fn months(self) -> u8 {
        self.count
    }

    /// Its name: the initials of its months.
    pub fn name(self) -> &'static str {
        let start = usize::from(self.first.saturating_sub(1));
        INITIALS.get(start..start + usize::from(self.count)).unwrap_or_default()
    }

    /// Whether the month is one of the season's.
    pub fn contains(self, at: &Components) -> bool {
        (i16::from(at.month) - i16::from(self.first)).rem_euclid(12) < i16::from(self.count)
    }

    /// The year of the season that holds `at`: the one in which the season ends.
    pub fn year(self, at: &Components) -> i64 {
        let runs_over = self.first + self.count > 13;
        at.year.saturating_add(i64::from(runs_over && at.month >= self.first))
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Season {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] if the text is no run of initials, or several (`J`).
    fn from_str(text: &str) -> Result<Self> {
        let name = text.trim().to_ascii_uppercase();
        let wrong = |why| {
            Error::usage(format!(
                "{} is no season: {why}; write DJF, MAM, JJA, SON or any run of initials of months, such as JJAS",
                quote(text)
            ))
        };
        if !(2..=12).contains(&name.len()) {
            return Err(wrong("it has two to twelve months"));
        }
        let starts = |from: usize| INITIALS.get(from..).is_some_and(|tail| tail.starts_with(&name));
        let mut found = (0..12).filter(|&from| starts(from));
        match (found.next(), found.next()) {
            (Some(from), None) => Ok(Self { first: from as u8 + 1, count: name.len() as u8 }),
            (Some(_), Some(_)) => Err(wrong("it fits several")),
            _ => Err(wrong("these are no neighbouring months")),
        }
    }
}

/// Seasons asked for: `DJF`, `MAM,SON`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeasonSet(Vec<Season>);

impl SeasonSet {
    /// The seasons, in the order in which they were written.
    pub fn seasons(&self) -> &[Season] {
        &self.0
    }

    /// Whether a month of one of the seasons.
    pub fn contains(&self, at: &Components) -> bool {
        self.0.iter().any(|season| season.contains(at))
    }
}

impl FromStr for SeasonSet {
    type Err = Error;

    /// # Errors
    /// As for [`Season`].
    fn from_str(text: &str) -> Result<Self> {
        text.split(',').map(str::parse).collect::<Result<_>>().map(Self)
    }
}

impl fmt::Display for SeasonSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|season| season.name()).collect();
        f.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(text: &str) -> Vec<u8> {
        let set: SeasonSet = text.parse().unwrap();
        (1..=12).filter(|&m| set.contains(&Components::date(2000, m, 15))).collect()
    }

    #[test]
    fn runs_of_initials_are_months() {
        assert_eq!(months("DJF"), [1, 2, 12]);
        assert_eq!(months("mam, SON"), [3, 4, 5, 9, 10, 11]);
        assert_eq!(months("JJAS"), [6, 7, 8, 9]);
        assert_eq!(months("ONDJFM"), [1, 2, 3, 10, 11, 12]);
        assert_eq!(months("JFMAMJJASOND").len(), 12);
        assert_eq!("djf".parse::<Season>().unwrap().to_string(), "DJF");
    }

    #[test]
    fn a_season_over_the_new_year_belongs_to_the_year_it_ends_in() {
        let year = |text: &str, y, m| text.parse::<Season>().unwrap().year(&Components::date(y, m, 1));
        assert_eq!((year("DJF", 2000, 12), year("DJF", 2001, 1)), (2001, 2001));
        assert_eq!((year("SOND", 2000, 12), year("JJA", 2000, 6)), (2000, 2000));
        assert_eq!((year("NDJFMAMJJASO", 2000, 11), year("NDJFMAMJJASO", 2001, 10)), (2001, 2001));
    }

    #[test]
    fn what_is_no_season_says_why() {
        for (text, why) in [
            ("J", "two to twelve"),
            ("XYZ", "no neighbouring"),
            ("", "two to twelve"),
            ("DJF,", "two to"),
            ("ééé", "no neigh"),
        ] {
            assert!(text.parse::<SeasonSet>().unwrap_err().to_string().contains(why), "{text}");
        }
    }
}
