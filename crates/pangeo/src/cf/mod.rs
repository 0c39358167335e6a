//! The CF conventions as small, separate pieces. Knows no file format.

pub mod packing;
pub mod roles;
pub mod time;
pub mod units;
