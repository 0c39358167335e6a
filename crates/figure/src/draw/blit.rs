//! Images drawn into pixels: every pixel of the target shows the image's pixel at its centre.

use super::pixmap::{Mask, Pixmap, over};
use super::{Image, Rect};

/// Draws `image` stretched over `rect`, which is in picture units of `scale` pixels.
pub(super) fn draw(image: &Image, rect: Rect, scale: f64, target: &mut Pixmap, mask: Option<&Mask>) {
    let Some((left, columns)) = places(rect.x * scale, rect.width * scale, image.width, target.width) else { return };
    let Some((top, rows)) = places(rect.y * scale, rect.height * scale, image.height, target.height) else { return };
    // Pixel upon pixel: whole rows are copied.
    let first = columns.first().copied().unwrap_or(0);
    let same = columns.iter().enumerate().all(|(index, column)| first.checked_add(index) == Some(*column));
    let source = image.rgba.as_chunks::<4>().0;
    for (line, row) in rows.iter().enumerate() {
        let Some(source) = row.checked_mul(image.width).and_then(|start| source.get(start..)?.get(..image.width))
        else {
            return;
        };
        let start = (top + line) * target.width + left;
        let Some(pixels) = target.pixels.get_mut(start..start + columns.len()) else { return };
        let mask = mask.and_then(|mask| mask.get(start..start + columns.len()));
        if let (true, Some(source)) = (same, source.get(first..first + columns.len())) {
            across(pixels, source.iter().copied(), mask);
        } else {
            across(pixels, columns.iter().map(|column| source.get(*column).copied().unwrap_or_default()), mask);
        }
    }
}

/// The first pixel of a side whose centre is within `start` to `start + length`, and for it and the ones after it the
/// index of the image's pixel there.
fn places(start: f64, length: f64, count: usize, room: usize) -> Option<(usize, Vec<usize>)> {
    if !(start.is_finite() && length.is_finite() && length > 0.0) || count == 0 {
        return None;
    }
    // Sums of decimal fractions miss whole numbers by a few units in the last place.
    let pixel = |edge: f64| (edge - 0.5 - 1e-6).ceil().clamp(0.0, room as f64) as usize;
    let (first, end) = (pixel(start), pixel(start + length));
    let index = |pixel: usize| {
        let part = (pixel as f64 + 0.5 - start) / length;
        ((part * count as f64).max(0.0) as usize).min(count - 1)
    };
    (first < end).then(|| (first, (first..end).map(index).collect()))
}

fn across(pixels: &mut [[u8; 4]], source: impl Iterator<Item = [u8; 4]>, mask: Option<&[u8]>) {
    match mask {
        None => pixels.iter_mut().zip(source).for_each(|(pixel, colour)| over(pixel, colour, 255)),
        Some(mask) => {
            for ((pixel, colour), shown) in pixels.iter_mut().zip(source).zip(mask) {
                over(pixel, colour, *shown);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn each_pixel_shows_what_is_at_its_centre() {
        for (start, length, count, expected) in [
            (0.0, 4.0, 4, Some((0, vec![0, 1, 2, 3]))),
            (1.0, 6.0, 3, Some((1, vec![0, 0, 1, 1, 2, 2]))),
            (0.4, 2.0, 2, Some((0, vec![0, 1]))),
            (0.6, 2.0, 2, Some((1, vec![0, 1]))),
            (-2.0, 20.0, 10, Some((0, vec![1, 1, 2, 2, 3, 3, 4, 4]))),
            (0.0, 0.3, 1, None),
            (f64::NAN, 1.0, 1, None),
            (0.0, 1e300, 2, Some((0, vec![0; 8]))),
            (9.0, 2.0, 2, None),
        ] {
            assert_eq!(places(start, length, count, 8), expected, "{start} {length}");
        }
    }
}
