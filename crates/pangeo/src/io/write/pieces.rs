//! Chunks that are written piece by piece: shards that memory need not hold as a whole.
//!
//! Pieces arrive in the order in which the engine comes by them, and go to their shards in the order of those, each in
//! C order: so the bytes are the same whatever the budget and the threads. What comes too early waits on disk.

use std::collections::BTreeMap;
use std::path::Path;

use super::Part;
use crate::io::spool::{Kept, Spool};
use crate::io::{Assembly, Encoded, Sink};
use crate::model::count;
use crate::{Error, Result};

/// The chunks of a part, in the making.
pub(super) struct Pieces<'a> {
    sink: &'a dyn Sink,
    part: &'a Part,
    grid: Grid,
    /// The chunk, and the piece of it, that is to be written next.
    due: (usize, usize),
    /// Pieces that came before their turn; `None` where there is nothing to be stored.
    early: BTreeMap<(usize, usize), Option<Kept>>,
    spool: Spool,
    open: Option<Box<dyn Assembly + 'a>>,
}

/// How pieces make chunks.
struct Grid {
    /// Pieces along each dimension of a chunk.
    per: Vec<usize>,
    /// Pieces along each dimension of the variable.
    all: Vec<usize>,
}

impl Grid {
    /// How many of its pieces a chunk has along each dimension: fewer at the end of the variable.
    fn held(&self, chunk: &[usize]) -> Vec<usize> {
        let axes = chunk.iter().zip(&self.per).zip(&self.all);
        axes.map(|((&c, &per), &n)| n.saturating_sub(c.saturating_mul(per)).min(per)).collect()
    }
}

impl<'a> Pieces<'a> {
    /// To write the chunks of `part`, of `chunk` values each, in pieces of `piece`; `shape` is the variable's. What has
    /// to wait does so in `folder`.
    pub(super) fn new(
        sink: &'a dyn Sink,
        part: &'a Part,
        chunk: &[usize],
        piece: &[usize],
        shape: &[usize],
        folder: &Path,
    ) -> Self {
        let per = chunk.iter().zip(piece).map(|(&c, &p)| (c / p.max(1)).max(1)).collect();
        let all = shape.iter().zip(piece).map(|(&n, &p)| n.div_ceil(p.max(1))).collect();
        let spool = Spool::new(folder);
        Self { sink, part, grid: Grid { per, all }, due: (0, 0), early: BTreeMap::new(), spool, open: None }
    }

    /// Write a piece, numbered in the variable's grid of pieces, when its turn comes.
    ///
    /// # Errors
    /// When the output, or a scratch file, can't be written.
    pub(super) fn put(&mut self, index: &[usize], piece: Encoded) -> Result<()> {
        let place = self.place(index)?;
        if place == self.due {
            self.write(piece)?;
            while let Some(kept) = self.early.remove(&self.due) {
                let piece = match kept {
                    Some(kept) => Encoded::Bytes { bytes: self.spool.take(kept)?.into(), filter_mask: 0 },
                    None => Encoded::Absent,
                };
                self.write(piece)?;
            }
            return Ok(());
        }
        let kept = match piece {
            Encoded::Bytes { bytes, .. } => Some(self.spool.put(&bytes)?),
            Encoded::Absent => None,
            Encoded::Values(_) => return Err(lost("values where bytes are due")),
        };
        self.early.insert(place, kept);
        Ok(())
    }

    /// How many chunks were written, once every piece has come.
    ///
    /// # Errors
    /// If one has not.
    pub(super) fn finish(self) -> Result<usize> {
        let chunks = count(&self.part.chunks.iter().map(ExactSizeIterator::len).collect::<Vec<_>>());
        if self.early.is_empty() && self.open.is_none() && chunks == Some(self.due.0) {
            Ok(self.due.0)
        } else {
            Err(lost("pieces of a chunk are missing"))
        }
    }

    /// The number of the chunk in the part and that of the piece in the chunk, both in C order.
    fn place(&self, index: &[usize]) -> Result<(usize, usize)> {
        let chunk: Vec<usize> = index.iter().zip(&self.grid.per).map(|(i, per)| i / per).collect();
        let held = self.grid.held(&chunk);
        let (mut number, mut rank) = (0_usize, 0_usize);
        for ((((&i, &c), &per), &held), range) in
            index.iter().zip(&chunk).zip(&self.grid.per).zip(&held).zip(&self.part.chunks)
        {
            let (inside, from) = (i.saturating_sub(c.saturating_mul(per)), c.checked_sub(range.start));
            let from = from.filter(|from| *from < range.len()).filter(|_| inside < held);
            let from = from.ok_or_else(|| lost("a piece lies outside of its part"))?;
            number = number.saturating_mul(range.len()).saturating_add(from);
            rank = rank.saturating_mul(held).saturating_add(inside);
        }
        Ok((number, rank))
    }

