//! Polygons clipped by polygons.

use super::cutter::{Piece, gathered, outlined};
use super::ring::{Ring, Side, Splitter, TOUCH, Vertex, area, edges, moment};
use crate::grid::Outlines;
use crate::grid::space::{Vector, cross, dot, minus};

/// How many cells are kept: neighbours of the present one and of those before it.
const KEPT: usize = 4096;

/// The sides of a convex polygon: the unit normal that points inside, and a point of each.
type Sides = Vec<(Vector, Vector)>;

/// A convex part of a cell, counted with its sign.
#[derive(Debug, Default)]
struct Part {
    sides: Sides,
    sign: f64,
}

/// A cell that is clipped.
#[derive(Debug, Clone, Default)]
struct Subject {
    /// Its number; `None` for none.
    cell: Option<u32>,
    /// Its corners, counter-clockwise; none if it encloses nothing.
    ring: Ring,
    /// What rounding may leave of a piece.
    least: f64,
}

/// Clips cells by one cell after the other; keeps its memory.
#[derive(Debug)]
pub(super) struct Clipper<'a> {
    from: &'a Outlines,
    /// Whether the moments of pieces are wanted.
    moments: bool,
    kept: Vec<Subject>,
    splitter: Splitter,
    outline: Ring,
    parts: Vec<Part>,
    least: f64,
    rings: [Ring; 3],
    /// The pieces of the last cell.
    pub(super) found: Vec<Piece>,
}

impl<'a> Clipper<'a> {
    /// For cells of `from` that are to be clipped.
    pub(super) fn new(from: &'a Outlines, moments: bool) -> Self {
        Self {
            from,
            moments,
            kept: vec![Subject::default(); KEPT],
            splitter: Splitter::default(),
            outline: Ring::new(),
            parts: Vec::new(),
            least: 0.0,
            rings: Default::default(),
            found: Vec::new(),
        }
    }

    /// Begins with another cell to clip by. Returns whether it has an area.
    ///
    /// A convex cell is taken as it is. Any other one is the sum of a fan of triangles, of which those
    /// that run clockwise count negatively.
    pub(super) fn begin(&mut self, outline: &[(f64, f64)]) -> bool {
        self.found.clear();
        self.parts.clear();
        let Some((least, _)) = outlined(outline, &mut self.outline) else { return false };
        self.least = least;
        let whole = sides(&self.outline);
        if self.outline.iter().all(|v| whole.iter().all(|side| dot(side.0, minus(v.at, side.1)) >= -TOUCH)) {
            self.parts.push(Part { sides: whole, sign: 1.0 });
            return true;
        }
        let Some((first, others)) = self.outline.split_first() else { return false };
        for (b, c) in others.iter().zip(others.iter().skip(1)) {
            let triangle = [*first, *b, *c];
            let signed = area(&triangle);
            if signed.abs() > TOUCH * TOUCH {
                let turned = if signed > 0.0 { triangle } else { [*first, *c, *b] };
                self.parts.push(Part { sides: sides(&turned), sign: signed.signum() });
            }
        }
        true
    }

    /// The corners of the cell that is clipped by.
    pub(super) fn outline(&self) -> impl Iterator<Item = Vector> + Clone + '_ {
        self.outline.iter().map(|v| v.at)
    }

    /// Finds what a cell has in the present one.
    pub(super) fn clip(&mut self, cell: u32) {
        let Some(subject) = self.kept.get_mut(cell as usize % KEPT) else { return };
        if subject.cell != Some(cell) {
            subject.cell = Some(cell);
            match outlined(&self.from.outline(cell as usize), &mut subject.ring) {
                Some((least, _)) => subject.least = least,
                None => subject.ring.clear(),
            }
        }
        let mut sum = Piece { cell, area: 0.0, moment: [0.0; 3] };
        for part in &self.parts {
            let [ring, below, above] = &mut self.rings;
            ring.clone_from(&subject.ring);
            let inside = part.sides.iter().all(|side| {
                let found = self.splitter.by_plane(ring, *side, below, above);
                if found == Side::Both {
                    std::mem::swap(ring, above);
                }
                found != Side::Below
            });
            if inside {
                sum.area += part.sign * area(ring);
                let moment = if self.moments { moment(ring) } else { [0.0; 3] };
                sum.moment.iter_mut().zip(moment).for_each(|(sum, v)| *sum += part.sign * v);
            }
        }
        if sum.area > subject.least.min(self.least) {
            self.found.push(sum);
        }
    }

    /// Sorts what was found.
    pub(super) fn gather(&mut self) {
        gathered(&mut self.found, 0.0);
    }
}

/// The sides of a counter-clockwise polygon; corners that repeat each other have none.
fn sides(ring: &[Vertex]) -> Sides {
    let side = |(a, b): (&Vertex, &Vertex)| {
        let normal = cross(a.at, minus(b.at, a.at));
        let length = dot(normal, normal).sqrt();
        (length > TOUCH).then(|| (normal.map(|v| v / length), a.at))
    };
    edges(ring).filter_map(side).collect()
}
