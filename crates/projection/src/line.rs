//! Lines on the globe as lines on the map: bent where the map bends them, cut where it ends.

use crate::region::even;
use crate::sphere::{RADIUS, Sphere, wrapped};
use crate::{Inner, Projection};
use std::cell::Cell;

type Point = (f64, f64);

/// The course of a line from one of its points to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Course {
    /// Straight in longitude and latitude, the shorter way round: a step from 179° to -179° is 2° east. A step of
    /// 360° is a whole parallel.
    #[default]
    Straight,
    /// Straight in longitude and latitude, taken literally: from 179° to -179° is 358° west. For the edges of boxes.
    Literal,
    /// Along the great circle.
    GreatCircle,
}

impl Projection {
    /// A line of longitudes and latitudes in degrees on the plane, straight in longitude and latitude between its
    /// points ([`Course::Straight`]).
    ///
    /// Refined until it is smooth to `tolerance` metres, and cut where it leaves the map or runs over the seam
    /// opposite the centre: each piece reaches right up to the seam or edge. Points that are not finite end a piece.
    pub fn line(&self, points: &[(f64, f64)], tolerance: f64) -> Vec<Vec<(f64, f64)>> {
        self.line_along(points, Course::Straight, tolerance)
    }

    /// As [`Projection::line`] along another course.
    pub fn line_along(&self, points: &[(f64, f64)], course: Course, tolerance: f64) -> Vec<Vec<(f64, f64)>> {
        // A tenth of a millimetre is below every drawing and keeps 0 from asking for the impossible.
        let tolerance = if tolerance.is_finite() { tolerance.max(1e-4) } else { 1e-4 } / self.metres_per_unit();
        let mut pieces = Pieces::new(tolerance, self.metres_per_unit());
        let mut strip = Strip::default();
        for pair in points.windows(2) {
            let &[from, to] = pair else { continue };
            let sound = |it: Point| it.0.is_finite() && it.1.is_finite();
            if !(sound(from) && sound(to)) {
                pieces.cut();
                strip = Strip::default();
                continue;
            }
            match (&self.inner, course) {
                (Inner::Sphere(map), Course::GreatCircle) => great_circle(map, from, to, &mut pieces),
                (Inner::Sphere(map), _) => strip.straight(map, from, (to.0 - from.0, to.1), course, &mut pieces),
                (Inner::Foreign(map), _) => {
                    let at = way(from, to, course);
                    pieces.follow(&|t| at(t).and_then(|(lon, lat)| map.forward(lon, lat)), steps(from, to, course));
                }
            }
        }
        pieces.done()
    }
}

/// Longest step, in degrees, that is taken without looking between its ends.
const STEP: f64 = 4.0;

/// How many steps a line takes at least.
fn steps(from: Point, to: Point, course: Course) -> usize {
    let east = eastward(to.0 - from.0, course).abs();
    let far = match course {
        // Near the poles longitude is no measure; the whole circle is 90 steps in any case.
        Course::GreatCircle => angle(from, to).to_degrees(),
        _ => east.max((to.1 - from.1).abs()),
    };
    ((far / STEP).ceil() as usize).clamp(1, 4096)
}

/// The longitudes that a step passes, to the east.
fn eastward(difference: f64, course: Course) -> f64 {
    if course == Course::Literal || (difference.abs() - 360.0).abs() < 1e-9 { difference } else { wrapped(difference) }
}

/// The place at each share 0 to 1 of the way.
fn way(from: Point, to: Point, course: Course) -> impl Fn(f64) -> Option<Point> {
    let east = eastward(to.0 - from.0, course);
    move |t| {
        if course == Course::GreatCircle {
            let at = between(vector(from), vector(to), t);
            return Some((at[1].atan2(at[0]).to_degrees(), at[2].atan2(at[0].hypot(at[1])).to_degrees()));
        }
        // Both ends exactly.
        let lat = if t >= 1.0 { to.1 } else { from.1 + t * (to.1 - from.1) };
        Some((from.0 + t * east, lat))
    }
}

/// A line straight in longitude and latitude, over a map whose copies stand side by side: strip 0 is 180° either
/// side of the centre.
#[derive(Debug, Default)]
struct Strip {
    /// Where the line is: its longitude from the centre, not wrapped, with the longitude that was given for it.
    east: Option<f64>,
    number: f64,
}

