//! Colour maps, scales from values to colours, line colours, and which map suits which variable.
//!
//! The maps are matplotlib's, Crameri's scientific colour maps and cmocean's; `data/colour` holds them, the
//! script that makes them, and their licences.

mod catalogue;
mod defaults;
mod map;
mod palette;
mod range;
mod scale;
#[cfg(test)]
mod tests;

pub use defaults::{categories_default, cycle, default_for};
pub use map::{ColourMap, Family, Kind};
pub use palette::{Block, Palette, Tick, Ticks};
pub use range::{equal_levels, nice_levels, percentiles, robust};
pub use scale::Scale;
