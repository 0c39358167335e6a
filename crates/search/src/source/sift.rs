//! From all items of a source to those that are handed out: they match, in order, so many, with the fields asked for.

use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use pangeo::{Error, Result};
use tempfile::SpooledTempFile;

use crate::order::Keys;
use crate::predicate::Predicate;
use crate::{Flow, Item, Search, fields};

/// Items in order that are kept as they are; of more than these, all are written down first.
const HELD: u64 = 4096;

/// Bytes written down in memory before a file takes over.
const SPOOLED: usize = 32 << 20;

/// Between a source and who wants its items.
pub(super) struct Sift<'a> {
    search: &'a Search,
    predicate: Predicate,
    found: &'a mut dyn FnMut(Item) -> Result<Flow>,
    left: u64,
    order: Order,
}

/// What becomes of items until all are known.
enum Order {
    /// Their order is that they come in.
    None,
    /// The first so many are kept.
    First(u64, Vec<(Keys, Item)>),
    /// All are written down.
    All(Spool),
}

impl<'a> Sift<'a> {
    pub(super) fn new(search: &'a Search, found: &'a mut dyn FnMut(Item) -> Result<Flow>) -> Result<Self> {
        let order = match search.max_items {
            _ if search.sortby.is_empty() => Order::None,
            Some(most) if most <= HELD => Order::First(most, Vec::new()),
            _ => Order::All(Spool::new()),
        };
        let left = search.max_items.unwrap_or(u64::MAX);
        Ok(Self { search, predicate: Predicate::of(search)?, found, left, order })
    }

    /// Whether an item could still be handed out.
    pub(super) fn wants_more(&self) -> bool {
        self.left > 0
    }

    /// The next item of the source, which may break off when no later one matters.
    pub(super) fn take(&mut self, item: Item) -> Result<Flow> {
        if !self.predicate.matches(&item)? {
            return Ok(Flow::Continue(()));
        }
        if matches!(self.order, Order::None) {
            return self.hand_out(item);
        }
        let keys = Keys::of(&self.search.sortby, &item);
        let item = fields::kept(&self.search.fields, item);
        match &mut self.order {
            Order::First(most, kept) => {
                kept.push((keys, item));
                if kept.len() as u64 >= 2 * *most + 64 {
                    first(kept, *most);
                }
            }
            Order::All(spool) => spool.write(keys, &item)?,
            Order::None => {}
        }
        Ok(Flow::Continue(()))
    }

    fn hand_out(&mut self, item: Item) -> Result<Flow> {
        let flow = (self.found)(fields::kept(&self.search.fields, item))?;
        self.left = self.left.saturating_sub(1);
        Ok(if self.left == 0 { Flow::Break(()) } else { flow })
    }

    /// Hand out what waits for its turn.
    pub(super) fn finish(self) -> Result<()> {
        match self.order {
            Order::None => Ok(()),
            Order::First(most, mut kept) => {
                first(&mut kept, most);
                for (_, item) in kept {
                    if (self.found)(item)?.is_break() {
                        break;
                    }
                }
                Ok(())
            }
            Order::All(spool) => spool.read(self.left, self.found),
        }
    }
}

/// Sort and cut; items that are equal stay in the order they came in.
fn first(kept: &mut Vec<(Keys, Item)>, most: u64) {
    kept.sort_by(|(left, _), (right, _)| left.cmp(right));
    kept.truncate(usize::try_from(most).unwrap_or(usize::MAX));
}

/// Items written down with what they are ordered by in memory.
struct Spool {
    entries: Vec<(Keys, u64, u64)>,
    file: BufWriter<SpooledTempFile>,
    length: u64,
}

impl Spool {
    fn new() -> Self {
        Self { entries: Vec::new(), file: BufWriter::new(tempfile::spooled_tempfile(SPOOLED)), length: 0 }
    }

    fn write(&mut self, keys: Keys, item: &Item) -> Result<()> {
        let bytes = serde_json::to_vec(item).map_err(|error| Error::Internal { what: error.to_string() })?;
        self.file.write_all(&bytes).map_err(failed)?;
        self.entries.push((keys, self.length, bytes.len() as u64));
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn read(mut self, most: u64, found: &mut dyn FnMut(Item) -> Result<Flow>) -> Result<()> {
        self.entries.sort_by(|(left, ..), (right, ..)| left.cmp(right));
        let mut file = self.file.into_inner().map_err(|error| failed(error.into_error()))?;
        let mut bytes = Vec::new();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        for (_, offset, length) in self.entries.into_iter().take(most) {
            bytes.clear();
            file.seek(SeekFrom::Start(offset)).map_err(failed)?;
            Read::by_ref(&mut file).take(length).read_to_end(&mut bytes).map_err(failed)?;
            let item = serde_json::from_slice(&bytes).map_err(|error| Error::Internal { what: error.to_string() })?;
            if found(item)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::io("write", std::env::temp_dir(), error)
}