impl Strip {
    fn straight(&mut self, map: &Sphere, from: Point, (step, lat): Point, course: Course, pieces: &mut Pieces) {
        let start = *self.east.get_or_insert_with(|| wrapped(from.0 - map.centre));
        let end = start + eastward(step, course);
        self.east = Some(end);
        if !(end - start).is_finite() || (end - start).abs() > 36_000.0 {
            return pieces.cut();
        }
        // The seams between, as shares of the way.
        let (low, high) = (start.min(end), start.max(end));
        let mut cuts = vec![0.0, 1.0];
        let mut seam = ((low - 180.0) / 360.0).ceil() * 360.0 + 180.0;
        while seam < high {
            if seam > low {
                cuts.push((seam - start) / (end - start));
            }
            seam += 360.0;
        }
        cuts.sort_by(f64::total_cmp);
        for part in cuts.windows(2) {
            let &[first, last] = part else { continue };
            let middle = start + f64::midpoint(first, last) * (end - start);
            if (middle - 360.0 * self.number).abs() > 180.0 {
                self.number = ((middle - 180.0) / 360.0).ceil();
                if map.has_seam() {
                    pieces.cut();
                }
            }
            let shift = 360.0 * self.number;
            let at = |t: f64| {
                let share = first + t * (last - first);
                let east = if share >= 1.0 { end } else { start + share * (end - start) };
                let north = if share >= 1.0 { lat } else { from.1 + share * (lat - from.1) };
                map.forward_relative((east - shift).clamp(-180.0, 180.0), north)
            };
            let long = ((end - start).abs().max((lat - from.1).abs()) * (last - first) / STEP).ceil();
            pieces.follow(&at, (long as usize).max(1));
        }
    }
}

/// A place as a unit vector: towards the meridian 0 of its longitudes, east of it, north.
fn vector((lon, lat): Point) -> [f64; 3] {
    let (sin, cos) = lat.to_radians().sin_cos();
    let (sin_lon, cos_lon) = lon.to_radians().sin_cos();
    [cos * cos_lon, cos * sin_lon, sin]
}

/// The angle between two places in radians.
fn angle(from: Point, to: Point) -> f64 {
    let (a, b) = (vector(from), vector(to));
    let chord = (a[0] - b[0]).hypot(a[1] - b[1]).hypot(a[2] - b[2]);
    2.0 * (chord / 2.0).min(1.0).asin()
}

/// A share 0 to 1 of the straight way through the globe; only its direction counts.
fn between(a: [f64; 3], b: [f64; 3], t: f64) -> [f64; 3] {
    [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])]
}

/// A great circle, cut where it meets the meridian opposite the centre.
fn great_circle(map: &Sphere, from: Point, to: Point, pieces: &mut Pieces) {
    let (a, b) = (vector((from.0 - map.centre, from.1)), vector((to.0 - map.centre, to.1)));
    // The line through the globe is east of the centre's plane on one side of one share of the way.
    let crossing = a[1] / (a[1] - b[1]);
    let seam = (crossing > 0.0 && crossing < 1.0 && between(a, b, crossing)[0] < 0.0).then_some(crossing);
    let mut part = |first: f64, last: f64| {
        let side = between(a, b, f64::midpoint(first, last))[1];
        let at = |t: f64| {
            let share = first + t * (last - first);
            let at = between(a, b, share);
            let lat = at[2].atan2(at[0].hypot(at[1])).to_degrees();
            let east = if seam == Some(share) { 180.0_f64.copysign(side) } else { at[1].atan2(at[0]).to_degrees() };
            map.forward_relative(east, lat)
        };
        pieces.follow(&at, steps(from, to, Course::GreatCircle));
    };
    match seam {
        Some(seam) => {
            part(0.0, seam);
            part(seam, 1.0);
        }
        None => part(0.0, 1.0),
    }
}

/// Lines on the plane that are being drawn.
pub(crate) struct Pieces {
    tolerance: f64,
    /// From here on, in units of the plane, the tolerance grows with the distance: some maps go on without end.
    far: f64,
    /// How many more looks a step may take.
    looks: Cell<u32>,
    done: Vec<Vec<Point>>,
    current: Vec<Point>,
}

/// Halvings of a step before two points are held to lie on different sides of a seam: a step of 4° is then a
/// thousandth of a millimetre long.
const DEEPEST: u32 = 44;

/// Looks at a step before it is given up: a step of 4° that is to be smooth to a tenth of a millimetre takes 20 000.
const MOST_LOOKS: u32 = 60_000;

impl Pieces {
    /// Smooth to `tolerance` units of the plane, which are so many metres long.
    pub(crate) fn new(tolerance: f64, metres: f64) -> Self {
        Self {
            tolerance,
            far: 8.0 * RADIUS / metres,
            looks: Cell::new(MOST_LOOKS),
            done: Vec::new(),
            current: Vec::new(),
        }
    }

    /// Ends a piece.
    pub(crate) fn cut(&mut self) {
        let piece = std::mem::take(&mut self.current);
        if piece.len() > 1 {
            self.done.push(piece);
        }
    }

