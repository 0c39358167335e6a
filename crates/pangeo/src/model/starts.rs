//! Where the pieces of a dimension begin.

use std::ops::Range;

/// The most starts that are kept one by one. A start is advice, so that any part of a longer list
/// will do: every second one, every third, ….
const MOST_LISTED: usize = 1 << 20;

/// The sorted first indices of the pieces into which a dimension is cut, beginning with 0.
///
/// Regular pieces, however many a file claims, take no memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starts {
    /// The extent of the dimension.
    extent: usize,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Pieces of `step`, the first one of `first` (1 to `step`), each cut every `part` (1 to `step`).
    Regular {
        first: usize,
        step: usize,
        part: usize,
    },
    List(Vec<usize>),
}

impl Starts {
    /// One piece.
    pub fn whole(extent: usize) -> Self {
        Self::regular(extent, extent)
    }

    /// Pieces of `step`; one piece when `step` is 0.
    pub fn regular(extent: usize, step: usize) -> Self {
        let step = if step == 0 { extent.max(1) } else { step };
        Self { extent, kind: Kind::Regular { first: step, step, part: step } }
    }

    /// Pieces that begin at sorted indices within `extent`; 0 is added if it is missing.
    pub fn listed(extent: usize, starts: impl IntoIterator<Item = usize>) -> Self {
        let mut list: Vec<usize> = starts.into_iter().collect();
        if list.first() != Some(&0) {
            list.insert(0, 0);
        }
        list.dedup();
        Self { extent, kind: Kind::List(list) }
    }

    /// The extent of the dimension.
    pub fn extent(&self) -> usize {
        self.extent
    }

    /// Whole pieces joined to longer ones of at most `limit`, where they are not longer already.
    #[must_use]
    pub fn joined(&self, limit: usize) -> Self {
        if let Some(step) = self.plain() {
            return Self::regular(self.extent, (limit / step).max(1).saturating_mul(step));
        }
        let mut kept = Vec::new();
        let mut begin = 0;
        for number in 1..self.len() {
            let (Some(start), end) = (self.get(number), self.get(number + 1).unwrap_or(self.extent)) else { break };
            if end.saturating_sub(begin) > limit {
                kept.push(start);
                begin = start;
            }
        }
        Self::listed(self.extent, kept)
    }

    /// How many pieces there are; at least one.
    pub fn len(&self) -> usize {
        self.below(self.extent.max(1))
    }

    /// Never: the first piece begins at 0 whatever the extent.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Where piece `number` begins.
    pub fn get(&self, number: usize) -> Option<usize> {
        let (first, step, part) = match &self.kind {
            Kind::List(list) => return list.get(number).copied(),
            Kind::Regular { first, step, part } => (*first, *step, *part),
        };
        let head = first.div_ceil(part);
        let start = match number.checked_sub(head) {
            None => number.checked_mul(part)?,
            Some(beyond) => {
                let each = step.div_ceil(part);
                let steps = (beyond / each).checked_mul(step)?.checked_add(first)?;
                steps.checked_add((beyond % each).checked_mul(part)?)?
            }
        };
        (start < self.extent.max(1)).then_some(start)
    }

    /// How many pieces begin before `index`: the number of the first that begins at or behind it.
    pub fn below(&self, index: usize) -> usize {
        let (first, step, part) = match &self.kind {
            Kind::List(list) => return list.partition_point(|&s| s < index),
            Kind::Regular { first, step, part } => (*first, *step, *part),
        };
        let index = index.min(self.extent.max(1));
        match index.checked_sub(first) {
            None | Some(0) => index.div_ceil(part),
            Some(beyond) => {
                let each = step.div_ceil(part);
                first.div_ceil(part) + beyond / step * each + (beyond % step).div_ceil(part)
            }
        }
    }

    /// Which piece holds `index`, counted from 1.
    pub fn piece_of(&self, index: usize) -> usize {
        self.below(index.saturating_add(1))
    }

    /// Whether a piece begins at `index`.
    pub fn contains(&self, index: usize) -> bool {
        self.get(self.below(index)) == Some(index)
    }

