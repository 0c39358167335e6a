//! How much of each pixel is inside a path, by exact areas.
//!
//! Every edge adds, to the pixels it crosses, the change of the area to its right; the sums from the left along a row
//! are the winding numbers times the areas. It is the way of `FreeType`'s smooth rasteriser and costs as much as the
//! edges are long, however many they are.

use tiny_skia_path::{Path, PathSegment, Point};

/// How windings count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// What is surrounded at all is inside.
    Nonzero,
    /// What is surrounded an odd number of times is inside.
    EvenOdd,
}

/// How far in pixels straight lines may be from the curves they stand for.
const FLATNESS: f32 = 0.04;
/// The most lines of a curve.
const PARTS: f32 = 400.0;

/// A sheet of pixels that collects edges.
pub(super) struct Sheet {
    width: usize,
    height: usize,
    /// Changes along each row, with two more columns for edges at and beyond the right side.
    changes: Vec<f32>,
    /// The columns touched in each row: the first one and the one after the last.
    touched: Vec<(usize, usize)>,
    /// The rows touched.
    rows: (usize, usize),
}

impl Sheet {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            changes: vec![0.0; (width + 2) * height],
            touched: vec![(usize::MAX, 0); height],
            rows: (usize::MAX, 0),
        }
    }

    /// Calls `draw` with each row that `path` touches, its first pixel there and the shares of pixels inside, 1 to 255
    /// or 0 for none.
    pub(super) fn cover(&mut self, path: &Path, rule: Rule, mut draw: impl FnMut(usize, usize, &[u8])) {
        self.edges(path);
        let (first, end) = std::mem::replace(&mut self.rows, (usize::MAX, 0));
        let mut shares = Vec::with_capacity(self.width);
        for row in first..end {
            let Some(touched) = self.touched.get_mut(row) else { break };
            let (left, right) = std::mem::replace(touched, (usize::MAX, 0));
            let start = row * (self.width + 2);
            let Some(changes) = self.changes.get_mut(start + left.min(right)..start + right) else { continue };
            shares.clear();
            let mut winding = 0.0_f32;
            for change in changes.iter_mut() {
                winding += *change;
                *change = 0.0;
                shares.push(share(winding, rule));
            }
            shares.truncate(self.width.saturating_sub(left));
            if !shares.is_empty() {
                draw(row, left, &shares);
            }
        }
    }

    fn edges(&mut self, path: &Path) {
        let (mut start, mut at) = (Point::zero(), Point::zero());
        for segment in path.segments() {
            match segment {
                PathSegment::MoveTo(p) => {
                    self.edge(at, start);
                    (start, at) = (p, p);
                }
                PathSegment::LineTo(p) => {
                    self.edge(at, p);
                    at = p;
                }
                PathSegment::QuadTo(a, p) => {
                    let bend = (at.x - 2.0 * a.x + p.x).hypot(at.y - 2.0 * a.y + p.y);
                    let from = at;
                    self.curve(from, bend * 0.25, p, |t| {
                        let s = 1.0 - t;
                        let mix = |from, a, p| s * s * from + 2.0 * s * t * a + t * t * p;
                        (mix(from.x, a.x, p.x), mix(from.y, a.y, p.y))
                    });
                    at = p;
                }
                PathSegment::CubicTo(a, b, p) => {
                    let bend = |from: Point, by: Point, to: Point| {
                        (from.x - 2.0 * by.x + to.x).hypot(from.y - 2.0 * by.y + to.y)
                    };
                    let from = at;
                    self.curve(from, bend(at, a, b).max(bend(a, b, p)) * 0.75, p, |t| {
                        let s = 1.0 - t;
                        let mix = |from, a, b, p| s * s * s * from + 3.0 * s * t * (s * a + t * b) + t * t * t * p;
                        (mix(from.x, a.x, b.x, p.x), mix(from.y, a.y, b.y, p.y))
                    });
                    at = p;
                }
                PathSegment::Close => {
                    self.edge(at, start);
                    at = start;
                }
            }
        }
        self.edge(at, start);
    }

    /// A curve as so many lines that none is farther from it than the flatness; `bend` is how far one would be.
    fn curve(&mut self, mut at: Point, bend: f32, end: Point, place: impl Fn(f32) -> (f32, f32)) {
        let parts = (bend / FLATNESS).sqrt().ceil().clamp(1.0, PARTS) as u16;
        for part in 1..parts {
            let (x, y) = place(f32::from(part) / f32::from(parts));
            let p = Point::from_xy(x, y);
            self.edge(at, p);
            at = p;
        }
        self.edge(at, end);
    }

    /// An edge, as far as it matters: what is above or below the sheet does not, what is beside it counts at its side.
    fn edge(&mut self, from: Point, to: Point) {
        let (way, top, bottom) = if from.y < to.y { (1.0, from, to) } else { (-1.0, to, from) };
        let low = top.y.max(0.0);
        let high = bottom.y.min(self.height as f32);
        if low.partial_cmp(&high) != Some(std::cmp::Ordering::Less) || !(top.x.is_finite() && bottom.x.is_finite()) {
            return;
        }
        let slope = (bottom.x - top.x) / (bottom.y - top.y);
        let x_at = |y: f32| top.x + (y - top.y) * slope;
        let (start, end) = (x_at(low), x_at(high));
        let right = self.width as f32;
        if start.min(end) >= 0.0 && start.max(end) <= right {
            self.inside(way, slope, (start, low), (end, high));
            return;
        }
        // Cut at both sides; each piece is inside or beside the sheet.
        let mut cuts = [low, high, high, high];
        let mut count = 1;
        for side in [0.0, right] {
            if (start - side) * (end - side) < 0.0 {
                cuts[count] = (top.y + (side - top.x) / slope).clamp(low, high);
                count += 1;
            }
        }
        cuts.sort_unstable_by(f32::total_cmp);
        for pair in cuts.windows(2) {
            let (above, below) = (pair[0], pair[1]);
            if above < below {
                let (a, b) = (x_at(above).clamp(0.0, right), x_at(below).clamp(0.0, right));
                self.inside(way, (b - a) / (below - above), (a, above), (b, below));
            }
        }
    }

    /// An edge within the sheet, row by row.
    fn inside(&mut self, way: f32, slope: f32, (mut x, low): (f32, f32), (end, high): (f32, f32)) {
        let first = low as usize;
        let last = (high.ceil() as usize).min(self.height);
        self.rows = (self.rows.0.min(first), self.rows.1.max(last));
        let mut y = low;
        let (least, most) = (x.min(end), x.max(end));
        for row in first..last {
            let below = high.min((row + 1) as f32);
            let next = (x + (below - y) * slope).clamp(least, most);
            self.piece(row, (below - y) * way, x.min(next), x.max(next));
            (x, y) = (next, below);
        }
    }

    /// The part of an edge in one row: it crosses `height` of it between `left` and `right`.
    fn piece(&mut self, row: usize, height: f32, left: f32, right: f32) {
        let (first, last) = (left as usize, right as usize);
        let start = row * (self.width + 2);
        let (Some(touched), Some(changes)) =
            (self.touched.get_mut(row), self.changes.get_mut(start + first..=start + last + 1))
        else {
            return;
        };
        *touched = (touched.0.min(first), touched.1.max(last + 2));
        if let [here, after] = changes {
            let share = height * ((left + right) * 0.5 - first as f32);
            *here += height - share;
            *after += share;
            return;
        }
        let per_column = height / (right - left);
        let (mut before, mut done) = (0.0, left);
        for (column, change) in (first..).zip(changes.iter_mut()) {
            // The area right of the edge in this column: a trapezium where the edge crosses it, and all of it where the
            // edge has passed.
            let side = right.min((column + 1) as f32);
            let crossed = (side - done).max(0.0);
            let middle = (column + 1) as f32 - (done + side) * 0.5;
            let passed = (done - left) * per_column;
            let covered = if crossed > 0.0 { passed + crossed * per_column * middle } else { height };
            *change += covered - before;
            before = covered;
            done = done.max(side);
        }
    }
}

