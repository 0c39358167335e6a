//! `--bbox`: keep the cells of a box of longitudes and latitudes.

use std::sync::Arc;

use super::alone::alone;
use super::cuts::{Kept, apply};
use super::tied::in_turns;
use crate::Result;
use crate::cf::roles::Roles;
use crate::grid::Bbox;
use crate::model::Dataset;
use crate::ops::grids::{GridOf, grids, on_grid};
use crate::ops::mask::Tally;

/// Keep the cells whose centres lie in a box, edges included; bounds and auxiliary coordinates are cut
/// along. Latitude-longitude grids are sliced, their longitudes made monotonic across Greenwich and the
/// dateline; curvilinear ones cropped to the covering box of indices, values outside set to missing;
/// unstructured ones keep the cells inside, meshes the faces with all that these are made of. Dimensions
/// that grids share are cut once, to what any of them keeps. Latitudes without longitudes (zonal means)
/// are cut by the box's latitudes alone, longitudes without latitudes alike; the answer says so.
///
/// # Errors
/// [`crate::Error::EmptySelection`] with the grid's extent; [`crate::Error::Data`] without any
/// horizontal grid.
pub fn select_box(dataset: &mut Dataset, bbox: &Bbox, tally: &Arc<Tally>) -> Result<Vec<String>> {
    let single = alone(dataset);
    let notes = single.iter().map(|axis| axis.keep(dataset, bbox)).collect::<Result<_>>()?;
    if !single.is_empty() && grids(dataset, &Roles::of(dataset))?.is_empty() {
        return Ok(notes);
    }
    in_turns(dataset, "--bbox", |dataset, grids| {
        let several = grids.len() > 1;
        let kept = |on: GridOf| {
            let selection = on.grid.select(bbox).map_err(|e| if several { on_grid(e, &on) } else { e })?;
            Ok(Kept { on, selection })
        };
        let kept = grids.into_iter().map(kept).collect::<Result<Vec<_>>>()?;
        apply(dataset, &kept, tally)
    })?;
    Ok(notes)
}
