//! How the output is walked: slabs, and what it costs to cut them.

use super::refuse_endless;
use crate::Result;
use crate::model::{Array, Region, RegionTiles, Starts, count};

/// How the output is walked.
pub(super) struct Plan {
    pub slabs: RegionTiles,
    /// A slab as large as any.
    pub largest: Region,
    /// Whether every slab lies within one input chunk (or cutting through them costs nothing).
    pub within_chunks: bool,
    /// What decoding one piece of the input takes.
    pub beside: usize,
    /// How often a byte of the input is decoded on the average.
    pub decodes: f64,
}

impl Plan {
    pub(super) fn new(array: &Array, chunk: &[usize], memory: usize) -> Result<Self> {
        let shape = array.shape();
        let whole = Region::whole(shape);
        let divisible = array.divisible();
        let input: Vec<Starts> = (0..shape.len()).map(|axis| array.chunk_starts(axis)).collect();
        let pieces = RegionTiles::new(&whole, &input);
        refuse_endless(pieces.len())?;
        let output = shape.iter().zip(chunk).map(|(&n, &c)| Starts::regular(n, c));
        let mut starts: Vec<Starts> =
            output.zip(&input).map(|(own, input)| if divisible { own } else { own.common(input) }).collect();
        // One piece of the input is decoded beside a slab, whatever its size.
        let beside = array.read_bytes(&pieces.largest());
        let within = |starts: &[Starts]| {
            let inside = |(slabs, input): (&Starts, &Starts)| input.iter().all(|s| slabs.contains(s));
            divisible || starts.iter().zip(&input).all(inside)
        };
        let mut decodes = 1.0;
        let first = Region::of_chunk(&vec![0; shape.len()], chunk, shape);
        // A slab that is one piece is not cut where decoding that piece takes its memory in any case. What is computed or
        // lies in memory takes only what is read of it.
        let whole_piece = within(&starts);
        let paid = array.read_bytes(&first).saturating_mul(2) >= beside;
        if divisible || !whole_piece || !paid {
            // So is a chunk of the output: its values, its bytes in the order of the file and encoded.
            let each = first.bytes(array.data_type()).saturating_mul(3);
            let budget = memory.saturating_sub(beside.saturating_add(each)).clamp(memory / 4, memory / 2);
            let input = if divisible { None } else { Some(input.as_slice()) };
            cut_to_budget(&mut starts, input, chunk, array.data_type().planning_size(), budget);
            let counted = input.filter(|_| !whole_piece);
            decodes = counted.map_or(1.0, |input| starts.iter().zip(input).map(|(s, i)| repeats(s, i)).product());
        }
        let within_chunks = within(&starts);
        let slabs = RegionTiles::new(&whole, &starts);
        refuse_endless(slabs.len())?;
        Ok(Self { largest: slabs.largest(), slabs, within_chunks, beside, decodes })
    }
}

/// Cut slabs until the largest fits the budget or is one chunk: each time along the dimension where fewest pieces of
/// the input have to be decoded again, of those the one of most chunks.
fn cut_to_budget(starts: &mut [Starts], input: Option<&[Starts]>, chunk: &[usize], size: usize, budget: usize) {
    loop {
        let extents: Vec<usize> = starts.iter().map(Starts::longest).collect();
        let bytes = count(&extents).and_then(|n| n.checked_mul(size)).unwrap_or(usize::MAX);
        if bytes <= budget {
            return;
        }
        let cut = |(axis, (whole, &chunk)): (usize, (&Starts, &usize))| {
            let most = whole.longest().div_ceil(chunk.max(1));
            let parts = bytes.div_ceil(budget.max(1)).min(most);
            let cut = whole.cut(most.div_ceil(parts.max(1)).max(1).saturating_mul(chunk.max(1)));
            let again = input.and_then(|input| input.get(axis)).map_or(1.0, |input| repeats(&cut, input));
            let key = ((again * 1000.0).round() as u64, std::cmp::Reverse(most), axis);
            (most > 1 && cut.longest() < whole.longest()).then_some((key, cut))
        };
        let Some(((.., axis), cut)) = starts.iter().zip(chunk).enumerate().filter_map(cut).min_by_key(|(key, _)| *key)
        else {
            return;
        };
        if let Some(place) = starts.get_mut(axis) {
            *place = cut;
        }
    }
}

/// How often a piece of `input` is decoded on the average when slabs begin at `slabs`, along one dimension.
fn repeats(slabs: &Starts, input: &Starts) -> f64 {
    /// Slabs are much alike.
    const LOOKED_AT: usize = 1 << 12;
    let whole = Region::whole(&[slabs.extent()]);
    let tiles = RegionTiles::new(&whole, std::slice::from_ref(slabs));
    let (mut decoded, mut wanted) = (0.0, 0.0);
    for slab in (0..tiles.len()).step_by(tiles.len().div_ceil(LOOKED_AT).max(1)).map(|i| tiles.get(i)) {
        let Some(range) = slab.ranges().first() else { continue };
        let first = input.get(input.piece_of(range.start).saturating_sub(1)).unwrap_or(0);
        let end = input.get(input.below(range.end)).unwrap_or(slabs.extent());
        decoded += end.saturating_sub(first) as f64;
        wanted += range.len() as f64;
    }
    if wanted > 0.0 { decoded / wanted } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_through_chunks_are_counted() {
        for (slabs, input, expected) in
            [(10, 10, 1.0), (20, 10, 1.0), (5, 10, 2.0), (1, 100, 100.0), (15, 10, 9.0 / 7.0)]
        {
            let got = repeats(&Starts::regular(105, slabs), &Starts::regular(105, input));
            assert!((got / expected - 1.0).abs() < 0.07, "{slabs} {input}: {got}");
        }
    }

    #[test]
    fn cuts_go_where_least_is_decoded_again() {
        // Series of 100 in chunks of 7 steps: cutting time costs little, cutting the rows 10 times as much.
        let input = [Starts::regular(2000, 7), Starts::regular(50, 50)];
        let mut starts = vec![Starts::whole(2000), Starts::whole(50)];
        cut_to_budget(&mut starts, Some(&input), &[100, 5], 1, 100 * 50);
        assert_eq!(starts.iter().map(Starts::longest).collect::<Vec<_>>(), [100, 50]);
    }
}
