//! Lines of equal value as they are drawn: smooth, with their values written into gaps.

use super::isolines::Contour;
use crate::axis;
use crate::draw::{Align, Colour, Item, Path, Point, Rect, Stroke, Text, Valign, Weight, measure};

/// The size of labels, the room beside them in their line, and that between labels, in picture units.
const SIZE: f64 = 8.5;
const PAD: f64 = 3.0;
const BETWEEN: f64 = 14.0;
/// One label on so much of a line.
const EVERY: f64 = 320.0;
/// How much shorter than the line the way from one end of a label to the other may be.
const BEND: f64 = 0.04;

/// How lines of equal value are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContourPen {
    /// The colour of lines and their labels.
    pub colour: Colour,
    /// The width of lines in picture units.
    pub width: f64,
    /// Whether lines that are long enough have their value in a gap.
    pub labels: bool,
    /// Whether labels stand out from colours below them.
    pub halo: bool,
}

impl ContourPen {
    /// The ground that labels of this colour are best read on.
    fn ground(&self) -> Colour {
        let Colour { r, g, b, .. } = self.colour;
        // Weights of ITU-R BT.601 in thousandths.
        let luma = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b);
        if luma > 140_000 { Colour::BLACK } else { Colour::WHITE }
    }
}

/// Draws lines of equal value as smooth curves, cut at `area`. `place` puts points into the picture; where it does
/// not, lines end.
pub fn draw_contours(
    contours: &[Contour],
    place: impl Fn((f64, f64)) -> Option<Point>,
    area: Rect,
    pen: &ContourPen,
) -> Vec<Item> {
    let ContourPen { colour, width, labels, halo } = *pen;
    let levels: Vec<f64> = contours.iter().map(|contour| contour.level).collect();
    let mut texts = axis::labels(&levels);
    if texts.power != 0 {
        texts.texts = levels.iter().map(|level| axis::number(*level)).collect();
    }
    let halo = halo.then(|| (pen.ground().with_alpha(170), 2.4));
    let mut writer = Writer { area, colour, halo, taken: Vec::new(), items: Vec::new() };
    let mut lines = Vec::new();
    for (contour, text) in contours.iter().zip(&texts.texts) {
        let placed: Vec<Option<Point>> = contour.points.iter().map(|point| place(*point)).collect();
        for run in placed.split(Option::is_none) {
            let line = smooth(&apart(run.iter().flatten().copied()), contour.closed && run.len() == placed.len());
            if labels { lines.extend(writer.broken(&line, text)) } else { lines.push(line) }
        }
    }
    let inset = |p: &Point| {
        (area.x - 1e-6..=area.x + area.width + 1e-6).contains(&p.x)
            && (area.y - 1e-6..=area.y + area.height + 1e-6).contains(&p.y)
    };
    let stroke = Stroke::solid(colour, width).rounded();
    let cut = lines.iter().flatten().any(|p| !inset(p));
    let strokes = lines.into_iter().filter(|line| line.len() > 1);
    let strokes: Vec<Item> = strokes.map(|line| Item::Stroke(Path::lines(line), stroke.clone())).collect();
    let mut items = if cut && !strokes.is_empty() { vec![Item::Clip(area.into(), strokes)] } else { strokes };
    items.append(&mut writer.items);
    items
}

/// Points that are at least a part of a unit apart, the ends included: where a line passes by a corner of the grid
/// two are almost one, and no curve through them is smooth.
fn apart(points: impl Iterator<Item = Point>) -> Vec<Point> {
    const LEAST: f64 = 0.6;
    let mut kept: Vec<Point> = Vec::new();
    let mut waiting = None;
    for point in points {
        match kept.last() {
            Some(last) if distance(*last, point) < LEAST => waiting = Some(point),
            _ => {
                kept.push(point);
                waiting = None;
            }
        }
    }
    if let Some(end) = waiting {
        if kept.len() > 1 {
            kept.pop();
        }
        kept.push(end);
    }
    kept
}

fn distance(a: Point, b: Point) -> f64 {
    (b.x - a.x).hypot(b.y - a.y)
}

/// A curve through points: a Catmull–Rom spline with centripetal knots, which has no loops (Yuksel, Schaefer and
/// Keyser 2011, doi:10.1016/j.cad.2010.08.008), as straight lines of about two units.
fn smooth(points: &[Point], closed: bool) -> Vec<Point> {
    const STEP: f64 = 2.0;
    let count = points.len();
    if count < 3 {
        return points.to_vec();
    }
    let around = |index: isize| -> Option<Point> {
        let last = count as isize - 1;
        let wrapped = match index {
            -1 if closed => last - 1,
            i if i > last && closed => 1,
            // A line with ends leaves them in the direction of its first and last part.
            -1 => return Some(mirrored(*points.first()?, *points.get(1)?)),
            i if i > last => return Some(mirrored(*points.last()?, *points.get(count - 2)?)),
            i => i,
        };
        points.get(usize::try_from(wrapped).ok()?).copied()
    };
    let mut curve: Vec<Point> = points.first().copied().into_iter().collect();
    for index in 0..count as isize - 1 {
        let corners = [index - 1, index, index + 1, index + 2].map(around);
        let [Some(before), Some(from), Some(to), Some(after)] = corners else { continue };
        // Lines that leave the picture are long.
        let parts = (distance(from, to) / STEP).ceil().clamp(1.0, 200.0) as u32;
        curve.extend((1..parts).map(|part| spline([before, from, to, after], f64::from(part) / f64::from(parts))));
        curve.push(to);
    }
    curve
}

fn mirrored(end: Point, inner: Point) -> Point {
    Point { x: 2.0 * end.x - inner.x, y: 2.0 * end.y - inner.y }
}

