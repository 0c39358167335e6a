//! Statistics of whole variables, streamed: minimum, maximum, mean, number of missing values.

mod exact;

pub use exact::ExactSum;
