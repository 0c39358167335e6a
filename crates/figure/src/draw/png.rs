//! PNG files (W3C, Portable Network Graphics, third edition).

use super::deflate::zlib;
use super::palette::{self, Palette};
use super::{Image, Picture, raster};
use crate::Result;

pub(super) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// The picture as a PNG file of `dpi` dots per inch: its pixels are its units times `dpi` / 100, rounded up.
/// Pictures of at most 256 colours have a palette; of others those without transparency have no alpha.
///
/// # Errors
///
/// As [`pixels`](super::pixels).
pub fn png(picture: &Picture, dpi: f64) -> Result<Vec<u8>> {
    let image = raster::pixels(picture, dpi)?;
    let mut about = Vec::new();
    let per_metre = (dpi / 0.0254).round().clamp(1.0, f64::from(i32::MAX)) as u32;
    let mut density = [per_metre.to_be_bytes(), per_metre.to_be_bytes()].concat();
    density.push(1);
    chunk(&mut about, *b"pHYs", &density);
    for (keyword, text) in [("Title", &picture.title), ("Description", &picture.description)] {
        if !text.is_empty() {
            let text = text.replace('\0', "");
            chunk(&mut about, *b"iTXt", &[keyword.as_bytes(), b"\0\0\0\0\0", text.as_bytes()].concat());
        }
    }
    file(&image, &about)
}

/// An image as a PNG file.
///
/// # Errors
///
/// An image whose bytes are not `4 × width × height`, or without pixels.
pub fn encode_png(image: &Image) -> Result<Vec<u8>> {
    file(image, &[])
}

fn file(image: &Image, about: &[u8]) -> Result<Vec<u8>> {
    palette::check("PNG", image)?;
    let form = Form::of(image);
    let mut out = SIGNATURE.to_vec();
    form.header(&mut out, image.width, image.height);
    out.extend_from_slice(about);
    form.palette_chunks(&mut out);
    chunk(&mut out, *b"IDAT", &form.compressed(image)?);
    chunk(&mut out, *b"IEND", &[]);
    Ok(out)
}

/// How the pixels of an image are written.
pub(super) enum Form {
    /// As indices of at most 256 colours.
    Palette(Palette),
    /// Red, green and blue.
    Rgb,
    /// Red, green, blue and alpha.
    Rgba,
}

impl Form {
    fn of(image: &Image) -> Self {
        match Palette::of(image) {
            Some(palette) => Self::Palette(palette),
            None => Self::of_true_colour(image),
        }
    }

    /// The form of an image whose later frames may have any colour.
    pub(super) fn of_true_colour(image: &Image) -> Self {
        let opaque = image.rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255);
        if opaque { Self::Rgb } else { Self::Rgba }
    }

    fn bits(&self) -> u8 {
        match self {
            Self::Palette(palette) => match palette.colours.len() {
                0..=2 => 1,
                3..=4 => 2,
                5..=16 => 4,
                _ => 8,
            },
            Self::Rgb | Self::Rgba => 8,
        }
    }

    /// Writes the chunks `IHDR` and `sRGB`.
    pub(super) fn header(&self, out: &mut Vec<u8>, width: usize, height: usize) {
        let kind = match self {
            Self::Palette(_) => 3,
            Self::Rgb => 2,
            Self::Rgba => 6,
        };
        let mut header = [(width as u32).to_be_bytes(), (height as u32).to_be_bytes()].concat();
        header.extend_from_slice(&[self.bits(), kind, 0, 0, 0]);
        chunk(out, *b"IHDR", &header);
        // The rendering intent is perceptual.
        chunk(out, *b"sRGB", &[0]);
    }

    fn palette_chunks(&self, out: &mut Vec<u8>) {
        if let Self::Palette(palette) = self {
            let colours: Vec<u8> = palette.colours.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
            chunk(out, *b"PLTE", &colours);
            let clear: Vec<u8> = palette.colours.iter().map(|colour| colour[3]).take_while(|a| *a != 255).collect();
            if !clear.is_empty() {
                chunk(out, *b"tRNS", &clear);
            }
        }
    }

    /// The filtered and compressed rows of an image.
    pub(super) fn compressed(&self, image: &Image) -> Result<Vec<u8>> {
        let pixels = image.rgba.as_chunks::<4>().0;
        match self {
            Self::Palette(palette) => {
                let indices = palette.indices(pixels);
                let mut rows = Vec::with_capacity(indices.len() + image.height);
                for row in indices.chunks_exact(image.width) {
                    rows.push(0);
                    pack(row, self.bits(), &mut rows);
                }
                zlib("PNG", &rows, 8)
            }
            Self::Rgb => {
                let bytes: Vec<u8> = pixels.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
                zlib("PNG", &unfiltered(&bytes, image.width * 3), 5)
            }
            Self::Rgba => zlib("PNG", &unfiltered(&image.rgba, image.width * 4), 5),
        }
    }
}

/// Adds indices of `bits` bits each, the first one in the highest bits.
fn pack(row: &[u8], bits: u8, out: &mut Vec<u8>) {
    if bits == 8 {
        out.extend_from_slice(row);
        return;
    }
    for group in row.chunks(usize::from(8 / bits)) {
        let mut byte = 0;
        for (place, index) in (1..).zip(group) {
            byte |= index << (8 - bits * place);
        }
        out.push(byte);
    }
}

/// Rows behind their filter type, which is none: figures are flat areas and repeated colours, and measured on maps
/// the bytes themselves compress a quarter smaller than any differences of them, and faster.
fn unfiltered(bytes: &[u8], stride: usize) -> Vec<u8> {
    let mut rows = Vec::with_capacity(bytes.len() + bytes.len() / stride.max(1));
    for row in bytes.chunks_exact(stride) {
        rows.push(0);
        rows.extend_from_slice(row);
    }
    rows
}

/// Writes a chunk: its length, name, bytes and checksum.
pub(super) fn chunk(out: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    out.extend_from_slice(&name);
    out.extend_from_slice(data);
    let mut sum = libdeflater::Crc::new();
    sum.update(&name);
    sum.update(data);
    out.extend_from_slice(&sum.sum().to_be_bytes());
}
