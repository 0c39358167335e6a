//! Spherical polygons: how they are split, their areas and their centroids.
//!
//! Corners are points on the unit sphere, so that neither poles nor the dateline are special. Edges
//! are arcs of great circles, or of parallels where a cut along one left them. Areas are signed by
//! the sense of the outline: what a concave or crossed outline counts twice or negatively adds up to
//! the right sum.

use super::series::{arc_excess, arctangent, lens, segment};
use crate::grid::space::{Vector, cross, dot, minus};

/// What points may be off a plane and still lie on it: the rounding of a longitude of 720 degrees in
/// radians, twice over.
pub(super) const TOUCH: f64 = 4e-15;

/// A corner, and what leads to the next one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vertex {
    pub(super) at: Vector,
    /// Whether the edge to the next corner runs along a parallel.
    pub(super) parallel: bool,
}

/// The corners of a polygon in order.
pub(super) type Ring = Vec<Vertex>;

/// On which side of a cut a polygon lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// All of it on the negative side.
    Below,
    /// All of it on the positive side.
    Above,
    /// It was cut in two.
    Both,
}

/// A parallel as a cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parallel {
    /// The sine of the latitude.
    pub(super) sine: f64,
    /// How far points may be off it and still lie on it.
    touch: f64,
}

impl Parallel {
    pub(super) fn new(latitude: f64) -> Self {
        let (sine, cosine) = latitude.to_radians().sin_cos();
        // Heights change by little near a pole; only their own rounding is left there.
        Self { sine, touch: 0.5 * TOUCH * cosine.abs() + 3e-16 }
    }
}

/// `p a + q b` on the sphere.
fn between(a: Vector, p: f64, b: Vector, q: f64) -> Vector {
    let sum = [p * a[0] + q * b[0], p * a[1] + q * b[1], p * a[2] + q * b[2]];
    let scale = 1.0 / dot(sum, sum).sqrt();
    sum.map(|v| v * scale)
}

fn great(at: Vector) -> Vertex {
    Vertex { at, parallel: false }
}

/// Every corner with the one after it.
pub(super) fn edges(ring: &[Vertex]) -> impl Iterator<Item = (&Vertex, &Vertex)> {
    ring.iter().zip(ring.iter().skip(1).chain(ring.first()))
}

/// Splits polygons; keeps its memory from one to the next.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    heights: Vec<f64>,
}

impl Splitter {
    /// Splits a polygon of great circles by the plane through the Earth's centre and `origin` with
    /// this unit normal. `below` and `above` are filled only where both have a part.
    pub(super) fn by_plane(
        &mut self,
        ring: &[Vertex],
        (normal, origin): (Vector, Vector),
        below: &mut Ring,
        above: &mut Ring,
    ) -> Side {
        let side = self.classify(ring, TOUCH, |at| dot(normal, minus(at, origin)));
        if side == Side::Both {
            self.cut_by_plane(ring, below, above);
        }
        side
    }

    /// The same for the meridian plane with this cosine and sine of its longitude, east of which is
    /// above.
    pub(super) fn by_meridian(
        &mut self,
        ring: &[Vertex],
        (cosine, sine): (f64, f64),
        below: &mut Ring,
        above: &mut Ring,
    ) -> Side {
        let side = self.classify(ring, TOUCH, |at| at[1] * cosine - at[0] * sine);
        if side == Side::Both {
            self.cut_by_plane(ring, below, above);
        }
        side
    }

    /// Heights over a cut, 0 for those that touch it.
    fn classify(&mut self, ring: &[Vertex], touch: f64, height: impl Fn(Vector) -> f64) -> Side {
        self.heights.clear();
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for vertex in ring {
            let h = height(vertex.at);
            let h = if h.abs() <= touch { 0.0 } else { h };
            (least, most) = (least.min(h), most.max(h));
            self.heights.push(h);
        }
        match (least < 0.0, most > 0.0) {
            (true, true) => Side::Both,
            (false, true) => Side::Above,
            _ => Side::Below,
        }
    }

