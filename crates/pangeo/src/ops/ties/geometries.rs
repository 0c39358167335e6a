//! Geometry containers: polygons and lines as counted runs of nodes, in parts (CF §7.5).

use super::ragged::{members, offsets};
use super::{Cuts, whole, whole_numbers};
use crate::Result;

/// Geometries take their nodes and parts along; neither can be cut by itself, since a polygon
/// without some of its corners is another one.
pub(super) fn follow(
    cuts: &mut Cuts,
    counts: &str,
    instances: &str,
    nodes: &str,
    parts: Option<&(String, String)>,
) -> Result<()> {
    if cuts.of(instances).is_none() {
        let cut = if cuts.of(nodes).is_some() { nodes } else { parts.map_or(nodes, |(_, d)| d) };
        return Err(whole(cut, "nodes or parts of geometries", counts)
            .with_hint(format!("select whole geometries along '{instances}'")));
    }
    let starts = offsets(&whole_numbers(cuts.dataset.require(counts)?)?, cuts.length(nodes), counts)?;
    let chosen = cuts.indices(instances).unwrap_or_default();
    cuts.keep(nodes, members(&starts, &chosen), counts)?;
    let Some((name, dimension)) = parts else { return Ok(()) };
    let ends = offsets(&whole_numbers(cuts.dataset.require(name)?)?, cuts.length(nodes), name)?;
    // The parts of a geometry are those that begin among its nodes.
    let first = |node: usize| ends.partition_point(|e| *e < node).min(ends.len().saturating_sub(1));
    let firsts: Vec<usize> = starts.iter().map(|&node| first(node)).collect();
    cuts.keep(dimension, members(&firsts, &chosen), name)
}
