//! Pictures as pixels.

use tiny_skia_path::{LineCap, LineJoin, PathBuilder, Stroke as Style, StrokeDash};

use super::coverage::{Rule, Sheet};
use super::pixmap::{Mask, Pixmap, part};
use super::text::{Line, Stand};
use super::{Colour, Image, Item, Path, Picture, Point, Segment, Stroke, Text, blit, sane, snap};
use crate::{Error, Result};

/// The most pixels of a picture: 1 GiB of memory.
const MOST: u64 = 1 << 28;
/// The power of the shares of black letters' pixels.
const DARKEST: f32 = 0.78;
/// Points of a line nearer than this many pixels to the last one are left out: nobody sees them.
const NEAREST: f64 = 0.12;

/// The picture as pixels at `dpi` dots per inch; its size is that of the picture times `dpi` / 100, rounded up.
///
/// # Errors
///
/// A picture without pixels or with more than 2²⁸.
pub fn pixels(picture: &Picture, dpi: f64) -> Result<Image> {
    let size = |units: f64| {
        let pixels = (units * dpi / 100.0 - 1e-9).ceil();
        if (1.0..=65_535.0).contains(&pixels) { pixels as u32 } else { 0 }
    };
    let (width, height) = (size(picture.width), size(picture.height));
    if !(1..=MOST).contains(&(u64::from(width) * u64::from(height))) {
        let [wide, high] = [picture.width, picture.height].map(|units| units / 100.0);
        let what = format!("cannot draw {wide} × {high} inches at {dpi} dots per inch");
        return Err(
            Error::request(what).hint("choose a size and a resolution of 1 to 65535 pixels a side, 268 million in all")
        );
    }
    let (width, height) = (width as usize, height as usize);
    let pixmap = Pixmap::new(width, height, picture.background);
    let mut canvas = Canvas { pixmap, sheet: Sheet::new(width, height), scale: dpi / 100.0, picture };
    canvas.draw(&picture.items, None);
    Ok(Image { width, height, rgba: canvas.pixmap.straight() })
}

struct Canvas<'a> {
    pixmap: Pixmap,
    sheet: Sheet,
    /// Pixels in a picture unit.
    scale: f64,
    picture: &'a Picture,
}

