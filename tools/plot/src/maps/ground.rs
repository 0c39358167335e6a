//! Coastlines and borders.

use figure::draw::{Colour, Item, Stroke};
use figure::geography::{Detail, borders, coastlines, lakes};
use figure::map::Frame;

use crate::request::{Coast, Projected};

/// Coastlines, lakes and borders, as far as they are wanted.
pub(crate) fn lines(frame: &Frame, wishes: &Projected, detail: Detail, (small, dark): (bool, bool)) -> Vec<Item> {
    let mut items = Vec::new();
    let thin = if small { 0.6 } else { 0.9 };
    let stroke = |colour, width| Stroke::solid(colour, width).rounded();
    if wishes.borders {
        items.push(figure::map::lines(
            frame,
            borders(detail).iter(),
            stroke(Colour::grey(70).with_alpha(190), 0.6 * thin),
        ));
    }
    if wishes.coast != Some(Coast::None) {
        if dark {
            // Upon dark colours a line alone is not seen.
            let light = stroke(Colour::WHITE.with_alpha(120), thin + 1.2);
            items.push(figure::map::lines(frame, coastlines(detail).iter(), light));
        }
        items.push(figure::map::lines(frame, coastlines(detail).iter(), stroke(Colour::grey(25), thin)));
        items.push(figure::map::lines(frame, lakes(detail).iter(), stroke(Colour::grey(25), 0.6 * thin)));
    }
    items
}
