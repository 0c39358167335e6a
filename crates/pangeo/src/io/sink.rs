//! Where output goes: what a format's writer offers to the pipeline in [`crate::io`].

use crate::model::Block;
use crate::{Error, Result};

/// A chunk on its way to the file.
#[derive(Debug)]
pub enum Encoded {
    /// Bytes as they will stand in the file.
    Bytes {
        /// The encoded chunk.
        bytes: bytes::Bytes,
        /// HDF5: bit *i* set when filter *i* was skipped; 0 elsewhere.
        filter_mask: u32,
    },
    /// Values that the format's library must place itself (texts of any length, for instance).
    Values(Block),
    /// Nothing need be stored: every value is the fill value.
    Absent,
}

/// An output file or store, defined and ready for its chunks.
///
/// Variables are numbered as in the dataset that it was created for, chunks by their position in
/// the grid of [`Sink::chunk_shape`]. Dropping a sink without [`Sink::finish`] leaves nothing behind.
pub trait Sink: Sync + Send {
    /// The pieces in which `variable` is written; of the variable's rank, no extent 0 unless the
    /// variable's is. For formats without chunks, strips of whole rows that are handy to write.
    fn chunk_shape(&self, variable: usize) -> Vec<usize>;

    /// The chunk format that [`crate::model::StoredChunk::format`] must equal for stored bytes to
    /// be taken over as they are; `None` where that is never possible.
    fn chunk_format(&self, variable: usize) -> Option<&str>;

    /// Encode one chunk (cut to the variable's shape). Called from many threads at once, takes no lock.
    ///
    /// # Errors
    /// When the values do not fit the format.
    fn encode(&self, variable: usize, index: &[usize], block: Block) -> Result<Encoded>;

    /// Put an encoded chunk in its place. Called by one thread at a time, in an order that does not
    /// depend on the number of threads, while others encode.
    ///
    /// # Errors
    /// When the output can't be written.
    fn store(&self, variable: usize, index: &[usize], chunk: Encoded) -> Result<()>;

    /// The extent of the pieces in which a chunk of `variable` can be encoded and stored one after the other (the chunks
    /// inside a shard), so that nobody need hold all of it; `None` where it is one piece.
    fn piece_shape(&self, variable: usize) -> Option<Vec<usize>> {
        let _ = variable;
        None
    }

    /// Encode a piece (cut to the variable's shape), numbered in the grid of pieces. As [`Sink::encode`].
    ///
    /// # Errors
    /// When the values do not fit the format.
    fn encode_piece(&self, variable: usize, index: &[usize], piece: Block) -> Result<Encoded> {
        self.encode(variable, index, piece)
    }

    /// Begin to store chunk `index` piece by piece.
    ///
    /// # Errors
    /// When the output can't be written; for formats whose chunks have no pieces.
    fn assemble(&self, variable: usize, index: &[usize]) -> Result<Box<dyn Assembly + '_>> {
        let what = format!("internal: chunk {index:?} of variable {variable} has no pieces");
        Err(Error::data(what, "output"))
    }

    /// Complete the output and put it in its final place.
    ///
    /// # Errors
    /// When the output can't be written.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// A chunk that is stored piece by piece; dropped before it is committed, it leaves what was there before.
pub trait Assembly: Send {
    /// Put piece `number` (in C order inside the full chunk) behind those that came before, whose numbers are lower.
    /// Pieces that are left out hold nothing but fill values.
    ///
    /// # Errors
    /// When the output can't be written.
    fn append(&mut self, number: usize, bytes: &[u8]) -> Result<()>;

    /// Complete it and put it in its place.
    ///
    /// # Errors
    /// When the output can't be written.
    fn commit(self: Box<Self>) -> Result<()>;
}
