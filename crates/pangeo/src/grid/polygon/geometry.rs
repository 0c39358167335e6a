//! Rings, points inside them and the index that makes a million such questions fast.

use std::ops::Range;

/// Longitudes of grids and polygons lie within these; beyond are fill values.
pub(super) const FARTHEST: f64 = 1080.0;

/// A box on the sphere: `west ≤ east ≤ west + 360`, `west` in −180..180.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Western longitude, degrees east.
    pub west: f64,
    /// Southern latitude, degrees north.
    pub south: f64,
    /// Eastern longitude, degrees east; beyond 180 across the dateline.
    pub east: f64,
    /// Northern latitude, degrees north.
    pub north: f64,
}

impl Extent {
    /// The smallest box around all `parts`, which is the one without their largest gap.
    pub(super) fn around(parts: impl Iterator<Item = Extent>) -> Self {
        let mut parts: Vec<Extent> = parts.collect();
        parts.sort_by(|a, b| a.west.total_cmp(&b.west));
        let south = parts.iter().map(|part| part.south).fold(f64::INFINITY, f64::min);
        let north = parts.iter().map(|part| part.north).fold(f64::NEG_INFINITY, f64::max);
        let Some(first) = parts.first() else {
            return Self { west: 0.0, south: 0.0, east: 0.0, north: 0.0 };
        };
        // What lies between the easternmost end so far and the next beginning; at last back to the first.
        let farthest = parts.iter().map(|part| part.east).fold(f64::NEG_INFINITY, f64::max);
        let (mut gap, mut west, mut east) = (first.west + 360.0 - farthest, first.west, farthest);
        let mut reached = first.east.max(farthest - 360.0);
        for part in parts.iter().skip(1) {
            if part.west - reached > gap {
                gap = part.west - reached;
                (west, east) = (part.west, reached + 360.0);
            }
            reached = reached.max(part.east);
        }
        Self { west, south, east: east.min(west + 360.0), north }
    }
}

/// An edge, its first end the southern one, so that the two polygons on its sides compute alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) x1: f64,
    pub(super) y1: f64,
    pub(super) x2: f64,
    pub(super) y2: f64,
    /// 1 where the inside lies west of the edge, −1 where it lies east.
    pub(super) side: i8,
    /// The ring that it belongs to.
    pub(super) ring: u32,
}

impl Edge {
    /// The longitude at which the edge crosses a parallel; the edge is not horizontal.
    pub(super) fn crossing(&self, y: f64) -> f64 {
        self.x1 + (y - self.y1) * (self.x2 - self.x1) / (self.y2 - self.y1)
    }
}

/// The highest edges of each ring, a few of them.
fn samples(edges: &[Edge]) -> Vec<Edge> {
    const EACH: usize = 9;
    let mut found = Vec::new();
    for ring in edges.chunk_by(|a, b| a.ring == b.ring) {
        let mut ring: Vec<Edge> = ring.iter().filter(|edge| edge.y1 < edge.y2).copied().collect();
        let higher = |a: &Edge, b: &Edge| (b.y2 - b.y1).total_cmp(&(a.y2 - a.y1));
        if ring.len() > EACH {
            ring.select_nth_unstable_by(EACH, higher);
        }
        found.extend(ring.into_iter().take(EACH));
    }
    found
}

/// An outer ring with its holes, or any set of rings that do not overlap: what lies inside an odd
/// number of them is inside.
#[derive(Clone, Debug)]
pub struct Polygon {
    pub(super) west: f64,
    pub(super) south: f64,
    pub(super) east: f64,
    pub(super) north: f64,
    /// Bands of equal height from `south` to `north`.
    bands: usize,
    /// Where the edges of each band begin in `edges`; one more than bands.
    starts: Vec<usize>,
    /// The edges that reach into each band, band after band.
    edges: Vec<Edge>,
}

impl Polygon {
    /// The polygon of rings of (longitude, latitude); closed or not, in any direction. Rings of
    /// fewer than three points enclose nothing; `None` if no ring is left.
    ///
    /// The coordinates must be finite.
    pub fn new(rings: Vec<Vec<(f64, f64)>>) -> Option<Self> {
        let mut edges = Vec::new();
        for (number, ring) in rings.iter().enumerate() {
            let closing = (ring.first() != ring.last()).then_some(ring.first()).flatten();
            let ends = ring.iter().skip(1).chain(closing);
            if ring.len() < 3 {
                continue;
            }
            for (&(ax, ay), &(bx, by)) in ring.iter().zip(ends) {
                let up = (ay, ax) <= (by, bx);
                let (x1, y1, x2, y2) = if up { (ax, ay, bx, by) } else { (bx, by, ax, ay) };
                edges.push(Edge { x1, y1, x2, y2, side: if up { 1 } else { -1 }, ring: number as u32 });
            }
        }
        drop(rings);
        if edges.is_empty() {
            return None;
        }
        let samples = samples(&edges);
        let mut polygon = Self::index(edges);
        polygon.turn(&samples);
        Some(polygon)
    }

    /// Sets the side of every edge: rings come in any direction, and of an outer ring and its holes
    /// the count of edges to the east tells which is which. Several edges of a ring vote, since two
    /// rings may share one.
    fn turn(&mut self, samples: &[Edge]) {
        let mut votes: Vec<i32> = Vec::new();
        for edge in samples {
            let y = 0.5 * (edge.y1 + edge.y2);
            let x = edge.crossing(y);
            let west_is_inside = !self.encloses(x, y);
            let ring = edge.ring as usize;
            if votes.len() <= ring {
                votes.resize(ring.saturating_add(1), 0);
            }
            if let Some(vote) = votes.get_mut(ring) {
                *vote += if west_is_inside == (edge.side > 0) { 1 } else { -1 };
            }
        }
        for edge in &mut self.edges {
            if votes.get(edge.ring as usize).is_some_and(|vote| *vote < 0) {
                edge.side = -edge.side;
            }
        }
    }

