//! The convex hull of points on the sphere, which is their Delaunay triangulation there: no other point lies within
//! the circle around a triangle.
//!
//! Points are added one by one and edges flipped until all are right (Lawson 1977). Which side of an edge a point
//! lies on is decided without any rounding, on the plane that the sphere is projected to from a point of its own, the
//! apex (stereographic: circles stay circles), which is infinitely far away there; so the triangles never overlap,
//! whatever the points. Which of two diagonals is the right one is decided in space and only where it is beyond
//! rounding: points on one circle, as those of latitude-longitude grids are, cost nothing extra. In the end the apex
//! is taken out again.

use robust::{Coord, orient2d};

use super::faces::{Face, Faces, Rim};
use crate::grid::EDGE_TOLERANCE;
use crate::grid::space::{self, Vector, apart, cross, dot, left, minus};

/// The point from which the sphere is projected, which is none of those given.
const APEX: u32 = 0;

/// The square of the distance (30 cm on the Earth) within which points are one: nearer to each other they may lie
/// below the hull by the rounding of their coordinates.
const SAME: f64 = 25e-16;

/// What points may be off the sphere by rounding, several times over.
const ROUNDING: f64 = 2e-15;

/// Where a point belongs.
enum Spot {
    Inside(u32),
    /// On the edge of a face across from a corner.
    Edge(u32, usize),
    /// Where another one is.
    Taken,
}

struct Hull<'a> {
    space: &'a [Vector],
    plane: Vec<Coord<f64>>,
    faces: Faces,
    /// Faces to be looked at.
    stack: Vec<u32>,
    made: Vec<u32>,
    last: u32,
}

/// Where the apex may be when no side of the sphere is better than another: on no circle that grids have.
const ANYWHERE: Vector = [0.331_662_479_035_54, -0.519_615_242_270_663, 0.787_400_787_401_181];

/// The triangles of the hull that face away from the Earth's centre: all around the Earth, or what lies between the
/// points. The first point is only there to project from: see [`apex`]. `order` decides between diagonals of points
/// on one circle: the one that ends at the least.
pub(super) fn triangulated(points: &[Vector], order: &[u32]) -> Faces {
    let mut hull = Hull {
        space: points,
        plane: projected(points),
        faces: Faces::default(),
        stack: Vec::new(),
        made: Vec::new(),
        last: 0,
    };
    let Some(used) = hull.begin() else { return Faces::default() };
    let others = (1..points.len() as u32).filter(|point| !used.contains(point));
    others.for_each(|point| hull.add(point));
    let mut faces = hull.faces;
    take_out(&mut faces, points);
    let at = |corner: u32| space::at(points, corner);
    faces.retain(|face| {
        let [a, b, c] = face.corners.map(at);
        !face.corners.contains(&APEX) && faces_away(a, b, c)
    });
    settle(&mut faces, points, order);
    faces
}

/// Whether a triangle, counter-clockwise, is seen from outside the sphere, beyond what rounding could make of corners
/// on one great circle.
fn faces_away(a: Vector, b: Vector, c: Vector) -> bool {
    let longest = apart(a, b).max(apart(b, c)).max(apart(c, a)).sqrt();
    left(a, b, c) > 2.0 * ROUNDING * longest
}

/// A point to project from: opposite the middle of all points, and not where one of them is.
pub(super) fn apex(points: &[Vector]) -> Vector {
    let sum = points.iter().fold([0.0; 3], |s, p| [s[0] + p[0], s[1] + p[1], s[2] + p[2]]);
    let length = dot(sum, sum).sqrt();
    let mut apex = if length > 0.1 * points.len() as f64 { sum.map(|v| -v / length) } else { ANYWHERE };
    for turn in 1..10 {
        if points.iter().all(|point| apart(*point, apex) > 1e3 * SAME) {
            break;
        }
        let ([x, y, z], [a, b, c]) = (apex, ANYWHERE.map(|v| 0.01 * f64::from(turn) * v));
        let aside = [x + b, y + c, z + a];
        apex = aside.map(|v| v / dot(aside, aside).sqrt());
    }
    apex
}

