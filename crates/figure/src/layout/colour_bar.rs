//! The bar that says which colour stands for which value.

use crate::colour::Palette;
use crate::draw::{Align, Colour, Image, Item, Path, Point, Rect, Stroke, Text, Valign, Weight, measure, wrap};

use super::INK;

/// A colour bar.
#[derive(Debug, Clone)]
pub struct ColourBar<'a> {
    /// The colours.
    pub palette: &'a Palette,
    /// What the values are, with their units.
    pub label: String,
    /// Whether values lie below and above: the bar ends in arrows there.
    pub extends: (bool, bool),
    /// Whether it stands upright.
    pub upright: bool,
    /// The size of the numbers.
    pub size: f64,
}

/// How thick a bar is.
const THICKNESS: f64 = 13.0;
/// How long its arrows are.
const ARROW: f64 = 12.0;
/// From line to line of a label, in parts of its size.
const LINE: f64 = 1.25;
/// From a bar to its numbers.
const GAP: f64 = 7.0;

impl ColourBar<'_> {
    fn ticks(&self, length: f64) -> crate::colour::Ticks {
        let each = if self.upright { 45.0 } else { 75.0 };
        self.palette.ticks(((length / each).round() as usize).clamp(2, 12))
    }

    /// What the values are, with the power of ten that the numbers are multiplied by.
    fn whole_label(&self, power: Option<&str>) -> String {
        match power {
            Some(power) if self.label.is_empty() => power.to_owned(),
            Some(power) => match self.label.strip_suffix(')').and_then(|l| l.rsplit_once('(')) {
                Some((what, units)) => format!("{what}({power} {units})"),
                None => format!("{} ({power})", self.label),
            },
            None => self.label.clone(),
        }
    }

    /// The label in lines as long as the bar.
    fn label_lines(&self, power: Option<&str>, length: f64) -> Vec<String> {
        let label = self.whole_label(power);
        if label.is_empty() { Vec::new() } else { wrap(&label, self.size, Weight::Regular, length.max(60.0)) }
    }

    /// How much room it takes across: to the right if upright, else downwards.
    pub fn across(&self, length: f64) -> f64 {
        let ticks = self.ticks(length);
        let lines = self.label_lines(ticks.power.as_deref(), length).len() as f64;
        let label = if lines == 0.0 { 0.0 } else { 0.5 * self.size + LINE * self.size * lines };
        let wide = |label: &String| measure(label, self.size, Weight::Regular).width;
        let numbers =
            if self.upright { ticks.ticks.iter().map(|t| wide(&t.label)).fold(0.0, f64::max) } else { self.size };
        THICKNESS + GAP + numbers + label
    }

    /// The bar along the left (upright) or upper edge of `area`.
    pub fn draw(&self, area: Rect) -> Vec<Item> {
        let length = if self.upright { area.height } else { area.width };
        let room = |there: bool| if there { ARROW } else { 0.0 };
        let (low, high) = (room(self.extends.0), length - room(self.extends.1));
        let mut items = vec![self.colours(area, low, high)];
        for (there, end, tip, value) in
            [(self.extends.0, low, 0.0, f64::NEG_INFINITY), (self.extends.1, high, length, f64::INFINITY)]
        {
            if there {
                let corners = [(end, 0.0), (tip, THICKNESS / 2.0), (end, THICKNESS)];
                items.push(Item::Fill(self.path(area, &corners, true), self.palette.colour(value)));
            }
        }
        let mut outline = vec![(low, 0.0)];
        outline.extend(self.extends.0.then_some((0.0, THICKNESS / 2.0)));
        outline.extend([(low, THICKNESS), (high, THICKNESS)]);
        outline.extend(self.extends.1.then_some((length, THICKNESS / 2.0)));
        outline.push((high, 0.0));
        items.push(Item::Stroke(self.path(area, &outline, true), line(0.8)));
        self.numbers(&mut items, area, (low, high));
        items
    }

    fn colours(&self, area: Rect, low: f64, high: f64) -> Item {
        let mut colours: Vec<Colour> = self.palette.blocks().iter().map(|b| b.colour).collect();
        let rect = if self.upright {
            colours.reverse();
            Rect { x: area.x, y: area.y + area.height - high, width: THICKNESS, height: high - low }
        } else {
            Rect { x: area.x + low, y: area.y, width: high - low, height: THICKNESS }
        };
        let (width, height) = if self.upright { (1, colours.len()) } else { (colours.len(), 1) };
        Item::Image(Image { width, height, rgba: colours.iter().flat_map(|c| [c.r, c.g, c.b, c.a]).collect() }, rect)
    }

    /// A point along and across the bar in the picture.
    fn point(&self, area: Rect, (along, across): (f64, f64)) -> Point {
        if self.upright {
            Point { x: area.x + across, y: area.y + area.height - along }
        } else {
            Point { x: area.x + along, y: area.y + across }
        }
    }

    fn path(&self, area: Rect, points: &[(f64, f64)], close: bool) -> Path {
        let points = points.iter().map(|p| self.point(area, *p));
        if close { Path::polygon(points) } else { Path::lines(points) }
    }

    /// Marks, numbers and the label.
    fn numbers(&self, items: &mut Vec<Item>, area: Rect, (low, high): (f64, f64)) {
        let length = if self.upright { area.height } else { area.width };
        let ticks = self.ticks(length);
        let along = |position: f64| low + position * (high - low);
        for position in &ticks.minor {
            let mark = [(along(*position), THICKNESS), (along(*position), THICKNESS + 2.0)];
            items.push(Item::Stroke(self.path(area, &mark, false), line(0.6)));
        }
        let mut end = f64::NEG_INFINITY;
        let mut widest: f64 = 0.0;
        for tick in &ticks.ticks {
            let at = along(tick.position);
            let mark = [(at, THICKNESS), (at, THICKNESS + 3.5)];
            items.push(Item::Stroke(self.path(area, &mark, false), line(0.8)));
            let width = measure(&tick.label, self.size, Weight::Regular).width;
            let half = if self.upright { self.size / 2.0 } else { width / 2.0 };
            // Labels that would touch the one before are left out.
            if at - half < end + 3.0 {
                continue;
            }
            end = at + half;
            widest = widest.max(width);
            let (align, valign) =
                if self.upright { (Align::Start, Valign::Middle) } else { (Align::Middle, Valign::Top) };
            items.push(text(&tick.label, self.point(area, (at, THICKNESS + GAP)), self.size, (align, valign), 0.0));
        }
        let beside = THICKNESS + GAP + if self.upright { widest } else { self.size } + 0.75 * self.size;
        for (row, label) in self.label_lines(ticks.power.as_deref(), length).iter().enumerate() {
            let across = beside + row as f64 * LINE * self.size + if self.upright { self.size } else { 0.0 };
            let at = self.point(area, (length / 2.0, across));
            let (valign, angle) = if self.upright { (Valign::Baseline, 90.0) } else { (Valign::Top, 0.0) };
            items.push(text(label, at, self.size, (Align::Middle, valign), angle));
        }
    }
}

