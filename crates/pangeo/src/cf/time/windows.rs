//! Rolling windows.

use std::ops::Range;

/// Which input steps belong to each output step of a rolling window of `size` steps (0 is as 1), on
/// an axis of `len` steps: a range of indices for each, cut at the ends of the axis, never empty.
///
/// A window ends at its step: [i − N + 1, i]. A centred one is [i − N/2, i − N/2 + N − 1], as xarray's
/// `rolling(center=True)` has it: of an even number of steps the larger half lies before.
///
/// ```
/// use pangeo::cf::time::rolling;
/// assert_eq!(rolling(4, 2, false), [0..1, 0..2, 1..3, 2..4]);
/// assert_eq!(rolling(4, 3, true), [0..2, 0..3, 1..4, 2..4]);
/// ```
pub fn rolling(len: usize, size: usize, centred: bool) -> Vec<Range<usize>> {
    let size = size.max(1);
    let before = if centred { size / 2 } else { size - 1 };
    let after = size - before; // past the end, the step itself being one
    (0..len).map(|i| i.saturating_sub(before)..i.saturating_add(after).min(len)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(size: usize, centred: bool) -> String {
        rolling(7, size, centred).iter().map(|w| format!("{}-{}", w.start, w.end - 1)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn windows_are_those_of_xarray() {
        // xarray 2026.9: DataArray(arange(7), dims="x").rolling(x=N, center=C, min_periods=1).construct("w")
        for (size, centred, expected) in [
            (1, false, "0-0 1-1 2-2 3-3 4-4 5-5 6-6"),
            (4, false, "0-0 0-1 0-2 0-3 1-4 2-5 3-6"),
            (1, true, "0-0 1-1 2-2 3-3 4-4 5-5 6-6"),
            (2, true, "0-0 0-1 1-2 2-3 3-4 4-5 5-6"),
            (3, true, "0-1 0-2 1-3 2-4 3-5 4-6 5-6"),
            (4, true, "0-1 0-2 0-3 1-4 2-5 3-6 4-6"),
            (5, true, "0-2 0-3 0-4 1-5 2-6 3-6 4-6"),
            (8, true, "0-3 0-4 0-5 0-6 0-6 1-6 2-6"),
        ] {
            assert_eq!(windows(size, centred), expected, "{size} {centred}");
        }
    }

    #[test]
    fn windows_of_any_size_are_cut_at_the_ends() {
        assert_eq!(rolling(2, usize::MAX, false), [0..1, 0..2]);
        assert_eq!(rolling(2, usize::MAX, true), [0..2, 0..2]);
        assert_eq!(rolling(2, 0, true), [0..1, 1..2]);
        assert!(rolling(0, 3, false).is_empty());
    }
}
