//! Axes: where their marks are and what is written at them.
//!
//! Texts are in the markup of [`crate::draw::Text`]: `^{…}` is raised and `_{…}` lowered.

mod degrees;
mod labels;
mod logarithmic;
#[cfg(test)]
mod tests;
mod ticks;
mod title;
mod units;

pub use degrees::{Tick, latitude_label, latitude_ticks, longitude_label, longitude_ticks};
pub use labels::{Labels, labels, log_labels, number};
pub use logarithmic::{LogTicks, log_ticks, pressure_ticks};
pub use ticks::{covering, ticks};
pub use title::{label, label_scaled};
pub use units::readable_units;
