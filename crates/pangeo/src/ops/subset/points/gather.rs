//! Variables with their cells picked out.

use std::sync::Arc;

use crate::Result;
use crate::model::array::{Broadcast, Gathered, LazyArray, misfit};
use crate::model::{Array, Block, DataType, Encoding, Region, RegionTiles, Variable};

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
    let plane: usize = axes.iter().filter_map(|&a| variable.shape().get(a)).product();
    let each_cell = variable.array.divisible() && plane / SPARSE > count;
    let chunk = variable.encoding.chunk_shape.as_ref().map(|old| {
        let kept = kept.iter().filter_map(|&d| old.get(d).copied());
        kept.chain([count]).collect::<Vec<_>>()
    });
    let mut names: Vec<String> = kept.iter().filter_map(|&d| variable.dimensions.get(d).cloned()).collect();
    names.push(dimension.to_owned());
    let source = Gathered::array(Arc::clone(&variable.array), axes, cells)?;
    variable.array = Arc::new(Piecewise { source, each_cell });
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

/// In uncompressed data each cell is read alone if no more than one of so many is wanted; with more
/// of them it is cheaper to read all that lies between.
const SPARSE: usize = 512;

/// Gathered cells, read a piece at a time: what lies between the cells is held for one chunk of the
/// other dimensions only, however long a series is asked for.
#[derive(Debug)]
struct Piecewise {
    source: Array,
    /// Whether any cell can be read at no more cost than its own bytes.
    each_cell: bool,
}

impl LazyArray for Piecewise {
    fn data_type(&self) -> &DataType {
        self.source.data_type()
    }

    fn shape(&self) -> &[usize] {
        self.source.shape()
    }

    fn chunk_starts(&self, axis: usize) -> Vec<usize> {
        self.source.chunk_starts(axis)
    }

    fn divisible(&self) -> bool {
        self.each_cell
    }

    fn read(&self, region: &Region) -> Result<Block> {
        let lost = || misfit(region, self.shape());
        let Some((points, _)) = region.ranges().split_last() else { return Err(lost()) };
        let rank = self.shape().len();
        let starts: Vec<Vec<usize>> = if self.each_cell {
            let mut starts = vec![vec![0]; rank.saturating_sub(1)];
            starts.push(points.clone().collect());
            starts
        } else {
            (0..rank).map(|d| self.source.chunk_starts(d)).collect()
        };
        let tiles = RegionTiles::new(region, &starts);
        if tiles.len() <= 1 {
            return self.source.read(region);
        }
        let mut out = Block::zeros(self.data_type(), region.shape()).ok_or_else(lost)?;
        let origin = region.start();
        for tile in tiles.iter() {
            let block = self.source.read(&tile)?;
            let at = tile.relative_to(&origin).start();
            out.paste(&at, &block, &Region::whole(block.shape())).ok_or_else(lost)?;
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cf::roles::cdl;
    use crate::model::Buffer;

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

    /// An array in chunks of one step that remembers the largest piece asked of it.
    #[derive(Debug)]
    struct Watched(Array, std::sync::atomic::AtomicUsize, bool);

    impl LazyArray for Watched {
        fn data_type(&self) -> &DataType {
            self.0.data_type()
        }
        fn shape(&self) -> &[usize] {
            self.0.shape()
        }
        fn chunk_starts(&self, axis: usize) -> Vec<usize> {
            if axis == 0 { (0..self.shape()[0]).collect() } else { vec![0] }
        }
        fn divisible(&self) -> bool {
            self.2
        }
        fn read(&self, region: &Region) -> Result<Block> {
            self.1.fetch_max(region.len(), std::sync::atomic::Ordering::Relaxed);
            self.0.read(region)
        }
    }

    #[test]
    fn a_long_series_holds_one_step_of_the_field_at_a_time() {
        let field = Block::new(vec![50, 40, 60], Buffer::I32((0..120_000).collect())).unwrap();
        for (divisible, most) in [(false, 39 * 59), (true, 50)] {
            let memory = crate::model::array::Memory::array(field.clone());
            let watched = Arc::new(Watched(memory, 0.into(), divisible));
            let mut data =
                cdl::dataset("netcdf t { dimensions: t = 50 ; y = 40 ; x = 60 ; variables: int v(t, y, x) ; }");
            let variable = data.variable_mut("v").unwrap();
            variable.array = Arc::clone(&watched) as Array;
            gather(variable, &[("y", &[0, 38]), ("x", &[58, 0])], 2, "point", Place::Last).unwrap();
            let values = read(variable).2;
            assert_eq!(values[..4], [58.0, 2280.0, 2458.0, 4680.0]);
            assert_eq!(watched.1.load(std::sync::atomic::Ordering::Relaxed), most, "divisible: {divisible}");
        }
    }
}