/// Places on the plane that touches the sphere opposite the first point, right-handed from outside the sphere.
fn projected(points: &[Vector]) -> Vec<Coord<f64>> {
    let Some(&apex) = points.first() else { return Vec::new() };
    let axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let along = |axis: &Vector| dot(apex, *axis).abs();
    let axis = axes.into_iter().min_by(|a, b| along(a).total_cmp(&along(b))).unwrap_or_default();
    let across = cross(apex, axis);
    let across = across.map(|v| v / dot(across, across).sqrt());
    let up = cross(across, apex);
    let flat = |point: &Vector| {
        let step = minus(*point, apex);
        let depth = 0.5 * dot(step, step);
        Coord { x: dot(step, across) / depth, y: dot(step, up) / depth }
    };
    points.iter().map(flat).collect()
}

impl Hull<'_> {
    fn at(&self, point: u32) -> Vector {
        space::at(self.space, point)
    }

    /// Positive where `c` is left of the way from `a` to `b` on the plane.
    fn side(&self, a: u32, b: u32, c: u32) -> f64 {
        let nowhere = Coord { x: f64::NAN, y: f64::NAN };
        let [a, b, c] = [a, b, c].map(|point| self.plane.get(point as usize).copied().unwrap_or(nowhere));
        orient2d(a, b, c)
    }

    fn same(&self, a: u32, b: u32) -> bool {
        apart(self.at(a), self.at(b)) <= SAME
    }

    /// A triangle to begin with: its corners. `None` where all points lie on one circle with the apex.
    fn begin(&mut self) -> Option<[u32; 3]> {
        let others = 1..self.space.len() as u32;
        let a = others.start;
        let b = others.clone().find(|b| !self.same(a, *b))?;
        let beside = |c: &u32| self.side(a, b, *c) != 0.0 && !self.same(a, *c) && !self.same(b, *c);
        let c = others.clone().find(beside)?;
        let (b, c) = if self.side(a, b, c) > 0.0 { (b, c) } else { (c, b) };
        self.faces.list = vec![
            Face { corners: [a, b, c], beside: [1, 2, 3] },
            Face { corners: [APEX, c, b], beside: [0, 3, 2] },
            Face { corners: [APEX, a, c], beside: [0, 1, 3] },
            Face { corners: [APEX, b, a], beside: [0, 2, 1] },
        ];
        Some([a, b, c])
    }

    fn add(&mut self, point: u32) {
        let rim = match self.locate(point) {
            Spot::Taken => return,
            Spot::Inside(face) => {
                let rim = [0, 1, 2].map(|corner| self.faces.rim(face, corner));
                self.join(point, &rim, [face, face]);
                return;
            }
            Spot::Edge(face, corner) => self.faces.across(face, corner).map(|(other, back)| {
                let here = |step: usize| self.faces.rim(face, (corner + step) % 3);
                let there = |step: usize| self.faces.rim(other, (back + step) % 3);
                // From the end of the edge on, around this face and then around the other one.
                ([here(1), here(2), there(1), there(2)], [face, other])
            }),
        };
        if let Some((rim, faces)) = rim {
            self.join(point, &rim, faces);
        }
    }

    /// Put a point inside faces, unless it is one with their corners, and flip edges until all are right again.
    fn join(&mut self, point: u32, rim: &[Rim], within: [u32; 2]) {
        let corners = within.map(|face| self.faces.get(face).corners);
        if corners.iter().flatten().any(|corner| self.same(*corner, point)) {
            return;
        }
        let mut made = std::mem::take(&mut self.made);
        self.faces.fan(point, rim, &mut made);
        self.last = made.first().copied().unwrap_or(0);
        self.stack.append(&mut made);
        self.made = made;
        while let Some(face) = self.stack.pop() {
            let Some((other, back)) = self.faces.across(face, 0) else { continue };
            let ([p, a, b], d) = (self.faces.get(face).corners, self.faces.get(other).corner(back));
            if self.is_wrong(p, a, b, d) {
                self.stack.push(face);
                self.stack.extend(self.faces.flip(face, 0));
            }
        }
    }

    /// Whether the edge from `a` to `b`, with `p` left and `d` right of it, has to go for one from `p` to `d`.
    fn is_wrong(&self, p: u32, a: u32, b: u32, d: u32) -> bool {
        if d == APEX {
            return false;
        }
        // The outline must bulge everywhere, or later points would be put where triangles are.
        if a == APEX {
            return self.side(p, d, b) > 0.0;
        }
        if b == APEX {
            return self.side(p, a, d) > 0.0;
        }
        let (rise, scale) = rise([p, a, b, d].map(|point| self.at(point)));
        rise > ROUNDING * scale && self.side(p, a, d) > 0.0 && self.side(p, d, b) > 0.0
    }

    /// Walks from the last face toward a point.
    fn locate(&self, point: u32) -> Spot {
        let mut at = self.last;
        if let Some(corner) = apex_of(self.faces.get(at)) {
            at = self.faces.get(at).across_from(corner);
        }
        // The walk cannot turn in circles among triangles that are right beyond rounding.
        for _ in 0..self.faces.list.len() {
            match self.step(at, point) {
                Ok(spot) => return spot,
                Err(next) => at = next,
            }
        }
        let mut finite = (0..self.faces.list.len() as u32).filter(|face| apex_of(self.faces.get(*face)).is_none());
        finite.find_map(|face| self.step(face, point).ok()).unwrap_or(Spot::Taken)
    }

    /// Where a point is if it is in a face without the apex or right outside of it; else the face to look at next.
    fn step(&self, at: u32, point: u32) -> Result<Spot, u32> {
        let face = self.faces.get(at);
        let mut on = None;
        for corner in 0..3 {
            let (from, to) = face.edge(corner);
            let side = self.side(from, to, point);
            if side < 0.0 {
                let next = face.across_from(corner);
                return if apex_of(self.faces.get(next)).is_some() { Ok(Spot::Inside(next)) } else { Err(next) };
            }
            if side == 0.0 {
                on = Some(if on.is_some() { Spot::Taken } else { Spot::Edge(at, corner) });
            }
        }
        Ok(on.unwrap_or(Spot::Inside(at)))
    }
}

