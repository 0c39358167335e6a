//! Between the outermost centres around a pole of a grid and that pole.

use crate::grid::{difference, distance_km};

/// The centres of a row that closes around a pole, which need not be the Earth's, seen from the middle of them.
pub(super) struct Ring {
    /// Longitude and latitude of the middle.
    middle: (f64, f64),
    /// Bearing from the middle in degrees, ascending from the first on; distance; cell; what part of the way around
    /// is nearest to it.
    centres: Vec<(f64, f64, u32, f64)>,
}

impl Ring {
    /// The ring of these cells at these places; `None` where one is not known, and for rows that do not go once around
    /// their middle, as those along the fold of a tripolar grid.
    pub(super) fn new(places: impl Iterator<Item = (u32, (f64, f64))>) -> Option<Self> {
        let places: Vec<(u32, (f64, f64))> = places.collect();
        let middle = middle(places.iter().map(|(_, place)| *place))?;
        let mut seen: Vec<(f64, f64, u32, f64)> = places
            .iter()
            .map(|(cell, place)| (bearing(middle, *place), distance_km(middle, *place), *cell, 0.0))
            .collect();
        let turn: f64 = steps(&seen).iter().sum();
        if turn < 0.0 {
            seen.reverse();
        }
        let steps = steps(&seen);
        let once = (turn.abs() - 360.0).abs() < 1e-6 && steps.iter().all(|step| *step > 0.0);
        if !once || seen.len() < 3 || !seen.iter().all(|(_, distance, ..)| *distance > 0.0) {
            return None;
        }
        let before = steps.iter().cycle().skip(steps.len().saturating_sub(1));
        for ((_, _, _, part), (after, before)) in seen.iter_mut().zip(steps.iter().zip(before)) {
            *part = (after + before) / 720.0;
        }
        Some(Self { middle, centres: seen })
    }

    /// Whether what it surrounds is no larger than rows are apart: no further to the middle than a step and a half to
    /// the row at these places.
    pub(super) fn closes(&self, beyond: impl Iterator<Item = (f64, f64)>) -> bool {
        let mean = |sum: f64, count: usize| if count > 0 { sum / count as f64 } else { f64::NAN };
        let own = mean(self.centres.iter().map(|(_, distance, ..)| distance).sum(), self.centres.len());
        let (sum, count) = beyond.fold((0.0, 0), |(sum, n), place| (sum + distance_km(self.middle, place), n + 1));
        own <= 1.5 * (mean(sum, count) - own)
    }

    /// The cells for a place within the ring, which sum to 1: on a line from the middle, where the mean of the whole
    /// ring is, to what lies between two centres. `None` for places outside.
    pub(super) fn cells(&self, longitude: f64, latitude: f64) -> Option<Vec<(u32, f64)>> {
        let (toward, away) =
            (bearing(self.middle, (longitude, latitude)), distance_km(self.middle, (longitude, latitude)));
        let next = self.centres.iter().cycle().skip(1);
        let (from, to, along) = self.centres.iter().zip(next).find_map(|(from, to)| {
            let (step, here) = (ahead(from.0, to.0), ahead(from.0, toward));
            (here <= step).then(|| (from, to, here / step))
        })?;
        let rim = from.1 + (to.1 - from.1) * along;
        let inward = 1.0 - away / rim;
        // On the ring itself rounding decides on which side of it a place is.
        if !(-1e-6..=1.0).contains(&inward) {
            return None;
        }
        let inward = inward.max(0.0);
        let mut cells: Vec<(u32, f64)> = self.centres.iter().map(|(_, _, cell, part)| (*cell, part * inward)).collect();
        for (cell, weight) in &mut cells {
            let beside =
                f64::from(u8::from(*cell == from.2)) * (1.0 - along) + f64::from(u8::from(*cell == to.2)) * along;
            *weight += beside * (1.0 - inward);
        }
        cells.retain(|(_, weight)| *weight > 0.0);
        Some(cells)
    }
}

