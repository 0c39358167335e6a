//! Whether a place is land.

use super::lines::Lines;

/// What is land: places from which the way north along their meridian crosses the coast an odd number of times, for
/// the north pole is sea. This needs no closed shores, which the antimeridian and the south pole cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Land {
    /// The coast's edges in strips of equal width from 180° west, those of a strip from north to south.
    edges: Vec<Edge>,
    /// Where the edges of each strip end.
    ends: Vec<usize>,
    /// Strips in a degree.
    density: f64,
    /// What is in cells of half a degree, from 180° west and 90° south eastwards: most have no coast, and need no
    /// counting.
    cells: Vec<Cell>,
}

/// Cells in a degree, around the globe, and from pole to pole.
const FINE: f64 = 2.0;
const COLUMNS: usize = 720;
const ROWS: usize = 360;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Sea,
    Land,
    Coast,
}

fn column(lon: f64) -> usize {
    (((lon + 180.0) * FINE) as usize).min(COLUMNS - 1)
}

fn row(lat: f64) -> usize {
    (((lat + 90.0) * FINE) as usize).min(ROWS - 1)
}

/// A part of the coast from west to east.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Edge {
    west: f32,
    east: f32,
    /// The latitude at both ends.
    from: f32,
    to: f32,
}

impl Edge {
    fn top(&self) -> f32 {
        self.from.max(self.to)
    }
}

impl Land {
    pub(super) fn new(coast: &Lines, strips: usize) -> Self {
        let strips = strips.max(1);
        let density = strips as f64 / 360.0;
        let last = strips - 1;
        let strip = |lon: f32| (((f64::from(lon) + 180.0) * density) as usize).min(last);
        let mut found: Vec<Vec<Edge>> = vec![Vec::new(); strips];
        for line in coast.iter() {
            for (a, b) in line.iter().zip(line.iter().skip(1)) {
                let (a, b) = if a.0 <= b.0 { (a, b) } else { (b, a) };
                let edge = Edge { west: a.0 as f32, east: b.0 as f32, from: a.1 as f32, to: b.1 as f32 };
                // A way along a meridian does not cross what runs along it.
                if edge.west < edge.east {
                    let own = strip(edge.west)..=strip(edge.east);
                    found.get_mut(own).into_iter().flatten().for_each(|strip| strip.push(edge));
                }
            }
        }
        let (mut edges, mut ends) = (Vec::new(), Vec::new());
        for mut strip in found {
            strip.sort_by(|a, b| b.top().total_cmp(&a.top()));
            edges.append(&mut strip);
            ends.push(edges.len());
        }
        let mut land = Self { edges, ends, density, cells: Vec::new() };
        land.cells = land.filled(coast);
        land
    }

    fn filled(&self, coast: &Lines) -> Vec<Cell> {
        let mut cells = vec![Cell::Sea; COLUMNS * ROWS];
        for (a, b) in coast.iter().flat_map(|line| line.iter().zip(line.iter().skip(1))) {
            // All that the edge's box touches: more than the edge does, never less.
            for row in row(a.1.min(b.1) - 1e-4)..=row(a.1.max(b.1) + 1e-4) {
                let start = row * COLUMNS;
                let own = start + column(a.0.min(b.0) - 1e-4)..=start + column(a.0.max(b.0) + 1e-4);
                cells.get_mut(own).into_iter().flatten().for_each(|cell| *cell = Cell::Coast);
            }
        }
        for (index, cells) in cells.chunks_mut(COLUMNS).enumerate() {
            let lat = (index as f64 + 0.5) / FINE - 90.0;
            let mut before = Cell::Coast;
            for (index, cell) in cells.iter_mut().enumerate() {
                // Neighbours without coast are alike.
                if *cell != Cell::Coast {
                    let inside = || self.counted((index as f64 + 0.5) / FINE - 180.0, lat);
                    *cell = match before {
                        Cell::Coast => {
                            if inside() {
                                Cell::Land
                            } else {
                                Cell::Sea
                            }
                        }
                        known => known,
                    };
                }
                before = *cell;
            }
        }
        cells
    }

    /// Whether a place is land, lakes included and the Caspian Sea not. Degrees; longitudes of any turn, latitudes
    /// beyond a pole as the pole. The south pole is land, the north pole is not, and NaN is not.
    ///
    /// ```
    /// use figure::geography::{Detail, land};
    /// assert!(land(Detail::Low).contains(13.4, 52.5)); // Berlin
    /// assert!(!land(Detail::Low).contains(330.0, 30.0)); // the Atlantic
    /// ```
    pub fn contains(&self, lon: f64, lat: f64) -> bool {
        let lon = turned(lon);
        match self.cells.get(row(lat) * COLUMNS + column(lon)) {
            _ if lon.is_nan() || lat.is_nan() => false,
            Some(Cell::Sea) => false,
            Some(Cell::Land) => true,
            _ => self.counted(lon, lat),
        }
    }

    /// For longitudes from −180 up to but without 180.
    pub(super) fn counted(&self, lon: f64, lat: f64) -> bool {
        let strip = ((lon + 180.0) * self.density) as usize;
        let start = strip.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(strip).copied().unwrap_or(start);
        let mut inside = false;
        for edge in self.edges.get(start..end).unwrap_or_default() {
            let (from, to) = (f64::from(edge.from), f64::from(edge.to));
            if from.max(to) <= lat {
                break;
            }
            let (west, east) = (f64::from(edge.west), f64::from(edge.east));
            // The eastern end belongs to the next edge, so that none is crossed twice.
            let crossed = west <= lon && lon < east && from + (to - from) * (lon - west) / (east - west) > lat;
            inside ^= crossed;
        }
        inside
    }
}

/// From −180 up to but without 180.
fn turned(lon: f64) -> f64 {
    let turned = match lon {
        _ if (-180.0..180.0).contains(&lon) => lon,
        _ if (180.0..540.0).contains(&lon) => lon - 360.0,
        _ => (lon + 180.0).rem_euclid(360.0) - 180.0,
    };
    // A remainder of almost a turn rounds to a turn.
    if turned >= 180.0 { -180.0 } else { turned }
}