    /// Every corner with its height and the next one with its own.
    fn steps<'a>(&'a self, ring: &'a [Vertex]) -> impl Iterator<Item = ((&'a Vertex, f64), (&'a Vertex, f64))> {
        let here = ring.iter().zip(self.heights.iter().copied());
        here.clone().zip(here.clone().skip(1).chain(here.take(1)))
    }

    fn cut_by_plane(&self, ring: &[Vertex], below: &mut Ring, above: &mut Ring) {
        below.clear();
        above.clear();
        for ((a, at_a), (b, at_b)) in self.steps(ring) {
            if at_a <= 0.0 {
                below.push(*a);
            }
            if at_a >= 0.0 {
                above.push(*a);
            }
            if at_a * at_b < 0.0 {
                // Independent of the direction, so that cells meet without a gap.
                let scale = 1.0 / (at_b - at_a);
                let cut = great(between(a.at, at_b * scale, b.at, -at_a * scale));
                below.push(cut);
                above.push(cut);
            }
        }
    }

    /// Splits a polygon by a parallel, north of which is above. No great-circle edge of it may rise
    /// more than `bulge` over both its ends; edges along parallels lie on one side.
    pub(super) fn by_parallel(
        &mut self,
        ring: &[Vertex],
        parallel: &Parallel,
        bulge: f64,
        below: &mut Ring,
        above: &mut Ring,
    ) -> Side {
        let side = self.classify(ring, parallel.touch, |at| at[2] - parallel.sine);
        let beyond = |h: &f64| h.abs() < bulge;
        let (north, south) = (parallel.sine > 0.0, parallel.sine < 0.0);
        let bulges = side == Side::Below && north || side == Side::Above && south;
        if side != Side::Both && !(bulges && self.heights.iter().any(beyond)) {
            return side;
        }
        below.clear();
        above.clear();
        let mut cut = Cut { parallel, below, above };
        for ((a, at_a), (b, at_b)) in self.steps(ring) {
            match cut.apex((a, at_a), (b, at_b), bulge) {
                Some((apex, at_apex)) => {
                    cut.edge((a, at_a), (&apex, at_apex));
                    cut.edge((&apex, at_apex), (b, at_b));
                }
                None => cut.edge((a, at_a), (b, at_b)),
            }
        }
        match (cut.below.len() > 1, cut.above.len() > 1) {
            (_, false) => Side::Below,
            (false, true) => Side::Above,
            _ => Side::Both,
        }
    }
}

/// A cut along a parallel under way.
struct Cut<'a> {
    parallel: &'a Parallel,
    below: &'a mut Ring,
    above: &'a mut Ring,
}

impl Cut<'_> {
    /// The point of a great-circle edge nearest to the pole, if the edge passes through it and over
    /// the parallel with both ends on the side of the equator.
    fn apex(&self, (a, at_a): (&Vertex, f64), (b, at_b): (&Vertex, f64), bulge: f64) -> Option<(Vertex, f64)> {
        let north = if self.parallel.sine > 0.0 { 1.0 } else { -1.0 };
        let nearer = (at_a * north).max(at_b * north);
        if a.parallel || nearer > 0.0 || nearer < -bulge || self.parallel.sine == 0.0 {
            return None;
        }
        let step = minus(b.at, a.at);
        let half = 0.5 * dot(step, step);
        // Coefficients of the ends in the projection of the axis onto the plane of the circle.
        let (p, q) = (half * b.at[2] - step[2], half * a.at[2] + step[2]);
        if p * north <= 0.0 || q * north <= 0.0 {
            return None;
        }
        let at = between(a.at, p * north, b.at, q * north);
        let height = at[2] - self.parallel.sine;
        (height * north > self.parallel.touch).then_some((great(at), height))
    }

    /// Takes up an edge that crosses the parallel once at most.
    fn edge(&mut self, (a, at_a): (&Vertex, f64), (b, at_b): (&Vertex, f64)) {
        let along = Vertex { at: a.at, parallel: true };
        if at_a > 0.0 {
            self.above.push(*a);
        } else if at_a < 0.0 {
            self.below.push(*a);
        } else {
            // The side that the edge leaves goes on along the parallel.
            self.above.push(if at_b > 0.0 { *a } else { along });
            self.below.push(if at_b < 0.0 { *a } else { along });
        }
        if at_a * at_b < 0.0 {
            let at =
                if at_a < 0.0 { self.crossing(a.at, at_a, b.at, at_b) } else { self.crossing(b.at, at_b, a.at, at_a) };
            let along = Vertex { at, parallel: true };
            let (ends, begins) = if at_a < 0.0 { (along, great(at)) } else { (great(at), along) };
            self.below.push(ends);
            self.above.push(begins);
        }
    }

    /// Where the arc from `a` below up to `b` above crosses: the root of
    /// `height(t) = a_z + t Δz − s |a + t Δ|`.
    fn crossing(&self, a: Vector, at_a: f64, b: Vector, at_b: f64) -> Vector {
        let sine = self.parallel.sine;
        let step = minus(b, a);
        let length = dot(step, step);
        let (mut low, mut high) = (0.0, 1.0);
        // The curve is a parabola but for higher powers of the length.
        let (rise, bend) = (at_b - at_a, 0.5 * sine * length);
        let guess = -2.0 * at_a / (rise + bend + ((rise + bend).powi(2) + 4.0 * bend * at_a).max(0.0).sqrt());
        let mut t = if guess > 0.0 && guess < 1.0 { guess } else { -at_a / rise };
        for _ in 0..60 {
            let w = t * (1.0 - t) * length;
            let root = (1.0 - w).max(0.0).sqrt();
            let height = at_a + t * rise + sine * w / (1.0 + root);
            if height > 0.0 {
                high = t;
            } else {
                low = t;
            }
            let slope = rise + bend * (1.0 - 2.0 * t) / root;
            let next = t - height / slope;
            let next = if next >= low && next <= high { next } else { 0.5 * (low + high) };
            let moved = next - t;
            t = next;
            // What is left of the height is of the order of the square of the step.
            if moved * moved * length < 1e-18 {
                break;
            }
        }
        let at = between(a, 1.0 - t, b, t);
        [at[0], at[1], sine]
    }
}