    /// Sorts the edges into as many bands as pay: some edges a band, few bands an edge.
    fn index(list: Vec<Edge>) -> Self {
        const MOST_BANDS: usize = 4096;
        let fold = |value: fn(&Edge) -> f64, start, pick: fn(f64, f64) -> f64| list.iter().map(value).fold(start, pick);
        let mut polygon = Self {
            west: fold(|edge| edge.x1.min(edge.x2), f64::INFINITY, f64::min),
            south: fold(|edge| edge.y1, f64::INFINITY, f64::min),
            east: fold(|edge| edge.x1.max(edge.x2), f64::NEG_INFINITY, f64::max),
            north: fold(|edge| edge.y2, f64::NEG_INFINITY, f64::max),
            bands: (list.len() / 2).clamp(1, MOST_BANDS),
            starts: Vec::new(),
            edges: Vec::new(),
        };
        // Edges that each cross many bands would fill the memory: then fewer bands.
        let most = list.len().saturating_mul(8).saturating_add(MOST_BANDS);
        while polygon.bands > 1
            && list.iter().map(|edge| polygon.bands_of(edge.y1, edge.y2).len()).sum::<usize>() > most
        {
            polygon.bands /= 2;
        }
        let mut counts = vec![0usize; polygon.bands];
        for edge in &list {
            counts.get_mut(polygon.bands_of(edge.y1, edge.y2)).into_iter().flatten().for_each(|count| *count += 1);
        }
        let mut total = 0;
        polygon.starts = std::iter::once(0)
            .chain(counts.iter().map(|count| {
                total += count;
                total
            }))
            .collect();
        let mut next = polygon.starts.clone();
        polygon.edges = vec![Edge { x1: 0.0, y1: 0.0, x2: 0.0, y2: 0.0, side: 0, ring: 0 }; total];
        for edge in list {
            for place in next.get_mut(polygon.bands_of(edge.y1, edge.y2)).into_iter().flatten() {
                if let Some(slot) = polygon.edges.get_mut(*place) {
                    *slot = edge;
                }
                *place += 1;
            }
        }
        polygon
    }

    fn band(&self, latitude: f64) -> usize {
        let height = (self.north - self.south) / self.bands as f64;
        // A cast of a negative number, an infinity or NaN ends at a bound of the type.
        (((latitude - self.south) / height) as usize).min(self.bands - 1)
    }

    fn bands_of(&self, south: f64, north: f64) -> Range<usize> {
        self.band(south)..self.band(north) + 1
    }

    /// The edges that may have points at latitudes `south..=north`; an edge can come twice.
    pub(super) fn edges_between(&self, south: f64, north: f64) -> &[Edge] {
        let bands = self.bands_of(south, north);
        let start = self.starts.get(bands.start).copied().unwrap_or(0);
        let end = self.starts.get(bands.end).copied().unwrap_or(start);
        self.edges.get(start..end).unwrap_or(&[])
    }

    /// The edges that may have points at latitudes `south..=north`, each once.
    pub(super) fn edges_once(&self, south: f64, north: f64) -> impl Iterator<Item = &Edge> {
        let bands = self.bands_of(south, north);
        let first = bands.start;
        bands.flat_map(move |band| {
            let start = self.starts.get(band).copied().unwrap_or(0);
            let end = self.starts.get(band + 1).copied().unwrap_or(start);
            let here = self.edges.get(start..end).unwrap_or(&[]).iter();
            here.filter(move |edge| self.band(edge.y1).max(first) == band)
        })
    }

    /// Whether the point lies inside: longitude (within ±1080) modulo 360, western and southern borders included,
    /// eastern and northern ones not, except at the north pole.
    pub fn contains(&self, longitude: f64, latitude: f64) -> bool {
        // Nothing lies north of the pole to have it instead.
        let latitude = if latitude == 90.0 { 90.0f64.next_down() } else { latitude };
        if !(latitude >= self.south && latitude < self.north) || longitude.is_nan() || longitude.abs() > FARTHEST {
            return false;
        }
        let mut x = self.first_image(longitude);
        while x <= self.east {
            if self.encloses(x, latitude) {
                return true;
            }
            x += 360.0;
        }
        false
    }

    /// The westernmost of the longitudes `x + 360·k` that is not west of the polygon.
    pub(super) fn first_image(&self, x: f64) -> f64 {
        let turns = ((self.west - x) / 360.0).ceil();
        if turns == 0.0 { x } else { x + 360.0 * turns }
    }

    /// Counts the edges to the east of the point.
    pub(super) fn encloses(&self, x: f64, y: f64) -> bool {
        let mut inside = false;
        for edge in self.edges_between(y, y) {
            if edge.y1 <= y && y < edge.y2 {
                inside ^= x < edge.crossing(y);
            }
        }
        inside
    }

    /// How many degrees of longitude the longest edge spans. Between 180 and 360 the ring was perhaps
    /// meant to go the short way, across the dateline, which a caller should say to the user.
    pub fn widest_edge(&self) -> f64 {
        self.edges.iter().map(|edge| (edge.x2 - edge.x1).abs()).fold(0.0, f64::max)
    }

    /// The box around the polygon.
    pub fn extent(&self) -> Extent {
        let west = (self.west + 180.0).rem_euclid(360.0) - 180.0;
        let width = (self.east - self.west).min(360.0);
        // An eastern end at the dateline keeps its own number.
        let east = if west == self.west { self.east.min(west + 360.0) } else { west + width };
        Extent { west, south: self.south, east, north: self.north }
    }
}
