//! Overlaps of rows with rows and of columns with columns.

use super::bands::SAME;
use crate::grid::wrap_360;

/// How much of each source interval lies in each target interval, as a sparse matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Sparse1D {
    /// The overlaps of target `i` are at `starts[i]..starts[i + 1]`.
    pub starts: Vec<usize>,
    /// Source intervals, ascending within a target.
    pub sources: Vec<u32>,
    /// Differences of the sine of latitude, or radians of longitude; all positive.
    pub weights: Vec<f64>,
}

impl Sparse1D {
    /// Sources and weights of a target; nothing beyond the last.
    pub fn row(&self, target: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let range = self.range(target);
        let sources = self.sources.get(range.clone()).unwrap_or(&[]);
        sources.iter().copied().zip(self.weights.get(range).unwrap_or(&[]).iter().copied())
    }

    /// Where the overlaps of a target are.
    pub(super) fn range(&self, target: usize) -> std::ops::Range<usize> {
        let end = target.checked_add(1).and_then(|next| self.starts.get(next));
        self.starts.get(target).zip(end).map_or(0..0, |(from, to)| *from..*to)
    }
}

/// Overlaps along one direction; with each the three integrals that centroids are made of.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) matrix: Sparse1D,
    pub(super) moments: Vec<[f64; 3]>,
}

/// Intervals sorted by their lower ends, for searches.
struct Sorted {
    /// Lower end, length, number.
    intervals: Vec<(f64, f64, u32)>,
    longest: f64,
}

impl Sorted {
    /// `intervals`: lower and upper ends, of which those with NaN are left out.
    fn new(intervals: impl Iterator<Item = (f64, f64)>) -> Self {
        let numbered = intervals.enumerate().map(|(i, (low, high))| (low, high - low, i as u32));
        let mut intervals: Vec<_> = numbered.filter(|(low, length, _)| low.is_finite() && *length > SAME).collect();
        intervals.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
        let longest = intervals.iter().fold(0.0, |most: f64, i| most.max(i.1));
        Self { intervals, longest }
    }

    /// Those that share more than rounding with `low` to `high`: their number and what is shared.
    fn meeting(&self, low: f64, high: f64) -> impl Iterator<Item = (u32, (f64, f64))> + '_ {
        let from = self.intervals.partition_point(|i| i.0 < low - self.longest);
        let candidates = self.intervals.get(from..).unwrap_or(&[]).iter().take_while(move |i| i.0 < high);
        let shared = move |i: &(f64, f64, u32)| (i.2, (low.max(i.0), high.min(i.0 + i.1)));
        candidates.map(shared).filter(|(_, (a, b))| b - a > SAME)
    }
}

/// Collects a matrix target by target.
fn table(targets: impl Iterator<Item = Vec<(u32, [f64; 3])>>) -> Table {
    let mut matrix = Sparse1D { starts: vec![0], sources: Vec::new(), weights: Vec::new() };
    let mut moments = Vec::new();
    for mut found in targets {
        found.sort_by_key(|(source, _)| *source);
        // A column may meet another one on both sides of it.
        found.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1.iter_mut().zip(next.1).for_each(|(sum, v)| *sum += v);
            }
            same
        });
        for (source, moment) in found {
            matrix.sources.push(source);
            matrix.weights.push(moment[0]);
            moments.push(moment);
        }
        matrix.starts.push(matrix.sources.len());
    }
    Table { matrix, moments }
}

fn ordered((a, b): (f64, f64)) -> (f64, f64) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Overlaps of rows, in degrees of latitude, each in either order. Pieces narrower than 1e-12 degrees
/// are the rounding of edges.
pub(super) fn rows(source: &[(f64, f64)], target: &[(f64, f64)]) -> Table {
    let sorted = Sorted::new(source.iter().map(|r| ordered(*r)));
    table(target.iter().map(|row| {
        let (south, north) = ordered(*row);
        let known = south.is_finite() && north.is_finite();
        let pieces = known.then(|| sorted.meeting(south, north)).into_iter().flatten();
        pieces.map(|(source, (a, b))| (source, zone(a.to_radians(), b.to_radians()))).collect()
    }))
}

/// For a zone and one radian of longitude: its area, and the integrals over it of the distance to the
/// axis and of the height.
fn zone(south: f64, north: f64) -> [f64; 3] {
    // Differences as products, which keep their digits for thin rows.
    let (middle, half) = (0.5 * (south + north), 0.5 * (north - south));
    let area = 2.0 * middle.cos() * half.sin();
    let off_axis = half + 0.5 * (2.0 * middle).cos() * (2.0 * half).sin();
    [area, off_axis, 0.5 * area * (south.sin() + north.sin())]
}

/// Overlaps of columns, `west ≤ east` in degrees, modulo 360. Pieces as for [`rows`].
pub(super) fn columns(source: &[(f64, f64)], target: &[(f64, f64)]) -> Table {
    let west_of_turn = |(west, east): &(f64, f64)| {
        let start = wrap_360(*west);
        (start, start + (east - west).clamp(0.0, 360.0))
    };
    let sorted = Sorted::new(source.iter().map(west_of_turn));
    table(target.iter().map(|column| {
        let (west, east) = west_of_turn(column);
        if !west.is_finite() || !east.is_finite() {
            return Vec::new();
        }
        let turns = [-360.0, 0.0, 360.0].into_iter();
        let pieces = turns.flat_map(|turn| sorted.meeting(west + turn, east + turn));
        pieces.map(|(source, (a, b))| (source, sector(a.to_radians(), b.to_radians()))).collect()
    }))
}

/// The width of a sector and the integrals over it of the cosine and the sine of longitude.
fn sector(west: f64, east: f64) -> [f64; 3] {
    let (middle, half) = (0.5 * (west + east), 0.5 * (east - west));
    let (sine, cosine) = middle.sin_cos();
    [2.0 * half, 2.0 * half.sin() * cosine, 2.0 * half.sin() * sine]
}
