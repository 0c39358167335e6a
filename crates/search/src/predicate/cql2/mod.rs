//! CQL2 (OGC 21-065r2), asked of an item without a copy of it.
//!
//! The crate `cql2` parses; what it says is settled once here ([`compile`]) and then asked of items ([`evaluate`]). Logic is
//! that of SQL: a comparison with what an item lacks is neither true nor false, and only what is true matches.
//!
//! Where the standard leaves room it is filled as `PgSTAC` does: the `datetime` of an item that has a range instead is its start
//! where it is compared, and the range in temporal functions; a date at an end of an interval is its first
//! instant. A date beside a time compares as the whole day. Geometries that intersect do so modulo 360 degrees of longitude.

mod compile;
mod evaluate;
mod node;
mod spatial;
mod temporal;
#[cfg(test)]
mod tests;
mod text;

use pangeo::{Error, Result};

use crate::Item;
use compile::Compiler;
use node::Node;

/// A filter, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Filter(Node);

impl Filter {
    /// # Errors
    /// A usage error when it is not well-formed or has a function that is not known here.
    pub(crate) fn of(expression: &::cql2::Expr) -> Result<Self> {
        let mut compiler = Compiler::default();
        let node = compiler.node(expression).map_err(Error::usage)?;
        match compiler.unknown {
            Some(name) => Err(Error::usage(format!("function '{name}' of the filter is not known here"))),
            None => Ok(Self(node)),
        }
    }

    /// What is wrong with an expression, functions that only a server may know excepted.
    ///
    /// # Errors
    /// What is wrong.
    pub(crate) fn check(expression: &::cql2::Expr) -> Result<(), String> {
        Compiler::default().node(expression).map(|_| ())
    }

    /// Whether it is true of an item.
    ///
    /// # Errors
    /// When the item's geometry or a time of it is none and is asked for.
    pub(crate) fn holds(&self, item: &Item) -> Result<bool> {
        Ok(self.0.truth(item)? == Some(true))
    }
}
