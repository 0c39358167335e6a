//! Cells with corners of their own, found through bins of latitude and longitude.

use std::ops::RangeInclusive;

use crate::grid::corners::Surrounding;
use crate::grid::kd_tree::unit_vector;
use crate::grid::longitude::{difference, wrap_360};
use crate::grid::{Outline, Outlines};

/// At most this many bins along each direction.
const MOST: usize = 1440;

/// The share of a bin's height by which cells may miss each other and still meet.
const SLACK: f64 = 1e-3;

/// Cells and the bins that they reach into.
#[derive(Debug)]
pub(super) struct Cells {
    outlines: Outlines,
    bins: Bins,
    /// Where the cells of each bin begin in `listed`.
    starts: Vec<u32>,
    listed: Vec<u32>,
}

/// Bins of equal degrees over the part of the Earth that has cells.
#[derive(Debug, Clone, Copy)]
struct Bins {
    south: f64,
    west: f64,
    /// Degrees from the first row to the last and from the first column to the last.
    extent: (f64, f64),
    rows: usize,
    columns: usize,
}

impl Cells {
    pub(super) fn new(outlines: Outlines) -> Self {
        let count = outlines.len().min(u32::MAX as usize);
        let around: Vec<Option<Surrounding>> = (0..count)
            .map(|i| {
                let corners = outlines.outline(i);
                (corners.len() > 2).then(|| bulged(Surrounding::of(corners.into_iter())))
            })
            .collect();
        let mut bins = Bins::over(&around);
        // Wide cells are in many bins: coarser ones until the lists are a few times the cells.
        while bins.rows * bins.columns > 16 && bins.entries(&around) > 16 * count + 4096 {
            (bins.rows, bins.columns) = ((bins.rows / 2).max(1), (bins.columns / 2).max(1));
        }
        let (starts, listed) = bins.fill(&around);
        Self { outlines, bins, starts, listed }
    }

    /// The first cell that holds a place, else the first that holds one a trifle beside it.
    pub(super) fn find(&self, longitude: f64, latitude: f64) -> Option<usize> {
        let slack = SLACK * self.bins.extent.0 / self.bins.rows as f64;
        let aside = [(0.0, 0.0), (slack, 0.0), (-slack, 0.0), (0.0, slack), (0.0, -slack)];
        aside.iter().find_map(|(x, y)| self.holding(longitude + x, (latitude + y).clamp(-90.0, 90.0)))
    }

    fn holding(&self, longitude: f64, latitude: f64) -> Option<usize> {
        let bin = self.bins.row(latitude)? * self.bins.columns + self.bins.column(longitude)?;
        let range = *self.starts.get(bin)? as usize..*self.starts.get(bin + 1)? as usize;
        let eye = Eye::at(longitude, latitude);
        let cell = |&&cell: &&u32| eye.is_inside(&self.outlines.outline(cell as usize));
        self.listed.get(range)?.iter().find(cell).map(|&cell| cell as usize)
    }
}

/// With room for the bulge of great circles, which is poleward of their ends by at most this share of their width.
fn bulged(around: Surrounding) -> Surrounding {
    let bulge = (around.width / 8.0).min(5.0) * (around.width.to_radians() / 2.0).min(1.0);
    Surrounding { south: (around.south - bulge).max(-90.0), north: (around.north + bulge).min(90.0), ..around }
}

impl Bins {
    /// As many bins as a quarter of the cells, about as high as wide.
    fn over(around: &[Option<Surrounding>]) -> Self {
        let known = || around.iter().flatten();
        let (south, north) = known().fold((90.0f64, -90.0f64), |(low, high), a| (low.min(a.south), high.max(a.north)));
        let (west, wide) = arc(known().map(|a| (wrap_360(a.west), a.width)).collect());
        let extent = ((north - south).max(1e-6), wide.max(1e-6));
        let each = (extent.0 * extent.1 / (known().count() as f64 / 4.0).max(1.0)).sqrt();
        let bins = |length: f64| ((length / each).round() as usize).clamp(1, MOST);
        Self { south, west, extent, rows: bins(extent.0), columns: bins(extent.1) }
    }

    fn row(&self, latitude: f64) -> Option<usize> {
        let share = (latitude - self.south) / self.extent.0;
        (-1e-9..=1.0 + 1e-9).contains(&share).then(|| ((share * self.rows as f64) as usize).min(self.rows - 1))
    }

    fn column(&self, longitude: f64) -> Option<usize> {
        let east = wrap_360(longitude - self.west);
        // A trifle west of the first column is 360 east of it.
        let share = if east > 360.0 - 1e-9 && self.extent.1 < 359.0 { 0.0 } else { east / self.extent.1 };
        (share <= 1.0 + 1e-9).then(|| ((share * self.columns as f64) as usize).min(self.columns - 1))
    }

    fn rows_of(&self, around: &Surrounding) -> RangeInclusive<usize> {
        let row = |latitude: f64| self.row(latitude.clamp(self.south, self.south + self.extent.0)).unwrap_or(0);
        row(around.south)..=row(around.north)
    }

