//! Operations: dataset in, dataset out, lazily.

pub mod combine;
pub mod expression;
pub mod select;
pub mod statistics;