impl Canvas<'_> {
    fn draw(&mut self, items: &[Item], mask: Option<&Mask>) {
        for item in items {
            match item {
                Item::Fill(path, colour) => {
                    if let Some(path) = self.area(path) {
                        self.fill(&path, *colour, Rule::EvenOdd, mask);
                    }
                }
                Item::Stroke(path, stroke) => self.stroke(path, stroke, mask),
                Item::Image(image, rect) => blit::draw(image, *rect, self.scale, &mut self.pixmap, mask),
                Item::Text(text) => self.text(text, mask),
                Item::Clip(path, items) => self.clip(path, items, mask),
            }
        }
    }

    /// The outline of an area in pixels; none if there is nothing in it.
    fn area(&self, path: &Path) -> Option<tiny_skia_path::Path> {
        self.path(snap::area(sane::steps(path).collect(), self.scale).into_iter())
    }

    /// A path in pixels; none if there is nothing to draw.
    fn path(&self, steps: impl Iterator<Item = Segment>) -> Option<tiny_skia_path::Path> {
        let mut path = PathBuilder::new();
        let f = |value: f64| (value * self.scale) as f32;
        for step in steps {
            match step {
                Segment::Move(p) => path.move_to(f(p.x), f(p.y)),
                Segment::Line(p) => path.line_to(f(p.x), f(p.y)),
                Segment::Cubic(a, b, c) => path.cubic_to(f(a.x), f(a.y), f(b.x), f(b.y), f(c.x), f(c.y)),
                Segment::Close => path.close(),
            }
        }
        path.finish()
    }

    fn fill(&mut self, path: &tiny_skia_path::Path, colour: Colour, rule: Rule, mask: Option<&Mask>) {
        let pixmap = &mut self.pixmap;
        self.sheet.cover(path, rule, |row, left, shares| pixmap.lay(colour, row, left, shares, mask));
    }

    fn stroke(&mut self, path: &Path, stroke: &Stroke, mask: Option<&Mask>) {
        if sane::shows(stroke) {
            let steps = sane::stroked(path, stroke, self.picture);
            let steps = thinned(snap::lines(steps, stroke.width, self.scale), NEAREST / self.scale);
            if let Some(path) = self.path(steps.into_iter()) {
                self.stroke_path(&path, stroke, mask);
            }
        }
    }

    /// Lines are filled as their outlines even where they are thinner than a pixel: a chain of hairlines would be
    /// darker at its joints.
    fn stroke_path(&mut self, path: &tiny_skia_path::Path, stroke: &Stroke, mask: Option<&Mask>) {
        let scaled = |length: f64| (length * self.scale) as f32;
        let style = Style {
            width: scaled(stroke.width),
            miter_limit: 4.0,
            line_cap: if stroke.round { LineCap::Round } else { LineCap::Butt },
            line_join: if stroke.round { LineJoin::Round } else { LineJoin::Miter },
            dash: None,
        };
        let dash =
            sane::dashes(stroke).and_then(|dashes| StrokeDash::new(dashes.into_iter().map(scaled).collect(), 0.0));
        let dashed = dash.and_then(|dash| path.dash(&dash, 1.0));
        if let Some(outline) = dashed.as_ref().unwrap_or(path).stroke(&style, 1.0) {
            self.fill(&outline, stroke.colour, Rule::Nonzero, mask);
        }
    }

    fn text(&mut self, text: &Text, mask: Option<&Mask>) {
        let line = Line::new(&text.text, text.size, text.weight);
        let stand = Stand::new(text, &line).snapped(self.scale);
        let outline = stand.outline(&line);
        let Some(path) = self.path(sane::steps(&outline)) else { return };
        if let Some(halo) = sane::halo(text) {
            self.stroke_path(&path, &halo, mask);
        }
        self.letters(&path, text.colour, mask);
    }

    /// Fills letters. Dark ones of some pixels' height would look paler than on paper, as the grey of thin stems is
    /// brighter than its share of black: they get more of it.
    fn letters(&mut self, path: &tiny_skia_path::Path, colour: Colour, mask: Option<&Mask>) {
        let [r, g, b] = [colour.r, colour.g, colour.b].map(f32::from);
        // Rec. 709 weights: how bright the colour is, 0 to 1.
        let bright = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255.0;
        let power = DARKEST + (1.0 - DARKEST) * bright;
        let darker: Vec<u8> =
            (0..=255_u8).map(|share| ((f32::from(share) / 255.0).powf(power) * 255.0).round() as u8).collect();
        let pixmap = &mut self.pixmap;
        let mut shown = Vec::new();
        self.sheet.cover(path, Rule::Nonzero, |row, left, shares| {
            shown.clear();
            shown.extend(shares.iter().map(|share| darker.get(usize::from(*share)).copied().unwrap_or(*share)));
            pixmap.lay(colour, row, left, &shown, mask);
        });
    }

    fn clip(&mut self, path: &Path, items: &[Item], outer: Option<&Mask>) {
        let Some(path) = self.area(path) else { return };
        let (width, height) = (self.pixmap.width, self.pixmap.height);
        let mut mask = vec![0; width * height];
        self.sheet.cover(&path, Rule::EvenOdd, |row, left, shares| {
            let start = row * width + left;
            let Some(shown) = mask.get_mut(start..start + shares.len()) else { return };
            match outer.and_then(|outer| outer.get(start..start + shares.len())) {
                None => shown.copy_from_slice(shares),
                Some(outer) => {
                    shown
                        .iter_mut()
                        .zip(outer)
                        .zip(shares)
                        .for_each(|((shown, outer), share)| *shown = part(*outer, *share));
                }
            }
        });
        self.draw(items, Some(&mask));
    }
}

/// The steps without points of straight lines that are nearer than `nearest` to the last one; ends stay.
fn thinned(steps: Vec<Segment>, nearest: f64) -> Vec<Segment> {
    let mut thin: Vec<Segment> = Vec::with_capacity(steps.len());
    let mut last: Option<Point> = None;
    let mut waiting = None;
    for step in steps {
        if let (Segment::Line(p), Some(from)) = (step, last)
            && (p.x - from.x).abs() < nearest
            && (p.y - from.y).abs() < nearest
        {
            waiting = Some(step);
            continue;
        }
        // The end of a line stays even if it is near; a point between does not.
        if !matches!(step, Segment::Line(_)) {
            thin.extend(waiting);
        }
        waiting = None;
        last = match step {
            Segment::Move(p) | Segment::Line(p) | Segment::Cubic(_, _, p) => Some(p),
            Segment::Close => None,
        };
        thin.push(step);
    }
    thin.extend(waiting);
    thin
}
