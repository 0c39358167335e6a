//! Arrays that are held in memory already.

use std::sync::Arc;

use super::{Array, LazyArray, misfit, no_memory};
use crate::Result;
use crate::model::{Block, Buffer, DataType, Region, Starts};

/// Values in memory.
#[derive(Debug)]
pub struct Memory {
    block: Block,
    data_type: DataType,
}

impl Memory {
    /// Hold a block as an array.
    pub fn array(block: Block) -> Array {
        Arc::new(Self { data_type: block.data().data_type(), block })
    }
}

impl LazyArray for Memory {
    fn data_type(&self) -> &DataType {
        &self.data_type
    }

    fn shape(&self) -> &[usize] {
        self.block.shape()
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        Starts::whole(self.shape().get(axis).copied().unwrap_or(0))
    }

    fn divisible(&self) -> bool {
        true
    }

    fn read(&self, region: &Region) -> Result<Block> {
        self.block.slice(region).ok_or_else(|| misfit(region, self.shape()))
    }
}

/// One value everywhere, at no cost in memory.
#[derive(Debug)]
pub struct Constant {
    value: Buffer,
    data_type: DataType,
    shape: Vec<usize>,
}

impl Constant {
    /// An array of `shape` in which every value is the first of `value`.
    pub fn array(value: Buffer, shape: Vec<usize>) -> Array {
        Arc::new(Self { data_type: value.data_type(), value, shape })
    }
}

impl LazyArray for Constant {
    fn data_type(&self) -> &DataType {
        &self.data_type
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        Starts::whole(self.shape().get(axis).copied().unwrap_or(0))
    }

    fn divisible(&self) -> bool {
        true
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        Block::filled(&self.value, region.shape()).ok_or_else(|| no_memory(region, "array"))
    }
}
