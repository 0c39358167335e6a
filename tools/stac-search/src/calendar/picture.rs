//! A calendar as a picture: months as calendars, days in the colours of their platforms.

use chrono::{Datelike, NaiveDate};
use figure::colour::cycle;
use figure::draw::html::{Figure, Page};
use figure::draw::{Align, Colour, Item, Picture, Point, Rect, Stroke, Text, Valign, Weight, elide, escaped, svg};
use figure::layout::{FAINT, INK, Title, TitleBlock};
use pangeo::Result;

use super::{Calendar, Month, counted};

/// A day, in picture units.
const CELL: (f64, f64) = (25.0, 22.0);
/// Months side by side.
const BESIDE: usize = 4;
/// Between months.
const GAP: (f64, f64) = (22.0, 14.0);
/// Around everything.
const MARGIN: f64 = 16.0;
/// A month: its name and the letters of the days of the week, then six weeks at most.
const HEAD: f64 = 36.0;
/// A row of the legend.
const ROW: f64 = 17.0;

/// The calendar with what its colours mean and how many dates there are.
///
/// # Errors
/// As [`Calendar::months`].
pub(crate) fn picture(calendar: &Calendar, title: &str) -> Result<Picture> {
    let months = calendar.months()?;
    let beside = months.len().clamp(2, BESIDE);
    let month = (7.0 * CELL.0, HEAD + 6.0 * CELL.1);
    let width = 2.0 * MARGIN + beside as f64 * (month.0 + GAP.0) - GAP.0;
    let title = Title { text: title.to_owned(), second: period(calendar) };
    let block = TitleBlock::new(&title, 15.0, width - 2.0 * MARGIN);
    let mut items =
        block.draw(Rect { x: MARGIN, y: MARGIN - 8.0, width: width - 2.0 * MARGIN, height: block.height() });
    let mut y = MARGIN + block.height() + 6.0;
    let colours = Colours::of(calendar);
    for row in months.chunks(beside) {
        let weeks = row.iter().map(|month| month.weeks().len()).max().unwrap_or(0);
        for (at, one) in row.iter().enumerate() {
            let x = MARGIN + at as f64 * (month.0 + GAP.0);
            items.extend(draw_month(*one, calendar, &colours, Point { x, y }));
        }
        y += HEAD + weeks as f64 * CELL.1 + GAP.1;
    }
    y = legend(&mut items, calendar, (y, width));
    let last = Point { x: MARGIN, y: y + 13.0 };
    let dates = counted(calendar.dates() as u64, "date");
    let line = Text::new(dates.clone(), last, 14.0, INK, (Align::Start, Valign::Middle));
    items.push(Item::Text(Text { weight: Weight::Bold, ..line }));
    let description = format!("Calendar of {} on {dates}", counted(calendar.items(), "item"));
    Ok(Picture { width, height: y + 22.0 + MARGIN, background: Colour::WHITE, title: title.text, description, items })
}

/// The calendar as a page, with a table of its days.
///
/// # Errors
/// As [`picture`].
pub(crate) fn page(calendar: &Calendar, title: &str) -> Result<String> {
    let drawn = picture(calendar, title)?;
    let mut rows = String::from("<table>\n<tr><th>Date</th><th>Platform</th><th>Items</th></tr>\n");
    for (date, platforms) in calendar.days() {
        for (name, count) in platforms {
            rows.push_str(&format!("<tr><td>{date}</td><td>{}</td><td>{count}</td></tr>\n", escaped(name)));
        }
    }
    rows.push_str("</table>");
    Ok(figure::draw::html::page(&Page {
        title: &drawn.title,
        description: &drawn.description,
        figure: Figure::Svg(&svg(&drawn)),
        frames: &[],
        delay: std::time::Duration::ZERO,
        summary: &rows,
    }))
}

/// From when to when, and how many items.
fn period(calendar: &Calendar) -> String {
    let ends = calendar.days().next().zip(calendar.days().last());
    let items = counted(calendar.items(), "item");
    let undated = match calendar.undated() {
        0 => String::new(),
        count => format!(", {count} more without a date"),
    };
    match ends {
        Some(((first, _), (last, _))) => format!("{first} to {last}, {items}{undated}"),
        None => format!("{items}{undated}"),
    }
}

/// Which platform has which colour.
struct Colours {
    names: Vec<String>,
}

impl Colours {
    fn of(calendar: &Calendar) -> Self {
        Self { names: calendar.platforms().into_iter().map(|platform| platform.name).collect() }
    }

    fn colour(&self, name: &str) -> Colour {
        self.names.binary_search_by(|known| known.as_str().cmp(name)).map_or(Colour::grey(128), cycle)
    }
}

fn draw_month(month: Month, calendar: &Calendar, colours: &Colours, at: Point) -> Vec<Item> {
    let centre = Point { x: at.x + 3.5 * CELL.0, y: at.y + 9.0 };
    let name = Text::new(month.title(), centre, 12.0, INK, (Align::Middle, Valign::Middle));
    let mut items = vec![Item::Text(Text { weight: Weight::Bold, ..name })];
    for (column, letters) in ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].into_iter().enumerate() {
        let place = Point { x: at.x + (column as f64 + 0.5) * CELL.0, y: at.y + HEAD - 9.0 };
        items.push(Item::Text(Text::new(letters, place, 9.0, FAINT, (Align::Middle, Valign::Middle))));
    }
    for (row, week) in month.weeks().into_iter().enumerate() {
        for (column, day) in week.into_iter().enumerate() {
            let (x, y) = (at.x + column as f64 * CELL.0, at.y + HEAD + row as f64 * CELL.1);
            let cell = Rect { x: x + 1.0, y: y + 1.0, width: CELL.0 - 2.0, height: CELL.1 - 2.0 };
            items.extend(day.into_iter().flat_map(|date| draw_day(date, calendar, colours, cell)));
        }
    }
    items
}

