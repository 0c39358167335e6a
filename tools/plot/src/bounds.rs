//! The edges of cells along an axis.

use pangeo::Result;
use pangeo::cf::packing;
use pangeo::grid::cell_edges;
use pangeo::model::Variable;

use crate::slice::Source;

/// The `n + 1` edges of the cells along a dimension: its bounds where they meet, else half-way between its
/// `places`; a single cell is one unit wide.
///
/// # Errors
/// When bounds can't be read.
pub(crate) fn edges(source: &Source, dimension: &str, places: &[f64]) -> Result<Vec<f64>> {
    let coordinate = source.coordinate(dimension);
    let bounds = coordinate.and_then(|c| bounds_of(source, c));
    if let Some(bounds) = bounds
        && let Some(edges) = meeting(&packing::numbers(bounds)?, places)
    {
        return Ok(edges);
    }
    let edges = cell_edges(places);
    match places {
        [only] if edges.is_empty() => Ok(vec![only - 0.5, only + 0.5]),
        _ => Ok(edges),
    }
}

/// Bounds in the units of their coordinate; times are compared as dates and have none here.
fn bounds_of<'a>(source: &'a Source, coordinate: &Variable) -> Option<&'a Variable> {
    let bounds = source.dataset.variable(source.roles.bounds_of(&coordinate.name)?)?;
    let own = bounds.attributes.text("units");
    (own.is_none() || own == coordinate.attributes.text("units")).then_some(bounds)
}

/// Two bounds a cell as edges, if each cell begins where the one before ends.
fn meeting(bounds: &[f64], places: &[f64]) -> Option<Vec<f64>> {
    if bounds.len() != 2 * places.len() || bounds.iter().any(|b| !b.is_finite()) {
        return None;
    }
    let pairs: Vec<(f64, f64)> = bounds.chunks_exact(2).map(|p| (p[0], p[1])).collect();
    let rising = places.first()? <= places.last()?;
    let ordered = |&(a, b): &(f64, f64)| if (a <= b) == rising { (a, b) } else { (b, a) };
    let pairs: Vec<(f64, f64)> = pairs.iter().map(ordered).collect();
    let width = pairs.iter().map(|(a, b)| (b - a).abs()).fold(0.0, f64::max);
    let meet = pairs.windows(2).all(|p| (p[0].1 - p[1].0).abs() <= 1e-6 * width);
    meet.then(|| pairs.iter().map(|p| p.0).chain(pairs.last().map(|p| p.1)).collect())
}
