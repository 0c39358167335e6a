//! Variables with their cells picked out.

use std::sync::Arc;

use crate::Result;
use crate::model::array::{Broadcast, Gathered};
use crate::model::{Encoding, Variable};

/// Indices along a dimension, one a point.
pub(super) type Pick<'a> = (&'a str, &'a [usize]);

/// Where the dimension of points goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the end.
    Last,
    /// In front of the last dimension that stays: the corners of cells, the letters of texts.
    BeforeLast,
}

/// Replace those dimensions of `variable` that `picks` names by one of `count` points, lazily.
/// Dimensions that are not its own pick nothing; without any the variable is repeated for each point.
///
/// # Errors
/// When an index lies outside.
pub(super) fn gather(
    variable: &mut Variable,
    picks: &[Pick],
    count: usize,
    dimension: &str,
    place: Place,
) -> Result<()> {
    let mut along: Vec<(usize, &[usize])> =
        picks.iter().filter_map(|(d, indices)| Some((variable.axis(d)?, *indices))).collect();
    along.sort_by_key(|(axis, _)| *axis);
    along.dedup_by_key(|(axis, _)| *axis);
    let axes: Vec<usize> = along.iter().map(|(axis, _)| *axis).collect();
    let cell = |point: usize| along.iter().filter_map(|(_, i)| i.get(point).copied()).collect();
    let cells: Vec<Vec<usize>> = (0..count).map(cell).collect();
    let kept: Vec<usize> = (0..variable.dimensions.len()).filter(|d| !axes.contains(d)).collect();
    let chunk = variable.encoding.chunk_shape.as_ref().map(|old| {
        let kept = kept.iter().filter_map(|&d| old.get(d).copied());
        kept.chain([count]).collect::<Vec<_>>()
    });
    let mut names: Vec<String> = kept.iter().filter_map(|&d| variable.dimensions.get(d).cloned()).collect();
    names.push(dimension.to_owned());
    variable.array = Gathered::array(Arc::clone(&variable.array), axes, cells)?;
    variable.encoding = Encoding { chunk_shape: chunk, shard_shape: None, ..variable.encoding.clone() };
    variable.dimensions = names;
    variable.attributes.remove("actual_range");
    if place == Place::BeforeLast && variable.dimensions.len() > 1 {
        swap_last_two(variable)?;
    }
    Ok(())
}

/// `(…, a, b)` as `(…, b, a)`.
fn swap_last_two(variable: &mut Variable) -> Result<()> {
    let rank = variable.dimensions.len();
    let Some(second) = rank.checked_sub(2) else { return Ok(()) };
    let mut order: Vec<usize> = (0..rank).collect();
    order.swap(second, rank - 1);
    let shape = order.iter().filter_map(|&d| variable.shape().get(d).copied()).collect();
    variable.array = Broadcast::array(Arc::clone(&variable.array), order.into_iter().map(Some).collect(), shape)?;
    variable.dimensions.swap(second, rank - 1);
    if let Some(chunk) = variable.encoding.chunk_shape.as_mut().filter(|c| c.len() == rank) {
        chunk.swap(second, rank - 1);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cf::roles::cdl;

    fn read(variable: &Variable) -> (Vec<String>, Vec<usize>, Vec<f64>) {
        let block = variable.array.read_all().unwrap();
        (variable.dimensions.clone(), block.shape().to_vec(), block.data().to_f64().unwrap())
    }

    #[test]
    fn cells_bounds_and_scalars() {
        let mut data = cdl::dataset(
            r"netcdf t { dimensions: time = 2 ; lat = 2 ; lon = 3 ; nv = 2 ; variables: int t(time, lat, lon) ;
            int b(lat, nv) ; int s ; data: t = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ; b = 10, 20, 20, 30 ; s = 7 ; }",
        );
        let picks: [Pick; 2] = [("lon", &[2, 0, 2]), ("lat", &[1, 0, 1])];
        let mut gathered = |name: &str, place| {
            let variable = data.variable_mut(name).unwrap();
            gather(variable, &picks, 3, "point", place).unwrap();
            read(variable)
        };
        let (dimensions, shape, values) = gathered("t", Place::Last);
        assert_eq!((dimensions, shape), (vec!["time".into(), "point".into()], vec![2, 3]));
        assert_eq!(values, [5.0, 0.0, 5.0, 11.0, 6.0, 11.0]);
        let (dimensions, _, values) = gathered("b", Place::BeforeLast);
        assert_eq!(dimensions, ["point", "nv"]);
        assert_eq!(values, [20.0, 30.0, 10.0, 20.0, 20.0, 30.0]);
        assert_eq!(gathered("s", Place::Last), (vec!["point".into()], vec![3], vec![7.0, 7.0, 7.0]));
    }
}