/// A day in the colours of its platforms, side by side if there are several; how many items, if more than one.
fn draw_day(date: NaiveDate, calendar: &Calendar, colours: &Colours, cell: Rect) -> Vec<Item> {
    let number = date.day().to_string();
    let middle = Point { x: cell.x + cell.width / 2.0, y: cell.y + cell.height / 2.0 };
    let Some(platforms) = calendar.day(date) else {
        return vec![Item::Text(Text::new(number, middle, 9.5, Colour::grey(165), (Align::Middle, Valign::Middle)))];
    };
    let part = cell.width / platforms.len() as f64;
    let mut items: Vec<Item> = Vec::new();
    for (at, name) in platforms.keys().enumerate() {
        let stripe = Rect { x: cell.x + at as f64 * part, width: part, ..cell };
        items.push(Item::Fill(stripe.into(), colours.colour(name)));
    }
    let several = platforms.len() > 1;
    if several {
        items.push(Item::Stroke(cell.into(), Stroke::solid(INK, 1.0)));
    }
    let only = platforms.keys().next().map_or(Colour::WHITE, |name| colours.colour(name));
    // Letters upon several colours stand out by a line around them.
    let (ink, halo) = if several { (INK, Some((Colour::WHITE, 2.0))) } else { (ink_upon(only), None) };
    let count: u64 = platforms.values().sum();
    let high = if count > 1 { Point { y: middle.y - 3.5, ..middle } } else { middle };
    let day = Text::new(number, high, 10.0, ink, (Align::Middle, Valign::Middle));
    items.push(Item::Text(Text { weight: Weight::Bold, halo, ..day }));
    if count > 1 {
        let low = Point { y: middle.y + 5.5, ..middle };
        let times = Text::new(format!("×{count}"), low, 7.5, ink, (Align::Middle, Valign::Middle));
        items.push(Item::Text(Text { halo, ..times }));
    }
    items
}

/// What each colour means, with numbers; where the next line begins.
fn legend(items: &mut Vec<Item>, calendar: &Calendar, (mut y, width): (f64, f64)) -> f64 {
    let mut row = |colours: &[Colour], name: &str, (count, dates): (u64, usize)| {
        let swatch = Rect { x: MARGIN, y: y + 2.0, width: 20.0, height: ROW - 5.0 };
        for (at, colour) in colours.iter().enumerate() {
            let part = swatch.width / colours.len() as f64;
            let stripe = Rect { x: swatch.x + at as f64 * part, width: part, ..swatch };
            items.push(Item::Fill(stripe.into(), *colour));
        }
        if colours.len() > 1 {
            items.push(Item::Stroke(swatch.into(), Stroke::solid(INK, 1.0)));
        }
        let text = format!("{name}: {} on {}", counted(count, "item"), counted(dates as u64, "date"));
        let text = elide(&text, 11.0, Weight::Regular, width - 2.0 * MARGIN - 28.0);
        let place = Point { x: MARGIN + 28.0, y: y + ROW / 2.0 };
        items.push(Item::Text(Text::new(text, place, 11.0, INK, (Align::Start, Valign::Middle))));
        y += ROW;
    };
    let platforms = calendar.platforms();
    for (at, platform) in platforms.iter().enumerate() {
        row(&[cycle(at)], &platform.name, (platform.items, platform.dates));
    }
    let (dates, count) = calendar.several();
    if dates > 0 {
        row(&[cycle(0), cycle(1)], "several platforms the same day", (count, dates));
    }
    y
}

/// The colour of letters upon `ground`: black or white, whichever is seen better (Rec. 709).
pub(super) fn ink_upon(ground: Colour) -> Colour {
    let light = 0.2126 * f64::from(ground.r) + 0.7152 * f64::from(ground.g) + 0.0722 * f64::from(ground.b);
    if light < 125.0 { Colour::WHITE } else { INK }
}

#[cfg(test)]
mod tests {
    use super::super::tests::of;
    use super::*;

    #[test]
    fn the_picture_says_what_the_text_says() {
        let calendar = of(&[("2019-01-01", "a"), ("2019-01-01", "b"), ("2019-03-05", "b")]);
        let drawn = picture(&calendar, "items").unwrap();
        let texts: Vec<&str> = drawn
            .items
            .iter()
            .filter_map(|item| match item {
                Item::Text(text) => Some(text.text.as_str()),
                _ => None,
            })
            .collect();
        for said in [
            "January 2019",
            "March 2019",
            "×2",
            "b: 2 items on 2 dates",
            "2 dates",
            "2019-01-01 to 2019-03-05, 3 items",
            "several platforms the same day: 2 items on 1 date",
        ] {
            assert!(texts.contains(&said), "{said} in {texts:?}");
        }
        let html = page(&calendar, "a <b>").unwrap();
        assert!(html.contains("<tr><td>2019-03-05</td><td>b</td><td>1</td></tr>") && html.contains("a &lt;b&gt;"));
    }
}