/// The tangent of half the longitude from one end of an edge along a parallel to the other.
fn half_turn(a: Vector, b: Vector) -> f64 {
    let (x, y) = (a[0] + b[0], a[1] + b[1]);
    let middle = x * x + y * y;
    let across = a[0] * (b[1] - a[1]) - a[1] * (b[0] - a[0]);
    if middle > 0.0 { 2.0 * across / middle } else { 0.0 }
}

/// The signed area of a polygon smaller than a hemisphere, in steradians, positive for
/// counter-clockwise outlines.
///
/// A fan of triangles by the formula of van Oosterom and Strackee (1983), whose determinant is taken
/// of the sides and so keeps its digits for cells of metres; their half areas are the arguments of
/// complex numbers, of which the product is taken. Edges along parallels add what lies between them
/// and the great circle.
pub(super) fn area(ring: &[Vertex]) -> f64 {
    let Some((first, others)) = ring.split_first() else { return 0.0 };
    let origin = first.at;
    let (mut re, mut im) = (1.0, 0.0);
    for (b, c) in others.iter().zip(others.iter().skip(1)) {
        let (u, v) = (minus(b.at, origin), minus(c.at, origin));
        let w = minus(c.at, b.at);
        let across = 0.25 * dot(origin, cross(u, v));
        let along = 1.0 - 0.125 * (dot(u, u) + dot(v, v) + dot(w, w));
        (re, im) = (re * along - im * across, re * across + im * along);
    }
    let mut sum = 2.0 * arctangent(im, re);
    for (a, b) in edges(ring) {
        if a.parallel {
            sum += lens(half_turn(a.at, b.at), a.at[2]);
        }
    }
    sum
}

/// ∫ x dA over a polygon: half the integral of r × dr around it, for any surface that it bounds.
pub(super) fn moment(ring: &[Vertex]) -> Vector {
    let Some(origin) = ring.first().map(|v| v.at) else { return [0.0; 3] };
    let mut sum = [0.0; 3];
    for (a, b) in edges(ring) {
        // The flat polygon, around one of its corners so that small ones keep their digits.
        let flat = cross(minus(a.at, origin), minus(b.at, origin));
        let extra = if a.parallel {
            let square = a.at[0] * a.at[0] + a.at[1] * a.at[1];
            [0.0, 0.0, square * segment(half_turn(a.at, b.at))]
        } else {
            let step = minus(b.at, a.at);
            let excess = arc_excess(0.25 * dot(step, step));
            cross(a.at, step).map(|v| excess * v)
        };
        sum = [0, 1, 2].map(|k: usize| component(sum, k) + 0.5 * (component(flat, k) + component(extra, k)));
    }
    sum
}

fn component(v: Vector, k: usize) -> f64 {
    v.get(k).copied().unwrap_or(f64::NAN)
}
