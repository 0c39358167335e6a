//! Pictures as lists of shapes, written as PNG, SVG or PDF that look the same.

mod blit;
mod coverage;
mod deflate;
mod font;
mod palette;
mod pdf;
mod picture;
mod pixmap;
mod png;
mod raster;
mod sane;
mod svg;
mod text;

#[cfg(test)]
mod tests;

pub use pdf::pdf;
pub use picture::{Align, Colour, Image, Item, Path, Picture, Point, Rect, Segment, Stroke, Text, Valign, Weight};
pub use png::{encode_png, png};
pub use raster::pixels;
pub use svg::svg;
pub use text::{Extent, elide, measure, outline, wrap};
