//! The blocks of a lazy array on any chunk grid, every input chunk decoded once.
//!
//! The output is walked slab by slab. A slab is the smallest box whose edges lie on chunk edges of
//! both input and output, so that no input chunk is needed by two slabs. Many small slabs are done
//! one a thread; a few large ones by all threads together: first the input's chunks are decoded
//! into the slab, then the output's chunks are taken out of it. A slab beyond the memory budget is
//! cut, at the cost of decoding the input chunks on the cut again: [`Engine::decodes`] tells how often.

use std::cell::Cell;

use super::Engine;
use super::plan::Plan;
use crate::model::{Array, Block, Region, count};
use crate::{Error, Result};

/// One output chunk that is due, with the means to read it.
pub struct Request<'a> {
    /// Its position in the chunk grid.
    pub index: &'a [usize],
    /// Its extent, cut to the array's shape.
    pub region: &'a Region,
    source: Source<'a>,
}

enum Source<'a> {
    Array(&'a Array),
    Slab {
        block: &'a Block,
        origin: &'a [usize],
    },
    /// A slab that is this one chunk.
    Whole(Cell<Option<Block>>),
}

impl std::fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("index", &self.index).finish_non_exhaustive()
    }
}

impl Request<'_> {
    /// The chunk's values, to be asked for once.
    ///
    /// # Errors
    /// As [`crate::model::LazyArray::read`].
    pub fn read(&self) -> Result<Block> {
        let lost = || Error::data("internal: chunk outside its slab", "engine");
        match &self.source {
            Source::Array(array) => array.read(self.region),
            Source::Slab { block, origin } => block.slice(&self.region.relative_to(origin)).ok_or_else(lost),
            Source::Whole(block) => block.take().ok_or_else(lost),
        }
    }
}

impl Engine {
    /// Hand every chunk of `array` on a regular grid of `chunk` to `produce`, in parallel, and its
    /// results to `consume`, in an order that depends on the chunk grids alone while slabs fit the
    /// memory budget. A scalar has one chunk; an array with an extent of 0 has none.
    ///
    /// # Errors
    /// What reading, `produce` or `consume` answer with, or [`Error::Cancelled`]; [`Error::Data`] for
    /// an array of more chunks than anybody can wait for.
    pub fn stream<T: Send>(
        &self,
        array: &Array,
        chunk: &[usize],
        produce: impl Fn(&Request) -> Result<T> + Sync,
        mut consume: impl FnMut(&[usize], T) -> Result<()> + Send,
    ) -> Result<()> {
        let plan = Plan::new(array, chunk, self.memory())?;
        let bytes = plan.largest.bytes(array.data_type());
        let many = plan.slabs.len() >= 2 * self.threads();
        let small = bytes.saturating_mul(2 * self.threads()) <= self.memory();
        // One chunk of the input for one of the output may be taken over as it is stored, and is not read then.
        let single = chunks_in(&plan.largest, chunk, array.shape()).len() <= 1;
        if plan.within_chunks && single || many && small {
            // While it is read; then the slab itself, its bytes in the order of the file and encoded.
            let window = self.window(array.read_bytes(&plan.largest).max(bytes.saturating_mul(3)));
            let slab = |i| one_slab(array, chunk, &plan.slabs.get(i), &produce);
            return self.ordered(plan.slabs.len(), window, slab, |i, results: Vec<(Vec<usize>, T)>| {
                self.passed(array, &plan.slabs.get(i));
                results.into_iter().try_for_each(|(index, value)| consume(&index, value))
            });
        }
        for slab in plan.slabs.iter() {
            self.large_slab(array, chunk, &slab, plan.beside, &produce, &mut consume)?;
            self.passed(array, &slab);
        }
        Ok(())
    }

    /// Read a slab and produce its chunks, all threads together.
    fn large_slab<T: Send>(
        &self,
        array: &Array,
        chunk: &[usize],
        slab: &Region,
        beside: usize,
        produce: &(impl Fn(&Request) -> Result<T> + Sync),
        consume: &mut (impl FnMut(&[usize], T) -> Result<()> + Send),
    ) -> Result<()> {
        let block = self.gather(array, slab)?;
        self.check()?;
        let chunks = chunks_in(slab, chunk, array.shape());
        if chunks.len() == 1 {
            let (index, region) = chunks.get(0);
            let source = Source::Whole(Cell::new(Some(block)));
            let value = produce(&Request { index: &index, region: &region, source })?;
            return consume(&index, value);
        }
        let origin = slab.start();
        let encode = |i: usize| {
            let (index, region) = chunks.get(i);
            produce(&Request {
                index: &index,
                region: &region,
                source: Source::Slab { block: &block, origin: &origin },
            })
        };
        // A chunk's values, its bytes in the order of the file and encoded.
        let each = chunks.get(0).1.bytes(array.data_type()).saturating_mul(3);
        // The memory of the last piece that was decoded may not have been given back yet.
        let window = self.window_beside(block.bytes().saturating_add(beside), each);
        self.ordered(chunks.len(), window, encode, |i, value| consume(&chunks.get(i).0, value))
    }