fn share(winding: f32, rule: Rule) -> u8 {
    let part = match rule {
        Rule::Nonzero => winding.abs().min(1.0),
        Rule::EvenOdd => {
            let turn = winding.abs() % 2.0;
            if turn > 1.0 { 2.0 - turn } else { turn }
        }
    };
    (part * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tiny_skia_path::PathBuilder;

    use super::*;

    fn path(points: &[(f32, f32)]) -> Option<Path> {
        let mut builder = PathBuilder::new();
        for (index, (x, y)) in points.iter().enumerate() {
            if index == 0 { builder.move_to(*x, *y) } else { builder.line_to(*x, *y) }
        }
        builder.finish()
    }

    fn shares(sheet: &mut Sheet, points: &[(f32, f32)], rule: Rule) -> Vec<u8> {
        let (width, height) = (sheet.width, sheet.height);
        let mut all = vec![0; width * height];
        if let Some(path) = path(points) {
            sheet.cover(&path, rule, |row, left, shares| {
                all[row * width + left..row * width + left + shares.len()].copy_from_slice(shares);
            });
        }
        all
    }

    #[test]
    fn shares_are_areas() {
        let mut sheet = Sheet::new(4, 2);
        let half = [(0.5, 0.5), (3.0, 0.5), (3.0, 2.0), (0.5, 2.0)];
        assert_eq!(shares(&mut sheet, &half, Rule::EvenOdd), [64, 128, 128, 0, 128, 255, 255, 0]);
        let triangle = [(0.0, 0.0), (4.0, 0.0), (0.0, 2.0)];
        assert_eq!(shares(&mut sheet, &triangle, Rule::Nonzero), [255, 255, 191, 64, 191, 64, 0, 0]);
        let beyond = [(-10.0, -10.0), (20.0, -10.0), (20.0, 1.0), (-10.0, 1.0)];
        assert_eq!(shares(&mut sheet, &beyond, Rule::Nonzero), [255, 255, 255, 255, 0, 0, 0, 0]);
        let twice = [(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0), (0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0)];
        assert_eq!(shares(&mut sheet, &twice, Rule::EvenOdd), [0; 8]);
        assert_eq!(shares(&mut sheet, &twice, Rule::Nonzero), [255; 8]);
    }

    proptest! {
        /// The shares of a triangle agree with 64 × 64 samples a pixel.
        #[test]
        fn triangles_cover_what_samples_say(p in prop::array::uniform6(-4.0_f32..12.0)) {
            let mut sheet = Sheet::new(8, 8);
            let corners = [(p[0], p[1]), (p[2], p[3]), (p[4], p[5])];
            let found = shares(&mut sheet, &corners, Rule::Nonzero);
            let side = |(ax, ay): (f32, f32), (bx, by): (f32, f32), x: f32, y: f32| (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0.0;
            for (index, share) in found.iter().enumerate() {
                let mut count = 0;
                for sample in 0..4096 {
                    let x = (index % 8) as f32 + ((sample % 64) as f32 + 0.5) / 64.0;
                    let y = (index / 8) as f32 + ((sample / 64) as f32 + 0.5) / 64.0;
                    let sides = [0, 1, 2].map(|i| side(corners[i], corners[(i + 1) % 3], x, y));
                    count += i32::from(sides[0] == sides[1] && sides[1] == sides[2]);
                }
                let expected = count as f32 / 4096.0 * 255.0;
                prop_assert!((f32::from(*share) - expected).abs() < 7.0, "{index}: {share} {expected}");
            }
            prop_assert!(sheet.changes.iter().all(|change| *change == 0.0));
        }
    }
}
