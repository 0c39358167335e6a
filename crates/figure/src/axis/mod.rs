//! Axes: where their marks are and what is written at them.

mod labels;
mod logarithmic;
#[cfg(test)]
mod tests;
mod ticks;

pub use labels::{Labels, labels, log_labels, number};
pub use logarithmic::{LogTicks, log_ticks, pressure_ticks};
pub use ticks::{covering, ticks};