    /// How often [`Engine::stream`] would decode a byte of `array` on the average: once, unless slabs have to be cut
    /// to fit the memory budget.
    ///
    /// # Errors
    /// As [`Engine::stream`], for an array of too many chunks.
    pub fn decodes(&self, array: &Array, chunk: &[usize]) -> Result<f64> {
        Ok(Plan::new(array, chunk, self.memory())?.decodes)
    }

    fn passed(&self, array: &Array, slab: &Region) {
        if !array.tells_progress() {
            self.progress().advance(slab.bytes(array.data_type()) as u64);
        }
    }

    /// All values of `region`, its chunks decoded in parallel, as many at a time as the budget allows
    /// beside the values.
    ///
    /// # Errors
    /// As [`crate::model::LazyArray::read`].
    pub fn gather(&self, array: &Array, region: &Region) -> Result<Block> {
        let tiles = array.tiles(region);
        if tiles.len() <= 1 {
            return array.read(region);
        }
        let lost = || Error::unsupported(format!("values of type {}", array.data_type()), "array");
        let mut block = Block::zeros(array.data_type(), region.shape()).ok_or_else(lost)?;
        let origin = region.start();
        let read = |i: usize| array.read(&tiles.get(i));
        let window = self.window_beside(region.bytes(array.data_type()), array.read_bytes(&tiles.largest()));
        self.ordered(tiles.len(), window, read, |i, tile: Block| {
            let at = tiles.get(i).relative_to(&origin).start();
            block.paste(&at, &tile, &Region::whole(tile.shape())).ok_or_else(lost)
        })?;
        Ok(block)
    }
}

/// Read one slab and produce each of its chunks.
fn one_slab<T>(
    array: &Array,
    chunk: &[usize],
    slab: &Region,
    produce: &impl Fn(&Request) -> Result<T>,
) -> Result<Vec<(Vec<usize>, T)>> {
    let chunks = chunks_in(slab, chunk, array.shape());
    if chunks.len() == 1 {
        let (index, region) = chunks.get(0);
        let value = produce(&Request { index: &index, region: &region, source: Source::Array(array) })?;
        return Ok(vec![(index, value)]);
    }
    let block = array.read(slab)?;
    let origin = slab.start();
    let one = |i| {
        let (index, region) = chunks.get(i);
        let source = Source::Slab { block: &block, origin: &origin };
        let value = produce(&Request { index: &index, region: &region, source })?;
        Ok((index, value))
    };
    (0..chunks.len()).map(one).collect()
}

/// The output chunks inside a slab (whose edges lie on chunk edges), in C order.
struct Chunks {
    first: Vec<usize>,
    count: Vec<usize>,
    chunk: Vec<usize>,
    shape: Vec<usize>,
}

fn chunks_in(slab: &Region, chunk: &[usize], shape: &[usize]) -> Chunks {
    let ranges = slab.ranges().iter().zip(chunk);
    let first = ranges.clone().map(|(r, &c)| r.start / c.max(1)).collect();
    let count = ranges.map(|(r, &c)| r.len().div_ceil(c.max(1))).collect();
    Chunks { first, count, chunk: chunk.to_vec(), shape: shape.to_vec() }
}

impl Chunks {
    fn len(&self) -> usize {
        count(&self.count).unwrap_or(usize::MAX)
    }

