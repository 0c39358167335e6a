//! Figures: drawing to PNG, SVG and PDF from one list of shapes, colours, axes, coastlines.
//!
//! Knows nothing of datasets: numbers and texts in, pictures out.

pub mod axis;
pub mod chart;
pub mod colour;
pub mod draw;
mod error;
pub mod geography;
pub mod layout;
pub mod map;

pub use error::{Error, Result};
