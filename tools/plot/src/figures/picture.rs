//! A frame as a picture: title, panels, colour bar.

use figure::chart::{Chart, Margins};
use figure::colour::Palette;
use figure::draw::{Colour, Item, Picture, Rect};
use figure::layout::{ColourBar, GAP, Panels, Rooms, Title, TitleBlock};
use pangeo::{Error, Result};

use super::{Drawing, Figure};
use crate::charts::Series;
use crate::slice::Field;
use crate::style;

/// Around everything, in picture units.
const MARGIN: f64 = 16.0;
/// The size of numbers on axes and colour bars.
const SMALL: f64 = 10.5;
/// Smaller plotting areas show nothing.
const LEAST: (f64, f64) = (50.0, 36.0);
/// The size of the titles of panels.
const PANEL: f64 = 13.0;

impl Figure<'_> {
    /// One frame.
    ///
    /// # Errors
    /// When values can't be read.
    pub(crate) fn picture(&self, frame: usize) -> Result<Picture> {
        let per_unit = self.request.dpi / 100.0;
        let given = self.request.size.map(|s| (f64::from(s.width) / per_unit, f64::from(s.height) / per_unit));
        let width = given.map_or(1000.0, |(w, _)| w);
        let shown = self.title(frame);
        let title = TitleBlock::new(&shown, 15.0, width - 2.0 * MARGIN);
        let panels = self.arrangement(given);
        let charts = self.charts(frame, panels)?;
        let outer = |panel| (panels.is_left(panel), panels.is_lowest(panel));
        let mut rooms = match &self.drawing {
            Drawing::Map(map) => {
                Rooms::holding(panels, (0..panels.count()).map(|i| map.margins(panels.count() > 1, outer(i))))
            }
            Drawing::Charts(_) => Rooms::holding(panels, charts.iter().map(Chart::margins)),
        };
        let sheet = self.sheet(panels, &mut rooms, (width, given.map(|(_, h)| h)), title.height());
        if sheet.missing.0 > 0.0 || sheet.missing.1 > 0.0 {
            let pixels = |length: f64, missing: f64| ((length + missing.max(0.0)) * per_unit).ceil();
            let (wide, high) = (pixels(width, sheet.missing.0), pixels(sheet.height, sheet.missing.1));
            return Err(Error::usage("the figure is too small to be read")
                .with_hint(format!("at least --size {wide}x{high}, or fewer pixels an inch with --dpi")));
        }
        let mut items =
            title.draw(Rect { x: MARGIN, y: MARGIN - 4.0, width: width - 2.0 * MARGIN, height: title.height() });
        for (panel, area) in rooms.areas(panels, sheet.area).into_iter().enumerate() {
            if rooms.head > 0.0 {
                let above = rooms.head + rooms.inner.top;
                items.extend(self.panel_title(panel, area.width).draw(Rect { y: area.y - above, ..area }));
            }
            items.extend(self.panel((frame, panel), panels, charts.get(panel), area)?);
        }
        if let (Some(palette), Some((area, upright))) = (&self.palette, sheet.bar) {
            items.extend(self.bar(palette, upright).draw(area));
        }
        let description =
            [shown.second, self.range()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; ");
        Ok(Picture { width, height: sheet.height, background: Colour::WHITE, title: shown.text, description, items })
    }

    /// How panels are arranged: as fits the page, charts of other units below each other or, where heights are upright,
    /// beside each other.
    fn arrangement(&self, given: Option<(f64, f64)>) -> Panels {
        let page = given.map_or(1.45, |(width, height)| width / height.max(1.0));
        let columns = match &self.drawing {
            Drawing::Charts(all) if all.len() > 1 && self.panels.len() == 1 && all.iter().all(Series::is_beside) => {
                Some(all.len())
            }
            Drawing::Charts(all) if all.len() > 1 => Some(self.panels.len()),
            _ => self.request.columns,
        };
        Panels::new(self.panel_count(), columns, self.aspect(), page)
    }

    fn title(&self, frame: usize) -> Title {
        let Some(field) = self.field() else { return Title::default() };
        let own = match &self.drawing {
            Drawing::Charts(all) => names(all.iter().flat_map(|series| &series.fields).map(Field::name)),
            Drawing::Map(_) => field.name(),
        };
        let steps = [self.fixed.clone(), self.frames.get(frame).cloned().unwrap_or_default()].concat();
        let second = [field.second(&steps), self.averaged.clone()];
        let second = second.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        Title { text: self.request.title.clone().unwrap_or(own), second }
    }

    /// What a panel shows, above it.
    fn panel_title(&self, panel: usize, width: f64) -> TitleBlock {
        TitleBlock::new(
            &Title { text: String::new(), second: self.said(self.panels.get(panel % self.panels.len().max(1))) },
            PANEL,
            width,
        )
    }

    fn bar<'b>(&self, palette: &'b Palette, upright: bool) -> ColourBar<'b> {
        let label = self.request.label.clone().or_else(|| self.field().map(Field::label)).unwrap_or_default();
        let seen = self.seen.first().filter(|seen| !seen.is_empty());
        let extends = seen.map_or((false, false), |seen| palette.extends(seen.min, seen.max));
        ColourBar { palette, label, extends, upright, size: SMALL }
    }

    /// The charts of all panels; numbers stand at the outer ones alone on axes that are the same for all.
    fn charts(&self, frame: usize, panels: Panels) -> Result<Vec<Chart>> {
        let Drawing::Charts(all) = &self.drawing else { return Ok(Vec::new()) };
        let steps = |panel: usize| self.steps(frame, panel % self.panels.len().max(1));
        let which = |panel: usize| panel / self.panels.len().max(1);
        let mut reach: Option<(f64, f64)> = None;
        for panel in 0..panels.count() {
            let own = all.get(which(panel)).map(|series| series.reach(&steps(panel))).transpose()?.flatten();
            reach = match (reach, own) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                (a, b) => a.or(b),
            };
        }
        let mut charts = Vec::new();
        for panel in 0..panels.count() {
            let (Some(series), Some(seen)) = (all.get(which(panel)), self.seen.get(which(panel))) else { continue };
            charts.push(series.chart(&steps(panel), seen, self.palette.as_ref(), reach, self.engine)?);
        }
        let one = |same: fn(&Chart, &Chart) -> bool| {
            charts.iter().zip(charts.iter().skip(1)).all(|(chart, next)| same(chart, next))
        };
        let (one_x, one_y) = (one(|a, b| a.x == b.x), one(|a, b| a.y == b.y));
        for (panel, chart) in charts.iter_mut().enumerate() {
            if one_x && !panels.is_lowest(panel) {
                chart.x = chart.x.clone().unlabelled();
            }
            if one_y && !panels.is_left(panel) {
                chart.y = chart.y.clone().unlabelled();
            }
        }
        Ok(charts)
    }

    /// What is in the plotting area of a panel and around it.
    fn panel(
        &self,
        (frame, panel): (usize, usize),
        panels: Panels,
        chart: Option<&Chart>,
        area: Rect,
    ) -> Result<Vec<Item>> {
        let Drawing::Map(map) = &self.drawing else {
            let drawn = chart.map(|chart| chart.draw(area, self.request.pixels_per_unit()));
            return drawn.transpose().map(Option::unwrap_or_default).map_err(style::usage);
        };
        let Some(palette) = &self.palette else { return Ok(Vec::new()) };
        let steps = self.steps(frame, panel);
        let read = if self.only.is_empty() { map.values(&steps, self.engine)? } else { Vec::new() };
        let values = if self.only.is_empty() { &read } else { &self.only };
        let labels = (panels.is_left(panel), panels.is_lowest(panel));
        map.draw(values, &steps, palette, area, (panels.count() > 1, labels), self.engine)
    }

    /// How many times as wide as high a panel is.
    fn aspect(&self) -> f64 {
        match &self.drawing {
            Drawing::Map(map) => map.aspect().clamp(0.2, 5.0),
            Drawing::Charts(all) => all.first().map_or(1.9, Series::aspect),
        }
    }

    /// Where panels and the colour bar are, and how high the figure is if that is not given.
    fn sheet(&self, panels: Panels, rooms: &mut Rooms, (width, height): (f64, Option<f64>), title: f64) -> Sheet {
        let aspect = self.aspect();
        let is_chart = matches!(self.drawing, Drawing::Charts(_));
        let upright = panels.columns() as f64 * aspect / (panels.rows() as f64) < 1.15 || is_chart;
        let all = width - 2.0 * MARGIN;
        // The bar is no shorter than this, and its label has no more lines.
        let high = height.map_or(all / (panels.columns() as f64 * aspect) * panels.rows() as f64, |h| h - title);
        let length = if upright { (high - 90.0).clamp(20.0, 400.0) } else { (0.62 * all).min(620.0) };
        let room = self.palette.as_ref().map_or(0.0, |p| self.bar(p, upright).across(length) + GAP);
        let top = MARGIN + title + if title > 0.0 { 8.0 } else { 0.0 };
        let (right, bottom) = if upright { (room, 0.0) } else { (0.0, room) };
        let inner = (all - right).max(10.0);
        let each = rooms.width_of_each(panels, inner);
        if panels.count() > 1 {
            let titles = (0..panels.count()).map(|panel| self.panel_title(panel, each).height());
            rooms.head = titles.fold(0.0, f64::max) + 3.0;
        }
        // As high as the panels need at this width, but no higher than a page. Charts have their texts in that.
        let needs = if is_chart { Rooms { head: rooms.head, ..Rooms::default() } } else { *rooms };
        let wanted = needs.height_of_all(panels, needs.width_of_each(panels, inner) / aspect);
        let height = height.unwrap_or_else(|| (top + wanted + bottom + MARGIN).clamp(160.0, 1400.0).round());
        let area = Rect { x: MARGIN, y: top, width: inner, height: (height - top - bottom - MARGIN).max(10.0) };
        let Margins { left, bottom: below, .. } = Margins { left: needs.left, bottom: needs.bottom, ..needs.inner };
        let bar = self.palette.as_ref().map(|_| {
            if upright {
                let free = area.height - needs.head - below;
                let length = free.clamp(20.0, 420.0);
                let y = area.y + needs.head + (free - length) / 2.0;
                (Rect { x: area.x + area.width + GAP, y, width: room - GAP, height: length }, true)
            } else {
                let length = (0.62 * inner).min(620.0);
                let x = area.x + left + (area.width - left - length) / 2.0;
                (Rect { x, y: area.y + area.height + GAP - below.min(2.0), width: length, height: room - GAP }, false)
            }
        });
        // What is missing for panels that can be read.
        let (wide, high) = (rooms.width_of_all(panels, LEAST.0), rooms.height_of_all(panels, LEAST.1));
        let missing = (wide - (all - right), high - (height - top - bottom - MARGIN));
        Sheet { height, area, bar, missing }
    }
}

/// The names of variables, each once; of many the first ones.
fn names(all: impl Iterator<Item = String>) -> String {
    const MOST: usize = 4;
    let mut names: Vec<String> = Vec::new();
    for name in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
}

/// Where things are.
struct Sheet {
    height: f64,
    /// All panels with their texts.
    area: Rect,
    /// The colour bar, and whether it stands upright.
    bar: Option<(Rect, bool)>,
    /// By how much the figure is too narrow and too low to be read; below zero if it is not.
    missing: (f64, f64),
}
