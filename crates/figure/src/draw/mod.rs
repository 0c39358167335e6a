//! Pictures as lists of shapes, written as PNG, SVG or PDF that look the same.

mod picture;

pub use picture::{
    Align, Colour, Image, Item, Path, Picture, Point, Rect, Segment, Stroke, Text, Valign, Weight,
};