    /// Write the piece that is due.
    fn write(&mut self, piece: Encoded) -> Result<()> {
        let chunk: Vec<usize> =
            unravelled(self.due.0, &self.part.chunks.iter().map(ExactSizeIterator::len).collect::<Vec<_>>())
                .iter()
                .zip(&self.part.chunks)
                .map(|(i, range)| i.saturating_add(range.start))
                .collect();
        let held = self.grid.held(&chunk);
        let inside = unravelled(self.due.1, &held);
        let number = inside.iter().zip(&self.grid.per).fold(0_usize, |n, (&i, &per)| n * per + i);
        let open = match &mut self.open {
            Some(open) => open,
            none => none.insert(self.sink.assemble(self.part.variable, &chunk)?),
        };
        match piece {
            Encoded::Bytes { bytes, .. } => open.append(number, &bytes)?,
            Encoded::Absent => {}
            Encoded::Values(_) => return Err(lost("values where bytes are due")),
        }
        self.due.1 += 1;
        if count(&held).is_none_or(|held| self.due.1 >= held) {
            self.due = (self.due.0 + 1, 0);
            if let Some(open) = self.open.take() {
                open.commit()?;
            }
        }
        Ok(())
    }
}

fn lost(what: &str) -> Error {
    Error::data(format!("internal: {what}"), "output")
}

/// The index of `number` in C order along `counts`.
fn unravelled(mut number: usize, counts: &[usize]) -> Vec<usize> {
    let mut index = vec![0; counts.len()];
    for (i, &n) in index.iter_mut().zip(counts).rev() {
        (*i, number) = (number % n.max(1), number / n.max(1));
    }
    index
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::model::Block;

    /// What was committed: chunks with their pieces.
    type Log = Arc<Mutex<Vec<Made>>>;

    /// A chunk's index, and the number and first byte of each of its pieces.
    type Made = (Vec<usize>, Vec<(usize, u8)>);

    #[derive(Debug, Default)]
    struct Recorder(Log);

    struct Chunk(Log, Vec<usize>, Vec<(usize, u8)>);

    impl Assembly for Chunk {
        fn append(&mut self, number: usize, bytes: &[u8]) -> Result<()> {
            self.2.push((number, bytes[0]));
            Ok(())
        }
        fn commit(self: Box<Self>) -> Result<()> {
            self.0.lock().unwrap().push((self.1, self.2));
            Ok(())
        }
    }

    impl Sink for Recorder {
        fn chunk_shape(&self, _: usize) -> Vec<usize> {
            vec![4, 6]
        }
        fn chunk_format(&self, _: usize) -> Option<&str> {
            None
        }
        fn encode(&self, _: usize, _: &[usize], _: Block) -> Result<Encoded> {
            Ok(Encoded::Absent)
        }
        fn store(&self, _: usize, _: &[usize], _: Encoded) -> Result<()> {
            Ok(())
        }
        fn assemble(&self, _: usize, index: &[usize]) -> Result<Box<dyn Assembly + '_>> {
            Ok(Box::new(Chunk(Arc::clone(&self.0), index.to_vec(), Vec::new())))
        }
        fn finish(self: Box<Self>) -> Result<()> {
            Ok(())
        }
    }

    /// Chunks of 4 × 6 values in pieces of 2 × 3 over 7 × 14 values, of which the second column of chunks on.
    fn written(order: impl Fn(&mut Vec<[usize; 2]>)) -> Vec<Made> {
        let folder = tempfile::tempdir().unwrap();
        let sink = Recorder::default();
        let part = Part { variable: 0, chunks: vec![0..2, 1..3] };
        let mut pieces = Pieces::new(&sink, &part, &[4, 6], &[2, 3], &[7, 14], folder.path());
        let mut indices: Vec<[usize; 2]> = (0..4).flat_map(|i| (2..5).map(move |j| [i, j])).collect();
        order(&mut indices);
        for [i, j] in indices {
            let bytes = Encoded::Bytes { bytes: vec![(10 * i + j) as u8].into(), filter_mask: 0 };
            pieces.put(&[i, j], if [i, j] == [2, 3] { Encoded::Absent } else { bytes }).unwrap();
        }
        pieces.finish().unwrap();
        sink.0.lock().unwrap().clone()
    }

    #[test]
    fn chunks_are_the_same_in_whatever_order_their_pieces_come() {
        let expected = [
            (vec![0, 1], vec![(0, 2), (1, 3), (2, 12), (3, 13)]),
            (vec![0, 2], vec![(0, 4), (2, 14)]),
            (vec![1, 1], vec![(0, 22), (2, 32), (3, 33)]),
            (vec![1, 2], vec![(0, 24), (2, 34)]),
        ];
        assert_eq!(written(|_| {}), expected);
        assert_eq!(written(|indices| indices.reverse()), expected);
        assert_eq!(written(|indices| indices.sort_by_key(|[i, j]| (*j, *i))), expected);
        assert_eq!(written(|indices| indices.rotate_left(5)), expected);
    }

    #[test]
    fn a_piece_too_few_is_told() {
        let (folder, sink) = (tempfile::tempdir().unwrap(), Recorder::default());
        let part = Part { variable: 0, chunks: vec![0..1, 0..1] };
        let mut pieces = Pieces::new(&sink, &part, &[4, 1], &[2, 1], &[4, 1], folder.path());
        pieces.put(&[0, 0], Encoded::Absent).unwrap();
        assert!(pieces.put(&[2, 0], Encoded::Absent).is_err(), "outside");
        assert!(pieces.finish().is_err());
    }
}
