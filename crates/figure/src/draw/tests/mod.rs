//! Tests of all formats together.

mod animations;
mod charts;
mod formats;
mod hostile;
mod sample;
mod speed;

use super::*;

/// A picture without items.
pub(super) fn blank(width: f64, height: f64) -> Picture {
    let (title, description) = ("A title & <more>".to_owned(), "What “it” shows".to_owned());
    Picture { width, height, background: Colour::WHITE, title, description, items: Vec::new() }
}
