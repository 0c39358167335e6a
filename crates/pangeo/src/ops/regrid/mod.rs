//! To another grid.

pub mod vertical;
