//! `--polygon`: keep the cells inside regions.

use std::sync::Arc;

use super::cuts::{Kept, apply};
use super::tied::in_turns;
use crate::cf::roles::Roles;
use crate::grid::polygon::{Feature, Polygon};
use crate::grid::{Bbox, Corners, Places, Selection};
use crate::model::Dataset;
use crate::ops::grids::{GridOf, on_grid};
use crate::ops::mask::Tally;
use crate::{Error, Result};

/// What to do where corners are not known.
const CENTRES_ONLY: &str = "leave it out: cells whose centre lies inside are kept";

/// Regions, and which cells count as inside.
#[derive(Debug, Clone)]
pub struct Regions {
    /// The regions; a cell inside any of them is kept.
    pub features: Vec<Feature>,
    /// Keep cells of which any part is inside, not only those whose centre is.
    pub all_touched: bool,
}

impl Regions {
    /// What to warn of: an edge of more than 180 degrees, which may have been meant to go the other way
    /// around the Earth, across the dateline.
    pub fn warning(&self) -> Option<String> {
        let edges = self.features.iter().flat_map(|f| &f.polygons).map(Polygon::widest_edge);
        let widest = edges.filter(|&width| width > 180.0 && width < 360.0).reduce(f64::max)?;
        Some(format!(
            "a region has an edge of {widest} degrees of longitude; if it should cross the dateline, cut it there (RFC 7946 §3.1.9)"
        ))
    }
}

/// Crop every grid to the box of indices that covers the regions and set values outside to missing;
/// unstructured grids keep the cells inside. Dimensions that grids share are cut once, to what any of
/// them keeps.
///
/// # Errors
/// [`Error::EmptySelection`] if no cell lies inside; [`Error::Data`] without any grid, or where
/// `all_touched` needs corners that the file does not have.
pub fn select_regions(dataset: &mut Dataset, regions: &Regions, tally: &Arc<Tally>) -> Result<()> {
    in_turns(dataset, "--polygon", |dataset, grids| {
        let several = grids.len() > 1;
        let mut kept = Vec::new();
        for on in grids {
            let selection = match &on.grid.places {
                Places::Separable { .. } => rows_and_columns(dataset, &on, regions)?,
                _ => on.grid.cover(&each_cell(dataset, &on, regions)?),
            };
            let nothing = || if several { on_grid(nothing_inside(&on), &on) } else { nothing_inside(&on) };
            let selection = selection.ok_or_else(nothing)?;
            kept.push(Kept { on, selection });
        }
        apply(dataset, &kept, tally)
    })
}

fn nothing_inside(on: &GridOf) -> Error {
    let [w, s, e, n] = on.grid.extent().unwrap_or([f64::NAN; 4]);
    let has = format!(
        "the grid's cells lie between longitudes {w} and {e}, latitudes {s} and {n}; --all-touched keeps every cell that a region touches"
    );
    Error::empty_selection("--polygon".to_owned(), has)
}

/// Latitude-longitude grids: first the box around the regions, monotonic across the seam, then a mask.
fn rows_and_columns(dataset: &Dataset, on: &GridOf, regions: &Regions) -> Result<Option<Selection>> {
    let Places::Separable { latitudes, longitudes } = &on.grid.places else { return Ok(None) };
    let margin = if regions.all_touched { on.grid.resolution().map_or(1.0, |(y, x)| y.max(x)) } else { 0.0 };
    let around = match around(&regions.features, margin)?.map(|bbox| on.grid.select(&bbox)) {
        None | Some(Err(Error::EmptySelection { .. })) => return Ok(None),
        Some(found) => found?,
    };
    let (rows, columns) = (around.rows(), around.columns());
    let corners = if regions.all_touched { corners(dataset, on)? } else { None };
    let mut inside = Vec::with_capacity(rows.len() * columns.len());
    for &row in &rows {
        for &(column, _) in &columns {
            let keep = match (&corners, latitudes.get(row), longitudes.get(column)) {
                (Some(corners), ..) => {
                    let index = row.saturating_mul(longitudes.len()).saturating_add(column);
                    touches(regions, &corners.outline(index))
                }
                (None, Some(&lat), Some(&lon)) => regions.features.iter().any(|f| f.contains(lon, lat)),
                _ => false,
            };
            inside.push(keep);
        }
    }
    Ok(trim(&around, &inside, rows.len(), columns.len()))
}

