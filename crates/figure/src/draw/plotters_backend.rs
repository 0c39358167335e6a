//! The list of shapes as a drawing backend of plotters, so that its charts come out in every format.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
    FontTransform,
};

use super::text::measure;
use super::{Align, Colour, Image, Item, Path, Point, Rect, Segment, Stroke, Text, Valign, Weight};

/// How many of plotters' pixels are in a picture unit: it counts in whole ones.
pub const FINENESS: u32 = 20;

/// Draws what plotters draws into a part of a picture. Sizes given to plotters (line widths, fonts, margins) are in
/// its pixels, [`FINENESS`] to a picture unit; the size of a font is that of its em. Bold is the one style of fonts
/// beside the usual one.
pub struct Backend<'a> {
    items: &'a mut Vec<Item>,
    area: Rect,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> Backend<'a> {
    /// A backend that adds to `items` what is drawn, within `area` in picture units.
    pub fn new(items: &'a mut Vec<Item>, area: Rect) -> Self {
        Self { items, area }
    }

    /// A length in picture units as plotters' pixels, for its sizes.
    pub fn pixels(units: f64) -> u32 {
        (units * f64::from(FINENESS)).round() as u32
    }

    fn point(&self, (x, y): BackendCoord) -> Point {
        Point { x: self.area.x + units(x), y: self.area.y + units(y) }
    }

    fn path(&self, points: impl IntoIterator<Item = BackendCoord>, close: bool) -> Path {
        let points = points.into_iter().map(|point| self.point(point));
        if close { Path::polygon(points) } else { Path::lines(points) }
    }

    fn stroke<S: BackendStyle>(&mut self, path: Path, style: &S) {
        let width = f64::from(style.stroke_width()) / f64::from(FINENESS);
        let stroke = Stroke::solid(colour(style.color()), width);
        self.items.push(Item::Stroke(path, stroke));
    }

    fn shape<S: BackendStyle>(&mut self, path: Path, style: &S, fill: bool) {
        if fill {
            self.items.push(Item::Fill(path, colour(style.color())));
        } else {
            self.stroke(path, style);
        }
    }
}

impl DrawingBackend for Backend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (Self::pixels(self.area.width), Self::pixels(self.area.height))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let (right, below) = (x.saturating_add(1), y.saturating_add(1));
        let path = self.path([(x, y), (right, y), (right, below), (x, below)], true);
        self.items.push(Item::Fill(path, colour(color)));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        let path = self.path([from, to], false);
        self.stroke(path, style);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, fill: bool) -> Drawn {
        let path = self.path([from, (to.0, from.1), to, (from.0, to.1)], true);
        self.shape(path, style, fill);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let path = self.path(path, false);
        self.stroke(path, style);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, centre: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        let path = circle(self.point(centre), f64::from(radius) / f64::from(FINENESS));
        self.shape(path, style, fill);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, points: I, style: &S) -> Drawn {
        let path = self.path(points, true);
        self.shape(path, style, true);
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Drawn {
        let (size, weight) = font(style);
        let align = match style.anchor().h_pos {
            HPos::Left => Align::Start,
            HPos::Center => Align::Middle,
            HPos::Right => Align::End,
        };
        // The box of a text is as high as its size and ends with its lowest letters; its centre is that of capitals.
        let descent = measure("", size, weight).descent;
        let (valign, down) = match style.anchor().v_pos {
            VPos::Top => (Valign::Baseline, size - descent),
            VPos::Center => (Valign::Middle, 0.0),
            VPos::Bottom => (Valign::Baseline, -descent),
        };
        let (angle, (x, y)) = match style.transform() {
            FontTransform::None => (0.0, (0.0, down)),
            FontTransform::Rotate90 => (270.0, (-down, 0.0)),
            FontTransform::Rotate180 => (180.0, (0.0, -down)),
            FontTransform::Rotate270 => (90.0, (down, 0.0)),
        };
        let mut place = self.point(at);
        (place.x, place.y) = (place.x + x, place.y + y);
        let (text, colour) = (text.to_owned(), colour(style.color()));
        self.items.push(Item::Text(Text { text, at: place, size, colour, align, valign, angle, weight, halo: None }));
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let (size, weight) = font(style);
        let extent = measure(text, size, weight);
        Ok((Self::pixels(extent.width), Self::pixels(size)))
    }

    fn blit_bitmap(&mut self, at: BackendCoord, (width, height): (u32, u32), rgb: &[u8]) -> Drawn {
        let rgba = rgb.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
        let image = Image { width: width as usize, height: height as usize, rgba };
        let Point { x, y } = self.point(at);
        let [width, height] = [width, height].map(|side| f64::from(side) / f64::from(FINENESS));
        self.items.push(Item::Image(image, Rect { x, y, width, height }));
        Ok(())
    }
}

fn units(pixels: i32) -> f64 {
    f64::from(pixels) / f64::from(FINENESS)
}

fn colour(BackendColor { alpha, rgb: (r, g, b) }: BackendColor) -> Colour {
    Colour { r, g, b, a: (alpha * 255.0).round() as u8 }
}

fn font<T: BackendTextStyle>(style: &T) -> (f64, Weight) {
    let weight = if matches!(style.style(), FontStyle::Bold) { Weight::Bold } else { Weight::Regular };
    (style.size() / f64::from(FINENESS), weight)
}

/// Four curves that are nowhere farther from the circle than 0.03 % of its radius.
fn circle(Point { x, y }: Point, r: f64) -> Path {
    let k = r * 0.552_284_75;
    let at = |dx: f64, dy: f64| Point { x: x + dx, y: y + dy };
    let segments = vec![
        Segment::Move(at(r, 0.0)),
        Segment::Cubic(at(r, k), at(k, r), at(0.0, r)),
        Segment::Cubic(at(-k, r), at(-r, k), at(-r, 0.0)),
        Segment::Cubic(at(-r, -k), at(-k, -r), at(0.0, -r)),
        Segment::Cubic(at(k, -r), at(r, -k), at(r, 0.0)),
        Segment::Close,
    ];
    Path { segments }
}
