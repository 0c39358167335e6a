//! Triangles between cells that stand in no rows and columns.

mod faces;
mod hull;
mod order;
#[cfg(test)]
mod tests;

use super::kd_tree::unit_vector;
use super::longitude::EDGE_TOLERANCE;
use super::space::{Vector, apart, at, cross, dot, left, minus};
use faces::{Face, OUTSIDE};

/// Beyond an outermost edge a place may be by this part of the edge and still be on it: a row along a parallel bulges
/// out from the great circle between two of its cells.
const BULGE: f64 = 0.01;

/// One face in so many is a place to begin a search.
const SPARED: usize = 4;

/// The Delaunay triangulation of places on the sphere: no place lies within the circle around a triangle.
///
/// Places that are not known (NaN) take no part; of places within 30 cm of each other one does. Where all places lie
/// on one side of the Earth the triangles fill what great circles between them enclose, else the whole sphere.
#[derive(Debug)]
pub struct Triangles {
    /// Corners of the faces and the cells that they are.
    points: Vec<Vector>,
    cells: Vec<u32>,
    faces: Vec<Face>,
    /// Some of the faces, and where on the curve of [`order`] they are.
    starts: Vec<(u64, u32)>,
}

impl Triangles {
    /// Triangles between cells with these latitudes and longitudes in degrees, one each a cell; at most
    /// 2^31 − 8 of them, as there are twice as many triangles.
    pub fn new(latitudes: &[f64], longitudes: &[f64]) -> Self {
        let places = latitudes.iter().zip(longitudes).take((u32::MAX / 2) as usize - 7);
        let all: Vec<Vector> = places.map(|(lat, lon)| unit_vector(*lon, *lat)).collect();
        let known = order::rounds(&all);
        let place = |cell: &u32| all.get(*cell as usize).copied();
        let points: Vec<Vector> = known.iter().filter_map(place).collect();
        let points: Vec<Vector> = std::iter::once(hull::apex(&points)).chain(points).collect();
        drop(all);
        let cells: Vec<u32> = std::iter::once(u32::MAX).chain(known).collect();
        let faces = hull::triangulated(&points, &cells).list;
        let mut starts: Vec<(u64, u32)> = (0u32..)
            .zip(&faces)
            .step_by(SPARED)
            .map(|(number, face)| (order::along(middle(face, &points)), number))
            .collect();
        starts.sort_unstable();
        Self { points, cells, faces, starts }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.faces.len()
    }

    /// Whether there are none: fewer than three places, or all on one great circle.
    pub fn is_empty(&self) -> bool {
        self.faces.is_empty()
    }

    /// The cells at the corners of each triangle, counter-clockwise seen from above.
    pub fn corners(&self) -> impl Iterator<Item = [u32; 3]> + '_ {
        self.faces.iter().map(|face| face.corners.map(|corner| self.cell(corner)))
    }

    /// The three cells around a place in degrees and how much each counts: where the line from the Earth's centre to
    /// the place goes through the flat triangle, so that fields linear in space are met on it. Weights are not
    /// negative and sum to 1. `None` outside all triangles.
    pub fn weights(&self, longitude: f64, latitude: f64) -> Option<[(u32, f64); 3]> {
        let place = unit_vector(longitude, latitude);
        if !place.iter().all(|v| v.is_finite()) {
            return None;
        }
        let face = self.find(place)?;
        let [a, b, c] = face.corners.map(|corner| minus(at(&self.points, corner), place));
        let volume = |u: Vector, v: Vector| dot(place, cross(u, v)).max(0.0);
        let shares = [volume(b, c), volume(c, a), volume(a, b)];
        let total: f64 = shares.iter().sum();
        // What is left of a corner by rounding must not ask for its value.
        let shares = shares.map(|share| if share > 1e-12 * total { share } else { 0.0 });
        let total: f64 = shares.iter().sum();
        let ([a, b, c], [of_a, of_b, of_c]) = (face.corners.map(|corner| self.cell(corner)), shares);
        (total > 0.0).then(|| [(a, of_a / total), (b, of_b / total), (c, of_c / total)])
    }

    /// The cell that a corner is.
    fn cell(&self, corner: u32) -> u32 {
        self.cells.get(corner as usize).copied().unwrap_or(u32::MAX)
    }

    /// The face that holds a place, from whichever the walk begins.
    fn find(&self, place: Vector) -> Option<&Face> {
        let (mut here, mut from) = (self.start(place)?, OUTSIDE);
        // More than the walk straight through all rows of a mesh; faces on one circle might lead it around.
        for _ in 0..1000 + 8 * self.faces.len().isqrt() {
            let face = self.faces.get(here as usize)?;
            let onward = (0..3).find(|corner| {
                let next = face.across_from(*corner);
                next != OUTSIDE && next != from && self.beyond(face, *corner, place) > 1e-15
            });
            match onward {
                Some(corner) => (from, here) = (here, face.across_from(corner)),
                None => return self.is_in(face, place).then_some(face),
            }
        }
        self.faces.iter().find(|face| self.is_in(face, place))
    }

    /// A face near a place.
    fn start(&self, place: Vector) -> Option<u32> {
        let after = self.starts.partition_point(|(way, _)| *way < order::along(place));
        let near = self.starts.get(after.saturating_sub(1)..self.starts.len().min(after + 1))?;
        let distance = |face: u32| self.faces.get(face as usize).map_or(4.0, |f| apart(middle(f, &self.points), place));
        near.iter().map(|(_, face)| *face).min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
    }

    /// How far beyond the edge across from a corner a place is, in radians; negative within it.
    fn beyond(&self, face: &Face, corner: usize, place: Vector) -> f64 {
        let (a, b) = face.edge(corner);
        let (a, b) = (at(&self.points, a), at(&self.points, b));
        let aside = left(a, b, place);
        if aside >= 0.0 { -1.0 } else { -aside / apart(a, b).sqrt() }
    }

    /// Whether a place is in a face, or a trifle beyond its outermost edge.
    fn is_in(&self, face: &Face, place: Vector) -> bool {
        (0..3).all(|corner| {
            let (a, b) = face.edge(corner);
            let edge = apart(at(&self.points, a), at(&self.points, b)).sqrt();
            let rim = face.beside.contains(&OUTSIDE);
            let room = if rim { EDGE_TOLERANCE.to_radians().max(BULGE * edge) } else { 1e-15 };
            self.beyond(face, corner, place) <= room
        })
    }
}

/// The middle of a face, on the sphere.
fn middle(face: &Face, points: &[Vector]) -> Vector {
    let [a, b, c] = face.corners.map(|corner| at(points, corner));
    let sum = [a[0] + b[0] + c[0], a[1] + b[1] + c[1], a[2] + b[2] + c[2]];
    let length = dot(sum, sum).sqrt();
    if length > 1e-9 { sum.map(|v| v / length) } else { a }
}