fn line(width: f64) -> Stroke {
    Stroke::solid(INK, width)
}

fn text(text: &str, at: Point, size: f64, standing: (Align, Valign), angle: f64) -> Item {
    Item::Text(Text { angle, ..Text::new(text, at, size, INK, standing) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::{ColourMap, Scale};

    #[test]
    fn bars_say_their_values_at_their_places() {
        let palette = Palette::new(Scale::linear(0.0, 10.0).unwrap(), ColourMap::named("viridis").unwrap());
        let bar =
            ColourBar { palette: &palette, label: "x (K)".into(), extends: (false, true), upright: false, size: 10.0 };
        let area = Rect { x: 100.0, y: 50.0, width: 312.0, height: 60.0 };
        let items = bar.draw(area);
        let five = items.iter().find_map(|i| match i {
            Item::Text(t) if t.text == "5" || t.text == "6" => Some((t.text.clone(), t.at.x)),
            _ => None,
        });
        let (text, x) = five.unwrap();
        assert!((x - (100.0 + text.parse::<f64>().unwrap() * 30.0)).abs() < 1e-9, "{text} {x}");
        assert!(items.iter().any(|i| matches!(i, Item::Text(t) if t.text == "x (K)")));
        assert!(bar.across(312.0) > 30.0);
    }

    #[test]
    fn long_labels_have_several_lines_inside_their_room() {
        let palette = Palette::new(Scale::linear(0.0, 10.0).unwrap(), ColourMap::named("viridis").unwrap());
        let label = "a long name of a variable that goes on and on (kg m^{-2} s^{-1})".to_owned();
        for upright in [false, true] {
            let bar =
                ColourBar { palette: &palette, label: label.clone(), extends: (false, false), upright, size: 10.0 };
            let area = Rect { x: 0.0, y: 0.0, width: 200.0, height: 200.0 };
            let items = bar.draw(area);
            let lines = items.iter().filter_map(|i| if let Item::Text(t) = i { Some(t) } else { None });
            let lines: Vec<&Text> = lines.filter(|t| t.text.parse::<f64>().is_err()).collect();
            let far = lines.iter().map(|t| if upright { t.at.x } else { t.at.y + t.size }).fold(0.0, f64::max);
            assert!(lines.len() > 1 && far <= bar.across(200.0), "{far} {}", bar.across(200.0));
            assert_eq!(lines.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "), label);
        }
    }
}
