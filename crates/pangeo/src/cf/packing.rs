//! Packed and missing values.
