//! The bytes-to-bytes codecs: compressors, the byte shuffle, checksums.
//!
//! Arranged here rather than by `zarrs` because each must refuse to decode to more than is expected before
//! it allocates, and because these are the inner loop.

use std::borrow::Cow;
use std::io::Read;

use serde_json::{Map, Value};

use super::checksum;
use crate::io::codec::deflate::{self, Frame};
use crate::io::codec::{Length, blosc, lz4, shuffle, zstd};
use crate::io::large::Step;
use crate::model::Compression;

/// One bytes-to-bytes codec with its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::io::zarr) enum Stage {
    /// Zstandard.
    Zstd { level: i32, checksum: bool },
    /// Deflate in gzip's frame.
    Gzip { level: u8 },
    /// Deflate in zlib's frame.
    Zlib { level: u8 },
    /// bzip2.
    Bz2,
    /// numcodecs' LZ4: the decoded length (`u32`), then one block.
    Lz4,
    /// Blosc 1; `shuffle` 0 none, 1 bytes, 2 bits.
    Blosc { codec: String, level: u8, shuffle: u8, type_size: usize },
    /// Bytes regrouped by significance.
    Shuffle { size: usize },
    /// A checksum in front of or behind the bytes.
    Checksum(checksum::Kind),
}

impl Stage {
    /// The codec called `name` (without `numcodecs.`); `None` if it is not one of these.
    ///
    /// # Errors
    /// When its settings make no sense.
    pub(super) fn parse(name: &str, settings: &Map<String, Value>, type_size: usize) -> Result<Option<Self>, String> {
        let integer = |key: &str, default: i64| match settings.get(key) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => value.as_i64().ok_or_else(|| format!("codec '{name}': {key} is not an integer")),
        };
        let level = |default| integer("level", default).map(|l| l.clamp(0, 9) as u8);
        Ok(Some(match name {
            "zstd" => Self::Zstd {
                level: integer("level", 3)?.clamp(-131_072, 22) as i32,
                checksum: settings.get("checksum").and_then(Value::as_bool).unwrap_or(false),
            },
            "gzip" => Self::Gzip { level: level(1)? },
            "zlib" => Self::Zlib { level: level(1)? },
            "bz2" => Self::Bz2,
            "lz4" => Self::Lz4,
            "blosc" => Self::Blosc {
                codec: settings.get("cname").and_then(Value::as_str).unwrap_or("lz4").to_owned(),
                level: integer("clevel", 5)?.clamp(0, 9) as u8,
                shuffle: blosc_shuffle(settings.get("shuffle"), type_size)?,
                type_size: usize::try_from(integer("typesize", type_size as i64)?).unwrap_or(type_size),
            },
            "shuffle" => Self::Shuffle {
                size: usize::try_from(integer("elementsize", 4)?)
                    .ok()
                    .filter(|&n| n > 0 && n <= 1 << 16)
                    .ok_or("codec 'shuffle': elementsize out of range")?,
            },
            _ => match checksum::Kind::parse(name, settings) {
                Some(kind) => Self::Checksum(kind),
                None => return Ok(None),
            },
        }))
    }

    /// The encoded length of `length` bytes, where that does not depend on them.
    pub(in crate::io::zarr) fn encoded_length(&self, length: usize) -> Option<usize> {
        match self {
            Self::Shuffle { .. } => Some(length),
            Self::Checksum(_) => length.checked_add(4),
            _ => None,
        }
    }

    /// Undo the codec. `expected` is the decoded length if known; more than `limit` is refused.
    ///
    /// # Errors
    /// When the bytes are broken or the length is another.
    pub(super) fn decode<'a>(
        &self,
        bytes: &'a [u8],
        expected: Option<usize>,
        limit: usize,
    ) -> Result<Cow<'a, [u8]>, String> {
        let decoded = match self {
            Self::Zstd { .. } => Cow::Owned(unzstd(bytes, expected, limit)?),
            Self::Gzip { .. } => Cow::Owned(inflate(bytes, expected, limit, Frame::Gzip)?),
            Self::Zlib { .. } => Cow::Owned(inflate(bytes, expected, limit, Frame::Zlib)?),
            Self::Bz2 => Cow::Owned(stream(::bzip2::read::BzDecoder::new(bytes), limit, "bz2")?),
            Self::Lz4 => Cow::Owned(numcodecs_lz4(bytes, expected, limit)?),
            Self::Blosc { .. } => {
                let mut out = Vec::new();
                blosc::decode(bytes, expected.map_or(Length::AtMost(limit), Length::Exactly), &mut out)?;
                Cow::Owned(out)
            }
            Self::Shuffle { size } => {
                let mut out = Vec::new();
                shuffle::decode(bytes, *size, &mut out);
                Cow::Owned(out)
            }
            Self::Checksum(kind) => Cow::Borrowed(kind.check(bytes)?),
        };
        match expected {
            Some(n) if n != decoded.len() => Err(format!("chunk decodes to {} bytes, not {n}", decoded.len())),
            _ => Ok(decoded),
        }
    }

    /// How it is undone window by window; `last` if its bytes are those that are stored.
    ///
    /// # Errors
    /// When that takes all bytes at once.
    pub(super) fn step(&self, last: bool) -> Result<Step, String> {
        Ok(match self {
            Self::Zstd { .. } => Step::Zstd,
            Self::Gzip { .. } => Step::Inflate(Frame::Gzip),
            Self::Zlib { .. } => Step::Inflate(Frame::Zlib),
            Self::Bz2 => Step::Bzip2,
            Self::Blosc { .. } if last => Step::Blosc,
            Self::Checksum(checksum::Kind::Crc32c) => Step::Crc32c,
            Self::Checksum(checksum::Kind::Fletcher32) => Step::Fletcher32,
            other => return Err(format!("codec {other:?} is not undone in parts")),
        })
    }

    /// What the codec is in the terms of the model, if it compresses.
    pub(in crate::io::zarr) fn compression(&self) -> Option<Compression> {
        Some(match self {
            Self::Zstd { level, .. } => Compression::Zstd { level: *level },
            Self::Gzip { level } | Self::Zlib { level } => Compression::Deflate { level: *level },
            Self::Bz2 => Compression::Other("bz2".to_owned()),
            Self::Lz4 => Compression::Other("lz4".to_owned()),
            Self::Blosc { codec, level, .. } => Compression::Blosc { codec: codec.clone(), level: *level },
            Self::Shuffle { .. } | Self::Checksum(_) => return None,
        })
    }
}

