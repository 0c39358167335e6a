//! The box in degrees around cells, whichever way they lie about the dateline and the poles.

use pangeo::grid::{Outline, difference, span, wrap_180, wrap_360};

/// Gaps narrower than this many degrees are none: the noise of bounds written as `float`.
const SLACK: f64 = 1e-4;

/// So many arcs are held before those that meet become one.
const HELD: usize = 1 << 16;

/// Latitudes and arcs of longitude that cells cover.
#[derive(Debug)]
pub(crate) struct Footprint {
    south: f64,
    north: f64,
    /// West in [0, 360) and degrees eastward.
    arcs: Vec<(f64, f64)>,
}

impl Footprint {
    pub(crate) fn new() -> Self {
        Self { south: f64::INFINITY, north: f64::NEG_INFINITY, arcs: Vec::new() }
    }

    /// Latitudes, in either order.
    pub(crate) fn add_latitudes(&mut self, a: f64, b: f64) {
        for latitude in [a, b].into_iter().filter(|latitude| latitude.is_finite()) {
            self.south = self.south.min(latitude);
            self.north = self.north.max(latitude);
        }
    }

    /// All longitudes from `west` eastward to `east`.
    pub(crate) fn add_longitudes(&mut self, west: f64, east: f64) {
        if west.is_finite() && east.is_finite() {
            self.arcs.push((wrap_360(west), span(west, east).min(360.0)));
            if self.arcs.len() >= HELD {
                self.arcs = merged(std::mem::take(&mut self.arcs));
            }
        }
    }

    /// A cell by its corners; one whose corners spread over more than half the Earth lies about the nearer pole.
    pub(crate) fn add_cell(&mut self, outline: &Outline) {
        let Some((origin, _)) = outline.first().copied() else { return };
        let (mut west, mut east) = (0.0_f64, 0.0_f64);
        let mut around = 0.0;
        let mut before = origin;
        for &(longitude, latitude) in outline.iter().chain(outline.first()) {
            let step = difference(longitude, before);
            if latitude.abs() < 89.999 {
                around += step;
                (west, east) = (west.min(around), east.max(around));
                before = longitude;
            }
            self.add_latitudes(latitude, latitude);
        }
        if around.abs() > 180.0 || east - west > 180.0 {
            let pole = if outline.iter().map(|(_, latitude)| latitude).sum::<f64>() > 0.0 { 90.0 } else { -90.0 };
            self.add_latitudes(pole, pole);
            self.add_longitudes(0.0, 360.0);
        } else {
            self.add_longitudes(origin + west, origin + east);
        }
    }

    /// Whether nothing was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.south > self.north || self.arcs.is_empty()
    }

    /// West, south, east, north with longitudes in [−180, 180], as GeoJSON has it (RFC 7946 §5): `west > east` crosses
    /// the dateline, all the way around is −180 to 180.
    pub(crate) fn bbox(self) -> Option<[f64; 4]> {
        if self.is_empty() {
            return None;
        }
        let arcs = merged(self.arcs);
        let (west, width) = around(&arcs)?;
        let tidy = |x: f64| (x * 1e7).round() / 1e7 + 0.0;
        let (south, north) = (tidy(self.south.max(-90.0)), tidy(self.north.min(90.0)));
        if width >= 360.0 - SLACK {
            return Some([-180.0, south, 180.0, north]);
        }
        let west = tidy(wrap_180(tidy(west)));
        let east = tidy(wrap_180(tidy(west + width)));
        // The dateline is the eastern edge of what lies west of it.
        Some([west, south, if east <= -180.0 { 180.0 } else { east }, north])
    }
}

/// Arcs that meet or overlap become one; sorted by their west.
fn merged(mut arcs: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    arcs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut out: Vec<(f64, f64)> = Vec::new();
    for (west, width) in arcs {
        match out.last_mut() {
            Some((from, reach)) if west <= *from + *reach + SLACK => *reach = reach.max(west + width - *from),
            _ => out.push((west, width)),
        }
    }
    out
}

/// West and width of the least arc that holds all of these, which are sorted and apart.
fn around(arcs: &[(f64, f64)]) -> Option<(f64, f64)> {
    // What reaches over 360 covers the first ones too.
    let over = arcs.iter().map(|(west, width)| west + width - 360.0).fold(f64::NEG_INFINITY, f64::max);
    let mut widest = (f64::NEG_INFINITY, 0.0);
    let mut reach = over;
    for &(west, width) in arcs {
        // Before the first arc lies what follows the last one; only what is beyond its reach is a gap.
        if reach > f64::NEG_INFINITY && west - reach > widest.0 {
            widest = (west - reach, west);
        }
        reach = reach.max(west + width);
    }
    let (gap, west) = widest;
    (!arcs.is_empty()).then_some(if gap <= SLACK { (0.0, 360.0) } else { (west, 360.0 - gap) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbox(arcs: &[(f64, f64)]) -> [f64; 4] {
        let mut footprint = Footprint::new();
        footprint.add_latitudes(-10.0, 10.0);
        arcs.iter().for_each(|(west, east)| footprint.add_longitudes(*west, *east));
        footprint.bbox().unwrap()
    }

    #[test]
    fn longitudes_of_any_convention() {
        for (arcs, west, east) in [
            (&[(10.0, 20.0)][..], 10.0, 20.0),
            (&[(200.0, 330.0)], -160.0, -30.0),
            (&[(170.0, 190.0)], 170.0, -170.0),
            (&[(350.0, 360.0), (0.0, 30.0)], -10.0, 30.0),
            (&[(0.0, 360.0)], -180.0, 180.0),
            (&[(-1.25, 178.75), (178.75, 358.75)], -180.0, 180.0),
            (&[(-180.0, 180.0)], -180.0, 180.0),
            (&[(90.0, 180.0)], 90.0, 180.0),
            (&[(180.0, 270.0)], -180.0, -90.0),
            (&[(5.0, 5.0)], 5.0, 5.0),
            (&[(0.0, 10.0), (20.0, 30.0), (5.0, 22.0)], 0.0, 30.0),
            (&[(0.0, 10.0), (300.0, 310.0)], -60.0, 10.0),
        ] {
            assert_eq!(bbox(arcs), [west, -10.0, east, 10.0], "{arcs:?}");
        }
    }

    #[test]
    fn a_cell_about_the_pole_has_all_longitudes() {
        let mut footprint = Footprint::new();
        footprint.add_cell(&vec![(0.0, 88.0), (90.0, 88.0), (180.0, 88.0), (270.0, 88.0)]);
        assert_eq!(footprint.bbox(), Some([-180.0, 88.0, 180.0, 90.0]));
        let mut footprint = Footprint::new();
        footprint.add_cell(&vec![(179.0, 0.0), (-179.0, 0.0), (-179.0, 1.0), (179.0, 1.0)]);
        assert_eq!(footprint.bbox(), Some([179.0, 0.0, -179.0, 1.0]));
    }

    #[test]
    fn nothing_has_no_box() {
        let mut footprint = Footprint::new();
        footprint.add_latitudes(f64::NAN, f64::NAN);
        footprint.add_longitudes(f64::NAN, 1.0);
        assert_eq!(footprint.bbox(), None);
    }
}
