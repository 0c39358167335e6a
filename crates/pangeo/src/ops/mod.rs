//! Operations: dataset in, dataset out, lazily.

pub mod expression;
pub mod select;
pub mod statistics;
