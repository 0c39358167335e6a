//! Where items come from.

mod catalog;
mod content;
mod documents;
mod file;
mod open;
mod parquet;
mod sift;
mod summary;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use pangeo::Result;
use serde_json::Value;

use crate::{Item, Search};
pub use open::{Options, open};

/// Whether the receiver of items wants more.
pub type Flow = ControlFlow<()>;

/// How many items match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matched {
    /// The number.
    pub items: u64,
    /// Whether it was counted item by item, since the source does not tell it.
    pub counted: bool,
}

/// What a search tells besides the items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// What the source said of the number of all matching items.
    pub matched: Option<u64>,
    /// Requests sent, retries included; files read, of a static catalog.
    pub requests: u64,
    /// What was done here because the source could not, and what was wrong with single items.
    pub notes: Vec<String>,
}

/// An API, a static catalog or a file of items.
pub trait Source {
    /// What it is called in messages: the address or the path as the user wrote it.
    fn name(&self) -> &str;

    /// Hand every matching item to `found`, each once, until it breaks off or `search.max_items` are handed out; in the
    /// order of `search.sortby`; with no more members than `search.fields` asks for.
    ///
    /// # Errors
    /// When the source can't be read to its end: an incomplete answer is never a success. What `found` refuses.
    fn search(&self, search: &Search, found: &mut dyn FnMut(Item) -> Result<Flow>) -> Result<Told>;

    /// How many items match; `max_items` does not matter.
    ///
    /// # Errors
    /// As [`Source::search`].
    fn matched(&self, search: &Search) -> Result<Matched>;

    /// All collections, as JSON, in the source's order.
    ///
    /// # Errors
    /// As [`Source::search`].
    fn collections(&self) -> Result<Vec<Value>>;
}
