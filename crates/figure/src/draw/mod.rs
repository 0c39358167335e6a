//! Pictures as lists of shapes, written as PNG, SVG or PDF that look the same.

mod animation;
mod blit;
mod coverage;
mod deflate;
mod font;
pub mod html;
mod palette;
mod pdf;
mod picture;
mod pixmap;
mod plotters_backend;
mod png;
mod quantise;
mod raster;
mod sane;
mod shapes;
mod snap;
mod svg;
mod text;

#[cfg(test)]
mod tests;

pub use animation::{Frames, apng, gif};
pub use pdf::pdf;
pub use picture::{Align, Colour, Image, Item, Path, Picture, Point, Rect, Segment, Stroke, Text, Valign, Weight};
pub use plotters_backend::{Backend, FINENESS};
pub use png::{encode_png, png};
pub use raster::pixels;
pub use svg::{escaped, svg};
pub use text::{Extent, elide, measure, outline, plain, wrap};
