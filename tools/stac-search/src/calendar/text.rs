//! A calendar as text.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use figure::colour::cycle;
use figure::draw::Colour;
use pangeo::Result;

use super::{Calendar, Month, Platform, counted};

/// What a day of several platforms is marked with.
const SEVERAL: char = '*';

/// The letters of platforms; those after the last share a sign.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

/// Months side by side: two fit into 80 columns.
const BESIDE: usize = 2;

/// The width of a month.
const WIDTH: usize = 28;

/// Months as calendars in which each day with items has the letter of its platform, what the letters mean, and as the
/// last line the number of dates; with colours for terminals if `coloured`.
///
/// # Errors
/// As [`Calendar::months`].
pub(crate) fn text(calendar: &Calendar, coloured: bool) -> Result<String> {
    let platforms = calendar.platforms();
    let marks = Marks {
        by_name: platforms.iter().enumerate().map(|(at, platform)| (platform.name.as_str(), at)).collect(),
        coloured,
    };
    let mut out = String::new();
    let months = calendar.months()?;
    for row in months.chunks(BESIDE) {
        let blocks: Vec<Vec<String>> = row.iter().map(|month| block(*month, calendar, &marks)).collect();
        for line in 0..blocks.iter().map(Vec::len).max().unwrap_or(0) {
            let parts: Vec<&str> = blocks.iter().map(|b| b.get(line).map_or("", String::as_str)).collect();
            out.push_str(&beside(&parts));
        }
        out.push('\n');
    }
    legend(&mut out, calendar, &marks);
    out.push_str(&format!("{}\n", counted(calendar.dates() as u64, "date")));
    Ok(out)
}

/// Parts of a line in columns.
fn beside(parts: &[&str]) -> String {
    let mut line = String::new();
    for (at, part) in parts.iter().enumerate() {
        line.push_str(part);
        if at + 1 < parts.len() {
            line.push_str(&" ".repeat((WIDTH + 3).saturating_sub(shown(part))));
        }
    }
    format!("{}\n", line.trim_end())
}

/// How many columns of a terminal a text takes that may have colours in it.
fn shown(text: &str) -> usize {
    text.split('\x1b').enumerate().fold(0, |sum, (at, part)| {
        let visible = if at == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) };
        sum + visible.chars().count()
    })
}

fn block(month: Month, calendar: &Calendar, marks: &Marks) -> Vec<String> {
    let title = month.title();
    let lead = " ".repeat((WIDTH.saturating_sub(title.len())) / 2);
    let mut lines = vec![format!("{lead}{title}"), " Mo  Tu  We  Th  Fr  Sa  Su".to_owned()];
    for week in month.weeks() {
        let cell = |day: &Option<NaiveDate>| day.map_or_else(|| " ".repeat(4), |date| marks.day(date, calendar));
        lines.push(week.iter().map(cell).collect());
    }
    lines
}

/// How days are marked.
struct Marks<'a> {
    by_name: BTreeMap<&'a str, usize>,
    coloured: bool,
}

impl Marks<'_> {
    fn letter(at: usize) -> char {
        LETTERS.chars().nth(at).unwrap_or('#')
    }

    /// Four columns: the day and its mark; a dot for a day without items.
    fn day(&self, date: NaiveDate, calendar: &Calendar) -> String {
        let Some(platforms) = calendar.day(date) else { return "  · ".to_owned() };
        let only = if platforms.len() == 1 { platforms.keys().next() } else { None };
        let place = only.and_then(|name| self.by_name.get(name.as_str())).copied();
        let letter = place.map_or(SEVERAL, Self::letter);
        format!(" {}", self.painted(&format!("{:>2}{letter}", date.day()), place))
    }

    /// A text upon the colour of a platform, or of several.
    fn painted(&self, text: &str, place: Option<usize>) -> String {
        if !self.coloured {
            return text.to_owned();
        }
        let ground = place.map_or(Colour::grey(60), cycle);
        let ink = super::picture::ink_upon(ground);
        format!(
            "\x1b[48;2;{};{};{}m\x1b[38;2;{};{};{}m{text}\x1b[0m",
            ground.r, ground.g, ground.b, ink.r, ink.g, ink.b
        )
    }
}

/// What the marks mean, with the numbers of items and dates.
fn legend(out: &mut String, calendar: &Calendar, marks: &Marks) {
    let mut rows: Vec<(Option<usize>, Platform)> =
        calendar.platforms().into_iter().enumerate().map(|(at, platform)| (Some(at), platform)).collect();
    let (dates, items) = calendar.several();
    if dates > 0 {
        rows.push((None, Platform { name: "several platforms".to_owned(), items, dates }));
    }
    let wide = |of: fn(&Platform) -> usize| rows.iter().map(|(_, platform)| of(platform)).max().unwrap_or(0);
    let (names, numbers) = (wide(|one| one.name.chars().count()), wide(|one| one.items.to_string().len()));
    let days = wide(|one| one.dates.to_string().len());
    for (place, Platform { name, items, dates }) in &rows {
        let mark = marks.painted(&format!(" {} ", place.map_or(SEVERAL, Marks::letter)), *place);
        let (s, d) = (if *items == 1 { " " } else { "s" }, if *dates == 1 { "" } else { "s" });
        out.push_str(&format!("{mark} {name:<names$}  {items:>numbers$} item{s} on {dates:>days$} date{d}\n"));
    }
    if calendar.undated() > 0 {
        out.push_str(&format!("    {} without a date\n", counted(calendar.undated(), "item")));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::of;
    use super::*;

    #[test]
    fn months_legend_and_dates() {
        let calendar = of(&[
            ("2019-01-01", "sentinel-2a"),
            ("2019-01-06", "sentinel-2b"),
            ("2019-02-28", "sentinel-2a"),
            ("2019-02-28", "sentinel-2b"),
        ]);
        let expected = "        January 2019                  February 2019
 Mo  Tu  We  Th  Fr  Sa  Su     Mo  Tu  We  Th  Fr  Sa  Su
      1a  ·   ·   ·   ·   6b                     ·   ·   ·
  ·   ·   ·   ·   ·   ·   ·      ·   ·   ·   ·   ·   ·   ·
  ·   ·   ·   ·   ·   ·   ·      ·   ·   ·   ·   ·   ·   ·
  ·   ·   ·   ·   ·   ·   ·      ·   ·   ·   ·   ·   ·   ·
  ·   ·   ·   ·                  ·   ·   ·  28*

 a  sentinel-2a        2 items on 2 dates
 b  sentinel-2b        2 items on 2 dates
 *  several platforms  2 items on 1 date
3 dates
";
        assert_eq!(text(&calendar, false).unwrap(), expected);
        let coloured = text(&calendar, true).unwrap();
        let plain: String = coloured
            .split('\x1b')
            .enumerate()
            .map(|(at, part)| if at == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) })
            .collect();
        assert_eq!(plain, expected);
        assert!(coloured.contains("\x1b[48;2;"));
    }

    #[test]
    fn many_platforms_and_none() {
        let names: Vec<String> = (0..30).map(|i| format!("p{i:02}")).collect();
        let items: Vec<(&str, &str)> = names.iter().map(|name| ("2020-02-01", name.as_str())).collect();
        let shown = text(&of(&items), false).unwrap();
        assert!(shown.contains(" z  p25") && shown.contains(" #  p29") && shown.ends_with("\n1 date\n"), "{shown}");
        assert_eq!(text(&of(&[]), false).unwrap(), "0 dates\n");
    }
}
