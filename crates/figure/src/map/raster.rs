//! What each pixel of a map shows.

use std::num::NonZero;

use crate::draw::{Colour, Image, Item, Point};

use super::Frame;

/// The colour of a place in degrees.
pub type Pixel<'a> = dyn Fn(f64, f64) -> Colour + Sync + 'a;

/// How finely an image is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolution {
    /// Pixels along a picture unit.
    pub pixels_per_unit: f64,
    /// Threads that work on it.
    pub threads: NonZero<usize>,
}

/// The image of a map: for the middle of each pixel its place, and what `colour` says of it; nothing outside
/// the map.
pub fn raster(frame: &Frame, resolution: Resolution, colour: &Pixel<'_>) -> Item {
    let pixels = |length: f64| ((length * resolution.pixels_per_unit).round() as usize).clamp(1, 30_000);
    let (width, height) = (pixels(frame.rect.width), pixels(frame.rect.height));
    let mut rgba = vec![0; 4 * width * height];
    let rows_each = height.div_ceil(resolution.threads.get()).max(1);
    std::thread::scope(|scope| {
        for (part, rows) in rgba.chunks_mut(4 * width * rows_each).enumerate() {
            scope.spawn(move || {
                for (row, line) in rows.chunks_exact_mut(4 * width).enumerate() {
                    fill(frame, part * rows_each + row, (width, height), line, colour);
                }
            });
        }
    });
    Item::Image(Image { width, height, rgba }, frame.rect)
}

/// One row of pixels.
fn fill(frame: &Frame, row: usize, (width, height): (usize, usize), line: &mut [u8], colour: &Pixel<'_>) {
    let middle = |i: usize, count: usize, length: f64| (i as f64 + 0.5) / count as f64 * length;
    let y = frame.rect.y + middle(row, height, frame.rect.height);
    let at = |column| frame.plane(Point { x: frame.rect.x + middle(column, width, frame.rect.width), y });
    let mut places: Vec<(f64, f64)> = (0..width).map(at).collect();
    frame.projection.inverse_all(&mut places);
    for (pixel, (longitude, latitude)) in line.chunks_exact_mut(4).zip(places) {
        if longitude.is_finite() && latitude.is_finite() {
            let Colour { r, g, b, a } = colour(longitude, latitude);
            pixel.copy_from_slice(&[r, g, b, a]);
        }
    }
}