/// Which corner of a face is the apex.
fn apex_of(face: Face) -> Option<usize> {
    face.corners.iter().position(|corner| *corner == APEX)
}

/// How high `d` is over the plane of `p`, `a` and `b`, times twice their area, and what to measure it by.
fn rise([p, a, b, d]: [Vector; 4]) -> (f64, f64) {
    let (u, v) = (minus(a, p), minus(b, p));
    (dot(cross(u, v), minus(d, p)), (dot(u, u) * dot(v, v)).sqrt())
}

/// Join the corners around the apex with each other, as far as triangles come of it that face away from the Earth's
/// centre: until the apex is in one triangle alone, which takes its place, or outside of what the points enclose.
fn take_out(faces: &mut Faces, points: &[Vector]) {
    let at = |corner: u32| space::at(points, corner);
    let mut degree = faces.list.iter().filter(|face| apex_of(**face).is_some()).count();
    let Some(mut face) = faces.list.iter().position(|face| apex_of(*face).is_some()).map(|face| face as u32) else {
        return;
    };
    // Rounding may have folded a face between points on one great circle; what hangs on it stays as it is.
    let upright = |faces: &Faces, face: u32| {
        let across = apex_of(faces.get(face)).and_then(|corner| faces.across(face, corner));
        let [a, b, c] = across.map_or([APEX; 3], |(inner, _)| faces.get(inner).corners);
        faces_away(at(a), at(b), at(c))
    };
    let mut done = 0;
    while degree > 3 && done < degree {
        let Some(corner) = apex_of(faces.get(face)).map(|corner| (corner + 1) % 3) else { return };
        let Some((next, back)) = faces.across(face, corner) else { return };
        let a = faces.get(face).corner(corner);
        let (b, d) = (faces.get(face).edge(corner).0, faces.get(next).corner(back));
        let ear = faces_away(at(a), at(b), at(d)) && left(at(APEX), at(a), at(d)) > 0.0;
        if ear && upright(faces, face) && upright(faces, next) {
            faces.flip(face, corner);
            // Back to the corner before, which may have become free.
            let Some(turn) = apex_of(faces.get(next)).map(|corner| (corner + 2) % 3) else { return };
            (degree, done, face) = (degree - 1, done.saturating_sub(2), faces.get(next).across_from(turn));
        } else {
            (face, done) = (next, done + 1);
        }
    }
    if degree == 3 {
        let around = faces.get(face);
        let Some(corner) = apex_of(around) else { return };
        let (a, b) = around.edge(corner);
        let Some((next, back)) = faces.across(face, (corner + 1) % 3) else { return };
        if faces_away(at(a), at(b), at(faces.get(next).corner(back))) {
            faces.close(face, corner);
        }
    }
}

