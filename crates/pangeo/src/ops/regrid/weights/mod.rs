//! Files of weights, in the layouts of SCRIP (Jones 1999; CDO's) and of ESMF (that of `ESMF_RegridWeightGen`).

mod read;
mod target;
mod write;

pub(super) use read::{Mask, check_places, maker, method, normalize, picks, tells_coverage};
pub(super) use target::target;
pub(super) use write::Used;

use std::str::FromStr;

use crate::{Error, Result};

/// How a file lays weights out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// `src_address`, `dst_address`, `remap_matrix`; angles in radians.
    #[default]
    Scrip,
    /// `col`, `row`, `S`; angles in degrees.
    Esmf,
}

impl FromStr for Layout {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for other words.
    fn from_str(text: &str) -> Result<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "scrip" => Ok(Self::Scrip),
            "esmf" => Ok(Self::Esmf),
            _ => Err(Error::usage(format!("'{text}' is neither scrip nor esmf"))),
        }
    }
}

/// The names that the two layouts have for the same things.
struct Names {
    /// Of the dimensions of cells, corners and ranks: source and target.
    cells: [&'static str; 2],
    corners: [&'static str; 2],
    ranks: [&'static str; 2],
    links: &'static str,
    dims: [&'static str; 2],
    latitude: [&'static str; 2],
    longitude: [&'static str; 2],
    corner_latitude: [&'static str; 2],
    corner_longitude: [&'static str; 2],
    mask: [&'static str; 2],
    area: [&'static str; 2],
    fraction: [&'static str; 2],
    /// Numbers of cells, from 1 on: source and target.
    address: [&'static str; 2],
    matrix: &'static str,
}

const SCRIP: Names = Names {
    cells: ["src_grid_size", "dst_grid_size"],
    corners: ["src_grid_corners", "dst_grid_corners"],
    ranks: ["src_grid_rank", "dst_grid_rank"],
    links: "num_links",
    dims: ["src_grid_dims", "dst_grid_dims"],
    latitude: ["src_grid_center_lat", "dst_grid_center_lat"],
    longitude: ["src_grid_center_lon", "dst_grid_center_lon"],
    corner_latitude: ["src_grid_corner_lat", "dst_grid_corner_lat"],
    corner_longitude: ["src_grid_corner_lon", "dst_grid_corner_lon"],
    mask: ["src_grid_imask", "dst_grid_imask"],
    area: ["src_grid_area", "dst_grid_area"],
    fraction: ["src_grid_frac", "dst_grid_frac"],
    address: ["src_address", "dst_address"],
    matrix: "remap_matrix",
};

const ESMF: Names = Names {
    cells: ["n_a", "n_b"],
    corners: ["nv_a", "nv_b"],
    ranks: ["src_grid_rank", "dst_grid_rank"],
    links: "n_s",
    dims: ["src_grid_dims", "dst_grid_dims"],
    latitude: ["yc_a", "yc_b"],
    longitude: ["xc_a", "xc_b"],
    corner_latitude: ["yv_a", "yv_b"],
    corner_longitude: ["xv_a", "xv_b"],
    mask: ["mask_a", "mask_b"],
    area: ["area_a", "area_b"],
    fraction: ["frac_a", "frac_b"],
    address: ["col", "row"],
    matrix: "S",
};

/// What the names of further weights begin with that only this program reads. SCRIP's layout holds the weights that are
/// left under a mask, which is what CDO takes; these are the weights of all source cells, for the targets that the mask
/// has a part in.
const UNMASKED: &str = "unmasked_";

/// Likewise: weights that stand in for cubic ones where these lack values.
const INSTEAD: &str = "linear_";

#[cfg(test)]
mod tests;
