//! Paths made fit to draw, whatever numbers they hold.

use super::{Path, Picture, Point, Segment, Stroke, Text};

/// Coordinates beyond this many picture units (10 000 inches) are moved here: far outside of every picture, near enough
/// for single precision.
const FARTHEST: f64 = 1e6;

/// The steps of a path without numbers that are not finite: lines break there. Every line begins with a `Move`.
pub(super) fn steps(path: &Path) -> impl Iterator<Item = Segment> + '_ {
    let mut drawing = false;
    path.segments.iter().filter_map(move |segment| {
        let step = match *segment {
            Segment::Move(p) => near(p).map(Segment::Move),
            Segment::Line(p) => near(p).map(if drawing { Segment::Line } else { Segment::Move }),
            Segment::Cubic(a, b, c) => match (near(a), near(b), near(c)) {
                (Some(a), Some(b), Some(c)) if drawing => Some(Segment::Cubic(a, b, c)),
                (_, _, end) => end.map(Segment::Move),
            },
            Segment::Close => drawing.then_some(Segment::Close),
        };
        drawing = step.is_some();
        step
    })
}

fn near(p: Point) -> Option<Point> {
    let limit = |value: f64| value.clamp(-FARTHEST, FARTHEST);
    (p.x.is_finite() && p.y.is_finite()).then(|| Point { x: limit(p.x), y: limit(p.y) })
}

/// The dashes of a stroke: an even number of lengths, none negative, not all nothing; else a solid line.
pub(super) fn dashes(stroke: &Stroke) -> Option<Vec<f64>> {
    let whole = stroke.dashes.iter().all(|length| length.is_finite() && *length >= 0.0);
    if !whole || stroke.dashes.iter().sum::<f64>() < 0.01 {
        return None;
    }
    let twice = if stroke.dashes.len().is_multiple_of(2) { 1 } else { 2 };
    Some(stroke.dashes.repeat(twice))
}

/// Whether a stroke shows at all.
pub(super) fn shows(stroke: &Stroke) -> bool {
    stroke.width.is_finite() && stroke.width > 0.0 && stroke.colour.a > 0
}

/// The line around a text's letters, if it shows.
pub(super) fn halo(text: &Text) -> Option<Stroke> {
    let (colour, width) = text.halo?;
    Some(Stroke::solid(colour, width).rounded()).filter(shows)
}

/// The path of a stroke as far as it can show: straight lines that lead far out of the picture are cut, so that
/// dashes are not counted for miles and directions stay exact.
pub(super) fn stroked(path: &Path, stroke: &Stroke, picture: &Picture) -> Vec<Segment> {
    let steps: Vec<Segment> = steps(path).collect();
    let margin = picture.width.abs().max(picture.height.abs()).clamp(100.0, FARTHEST) + stroke.width;
    let frame = Frame {
        low: -margin,
        right: picture.width.min(FARTHEST) + margin,
        bottom: picture.height.min(FARTHEST) + margin,
    };
    let out = |p: &Point| !frame.holds(*p);
    let far = steps.iter().any(|step| matches!(step, Segment::Move(p) | Segment::Line(p) if out(p)));
    if far { frame.cut(&steps) } else { steps }
}

/// The picture with room around it.
struct Frame {
    low: f64,
    right: f64,
    bottom: f64,
}

impl Frame {
    fn holds(&self, p: Point) -> bool {
        p.x >= self.low && p.x <= self.right && p.y >= self.low && p.y <= self.bottom
    }

    fn cut(&self, steps: &[Segment]) -> Vec<Segment> {
        let mut cut = Vec::with_capacity(steps.len());
        let (mut from, mut start, mut pen) = (None, None, None);
        for step in steps {
            match *step {
                Segment::Move(p) => (from, start) = (Some(p), Some(p)),
                Segment::Line(p) => {
                    self.line(&mut cut, &mut pen, from, p);
                    from = Some(p);
                }
                Segment::Close => {
                    if let Some(p) = start {
                        self.line(&mut cut, &mut pen, from, p);
                    }
                    from = start;
                }
                Segment::Cubic(a, b, p) => {
                    if pen != from {
                        cut.extend(from.map(Segment::Move));
                    }
                    cut.push(Segment::Cubic(a, b, p));
                    (from, pen) = (Some(p), Some(p));
                }
            }
        }
        cut
    }

    /// Adds what of the line from `from` to `to` is inside.
    fn line(&self, cut: &mut Vec<Segment>, pen: &mut Option<Point>, from: Option<Point>, to: Point) {
        let Some((a, b)) = from.and_then(|from| self.inside(from, to)) else { return };
        if *pen != Some(a) {
            cut.push(Segment::Move(a));
        }
        cut.push(Segment::Line(b));
        *pen = Some(b);
    }

    /// The part of a line inside (Liang and Barsky 1984, doi:10.1145/357332.357333).
    fn inside(&self, from: Point, to: Point) -> Option<(Point, Point)> {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        for (slope, room) in
            [(-dx, from.x - self.low), (dx, self.right - from.x), (-dy, from.y - self.low), (dy, self.bottom - from.y)]
        {
            if slope == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if slope < 0.0 {
                enter = enter.max(room / slope);
            } else {
                leave = leave.min(room / slope);
            }
        }
        let at = |part: f64| Point { x: from.x + dx * part, y: from.y + dy * part };
        let begin = if enter > 0.0 { at(enter) } else { from };
        let end = if leave < 1.0 { at(leave) } else { to };
        (enter <= leave).then_some((begin, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Colour;

    fn path(points: &[(f64, f64)]) -> Path {
        let mut segments: Vec<Segment> = points.iter().map(|(x, y)| Segment::Line(Point { x: *x, y: *y })).collect();
        segments.push(Segment::Close);
        Path { segments }
    }

    #[test]
    fn lines_break_where_a_number_is_missing() {
        let kinds: String =
            steps(&path(&[(0.0, 0.0), (1.0, 1.0), (f64::NAN, 0.0), (2.0, 2.0), (f64::INFINITY, 1e300)]))
                .map(|step| match step {
                    Segment::Move(_) => 'M',
                    Segment::Line(_) => 'L',
                    Segment::Cubic(..) => 'C',
                    Segment::Close => 'Z',
                })
                .collect();
        assert_eq!(kinds, "MLM");
    }

    #[test]
    fn far_lines_are_cut_in_their_direction() {
        let picture = crate::draw::tests::blank(100.0, 100.0);
        let stroke = Stroke { colour: Colour::BLACK, width: 1.0, dashes: vec![1.0], round: false };
        let mut line = path(&[(0.0, 0.0), (1e6, 5e5)]);
        line.segments.pop();
        let cut = stroked(&line, &stroke, &picture);
        let expected = [Segment::Move(Point { x: 0.0, y: 0.0 }), Segment::Line(Point { x: 201.0, y: 100.5 })];
        assert_eq!(cut, expected);
        assert_eq!(dashes(&stroke), Some(vec![1.0, 1.0]));
    }
}
