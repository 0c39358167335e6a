//! Lines on the globe and how they are stored.

/// Larger than any file of ours; what a file asks for is not trusted.
const MOST_BYTES: usize = 16 << 20;

/// Lines on the globe.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    /// Longitude and latitude in degrees, line after line.
    points: Vec<(f64, f64)>,
    /// Where each line ends among the points.
    ends: Vec<usize>,
}

impl Lines {
    /// The lines, each of at least two points: longitude from −180 to 180 and latitude in degrees. A closed line ends
    /// where it begins. No two neighbours are on different sides of the antimeridian.
    pub fn iter(&self) -> impl Iterator<Item = &[(f64, f64)]> + '_ {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, &end)| self.points.get(start..end))
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Reads what `data/geography/generate.py` writes, and describes; None when it is not that.
    pub(super) fn read(file: &[u8]) -> Option<Self> {
        let (size, packed) = file.split_first_chunk::<4>()?;
        let size = usize::try_from(u32::from_le_bytes(*size)).ok().filter(|size| *size <= MOST_BYTES)?;
        let mut bytes = vec![0; size];
        let written = libdeflater::Decompressor::new().zlib_decompress(packed, &mut bytes).ok()?;
        let mut bytes = Bytes(bytes.get(..written)?);
        let (step_x, first_x) = (bytes.float()?, bytes.float()?);
        let (step_y, first_y) = (bytes.float()?, bytes.float()?);
        let mut lines = Self::default();
        let mut start = (0i64, 0i64);
        for _ in 0..bytes.number()? {
            let mut at = start;
            for index in 0..bytes.number()? {
                at = (at.0.checked_add(bytes.step()?)?, at.1.checked_add(bytes.step()?)?);
                if index == 0 {
                    start = at;
                }
                let lon = first_x + at.0 as f64 * step_x;
                // 180 itself is not always the sum of rounded steps.
                let lon = if lon.abs() > 179.999_999 { 180f64.copysign(lon) } else { lon };
                lines.points.push((lon, (first_y + at.1 as f64 * step_y).clamp(-90.0, 90.0)));
            }
            lines.ends.push(lines.points.len());
        }
        bytes.0.is_empty().then_some(lines)
    }
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn float(&mut self) -> Option<f64> {
        let (own, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(f64::from_le_bytes(*own))
    }

    /// Seven bits a byte, the lowest first.
    fn number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..63).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }

    /// Even numbers count upwards, odd ones downwards.
    fn step(&mut self) -> Option<i64> {
        let value = self.number()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}
