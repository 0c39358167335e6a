//! Where the values of a variable lie: C order, big end first, at distances that the header fixes.
//!
//! A fixed variable is one run of bytes. A record variable has one run for each record, all records
//! of the file being equally long. Both are an array with a distance in bytes along each dimension.

use crate::model::Region;

/// Longest run handed out in one piece, a multiple of every value's size. Pieces of this size stay
/// in the processor's cache between reading and swapping.
const LONGEST: u64 = 1 << 20;
/// Runs nearer to each other than this are cheaper to read together with what lies between them.
const NEAR: u64 = 4096;
/// Most bytes in a span of runs that are read together.
const SPAN: u64 = 4 << 20;

/// The place of each value of one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Offset of the first value in the file.
    begin: u64,
    /// Extent along each dimension.
    shape: Vec<usize>,
    /// Distance in bytes between neighbours along each dimension.
    strides: Vec<u64>,
    /// Bytes of one value.
    item: u64,
    /// Bytes of one record; of the whole variable when it is fixed.
    slab: u64,
    /// Distance between records; `None` for a fixed variable.
    record: Option<u64>,
}

impl Layout {
    /// The places of a variable of `shape`; with `record`, the length of one record of the file,
    /// the first dimension counts records. `None` when an offset would not fit a file.
    pub fn new(begin: u64, shape: Vec<usize>, item: usize, record: Option<u64>) -> Option<Self> {
        let item = item as u64;
        let slab = slab_bytes(&shape, item, record.is_some())?;
        let mut strides = vec![item; shape.len()];
        let mut below = item;
        for (d, (stride, &n)) in strides.iter_mut().zip(&shape).enumerate().rev() {
            *stride = below;
            if let (0, Some(record)) = (d, record) {
                *stride = record;
            }
            below = below.saturating_mul(n as u64);
        }
        let layout = Self { begin, shape, strides, item, slab, record };
        i64::try_from(layout.checked_end()?).is_ok().then_some(layout)
    }

    fn checked_end(&self) -> Option<u64> {
        let records = match (self.record, self.shape.first()) {
            (Some(record), Some(&n)) => record.checked_mul((n as u64).saturating_sub(1))?,
            _ => 0,
        };
        self.begin.checked_add(records)?.checked_add(self.slab)
    }

    /// Offset of the first value.
    pub fn begin(&self) -> u64 {
        self.begin
    }

    /// Offset behind the last value; at least [`Layout::begin`].
    pub fn end(&self) -> u64 {
        if self.shape.contains(&0) { self.begin } else { self.checked_end().unwrap_or(u64::MAX) }
    }

    /// The extent along each dimension.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Bytes of one record of this variable, of all of it when it is fixed; without padding.
    pub fn slab(&self) -> u64 {
        self.slab
    }

    /// Whether `offset` is the end of the variable, or of one of its records.
    pub(super) fn ends_slab(&self, offset: u64) -> bool {
        let Some(behind) = offset.checked_sub(self.begin) else { return false };
        match self.record {
            None => behind == self.slab,
            Some(record) => behind.checked_rem(record).is_some_and(|rest| rest == self.slab % record),
        }
    }

    /// The extents of pieces of at most about `target` bytes: whole trailing dimensions, an even part
    /// of the next one, single indices of those before. No extent is 0 unless the variable's is.
    pub(super) fn strip(&self, target: u64) -> Vec<usize> {
        let mut strip = vec![1; self.shape.len()];
        let mut below = self.item.max(1);
        for (part, &n) in strip.iter_mut().zip(&self.shape).rev() {
            let fit = usize::try_from(target / below).unwrap_or(usize::MAX).max(1);
            *part = if n <= fit { n } else { n.div_ceil(n.div_ceil(fit)) };
            below = below.saturating_mul(n.max(1) as u64);
        }
        strip
    }

    /// The contiguous runs of bytes that hold `region`, in C order; the region must fit the shape.
    pub(super) fn runs(&self, region: &Region) -> Runs {
        let extents = region.shape();
        let mut next = self.begin;
        for (range, stride) in region.ranges().iter().zip(&self.strides) {
            next = next.wrapping_add((range.start as u64).wrapping_mul(*stride));
        }
        let mut length = self.item;
        let mut outer = Vec::new();
        for (&n, &stride) in extents.iter().zip(&self.strides).rev() {
            if n == 1 {
                continue;
            }
            if outer.is_empty() && stride == length {
                length = length.wrapping_mul(n as u64);
            } else {
                outer.push(Axis { extent: n, stride, at: 0 });
            }
        }
        Runs { next, done: 0, length, outer, finished: region.is_empty() }
    }

    /// The runs of `region`, near ones gathered into spans to be read or written in one go.
    pub(super) fn spans(&self, region: &Region) -> Spans {
        let mut runs = self.runs(region);
        Spans { pending: runs.next(), runs }
    }
}

/// Bytes of one record, or of a fixed variable.
fn slab_bytes(shape: &[usize], item: u64, is_record: bool) -> Option<u64> {
    let mut extents = shape.iter().skip(usize::from(is_record));
    extents.try_fold(item, |bytes, &n| bytes.checked_mul(n as u64))
}

/// A run of bytes in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) offset: u64,
    pub(super) length: u64,
}

impl Run {
    pub(super) fn end(&self) -> u64 {
        self.offset.saturating_add(self.length)
    }
}

