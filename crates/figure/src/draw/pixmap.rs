//! Premultiplied pixels and how colours are laid over them.

use super::Colour;

/// How far each pixel may be drawn on: one byte a pixel, 0 hidden to 255 shown.
pub(super) type Mask = Vec<u8>;

/// Pixels, row after row from the top, red green blue alpha, premultiplied.
pub(super) struct Pixmap {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<[u8; 4]>,
}

impl Pixmap {
    pub(super) fn new(width: usize, height: usize, colour: Colour) -> Self {
        let mut one = [0; 4];
        over(&mut one, bytes(colour), 255);
        Self { width, height, pixels: vec![one; width * height] }
    }

    /// Lays a colour over the pixels of `row` from `left`, as far as `shares` and the mask let it.
    pub(super) fn lay(&mut self, colour: Colour, row: usize, left: usize, shares: &[u8], mask: Option<&Mask>) {
        let start = row * self.width + left;
        let Some(pixels) = self.pixels.get_mut(start..start + shares.len()) else { return };
        let colour = bytes(colour);
        match mask.and_then(|mask| mask.get(start..start + shares.len())) {
            None => pixels.iter_mut().zip(shares).for_each(|(pixel, share)| over(pixel, colour, *share)),
            Some(mask) => {
                for ((pixel, share), shown) in pixels.iter_mut().zip(shares).zip(mask) {
                    if *share > 0 {
                        over(pixel, colour, part(*share, *shown));
                    }
                }
            }
        }
    }

    /// The pixels not premultiplied.
    pub(super) fn straight(self) -> Vec<u8> {
        let mut pixels = self.pixels;
        for pixel in pixels.iter_mut().filter(|pixel| pixel[3] != 255) {
            let alpha = u32::from(pixel[3]);
            for value in pixel.iter_mut().take(3) {
                *value = (u32::from(*value) * 255 + alpha / 2).checked_div(alpha).unwrap_or(0).min(255) as u8;
            }
        }
        pixels.into_flattened()
    }
}

fn bytes(colour: Colour) -> [u8; 4] {
    [colour.r, colour.g, colour.b, colour.a]
}

/// `value` × `share` / 255, rounded.
pub(super) fn part(value: u8, share: u8) -> u8 {
    ((u32::from(value) * u32::from(share) + 127) / 255) as u8
}

/// Draws a colour that is not premultiplied over a pixel that is, as far as `shown` of 255.
pub(super) fn over(pixel: &mut [u8; 4], [r, g, b, a]: [u8; 4], shown: u8) {
    match part(a, shown) {
        255 => *pixel = [r, g, b, 255],
        0 => {}
        alpha => {
            // One rounding for both parts: what is opaque stays opaque.
            let (alpha, rest) = (u32::from(alpha), u32::from(255 - alpha));
            let mix = |over: u8, under: u8| ((u32::from(over) * alpha + u32::from(under) * rest + 127) / 255) as u8;
            *pixel = [mix(r, pixel[0]), mix(g, pixel[1]), mix(b, pixel[2]), mix(255, pixel[3])];
        }
    }
}
