//! Target grids: what data are regridded to, with everything that is written of it.
//!
//! A [`Target`] is made of a word (`r360x180`, `n80`), a cell size with or without a box, a grid description as CDO
//! has it, a projection, or taken from a dataset. Made ones get coordinates, bounds and a grid mapping as CF has them;
//! taken ones keep theirs as they are.

mod dataset;
mod description;
mod made;
mod plane;
mod regular;
#[cfg(test)]
mod tests;
mod words;

pub use words::is_word;

use super::{Bbox, Corners, Grid, GridKind, projected};
use crate::cf::roles::Roles;
use crate::model::{Attributes, Dataset, Dimension, Variable};
use crate::{Error, Result};

/// A grid with all that is written of it.
#[derive(Debug, Clone)]
pub struct Target {
    /// The grid. Positions of its axes are those among [`Target::dimensions`]' first ones.
    pub grid: Grid,
    /// The corners of its cells; `None` where nothing tells them (stations, a point).
    pub corners: Option<Corners>,
    /// The dimensions of data on it, slowest first, then those of bounds and meshes.
    pub dimensions: Vec<Dimension>,
    /// Its coordinates, their bounds, its grid mapping or mesh.
    pub variables: Vec<Variable>,
    /// What data on it say of it: `coordinates`, `grid_mapping`, `mesh` and `location`, where it has them.
    pub attributes: Attributes,
    /// What whoever asked for it should know, in sentences without a full stop.
    pub notes: Vec<String>,
    /// Whether its coordinates may be called something else.
    renamable: bool,
}

impl Target {
    /// The grid that a word means, as CDO has them: `r360x180` (NX columns from 0° eastward, NY rows from the south;
    /// an odd number of rows has one on each pole), `n80` and `F80` (Gaussian with twice as many rows, north to
    /// south), `t63grid` and `tl63grid` (that of a spectral truncation, quadratic or linear), `global_1` (cells of
    /// that many degrees from 180°W), `lon=11.5_lat=48.1` (one point).
    ///
    /// ```
    /// use pangeo::grid::Target;
    /// let target = Target::word("r360x180")?;
    /// assert_eq!(target.grid.shape(), (180, 360));
    /// assert_eq!(target.grid.place(0), Some((0.0, -89.5)));
    /// # Ok::<(), pangeo::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] for other words, which lists these, and for grids that are too large or have no cell.
    pub fn word(text: &str) -> Result<Self> {
        words::target(text)
    }

    /// Cells of `dx` by `dy` degrees that begin at the western and southern edge of a box, or of the Earth from 0°
    /// eastward and −90° northward. Where the size does not divide the box it is covered and the cells beyond its
    /// edge are noted; a row that would pass the pole ends there.
    ///
    /// ```
    /// use pangeo::grid::Target;
    /// let pacific = Target::regular((5.0, 5.0), Some("170,-10,-170,10".parse()?))?;
    /// assert_eq!(pacific.grid.place(0), Some((172.5, -7.5)));
    /// assert_eq!(pacific.grid.shape(), (4, 4));
    /// # Ok::<(), pangeo::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Usage`] for sizes that are no size, a box without an area, columns that do not divide the full
    /// circle, and grids that are too large.
    pub fn regular((dx, dy): (f64, f64), bbox: Option<Bbox>) -> Result<Self> {
        regular::target((dx, dy), bbox)
    }

    /// Cells of `dx` by `dy` on the plane of a projection, in its unit (mostly metres), that cover an area given in
    /// degrees; `text` is `epsg:CODE` or a PROJ string. Edges lie at multiples of the size. The grid has x and y with
    /// bounds, two-dimensional latitudes and longitudes with the four corners of each cell, NaN beyond the map, and a
    /// grid mapping `crs`. Geographic systems (`epsg:4326`) make a grid of latitudes and longitudes.
    ///
    /// # Errors
    /// [`Error::Usage`] for what PROJ does not accept, an area that the projection does not show, and cells that are
    /// no size or too small.
    pub fn projected(text: &str, (dx, dy): (f64, f64), area: Bbox) -> Result<Self> {
        plane::target(text, (dx, dy), area)
    }

    /// The grid of a description as CDO has them and `cdo griddes` prints: `lonlat`, `gaussian`, `curvilinear`,
    /// `unstructured` and `projection`. Of several grids the first. `place` is the file, for messages.
    ///
    /// # Errors
    /// [`Error::Data`] naming the line for what cannot be understood or does not fit.
    pub fn described(text: &[u8], place: &str) -> Result<Self> {
        description::target(text, place)
    }

    /// The same, whose latitudes and longitudes may be called something else though a dataset named them.
    #[must_use]
    pub fn renamable(self) -> Self {
        Self { renamable: true, ..self }
    }

    /// The same with made latitudes and longitudes called so, with their bounds and dimensions; those that a dataset
    /// or a description names keep their names. Made ones are `lat` and `lon` otherwise.
    #[must_use]
    pub fn named(mut self, latitude: &str, longitude: &str) -> Self {
        if self.renamable {
            made::rename(&mut self, latitude, longitude);
        }
        self
    }

    /// The corners of its cells.
    ///
    /// # Errors
    /// [`Error::Data`] where nothing tells them.
    pub fn corners(&self) -> Result<&Corners> {
        self.corners.as_ref().ok_or_else(|| {
            Error::data("the corners of cells are not known", "the target grid".to_owned())
                .with_hint("give its latitudes and longitudes bounds, or use --method nearest or bilinear")
        })
    }
}

/// The corners of cells as regridding takes them: those of the file, of a projected grid by its projection, else
/// half-way between centres, of Gaussian grids as well (as CDO and ESMF do; edges by quadrature weights, which make
/// the areas of `aggregate`, lie up to 4 % of a row elsewhere).
///
/// # Errors
/// As [`Corners::of`].
pub fn cells_of(dataset: &Dataset, roles: &Roles, on: &Grid, variable: &str) -> Result<Corners> {
    let kind = match on.kind {
        GridKind::Gaussian { .. } => GridKind::Rectilinear,
        other => other,
    };
    projected::corners_of(dataset, roles, &Grid { kind, ..on.clone() }, variable)
}

/// Whether a text means a projection ([`Target::projected`]): `epsg:CODE` or a PROJ string.
pub fn is_projection(text: &str) -> bool {
    plane::is_projection(text)
}

/// Whether a text is a grid description rather than a file of data: text that sets a `gridtype`.
pub fn is_description(text: &[u8]) -> bool {
    description::is_one(text)
}
