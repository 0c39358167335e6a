//! Which requests to make for many ranges of an object: near ones together, large ones in parts.

use std::ops::Range;

/// Bytes between two ranges that are cheaper to read along than a request of their own: some 60 ms to the first
/// byte of an object store, in which one connection moves a few MB; 64 KiB is safely below, and bounds the waste.
pub(super) const GAP: u64 = 64 << 10;
/// Ranges are not joined beyond this, since every range keeps the whole in memory.
const LARGEST_JOINED: u64 = 8 << 20;
/// Larger spans are fetched in parts, over several connections.
const SPLIT_ABOVE: u64 = 8 << 20;
const SMALLEST_PART: u64 = 4 << 20;
/// Connections for one read.
pub(super) const CONNECTIONS: u64 = 8;

/// A span to fetch and which of the ranges that were asked for lie in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) range: Range<u64>,
    pub(super) wanted: Vec<usize>,
}

/// The spans that hold all `ranges`, in order of their place; empty ranges are in none.
pub(super) fn spans(ranges: &[Range<u64>]) -> Vec<Span> {
    let mut order: Vec<usize> = (0..ranges.len()).collect();
    order.sort_by_key(|&i| ranges.get(i).map(|r| (r.start, r.end)));
    let mut spans: Vec<Span> = Vec::new();
    for (i, range) in order.into_iter().filter_map(|i| Some((i, ranges.get(i)?))) {
        if range.is_empty() {
            continue;
        }
        if let Some(last) = spans.last_mut() {
            let near = range.start <= last.range.end.saturating_add(GAP);
            let end = last.range.end.max(range.end);
            if range.end <= last.range.end || near && end - last.range.start <= LARGEST_JOINED {
                last.range.end = end;
                last.wanted.push(i);
                continue;
            }
        }
        spans.push(Span { range: range.clone(), wanted: vec![i] });
    }
    spans
}

/// The parts in which to fetch `range`: one, or up to [`CONNECTIONS`] of nearly equal size.
pub(super) fn parts(range: &Range<u64>) -> Vec<Range<u64>> {
    let length = range.end.saturating_sub(range.start);
    if length <= SPLIT_ABOVE {
        return vec![range.clone()];
    }
    let count = length.div_ceil(SMALLEST_PART).min(CONNECTIONS);
    let part = length.div_ceil(count);
    (0..count)
        .map(|i| range.start + i * part..(range.start + (i + 1) * part).min(range.end))
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init)]
mod tests {
    use super::*;

    fn joined(ranges: &[Range<u64>]) -> Vec<(Range<u64>, Vec<usize>)> {
        spans(ranges).into_iter().map(|s| (s.range, s.wanted)).collect()
    }

    #[test]
    fn near_ranges_are_one_request() {
        assert_eq!(joined(&[100..200, 0..50]), [(0..200, vec![1, 0])]);
        let far = 200 + GAP + 1;
        assert_eq!(joined(&[100..200, far..far + 9]), [(100..200, vec![0]), (far..far + 9, vec![1])]);
        assert_eq!(joined(&[0..100, 20..30, 0..100]), [(0..100, vec![0, 2, 1])]);
        assert_eq!(joined(&[5..5]), []);
    }

    #[test]
    fn joined_spans_stay_small_but_a_large_range_stays_whole() {
        let chunk = 3 << 20;
        let ranges: Vec<_> = (0..4u64).map(|i| i * chunk..(i + 1) * chunk).collect();
        assert_eq!(joined(&ranges), [(0..2 * chunk, vec![0, 1]), (2 * chunk..4 * chunk, vec![2, 3])]);
        assert_eq!(joined(&[0..100 << 20]), [(0..100 << 20, vec![0])]);
    }

    #[test]
    fn parts_cover_the_range() {
        assert_eq!(parts(&(5..1000)), [5..1000]);
        for length in [(8 << 20) + 1, 9 << 20, 33 << 20, (1 << 30) + 7] {
            let range = 11..11 + length;
            let parts = parts(&range);
            assert!(parts.len() > 1 && parts.len() as u64 <= CONNECTIONS);
            assert_eq!(parts.first().unwrap().start, range.start);
            assert_eq!(parts.last().unwrap().end, range.end);
            assert!(parts.windows(2).all(|w| w[0].end == w[1].start));
        }
    }
}
