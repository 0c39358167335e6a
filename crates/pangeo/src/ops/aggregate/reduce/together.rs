//! Several arrays that are computed together.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use super::Stored;
use crate::model::array::misfit;
use crate::model::{Array, Block, DataType, LazyArray, Region, Starts, count};
use crate::{Error, Result};

/// Who makes several blocks at once.
pub(super) trait Maker: Send + Sync + Debug {
    fn shape(&self) -> &[usize];
    /// Where pieces begin that share no input.
    fn starts(&self, axis: usize) -> Starts;
    /// All of them.
    fn compute(&self, region: &Region) -> Result<Vec<Block>>;
    /// About the bytes that this takes beside the blocks.
    fn bytes(&self, region: &Region) -> usize;
    /// The bytes that are gone through for all of it; told to whoever watches as they are.
    fn work(&self) -> usize;
}

#[derive(Debug)]
struct Shared<M> {
    maker: M,
    stored: Vec<Stored>,
    /// Bytes that may wait.
    room: usize,
    /// Results that were computed with another's, until they are asked for.
    waiting: Mutex<HashMap<(Region, usize), Block>>,
}

/// One array for each of `stored`; of `memory` a quarter may be taken by what was made with
/// another's and is not yet asked for.
pub(super) fn together(maker: impl Maker + 'static, stored: Vec<Stored>, memory: usize) -> Vec<Array> {
    let count = stored.len();
    let shared = Arc::new(Shared { maker, stored, room: memory / 4, waiting: Mutex::default() });
    (0..count).map(|index| Arc::new(One { shared: Arc::clone(&shared), index }) as Array).collect()
}

/// One of the arrays.
#[derive(Debug)]
struct One<M> {
    shared: Arc<Shared<M>>,
    index: usize,
}

impl<M: Maker> LazyArray for One<M> {
    fn data_type(&self) -> &DataType {
        self.shared.stored.get(self.index).map_or(&DataType::F64, |s| &s.data_type)
    }

    fn shape(&self) -> &[usize] {
        self.shared.maker.shape()
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        self.shared.maker.starts(axis)
    }

    fn work(&self) -> usize {
        // All are made with the first.
        if self.index == 0 { self.shared.maker.work() } else { 0 }
    }

    fn tells_progress(&self) -> bool {
        true
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(self.shape()) || count(&region.shape()).is_none() {
            return Err(misfit(region, self.shape()));
        }
        let waiting = || self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(block) = waiting().remove(&(region.clone(), self.index)) {
            return Ok(block);
        }
        let mut own = None;
        let mut held: usize = waiting().values().map(Block::bytes).sum();
        for (number, block) in self.shared.maker.compute(region)?.into_iter().enumerate() {
            if number == self.index {
                own = Some(block);
            } else if number > self.index && held.saturating_add(block.bytes()) <= self.shared.room {
                held += block.bytes();
                waiting().insert((region.clone(), number), block);
            }
        }
        own.ok_or_else(|| Error::data("internal: no such statistic", "array"))
    }

    fn read_bytes(&self, region: &Region) -> usize {
        let blocks = region.bytes(self.data_type()).saturating_mul(self.shared.stored.len());
        blocks.saturating_add(self.shared.maker.bytes(region))
    }
}

/// Blocks of `region`, one a type, put together from those of its parts: `make` hands the blocks of part `i` to the
/// function it is given.
pub(super) fn paste_all(
    region: &Region,
    parts: &[Region],
    types: &[&DataType],
    make: impl FnOnce(&mut (dyn FnMut(usize, Vec<Block>) -> Result<()> + Send)) -> Result<()>,
) -> Result<Vec<Block>> {
    let lost = || Error::data("internal: a part outside its region", "array");
    let zeros = |t: &&DataType| Block::zeros(t, region.shape()).ok_or_else(lost);
    let mut whole: Vec<Block> = types.iter().map(zeros).collect::<Result<_>>()?;
    let origin = region.start();
    make(&mut |number, blocks| {
        let at = parts.get(number).ok_or_else(lost)?.relative_to(&origin).start();
        let pairs = whole.iter_mut().zip(blocks);
        pairs
            .into_iter()
            .try_for_each(|(whole, block)| whole.paste(&at, &block, &Region::whole(block.shape())).ok_or_else(lost))
    })?;
    Ok(whole)
}