/// Mends edges around where the apex was, and chooses between the diagonals of four points on one circle as far as
/// coordinates in single precision tell: the shorter one, or by the numbers of the points, so that all cells of a
/// lattice are cut the same way, whatever the rounding.
fn settle(faces: &mut Faces, points: &[Vector], order: &[u32]) {
    let mut stack: Vec<(u32, usize)> = Vec::new();
    let mut left_over = faces.list.len().saturating_mul(4);
    for first in 0..faces.list.len() as u32 {
        stack.extend([(first, 0), (first, 1), (first, 2)]);
        while let Some((face, corner)) = stack.pop() {
            let Some((other, back)) = faces.across(face, corner) else { continue };
            let p = faces.get(face).corner(corner);
            let ((a, b), d) = (faces.get(face).edge(corner), faces.get(other).corner(back));
            if left_over > 0 && is_worse([p, a, b, d], points, order) {
                left_over -= 1;
                faces.flip(face, corner);
                stack.extend([(face, 0), (face, 2), (other, 0), (other, 1)]);
            }
        }
    }
}

/// Whether the edge from `a` to `b` had better be one from `p` to `d`.
fn is_worse(corners: [u32; 4], points: &[Vector], order: &[u32]) -> bool {
    let [p, a, b, d] = corners.map(|corner| space::at(points, corner));
    let (rise, scale) = rise([p, a, b, d]);
    let across = apart(p, d);
    let moved = EDGE_TOLERANCE.to_radians().min(1e-3 * across.sqrt());
    let tie = scale * (ROUNDING + moved * across.sqrt());
    if rise < -tie {
        return false;
    }
    if rise <= tie {
        // The shorter one, so that many points on one circle do not all hang together by one of them.
        let (here, there) = (apart(a, b), across);
        let [of_p, of_a, of_b, of_d] = corners.map(|corner| order.get(corner as usize).copied().unwrap_or(u32::MAX));
        let alike = there * 1.001 >= here;
        if there > here * 1.001 || alike && of_p.min(of_d) > of_a.min(of_b) {
            return false;
        }
    }
    let sine = |from: Vector, by: Vector, to: Vector| left(from, by, to) / (apart(from, by) * apart(by, to)).sqrt();
    let bulges = |from: Vector, by: Vector, to: Vector| faces_away(from, by, to) && sine(from, by, to) > 1e-9;
    bulges(p, a, d) && bulges(d, b, p)
}
