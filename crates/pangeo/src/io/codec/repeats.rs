//! Whether it is worth looking for repeats.

/// Whether less than one in `share` sequences of `sample` comes again in it.
pub(super) fn are_rare(sample: &[u8], share: u32) -> bool {
    Seen::new().is_new(sample, share)
}

/// Sequences of four bytes that went by.
///
/// A sequence is remembered or not by its own hash, so those that come again are among the
/// remembered ones as often as among all others.
pub(super) struct Seen {
    /// A sequence and the end of the input before it.
    slots: Vec<(u32, usize)>,
    at: usize,
}

impl Seen {
    /// As far back as deflate can reach.
    const WINDOW: usize = 1 << 15;
    const SLOT_BITS: u32 = 12;
    /// One sequence in 64 is remembered.
    const ASKED_BITS: u32 = 6;

    /// Nothing was seen.
    pub(super) fn new() -> Self {
        Self { slots: vec![(0, 0); 1 << Self::SLOT_BITS], at: Self::WINDOW + 1 }
    }

    /// Whether less than one in `share` sequences of `piece` was seen shortly before.
    pub(super) fn is_new(&mut self, piece: &[u8], share: u32) -> bool {
        let triples = piece.iter().zip(&piece[1..]).zip(&piece[2..]);
        let runs: u32 = triples.map(|((a, b), c)| u32::from(a == b && b == c)).sum();
        if runs * 2 * share > piece.len() as u32 {
            return false;
        }
        let (mut asked, mut known) = (0_u32, 0_u32);
        for (at, four) in (self.at..).zip(piece.windows(4)) {
            let sequence = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
            let hash = sequence.wrapping_mul(0x9E37_79B1);
            if hash >> (32 - Self::ASKED_BITS) == 0 {
                let slot = &mut self.slots[(hash >> (32 - Self::ASKED_BITS - Self::SLOT_BITS)) as usize];
                known += u32::from(slot.0 == sequence && at - slot.1 <= Self::WINDOW);
                asked += 1;
                *slot = (sequence, at);
            }
        }
        self.at += piece.len();
        known * share <= asked
    }
}
