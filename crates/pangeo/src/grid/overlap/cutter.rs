//! A polygon cut along meridians and parallels.

use super::bands::{Bands, SAME};
use super::ring::{Ring, Side, Splitter, TOUCH, Vertex, area, edges, moment};
use crate::grid::kd_tree::unit_vector;
use crate::grid::space::{Vector, dot, minus};
use crate::grid::{difference, wrap_360};

/// Nearer to a pole, in degrees, a corner has no longitude.
const POLE: f64 = 1e-9;

/// Polygons that spread over more degrees of longitude are cut into quarters first.
const WIDE: f64 = 90.0;

/// A part of a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// The cell of the other grid in which it lies.
    pub(super) cell: u32,
    /// Steradians.
    pub(super) area: f64,
    /// ∫ x dA; 0 where not asked for.
    pub(super) moment: Vector,
}

/// Sets `ring` to a counter-clockwise outline. `None` for one that encloses nothing; else the area
/// below which pieces are rounding, and what its edges may rise over their ends.
pub(super) fn outlined(outline: &[(f64, f64)], ring: &mut Ring) -> Option<(f64, f64)> {
    ring.clear();
    ring.extend(outline.iter().map(|(x, y)| Vertex { at: unit_vector(*x, *y), parallel: false }));
    if ring.len() < 3 {
        return None;
    }
    let longest = edges(ring).map(|(a, b)| minus(b.at, a.at)).map(|step| dot(step, step)).fold(0.0, f64::max);
    let (signed, least) = (area(ring), TOUCH * longest.sqrt());
    if signed < 0.0 {
        ring.reverse();
    }
    (signed.abs() > least).then_some((least, 0.25 * longest + TOUCH))
}

/// Adds up the pieces of each cell and drops those that are rounding; cells ascend.
pub(super) fn gathered(found: &mut Vec<Piece>, least: f64) {
    found.sort_by_key(|piece| piece.cell);
    found.dedup_by(|next, kept| {
        let same = next.cell == kept.cell;
        if same {
            kept.area += next.area;
            kept.moment.iter_mut().zip(next.moment).for_each(|(sum, v)| *sum += v);
        }
        same
    });
    found.retain(|piece| piece.area > least);
}