/// The turn from each centre to the next, the last to the first, within half a turn either way.
fn steps(seen: &[(f64, f64, u32, f64)]) -> Vec<f64> {
    let next = seen.iter().cycle().skip(1);
    seen.iter().zip(next).map(|(from, to)| difference(to.0, from.0)).collect()
}

/// The turn from one bearing on to another, 0 to 360.
fn ahead(from: f64, to: f64) -> f64 {
    (to - from).rem_euclid(360.0)
}

/// The middle of places on the sphere; `None` where one is not known, and for those that lie all around.
fn middle(places: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    let (mut sum, mut count) = ([0.0f64; 3], 0.0);
    for (longitude, latitude) in places {
        let ((sin_x, cos_x), (sin_y, cos_y)) = (longitude.to_radians().sin_cos(), latitude.to_radians().sin_cos());
        sum = [sum[0] + cos_y * cos_x, sum[1] + cos_y * sin_x, sum[2] + sin_y];
        count += 1.0;
    }
    let [x, y, z] = sum;
    // A ring of no more than 60 degrees around.
    (x.hypot(y).hypot(z) > 0.5 * count).then(|| (y.atan2(x).to_degrees(), z.atan2(x.hypot(y)).to_degrees()))
}

/// The direction from one place to another, degrees clockwise from north.
fn bearing(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (sin, cos) = (to.0 - from.0).to_radians().sin_cos();
    let ((sin_from, cos_from), (sin_to, cos_to)) = (from.1.to_radians().sin_cos(), to.1.to_radians().sin_cos());
    (sin * cos_to).atan2(cos_from * sin_to - sin_from * cos_to * cos).to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(places: &[(f64, f64)]) -> Option<Ring> {
        Ring::new((0..).zip(places.iter().copied()))
    }

    #[test]
    fn the_middle_has_the_mean_of_all() {
        let places: Vec<(f64, f64)> = (0..8).map(|i| (45.0 * f64::from(i), 85.0)).collect();
        let ring = ring(&places).unwrap();
        let cells = ring.cells(17.0, 90.0).unwrap();
        assert!(cells.len() == 8 && cells.iter().all(|(_, w)| (w - 0.125).abs() < 1e-9), "{cells:?}");
        // Half-way from the ring, between its second and third centre: half the mean and a quarter of each.
        let cells = ring.cells(67.5, 87.5).unwrap();
        let expected = [1, 5, 5, 1, 1, 1, 1, 1].map(|n| f64::from(n) / 16.0);
        assert!(cells.iter().all(|(i, w)| (w - expected[*i as usize]).abs() < 1e-6), "{cells:?}");
        assert!(ring.cells(67.5, 80.0).is_none() && ring.cells(67.5, -90.0).is_none());
    }

    #[test]
    fn centres_count_by_their_part_of_the_way_around() {
        let ring = ring(&[(0.0, -89.0), (180.0, -89.0), (270.0, -89.0), (315.0, -89.0)]).unwrap();
        let cells = ring.cells(ring.middle.0, ring.middle.1).unwrap();
        let total: f64 = cells.iter().map(|c| c.1).sum();
        assert!(cells.len() == 4 && (total - 1.0).abs() < 1e-12, "{cells:?}");
        assert!(cells[0].1 > cells[3].1, "{cells:?}");
    }

    #[test]
    fn rows_that_do_not_go_around_are_no_rings() {
        assert!(ring(&[(0.0, 80.0), (10.0, 82.0), (20.0, 80.0), (10.0, 82.0)]).is_none(), "a fold");
        assert!(ring(&[(0.0, 0.0), (120.0, 0.0), (240.0, 0.0)]).is_none(), "the equator");
        assert!(ring(&[(0.0, 80.0), (120.0, f64::NAN), (240.0, 80.0)]).is_none());
        assert!(ring(&[]).is_none());
        let south = ring(&[(0.0, -78.0), (120.0, -78.0), (240.0, -78.0)]).unwrap();
        let row = |lat: f64| [0.0, 120.0, 240.0].map(|lon| (lon, lat)).into_iter();
        assert!(!south.closes(row(-77.0)) && south.closes(row(-66.0)) && !south.closes(row(-84.0)));
        assert!(!south.closes(std::iter::empty()));
    }
}
