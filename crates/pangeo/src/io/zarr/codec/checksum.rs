//! Checksums that stand beside a chunk's bytes.

use serde_json::{Map, Value};

use crate::io::codec::fletcher32;

/// Which checksum, and on which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io::zarr) enum Kind {
    /// CRC-32C behind the bytes (v3 core, shard indexes).
    Crc32c,
    /// HDF5's Fletcher-32 behind the bytes.
    Fletcher32,
    /// zlib's CRC-32 in front (numcodecs).
    Crc32,
    /// Adler-32 in front (numcodecs).
    Adler32,
}

impl Kind {
    /// The checksum codec called `name`; `None` if there is none or its place is another.
    pub(super) fn parse(name: &str, settings: &Map<String, Value>) -> Option<Self> {
        let (kind, usual) = match name {
            "crc32c" => (Self::Crc32c, "end"),
            "fletcher32" => (Self::Fletcher32, "end"),
            "crc32" => (Self::Crc32, "start"),
            "adler32" => (Self::Adler32, "start"),
            _ => return None,
        };
        let place = settings.get("location").and_then(Value::as_str).unwrap_or(usual);
        (place == usual).then_some(kind)
    }

    /// The bytes without their checksum.
    ///
    /// # Errors
    /// When it does not match.
    pub(super) fn check(self, bytes: &[u8]) -> Result<&[u8], String> {
        let parts = match self {
            Self::Crc32c | Self::Fletcher32 => bytes.split_last_chunk::<4>(),
            Self::Crc32 | Self::Adler32 => bytes.split_first_chunk::<4>().map(|(sum, body)| (body, sum)),
        };
        let (body, sum) = parts.ok_or_else(|| format!("{self:?}: chunk is too short for a checksum"))?;
        if u32::from_le_bytes(*sum) == self.of(body) {
            Ok(body)
        } else {
            Err(format!("{self:?}: checksum does not match"))
        }
    }

    fn of(self, bytes: &[u8]) -> u32 {
        match self {
            Self::Crc32c => crc32c(bytes),
            Self::Fletcher32 => fletcher32::checksum(bytes),
            Self::Crc32 => crc32fast::hash(bytes),
            Self::Adler32 => libdeflater::adler32(bytes),
        }
    }
}

/// Tables for eight bytes at a time: entry `[k][b]` carries byte `b` over `k` more bytes.
static TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0u32; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            // The Castagnoli polynomial, bits reversed (RFC 3720 §B.4).
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0x82f6_3b78 } else { crc >> 1 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut k = 1;
    while k < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[k - 1][byte];
            tables[k][byte] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

/// CRC-32C (RFC 3720).
pub fn crc32c(bytes: &[u8]) -> u32 {
    crc32c_of(0, bytes)
}

/// CRC-32C of bytes that come after those of which it is `before` (0: after none).
pub fn crc32c_of(before: u32, bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<8>();
    let carried = words.iter().fold(!before, |crc, word| {
        let mixed = u64::from_le_bytes(*word) ^ u64::from(crc);
        TABLES.iter().rev().zip(mixed.to_le_bytes()).fold(0, |sum, (table, byte)| sum ^ table[usize::from(byte)])
    });
    let step = |crc: u32, &byte: &u8| (crc >> 8) ^ TABLES[0][usize::from(crc as u8 ^ byte)];
    !rest.iter().fold(carried, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_check_values() {
        // RFC 3720 §B.4 and the "123456789" check value of the CRC catalogue.
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&(0..32).collect::<Vec<u8>>()), 0x46dd_794e);
        assert_eq!(crc32c_of(crc32c(b"12345"), b"6789"), 0xe306_9283);
    }

    #[test]
    fn a_flipped_bit_is_found() {
        for kind in [Kind::Crc32c, Kind::Fletcher32, Kind::Crc32, Kind::Adler32] {
            let body = b"the sea surface temperature";
            let sum = kind.of(body).to_le_bytes();
            let mut bytes = match kind {
                Kind::Crc32c | Kind::Fletcher32 => [&body[..], &sum].concat(),
                Kind::Crc32 | Kind::Adler32 => [&sum, &body[..]].concat(),
            };
            assert_eq!(kind.check(&bytes).unwrap(), body);
            bytes[9] ^= 4;
            assert!(kind.check(&bytes).is_err());
            assert!(kind.check(b"abc").is_err());
        }
    }
}
