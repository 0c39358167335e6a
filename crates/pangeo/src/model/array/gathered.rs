//! Single cells picked out of two (or more) dimensions at once.

use std::sync::Arc;

use super::{Array, LazyArray, misfit};
use crate::model::{Block, DataType, Region, RegionTiles, Starts, count};
use crate::{Error, Result};

/// Cells of an array along some of its dimensions, joined into one new dimension.
///
/// The picked dimensions disappear; the new one stands last. `(time, lat, lon)` picked at *n*
/// `(lat, lon)` pairs becomes `(time, point)` with *n* points. It is read a piece at a time: what lies
/// between the cells is held for one chunk of the other dimensions only, however long a series is.
#[derive(Debug)]
pub struct Gathered {
    source: Array,
    /// The source's dimensions that are picked from, ascending.
    picked: Vec<usize>,
    /// The source's other dimensions, ascending.
    kept: Vec<usize>,
    /// One index per picked dimension and cell.
    cells: Vec<Vec<usize>>,
    shape: Vec<usize>,
    /// Whether any cell can be read at no more cost than its own bytes.
    each_cell: bool,
}

/// In uncompressed data each cell is read alone if no more than one of so many is wanted; with more
/// of them it is cheaper to read all that lies between.
const SPARSE: usize = 512;

impl Gathered {
    /// Pick `cells` (each one index per dimension in `picked`, which ascends) out of `source`.
    ///
    /// # Errors
    /// When an index lies outside or the ranks differ.
    pub fn array(source: Array, picked: Vec<usize>, cells: Vec<Vec<usize>>) -> Result<Array> {
        let shape = source.shape();
        let inside = cells.iter().all(|cell| {
            cell.len() == picked.len() && cell.iter().zip(&picked).all(|(&i, &d)| shape.get(d).is_some_and(|&n| i < n))
        });
        if !inside || !picked.is_sorted() {
            return Err(Error::data("internal: cells outside the array", "array"));
        }
        let plane = count(&picked.iter().map(|&d| shape[d]).collect::<Vec<_>>()).unwrap_or(usize::MAX);
        let each_cell = source.divisible() && plane / SPARSE > cells.len();
        let kept: Vec<usize> = (0..shape.len()).filter(|d| !picked.contains(d)).collect();
        let shape = kept.iter().map(|&d| shape[d]).chain(std::iter::once(cells.len())).collect();
        Ok(Arc::new(Self { source, picked, kept, cells, shape, each_cell }))
    }

    /// Runs of wanted cells that lie in the same source chunk, so that it is decoded once for them.
    fn groups(&self, wanted: std::ops::Range<usize>) -> Vec<Vec<usize>> {
        let starts: Vec<Starts> = self.picked.iter().map(|&d| self.source.chunk_starts(d)).collect();
        let chunk = |cell: &[usize]| -> Vec<usize> { cell.iter().zip(&starts).map(|(&i, s)| s.piece_of(i)).collect() };
        let mut groups: std::collections::BTreeMap<Vec<usize>, Vec<usize>> = std::collections::BTreeMap::new();
        for at in wanted {
            groups.entry(chunk(&self.cells[at])).or_default().push(at);
        }
        groups.into_values().collect()
    }
}

impl LazyArray for Gathered {
    fn data_type(&self) -> &DataType {
        self.source.data_type()
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        self.kept.get(axis).map_or_else(|| Starts::whole(self.cells.len()), |&d| self.source.chunk_starts(d))
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        let tiles = self.tiles_of(region);
        // The other pieces along a series are like the first.
        let first = tiles.as_ref().map(RegionTiles::largest);
        let Some((wanted, outer)) = first.as_ref().and_then(|tile| tile.ranges().split_last()) else {
            return Vec::new();
        };
        let groups = self.groups(wanted.clone());
        groups.iter().map(|group| (&self.source, self.box_of(group, outer))).collect()
    }

    fn divisible(&self) -> bool {
        self.each_cell
    }