    fn get(&self, mut at: usize) -> (Vec<usize>, Region) {
        let mut index = self.first.clone();
        for (i, &n) in index.iter_mut().zip(&self.count).rev() {
            *i += at % n.max(1);
            at /= n.max(1);
        }
        let region = Region::of_chunk(&index, &self.chunk, &self.shape);
        (index, region)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::model::array::{LazyArray, Memory};
    use crate::model::{Buffer, DataType, RegionTiles, Starts};

    /// An array in chunks that counts how often each piece is decoded.
    #[derive(Debug)]
    struct Counting {
        inner: Array,
        chunk: Vec<usize>,
        reads: Mutex<std::collections::BTreeMap<Vec<usize>, usize>>,
    }

    impl LazyArray for Counting {
        fn data_type(&self) -> &DataType {
            self.inner.data_type()
        }
        fn shape(&self) -> &[usize] {
            self.inner.shape()
        }
        fn chunk_starts(&self, axis: usize) -> Starts {
            Starts::regular(self.shape()[axis], self.chunk[axis])
        }
        fn read(&self, region: &Region) -> Result<Block> {
            let starts: Vec<_> = (0..self.shape().len()).map(|d| self.chunk_starts(d)).collect();
            let all = RegionTiles::new(&Region::whole(self.shape()), &starts);
            for tile in all.iter().filter(|t| !t.intersection(region).is_empty()) {
                *self.reads.lock().unwrap().entry(tile.start()).or_insert(0) += 1;
            }
            self.inner.read(region)
        }
    }

    fn counting(shape: &[usize], chunk: &[usize]) -> (Array, Arc<Counting>) {
        let n: usize = shape.iter().product();
        let block = Block::new(shape.to_vec(), Buffer::I32((0..n as i32).collect())).unwrap();
        let counting =
            Arc::new(Counting { inner: Memory::array(block), chunk: chunk.to_vec(), reads: Mutex::default() });
        (Arc::clone(&counting) as Array, counting)
    }

    fn rechunked(array: &Array, chunk: &[usize], threads: usize, memory: usize) -> Block {
        let mut out = Block::zeros(array.data_type(), array.shape().to_vec()).unwrap();
        Engine::new(threads, memory)
            .stream(
                array,
                chunk,
                |request: &Request| request.read(),
                |index, block: Block| {
                    let at = Region::of_chunk(index, chunk, array.shape()).start();
                    out.paste(&at, &block, &Region::whole(block.shape())).unwrap();
                    Ok(())
                },
            )
            .unwrap();
        out
    }

    #[test]
    fn any_chunks_threads_and_budget_give_the_same_values() {
        for input in [[1, 7, 11], [4, 2, 3], [5, 7, 11], [2, 4, 4]] {
            for output in [[1, 7, 11], [5, 3, 4], [2, 2, 2], [4, 4, 8]] {
                for (threads, memory) in [(1, 1), (2, 4000), (3, 1 << 20)] {
                    let (array, _) = counting(&[5, 7, 11], &input);
                    let got = rechunked(&array, &output, threads, memory);
                    assert_eq!(got, array.read_all().unwrap(), "{input:?} {output:?} {threads} {memory}");
                }
            }
        }
    }

    #[test]
    fn maps_to_time_series_decodes_every_chunk_once() {
        let (array, counting) = counting(&[12, 20, 30], &[1, 20, 30]);
        rechunked(&array, &[12, 5, 5], 2, 1 << 20);
        let reads = counting.reads.lock().unwrap();
        assert_eq!(reads.len(), 12);
        assert!(reads.values().all(|&n| n == 1), "{reads:?}");
    }

    /// An array of which every read costs a mebibyte; remembers how many were going on at once.
    #[derive(Debug)]
    struct Costly(Array, std::sync::atomic::AtomicUsize, std::sync::atomic::AtomicUsize);

    impl LazyArray for Costly {
        fn data_type(&self) -> &DataType {
            self.0.data_type()
        }
        fn shape(&self) -> &[usize] {
            self.0.shape()
        }
        fn chunk_starts(&self, axis: usize) -> Starts {
            Starts::regular(self.shape()[axis], 8)
        }
        fn read_bytes(&self, _: &Region) -> usize {
            1 << 20
        }
        fn read(&self, region: &Region) -> Result<Block> {
            use std::sync::atomic::Ordering::SeqCst;
            self.2.fetch_max(self.1.fetch_add(1, SeqCst) + 1, SeqCst);
            std::thread::sleep(std::time::Duration::from_millis(1));
            self.1.fetch_sub(1, SeqCst);
            self.0.read(region)
        }
    }

    #[test]
    fn no_more_is_read_at_once_than_the_budget_holds() {
        for (memory, most) in [(1, 1), (2 << 20, 1), (3 << 20, 2), (64 << 20, 8)] {
            for chunk in [[8, 8], [64, 4]] {
                let block = Block::new(vec![64, 64], Buffer::F64(vec![1.0; 4096])).unwrap();
                let costly = Arc::new(Costly(Memory::array(block), 0.into(), 0.into()));
                rechunked(&(Arc::clone(&costly) as Array), &chunk, 8, memory);
                let seen = costly.2.load(std::sync::atomic::Ordering::SeqCst);
                let allowed = if chunk == [8, 8] { (memory >> 20).max(1) } else { most };
                assert!(seen <= allowed, "{seen} reads at once in {memory} bytes, chunks {chunk:?}");
            }
        }
    }

    #[test]
    fn a_scalar_is_one_chunk_and_an_empty_array_none() {
        let scalar = Memory::array(Block::scalar(Buffer::F64(vec![1.0])).unwrap());
        assert_eq!(rechunked(&scalar, &[], 2, 100), scalar.read_all().unwrap());
        let empty = Memory::array(Block::new(vec![0, 3], Buffer::I8(vec![])).unwrap());
        assert_eq!(rechunked(&empty, &[1, 3], 2, 100), empty.read_all().unwrap());
    }
}
