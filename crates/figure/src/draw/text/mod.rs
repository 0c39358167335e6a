//! Lines of text: their layout, size and outlines.

mod markup;
mod wrap;

pub use markup::plain;
pub use wrap::{elide, wrap};

use ttf_parser::GlyphId;

use super::font::Font;
use super::{Align, Path, Point, Segment, Text, Valign, Weight};

/// The room a line of text takes, in picture units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// From its beginning to its end.
    pub width: f64,
    /// The height of capital letters above the base line.
    pub cap_height: f64,
    /// How far letters reach above the base line, accents on capitals and raised parts included.
    pub ascent: f64,
    /// How far letters reach below the base line, lowered parts included; positive.
    pub descent: f64,
}

/// The room that `text` takes at `size` picture units; nothing for a size that is not a positive number.
///
/// ```
/// use figure::draw::{measure, Weight};
/// let (one, two) = (measure("0", 10.0, Weight::Regular), measure("00", 10.0, Weight::Regular));
/// assert!((two.width - 2.0 * one.width).abs() < 1e-9);
/// ```
pub fn measure(text: &str, size: f64, weight: Weight) -> Extent {
    let line = Line::new(text, size, weight);
    let font = Font::of(weight);
    let em = line.size / font.per_em;
    let reach = |scale: f64, rise: f64| (font.ascent * em * scale + rise, font.descent * em * scale - rise);
    let (ascent, descent) = line.glyphs.iter().fold(reach(1.0, 0.0), |(up, down), glyph| {
        let (above, below) = reach(glyph.scale, glyph.rise);
        (up.max(above), down.max(below))
    });
    Extent { width: line.width, cap_height: font.cap_height * em, ascent, descent }
}

/// A glyph in its place in a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// Which glyph.
    pub(super) glyph: GlyphId,
    /// The character it stands for.
    pub(super) shows: char,
    /// Its origin, to the right of the beginning of the line in picture units.
    pub(super) x: f64,
    /// Its base line above that of the line in picture units.
    pub(super) rise: f64,
    /// Its size as a part of that of the text.
    pub(super) scale: f64,
}

/// A line laid out from left to right.
pub(super) struct Line {
    pub(super) glyphs: Vec<Placed>,
    /// Its width in picture units.
    pub(super) width: f64,
    /// The size of the font in picture units; 0 for one that cannot be drawn.
    pub(super) size: f64,
    pub(super) font: &'static Font,
}

/// No text of a figure is as large: what is larger is cut to this, so that no later number overflows.
const LARGEST: f64 = 1e5;

impl Line {
    pub(super) fn new(text: &str, size: f64, weight: Weight) -> Self {
        let font = Font::of(weight);
        let size = if size > 0.0 { size.min(LARGEST) } else { 0.0 };
        let (mut glyphs, mut x): (Vec<Placed>, f64) = (Vec::new(), 0.0);
        for piece in markup::pieces(text) {
            let em = size * piece.scale / font.per_em;
            let Some(glyph) = font.glyph(piece.shows) else { continue };
            if let Some(last) = glyphs.last().filter(|last| last.scale == piece.scale) {
                x += font.kern(last.glyph, glyph) * em;
            }
            glyphs.push(Placed { glyph, shows: piece.shows, x, rise: piece.rise * size, scale: piece.scale });
            x += font.advance(glyph) * em;
        }
        Self { glyphs, width: x, size, font }
    }

    /// The size of a glyph's unit in picture units.
    pub(super) fn unit(&self, glyph: &Placed) -> f64 {
        self.size * glyph.scale / self.font.per_em
    }
}

/// Where a text stands: the beginning of its base line and the directions along and above it, as unit vectors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stand {
    pub(super) origin: Point,
    pub(super) along: (f64, f64),
    pub(super) up: (f64, f64),
}

impl Stand {
    pub(super) fn new(text: &Text, line: &Line) -> Self {
        let angle = if text.angle.is_finite() { text.angle.rem_euclid(360.0) } else { 0.0 };
        // Quarter turns exactly: labels of vertical axes stay sharp.
        let (sin, cos) = match angle {
            0.0 => (0.0, 1.0),
            90.0 => (1.0, 0.0),
            180.0 => (0.0, -1.0),
            270.0 => (-1.0, 0.0),
            other => other.to_radians().sin_cos(),
        };
        let (along, up) = ((cos, -sin), (-sin, -cos));
        let start = match text.align {
            Align::Start => 0.0,
            Align::Middle => -line.width / 2.0,
            Align::End => -line.width,
        };
        let capital = line.font.cap_height * line.size / line.font.per_em;
        let base = match text.valign {
            Valign::Baseline => 0.0,
            Valign::Middle => -capital / 2.0,
            Valign::Top => -capital,
        };
        let mut stand = Self { origin: text.at, along, up };
        stand.origin = stand.at(start, base);
        stand
    }

    /// The place `x` along the line and `y` above it.
    pub(super) fn at(&self, x: f64, y: f64) -> Point {
        Point {
            x: self.origin.x + x * self.along.0 + y * self.up.0,
            y: self.origin.y + x * self.along.1 + y * self.up.1,
        }
    }

    /// The same with its base line on a whole pixel if it is upright or a quarter turn: horizontal strokes of
    /// letters are then as sharp as they can be.
    pub(super) fn snapped(mut self, per_unit: f64) -> Self {
        let snap = |value: f64| (value * per_unit).round() / per_unit;
        if self.along.1 == 0.0 {
            self.origin.y = snap(self.origin.y);
        } else if self.along.0 == 0.0 {
            self.origin.x = snap(self.origin.x);
        }
        self
    }

    /// The letters of `line` standing here, to fill by the nonzero rule.
    pub(super) fn outline(&self, line: &Line) -> Path {
        let mut segments = Vec::new();
        for glyph in &line.glyphs {
            let Some(outline) = line.font.outline(glyph.glyph) else { continue };
            let unit = line.unit(glyph);
            let place = |p: Point| self.at(glyph.x + p.x * unit, glyph.rise + p.y * unit);
            segments.extend(outline.segments.into_iter().map(|segment| match segment {
                Segment::Move(p) => Segment::Move(place(p)),
                Segment::Line(p) => Segment::Line(place(p)),
                Segment::Cubic(a, b, c) => Segment::Cubic(place(a), place(b), place(c)),
                Segment::Close => Segment::Close,
            }));
        }
        Path { segments }
    }
}

/// The outlines of the letters of a text in picture units, to fill by the nonzero rule.
pub fn outline(text: &Text) -> Path {
    let line = Line::new(&text.text, text.size, text.weight);
    Stand::new(text, &line).outline(&line)
}

#[cfg(test)]
mod tests;
