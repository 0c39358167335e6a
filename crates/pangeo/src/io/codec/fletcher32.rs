//! A Fletcher-32 checksum behind the bytes: HDF5 filter 3.
//!
//! Sums run over big-endian 16-bit words modulo 65535; the checksum follows the data in
//! little-endian order. Files of HDF5 before 1.6.3 hold it with the bytes of each half exchanged
//! on little-endian machines; both are right.

use super::{Failure, Outcome};

/// The bytes without their checksum.
///
/// # Errors
/// [`Failure::Broken`] when the checksum does not agree.
pub fn verify(input: &[u8]) -> Outcome<&[u8]> {
    let Some((data, stored)) = input.split_last_chunk::<4>() else {
        return Err(Failure::broken("chunk is shorter than its Fletcher-32 checksum"));
    };
    if stands_for(checksum(data), stored) {
        Ok(data)
    } else {
        Err(Failure::broken("Fletcher-32 checksum does not agree"))
    }
}

/// Whether `stored` is the checksum `sum` in either order.
fn stands_for(sum: u32, stored: &[u8]) -> bool {
    let [a, b, c, d] = sum.to_le_bytes();
    stored == [a, b, c, d] || stored == [b, a, d, c]
}

/// Bytes summed in one go: 360 words, before the second sum could leave 32 bits.
const RUN: usize = 720;

/// The checksum of `data`.
pub fn checksum(data: &[u8]) -> u32 {
    let mut sums = Sums::default();
    data.chunks(RUN).for_each(|run| sums.add(run));
    sums.checksum()
}

/// The two sums.
#[derive(Debug, Default, Clone, Copy)]
struct Sums {
    low: u32,
    high: u32,
}

impl Sums {
    /// Add a run, a full one unless it is the last.
    fn add(&mut self, run: &[u8]) {
        let fold = |sum: u32| (sum & 0xffff) + (sum >> 16);
        for word in run.chunks(2) {
            let first = word.first().copied().unwrap_or(0);
            let second = word.get(1).copied().unwrap_or(0);
            self.low += u32::from(u16::from_be_bytes([first, second]));
            self.high += self.low;
        }
        (self.low, self.high) = (fold(self.low), fold(self.high));
    }

    fn checksum(self) -> u32 {
        let fold = |sum: u32| (sum & 0xffff) + (sum >> 16);
        (fold(self.high) << 16) | fold(self.low)
    }
}

/// The checksum of bytes that come one after the other.
#[derive(Debug, Default)]
pub(in crate::io) struct Fletcher32 {
    sums: Sums,
    /// The beginning of a run.
    begun: Vec<u8>,
}

impl Fletcher32 {
    /// Add `bytes` behind those before.
    pub(in crate::io) fn update(&mut self, mut bytes: &[u8]) {
        if !self.begun.is_empty() {
            let (head, rest) = bytes.split_at(bytes.len().min(RUN.saturating_sub(self.begun.len())));
            self.begun.extend_from_slice(head);
            bytes = rest;
            if self.begun.len() < RUN {
                return;
            }
            self.sums.add(&self.begun);
            self.begun.clear();
        }
        let (runs, rest) = bytes.as_chunks::<RUN>();
        runs.iter().for_each(|run| self.sums.add(run));
        self.begun.extend_from_slice(rest);
    }

    /// Whether `stored` is the checksum of all of them.
    pub(in crate::io) fn agrees(&self, stored: &[u8]) -> bool {
        let mut sums = self.sums;
        if !self.begun.is_empty() {
            sums.add(&self.begun);
        }
        stands_for(sums.checksum(), stored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_sums_made_by_hand() {
        // Words 0x0001 and 0x0002: first sum 3, second sum 1 + 3.
        assert_eq!(checksum(&[0, 1, 0, 2]), 0x0004_0003);
        // An odd last byte is the high half of a word.
        assert_eq!(checksum(&[1]), 0x0100_0100);
        assert_eq!(checksum(&[]), 0);
        // numcodecs.Fletcher32().encode(bytes(range(1, 10)))[-4:]
        assert_eq!(checksum(&(1..10).collect::<Vec<u8>>()), 0x373c_1914);
    }

    /// Stored sums read with h5py 3: `create_dataset(…, fletcher32=True)`, `read_direct_chunk`.
    #[test]
    fn checksums_are_those_of_hdf5() {
        let bytes = |n: u32| (0..n).map(|i| (i * 37 % 251) as u8).collect::<Vec<_>>();
        for (length, sum) in
            [(1, 0), (2, 2_424_869), (7, 3_881_155_918), (8, 3_881_680_214), (1000, 2_555_509_424), (1441, 386_271_720)]
        {
            assert_eq!(checksum(&bytes(length)), sum, "{length} bytes");
        }
        assert_eq!(checksum(&[255; 1441]), 4_278_255_360);
    }

    #[test]
    fn bytes_that_come_in_pieces_have_the_same_checksum() {
        let bytes: Vec<u8> = (0..5001_u32).map(|i| (i * 37 % 251) as u8).collect();
        for step in [1, 7, 719, 720, 721, 1440, 5001] {
            let mut sum = Fletcher32::default();
            bytes.chunks(step).for_each(|piece| sum.update(piece));
            assert!(sum.agrees(&checksum(&bytes).to_le_bytes()), "{step}");
            assert!(!sum.agrees(&[0; 4]) && !sum.agrees(&[]));
        }
    }

    #[test]
    fn strips_a_right_checksum_and_refuses_a_wrong_one() {
        assert_eq!(verify(&[0, 1, 0, 2, 3, 0, 4, 0]).unwrap(), [0, 1, 0, 2]);
        assert!(verify(&[0, 1, 0, 2, 3, 0, 4, 1]).is_err());
        assert!(verify(&[0, 1, 0]).is_err());
    }
}
