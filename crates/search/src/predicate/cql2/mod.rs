//! CQL2 (OGC 21-065r2), asked of an item without a copy of it.

use pangeo::{Error, Result};

use crate::Item;

/// A filter, ready to be asked.
#[derive(Debug, Clone)]
pub(super) struct Filter(cql2::Expr);

impl Filter {
    /// # Errors
    /// A usage error when it has a function that is not known here.
    pub(super) fn of(expression: &cql2::Expr) -> Result<Self> {
        Ok(Self(expression.clone()))
    }

    /// Whether it is true of an item.
    pub(super) fn holds(&self, item: &Item) -> Result<bool> {
        let item = serde_json::Value::Object(item.clone());
        self.0.clone().matches(Some(&item)).map_err(|error| Error::usage(error.to_string()))
    }
}
