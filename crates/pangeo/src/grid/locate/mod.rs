//! Which cell holds a place: what a map asks for each of its pixels.

mod cells;
mod intervals;
#[cfg(test)]
mod tests;

use cells::Cells;
use intervals::Intervals;

use super::{Corners, Grid, KdTree};

/// Finds the cell that holds a place.
///
/// Cells between meridians and parallels by their edges, others by their corners, joined along great
/// circles. A place on the edge of two cells belongs to one of them. Cells that should meet and miss each
/// other by rounding leave no gap.
#[derive(Debug)]
pub struct Locator(Way);

#[derive(Debug)]
enum Way {
    Separable { rows: Intervals, columns: Intervals, width: usize },
    Corners(Cells),
    Centres { tree: KdTree, reach_km: Vec<f64> },
}

impl Locator {
    /// For cells with known corners.
    pub fn new(corners: Corners) -> Self {
        Self(match corners {
            Corners::Separable { rows, columns } => Way::Separable {
                width: columns.len(),
                rows: Intervals::of_latitudes(&rows),
                columns: Intervals::of_longitudes(&columns),
            },
            Corners::PerCell(outlines) => Way::Corners(Cells::new(outlines)),
        })
    }

    /// For cells of which only the centres are known: a place belongs to the nearest one, unless it is further
    /// from it than that cell's fourth neighbour, which is the diagonal of a lattice.
    pub fn of_centres(grid: &Grid) -> Self {
        let (latitudes, longitudes) = grid.all_places();
        let tree = KdTree::new(&latitudes, &longitudes);
        let reach = |(latitude, longitude): (&f64, &f64)| {
            let around = tree.nearest_several(*longitude, *latitude, 5);
            around.last().map_or(0.0, |furthest| furthest.distance_km)
        };
        let reach_km = latitudes.iter().zip(&longitudes).map(reach).collect();
        Self(Way::Centres { tree, reach_km })
    }

    /// The index of the cell at a longitude and latitude in degrees, rows slowest; `None` where there is none.
    pub fn cell(&self, longitude: f64, latitude: f64) -> Option<usize> {
        if !longitude.is_finite() || !(-90.0..=90.0).contains(&latitude) {
            return None;
        }
        match &self.0 {
            Way::Separable { rows, columns, width } => {
                let (row, column) = (rows.find(latitude)?, columns.find_longitude(longitude)?);
                row.checked_mul(*width)?.checked_add(column)
            }
            Way::Corners(cells) => cells.find(longitude, latitude),
            Way::Centres { tree, reach_km } => {
                let nearest = tree.nearest(longitude, latitude)?;
                (nearest.distance_km <= *reach_km.get(nearest.index)?).then_some(nearest.index)
            }
        }
    }
}