    /// All starts in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).map_while(|i| self.get(i))
    }

    /// No piece is longer than this.
    pub fn longest(&self) -> usize {
        match &self.kind {
            Kind::Regular { part, .. } => *part.min(&self.extent),
            Kind::List(list) => {
                let ends = list.iter().skip(1).copied().chain(std::iter::once(self.extent));
                list.iter().zip(ends).map(|(s, e)| e.saturating_sub(*s)).max().unwrap_or(self.extent)
            }
        }
    }

    /// The starts of a part of the dimension, counted from where it begins.
    #[must_use]
    pub fn within(&self, range: &Range<usize>) -> Self {
        let extent = range.len();
        match self.kind {
            Kind::Regular { first, step, part } if part == step => {
                let first = match range.start.checked_sub(first) {
                    None => first - range.start,
                    Some(beyond) => step - beyond % step,
                };
                Self { extent, kind: Kind::Regular { first, step, part } }
            }
            _ => {
                let (from, to) = (self.piece_of(range.start), self.below(range.end));
                Self::listed(extent, self.thinned(from..to).map(|s| s.saturating_sub(range.start)))
            }
        }
    }

    /// The starts that both have (of one dimension).
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        if let (Some(a), Some(b)) = (self.plain(), other.plain()) {
            // No common multiple within reach: one piece.
            let both = (a / gcd(a, b)).checked_mul(b).filter(|n| *n < self.extent);
            return Self::regular(self.extent, both.unwrap_or(0));
        }
        let (few, many) = if self.len() <= other.len() { (self, other) } else { (other, self) };
        Self::listed(self.extent, few.thinned(0..few.len()).filter(|s| many.contains(*s)))
    }

    /// The starts that either has (of one dimension); the finer ones alone where that would be too many.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let (few, many) = if self.len() <= other.len() { (self, other) } else { (other, self) };
        let refined = matches!((few.plain(), many.plain()), (Some(a), Some(b)) if a % b == 0);
        if refined || few == many || few.len().saturating_add(many.len()) > MOST_LISTED {
            return many.clone();
        }
        let mut all: Vec<usize> = few.iter().chain(many.iter()).collect();
        all.sort_unstable();
        Self::listed(self.extent, all)
    }

    /// The starts of pieces laid end to end.
    pub fn chained(parts: &[Self]) -> Self {
        let extent = parts.iter().fold(0_usize, |n, p| n.saturating_add(p.extent));
        let mut filled = parts.iter().filter(|p| p.extent > 0).peekable();
        let step = filled.peek().and_then(|p| p.plain());
        let parts: Vec<&Self> = filled.collect();
        let inner = parts.split_last().map_or(&[][..], |(_, inner)| inner);
        if let Some(step) = step
            && parts.iter().all(|p| p.plain() == Some(step))
            && inner.iter().all(|p| p.extent.is_multiple_of(step))
        {
            return Self::regular(extent, step);
        }
        let count = parts.iter().fold(0_usize, |n, p| n.saturating_add(p.len()));
        let each = count.div_ceil(MOST_LISTED).max(1);
        let mut origin = 0_usize;
        let mut starts = Vec::new();
        for part in parts {
            starts.extend((0..part.len()).step_by(each).map_while(|i| Some(part.get(i)?.saturating_add(origin))));
            origin = origin.saturating_add(part.extent);
        }
        Self::listed(extent, starts)
    }

    /// Every piece cut again, every `part` indices from its own start.
    #[must_use]
    pub fn cut(&self, part: usize) -> Self {
        let part = part.max(1);
        let kind = match &self.kind {
            Kind::Regular { first, step, .. } => Kind::Regular { first: *first, step: *step, part: part.min(*step) },
            Kind::List(list) => {
                // Multiples of `part` keep to the grid that it was chosen on.
                let part = part.saturating_mul((self.extent / part / MOST_LISTED).saturating_add(1));
                let ends = list.iter().skip(1).copied().chain(std::iter::once(self.extent));
                let pieces = list.iter().zip(ends);
                Kind::List(pieces.flat_map(|(&s, e)| (s..e.max(s.saturating_add(1))).step_by(part)).collect())
            }
        };
        Self { extent: self.extent, kind }
    }

    /// The step of a regular grid that begins with a full piece.
    fn plain(&self) -> Option<usize> {
        match self.kind {
            Kind::Regular { first, step, part } if first == step && part == step => Some(step),
            _ => None,
        }
    }

    /// The starts numbered `range`, or as many of them, evenly spread, as may be listed.
    fn thinned(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let each = range.len().div_ceil(MOST_LISTED).max(1);
        range.step_by(each).map_while(|i| self.get(i))
    }
}

