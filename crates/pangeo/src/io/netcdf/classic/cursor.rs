//! A careful walk through the bytes of a header.

/// Why reading stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file goes on, but more of it must be read: at least so many bytes from its beginning.
    More(u64),
    /// The header breaks the format's rules.
    Broken(String),
}

impl Stop {
    pub(super) fn broken(what: impl Into<String>) -> Self {
        Self::Broken(what.into())
    }
}

/// The beginning of a file, read item by item. Nothing is trusted: every item is held against the
/// length of the whole file before it is looked at.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    file_len: u64,
    /// CDF-5: counts, lengths and dimension numbers take eight bytes.
    pub(super) wide: bool,
}

impl<'a> Cursor<'a> {
    /// A walk over `bytes`, the beginning of a file of `file_len` bytes.
    pub(super) fn new(bytes: &'a [u8], file_len: u64) -> Self {
        Self { bytes, at: 0, file_len: file_len.max(bytes.len() as u64), wide: false }
    }

    /// How many bytes have been passed.
    pub(super) fn position(&self) -> u64 {
        self.at as u64
    }

    /// How many bytes of the file lie ahead.
    pub(super) fn remaining(&self) -> u64 {
        self.file_len.saturating_sub(self.position())
    }

    /// The next `n` bytes.
    pub(super) fn take(&mut self, n: u64) -> Result<&'a [u8], Stop> {
        if n > self.remaining() {
            return Err(Stop::broken(format!(
                "the header needs {n} bytes from byte {} on, but the file is cut short after {} bytes",
                self.at, self.file_len
            )));
        }
        let end = self.position() + n;
        let slice = usize::try_from(end).ok().and_then(|end| Some((end, self.bytes.get(self.at..end)?)));
        let Some((end, slice)) = slice else { return Err(Stop::More(end)) };
        self.at = end;
        Ok(slice)
    }

    /// The next four bytes as a number.
    pub(super) fn u32(&mut self) -> Result<u32, Stop> {
        Ok(self.take(4)?.iter().fold(0, |n, &b| n << 8 | u32::from(b)))
    }

    /// The next eight bytes as a number.
    pub(super) fn u64(&mut self) -> Result<u64, Stop> {
        Ok(self.take(8)?.iter().fold(0, |n, &b| n << 8 | u64::from(b)))
    }

    /// A count, length or number: four bytes, eight in CDF-5.
    pub(super) fn count(&mut self) -> Result<u64, Stop> {
        if self.wide { self.u64() } else { self.u32().map(u64::from) }
    }

    /// `n` bytes and the padding that brings them to a multiple of four.
    ///
    /// What stands in the padding does not matter (nor does it to the C library), and the last
    /// padding of a file may be missing.
    pub(super) fn padded(&mut self, n: u64) -> Result<&'a [u8], Stop> {
        let slice = self.take(n)?;
        let padding = (4 - n % 4) % 4;
        self.take(padding.min(self.remaining()))?;
        Ok(slice)
    }

    /// A name. As in the C library it ends at its first NUL; bytes that are not UTF-8 are taken as
    /// ISO 8859-1, so that different names stay different and accented letters of old files read well.
    pub(super) fn name(&mut self) -> Result<String, Stop> {
        let length = self.count()?;
        let bytes = self.padded(length)?;
        let bytes = bytes.split(|&b| b == 0).next().unwrap_or_default();
        Ok(match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|&b| char::from(b)).collect(),
        })
    }

    /// The head of a list of `what`: its number of entries, each of which takes `least` bytes or more.
    pub(super) fn list(&mut self, tag: u32, what: &str, least: u64) -> Result<u64, Stop> {
        let found = self.u32()?;
        let count = self.count()?;
        if count > 0 && found != tag {
            return Err(Stop::broken(format!("the list of {what} in the header begins with {found}, not {tag}")));
        }
        if count > self.remaining() / least {
            return Err(Stop::broken(format!("the header announces {count} {what}, more than the file can hold")));
        }
        Ok(count)
    }
}
