//! A search tree of boxes around cells.
//!
//! Boxes are those of space, so that neither poles nor the dateline are special.

use crate::grid::space::{Vector, dot, minus};

/// Cells below this number are looked at one by one.
const LEAF: usize = 8;

/// A box: the least and the greatest of each coordinate, in single precision to halve the tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    low: [f32; 3],
    high: [f32; 3],
}

/// The rounding of coordinates to single precision, and more than that of corners.
const ROUNDING: f64 = 4e-7;

impl Around {
    const NOTHING: Self = Self { low: [f32::INFINITY; 3], high: [f32::NEG_INFINITY; 3] };

    /// A box around the spherical polygon with these corners; `None` without any.
    pub(super) fn cell(corners: impl Iterator<Item = Vector> + Clone) -> Option<Self> {
        let mut found = Self::NOTHING;
        let mut sum = [0.0; 3];
        for corner in corners.clone() {
            let at = corner.map(|v| v as f32);
            found = found.with(&Self { low: at, high: at });
            sum.iter_mut().zip(corner).for_each(|(s, v)| *s += v);
        }
        let length = dot(sum, sum).sqrt();
        if found.low[0] > found.high[0] {
            return None;
        }
        // All corners lie within the angle ρ of the middle, so the flat cell nowhere deeper under
        // the sphere than 1 − cos ρ, half the square of the chord.
        let middle = sum.map(|v| v / length);
        let reach = corners.map(|corner| minus(corner, middle)).map(|d| dot(d, d)).fold(0.0, f64::max);
        let pad = if length > 1e-9 { 0.5 * reach + ROUNDING } else { 2.0 } as f32;
        Some(Self { low: found.low.map(|v| v - pad), high: found.high.map(|v| v + pad) })
    }

    fn with(&self, other: &Self) -> Self {
        let [a, b] = [self.low, other.low];
        let [c, d] = [self.high, other.high];
        Self {
            low: [a[0].min(b[0]), a[1].min(b[1]), a[2].min(b[2])],
            high: [c[0].max(d[0]), c[1].max(d[1]), c[2].max(d[2])],
        }
    }

    fn meets(&self, other: &Self) -> bool {
        let apart = |a: [f32; 3], b: [f32; 3]| a[0] > b[0] || a[1] > b[1] || a[2] > b[2];
        !apart(self.low, other.high) && !apart(other.low, self.high)
    }

    fn middle(&self, axis: usize) -> f32 {
        self.low.get(axis).zip(self.high.get(axis)).map_or(0.0, |(low, high)| low + high)
    }

    /// The direction in which it is longest.
    fn longest(&self) -> usize {
        let [x, y, z] =
            [0, 1, 2].map(|k: usize| self.high.get(k).zip(self.low.get(k)).map_or(0.0, |(high, low)| high - low));
        if x >= y && x >= z { 0 } else { 1 + usize::from(z > y) }
    }
}

/// A range of the cells.
#[derive(Debug)]
struct Node {
    around: Around,
    /// The node after all those inside this one.
    next: usize,
}

/// The tree: an implicit one, every range of the sorted cells is halved.
#[derive(Debug)]
pub(super) struct Tree {
    cells: Vec<(Around, u32)>,
    /// Each before those of its halves.
    nodes: Vec<Node>,
}

impl Tree {
    /// A tree over cells in these boxes.
    pub(super) fn new(mut cells: Vec<(Around, u32)>) -> Self {
        let mut nodes = Vec::with_capacity(cells.len() / 2);
        build(&mut cells, &mut nodes);
        Self { cells, nodes }
    }

    /// Calls `meet` with every cell whose box meets `around`.
    pub(super) fn visit(&self, around: &Around, meet: &mut impl FnMut(u32)) {
        search(&self.cells, &self.nodes, 0, around, meet);
    }
}

fn build(cells: &mut [(Around, u32)], nodes: &mut Vec<Node>) {
    let around = cells.iter().fold(Around::NOTHING, |sum, (cell, _)| sum.with(cell));
    let own = nodes.len();
    nodes.push(Node { around, next: 0 });
    if cells.len() > LEAF {
        let (half, axis) = (cells.len() / 2, around.longest());
        cells.select_nth_unstable_by(half, |a, b| a.0.middle(axis).total_cmp(&b.0.middle(axis)).then(a.1.cmp(&b.1)));
        let (left, right) = cells.split_at_mut(half);
        build(left, nodes);
        build(right, nodes);
    }
    let next = nodes.len();
    if let Some(node) = nodes.get_mut(own) {
        node.next = next;
    }
}

/// Searches the range of `cells` whose node is number `own`.
fn search(cells: &[(Around, u32)], nodes: &[Node], own: usize, around: &Around, meet: &mut impl FnMut(u32)) {
    if !nodes.get(own).is_some_and(|node| node.around.meets(around)) {
        return;
    }
    if cells.len() <= LEAF {
        cells.iter().filter(|(cell, _)| cell.meets(around)).for_each(|(_, id)| meet(*id));
        return;
    }
    let (left, right) = cells.split_at(cells.len() / 2);
    let first = own.saturating_add(1);
    search(left, nodes, first, around, meet);
    let second = nodes.get(first).map_or(nodes.len(), |left| left.next);
    search(right, nodes, second, around, meet);
}
