//! Longitudes, which mean the same modulo 360.

use std::ops::Range;

/// How far beyond an edge a coordinate may lie and still be on it, in degrees (about 2 m).
///
/// Coordinates written as `float` miss their nominal value by up to 1.5e-5 between 256 and 360
/// degrees (half of the spacing 2^-15): 359.7 is stored as 359.70001. An edge of 359.7 must
/// include that cell.
pub const EDGE_TOLERANCE: f64 = 2e-5;

/// The tolerance for these coordinates: [`EDGE_TOLERANCE`], or a quarter of the mean step of
/// finer ones.
pub fn edge_tolerance(values: &[f64]) -> f64 {
    let (low, high) = finite_range(values);
    let steps = values.len().saturating_sub(1) as f64;
    let step = (high - low) / steps;
    if step > 0.0 { EDGE_TOLERANCE.min(0.25 * step) } else { EDGE_TOLERANCE }
}

pub(super) fn finite_range(values: &[f64]) -> (f64, f64) {
    let finite = values.iter().filter(|v| v.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
}

/// The same meridian in [−180, 180).
///
/// ```
/// assert_eq!(pangeo::grid::wrap_180(190.25), -169.75);
/// ```
pub fn wrap_180(longitude: f64) -> f64 {
    longitude - 360.0 * ((longitude + 180.0) / 360.0).floor()
}

/// The same meridian in [0, 360).
///
/// ```
/// assert_eq!(pangeo::grid::wrap_360(-0.25), 359.75);
/// ```
pub fn wrap_360(longitude: f64) -> f64 {
    let wrapped = longitude - 360.0 * (longitude / 360.0).floor();
    if wrapped >= 360.0 { 0.0 } else { wrapped } // −1e-17 rounds up to 360
}

/// How far east `a` is of `b`, in [−180, 180).
pub fn difference(a: f64, b: f64) -> f64 {
    wrap_180(a - b)
}

/// Whether `longitude` lies between `west` and `east`, both included with [`EDGE_TOLERANCE`];
/// `west > east` crosses the dateline (or Greenwich), 360 and more are everywhere.
pub fn in_range(longitude: f64, west: f64, east: f64) -> bool {
    in_span(longitude, west, span(west, east), EDGE_TOLERANCE)
}

/// Degrees from `west` eastward to `east`; 360 and more where these say so.
pub fn span(west: f64, east: f64) -> f64 {
    if east >= west { east - west } else { wrap_360(east - west) }
}

pub(super) fn in_span(longitude: f64, west: f64, width: f64, tolerance: f64) -> bool {
    if width >= 360.0 {
        return !longitude.is_nan();
    }
    wrap_360(longitude - west + tolerance) <= width + 2.0 * tolerance
}

/// Consecutive columns that are moved by a multiple of 360 degrees.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The columns, in the order of the file.
    pub indices: Range<usize>,
    /// What to add to their longitudes.
    pub offset: f64,
}

/// The columns whose longitudes lie between `west` and `east`, edges included, in an order and with
/// offsets that make the longitudes monotonic from `west` on: ascending, or descending where the
/// file's are. A column that repeats another one (0 and 360) comes once. `west > east` means from
/// `west` to `east + 360`; a span of 360 or more is all of them.
///
/// ```
/// use pangeo::grid::{Run, select_longitudes};
/// let values: Vec<f64> = (0..1440).map(|i| f64::from(i) * 0.25).collect();
/// let runs = select_longitudes(&values, -10.0, 30.0);
/// assert_eq!(runs, [Run { indices: 1400..1440, offset: -360.0 }, Run { indices: 0..121, offset: 0.0 }]);
/// ```
pub fn select_longitudes(values: &[f64], west: f64, east: f64) -> Vec<Run> {
    let tolerance = edge_tolerance(values);
    let east = west + span(west, east);
    let inside = |v: f64| v >= west - tolerance && v <= east + tolerance;
    if values.iter().all(|&v| inside(v)) && is_monotonic(values) {
        return whole(values);
    }
    let mut found: Vec<(f64, usize, f64)> = Vec::new();
    for (i, &value) in values.iter().enumerate() {
        let offset = 360.0 * ((west - tolerance - value) / 360.0).ceil();
        if value + offset <= east + tolerance {
            found.push((value + offset, i, offset + 0.0));
        }
    }
    in_order(values, found, tolerance)
}

/// The convention of longitudes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// −180 to 180.
    Centred,
    /// 0 to 360.
    Positive,
}

