//! Huffman codes of bytes as deflate has them, and the bits they are written in.

/// The longest code of a byte. Deflate allows 15; with 11, five fit into a word and readers decode
/// each by one look into their first table.
const LONGEST: usize = 11;
/// The symbol that ends a block.
const END: usize = 256;

/// A prefix code of the 256 bytes and the end of a block.
pub(super) struct Code {
    lengths: [u8; 257],
    /// Bit-reversed, as deflate writes codes.
    codes: [u16; 257],
}

impl Code {
    /// The code that makes bytes that occur so often shortest, within the longest length.
    pub(super) fn new(counts: &[u32; 256]) -> Self {
        let mut all = [1; 257];
        all[..256].copy_from_slice(counts);
        let lengths = lengths(&all, LONGEST);
        Self { codes: codes(&lengths), lengths }
    }

    /// The bits that bytes which occur so often take.
    pub(super) fn bits(&self, counts: &[u32; 256]) -> usize {
        self.lengths.iter().zip(counts).map(|(&l, &n)| usize::from(l) * n as usize).sum()
    }
}

/// Lengths of codes for symbols of these frequencies, none above `longest`, optimal unless one had to
/// be cut; 0 for a symbol that does not occur. At least two must.
fn lengths<const N: usize>(counts: &[u32; N], longest: usize) -> [u8; N] {
    let mut order: Vec<usize> = (0..N).filter(|&s| counts[s] > 0).collect();
    order.sort_by_key(|&s| (counts[s], s));
    let mut per_length = per_length(order.iter().map(|&s| counts[s]), longest);
    // The rarest symbols come first and get the longest codes.
    let mut lengths = [0; N];
    let mut length = longest;
    for symbol in order {
        while per_length[length] == 0 {
            length -= 1;
        }
        per_length[length] -= 1;
        lengths[symbol] = length as u8;
    }
    lengths
}

/// How many codes there are of each length, for ascending frequencies.
fn per_length(counts: impl ExactSizeIterator<Item = u32>, longest: usize) -> Vec<u32> {
    let leaves = counts.len();
    // Leaves, then inner nodes in the order they are made, which is that of their weights.
    let mut weights: Vec<u32> = counts.collect();
    let mut parents = vec![0; 2 * leaves - 1];
    let (mut leaf, mut inner) = (0, leaves);
    for node in leaves..2 * leaves - 1 {
        let mut weight = 0;
        for _ in 0..2 {
            let lightest = if leaf < leaves && (inner >= node || weights[leaf] <= weights[inner]) {
                &mut leaf
            } else {
                &mut inner
            };
            weight += weights[*lightest];
            parents[*lightest] = node;
            *lightest += 1;
        }
        weights.push(weight);
    }
    let mut depths = vec![0_usize; 2 * leaves - 1];
    let mut per_length = vec![0_u32; longest + 1];
    for node in (0..2 * leaves - 2).rev() {
        depths[node] = depths[parents[node]] + 1;
        if node < leaves {
            per_length[depths[node].min(longest)] += 1;
        }
    }
    shorten(&mut per_length, longest);
    per_length
}

/// Codes that were cut to the longest length take more room than there is (Kraft's sum is above
/// one): make room by moving pairs of codes down the tree.
fn shorten(per_length: &mut [u32], longest: usize) {
    let room = 1_u32 << longest;
    let mut taken: u32 = per_length.iter().enumerate().skip(1).map(|(l, n)| n << (longest - l)).sum();
    while taken > room {
        // A code of the longest length takes the place beside one that becomes a bit longer.
        let shorter = (1..longest).rev().find(|&l| per_length[l] > 0).unwrap_or(1);
        per_length[longest] -= 1;
        per_length[shorter] -= 1;
        per_length[shorter + 1] += 2;
        taken -= 1;
    }
}

/// The canonical codes of these lengths (RFC 1951, 3.2.2), bit-reversed.
fn codes<const N: usize>(lengths: &[u8; N]) -> [u16; N] {
    let mut next = [0_u16; 16];
    let mut code = 0;
    for (length, next) in next.iter_mut().enumerate().skip(1) {
        *next = code;
        let count = lengths.iter().filter(|&&l| usize::from(l) == length).count() as u16;
        code = (code + count) << 1;
    }
    std::array::from_fn(|symbol| {
        let length = usize::from(lengths[symbol]);
        if length == 0 {
            return 0;
        }
        let code = next[length];
        next[length] += 1;
        code.reverse_bits() >> (16 - length)
    })
}

