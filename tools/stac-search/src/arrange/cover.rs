//! A small set of items whose footprints cover an area: the greedy solution of set cover (Chvátal 1979), which takes, over
//! and over, what adds most of what is still open. Lazily (Minoux 1978): what an item adds only ever gets less.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap};

use geo::{BooleanOps, BoundingRect, Coord, Intersects, LineString, MultiPolygon, Polygon};
use pangeo::{Error, Result};
use search::Item;

use crate::facts;
use crate::footprint::Footprint;

/// What is open may stay open if it is less than this part of the area: the grain of the arithmetic.
const GRAIN: f64 = 1e-6;

/// The least an item under clouds counts for: one that is all clouds is better than none.
const DARKEST: f64 = 0.01;

/// An area that is to be covered, in degrees.
#[derive(Debug, Clone)]
pub(crate) struct Area {
    polygons: MultiPolygon,
    size: f64,
}

/// An item that reaches into the area.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Its number among the items.
    pub(super) place: u64,
    polygons: MultiPolygon,
    /// How much of what it adds is without clouds, from 0 to 1.
    clear: f64,
}

/// How well an area is covered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Covered {
    /// How many items that takes.
    pub(crate) items: u64,
    /// How many there were to choose from.
    pub(crate) of: u64,
    /// The part of the area, from 0 to 1.
    pub(crate) part: f64,
}

impl Area {
    /// The area of a footprint.
    ///
    /// # Errors
    /// [`Error::Usage`] for points and lines, which have none.
    pub(crate) fn new(footprint: &Footprint) -> Result<Self> {
        let polygons = polygons(footprint, 0.0);
        let size = size(&polygons);
        if size > 0.0 {
            return Ok(Self { polygons, size });
        }
        Err(Error::usage("--cover wants an area: points and lines have none")
            .with_hint("give one with --bbox, or polygons with --intersects"))
    }

    /// An item as one to choose, if it reaches into the area.
    pub(super) fn candidate(&self, item: &Item, footprint: &Footprint, place: u64) -> Option<Candidate> {
        let within = |polygon: &Polygon| {
            self.polygons.bounding_rect().zip(polygon.bounding_rect()).is_some_and(|(a, b)| a.intersects(&b))
        };
        let turned = [-360.0, 0.0, 360.0].into_iter().flat_map(|turn| polygons(footprint, turn).0);
        let polygons = MultiPolygon(turned.filter(within).collect());
        let clear = (1.0 - facts::cloud_cover(item).unwrap_or(0.0) / 100.0).clamp(DARKEST, 1.0);
        (!polygons.0.is_empty()).then_some(Candidate { place, polygons, clear })
    }

    /// The numbers of items that cover the area together, or as much of it as all do.
    ///
    /// Taken is what adds the most, the part of it under clouds left out; of two that add the same, the first in order.
    pub(super) fn choose(&self, candidates: Vec<Candidate>) -> (BTreeSet<u64>, Covered) {
        let of = candidates.len() as u64;
        let mut open = self.polygons.clone();
        let mut heap: BinaryHeap<Promise> = candidates.into_iter().map(|one| Promise::new(&open, one)).collect();
        let mut chosen = BTreeSet::new();
        while let Some(Promise { candidate, .. }) = heap.pop() {
            let now = Promise::new(&open, candidate);
            if now.adds <= GRAIN * self.size {
                continue;
            }
            if heap.peek().is_some_and(|next| *next > now) {
                heap.push(now);
                continue;
            }
            open = open.difference(&now.candidate.polygons);
            chosen.insert(now.candidate.place);
            if size(&open) <= GRAIN * self.size {
                break;
            }
        }
        let left = size(&open) / self.size;
        let part = if left <= GRAIN { 1.0 } else { (1.0 - left).max(0.0) };
        let covered = Covered { items: chosen.len() as u64, of, part };
        (chosen, covered)
    }
}

/// What an item would add when it was last looked at; the greatest is looked at first.
struct Promise {
    worth: f64,
    adds: f64,
    candidate: Candidate,
}

impl Promise {
    fn new(open: &MultiPolygon, candidate: Candidate) -> Self {
        let adds = size(&open.intersection(&candidate.polygons));
        Self { worth: adds * candidate.clear, adds, candidate }
    }
}

impl Ord for Promise {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |one: &Self| Reverse(one.candidate.place);
        self.worth.total_cmp(&other.worth).then_with(|| key(self).cmp(&key(other)))
    }
}

