//! Animations, written frame by frame: GIF 89a and APNG (W3C, PNG third edition, section 11.3.6).

use std::borrow::Cow;
use std::io::Write;
use std::time::Duration;

use gif::{DisposalMethod, Encoder, Frame, Repeat};

use super::Image;
use super::palette::check;
use super::png::{Form, SIGNATURE, chunk};
use super::quantise::{Reduced, packed};
use crate::{Error, Result};

/// Frames to come, each the size of the first one.
pub type Frames<'a> = dyn Iterator<Item = Result<Image>> + 'a;

/// Writes an endless GIF and returns its number of frames. Each shows for `delay`, to the hundredth of a second and at
/// least two of them. Frames have palettes of their own and hold only what changed; transparent parts become white.
///
/// # Errors
///
/// No frames, frames of different sizes or above 65535 pixels a side, what a frame fails with, and failures to write.
pub fn gif(out: &mut dyn Write, frames: &mut Frames<'_>, delay: Duration) -> Result<u32> {
    let mut before: Option<Image> = None;
    let mut encoder: Option<Encoder<&mut dyn Write>> = None;
    let mut out = Some(out);
    let mut count = 0;
    let delay = (delay.as_millis().saturating_add(5) / 10).clamp(2, u128::from(u16::MAX)) as u16;
    for frame in frames {
        let mut frame = frame?;
        check_frame("GIF", &frame, before.as_ref())?;
        flatten(&mut frame);
        if let Some(out) = out.take() {
            let sides = (u16::try_from(frame.width), u16::try_from(frame.height));
            let (Ok(width), Ok(height)) = sides else {
                return Err(encode(
                    "GIF",
                    &format!("{} × {} pixels are above 65535 a side", frame.width, frame.height),
                ));
            };
            let mut new = Encoder::new(out, width, height, &[]).map_err(|cause| encode("GIF", &cause))?;
            new.set_repeat(Repeat::Infinite).map_err(|cause| encode("GIF", &cause))?;
            encoder = Some(new);
        }
        let part = gif_frame(&frame, before.as_ref(), delay);
        if let Some(encoder) = &mut encoder {
            encoder.write_frame(&part).map_err(|cause| encode("GIF", &cause))?;
        }
        before = Some(frame);
        count += 1;
    }
    if count == 0 { Err(none("GIF")) } else { Ok(count) }
}

/// What of a frame differs from the one before; pixels that stay are transparent.
fn gif_frame(frame: &Image, before: Option<&Image>, delay: u16) -> Frame<'static> {
    let part = Part::changed(frame, before);
    let new: Vec<Option<u32>> = part.pixels(frame, before).collect();
    let mut reduced = Reduced::new(new.iter().flatten().copied().collect(), 255);
    let clear = reduced.palette.len() as u8;
    let buffer: Vec<u8> = new.iter().map(|colour| colour.map_or(clear, |colour| reduced.index(colour))).collect();
    let mut palette = reduced.palette.concat();
    palette.extend([0; 3]);
    let stays = before.is_some().then_some(clear);
    Frame {
        delay,
        dispose: DisposalMethod::Keep,
        transparent: stays,
        needs_user_input: false,
        top: part.top as u16,
        left: part.left as u16,
        width: part.width as u16,
        height: part.height as u16,
        interlaced: false,
        palette: Some(palette),
        buffer: Cow::Owned(buffer),
    }
}

/// Writes an endless animated PNG of `count` frames, each shown for `delay` to the millisecond. Frames hold only the
/// rectangle that changed. Whether there is transparency is up to the first frame.
///
/// # Errors
///
/// No frames or another number of them than `count`, frames of different sizes, what a frame fails with, and failures
/// to write.
pub fn apng(out: &mut dyn Write, count: u32, frames: &mut Frames<'_>, delay: Duration) -> Result<()> {
    let mut before: Option<Image> = None;
    let mut form = Form::Rgb;
    let mut done = 0;
    // Numbers of the chunks that control or hold frames.
    let mut number = 0;
    for frame in frames {
        let mut frame = frame?;
        check_frame("APNG", &frame, before.as_ref())?;
        let mut chunks = Vec::new();
        if before.is_none() {
            form = Form::of_true_colour(&frame);
            chunks.extend_from_slice(&SIGNATURE);
            form.header(&mut chunks, frame.width, frame.height);
            chunk(&mut chunks, *b"acTL", &[count.to_be_bytes(), [0; 4]].concat());
        }
        if matches!(form, Form::Rgb) {
            flatten(&mut frame);
        }
        apng_frame(&mut chunks, &frame, before.as_ref(), &form, &mut number, delay)?;
        out.write_all(&chunks).map_err(|cause| encode("APNG", &cause))?;
        before = Some(frame);
        done += 1;
    }
    if done != count || count == 0 {
        return Err(if done == 0 {
            none("APNG")
        } else {
            encode("APNG", &format!("{done} frames instead of {count}"))
        });
    }
    let mut end = Vec::new();
    chunk(&mut end, *b"IEND", &[]);
    out.write_all(&end).map_err(|cause| encode("APNG", &cause))
}