/// Bits, the lowest first, gathered to bytes.
pub(super) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    bits: u64,
    held: u32,
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, bits: 0, held: 0 }
    }

    /// A block without compression of at most 64 KiB.
    pub(super) fn stored(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(0xFFFF) {
            self.stored_header(part.len() as u16);
            self.out.extend_from_slice(part);
        }
    }

    /// End on a whole byte, by an empty block.
    pub(super) fn align(&mut self) {
        self.stored_header(0);
    }

    fn stored_header(&mut self, length: u16) {
        self.put(0, 3);
        self.flush();
        self.out.extend(self.bits.to_le_bytes().iter().take(usize::from(self.held > 0)));
        (self.bits, self.held) = (0, 0);
        self.out.extend(length.to_le_bytes());
        self.out.extend((!length).to_le_bytes());
    }

    /// A block of literals in this code.
    pub(super) fn coded(&mut self, code: &Code, bytes: &[u8]) {
        self.code(code);
        let (mut bits, mut held) = (self.bits, self.held);
        let (fives, rest) = bytes.as_chunks::<5>();
        let start = self.out.len();
        self.out.resize(start + bytes.len() * LONGEST / 8 + 16, 0);
        let room = &mut self.out[start..];
        let mut at = 0;
        for five in fives {
            for &byte in five {
                bits |= u64::from(code.codes[usize::from(byte)]) << held;
                held += u32::from(code.lengths[usize::from(byte)]);
            }
            room[at..at + 8].copy_from_slice(&bits.to_le_bytes());
            let whole = held / 8;
            at += whole as usize;
            bits = bits.checked_shr(whole * 8).unwrap_or(0);
            held %= 8;
        }
        self.out.truncate(start + at);
        (self.bits, self.held) = (bits, held);
        for symbol in rest.iter().map(|&b| usize::from(b)).chain([END]) {
            self.put(u32::from(code.codes[symbol]), u32::from(code.lengths[symbol]));
        }
    }

    /// What stands in front of a block with codes of its own: their lengths, coded themselves.
    fn code(&mut self, code: &Code) {
        // The order in which the lengths of the codes of lengths are written (RFC 1951, 3.2.7).
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        // No distance occurs; some readers want a complete code of them all the same.
        let all = || code.lengths.iter().copied().chain([1, 1]).map(usize::from);
        let mut counts = [0_u32; 19];
        all().for_each(|length| counts[length] += 1);
        let lengths = lengths(&counts, 7);
        let codes = codes(&lengths);
        self.put(0b100, 3);
        self.put(0, 5);
        self.put(1, 5);
        self.put(19 - 4, 4);
        ORDER.iter().for_each(|&l| self.put(u32::from(lengths[l]), 3));
        all().for_each(|length| self.put(u32::from(codes[length]), u32::from(lengths[length])));
    }

    fn put(&mut self, bits: u32, count: u32) {
        self.bits |= u64::from(bits) << self.held;
        self.held += count;
        if self.held >= 32 {
            self.flush();
        }
    }

    /// Hand over all whole bytes.
    fn flush(&mut self) {
        let whole = self.held / 8;
        self.out.extend(self.bits.to_le_bytes().iter().take(whole as usize));
        self.bits = self.bits.checked_shr(whole * 8).unwrap_or(0);
        self.held %= 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fraction of all codes of any length that codes of these lengths use up.
    fn kraft(lengths: &[u8]) -> f64 {
        lengths.iter().filter(|&&l| l > 0).map(|&l| 0.5_f64.powi(i32::from(l))).sum()
    }

    #[test]
    fn frequent_symbols_get_the_shortest_codes() {
        // Worked by hand: 1+2=3, 3+3=6, 4+6=10.
        assert_eq!(lengths(&[4, 2, 0, 1, 3], 11), [1, 3, 0, 3, 2]);
        assert_eq!(lengths(&[1, 1], 11), [1, 1]);
    }

    #[test]
    fn canonical_codes_are_those_of_the_standard() {
        // The example of RFC 1951, 3.2.2, bits reversed.
        let codes = codes(&[3, 3, 3, 3, 3, 2, 4, 4]);
        assert_eq!(codes, [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111]);
    }

    #[test]
    fn no_code_is_longer_than_it_may_be_and_none_is_wasted() {
        // Frequencies of Fibonacci make the deepest trees.
        let mut counts = [0; 40];
        let (mut a, mut b) = (1, 1);
        for count in &mut counts[..30] {
            *count = a;
            (a, b) = (b, a + b);
        }
        for longest in [5, 7, 11] {
            let lengths = lengths(&counts, longest);
            assert!(lengths.iter().all(|&l| usize::from(l) <= longest));
            assert!(lengths[..30].iter().all(|&l| l > 0));
            assert!((kraft(&lengths) - 1.0).abs() < 1e-12, "{longest}: {lengths:?}");
        }
    }
}
