//! Maps: a projection in a rectangle, cells pixel by pixel, coastlines, graticule, contours and arrows.

mod arrows;
mod frame;
mod graticule;
mod lines;
mod raster;
#[cfg(test)]
mod tests;

pub use arrows::{Arrow, arrows, level_arrow};
pub use frame::Frame;
pub use graticule::{Graticule, Sides, graticule, is_disc};
pub use lines::lines;
pub use raster::{Pixel, Resolution, raster};
