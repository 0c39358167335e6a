//! Horizontal grids: what kind, where the cells are, which lie in a box, which is nearest.
//!
//! [`Grid::of`] reads a variable's coordinates once and answers in degrees, whatever the file's
//! units and longitude convention. Longitudes are compared modulo 360 throughout; missing
//! coordinates (NaN, as ocean models have over land) belong to no box and are near to nothing.

mod areas;
mod bbox;
mod classify;
mod corners;
mod edges;
mod gaussian;
mod kd_tree;
mod listed;
mod locate;
mod longitude;
mod mesh;
mod nearest;
mod overlap;
mod periodic;
pub mod polygon;
pub mod projected;
mod rotated;
mod selection;
mod space;
mod summary;
pub mod target;
#[cfg(test)]
mod tests;
mod triangles;

pub use areas::{CellAreas, polygon_area};
pub use bbox::Bbox;
pub(crate) use classify::degrees_per_unit;
pub use corners::{Corners, Outlines};
pub use edges::{cell_edges, latitude_edges};
pub use gaussian::{gaussian_latitudes, recognise_gaussian};
pub use kd_tree::KdTree;
pub use listed::{Listing, Origin};
pub use locate::Locator;
pub(crate) use longitude::descends;
pub use longitude::{
    Convention, EDGE_TOLERANCE, Run, convention, difference, edge_tolerance, in_range, select_longitudes, span,
    wrap_180, wrap_360,
};
pub use mesh::{Outline, outlines};
pub use nearest::{EARTH_RADIUS_KM, Nearest, NearestCell, distance_km};
pub use overlap::{Overlaps, Sparse1D, corner_areas, corner_centroids, overlaps, separable};
pub use rotated::RotatedPole;
pub use selection::{Selection, select_latitudes};
pub use summary::GridSummary;
pub use target::Target;
pub use triangles::Triangles;

/// The kind of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GridKind {
    /// Latitudes along one dimension, longitudes along another.
    Rectilinear,
    /// The same, on all latitudes of a Gaussian grid with `2 × n` rows.
    Gaussian {
        /// Rows between a pole and the equator: the 80 of N80.
        n: usize,
    },
    /// Latitudes and longitudes along two dimensions.
    Curvilinear,
    /// Latitude-longitude about another pole.
    Rotated,
    /// On the plane of a map projection.
    Projected,
    /// Cells in a list: meshes, reduced Gaussian grids, stations.
    Unstructured,
}

impl GridKind {
    /// The name that `inspect` shows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rectilinear => "rectilinear",
            Self::Gaussian { .. } => "gaussian",
            Self::Curvilinear => "curvilinear",
            Self::Rotated => "rotated",
            Self::Projected => "projected",
            Self::Unstructured => "unstructured",
        }
    }
}

/// A dimension of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct GridAxis {
    /// Its name.
    pub dimension: String,
    /// Its position among the variable's dimensions.
    pub position: usize,
    /// How many cells along it.
    pub length: usize,
    /// The coordinate variable along it alone, if there is one.
    pub coordinate: Option<String>,
    /// That variable's values in its own units (degrees for latitudes and longitudes in radians);
    /// empty without one.
    pub values: Vec<f64>,
    /// That variable's units.
    pub units: Option<String>,
}

/// Where cells are, in degrees. NaN where the file has no coordinate.
#[derive(Debug, Clone, PartialEq)]
pub enum Places {
    /// Not known: a projected grid whose file holds no latitudes and longitudes.
    Unknown,
    /// A latitude for each row and a longitude for each column.
    Separable {
        /// One a row; one alone where the latitude is a scalar coordinate.
        latitudes: Vec<f64>,
        /// One a column; one alone where the longitude is a scalar coordinate.
        longitudes: Vec<f64>,
    },
    /// A latitude and a longitude for each cell: `rows × columns` in C order, rows slowest, or one a
    /// cell of an unstructured grid.
    PerCell {
        /// One a cell.
        latitudes: Vec<f64>,
        /// One a cell.
        longitudes: Vec<f64>,
    },
}

/// The horizontal grid of a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Its kind.
    pub kind: GridKind,
    /// The rows; `None` for unstructured grids and where the latitude is a scalar.
    pub y: Option<GridAxis>,
    /// The columns; `None` for unstructured grids and where the longitude is a scalar.
    pub x: Option<GridAxis>,
    /// The cells of an unstructured grid.
    pub cells: Option<GridAxis>,
    /// What tells the places of the cells of a list, where no variable along them does.
    pub listing: Option<Listing>,
    /// The variable that holds the latitudes.
    pub latitude: Option<String>,
    /// The variable that holds the longitudes.
    pub longitude: Option<String>,
    /// Where the cells are.
    pub places: Places,
    /// Whether the columns close around the Earth.
    pub periodic: bool,
    /// How many columns at the end repeat those at the beginning (tripolar ocean grids have 1 or 2).
    pub overlap: usize,
}

impl Grid {
    /// Rows and columns; `(1, n)` for unstructured grids, 1 where a coordinate is a scalar.
    pub fn shape(&self) -> (usize, usize) {
        if let Some(cells) = &self.cells {
            return (1, cells.length);
        }
        (self.y.as_ref().map_or(1, |y| y.length), self.x.as_ref().map_or(1, |x| x.length))
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        let (rows, columns) = self.shape();
        rows.saturating_mul(columns)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Longitude and latitude of cell `index` (rows slowest) in degrees; `None` where not known.
    pub fn place(&self, index: usize) -> Option<(f64, f64)> {
        let (longitude, latitude) = match &self.places {
            Places::Unknown => return None,
            Places::Separable { latitudes, longitudes } => {
                let columns = longitudes.len();
                (*longitudes.get(index.checked_rem(columns)?)?, *latitudes.get(index.checked_div(columns)?)?)
            }
            Places::PerCell { latitudes, longitudes } => (*longitudes.get(index)?, *latitudes.get(index)?),
        };
        (!longitude.is_nan() && !latitude.is_nan()).then_some((longitude, latitude))
    }

    /// Latitude and longitude of every cell in C order, rows slowest; empty where not known.
    pub fn all_places(&self) -> (Vec<f64>, Vec<f64>) {
        match &self.places {
            Places::Unknown => (Vec::new(), Vec::new()),
            Places::PerCell { latitudes, longitudes } => (latitudes.clone(), longitudes.clone()),
            Places::Separable { latitudes, longitudes } => {
                let rows = latitudes.iter().flat_map(|lat| longitudes.iter().map(move |_| *lat));
                let columns = latitudes.iter().flat_map(|_| longitudes.iter().copied());
                (rows.collect(), columns.collect())
            }
        }
    }
}
