//! A search tree over places on the sphere.
//!
//! Places are points on the unit sphere, so that the nearest by straight line is the nearest by
//! great circle, with no seam and no poles. The tree is implicit: the middle of a range of the
//! sorted points splits it along the direction in which it is widest.

use super::nearest::{Nearest, chord_to_km};

/// Points below this number are searched one by one.
const LEAF: usize = 8;

#[derive(Debug, Clone, Copy)]
struct Item {
    point: [f64; 3],
    /// The cell.
    id: u32,
    /// The direction along which this item splits its range.
    axis: u8,
}

/// A search tree over cells given by latitude and longitude.
///
/// Ties go to the cell of the lowest index. Cells whose latitude or longitude is NaN are left out.
#[derive(Debug, Clone)]
pub struct KdTree {
    items: Vec<Item>,
}

/// The point on the unit sphere at a place in degrees.
pub(super) fn unit_vector(longitude: f64, latitude: f64) -> [f64; 3] {
    let (sin_lat, cos_lat) = latitude.to_radians().sin_cos();
    let (sin_lon, cos_lon) = longitude.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

fn squared_distance(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
}

/// What two squared distances may differ by and still be a tie: the rounding of unit vectors
/// (a few 1e-16) times twice the distance.
fn tie(squared: f64) -> f64 {
    4e-15 * squared.sqrt() + 1e-31
}

impl KdTree {
    /// A tree over the cells with these latitudes and longitudes in degrees, one each a cell; at most
    /// 2^32 of them.
    pub fn new(latitudes: &[f64], longitudes: &[f64]) -> Self {
        let cells = latitudes.iter().zip(longitudes).take(u32::MAX as usize).enumerate();
        let mut items: Vec<Item> = cells
            .filter(|(_, (lat, lon))| lat.is_finite() && lon.is_finite())
            .map(|(id, (lat, lon))| Item { point: unit_vector(*lon, *lat), id: id as u32, axis: 0 })
            .collect();
        build(&mut items);
        Self { items }
    }

    /// How many cells have a place.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The cell nearest to a place in degrees; `None` if there is none or the place is not finite.
    pub fn nearest(&self, longitude: f64, latitude: f64) -> Option<Nearest> {
        if self.items.is_empty() || !longitude.is_finite() || !latitude.is_finite() {
            return None;
        }
        let target = unit_vector(longitude, latitude);
        let mut least = f64::INFINITY;
        visit(&self.items, &target, &mut least, &mut |squared, _, least| *least = least.min(squared));
        // Among those equally near the lowest index, whatever way the search went.
        let (mut within, mut index) = (least + tie(least), u32::MAX);
        visit(&self.items, &target, &mut within, &mut |_, id, _| index = index.min(id));
        Some(Nearest { index: index as usize, distance_km: chord_to_km(least.sqrt()) })
    }

    /// The `count` cells nearest to a place in degrees, nearest first, ties by index.
    pub fn nearest_several(&self, longitude: f64, latitude: f64, count: usize) -> Vec<Nearest> {
        if count == 0 || !longitude.is_finite() || !latitude.is_finite() {
            return Vec::new();
        }
        let target = unit_vector(longitude, latitude);
        let mut best: Vec<(f64, u32)> = Vec::new();
        let mut reach = f64::INFINITY;
        visit(&self.items, &target, &mut reach, &mut |squared, id, reach| {
            let at = best.partition_point(|&(other, i)| (other, i) < (squared, id));
            best.insert(at, (squared, id));
            best.truncate(count);
            if best.len() == count {
                *reach = best.last().map_or(f64::INFINITY, |(furthest, _)| *furthest);
            }
        });
        let found = best.into_iter();
        found.map(|(squared, id)| Nearest { index: id as usize, distance_km: chord_to_km(squared.sqrt()) }).collect()
    }
}

fn build(items: &mut [Item]) {
    if items.len() <= LEAF {
        return;
    }
    let axis = widest(items);
    let middle = items.len() / 2;
    items.select_nth_unstable_by(middle, |a, b| along(&a.point, axis).total_cmp(&along(&b.point, axis)));
    let (before, rest) = items.split_at_mut(middle);
    let Some((pivot, behind)) = rest.split_first_mut() else { return };
    pivot.axis = axis;
    build(before);
    build(behind);
}

fn along(point: &[f64; 3], axis: u8) -> f64 {
    match axis {
        0 => point[0],
        1 => point[1],
        _ => point[2],
    }
}

fn widest(items: &[Item]) -> u8 {
    let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for item in items {
        for ((low, high), x) in low.iter_mut().zip(&mut high).zip(item.point) {
            *low = low.min(x);
            *high = high.max(x);
        }
    }
    let extent = [high[0] - low[0], high[1] - low[1], high[2] - low[2]];
    if extent[0] >= extent[1] && extent[0] >= extent[2] {
        0
    } else if extent[1] >= extent[2] {
        1
    } else {
        2
    }
}

/// Call `found` with the squared distance and id of every item that is no further than `reach`,
/// which it may lower.
fn visit(items: &[Item], target: &[f64; 3], reach: &mut f64, found: &mut impl FnMut(f64, u32, &mut f64)) {
    let check = |item: &Item, reach: &mut f64, found: &mut dyn FnMut(f64, u32, &mut f64)| {
        let squared = squared_distance(&item.point, target);
        if squared <= *reach {
            found(squared, item.id, reach);
        }
    };
    if items.len() <= LEAF {
        for item in items {
            check(item, reach, found);
        }
        return;
    }
    let (before, rest) = items.split_at(items.len() / 2);
    let Some((pivot, behind)) = rest.split_first() else { return };
    let apart = along(target, pivot.axis) - along(&pivot.point, pivot.axis);
    let (near, far) = if apart < 0.0 { (before, behind) } else { (behind, before) };
    visit(near, target, reach, found);
    check(pivot, reach, found);
    if apart * apart <= *reach {
        visit(far, target, reach, found);
    }
}
