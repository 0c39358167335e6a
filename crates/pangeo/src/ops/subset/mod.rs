//! Cutting out variables, area, period and levels; converting, when nothing is cut.

pub mod times;
pub mod values;
