//! Which line is which.

use super::{Chart, Layer, TEXT};
use crate::draw::{Align, Backend, Colour, Item, Path, Point, Rect, Stroke, Text, Valign, Weight, elide, measure};

/// Between the plotting area and a legend beside it, in picture units.
pub(super) const APART: f64 = 12.0;
const SIZE: f64 = 10.0;
const ROW: f64 = 15.0;
/// The sample of a line, and the gap after it.
const SAMPLE: f64 = 20.0;
const GAP: f64 = 6.0;
/// Between a legend inside and the plotting area's edge.
const INSET: f64 = 8.0;
/// More entries are beside the plotting area.
const MANY: usize = 6;
/// The widest text.
const WIDEST: f64 = 220.0;

/// The entries with their room.
pub(super) struct Legend<'a> {
    /// Layers with what is written beside them.
    entries: Vec<(Option<&'a Layer>, String)>,
    /// In picture units.
    pub(super) width: f64,
}

impl<'a> Legend<'a> {
    /// The legend of a chart that has and wants one.
    pub(super) fn new(chart: &'a Chart) -> Option<Self> {
        let named = chart.layers.iter().filter_map(|layer| match layer {
            Layer::Line { label, .. } | Layer::Band { label, .. } | Layer::Bars { label, .. } if !label.is_empty() => {
                Some((Some(layer), label.clone()))
            }
            _ => None,
        });
        let mut entries: Vec<(Option<&Layer>, String)> = named.collect();
        shorten(&mut entries, WIDEST);
        let widest = entries.iter().map(|entry| measure(&entry.1, SIZE, Weight::Regular).width).fold(0.0, f64::max);
        (chart.legend && !entries.is_empty()).then_some(Self { entries, width: SAMPLE + GAP + widest })
    }

    /// Whether it is beside the plotting area.
    pub(super) fn is_outside(&self) -> bool {
        self.entries.len() > MANY
    }

    fn height(&self) -> f64 {
        ROW * self.entries.len() as f64
    }

    /// The same with what fits into `area`: texts cut, and the number of entries that are left out in the last row.
    fn fitted(mut self, area: Rect) -> Self {
        let room = if self.is_outside() { WIDEST } else { area.width - 2.0 * INSET - SAMPLE - GAP };
        self.width = self.width.min(SAMPLE + GAP + room.max(0.0));
        shorten(&mut self.entries, room);
        let rows = (area.height / ROW).floor().max(1.0) as usize;
        if self.entries.len() > rows {
            let more = format!("and {} more", self.entries.len() + 1 - rows);
            self.entries.truncate(rows);
            if let Some((layer, text)) = self.entries.last_mut() {
                (*layer, *text) = (None, more);
            }
        }
        self
    }

    pub(super) fn draw(self, chart: &Chart, area: Rect, items: &mut Vec<Item>) {
        let outside = self.is_outside();
        let fitted = self.fitted(area);
        let at = if outside {
            Point { x: area.x + area.width + APART, y: area.y }
        } else {
            let (place, busy) = fitted.place(chart, area);
            if busy || chart.grid {
                let behind = Rect {
                    x: place.x - 4.0,
                    y: place.y - 2.0,
                    width: fitted.width + 8.0,
                    height: fitted.height() + 4.0,
                };
                items.push(Item::Fill(behind.into(), chart.ground().with_alpha(216)));
            }
            place
        };
        for (index, (layer, text)) in fitted.entries.into_iter().enumerate() {
            let y = at.y + ROW * (index as f64 + 0.5);
            if let Some(layer) = layer {
                sample(layer, Point { x: at.x, y }, items);
            }
            let place = Point { x: at.x + SAMPLE + GAP, y };
            items.push(Item::Text(Text::new(text, place, SIZE, TEXT, (Align::Start, Valign::Middle))));
        }
    }

    /// The emptiest corner, or side if all corners are taken, and whether something is there nevertheless.
    fn place(&self, chart: &Chart, area: Rect) -> (Point, bool) {
        let left = area.x + INSET;
        let right = (area.x + area.width - INSET - self.width).max(left);
        let top = area.y + INSET / 2.0;
        let bottom = (area.y + area.height - INSET / 2.0 - self.height()).max(top);
        let (middle, centre) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
        let corners = [(right, top), (left, top), (right, bottom), (left, bottom)];
        let sides = [(middle, top), (middle, bottom), (right, centre), (left, centre)];
        let mut crowds = [0_u64; 8];
        let mut places = [Point { x: right, y: top }; 8];
        for (place, (x, y)) in places.iter_mut().zip(corners.into_iter().chain(sides)) {
            *place = Point { x, y };
        }
        taken(chart, area, |p| {
            for (crowd, place) in crowds.iter_mut().zip(&places) {
                let (dx, dy) = (p.x - place.x, p.y - place.y);
                let near = (-5.0..=self.width + 5.0).contains(&dx) && (-3.0..=self.height() + 3.0).contains(&dy);
                *crowd += u64::from(near);
            }
        });
        let best = crowds.into_iter().zip(places).min_by_key(|(crowd, _)| *crowd);
        best.map_or((Point { x: right, y: top }, false), |(crowd, place)| (place, crowd > 0))
    }
}