fn gcd(a: usize, b: usize) -> usize {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(starts: &Starts) -> Vec<usize> {
        starts.iter().collect()
    }

    #[test]
    fn a_regular_grid_counts_as_its_list_does() {
        for (extent, first, step, part) in [(10, 3, 3, 3), (10, 1, 4, 4), (11, 6, 6, 4), (25, 5, 10, 3), (3, 9, 9, 9)] {
            let regular = Starts { extent, kind: Kind::Regular { first, step, part } };
            let list = Starts::listed(extent, all(&regular));
            assert_eq!(regular.len(), list.len(), "{regular:?}");
            for i in 0..=extent {
                assert_eq!(regular.below(i), list.below(i), "{i} {regular:?}");
                assert_eq!(regular.contains(i), list.contains(i), "{i} {regular:?}");
            }
        }
        assert_eq!(all(&Starts::regular(10, 6).cut(4)), [0, 4, 6]);
        assert_eq!(all(&Starts::regular(0, 4)), [0]);
        assert_eq!(all(&Starts::whole(5)), [0]);
    }

    #[test]
    fn pieces_are_joined_whole_up_to_a_limit() {
        assert_eq!(all(&Starts::regular(20, 3).joined(7)), [0, 6, 12, 18]);
        assert_eq!(all(&Starts::regular(20, 9).joined(7)), [0, 9, 18]);
        assert_eq!(all(&Starts::listed(20, [0, 1, 5, 6, 16]).joined(6)), [0, 6, 16]);
        assert_eq!(all(&Starts::listed(20, [0, 1, 5]).joined(20)), [0]);
    }

    #[test]
    fn a_part_of_a_grid_keeps_its_edges() {
        let grid = Starts::regular(30, 7);
        for range in [0..30, 5..30, 7..15, 8..13, 29..30] {
            let list = Starts::listed(30, all(&grid));
            assert_eq!(all(&grid.within(&range)), all(&list.within(&range)), "{range:?}");
        }
        assert_eq!(all(&grid.within(&(5..22))), [0, 2, 9, 16]);
    }

    #[test]
    fn grids_meet_at_common_multiples() {
        assert_eq!(all(&Starts::regular(30, 4).common(&Starts::regular(30, 6))), [0, 12, 24]);
        assert_eq!(all(&Starts::regular(30, 4).within(&(2..30)).common(&Starts::regular(28, 6))), [0, 6, 18]);
        assert_eq!(all(&Starts::regular(30, 4).common(&Starts::listed(30, [0, 3, 8, 20]))), [0, 8, 20]);
        assert_eq!(all(&Starts::regular(10, 4).merged(&Starts::regular(10, 3))), [0, 3, 4, 6, 8, 9]);
        assert_eq!(Starts::regular(10, 4).merged(&Starts::regular(10, 2)), Starts::regular(10, 2));
    }

    #[test]
    fn files_of_whole_chunks_end_to_end_are_one_grid() {
        let year = [24, 24, 20].map(|n| Starts::regular(n, 6));
        assert_eq!(Starts::chained(&year), Starts::regular(68, 6));
        assert_eq!(
            all(&Starts::chained(&[Starts::regular(5, 3), Starts::whole(0), Starts::regular(4, 3)])),
            [0, 3, 5, 8]
        );
    }

    #[test]
    fn no_number_of_pieces_takes_memory() {
        let absurd = Starts::regular(1 << 45, 1);
        assert_eq!((absurd.len(), absurd.get((1 << 45) - 1), absurd.longest()), (1 << 45, Some((1 << 45) - 1), 1));
        assert_eq!(absurd.common(&Starts::regular(1 << 45, 1 << 19)).len(), 1 << 26);
        let odd = absurd.merged(&Starts::regular(1 << 45, 3).within(&(1..1 << 45)));
        assert_eq!(odd.len(), 1 << 45);
        assert!(Starts::chained(&[absurd.clone(), Starts::regular(3, 2), absurd]).len() <= MOST_LISTED + 2);
    }
}
