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

/// The centroid of what lies in both a zone and a sector, from their integrals.
pub(super) fn centroid([height, off_axis, up]: [f64; 3], [wide, x, y]: [f64; 3]) -> [f64; 3] {
    let scale = 1.0 / (height * wide);
    [off_axis * x * scale, off_axis * y * scale, up / height]
}

/// The centroids of all cells, rows slowest; NaN for those without an area.
pub(super) fn centroids(rows: &[(f64, f64)], columns: &[(f64, f64)]) -> Vec<[f64; 3]> {
    let sectors = columns.iter().map(|(west, east)| sector(west.to_radians(), east.to_radians()));
    let sectors: Vec<_> = sectors.collect();
    let cells = |row: &(f64, f64)| {
        let (south, north) = ordered(*row);
        let zone = zone(south.to_radians(), north.to_radians());
        sectors.iter().map(move |sector| centroid(zone, *sector).map(|v| if v.is_finite() { v } else { f64::NAN }))
    };
    rows.iter().flat_map(cells).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs = Vec<(f64, f64)>;

    fn edges(from: f64, to: f64, count: u32) -> Pairs {
        let at = |i: u32| from + (to - from) * f64::from(i) / f64::from(count);
        (0..count).map(|i| (at(i), at(i + 1))).collect()
    }

    fn matrix(table: Table) -> Sparse1D {
        table.matrix
    }

    #[test]
    fn rows_in_either_order_share_differences_of_sines() {
        let (up, down): (Pairs, Pairs) = (edges(-90.0, 90.0, 3), edges(90.0, -90.0, 2));
        let found = matrix(rows(&up, &down));
        assert_eq!(found.sources, [1, 2, 0, 1]);
        for (weight, expected) in found.weights.iter().zip([0.5, 0.5, 0.5, 0.5]) {
            assert!((weight - expected).abs() < 2e-16);
        }
    }

    #[test]
    fn sums_are_the_targets_own() {
        let wests = [0.0, -180.0, 0.05, 359.95, -720.0];
        for (from, to) in [(1440, 360), (360, 1440), (7, 360), (3600, 100), (1, 4), (2, 1), (1, 1)] {
            for west in wests {
                let source = edges(west, west + 360.0, from);
                let target = edges(3.0, 363.0, to);
                let found = matrix(columns(&source, &target));
                for (i, column) in target.iter().enumerate() {
                    let sum: f64 = found.row(i).map(|r| r.1).sum();
                    let own = (column.1 - column.0).to_radians();
                    assert!((sum - own).abs() < 1e-14, "{from} {to} {west} {i}: {sum} {own}");
                }
            }
            let found = matrix(rows(&edges(-90.0, 90.0, from), &edges(90.0, -90.0, to)));
            assert!((found.weights.iter().sum::<f64>() - 2.0).abs() < 1e-14);
        }
    }

    #[test]
    fn a_column_may_meet_another_on_both_sides() {
        let found = matrix(columns(&[(10.0, 350.0)], &[(-20.0, 339.0), (340.0, 400.0)]));
        let expected = [10.0 + 329.0, 10.0 + 30.0].map(f64::to_radians);
        assert_eq!(found.sources, [0, 0]);
        assert!(found.weights.iter().zip(expected).all(|(w, e)| (w - e).abs() < 1e-14), "{found:?}");
    }

    #[test]
    fn rounding_makes_no_slivers() {
        let sums = |count: u32| {
            let mut edge = 0.0;
            let next = |_| {
                let west = edge;
                edge += 0.1;
                (west, edge)
            };
            (0..count).map(next).collect::<Pairs>()
        };
        let products: Pairs = (0..100).map(|i| (f64::from(i) * 0.1 - 360.0, f64::from(i + 1) * 0.1 - 360.0)).collect();
        let found = matrix(columns(&sums(100), &products));
        assert_eq!(found.sources, (0..100).collect::<Vec<_>>());
        assert_eq!(matrix(rows(&sums(100), &sums(100))).sources, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn unknown_and_repeated_columns() {
        let nan = f64::NAN;
        let source = [(0.0, 10.0), (nan, 20.0), (360.0, 370.0), (20.0, 20.0)];
        let found = matrix(columns(&source, &[(nan, nan), (5.0, 25.0)]));
        assert_eq!((found.starts, found.sources), (vec![0, 0, 2], vec![0, 2]));
        assert_eq!(matrix(rows(&[(nan, 0.0)], &[(0.0, 90.0)])).sources, [0u32; 0]);
    }
}
