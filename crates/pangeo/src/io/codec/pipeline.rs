//! A variable's chain of filters, undone for one chunk at a time.

use super::{Failure, Filter, Length, Outcome, fletcher32};

/// The filters of a variable, in the order in which they were applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pipeline {
    filters: Vec<Filter>,
    value_size: usize,
}

/// Memory for the steps between filters; keep one a thread.
#[derive(Debug, Default)]
pub struct Scratch {
    first: Vec<u8>,
    second: Vec<u8>,
}

impl Scratch {
    /// Give memory back that a thread should not hold on to.
    pub fn trim(&mut self, keep: usize) {
        for buffer in [&mut self.first, &mut self.second] {
            if buffer.capacity() > keep {
                *buffer = Vec::new();
            }
        }
    }
}

/// The bytes of a decoded chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// As many bytes as the chunk's shape needs.
    pub bytes: &'a [u8],
    /// Whether they are still regrouped by significance, whole values of the variable's size.
    pub shuffled: bool,
}

/// Where the bytes of a step are.
enum At {
    Input,
    First,
    Second,
}

impl Pipeline {
    /// A chain for values of `value_size` bytes.
    pub fn new(filters: Vec<Filter>, value_size: usize) -> Self {
        Self { filters, value_size }
    }

    /// The filters in the order in which they were applied.
    pub fn filters(&self) -> &[Filter] {
        &self.filters
    }

    /// How many buffers of about a chunk's size decoding takes beside the stored bytes.
    pub fn scratch_buffers(&self) -> usize {
        let undone = self.filters.iter().enumerate().filter(|(i, filter)| match filter {
            Filter::Fletcher32 => false,
            Filter::Shuffle { size } => *i > 0 || *size != self.value_size,
            _ => true,
        });
        undone.count().min(2)
    }

    /// Whether stored bytes are the values themselves.
    pub fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// Undo the filters of one chunk of `length` bytes; those whose bit is set in `skipped` were
    /// not applied to it. A shuffle of whole values that comes first is left to whoever places them.
    ///
    /// # Errors
    /// [`super::Failure`] when the bytes are damaged, do not make `length` bytes, or a filter is
    /// not handled.
    pub fn decode<'a>(
        &self,
        input: &'a [u8],
        skipped: u32,
        length: usize,
        scratch: &'a mut Scratch,
    ) -> Outcome<Decoded<'a>> {
        let applied = |i: usize| u32::try_from(i).map_or(true, |i| skipped.checked_shr(i).unwrap_or(0) & 1 == 0);
        let mut steps: Vec<(&Filter, Length)> = Vec::with_capacity(self.filters.len());
        let mut expected = Length::Exactly(length);
        for (_, filter) in self.filters.iter().enumerate().filter(|(i, _)| applied(*i)) {
            steps.push((filter, expected));
            expected = filter.encoded_length(expected);
        }
        let shuffled = self.value_size > 1
            && matches!(steps.first(), Some((Filter::Shuffle { size }, _)) if *size == self.value_size)
            && length.is_multiple_of(self.value_size);
        let last = usize::from(shuffled);

        let Scratch { first, second } = scratch;
        let (mut at, mut end) = (At::Input, input.len());
        for &(filter, expected) in steps.get(last..).unwrap_or(&[]).iter().rev() {
            let (from, to, next): (&[u8], &mut Vec<u8>, At) = match at {
                At::Input => (input, &mut *first, At::First),
                At::First => (first, &mut *second, At::Second),
                At::Second => (second, &mut *first, At::First),
            };
            let from = from.get(..end).unwrap_or(from);
            if *filter == Filter::Fletcher32 {
                end = fletcher32::verify(from)?.len();
                expected.check(end)?;
            } else {
                let expected = possible(filter, from.len(), expected)?;
                filter.decode(from, expected, to)?;
                (at, end) = (next, to.len());
            }
        }
        let bytes: &[u8] = match at {
            At::Input => input,
            At::First => first,
            At::Second => second,
        };
        Length::Exactly(length).check(end)?;
        Ok(Decoded { bytes: bytes.get(..length).unwrap_or(bytes), shuffled })
    }
}

/// The length to expect of a filter, refused or cut down before memory is taken for more than so few
/// stored bytes can make.
fn possible(filter: &Filter, stored: usize, expected: Length) -> Outcome<Length> {
    let Some(most) = filter.most_per_byte().map(|most| stored.saturating_mul(most).saturating_add(most)) else {
        return Ok(expected);
    };
    match expected {
        Length::Exactly(n) if n > most => {
            Err(Failure::broken(format!("{stored} bytes of {} cannot make {n}", filter.name())))
        }
        Length::AtMost(n) => Ok(Length::AtMost(n.min(most))),
        Length::Exactly(_) => Ok(expected),
    }
}

#[cfg(test)]
mod tests {
    use super::super::shuffle;
    use super::*;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::fastest());
        let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
        let n = compressor.zlib_compress(bytes, &mut out).unwrap();
        out.truncate(n);
        out
    }

    fn chain(ids: &[u16]) -> Pipeline {
        Pipeline::new(ids.iter().map(|&id| Filter::new(id, None, &[], 4)).collect(), 4)
    }

    #[test]
    fn leaves_the_first_shuffle_and_undoes_the_rest() {
        let (values, mut planes) = ((0..32).collect::<Vec<u8>>(), Vec::new());
        shuffle::encode(&values, 4, &mut planes);
        let mut stored = planes.clone();
        stored.extend(fletcher32::checksum(&planes).to_le_bytes());
        let stored = deflated(&stored);
        let mut scratch = Scratch::default();
        let decoded = chain(&[2, 3, 1]).decode(&stored, 0, 32, &mut scratch).unwrap();
        assert_eq!(decoded, Decoded { bytes: &planes, shuffled: true });
        // A shuffle that is not the first is undone.
        let decoded = chain(&[1, 2]).decode(&planes, 0b1, 32, &mut scratch).unwrap();
        assert!(decoded.shuffled);
        let twice = chain(&[2, 2]).decode(&planes, 0, 32, &mut scratch).unwrap();
        assert_eq!(twice, Decoded { bytes: &values, shuffled: true });
    }

    #[test]
    fn skipped_filters_are_skipped() {
        let raw: Vec<u8> = (0..8).collect();
        let mut scratch = Scratch::default();
        let decoded = chain(&[2, 1]).decode(&raw, 0b11, 8, &mut scratch).unwrap();
        assert_eq!(decoded, Decoded { bytes: &raw, shuffled: false });
    }

    #[test]
    fn a_deflate_inside_a_deflate_may_be_longer_than_the_chunk() {
        let twice = deflated(&deflated(&[7; 8]));
        let mut scratch = Scratch::default();
        assert_eq!(chain(&[1, 1]).decode(&twice, 0, 8, &mut scratch).unwrap().bytes, [7; 8]);
    }

    #[test]
    fn a_chunk_of_gigabytes_from_a_few_bytes_is_refused_before_memory_is_taken() {
        let (stored, mut scratch) = (deflated(&[0; 9]), Scratch::default());
        let failure = chain(&[1]).decode(&stored, 0, 3 << 30, &mut scratch);
        assert!(matches!(failure, Err(Failure::Broken(what)) if what.contains("cannot make")));
    }

    #[test]
    fn wrong_lengths_are_refused() {
        let mut scratch = Scratch::default();
        let short = chain(&[]).decode(&[0; 7], 0, 8, &mut scratch);
        assert!(matches!(short, Err(Failure::Broken(_))));
        assert!(chain(&[1]).decode(&deflated(&[0; 9]), 0, 8, &mut scratch).is_err());
    }
}