/// Between the second and the third of four points (Barry and Goldman's pyramid).
fn spline([p0, p1, p2, p3]: [Point; 4], part: f64) -> Point {
    let knot = |from: f64, a: Point, b: Point| from + distance(a, b).sqrt().max(1e-6);
    let t1 = knot(0.0, p0, p1);
    let t2 = knot(t1, p1, p2);
    let t3 = knot(t2, p2, p3);
    let t = t1 + (t2 - t1) * part;
    let mix = |a: Point, b: Point, from: f64, to: f64| {
        let part = (t - from) / (to - from);
        Point { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part }
    };
    let (a, b, c) = (mix(p0, p1, 0.0, t1), mix(p1, p2, t1, t2), mix(p2, p3, t2, t3));
    mix(mix(a, b, 0.0, t2), mix(b, c, t1, t3), t1, t2)
}

/// Writes labels into lines.
struct Writer {
    area: Rect,
    colour: Colour,
    halo: Option<(Colour, f64)>,
    /// Middles of labels with their widths.
    taken: Vec<(Point, f64)>,
    items: Vec<Item>,
}

impl Writer {
    /// The parts of a line beside its labels.
    fn broken(&mut self, line: &[Point], text: &str) -> Vec<Vec<Point>> {
        let width = measure(text, SIZE, Weight::Regular).width + 2.0 * PAD;
        let mut lengths = vec![0.0];
        for pair in line.windows(2) {
            if let [a, b] = *pair {
                lengths.push(lengths.last().copied().unwrap_or(0.0) + distance(a, b));
            }
        }
        let total = lengths.last().copied().unwrap_or(0.0);
        let line = Measured { points: line, lengths };
        if !total.is_finite() || total < 3.0 * width {
            return vec![line.points.to_vec()];
        }
        let sections = (total / EVERY).round().clamp(1.0, 100.0) as u32;
        let section = total / f64::from(sections);
        let (mut parts, mut begin) = (Vec::new(), 0.0);
        for index in 0..sections {
            let from = section * f64::from(index);
            let Some(middle) = self.best(&line, (from, from + section), width) else { continue };
            self.write(&line, middle, width, text);
            parts.push(line.part(begin, middle - width / 2.0));
            begin = middle + width / 2.0;
        }
        parts.push(line.part(begin, total));
        parts
    }

    /// The place for a label in a stretch of a line: the straightest, of equal ones that nearest to its middle.
    fn best(&self, line: &Measured<'_>, (from, to): (f64, f64), width: f64) -> Option<f64> {
        let half = width / 2.0 + 2.0;
        let (first, last) = (from + half, to - half);
        let count = ((last - first) / 4.0).floor().clamp(0.0, 200.0) as u32;
        let mut best: Option<(f64, f64)> = None;
        for step in 0..=count {
            let at = first + (last - first) * f64::from(step) / f64::from(count.max(1));
            let Some((a, b)) = line.at(at - width / 2.0).zip(line.at(at + width / 2.0)) else { continue };
            let bend = 1.0 - distance(a, b) / width;
            let middle = Point { x: f64::midpoint(a.x, b.x), y: f64::midpoint(a.y, b.y) };
            // Steep texts are hard to read.
            let steep = (b.y - a.y).abs() / width;
            let off = (at - f64::midpoint(from, to)).abs() / (to - from);
            let score = bend + 0.02 * steep + 0.02 * off;
            if bend < BEND && self.free(middle, width) && best.is_none_or(|(least, _)| score < least) {
                best = Some((score, at));
            }
        }
        best.map(|found| found.1)
    }

    fn free(&self, p: Point, width: f64) -> bool {
        let room = width / 2.0;
        let Rect { x, y, width: wide, height } = self.area;
        (x + room..=x + wide - room).contains(&p.x)
            && (y + SIZE..=y + height - SIZE).contains(&p.y)
            && self.taken.iter().all(|(other, size)| distance(*other, p) > f64::midpoint(*size, width) + BETWEEN)
    }

    fn write(&mut self, line: &Measured<'_>, at: f64, width: f64, text: &str) {
        let ends = line.at(at - width / 2.0).zip(line.at(at + width / 2.0));
        let Some((a, b)) = ends else { return };
        // Texts never stand on their head.
        let (a, b) = if b.x < a.x { (b, a) } else { (a, b) };
        let angle = -(b.y - a.y).atan2(b.x - a.x).to_degrees();
        let middle = Point { x: f64::midpoint(a.x, b.x), y: f64::midpoint(a.y, b.y) };
        self.taken.push((middle, width));
        let label = Text::new(text, middle, SIZE, self.colour, (Align::Middle, Valign::Middle));
        self.items.push(Item::Text(Text { angle, halo: self.halo, ..label }));
    }
}

/// A line with the way from its beginning to each of its points.
struct Measured<'a> {
    points: &'a [Point],
    lengths: Vec<f64>,
}

impl Measured<'_> {
    fn at(&self, way: f64) -> Option<Point> {
        let after = self.lengths.partition_point(|length| *length < way).max(1);
        let (a, b) = self.points.get(after - 1).zip(self.points.get(after))?;
        let (from, to) = (self.lengths.get(after - 1)?, self.lengths.get(after)?);
        let part = if to > from { ((way - from) / (to - from)).clamp(0.0, 1.0) } else { 0.0 };
        Some(Point { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part })
    }

    /// The points from one place to another.
    fn part(&self, from: f64, to: f64) -> Vec<Point> {
        let inner = self.points.iter().zip(&self.lengths).filter(|(_, way)| (from..=to).contains(*way));
        let inner: Vec<Point> = inner.map(|found| *found.0).collect();
        if to <= from {
            return Vec::new();
        }
        self.at(from).into_iter().chain(inner).chain(self.at(to)).collect()
    }
}
