//! Axes as coordinates of plotters.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use super::axis::Axis;

/// An axis along so many of plotters' pixels.
#[derive(Debug, Clone)]
pub(super) struct Coordinate {
    axis: Axis,
    pixels: f64,
    vertical: bool,
    /// Where lines of the grid are.
    grid: Vec<f64>,
}

impl Coordinate {
    pub(super) fn new(axis: &Axis, pixels: u32, vertical: bool, grid: Vec<f64>) -> Self {
        // Texts are not plotters' work.
        let axis = Axis { ticks: Vec::new(), minor: Vec::new(), label: String::new(), ..*axis };
        Self { axis, pixels: f64::from(pixels), vertical, grid }
    }
}

impl Ranged for Coordinate {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    /// From the length of the axis itself: plotters' limits end a pixel early.
    fn map(&self, value: &f64, _limit: (i32, i32)) -> i32 {
        let part = self.axis.position(*value).unwrap_or(0.0);
        let along = if self.vertical { 1.0 - part } else { part };
        // plotters adds to these without looking.
        (along * self.pixels).round().clamp(-1e9, 1e9) as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.grid.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.axis.min..self.axis.max
    }
}

impl ValueFormatter<f64> for Coordinate {
    fn format_ext(&self, value: &f64) -> String {
        crate::axis::number(*value)
    }
}