fn touches(regions: &Regions, corners: &[(f64, f64)]) -> bool {
    regions.features.iter().any(|f| f.touches_cell(corners))
}

/// The box around all regions, wider by `margin` degrees.
fn around(features: &[Feature], margin: f64) -> Result<Option<Bbox>> {
    let mut whole: Option<(f64, f64, f64, f64)> = None;
    for feature in features {
        let e = feature.extent();
        whole = Some(match whole {
            None => (e.west, e.south, e.east, e.north),
            Some((west, south, east, north)) => {
                // Of the two ways to join the arcs take the shorter; all around if that is no less.
                let turns = [-360.0, 0.0, 360.0].map(|t| (west.min(e.west + t), east.max(e.east + t)));
                let (w, x) =
                    turns.into_iter().min_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0))).unwrap_or((west, east));
                (w, south.min(e.south), x, north.max(e.north))
            }
        });
    }
    let Some((west, south, east, north)) = whole else { return Ok(None) };
    let (south, north) = ((south - margin).max(-90.0), (north + margin).min(90.0));
    let (west, east) = (west - margin, east + margin);
    let bbox = if east - west >= 360.0 {
        Bbox::new(-180.0, south, 180.0, north)?
    } else {
        Bbox::new(west, south, east, north)?
    };
    Ok(Some(bbox))
}

/// Leave out the outer rows and columns in which no cell is inside; the rest gets the mask.
fn trim(around: &Selection, inside: &[bool], height: usize, width: usize) -> Option<Selection> {
    let at = |y: usize, x: usize| inside.get(y * width + x) == Some(&true);
    let rows: Vec<usize> = (0..height).filter(|&y| (0..width).any(|x| at(y, x))).collect();
    let columns: Vec<usize> = (0..width).filter(|&x| (0..height).any(|y| at(y, x))).collect();
    let (top, bottom) = (*rows.first()?, *rows.last()?);
    let (left, right) = (*columns.first()?, *columns.last()?);
    let mask: Vec<bool> =
        (top..=bottom).flat_map(|y| (left..=right).map(move |x| (y, x))).map(|(y, x)| at(y, x)).collect();
    let kept_rows = around.rows();
    let kept_columns = around.columns();
    let runs =
        kept_columns.get(left..=right)?.iter().map(|&(i, offset)| crate::grid::Run { indices: i..i + 1, offset });
    Some(Selection::Box {
        rows: kept_rows.get(top..=bottom)?.iter().map(|&i| i..i + 1).collect(),
        columns: runs.collect(),
        mask: (!mask.iter().all(|m| *m)).then_some(mask),
    })
}

/// Which cells of a curvilinear or unstructured grid are inside.
fn each_cell(dataset: &Dataset, on: &GridOf, regions: &Regions) -> Result<Vec<bool>> {
    let count = on.grid.len();
    if !regions.all_touched {
        let inside =
            |i| on.grid.place(i).is_some_and(|(lon, lat)| regions.features.iter().any(|f| f.contains(lon, lat)));
        return Ok((0..count).map(inside).collect());
    }
    let Some(corners) = corners(dataset, on)? else {
        let what = "--all-touched needs the corners of cells, and the file has none";
        return Err(Error::data(what, dataset.source.clone()).with_hint(CENTRES_ONLY));
    };
    Ok((0..count).map(|i| touches(regions, &corners.outline(i))).collect())
}

/// The corners of cells as far as the file gives them; those guessed from centres would decide
/// wrongly about cells that a region barely touches.
fn corners(dataset: &Dataset, on: &GridOf) -> Result<Option<Corners>> {
    let Some(variable) = on.variables.first() else { return Ok(None) };
    Corners::given(dataset, &Roles::of(dataset), &on.grid, variable).map_err(|e| e.with_hint(CENTRES_ONLY))
}
