//! Sizes of memory as people write them.

use std::str::FromStr;

use crate::{Error, Result};

/// A number of bytes, at least one: `64MB`, `512M`, `1.5GiB`, `800000`. K, M, G and T are powers of 1024.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteSize(pub usize);

impl FromStr for ByteSize {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::usage(format!("'{text}' is not a size")).with_hint("such as 512M or 4G");
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(digits).ok_or_else(wrong)?;
        let factor = match unit.trim().to_ascii_uppercase().as_str() {
            "" | "B" => 1.0,
            "K" | "KB" | "KIB" => 1024.0,
            "M" | "MB" | "MIB" => 1024f64.powi(2),
            "G" | "GB" | "GIB" => 1024f64.powi(3),
            "T" | "TB" | "TIB" => 1024f64.powi(4),
            _ => return Err(wrong()),
        };
        let bytes = number.parse::<f64>().map_err(|_| wrong())? * factor;
        if (1.0..1e18).contains(&bytes) { Ok(Self(bytes as usize)) } else { Err(wrong()) }
    }
}

/// A [`ByteSize`] of working memory: at least a mebibyte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemorySize(pub usize);

impl FromStr for MemorySize {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let ByteSize(bytes) = text.parse()?;
        // Below a mebibyte no block fits; such a number is a slip of the unit.
        if bytes < 1 << 20 {
            let what = format!("a memory size of '{text}' holds no block of data: at least 1M (1 MiB) is needed");
            return Err(Error::usage(what).with_hint("a number without a unit is in bytes; write 512M or 4G"));
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_people_write_them() {
        for (text, bytes) in [("512M", 512 << 20), ("4G", 4 << 30), ("1.5GiB", 3 << 29), ("2097152", 2 << 20)] {
            assert_eq!(text.parse::<MemorySize>().unwrap().0, bytes, "{text}");
        }
        for wrong in ["", "G", "-1G", "4X", "nan", "1e400", "12", "0"] {
            assert!(wrong.parse::<MemorySize>().is_err(), "{wrong}");
        }
        let small = "1".parse::<MemorySize>().unwrap_err();
        assert_eq!(small.to_string(), "a memory size of '1' holds no block of data: at least 1M (1 MiB) is needed");
    }
}
