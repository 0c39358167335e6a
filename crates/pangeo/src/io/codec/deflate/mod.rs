//! Deflate in the frames of zlib (HDF5 filter 1, Zarr) and gzip (Zarr), by libdeflate; what hardly
//! repeats itself at the front of a chunk is written without its search for repeats.

mod huffman;
mod literals;

use std::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor, Crc, Decompressor, adler32};

use super::{Failure, Length, Outcome};

/// What stands around the deflated bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// Two bytes in front, an Adler-32 checksum behind (RFC 1950).
    Zlib,
    /// gzip's header in front, CRC-32 and length behind (RFC 1952).
    Gzip,
}

/// Inputs up to this are compressed in room that a thread keeps.
const KEPT: usize = 8 << 20;

// Setting up either costs as much as a small chunk, so each thread keeps its own.
thread_local! {
    static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
    static COMPRESSOR: RefCell<Option<(u8, Compressor)>> = const { RefCell::new(None) };
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Inflate one zlib stream; its Adler-32 checksum is verified.
///
/// # Errors
/// [`Failure::Broken`] when the stream is damaged or longer than `length` allows.
pub fn decode(input: &[u8], length: Length, out: &mut Vec<u8>) -> Outcome {
    out.resize(length.limit(), 0);
    let written = inflate_into(input, Frame::Zlib, out)?;
    out.truncate(written);
    length.check(written)
}

/// Inflate one stream into a slice; how many bytes came out. Its checksum is verified.
///
/// # Errors
/// [`Failure::Broken`] when the stream is damaged or longer than the slice.
pub fn inflate_into(input: &[u8], frame: Frame, out: &mut [u8]) -> Outcome<usize> {
    let inflated = DECOMPRESSOR.with_borrow_mut(|d| match frame {
        Frame::Zlib => d.zlib_decompress(input, out),
        Frame::Gzip => d.gzip_decompress(input, out),
    });
    inflated.map_err(|e| Failure::broken(format!("deflate: {e}")))
}

/// Deflate with `level` 0 to 9 (to 12 in libdeflate).
///
/// # Errors
/// [`Failure::Unsupported`] for another level.
pub fn compress(input: &[u8], level: u8, frame: Frame) -> Outcome<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        if kept.as_ref().is_none_or(|(l, _)| *l != level) {
            let checked = CompressionLvl::new(i32::from(level));
            let checked = checked.map_err(|_| Failure::Unsupported(format!("deflate level {level}")))?;
            *kept = Some((level, Compressor::new(checked)));
        }
        let Some((_, compressor)) = kept else { return Ok(Vec::new()) };
        let large = input.len() > KEPT;
        // Room that nobody writes to takes no memory, but to grow takes the old and the new.
        let mut out =
            if large { Vec::with_capacity(compressor.deflate_compress_bound(input.len())) } else { Vec::new() };
        frame.begin(level, &mut out);
        let front = if level == 0 { 0 } else { literals::deflate_front(input, level, &mut out) };
        let rest = input.get(front..).unwrap_or(&[]);
        if large {
            return compress_rest(compressor, rest, out).map(|mut out| {
                frame.end(input, &mut out);
                out
            });
        }
        ROOM.with_borrow_mut(|room| {
            // Room for the worst case is kept, so that the result takes no more than it needs.
            room.resize(room.len().max(compressor.deflate_compress_bound(rest.len())), 0);
            let written = compressor.deflate_compress(rest, room);
            let written = written.map_err(|e| Failure::broken(format!("deflate: {e}")))?;
            out.reserve_exact(written + 8);
            out.extend_from_slice(room.get(..written).unwrap_or(&[]));
            Ok(())
        })?;
        frame.end(input, &mut out);
        Ok(out)
    })
}

/// Compress `rest` behind `out`, in room that is given back at once.
fn compress_rest(compressor: &mut Compressor, rest: &[u8], mut out: Vec<u8>) -> Outcome<Vec<u8>> {
    /// So few bytes are sooner copied than what comes behind them.
    const FEW: usize = 1 << 16;
    let begun = if out.len() <= FEW { out.len() } else { 0 };
    let mut room = vec![0; begun.saturating_add(compressor.deflate_compress_bound(rest.len())).saturating_add(8)];
    let (head, body) = room.split_at_mut(begun);
    head.copy_from_slice(out.get(..begun).unwrap_or(&[]));
    let written = compressor.deflate_compress(rest, body);
    let written = written.map_err(|e| Failure::broken(format!("deflate: {e}")))?;
    room.truncate(begun.saturating_add(written));
    if begun > 0 {
        return Ok(room);
    }
    out.extend_from_slice(&room);
    Ok(out)
}

impl Frame {
    /// What stands in front.
    fn begin(self, level: u8, out: &mut Vec<u8>) {
        match self {
            // Deflate with a window of 32 KiB and a hint at the level.
            Self::Zlib => out.extend([
                0x78,
                match level {
                    0 | 1 => 0x01,
                    2..=5 => 0x5e,
                    6 => 0x9c,
                    _ => 0xda,
                },
            ]),
            // Deflate, no name, no time, no system.
            Self::Gzip => out.extend([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]),
        }
    }

    /// What stands behind, of the bytes before they were deflated.
    fn end(self, input: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Zlib => out.extend(adler32(input).to_be_bytes()),
            Self::Gzip => {
                let mut crc = Crc::new();
                crc.update(input);
                out.extend(crc.sum().to_le_bytes());
                // Modulo 2^32, as RFC 1952 has it.
                out.extend((input.len() as u32).to_le_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `zlib.compress(b"pangeo pangeo pangeo")` of Python.
    const STREAM: [u8; 17] =
        [0x78, 0x9c, 0x2b, 0x48, 0xcc, 0x4b, 0x4f, 0xcd, 0x57, 0x28, 0x40, 0xa6, 0x00, 0x50, 0xb7, 0x07, 0xaf];

    #[test]
    fn inflates_what_python_deflated() {
        let mut out = Vec::new();
        decode(&STREAM, Length::Exactly(20), &mut out).unwrap();
        assert_eq!(out, b"pangeo pangeo pangeo");
    }

    #[test]
    fn refuses_streams_that_are_longer_shorter_or_damaged() {
        let mut out = Vec::new();
        assert!(decode(&STREAM, Length::Exactly(19), &mut out).is_err());
        assert!(decode(&STREAM, Length::Exactly(21), &mut out).is_err());
        assert!(decode(&STREAM[..12], Length::Exactly(20), &mut out).is_err());
        assert!(decode(&[], Length::AtMost(20), &mut out).is_err());
    }

    #[test]
    fn what_is_deflated_inflates_again() {
        let text = b"pangeo ".repeat(100);
        for (frame, level) in [(Frame::Zlib, 1), (Frame::Gzip, 9), (Frame::Zlib, 0), (Frame::Gzip, 1)] {
            let mut out = vec![0; text.len()];
            let stream = compress(&text, level, frame).unwrap();
            assert_eq!(inflate_into(&stream, frame, &mut out), Ok(text.len()));
            assert_eq!(out, text);
        }
        assert!(compress(&text, 99, Frame::Zlib).is_err());
        let long: Vec<u8> = (0..KEPT as u32 + 9).map(|i| (i / 7 % 251) as u8).collect();
        let (stream, mut out) = (compress(&long, 1, Frame::Gzip).unwrap(), vec![0; long.len()]);
        assert_eq!(inflate_into(&stream, Frame::Gzip, &mut out), Ok(long.len()));
        assert!(out == long && stream.len() < long.len() / 4);
    }
}
