//! A frame as a picture: title, panels, colour bar.

use figure::chart::{Chart, Margins};
use figure::colour::Palette;
use figure::draw::{Colour, Item, Picture, Rect};
use figure::layout::{ColourBar, GAP, Panels, Rooms, Title, TitleBlock};
use pangeo::Result;

use super::{Drawing, Figure};
use crate::slice::Field;
use crate::style;

/// Around everything, in picture units.
const MARGIN: f64 = 16.0;
/// The size of numbers on axes and colour bars.
const SMALL: f64 = 10.5;
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
        let panels = Panels::new(self.panels.len(), self.request.columns, self.aspect());
        let charts = self.charts(frame, panels)?;
        let outer = |panel| (panels.is_left(panel), panels.is_lowest(panel));
        let mut rooms = match &self.drawing {
            Drawing::Map(map) => {
                Rooms::holding(panels, (0..panels.count()).map(|i| map.margins(panels.count() > 1, outer(i))))
            }
            Drawing::Chart(_) => Rooms::holding(panels, charts.iter().map(Chart::margins)),
        };
        let sheet = self.sheet(panels, &mut rooms, (width, given.map(|(_, h)| h)), title.height());
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

    fn title(&self, frame: usize) -> Title {
        let Some(field) = self.field() else { return Title::default() };
        let own = match &self.drawing {
            Drawing::Chart(series) if series.fields.len() > 1 => String::new(),
            _ => field.name(),
        };
        let steps = [self.fixed.clone(), self.frames.get(frame).cloned().unwrap_or_default()].concat();
        let second = [field.second(&steps), self.averaged.clone()];
        let second = second.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        Title { text: self.request.title.clone().unwrap_or(own), second }
    }

    /// What a panel shows, above it.
    fn panel_title(&self, panel: usize, width: f64) -> TitleBlock {
        TitleBlock::new(&Title { text: String::new(), second: self.said(self.panels.get(panel)) }, PANEL, width)
    }

    fn bar<'b>(&self, palette: &'b Palette, upright: bool) -> ColourBar<'b> {
        let label = self.request.label.clone().or_else(|| self.field().map(Field::label)).unwrap_or_default();
        let extends = if self.seen.is_empty() { (false, false) } else { palette.extends(self.seen.min, self.seen.max) };
        ColourBar { palette, label, extends, upright, size: SMALL }
    }

    /// The charts of all panels; numbers stand at the outer ones alone on axes that are the same for all.
    fn charts(&self, frame: usize, panels: Panels) -> Result<Vec<Chart>> {
        let Drawing::Chart(series) = &self.drawing else { return Ok(Vec::new()) };
        let chart = |panel| series.chart(&self.steps(frame, panel), &self.seen, self.palette.as_ref(), self.engine);
        let mut charts = (0..panels.count()).map(chart).collect::<Result<Vec<Chart>>>()?;
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
            Drawing::Chart(series) => series.aspect(),
        }
    }

    /// Where panels and the colour bar are, and how high the figure is if that is not given.
    fn sheet(&self, panels: Panels, rooms: &mut Rooms, (width, height): (f64, Option<f64>), title: f64) -> Sheet {
        let aspect = self.aspect();
        let is_chart = matches!(self.drawing, Drawing::Chart(_));
        let upright = panels.columns() as f64 * aspect / (panels.rows() as f64) < 1.15 || is_chart;
        let room = self.palette.as_ref().map_or(0.0, |p| self.bar(p, upright).across(400.0) + GAP);
        let top = MARGIN + title + if title > 0.0 { 8.0 } else { 0.0 };
        let (right, bottom) = if upright { (room, 0.0) } else { (0.0, room) };
        let inner = (width - 2.0 * MARGIN - right).max(10.0);
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
        Sheet { height, area, bar }
    }
}

/// Where things are.
struct Sheet {
    height: f64,
    /// All panels with their texts.
    area: Rect,
    /// The colour bar, and whether it stands upright.
    bar: Option<(Rect, bool)>,
}
