//! Dividing the objects of a store: each task gets a run of them, of about as many bytes as the others'.

use std::ops::Range;

/// The objects of one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Objects {
    /// How many lie along each dimension.
    pub(crate) counts: Vec<usize>,
    /// Bytes of the values of one.
    pub(crate) bytes: u64,
}

impl Objects {
    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        self.counts.iter().fold(1_u64, |n, &c| n.saturating_mul(c as u64))
    }
}

/// For each of `tasks` tasks the objects of each variable that it owns, numbered in C order. Every object is owned by one
/// task; where objects are few and large, some tasks own none.
pub(crate) fn divide(variables: &[Objects], tasks: u32) -> Vec<Vec<Range<u64>>> {
    let tasks = u64::from(tasks.max(1));
    let weight = |v: &Objects| u128::from(v.bytes.max(1));
    let whole: u128 = variables.iter().map(|v| weight(v) * u128::from(v.len())).sum();
    let mut owned: Vec<Vec<Range<u64>>> = Vec::new();
    let mut starts: Vec<u64> = vec![0; variables.len()];
    for task in 1..=tasks {
        let mut before = 0_u128;
        let mut ranges = Vec::with_capacity(variables.len());
        for (variable, start) in variables.iter().zip(&mut starts) {
            // Those whose middle lies before the task's share of all bytes.
            let share = whole * u128::from(task);
            let below =
                |k: u64| (2 * before + weight(variable) * u128::from(2 * k + 1)) * u128::from(tasks) < 2 * share;
            let end = if task == tasks { variable.len() } else { partition(variable.len(), below).max(*start) };
            ranges.push(*start..end);
            *start = end;
            before += weight(variable) * u128::from(variable.len());
        }
        owned.push(ranges);
    }
    owned
}

/// The first number of 0 to `length` for which `below` does not hold.
fn partition(length: u64, below: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, length);
    while low < high {
        let middle = low.midpoint(high);
        if below(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// A run of objects in C order as boxes of the grid, in the same order.
pub(crate) fn boxes(range: Range<u64>, counts: &[usize]) -> Vec<Vec<Range<usize>>> {
    if range.is_empty() {
        return Vec::new();
    }
    let Some((&count, rest)) = counts.split_first() else { return vec![Vec::new()] };
    let below = rest.iter().fold(1_u64, |n, &c| n.saturating_mul(c as u64)).max(1);
    let (first, last) = (range.start / below, range.end / below);
    let row = |index: u64, inner: Range<u64>| -> Vec<Vec<Range<usize>>> {
        let own = index as usize..(index as usize).saturating_add(1).min(count);
        boxes(inner, rest).into_iter().map(|b| std::iter::once(own.clone()).chain(b).collect()).collect()
    };
    if first == last {
        return row(first, range.start - first * below..range.end - first * below);
    }
    let mut all = Vec::new();
    let mut whole = first..last;
    if range.start > first * below {
        all.extend(row(first, range.start - first * below..below));
        whole.start += 1;
    }
    if !whole.is_empty() {
        let rows = whole.start as usize..whole.end as usize;
        all.push(std::iter::once(rows).chain(rest.iter().map(|&c| 0..c)).collect());
    }
    all.extend(row(last, 0..range.end - last * below));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(b: &[Range<usize>]) -> Vec<Vec<usize>> {
        b.iter().fold(vec![Vec::new()], |all, range| {
            all.iter().flat_map(|p: &Vec<usize>| range.clone().map(move |i| [p.as_slice(), &[i]].concat())).collect()
        })
    }

    #[test]
    fn boxes_hold_every_object_of_a_run_once_and_in_order() {
        for counts in [&[3, 4, 2][..], &[1, 5], &[7], &[]] {
            let all = places(&counts.iter().map(|&c| 0..c).collect::<Vec<_>>());
            for start in 0..=all.len() {
                for end in start..=all.len() {
                    let got: Vec<Vec<usize>> =
                        boxes(start as u64..end as u64, counts).iter().flat_map(|b| places(b)).collect();
                    assert_eq!(got, all[start..end], "{counts:?} {start}..{end}");
                }
            }
        }
    }

    #[test]
    fn every_object_has_one_owner() {
        let variables = [
            Objects { counts: vec![10, 3, 4], bytes: 4_000_000 },
            Objects { counts: vec![1], bytes: 80 },
            Objects { counts: vec![10], bytes: 1_000_000 },
            Objects { counts: vec![0, 3], bytes: 10 },
            Objects { counts: vec![], bytes: 8 },
        ];
        for tasks in [1, 2, 3, 7, 50, 132, 133, 1000] {
            let owned = divide(&variables, tasks);
            assert_eq!(owned.len(), tasks as usize);
            for (v, variable) in variables.iter().enumerate() {
                let mut next = 0;
                for ranges in &owned {
                    assert_eq!(ranges[v].start, next, "{tasks}");
                    next = ranges[v].end;
                }
                assert_eq!(next, variable.len());
            }
            let bytes: Vec<u64> = owned
                .iter()
                .map(|ranges| ranges.iter().zip(&variables).map(|(r, v)| (r.end - r.start) * v.bytes).sum())
                .collect();
            if tasks <= 7 {
                let (least, most) = (bytes.iter().min().unwrap(), bytes.iter().max().unwrap());
                assert!(most - least <= 2 * 4_000_000, "{bytes:?}");
            }
        }
        assert_eq!(divide(&[], 4).len(), 4);
    }
}