fn apng_frame(
    chunks: &mut Vec<u8>,
    frame: &Image,
    before: Option<&Image>,
    form: &Form,
    number: &mut u32,
    delay: Duration,
) -> Result<()> {
    let mut next = || {
        *number += 1;
        (*number - 1).to_be_bytes()
    };
    let part = Part::changed(frame, before);
    let mut control = next().to_vec();
    for value in [part.width, part.height, part.left, part.top] {
        control.extend_from_slice(&(value as u32).to_be_bytes());
    }
    control.extend_from_slice(&(delay.as_millis().min(u128::from(u16::MAX)) as u16).to_be_bytes());
    control.extend_from_slice(&1000_u16.to_be_bytes());
    // The frame stays, and its pixels replace those below.
    control.extend_from_slice(&[0, 0]);
    chunk(chunks, *b"fcTL", &control);
    let data = form.compressed(&part.image(frame))?;
    if before.is_none() {
        chunk(chunks, *b"IDAT", &data);
    } else {
        chunk(chunks, *b"fdAT", &[&next()[..], &data].concat());
    }
    Ok(())
}

/// A rectangle of pixels.
struct Part {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Part {
    /// The smallest rectangle with all pixels that differ; one pixel where none does.
    fn changed(frame: &Image, before: Option<&Image>) -> Self {
        let whole = Self { left: 0, top: 0, width: frame.width, height: frame.height };
        let Some(before) = before else { return whole };
        let stride = frame.width * 4;
        let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
        for (row, (new, old)) in frame.rgba.chunks_exact(stride).zip(before.rgba.chunks_exact(stride)).enumerate() {
            if new == old {
                continue;
            }
            let differs = |(a, b): (&[u8; 4], &[u8; 4])| a != b;
            let pairs = || new.as_chunks::<4>().0.iter().zip(old.as_chunks::<4>().0);
            left = left.min(pairs().position(differs).unwrap_or(usize::MAX));
            right = right.max(pairs().rposition(differs).unwrap_or(0));
            top = top.min(row);
            bottom = row;
        }
        if left > right {
            return Self { left: 0, top: 0, width: 1, height: 1 };
        }
        Self { left, top, width: right - left + 1, height: bottom - top + 1 }
    }

    fn rows<'a>(&self, image: &'a Image) -> impl Iterator<Item = &'a [[u8; 4]]> + 'a {
        let (left, width) = (self.left, self.width);
        let rows = image.rgba.as_chunks::<4>().0.chunks_exact(image.width).skip(self.top).take(self.height);
        rows.map(move |row| row.get(left..left + width).unwrap_or_default())
    }

    fn image(&self, frame: &Image) -> Image {
        let rgba = self.rows(frame).flat_map(<[[u8; 4]]>::as_flattened).copied().collect();
        Image { width: self.width, height: self.height, rgba }
    }

    /// Its pixels' colours; none for those that stay.
    fn pixels<'a>(&self, frame: &'a Image, before: Option<&'a Image>) -> impl Iterator<Item = Option<u32>> + 'a {
        let new = self.rows(frame).flatten();
        let mut old = before.map(|before| self.rows(before).flatten());
        new.map(move |pixel| {
            let stays = old.as_mut().and_then(Iterator::next) == Some(pixel);
            (!stays).then(|| packed(*pixel))
        })
    }
}

/// Lays a frame over white.
fn flatten(frame: &mut Image) {
    for pixel in frame.rgba.as_chunks_mut::<4>().0.iter_mut().filter(|pixel| pixel[3] != 255) {
        let [r, g, b, a] = pixel.map(u32::from);
        let mix = |value: u32| ((value * a + 255 * (255 - a) + 127) / 255) as u8;
        *pixel = [mix(r), mix(g), mix(b), 255];
    }
}

fn check_frame(format: &'static str, frame: &Image, before: Option<&Image>) -> Result<()> {
    check(format, frame)?;
    match before {
        Some(before) if (before.width, before.height) != (frame.width, frame.height) => {
            let [now, was] = [frame, before].map(|image| format!("{} × {}", image.width, image.height));
            Err(encode(format, &format!("a frame of {now} pixels after one of {was}")))
        }
        _ => Ok(()),
    }
}

fn encode(format: &'static str, cause: &dyn std::fmt::Display) -> Error {
    Error::Encode { format, what: cause.to_string() }
}

fn none(format: &'static str) -> Error {
    encode(format, &"there are no frames")
}
