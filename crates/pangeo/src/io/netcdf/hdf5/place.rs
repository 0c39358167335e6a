//! Runs of values that are contiguous both where they come from and where they go.

/// A box to be copied between two arrays in C order.
pub(super) struct Copy<'a> {
    /// Its extent along each dimension.
    pub(super) extent: &'a [usize],
    /// Its first index in the source.
    pub(super) from: &'a [usize],
    /// The source's shape.
    pub(super) from_shape: &'a [usize],
    /// Its first index in the target.
    pub(super) to: &'a [usize],
    /// The target's shape.
    pub(super) to_shape: &'a [usize],
}

impl Copy<'_> {
    /// Call `run(source offset, target offset, length)`, in values, for each run; `None` as soon as
    /// a call is, or if the box does not fit.
    pub(super) fn runs(&self, mut run: impl FnMut(usize, usize, usize) -> Option<()>) -> Option<()> {
        let rank = self.extent.len();
        let fits = |start: &[usize], shape: &[usize]| {
            start.len() == rank
                && shape.len() == rank
                && start
                    .iter()
                    .zip(self.extent)
                    .zip(shape)
                    .all(|((&s, &e), &n)| s.checked_add(e).is_some_and(|t| t <= n))
        };
        if !fits(self.from, self.from_shape) || !fits(self.to, self.to_shape) {
            return None;
        }
        if self.extent.contains(&0) {
            return Some(());
        }
        // Trailing dimensions that are whole on both sides make one run with the one before them.
        let whole =
            |d: &usize| self.extent.get(*d) == self.from_shape.get(*d) && self.extent.get(*d) == self.to_shape.get(*d);
        let outer = rank.saturating_sub((0..rank).rev().take_while(whole).count() + 1);
        let length: usize = self.extent.get(outer..)?.iter().product();
        let (from_strides, to_strides) = (strides(self.from_shape), strides(self.to_shape));
        let dot = |a: &[usize], b: &[usize]| a.iter().zip(b).map(|(x, y)| x * y).sum::<usize>();
        let (mut source, mut target) = (dot(self.from, &from_strides), dot(self.to, &to_strides));
        let mut index = vec![0usize; outer];
        loop {
            run(source, target, length)?;
            let mut d = outer;
            loop {
                let Some(before) = d.checked_sub(1) else { return Some(()) };
                d = before;
                let (from, to, extent) = (*from_strides.get(d)?, *to_strides.get(d)?, *self.extent.get(d)?);
                let i = index.get_mut(d)?;
                *i += 1;
                source += from;
                target += to;
                if *i < extent {
                    break;
                }
                source -= from * extent;
                target -= to * extent;
                *i = 0;
            }
        }
    }
}

/// Values between neighbours along each dimension.
pub(super) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut step = 1usize;
    let mut strides: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&n| {
            let here = step;
            step = step.saturating_mul(n);
            here
        })
        .collect();
    strides.reverse();
    strides
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(copy: &Copy<'_>) -> Option<Vec<(usize, usize, usize)>> {
        let mut runs = Vec::new();
        copy.runs(|a, b, n| {
            runs.push((a, b, n));
            Some(())
        })?;
        Some(runs)
    }

    #[test]
    fn whole_rows_are_one_run() {
        let copy = Copy { extent: &[2, 4], from: &[1, 0], from_shape: &[3, 4], to: &[0, 0], to_shape: &[2, 4] };
        assert_eq!(collect(&copy), Some(vec![(4, 0, 8)]));
    }

    #[test]
    fn boxes_are_a_run_a_row() {
        let copy = Copy { extent: &[2, 2], from: &[1, 1], from_shape: &[3, 4], to: &[0, 3], to_shape: &[2, 5] };
        assert_eq!(collect(&copy), Some(vec![(5, 3, 2), (9, 8, 2)]));
    }

    #[test]
    fn scalars_are_a_run_of_one_and_empty_boxes_none() {
        let scalar = Copy { extent: &[], from: &[], from_shape: &[], to: &[], to_shape: &[] };
        assert_eq!(collect(&scalar), Some(vec![(0, 0, 1)]));
        let empty = Copy { extent: &[0], from: &[2], from_shape: &[2], to: &[0], to_shape: &[0] };
        assert_eq!(collect(&empty), Some(vec![]));
        let outside = Copy { extent: &[2], from: &[1], from_shape: &[2], to: &[0], to_shape: &[2] };
        assert_eq!(collect(&outside), None);
    }
}
