//! The title of a figure.

use crate::draw::{Align, Item, Point, Rect, Text, Valign, Weight, measure, wrap};

use super::{FAINT, INK};

/// What a figure or panel is called.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Title {
    /// In bold; nothing if empty.
    pub text: String,
    /// Below it: the date, the level, what was averaged.
    pub second: String,
}

/// A title broken into lines that fit.
#[derive(Debug, Clone)]
pub struct TitleBlock {
    lines: Vec<(String, f64, Weight)>,
}

impl TitleBlock {
    /// The lines of `title` that fit into `width`, in a font of `size`.
    pub fn new(title: &Title, size: f64, width: f64) -> Self {
        let mut lines = Vec::new();
        for (text, size, weight) in [(&title.text, size, Weight::Bold), (&title.second, 0.8 * size, Weight::Regular)] {
            if !text.is_empty() {
                lines.extend(wrap(text, size, weight, width).into_iter().take(3).map(|line| (line, size, weight)));
            }
        }
        Self { lines }
    }

    /// How high it is.
    pub fn height(&self) -> f64 {
        self.lines.iter().map(|(_, size, _)| 1.4 * size).sum()
    }

    /// The lines from the top of `area` down, at its left.
    pub fn draw(&self, area: Rect) -> Vec<Item> {
        let mut y = area.y;
        let mut items = Vec::new();
        for (text, size, weight) in &self.lines {
            y += 1.4 * size;
            let at = Point { x: area.x, y: y - 0.4 * size - 0.1 * measure(text, *size, *weight).descent };
            let colour = if *weight == Weight::Bold { INK } else { FAINT };
            let line = Text::new(text, at, *size, colour, (Align::Start, Valign::Baseline));
            items.push(Item::Text(Text { weight: *weight, ..line }));
        }
        items
    }
}