/// All columns, rolled and moved so that longitudes are monotonic in the convention: [−180, 180) or
/// [0, 360). Longitudes that are so already stay as they are, a last column at 180 or 360 included.
pub fn convention(values: &[f64], convention: Convention) -> Vec<Run> {
    let west = match convention {
        Convention::Centred => -180.0,
        Convention::Positive => 0.0,
    };
    select_longitudes(values, west, west + 360.0)
}

fn whole(values: &[f64]) -> Vec<Run> {
    if values.is_empty() { Vec::new() } else { vec![Run { indices: 0..values.len(), offset: 0.0 }] }
}

fn is_monotonic(values: &[f64]) -> bool {
    let up = values.windows(2).all(|w| matches!(w, [a, b] if a < b));
    up || values.windows(2).all(|w| matches!(w, [a, b] if a > b))
}

/// Whether the columns run westward: most steps are negative.
pub(crate) fn descends(values: &[f64]) -> bool {
    let down = values.windows(2).filter(|w| matches!(w, [a, b] if a > b)).count();
    down.saturating_mul(2) > values.len().saturating_sub(1)
}

fn in_order(values: &[f64], mut found: Vec<(f64, usize, f64)>, tolerance: f64) -> Vec<Run> {
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    // Columns a turn apart that fall on the same meridian are the same column twice.
    found.dedup_by(|later, kept| later.2 != kept.2 && (later.0 - kept.0).abs() <= tolerance);
    if descends(values) {
        found.reverse();
    }
    let mut runs: Vec<Run> = Vec::new();
    for (_, i, offset) in found {
        match runs.last_mut() {
            Some(run) if run.indices.end == i && run.offset == offset => run.indices.end = i.saturating_add(1),
            _ => runs.push(Run { indices: i..i.saturating_add(1), offset }),
        }
    }
    runs
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "lists of one run are meant")]
mod tests {
    use super::*;

    fn quarter_degrees() -> Vec<f64> {
        (0..1440).map(|i| f64::from(i) * 0.25).collect()
    }

    fn longitudes(values: &[f64], runs: &[Run]) -> Vec<f64> {
        runs.iter().flat_map(|r| r.indices.clone().map(|i| values[i] + r.offset)).collect()
    }

    fn monotonic(values: &[f64]) -> bool {
        values.windows(2).all(|w| w[0] < w[1])
    }

    /// Sizes and first longitudes of `cdo griddes -sellonlatbox,W,E,-90,90 -topo,r1440x721`.
    #[test]
    fn as_many_columns_as_cdo_selects() {
        let values = quarter_degrees();
        for (west, east, size, first) in [
            (-10.0, 30.0, 161, -10.0),
            (-180.0, 180.0, 1440, -180.0),
            (0.0, 360.0, 1440, 0.0),
            (170.0, -170.0, 81, 170.0),
            (10.0, 10.0, 1, 10.0),
            (359.9, 0.1, 1, 360.0),
            (-0.25, 0.25, 3, -0.25),
        ] {
            let got = longitudes(&values, &select_longitudes(&values, west, east));
            assert_eq!((got.len(), got[0]), (size, first), "{west} {east}");
            assert!(monotonic(&got));
        }
    }

