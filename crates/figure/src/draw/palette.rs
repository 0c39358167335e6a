//! The colours of an image with few of them.

use super::Image;
use crate::{Error, Result};

/// At most 256 colours, those that are not opaque first, then by their numbers.
pub(super) struct Palette {
    pub(super) colours: Vec<[u8; 4]>,
    table: Table,
}

impl Palette {
    /// The colours of an image; none if there are more than 256.
    pub(super) fn of(image: &Image) -> Option<Self> {
        let mut table = Table::new();
        let mut colours = Vec::new();
        let mut last = None;
        for pixel in image.rgba.as_chunks::<4>().0 {
            if last != Some(pixel) {
                last = Some(pixel);
                if table.add(*pixel) {
                    colours.push(*pixel);
                    if colours.len() > 256 {
                        return None;
                    }
                }
            }
        }
        colours.sort_unstable_by_key(|[r, g, b, a]| (*a == 255, *r, *g, *b, *a));
        (0..=255).zip(&colours).for_each(|(index, colour)| table.name(*colour, index));
        Some(Self { colours, table })
    }

    /// The index of each pixel's colour.
    pub(super) fn indices(&self, pixels: &[[u8; 4]]) -> Vec<u8> {
        let mut last = ([0; 4], self.table.index([0; 4]));
        let index = |pixel: &[u8; 4]| {
            if *pixel != last.0 {
                last = (*pixel, self.table.index(*pixel));
            }
            last.1
        };
        pixels.iter().map(index).collect()
    }
}

/// The places of the table; four times the colours keep searches short.
const PLACES: usize = 1024;

/// Colours by their numbers.
struct Table {
    places: Vec<Option<([u8; 4], u8)>>,
}

impl Table {
    fn new() -> Self {
        Self { places: vec![None; PLACES] }
    }

    /// The place of a colour or the free one where it belongs. The table is never full: 257 colours are the most.
    fn place(&self, colour: [u8; 4]) -> usize {
        // Knuth's multiplicative hashing: the golden ratio spreads what is near.
        let start = u32::from_le_bytes(colour).wrapping_mul(0x9E37_79B9) >> 22;
        let mut place = start as usize % PLACES;
        while self.places[place].is_some_and(|(taken, _)| taken != colour) {
            place = (place + 1) % PLACES;
        }
        place
    }

    /// Adds a colour; whether it is new.
    fn add(&mut self, colour: [u8; 4]) -> bool {
        let place = self.place(colour);
        let new = self.places[place].is_none();
        self.places[place].get_or_insert((colour, 0));
        new
    }

    fn name(&mut self, colour: [u8; 4], index: u8) {
        let place = self.place(colour);
        self.places[place] = Some((colour, index));
    }

    fn index(&self, colour: [u8; 4]) -> u8 {
        self.places[self.place(colour)].map_or(0, |(_, index)| index)
    }
}

/// Whether an image has pixels and as many bytes as its size says.
pub(super) fn check(format: &'static str, image: &Image) -> Result<()> {
    let sides = [image.width, image.height];
    let bytes = image.width.checked_mul(image.height).and_then(|pixels| pixels.checked_mul(4));
    if sides.iter().all(|side| (1..=i32::MAX as usize).contains(side)) && bytes == Some(image.rgba.len()) {
        return Ok(());
    }
    let what = format!("an image of {} × {} pixels with {} bytes", sides[0], sides[1], image.rgba.len());
    Err(Error::Encode { format, what })
}