/// Cuts cells; keeps its memory from one to the next.
pub(super) struct Cutter<'a> {
    bands: &'a Bands,
    /// Whether the moments of pieces are wanted.
    moments: bool,
    splitter: Splitter,
    /// What is still to be cut along meridians, and room for its parts.
    rings: [Ring; 3],
    /// The same along parallels.
    strips: [Ring; 3],
    quarters: [Ring; 3],
    /// The pieces of the last cell.
    pub(super) found: Vec<Piece>,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(bands: &'a Bands, moments: bool) -> Self {
        Self {
            bands,
            moments,
            splitter: Splitter::default(),
            rings: Default::default(),
            strips: Default::default(),
            quarters: Default::default(),
            found: Vec::new(),
        }
    }

    /// Finds the pieces of the cell with this outline, (longitude, latitude) in degrees.
    pub(super) fn cut(&mut self, outline: &[(f64, f64)]) {
        self.found.clear();
        let extent = extent(outline);
        let latitudes = outline.iter().map(|corner| corner.1);
        let reach = latitudes.fold((90.0f64, -90.0f64), |(south, north), y| (south.min(y), north.max(y)));
        if extent.is_some_and(|longitudes| self.bands.misses(longitudes, reach)) {
            return;
        }
        let [ring, ..] = &mut self.rings;
        let Some((least, bulge)) = outlined(outline, ring) else { return };
        if let Some((west, width)) = extent {
            if self.may_touch(bulge) {
                self.columns(west, width, bulge);
            }
        } else {
            std::mem::swap(ring, &mut self.quarters[0]);
            self.by_quarters(bulge);
        }
        gathered(&mut self.found, least);
    }

    /// Whether the ring reaches the rows.
    fn may_touch(&self, bulge: f64) -> bool {
        let [ring, ..] = &self.rings;
        let (Some(south), Some(north)) = (self.bands.parallels.first(), self.bands.parallels.last()) else {
            return false;
        };
        ring.iter().any(|v| v.at[2] + bulge > south.sine) && ring.iter().any(|v| v.at[2] - bulge < north.sine)
    }

    /// Cuts a ring around a pole, or a wide one, into four: each lies between two meridians.
    fn by_quarters(&mut self, bulge: f64) {
        const AXES: [(f64, f64); 4] = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
        for (quarter, (from, to)) in AXES.iter().zip(AXES.iter().cycle().skip(1)).enumerate() {
            let [whole, half, spare] = &mut self.quarters;
            let [ring, other, _] = &mut self.rings;
            match self.splitter.by_meridian(whole, *from, spare, half) {
                Side::Below => continue,
                Side::Above => half.clone_from(whole),
                Side::Both => {}
            }
            match self.splitter.by_meridian(half, *to, ring, other) {
                Side::Above => continue,
                Side::Below => ring.clone_from(half),
                Side::Both => {}
            }
            self.columns(WIDE * quarter as f64, WIDE, bulge);
        }
    }

    /// Cuts the ring, which lies between two meridians, into columns.
    fn columns(&mut self, west: f64, width: f64, bulge: f64) {
        let meridians = &self.bands.meridians;
        let count = meridians.len();
        let west = wrap_360(west);
        let (mut band, mut next) = self.bands.column_at(west);
        let mut turns = 0.0;
        for _ in 0..=count {
            if next >= count {
                (next, turns) = (0, turns + 360.0);
            }
            let Some(meridian) = meridians.get(next) else { return };
            let [ring, part, rest] = &mut self.rings;
            let side = if meridian.degrees + turns >= west + width - SAME {
                Side::Below
            } else {
                self.splitter.by_meridian(ring, meridian.direction, part, rest)
            };
            match side {
                Side::Below => std::mem::swap(&mut self.strips[0], ring),
                Side::Both => {
                    std::mem::swap(&mut self.strips[0], part);
                    std::mem::swap(ring, rest);
                }
                Side::Above => {}
            }
            if side != Side::Above && !self.bands.columns.of(band).is_empty() {
                self.rows(band, bulge);
            }
            if side == Side::Below {
                return;
            }
            (band, next) = (next, next + 1);
        }
    }

    /// Cuts the strip into rows, from the south.
    fn rows(&mut self, column: usize, bulge: f64) {
        let parallels = &self.bands.parallels;
        let [strip, ..] = &self.strips;
        let lowest = strip.iter().fold(f64::INFINITY, |least, v| least.min(v.at[2])) - bulge;
        let first = parallels.partition_point(|p| p.sine <= lowest);
        for (k, parallel) in parallels.iter().enumerate().skip(first) {
            let [strip, part, rest] = &mut self.strips;
            let side = self.splitter.by_parallel(strip, parallel, bulge, part, rest);
            let piece = match side {
                Side::Below => strip,
                Side::Both => part,
                Side::Above => continue,
            };
            let band = k.checked_sub(1);
            if let Some(band) = band.filter(|band| !self.bands.rows.of(*band).is_empty()) {
                let moment = if self.moments { moment(piece) } else { [0.0; 3] };
                let area = area(piece);
                for row in self.bands.rows.of(band) {
                    for column in self.bands.columns.of(column) {
                        let cell = row.wrapping_mul(self.bands.width).wrapping_add(*column);
                        self.found.push(Piece { cell, area, moment });
                    }
                }
            }
            if side == Side::Below {
                return;
            }
            let [strip, _, rest] = &mut self.strips;
            std::mem::swap(strip, rest);
        }
    }
}

/// The most western of the longitudes and how far they spread; `None` where a corner has none or
/// they spread so far that the pole may be within.
fn extent(outline: &[(f64, f64)]) -> Option<(f64, f64)> {
    let origin = outline.first()?.0;
    let (mut west, mut east) = (0.0f64, 0.0f64);
    for (x, y) in outline {
        if y.abs() > 90.0 - POLE {
            return None;
        }
        let off = difference(*x, origin);
        (west, east) = (west.min(off), east.max(off));
    }
    (east - west <= WIDE).then_some((origin + west, east - west))
}