/// v2 writes 0, 1, 2 or −1 (bits for one-byte types, else bytes), v3 words.
fn blosc_shuffle(value: Option<&Value>, type_size: usize) -> Result<u8, String> {
    match value {
        None | Some(Value::Null) => Ok(1),
        Some(Value::Number(n)) if n.as_i64() == Some(-1) => Ok(if type_size == 1 { 2 } else { 1 }),
        Some(Value::Number(n)) if n.as_u64().is_some_and(|n| n <= 2) => Ok(n.as_u64().unwrap_or(0) as u8),
        Some(Value::String(s)) if s == "noshuffle" => Ok(0),
        Some(Value::String(s)) if s == "shuffle" => Ok(1),
        Some(Value::String(s)) if s == "bitshuffle" => Ok(2),
        Some(other) => Err(format!("codec 'blosc': shuffle {other} is unknown")),
    }
}

/// An empty vector that can hold `length` bytes.
fn room(length: usize) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    out.try_reserve_exact(length).map_err(|_| "not enough memory for a chunk".to_owned())?;
    Ok(out)
}

fn unzstd(bytes: &[u8], expected: Option<usize>, limit: usize) -> Result<Vec<u8>, String> {
    match expected {
        Some(length) => {
            let mut out = room(length)?;
            zstd::decompress_into(bytes, &mut out)?;
            Ok(out)
        }
        None => stream(::zstd::stream::read::Decoder::with_buffer(bytes).map_err(|e| e.to_string())?, limit, "zstd"),
    }
}

/// Deflate can't shrink by more than this factor, which bounds what a few bytes may claim.
const DEFLATE_RATIO: usize = 1032;