impl PartialOrd for Promise {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Promise {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Promise {}

/// The polygons of a footprint, `turn` degrees to the east.
fn polygons(footprint: &Footprint, turn: f64) -> MultiPolygon {
    let ring = |ring: &Vec<(f64, f64)>| LineString(ring.iter().map(|&(x, y)| Coord { x: x + turn, y }).collect());
    let polygon = |rings: &Vec<Vec<(f64, f64)>>| {
        let mut rings = rings.iter().map(ring);
        Some(Polygon::new(rings.next()?, rings.collect()))
    };
    // A union makes them one area, however they overlap and wind.
    let parts = MultiPolygon(footprint.polygons.iter().filter_map(polygon).collect());
    parts.union(&MultiPolygon::new(Vec::new()))
}

/// The area on the unit sphere of polygons whose edges are straight in longitude and latitude (as RFC 7946 has them), in
/// steradians: the integral of the sine of the latitude along their edges, in closed form.
fn size(polygons: &MultiPolygon) -> f64 {
    let of = |ring: &LineString| {
        let edges = ring.lines().map(|edge| {
            let (south, north) = (edge.start.y.to_radians(), edge.end.y.to_radians());
            (edge.end.x - edge.start.x).to_radians() * mean_sine(south, north)
        });
        edges.sum::<f64>().abs()
    };
    polygons.iter().map(|one| of(one.exterior()) - one.interiors().iter().map(of).sum::<f64>()).sum::<f64>().max(0.0)
}

/// The mean of the sine between two latitudes: `sin m · sinc h` with their middle and half their distance.
fn mean_sine(a: f64, b: f64) -> f64 {
    let half = (b - a) / 2.0;
    let sinc = if half.abs() < 1e-4 { 1.0 - half * half / 6.0 } else { half.sin() / half };
    a.midpoint(b).sin() * sinc
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn area(bbox: [f64; 4]) -> Area {
        Area::new(&Footprint::of_box(bbox)).unwrap()
    }

    fn chosen(area: &Area, items: &[([f64; 4], f64)]) -> (Vec<u64>, Covered) {
        let candidates = (0..).zip(items).filter_map(|(place, (bbox, clouds))| {
            let item = json!({"properties": {"eo:cloud_cover": clouds}});
            area.candidate(item.as_object().unwrap(), &Footprint::of_box(*bbox), place)
        });
        let (places, covered) = area.choose(candidates.collect());
        (places.into_iter().collect(), covered)
    }

    #[test]
    fn areas_on_the_sphere() {
        // A zone: 2π (sin north − sin south), here of an eighth turn.
        let zone = size(&polygons(&Footprint::of_box([0.0, 30.0, 45.0, 60.0]), 0.0));
        let expected = std::f64::consts::FRAC_PI_4 * (60f64.to_radians().sin() - 30f64.to_radians().sin());
        assert!((zone - expected).abs() < 1e-7, "{zone} {expected}");
        // A triangle below a slanting edge, integrated by Simpson's rule.
        let triangle = json!({"type": "Polygon", "coordinates": [[[0, 0], [90, 0], [90, 80], [0, 0]]]});
        let found = size(&polygons(&Footprint::of_geometry(&triangle), 0.0));
        let sine = |i: u32| (f64::from(i) / 1000.0 * 80f64.to_radians()).sin();
        let simpson: f64 = (0..1000).map(|i| (sine(i) + 4.0 * (sine(i) + sine(i + 1)) / 2.0 + sine(i + 1)) / 6.0).sum();
        assert!((found - simpson / 1000.0 * std::f64::consts::FRAC_PI_2).abs() < 1e-5, "{found}");
    }

    #[test]
    fn few_items_cover_the_area() {
        let area = area([0.0, 0.0, 2.0, 1.0]);
        let halves = [([0.0, 0.0, 1.0, 1.0], 0.0), ([0.5, 0.0, 1.5, 1.0], 0.0), ([1.0, 0.0, 2.0, 1.0], 0.0)];
        let (places, covered) = chosen(&area, &[&halves[..], &[([-1.0, -1.0, 3.0, 2.0], 0.0)]].concat());
        assert_eq!((places, covered), (vec![3], Covered { items: 1, of: 4, part: 1.0 }));
        let (places, covered) = chosen(&area, &halves);
        assert_eq!((places, covered.part), (vec![0, 2], 1.0));
        // What is not covered is said.
        let (places, covered) = chosen(&area, &[([0.0, 0.0, 0.5, 1.0], 0.0), ([5.0, 5.0, 6.0, 6.0], 0.0)]);
        assert_eq!((places, covered.of), (vec![0], 1));
        assert!((covered.part - 0.25).abs() < 1e-6);
    }

    #[test]
    fn clear_skies_go_first_and_then_the_order() {
        let area = area([0.0, 0.0, 1.0, 1.0]);
        let whole = [0.0, 0.0, 1.0, 1.0];
        assert_eq!(chosen(&area, &[(whole, 80.0), (whole, 5.0), (whole, 5.0)]).0, [1]);
        assert_eq!(chosen(&area, &[(whole, 100.0)]).0, [0]);
    }

    #[test]
    fn areas_across_the_dateline() {
        let area = area([170.0, -10.0, -170.0, 10.0]);
        let (places, covered) =
            chosen(&area, &[([-180.0, -10.0, -170.0, 10.0], 0.0), ([170.0, -10.0, 180.0, 10.0], 0.0)]);
        assert_eq!((places, covered.part), (vec![0, 1], 1.0));
        assert!(Area::new(&Footprint::of_geometry(&json!({"type": "Point", "coordinates": [0, 0]}))).is_err());
    }
}
