//! Images of a PDF file.

use std::collections::BTreeMap;

use pdf_writer::{Filter, Finish, Name, Pdf, Ref};

use super::super::Image;
use super::super::deflate::zlib;
use super::super::palette::Palette;
use crate::Result;

/// The images of a file, ready to be written.
#[derive(Default)]
pub(super) struct Pictures {
    all: Vec<Encoded>,
}

struct Encoded {
    width: i32,
    height: i32,
    /// Compressed: indices where there is a palette, else red, green, blue.
    data: Vec<u8>,
    /// Colours of three bytes.
    palette: Option<Vec<u8>>,
    /// Compressed.
    alpha: Option<Vec<u8>>,
}

impl Pictures {
    /// Adds an image and tells its name; none for one without pixels or with fewer bytes than its size says.
    pub(super) fn add(&mut self, image: &Image) -> Result<Option<String>> {
        let pixels = image.rgba.as_chunks::<4>().0;
        let (Ok(width), Ok(height)) = (i32::try_from(image.width), i32::try_from(image.height)) else {
            return Ok(None);
        };
        if pixels.is_empty() || image.width.checked_mul(image.height) != Some(pixels.len()) {
            return Ok(None);
        }
        let opaque = pixels.iter().all(|pixel| pixel[3] == 255);
        let few = if opaque { Palette::of(image) } else { None };
        let (data, palette) = match few {
            Some(few) => {
                let colours = few.colours.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
                (few.indices(pixels), Some(colours))
            }
            None => (pixels.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect(), None),
        };
        let alpha: Option<Vec<u8>> = (!opaque).then(|| pixels.iter().map(|pixel| pixel[3]).collect());
        let alpha = alpha.map(|alpha| zlib("PDF", &alpha, 6)).transpose()?;
        self.all.push(Encoded { width, height, data: zlib("PDF", &data, 6)?, palette, alpha });
        Ok(Some(name(self.all.len())))
    }

    /// Writes all images; their names and objects.
    pub(super) fn write(&self, pdf: &mut Pdf, free: &mut impl FnMut() -> Ref) -> BTreeMap<String, Ref> {
        let mut names = BTreeMap::new();
        for (index, image) in self.all.iter().enumerate() {
            let id = free();
            let mask = image.alpha.as_ref().map(|alpha| (free(), alpha));
            let mut object = pdf.image_xobject(id, &image.data);
            object.filter(Filter::FlateDecode);
            object.width(image.width).height(image.height).bits_per_component(8);
            match &image.palette {
                Some(colours) => {
                    let highest = (colours.len() / 3).saturating_sub(1) as i32;
                    object.color_space().indexed(Name(b"DeviceRGB"), highest, colours);
                }
                None => object.color_space().device_rgb(),
            }
            if let Some((mask, _)) = mask {
                object.s_mask(mask);
            }
            object.finish();
            if let Some((mask, alpha)) = mask {
                let mut object = pdf.image_xobject(mask, alpha);
                object.filter(Filter::FlateDecode);
                object.width(image.width).height(image.height).bits_per_component(8);
                object.color_space().device_gray();
            }
            names.insert(name(index + 1), id);
        }
        names
    }
}

fn name(number: usize) -> String {
    format!("i{number}")
}