fn inflate(bytes: &[u8], expected: Option<usize>, limit: usize, frame: Frame) -> Result<Vec<u8>, String> {
    let possible = bytes.len().saturating_mul(DEFLATE_RATIO).saturating_add(1024);
    if let Some(length) = expected {
        if length > possible {
            return Err(format!("{} deflated bytes can't hold {length}", bytes.len()));
        }
        let mut out = vec![0; length];
        let written = deflate::inflate_into(bytes, frame, &mut out)?;
        out.truncate(written);
        return Ok(out);
    }
    // The length is unknown: grow until it fits.
    let most = limit.min(possible);
    let mut length = bytes.len().saturating_mul(4).saturating_add(1024).min(most);
    loop {
        let mut out = vec![0; length];
        match deflate::inflate_into(bytes, frame, &mut out) {
            Ok(written) => {
                out.truncate(written);
                return Ok(out);
            }
            Err(e) if length >= most => return Err(e.into()),
            Err(_) => length = length.saturating_mul(4).min(most),
        }
    }
}

/// Read a decoder to its end, at most `limit` bytes.
fn stream(decoder: impl Read, limit: usize, name: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    decoder.take(most.saturating_add(1)).read_to_end(&mut out).map_err(|e| format!("{name}: {e}"))?;
    if out.len() > limit {
        return Err(format!("{name}: chunk decodes to more than {limit} bytes"));
    }
    Ok(out)
}

fn numcodecs_lz4(bytes: &[u8], expected: Option<usize>, limit: usize) -> Result<Vec<u8>, String> {
    let (head, body) = bytes.split_first_chunk::<4>().ok_or("lz4: chunk ends early")?;
    let length = usize::try_from(u32::from_le_bytes(*head)).map_err(|e| e.to_string())?;
    let possible = body.len().saturating_mul(255).saturating_add(64);
    if length > limit.min(possible) || expected.is_some_and(|n| n != length) {
        return Err(format!("lz4: chunk declares {length} bytes"));
    }
    let mut out = vec![0; length];
    lz4::decompress(body, &mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(name: &str, settings: &str) -> Stage {
        let map: Map<String, Value> = serde_json::from_str(settings).unwrap();
        Stage::parse(name, &map, 4).unwrap().unwrap()
    }

    #[test]
    fn bombs_and_stumps_are_refused() {
        let zeros = vec![0u8; 1 << 20];
        let cases = [
            (stage("zstd", "{}"), zstd::compress(&zeros, 1, false).unwrap()),
            (stage("lz4", "{}"), [&(1u32 << 20).to_le_bytes()[..], &lz4_flex::block::compress(&zeros)].concat()),
        ];
        for (stage, coded) in cases {
            assert_eq!(stage.decode(&coded, Some(zeros.len()), usize::MAX).unwrap().len(), zeros.len());
            assert_eq!(stage.decode(&coded, None, 1 << 21).unwrap().len(), zeros.len());
            assert!(stage.decode(&coded, None, 1000).is_err(), "{stage:?}");
            assert!(stage.decode(&coded, Some(1000), 1000).is_err(), "{stage:?}");
            assert!(stage.decode(&coded, Some((1 << 20) + 1), usize::MAX).is_err(), "{stage:?}");
            assert!(stage.decode(&coded[..coded.len() / 2], Some(zeros.len()), usize::MAX).is_err(), "{stage:?}");
            assert!(stage.decode(&[], Some(4), 4).is_err(), "{stage:?}");
        }
        assert!(stage("gzip", "{}").decode(&[31, 139, 8], Some(1 << 40), usize::MAX).is_err());
    }

    #[test]
    fn settings_that_make_no_sense_are_errors() {
        let map: Map<String, Value> =
            serde_json::from_str(r#"{"elementsize": 0, "shuffle": "x", "level": "a"}"#).unwrap();
        for name in ["shuffle", "blosc", "zstd", "gzip"] {
            assert!(Stage::parse(name, &map, 4).is_err(), "{name}");
        }
        assert_eq!(Stage::parse("lzma", &map, 4).unwrap(), None);
    }
}
