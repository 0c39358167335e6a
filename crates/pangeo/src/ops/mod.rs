//! Operations: dataset in, dataset out, lazily.

pub mod combine;
pub mod compare;
pub mod coordinates;
pub mod describe;
pub mod expression;
pub(crate) mod grids;
pub mod mask;
mod references;
pub mod select;
pub mod statistics;
pub mod subset;
pub mod units;
