//! Upright shapes moved to whole pixels, by half a pixel at most: frames, ticks and grids are sharp, and bars side by
//! side have no seam.

use super::{Point, Segment};

/// Paths of more steps are left where they are.
const MOST: usize = 4096;

/// Whether a path has only horizontal and vertical lines.
pub(super) fn is_upright(steps: &[Segment]) -> bool {
    let (mut start, mut at) = (None, None);
    let level = |a: Option<Point>, b: Option<Point>| a.zip(b).is_some_and(|(a, b)| a.x == b.x || a.y == b.y);
    steps.len() <= MOST
        && steps.iter().all(|step| match *step {
            Segment::Move(p) => {
                (start, at) = (Some(p), Some(p));
                true
            }
            Segment::Line(p) => {
                let upright = level(at, Some(p));
                at = Some(p);
                upright
            }
            Segment::Cubic(..) => false,
            Segment::Close => {
                let upright = level(at, start);
                at = start;
                upright
            }
        })
}

/// The outline of an upright area with its edges between pixels, as those of images are; unchanged if it is another
/// shape or would vanish.
pub(super) fn area(steps: Vec<Segment>, per_unit: f64) -> Vec<Segment> {
    if !is_upright(&steps) {
        return steps;
    }
    let whole = |value: f64| (value * per_unit - 1e-6).round() / per_unit;
    let moved = placed(&steps, |p| Point { x: whole(p.x), y: whole(p.y) });
    let wide = |side: fn(Point) -> f64| {
        let values = || moved.iter().filter_map(end).map(side);
        values().fold(f64::NEG_INFINITY, f64::max) > values().fold(f64::INFINITY, f64::min)
    };
    if wide(|p| p.x) && wide(|p| p.y) { moved } else { steps }
}

/// Upright lines of `width` units that cover whole pixels as far as they can.
pub(super) fn lines(steps: Vec<Segment>, width: f64, per_unit: f64) -> Vec<Segment> {
    if !is_upright(&steps) {
        return steps;
    }
    let odd = (width * per_unit).round().max(1.0) % 2.0 == 1.0;
    let sharp = |value: f64| {
        let pixels = value * per_unit;
        let snapped = if odd { (pixels + 1e-6).floor() + 0.5 } else { pixels.round() };
        snapped / per_unit
    };
    // Ends of single lines stay: dashes begin where they began.
    let each = steps.chunk_by(|_, next| !matches!(next, Segment::Move(_)));
    each.flat_map(|line| {
        let runs = |level: fn(Point) -> f64| {
            let mut values = line.iter().filter_map(end).map(level);
            let first = values.next();
            values.any(|value| Some(value) != first)
        };
        let (across, down) = (runs(|p| p.x), runs(|p| p.y));
        placed(line, |p| Point { x: if down { sharp(p.x) } else { p.x }, y: if across { sharp(p.y) } else { p.y } })
    })
    .collect()
}

fn placed(steps: &[Segment], place: impl Fn(Point) -> Point) -> Vec<Segment> {
    let moved = steps.iter().map(|step| match *step {
        Segment::Move(p) => Segment::Move(place(p)),
        Segment::Line(p) => Segment::Line(place(p)),
        other => other,
    });
    moved.collect()
}

fn end(step: &Segment) -> Option<Point> {
    match *step {
        Segment::Move(p) | Segment::Line(p) | Segment::Cubic(_, _, p) => Some(p),
        Segment::Close => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn across(x: f64, y: f64) -> Vec<Segment> {
        vec![Segment::Move(Point { x: 0.0, y: 0.0 }), Segment::Line(Point { x, y }), Segment::Line(Point { x, y: 9.0 })]
    }

    #[test]
    fn upright_lines_go_to_the_middle_of_pixels() {
        for (x, width, per_unit, expected) in [
            (3.0, 1.0, 1.0, 3.5),
            (3.4, 0.5, 1.0, 3.5),
            (3.4, 2.0, 1.0, 3.0),
            (3.3, 1.0, 2.0, 3.5),
            (3.3, 0.5, 2.0, 3.25),
        ] {
            let Some(Segment::Line(p)) = lines(across(x, 0.0), width, per_unit).get(1).copied() else { panic!() };
            assert_eq!(p.x, expected, "{x} {width} {per_unit}");
        }
        assert_eq!(lines(across(3.3, 1.0), 1.0, 1.0), across(3.3, 1.0));
    }

    #[test]
    fn areas_end_between_pixels_and_never_vanish() {
        assert_eq!(area(across(3.3, 0.0), 1.0), across(3.0, 0.0));
        assert_eq!(area(across(0.3, 0.0), 1.0), across(0.3, 0.0));
    }
}
