//! Static catalogs: documents that link to each other.

pub(super) mod address;
mod extent;
mod walk;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use pangeo::Result;
use serde_json::Value;

use super::sift::Sift;
use crate::predicate::Predicate;
use crate::{Flow, Item, Matched, Search, Source, Told};
use address::{Address, Reader};
use extent::Bounds;
use walk::Walk;

/// A catalog or a collection, and all that it links to by `child`, `item` and `items`, in the order of the links.
///
/// Each document is read once, whatever links to it. Of collections, those are left out with all below whose extent
/// says that nothing in them matches; of one that is not asked for, the items.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) root: Value,
    pub(super) address: Address,
    pub(super) name: String,
    pub(super) reader: Reader,
    pub(super) cancelled: Option<Arc<AtomicBool>>,
}

impl Catalog {
    /// Every item that `search` may ask for.
    fn each(&self, search: &Search, each: &mut dyn FnMut(Item) -> Result<Flow>) -> Result<Told> {
        let bounds = Bounds::of(search)?;
        let mut walk = Walk::new(&self.reader, self.cancelled.clone());
        let _ = walk.items(&self.root, &self.address, &bounds, &search.collections, each)?;
        Ok(walk.told)
    }
}

impl Source for Catalog {
    fn name(&self) -> &str {
        &self.name
    }

    fn search(&self, search: &Search, found: &mut dyn FnMut(Item) -> Result<Flow>) -> Result<Told> {
        let mut sift = Sift::new(search, found)?;
        let told = if sift.wants_more() { self.each(search, &mut |item| sift.take(item))? } else { Told::default() };
        sift.finish()?;
        Ok(told)
    }

    fn matched(&self, search: &Search) -> Result<Matched> {
        let predicate = Predicate::of(search)?;
        let mut items = 0;
        self.each(search, &mut |item| {
            items += u64::from(predicate.matches(&item)?);
            Ok(Flow::Continue(()))
        })?;
        Ok(Matched { items, counted: true })
    }

    fn collections(&self) -> Result<Vec<Value>> {
        Walk::new(&self.reader, self.cancelled.clone()).collections(&self.root, &self.address)
    }
}
