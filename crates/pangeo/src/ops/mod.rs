//! Operations: dataset in, dataset out, lazily.

pub mod aggregate;
pub mod audit;
pub mod combine;
pub mod compare;
pub mod coordinates;
pub mod describe;
pub mod expression;
pub mod grids;
pub mod mask;
pub(crate) mod names;
pub mod quantise;
pub mod regrid;
pub mod select;
mod spread_out;
pub mod statistics;
pub mod subset;
mod ties;
pub mod units;