/// Texts that are too wide lose what all of them begin with, then their middle: what tells them apart, and their
/// units, stay.
fn shorten(entries: &mut [(Option<&Layer>, String)], room: f64) {
    let wide = |text: &str| measure(text, SIZE, Weight::Regular).width > room;
    if !entries.iter().any(|entry| wide(&entry.1)) {
        return;
    }
    let common = entries.iter().zip(entries.iter().skip(1)).map(|(a, b)| {
        let same = a.1.char_indices().zip(b.1.chars()).take_while(|((_, a), b)| a == b);
        same.map(|((at, letter), _)| at + letter.len_utf8()).last().unwrap_or(0)
    });
    let common = common.min().unwrap_or(0);
    for (_, text) in entries.iter_mut() {
        // Back to the beginning of a word.
        let start = text.get(..common).and_then(|same| same.rfind([' ', '_', '-'])).map_or(0, |at| at + 1);
        if let Some(rest) = text.get(start..).filter(|_| start > 3) {
            *text = format!("…{rest}");
        }
        *text = without_middle(text, room);
    }
}

/// A text that is no wider than `room`, with its beginning and its end.
fn without_middle(text: &str, room: f64) -> String {
    if measure(text, SIZE, Weight::Regular).width <= room {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    for kept in (2..letters.len()).rev() {
        let (head, tail) = (kept.div_ceil(2), kept / 2);
        let ends = letters.iter().take(head).chain(['…'].iter()).chain(letters.iter().skip(letters.len() - tail));
        let short: String = ends.collect();
        if measure(&short, SIZE, Weight::Regular).width <= room {
            return short;
        }
    }
    elide(text, SIZE, Weight::Regular, room)
}

/// Shows places about 3 units apart along lines and over areas.
fn taken(chart: &Chart, area: Rect, mut see: impl FnMut(Point)) {
    let place = |(x, y): (f64, f64)| chart.place(area, x, y);
    let mut line = |a: (f64, f64), b: (f64, f64)| {
        if let (Some(a), Some(b)) = (place(a), place(b)) {
            along(a, b, &mut see);
        }
    };
    for layer in &chart.layers {
        match layer {
            Layer::Line { points, .. } => {
                // Points alone count as well.
                points.iter().for_each(|point| line(*point, *point));
                points.iter().zip(points.iter().skip(1)).for_each(|(a, b)| line(*a, *b));
            }
            Layer::Band { points, .. } => points.iter().for_each(|&(x, low, high)| line((x, low), (x, high))),
            Layer::Bars { edges, heights, .. } => {
                for (pair, height) in edges.windows(2).zip(heights) {
                    let [left, right] = *pair else { continue };
                    for x in [left, f64::midpoint(left, right), right] {
                        line((x, chart.y.base()), (x, *height));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Shows places from one to another.
fn along(a: Point, b: Point, see: &mut impl FnMut(Point)) {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    // Lines that leave the picture are long.
    let count = (dx.hypot(dy) / 3.0).clamp(1.0, 1000.0) as u32;
    for step in 1..=count {
        let part = f64::from(step) / f64::from(count);
        see(Point { x: a.x + dx * part, y: a.y + dy * part });
    }
}

/// What an entry looks like, with its left end at `at`.
fn sample(layer: &Layer, Point { x, y }: Point, items: &mut Vec<Item>) {
    match layer {
        Layer::Line { points, colour, width, marker, dashes, .. } => {
            let known = |(x, y): &(f64, f64)| x.is_finite() && y.is_finite();
            if !points.windows(2).any(|pair| pair.iter().all(known)) {
                // Nothing but dots.
                let radius = marker.unwrap_or((width * 1.25).max(1.5));
                items.extend(dot(Point { x: x + SAMPLE / 2.0, y }, radius, *colour));
                return;
            }
            let ends = [Point { x, y }, Point { x: x + SAMPLE, y }];
            // Butt ends: with a round one it would be longer than other samples.
            let stroke = Stroke { dashes: dashes.clone(), ..Stroke::solid(*colour, *width) };
            items.push(Item::Stroke(Path::lines(ends), stroke));
            if let Some(radius) = marker {
                items.extend(dot(Point { x: x + SAMPLE / 2.0, y }, *radius, *colour));
            }
        }
        Layer::Band { colour, .. } | Layer::Bars { colour, .. } => {
            let swatch = Rect { x, y: y - 4.0, width: SAMPLE, height: 8.0 };
            items.push(Item::Fill(swatch.into(), *colour));
        }
        _ => {}
    }
}

/// A dot as plotters draws them on lines.
fn dot(at: Point, radius: f64, colour: Colour) -> Vec<Item> {
    use plotters_backend::{BackendColor, DrawingBackend};
    let mut items = Vec::new();
    let area = Rect { x: at.x, y: at.y, width: 1.0, height: 1.0 };
    let paint = BackendColor { alpha: f64::from(colour.a) / 255.0, rgb: (colour.r, colour.g, colour.b) };
    let radius = Backend::pixels(radius.clamp(0.0, 1e3));
    // It cannot fail: shapes are put into a list.
    let drawn = Backend::new(&mut items, area).draw_circle((0, 0), radius, &paint, true);
    if drawn.is_err() { Vec::new() } else { items }
}