    fn read(&self, region: &Region) -> Result<Block> {
        let lost = || misfit(region, &self.shape);
        let tiles = self.tiles_of(region).ok_or_else(lost)?;
        if tiles.len() <= 1 {
            return self.piece(region);
        }
        let mut out = Block::zeros(self.data_type(), region.shape()).ok_or_else(lost)?;
        let origin = region.start();
        for tile in tiles.iter() {
            let block = self.piece(&tile)?;
            let at = tile.relative_to(&origin).start();
            out.paste(&at, &block, &Region::whole(block.shape())).ok_or_else(lost)?;
        }
        Ok(out)
    }
}

impl Gathered {
    /// The pieces in which a box is read.
    fn tiles_of(&self, region: &Region) -> Option<RegionTiles> {
        let (cells, outer) = region.ranges().split_last()?;
        let starts: Vec<Starts> = if self.each_cell {
            let whole = outer.iter().map(|range| Starts::whole(range.end));
            whole.chain(std::iter::once(Starts::regular(cells.end, 1))).collect()
        } else {
            (0..self.shape.len()).map(|d| self.chunk_starts(d)).collect()
        };
        Some(RegionTiles::new(region, &starts))
    }

    /// The source's box that holds a group of cells, for the box `outer` of the other dimensions.
    fn box_of(&self, group: &[usize], outer: &[std::ops::Range<usize>]) -> Region {
        let mut ranges = vec![0..1; self.source.shape().len()];
        for (&d, range) in self.kept.iter().zip(outer) {
            ranges[d] = range.clone();
        }
        for (p, &d) in self.picked.iter().enumerate() {
            let indices = group.iter().map(|&at| self.cells[at][p]);
            let low = indices.clone().min().unwrap_or(0);
            ranges[d] = low..indices.max().unwrap_or(low) + 1;
        }
        Region::new(ranges)
    }

    /// The cells of one piece, each source chunk among them read once.
    fn piece(&self, region: &Region) -> Result<Block> {
        let lost = || misfit(region, &self.shape);
        let (true, Some((wanted, outer))) = (region.fits(&self.shape), region.ranges().split_last()) else {
            return Err(lost());
        };
        let rows = Region::new(outer.to_vec()).len();
        let mut out = Block::zeros(self.data_type(), vec![rows, wanted.len()]).ok_or_else(lost)?;
        for group in self.groups(wanted.clone()) {
            let held = self.box_of(&group, outer);
            let origin = held.start();
            let block = self.source.read(&held)?;
            for &at in &group {
                let mut inside: Vec<_> = block.shape().iter().map(|&n| 0..n).collect();
                for (p, &d) in self.picked.iter().enumerate() {
                    let i = self.cells[at][p] - origin[d];
                    inside[d] = i..i + 1;
                }
                let column =
                    block.slice(&Region::new(inside)).and_then(|b| b.reshape(vec![rows, 1])).ok_or_else(lost)?;
                let all = Region::whole(&[rows, 1]);
                out.paste(&[0, at - wanted.start], &column, &all).ok_or_else(lost)?;
            }
        }
        out.reshape(region.shape()).ok_or_else(lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Buffer;
    use crate::model::array::Memory;

    #[test]
    fn cells_become_the_last_dimension() {
        let source = Memory::array(Block::new(vec![2, 2, 3], Buffer::I32((0..12).collect())).unwrap());
        let cells = vec![vec![1, 2], vec![0, 0], vec![1, 2]];
        let picked = Gathered::array(source, vec![1, 2], cells).unwrap();
        assert_eq!(picked.shape(), [2, 3]);
        assert_eq!(picked.read_all().unwrap().into_data(), Buffer::I32(vec![5, 0, 5, 11, 6, 11]));
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
        fn chunk_starts(&self, axis: usize) -> Starts {
            Starts::regular(self.shape()[axis], usize::from(axis == 0))
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
            let memory = Memory::array(field.clone());
            let watched = Arc::new(Watched(memory, 0.into(), divisible));
            let gathered =
                Gathered::array(Arc::clone(&watched) as Array, vec![1, 2], vec![vec![0, 58], vec![38, 0]]).unwrap();
            let values = gathered.read_all().unwrap().data().to_f64().unwrap();
            assert_eq!(values[..4], [58.0, 2280.0, 2458.0, 4680.0]);
            assert_eq!(watched.1.load(std::sync::atomic::Ordering::Relaxed), most, "divisible: {divisible}");
        }
    }
}