    /// The pieces.
    pub(crate) fn done(mut self) -> Vec<Vec<Point>> {
        self.cut();
        self.done
    }

    fn add(&mut self, point: Point) {
        // Rounding makes two points of one; a line drawn thick would show a spike where they meet.
        if self.current.last().is_none_or(|last| length(*last, point) > 1e-6 * self.tolerance) {
            self.current.push(point);
        }
    }

    /// Follows a line that is at `at(t)` for t of 0 to 1, looked at in so many steps first.
    pub(crate) fn follow(&mut self, at: &dyn Fn(f64) -> Option<Point>, steps: usize) {
        let mut before = (0.0, at(0.0));
        if let Some(point) = before.1 {
            self.enter(point);
        } else {
            self.cut();
        }
        for t in even(0.0, 1.0, steps).skip(1) {
            let next = (t, at(t));
            self.looks.set(MOST_LOOKS);
            self.step(at, before, next, 0);
            before = next;
        }
    }

    /// Goes on with the line from here, if it was here.
    fn enter(&mut self, point: Point) {
        if self.current.last().is_some_and(|last| length(*last, point) > self.tolerance) {
            self.cut();
        }
        self.add(point);
    }

    /// The way between two looks; the first has been drawn.
    fn step(&mut self, at: &dyn Fn(f64) -> Option<Point>, from: Look, to: Look, depth: u32) {
        let middle = f64::midpoint(from.0, to.0);
        match (from.1, to.1) {
            (Some(a), Some(b)) => {
                if self.is_straight(at, (from.0, a), (to.0, b)) {
                    self.add(b);
                } else if depth >= DEEPEST || self.looks.get() == 0 {
                    self.cut();
                    self.add(b);
                } else {
                    self.halves(at, from, (middle, at(middle)), to, depth);
                }
            }
            (Some(_), None) => {
                let edge = edge(at, from, to.0);
                if edge.0 != from.0 {
                    self.step(at, from, edge, depth + 1);
                }
                self.cut();
            }
            (None, Some(b)) => {
                self.cut();
                let edge = edge(at, to, from.0);
                if let (t, Some(first)) = edge
                    && t != to.0
                {
                    self.add(first);
                    self.step(at, edge, to, depth + 1);
                } else {
                    self.add(b);
                }
            }
            (None, None) if depth < 2 && self.looks.get() > 0 => self.halves(at, from, (middle, at(middle)), to, depth),
            (None, None) => self.cut(),
        }
    }

    fn halves(&mut self, at: &dyn Fn(f64) -> Option<Point>, from: Look, middle: Look, to: Look, depth: u32) {
        self.step(at, from, middle, depth + 1);
        self.step(at, middle, to, depth + 1);
    }

    /// Whether the line keeps to the straight one between two of its points.
    fn is_straight(&self, at: &dyn Fn(f64) -> Option<Point>, from: (f64, Point), to: (f64, Point)) -> bool {
        let tolerance = self.tolerance.max((length(from.1, (0.0, 0.0)) - self.far) / 500.0);
        if length(from.1, to.1) <= tolerance {
            return true;
        }
        self.looks.set(self.looks.get().saturating_sub(1));
        // The middle alone would miss a line that bends one way and back.
        [0.5, 0.2].into_iter().all(|share| {
            at(from.0 + share * (to.0 - from.0)).is_some_and(|point| is_on(point, from.1, to.1, tolerance))
        })
    }
}

/// Whether a point lies on the way from one to another, and not at its very ends (as across a seam).
fn is_on(point: Point, from: Point, to: Point, tolerance: f64) -> bool {
    let along = (to.0 - from.0, to.1 - from.1);
    let off = (point.0 - from.0, point.1 - from.1);
    let square = along.0 * along.0 + along.1 * along.1;
    let share = (along.0 * off.0 + along.1 * off.1) / square;
    let aside = (along.0 * off.1 - along.1 * off.0).abs() / square.sqrt();
    aside <= tolerance && share > 0.02 && share < 0.98
}

/// A share of the way and where the map has it.
type Look = (f64, Option<Point>);

/// The last look that sees the map on the way from one that does to a share that does not.
fn edge(at: &dyn Fn(f64) -> Option<Point>, seen: Look, unseen: f64) -> Look {
    let (mut inside, mut outside) = (seen, unseen);
    for _ in 0..60 {
        let middle = f64::midpoint(inside.0, outside);
        if middle == inside.0 || middle == outside {
            break;
        }
        match at(middle) {
            Some(point) => inside = (middle, Some(point)),
            None => outside = middle,
        }
    }
    inside
}

fn length(a: Point, b: Point) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}
