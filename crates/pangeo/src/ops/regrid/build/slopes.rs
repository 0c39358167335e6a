//! Pieces of source cells and their neighbours, for fields that slope within cells.

use super::{Plane, Source};
use crate::Result;
use crate::engine::Engine;
use crate::grid::target::Target;
use crate::grid::{Grid, KdTree, Places, corner_areas, corner_centroids, overlaps};
use crate::ops::regrid::operator::{Operator, Pieces, Slopes};

/// So many nearest cells are the neighbours of one of a list, itself among them.
const AROUND: usize = 7;

/// Means over areas with gradients.
pub(super) fn operator(source: &Source, target: &Target, engine: &Engine) -> Result<Operator> {
    let (from, to) = (source.corners()?, target.corners()?);
    let found = overlaps(&from, to, true, engine.threads())?;
    let centroids = corner_centroids(&from);
    let centres = found.centroids.unwrap_or_default();
    let moment = |((source, area), centre): ((&u32, &f64), &[f64; 3])| {
        let own = centroids.get(*source as usize).copied().unwrap_or(*centre);
        [0, 1, 2].map(|k| area * (centre[k] - own[k]))
    };
    let moments = found.sources.iter().zip(&found.areas).zip(&centres).map(moment).collect();
    let pieces = own(Pieces { starts: found.starts, sources: found.sources, areas: found.areas, moments }, source);
    let full = corner_areas(to).to_vec();
    let neighbours = neighbours(source);
    Ok(Operator::Slopes(Slopes::new(
        pieces,
        full,
        centroids.iter().map(on_sphere).collect(),
        neighbours,
        source.plane().rows,
        Plane::of(&target.grid).columns,
    )))
}

/// Without the columns that repeat the first ones, which would count twice.
fn own(pieces: Pieces, source: &Source) -> Pieces {
    let columns = source.plane().columns;
    let own = columns.saturating_sub(source.grid.overlap);
    if own == columns {
        return pieces;
    }
    let mut kept = Pieces { starts: vec![0], sources: Vec::new(), areas: Vec::new(), moments: Vec::new() };
    for ends in pieces.starts.windows(2) {
        let [from, to] = *ends else { continue };
        for at in from..to {
            let (Some(cell), Some(area), Some(moment)) =
                (pieces.sources.get(at), pieces.areas.get(at), pieces.moments.get(at))
            else {
                continue;
            };
            if *cell as usize % columns < own {
                kept.sources.push(*cell);
                kept.areas.push(*area);
                kept.moments.push(*moment);
            }
        }
        kept.starts.push(kept.sources.len());
    }
    kept
}

/// The direction of a point; 0 for the centre of the Earth.
fn on_sphere(point: &[f64; 3]) -> [f64; 3] {
    let length = point.iter().map(|v| v * v).sum::<f64>().sqrt();
    if length > 0.0 { point.map(|v| v / length) } else { *point }
}

/// The cells beside each: of a list the nearest ones, else those before and behind in both directions.
fn neighbours(source: &Source) -> (Vec<usize>, Vec<u32>) {
    let (mut starts, mut cells) = (vec![0], Vec::new());
    if source.grid.cells.is_some() {
        let (latitudes, longitudes) = source.places();
        let tree = KdTree::new(&latitudes, &longitudes);
        for (cell, (latitude, longitude)) in latitudes.iter().zip(&longitudes).enumerate() {
            let near = tree.nearest_several(*longitude, *latitude, AROUND);
            cells.extend(near.iter().map(|n| n.index as u32).filter(|n| *n as usize != cell));
            starts.push(cells.len());
        }
        return (starts, cells);
    }
    let plane = source.plane();
    for row in 0..plane.rows {
        let rows = [row.checked_sub(1), (row + 1 < plane.rows).then_some(row + 1)];
        for column in 0..plane.columns {
            let cell = |row: usize, column: usize| (row * plane.columns + column) as u32;
            cells.extend(rows.iter().flatten().map(|row| cell(*row, column)));
            cells.extend(beside(source.grid, column, plane.columns).iter().flatten().map(|column| cell(row, *column)));
            if rows.contains(&None) {
                cells.extend(across(source.grid, row, column, plane.columns).map(|column| cell(row, column)));
            }
            starts.push(cells.len());
        }
    }
    (starts, cells)
}

/// The column of the cell behind the pole, in the same row, where an outermost row goes around it.
fn across(grid: &Grid, row: usize, column: usize, columns: usize) -> Option<usize> {
    let Places::Separable { latitudes, .. } = &grid.places else { return None };
    let own = columns.saturating_sub(grid.overlap);
    let here = latitudes.get(row)?;
    let step = latitudes.get(row + 1).or_else(|| latitudes.get(row.checked_sub(1)?))? - here;
    let around = grid.periodic && own.is_multiple_of(2) && 90.0 - here.abs() <= 0.8 * step.abs();
    // On the pole itself all are the same place.
    (around && 90.0 - here.abs() > 0.1 * step.abs()).then(|| (column % own.max(1) + own / 2) % own.max(1))
}

/// The columns west and east; across the seam where rows close.
fn beside(grid: &Grid, column: usize, columns: usize) -> [Option<usize>; 2] {
    let own = columns.saturating_sub(grid.overlap).max(1);
    if grid.periodic && own > 2 {
        return [Some((column % own + own - 1) % own), Some((column + 1) % own)];
    }
    [column.checked_sub(1), (column + 1 < columns).then_some(column + 1)]
}