#[derive(Debug, Clone)]
struct Axis {
    extent: usize,
    stride: u64,
    at: usize,
}

/// The runs of a region, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Runs {
    next: u64,
    /// Bytes of the present run handed out already.
    done: u64,
    length: u64,
    /// Dimensions stepped over between runs, fastest first.
    outer: Vec<Axis>,
    finished: bool,
}

impl Iterator for Runs {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        if self.finished {
            return None;
        }
        let run = Run { offset: self.next.wrapping_add(self.done), length: (self.length - self.done).min(LONGEST) };
        self.done += run.length;
        if self.done < self.length {
            return Some(run);
        }
        self.done = 0;
        for axis in &mut self.outer {
            axis.at += 1;
            self.next = self.next.wrapping_add(axis.stride);
            if axis.at < axis.extent {
                return Some(run);
            }
            self.next = self.next.wrapping_sub(axis.stride.wrapping_mul(axis.extent as u64));
            axis.at = 0;
        }
        self.finished = true;
        Some(run)
    }
}

/// Runs in groups.
#[derive(Debug, Clone)]
pub(super) struct Spans {
    runs: Runs,
    pending: Option<Run>,
}

impl Iterator for Spans {
    /// The bytes from the first run to the last, and the number of runs.
    type Item = (Run, usize);

    fn next(&mut self) -> Option<(Run, usize)> {
        let mut span = self.pending.take()?;
        let mut count = 1;
        for run in self.runs.by_ref() {
            let gap = run.offset.checked_sub(span.end());
            let length = run.end().saturating_sub(span.offset);
            // Touching runs are kept apart: together they would be longer than a cache holds.
            if gap.is_none_or(|gap| gap == 0 || gap > NEAR) || length > SPAN {
                self.pending = Some(run);
                break;
            }
            span.length = length;
            count += 1;
        }
        Some((span, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(layout: &Layout, region: &[std::ops::Range<usize>]) -> Vec<(u64, u64)> {
        layout.runs(&Region::new(region.to_vec())).map(|r| (r.offset, r.length)).collect()
    }

    #[test]
    fn whole_rows_are_one_run_and_columns_many() {
        let layout = Layout::new(100, vec![2, 3, 4], 4, None).unwrap();
        assert_eq!(layout.end(), 196);
        assert_eq!(offsets(&layout, &[0..2, 0..3, 0..4]), [(100, 96)]);
        assert_eq!(offsets(&layout, &[1..2, 1..3, 0..4]), [(164, 32)]);
        assert_eq!(offsets(&layout, &[0..2, 1..3, 0..4]), [(116, 32), (164, 32)]);
        assert_eq!(offsets(&layout, &[0..2, 2..3, 1..3]), [(136, 8), (184, 8)]);
        assert_eq!(offsets(&layout, &[0..2, 2..2, 1..3]), []);
    }

    #[test]
    fn records_lie_a_record_apart() {
        let layout = Layout::new(100, vec![3, 2], 2, Some(20)).unwrap();
        assert_eq!((layout.slab(), layout.end()), (4, 144));
        assert_eq!(offsets(&layout, &[0..3, 0..2]), [(100, 4), (120, 4), (140, 4)]);
        assert_eq!(offsets(&layout, &[1..3, 1..2]), [(122, 2), (142, 2)]);
        assert!(layout.ends_slab(124) && layout.ends_slab(144) && !layout.ends_slab(122));
    }

    #[test]
    fn the_only_record_variable_is_contiguous() {
        let layout = Layout::new(8, vec![1000, 3], 1, Some(3)).unwrap();
        assert_eq!(offsets(&layout, &[0..1000, 0..3]), [(8, 3000)]);
    }

    #[test]
    fn near_runs_are_gathered() {
        let layout = Layout::new(0, vec![100, 1000], 4, None).unwrap();
        let spans: Vec<_> = layout.spans(&Region::new(vec![0..100, 5..7])).collect();
        assert_eq!(spans, [(Run { offset: 20, length: 99 * 4000 + 8 }, 100)]);
        let wide = Layout::new(0, vec![100, 2000], 4, None).unwrap();
        assert_eq!(wide.spans(&Region::new(vec![0..100, 5..7])).count(), 100);
    }

    #[test]
    fn strips_are_whole_rows_of_about_the_size_asked_for() {
        let field = Layout::new(0, vec![10, 721, 1440], 4, None).unwrap();
        assert_eq!(field.strip(4 << 20), [1, 721, 1440]);
        assert_eq!(field.strip(1 << 20), [1, 181, 1440]);
        let series = Layout::new(0, vec![1_000_000], 8, Some(800)).unwrap();
        assert_eq!(series.strip(1 << 20), [125_000]);
        assert_eq!(Layout::new(0, vec![], 8, None).unwrap().strip(1 << 20), [0usize; 0]);
        assert_eq!(Layout::new(0, vec![0, 5], 8, Some(40)).unwrap().strip(1 << 20), [0, 5]);
    }

    #[test]
    fn offsets_beyond_any_file_are_refused() {
        assert!(Layout::new(0, vec![usize::MAX, 2], 8, None).is_none());
        assert!(Layout::new(0, vec![usize::MAX, 2], 1, Some(1 << 40)).is_none());
        assert!(Layout::new(u64::MAX - 3, vec![1], 8, None).is_none());
    }
}