    /// The first column and how many.
    fn columns_of(&self, around: &Surrounding) -> (usize, usize) {
        let first = self.column(around.west).unwrap_or(0);
        let each = self.extent.1 / self.columns as f64;
        let offset = (wrap_360(around.west - self.west) - first as f64 * each).clamp(0.0, each);
        let count = ((offset + around.width) / each) as usize + 1;
        (first, count.min(self.columns))
    }

    fn entries(&self, around: &[Option<Surrounding>]) -> usize {
        around.iter().flatten().map(|a| self.rows_of(a).count() * self.columns_of(a).1).sum()
    }

    /// Every bin that a cell reaches into, with the cell, in the order of the cells.
    fn each(&self, around: &[Option<Surrounding>], mut take: impl FnMut(usize, u32)) {
        for (cell, around) in around.iter().enumerate().filter_map(|(i, a)| Some((i, a.as_ref()?))) {
            let (first, count) = self.columns_of(around);
            for row in self.rows_of(around) {
                (first..first + count).for_each(|c| take(row * self.columns + c % self.columns, cell as u32));
            }
        }
    }

    fn fill(&self, around: &[Option<Surrounding>]) -> (Vec<u32>, Vec<u32>) {
        let mut starts = vec![0u32; self.rows * self.columns + 1];
        self.each(around, |bin, _| starts[bin + 1] += 1);
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut listed = vec![0; starts.last().map_or(0, |&n| n as usize)];
        let mut next = starts.clone();
        self.each(around, |bin, cell| {
            listed[next[bin] as usize] = cell;
            next[bin] += 1;
        });
        (starts, listed)
    }
}

/// The least arc of longitudes that holds all of these, `west` in 0..360 and `width` each: its west and width; the
/// whole circle where no gap is wider than a hundredth of a degree.
fn arc(mut arcs: Vec<(f64, f64)>) -> (f64, f64) {
    arcs.sort_by(|a, b| a.0.total_cmp(&b.0));
    // What the last ones cover beyond 360 comes before the first.
    let mut reach = arcs.iter().map(|(west, width)| west + width - 360.0).fold(f64::NEG_INFINITY, f64::max);
    let (mut widest, mut begin) = (0.01, None);
    for (west, width) in arcs {
        if west - reach > widest {
            (widest, begin) = (west - reach, Some(west));
        }
        reach = reach.max(west + width);
    }
    begin.map_or((0.0, 360.0), |west| (west, (360.0 - widest).max(0.0)))
}

/// A place from which the corners of cells are seen.
struct Eye {
    longitude: f64,
    latitude: f64,
    east: [f64; 3],
    north: [f64; 3],
}

impl Eye {
    fn at(longitude: f64, latitude: f64) -> Self {
        let (sin_lon, cos_lon) = longitude.to_radians().sin_cos();
        let (sin_lat, cos_lat) = latitude.to_radians().sin_cos();
        Self {
            longitude,
            latitude,
            east: [-sin_lon, cos_lon, 0.0],
            north: [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
        }
    }

    /// Whether the corners go around this place.
    fn is_inside(&self, corners: &Outline) -> bool {
        if let Some([south, north, west, width]) = upright(corners) {
            let aside = difference(self.longitude, west);
            let aside = if aside < 0.0 { aside + 360.0 } else { aside };
            return (south..=north).contains(&self.latitude) && aside <= width;
        }
        // Seen from here a great circle is a straight line; those around us cross the way east an odd
        // number of times.
        let seen: Vec<[f64; 2]> = corners.iter().map(|&(x, y)| self.direction(unit_vector(x, y))).collect();
        let ends = seen.iter().zip(seen.iter().cycle().skip(1));
        ends.fold(false, |inside, (a, b)| {
            let crosses = (a[1] > 0.0) != (b[1] > 0.0);
            let turn = a[0] * b[1] - a[1] * b[0];
            inside != (crosses && (turn > 0.0) == (b[1] > a[1]))
        })
    }

    fn direction(&self, point: [f64; 3]) -> [f64; 2] {
        let along = |axis: &[f64; 3]| axis[0] * point[0] + axis[1] * point[1] + axis[2] * point[2];
        [along(&self.east), along(&self.north)]
    }
}

/// South, north, west and width of a cell between two meridians and two parallels.
fn upright(corners: &Outline) -> Option<[f64; 4]> {
    let [a, b, c, d] = corners.as_slice() else { return None };
    let by_rows = a.1 == b.1 && c.1 == d.1 && same(b.0, c.0) && same(d.0, a.0);
    let by_columns = b.1 == c.1 && d.1 == a.1 && same(a.0, b.0) && same(c.0, d.0);
    if !by_rows && !by_columns {
        return None;
    }
    let (first, second) = if by_rows { (a.0, b.0) } else { (a.0, c.0) };
    let turn = difference(second, first);
    let west = if turn < 0.0 { second } else { first };
    Some([a.1.min(c.1), a.1.max(c.1), west, turn.abs()])
}

fn same(a: f64, b: f64) -> bool {
    difference(a, b) == 0.0
}