    #[test]
    fn columns_are_those_in_range_whatever_the_box() {
        let mut seed = 7u64;
        let mut random = |n: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            f64::from(((seed >> 33) % n) as u32)
        };
        for _ in 0..500 {
            let (first, step) = (random(720) - 360.0, [0.5, 1.0, 2.5][random(3) as usize]);
            let values: Vec<f64> = (0..(360.0 / step) as u32).map(|i| first + step * f64::from(i)).collect();
            let (west, east) = (random(720) * 0.5 - 180.0, random(720) * 0.5 - 180.0);
            let got = longitudes(&values, &select_longitudes(&values, west, east));
            let expected = values.iter().filter(|&&v| in_range(v, west, east)).count();
            assert_eq!(got.len(), expected, "{first} {step}: {west} {east}");
            assert!(monotonic(&got));
            let again = select_longitudes(&got, west, east);
            assert!(got.is_empty() || again == [Run { indices: 0..got.len(), offset: 0.0 }], "twice is once");
        }
    }

    #[test]
    fn any_convention_meets_any_other() {
        let centred: Vec<f64> = (-180..180).map(f64::from).collect();
        let runs = select_longitudes(&centred, 350.0, 370.0);
        assert_eq!(runs, [Run { indices: 170..191, offset: 360.0 }]);
        let runs = select_longitudes(&centred, 170.0, 190.0);
        assert_eq!(runs, [Run { indices: 350..360, offset: 0.0 }, Run { indices: 0..11, offset: 360.0 }]);
    }

    #[test]
    fn a_repeated_meridian_comes_once() {
        let cyclic: Vec<f64> = (0..=360).map(f64::from).collect();
        let got = longitudes(&cyclic, &select_longitudes(&cyclic, -10.0, 30.0));
        assert_eq!(got.len(), 41);
        assert!(monotonic(&got));
        assert_eq!(select_longitudes(&cyclic, 0.0, 360.0), [Run { indices: 0..361, offset: 0.0 }], "as it is");
        // Ferret's climatologies run from 21 to 379.
        let coads: Vec<f64> = (0..180).map(|i| 21.0 + 2.0 * f64::from(i)).collect();
        let got = longitudes(&coads, &select_longitudes(&coads, -10.0, 30.0));
        assert_eq!((got.len(), got[0], got[19]), (20, -9.0, 29.0));
        assert!(monotonic(&got));
    }

    #[test]
    fn columns_out_of_order_come_out_in_order() {
        let rolled: Vec<f64> = (0..180).chain(-180..0).map(f64::from).collect();
        let runs = select_longitudes(&rolled, -180.0, 180.0);
        assert_eq!(runs, [Run { indices: 180..360, offset: 0.0 }, Run { indices: 0..180, offset: 0.0 }]);
        let westward: Vec<f64> = (0..360).rev().map(f64::from).collect();
        let got = longitudes(&westward, &select_longitudes(&westward, -10.0, 30.0));
        assert_eq!((got.len(), got[0], got[40]), (41, 30.0, -10.0));
    }

    #[test]
    fn edges_are_met_by_single_precision() {
        let values: Vec<f64> = (0..3600).map(|i| f64::from(i as f32 * 0.1f32)).collect();
        let runs = select_longitudes(&values, 34.9, 359.7);
        assert_eq!(runs, [Run { indices: 349..3598, offset: 0.0 }]);
        assert!(in_range(f64::from(34.999_999f32), 35.0, 40.0));
        assert!(!in_range(34.999, 35.0, 40.0));
        assert!(in_range(f64::from(359.7f32), 0.0, 359.7));
    }

    #[test]
    fn metre_grids_keep_their_columns_apart() {
        let values: Vec<f64> = (0..100).map(|i| 8.0 + f64::from(i) * 1e-5).collect();
        let runs = select_longitudes(&values, 8.0 + 10.0 * 1e-5, 8.0 + 19.0 * 1e-5);
        assert_eq!(runs, [Run { indices: 10..20, offset: 0.0 }]);
    }

    #[test]
    fn conventions_roll_and_are_idempotent() {
        let values = quarter_degrees();
        let runs = convention(&values, Convention::Centred);
        assert_eq!(runs, [Run { indices: 720..1440, offset: -360.0 }, Run { indices: 0..720, offset: 0.0 }]);
        let centred = longitudes(&values, &runs);
        assert_eq!((centred[0], centred[1439]), (-180.0, 179.75));
        assert_eq!(convention(&centred, Convention::Centred), [Run { indices: 0..1440, offset: 0.0 }]);
        assert_eq!(longitudes(&centred, &convention(&centred, Convention::Positive)), values);
    }

    #[test]
    fn arithmetic_modulo_360() {
        assert_eq!([wrap_180(180.0), wrap_180(-180.0), wrap_180(540.0)], [-180.0, -180.0, -180.0]);
        assert_eq!([wrap_360(360.0), wrap_360(-90.0), wrap_360(-1e-17)], [0.0, 270.0, 0.0]);
        assert_eq!([difference(1.0, 359.0), difference(359.0, 1.0)], [2.0, -2.0]);
        assert!(in_range(190.0, 170.0, -170.0) && !in_range(0.0, 170.0, -170.0));
        assert!(in_range(123.0, -180.0, 180.0) && !in_range(f64::NAN, -180.0, 180.0));
    }

    #[test]
    fn nothing_selected_and_missing_values() {
        assert!(select_longitudes(&quarter_degrees(), 10.1, 10.2).is_empty());
        assert!(select_longitudes(&[], -180.0, 180.0).is_empty());
        assert_eq!(select_longitudes(&[f64::NAN, 5.0], 0.0, 10.0), [Run { indices: 1..2, offset: 0.0 }]);
    }
}
