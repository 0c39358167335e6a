//! Search of STAC items (spatio-temporal asset catalogs): in an API of any conformance, in a static catalog, in a file.
//!
//! A [`Search`] says what is looked for; a [`Source`] is where. Every source hands out exactly the items that
//! match, one after the other, in memory that does not grow with their number; what a server can't do for itself is done
//! here ([`predicate`]).

pub mod api;
pub mod fields;
pub mod http;
pub mod order;
pub mod parse;
pub mod predicate;
mod request;
pub mod source;

pub use request::{Period, Place, Search, Term};
pub use source::{Flow, Matched, Source, Told};
pub use stac::api::{Direction, Fields, Sortby};

/// A STAC item as JSON; servers asked for some fields send it incomplete.
pub type Item = serde_json::Map<String, serde_json::Value>;
