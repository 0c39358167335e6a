//! The levels asked for, met on the way through columns of levels.

use std::ops::Range;

use super::Scale;
use super::axis::same;

/// The levels asked for.
#[derive(Debug, Clone)]
pub(super) struct Targets {
    /// In the units of the field, ascending, each with its place among those asked for.
    sorted: Vec<(f64, usize)>,
    scale: Scale,
    extrapolate: bool,
}

/// What makes the value at a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Found<V> {
    /// The value of one level.
    One(V),
    /// The values of a lower and of a higher place; these places, and the target between them.
    Two(V, V, [f64; 3]),
    /// Nothing; the level behind which that was found out.
    Missing(V),
}

/// Columns on the way through their levels, side by side.
#[derive(Debug)]
pub(super) struct Cells<V> {
    /// The place of the last level whose place is known, NaN before there is any.
    place: Vec<f64>,
    /// What that level holds.
    held: Vec<V>,
    /// The target that comes next: infinite where none is left, NaN where the column has no values at all.
    due: Vec<f64>,
    /// Whether places become less from level to level.
    down: Vec<bool>,
    /// Whether levels without a place came after the last one with a place.
    gap: Vec<bool>,
}

/// Some of the columns.
struct Part<'a, V> {
    place: &'a mut [f64],
    held: &'a mut [V],
    due: &'a mut [f64],
    down: &'a [bool],
    gap: &'a mut [bool],
}

/// So many columns are looked at together: as a rule none of them meets a target at a level.
const TOGETHER: usize = 16;

impl<V> Part<'_, V> {
    fn part(&mut self, range: Range<usize>) -> Option<Part<'_, V>> {
        Some(Part {
            place: self.place.get_mut(range.clone())?,
            held: self.held.get_mut(range.clone())?,
            due: self.due.get_mut(range.clone())?,
            down: self.down.get(range.clone())?,
            gap: self.gap.get_mut(range)?,
        })
    }

    /// Whether all have places that go on from the last ones and meet no target. In doubt they do not.
    #[inline]
    fn passes(&self, places: &[f64]) -> bool {
        type Together<'a> = &'a [f64; TOGETHER];
        let (Ok(before), Ok(due), Ok(here)) =
            (Together::try_from(&*self.place), Together::try_from(&*self.due), Together::try_from(places))
        else {
            return false;
        };
        // Counted without a branch, so that they are compared side by side.
        let go_on = |(low, high): (u64, u64)| low + high == 2 * TOGETHER as u64;
        let count = |yes: bool| u64::from(yes);
        if self.down == [false; TOGETHER] {
            let one = |(low, high), i: usize| (low + count(here[i] >= before[i]), high + count(here[i] < due[i]));
            go_on((0..TOGETHER).fold((0, 0), one))
        } else {
            let one = |(low, high), i: usize| (low + count(here[i] > due[i]), high + count(here[i] <= before[i]));
            self.down == [true; TOGETHER] && go_on((0..TOGETHER).fold((0, 0), one))
        }
    }
}

impl<V: Copy> Cells<V> {
    fn part(&mut self, range: Range<usize>) -> Option<Part<'_, V>> {
        Some(Part {
            place: self.place.get_mut(range.clone())?,
            held: self.held.get_mut(range.clone())?,
            due: self.due.get_mut(range.clone())?,
            down: self.down.get(range.clone())?,
            gap: self.gap.get_mut(range)?,
        })
    }

    /// So many columns, none of which has values.
    pub(super) fn new(count: usize, nothing: V) -> Self {
        let place = vec![f64::NAN; count];
        Self {
            held: vec![nothing; count],
            due: place.clone(),
            place,
            down: vec![false; count],
            gap: vec![false; count],
        }
    }

    /// What a column takes.
    pub(super) const BYTES: usize = size_of::<(f64, V, f64)>() + size_of::<[bool; 2]>();

    /// Take over which of `others` have values, and which way these go.
    pub(super) fn like<W>(&mut self, first: usize, others: &Cells<W>, targets: &Targets) {
        let own = self.due.iter_mut().zip(&mut self.down).skip(first);
        for ((due, down), (other, its)) in own.zip(others.due.iter().zip(&others.down)) {
            (*due, *down) = (if other.is_nan() { f64::NAN } else { targets.first(*its) }, *its);
        }
    }
}

impl Targets {
    pub(super) fn new(levels: &[f64], scale: Scale, extrapolate: bool) -> Self {
        let mut sorted: Vec<(f64, usize)> = levels.iter().copied().zip(0..).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { sorted, scale, extrapolate }
    }

    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Those numbered `kept`, counted from the first of these.
    pub(super) fn within(&self, kept: &Range<usize>) -> Self {
        let known = self.sorted.iter().filter(|(target, at)| target.is_finite() && kept.contains(at));
        let sorted = known.map(|(target, at)| (*target, at.saturating_sub(kept.start))).collect();
        Self { sorted, ..*self }
    }

    /// The target that comes first.
    fn first(&self, down: bool) -> f64 {
        if down { self.due_down(self.sorted.len()) } else { self.due_up(0) }
    }

    fn due_up(&self, n: usize) -> f64 {
        self.sorted.get(n).map_or(f64::INFINITY, |(target, _)| *target)
    }

    fn due_down(&self, n: usize) -> f64 {
        n.checked_sub(1).and_then(|n| self.sorted.get(n)).map_or(f64::NEG_INFINITY, |(target, _)| *target)
    }

    /// Set out on columns whose first and last known places are these, NaN in columns without any.
    pub(super) fn begin<V>(&self, cells: &mut Cells<V>, firsts: &[f64], lasts: &[f64]) {
        cells.place.fill(f64::NAN);
        let columns = cells.due.iter_mut().zip(&mut cells.down).zip(&mut cells.gap);
        for (((due, down), gap), (first, last)) in columns.zip(firsts.iter().zip(lasts)) {
            (*down, *gap) = (first > last, false);
            *due = if first.is_nan() { f64::NAN } else { self.first(*down) };
        }
    }

    /// Go on to the next level, which lies at `places` in the columns from number `first` on and holds
    /// `values` there. `found` gets a column's number among these, the target's and what makes its value. A column whose levels turn back has no values from there on.
    #[inline]
    pub(super) fn level<V: Copy>(
        &self,
        cells: &mut Cells<V>,
        first: usize,
        places: &[f64],
        values: &[V],
        mut found: impl FnMut(usize, usize, Found<V>),
    ) {
        let end = first.saturating_add(places.len());
        let Some((mut cells, values)) = cells.part(first..end).zip(values.get(..places.len())) else { return };
        for (number, (places, values)) in places.chunks(TOGETHER).zip(values.chunks(TOGETHER)).enumerate() {
            let start = number * TOGETHER;
            let Some(part) = cells.part(start..start + places.len()) else { return };
            if part.passes(places) {
                part.place.copy_from_slice(places);
                part.held.copy_from_slice(values);
                part.gap.fill(false);
            } else {
                self.one_by_one(part, places, values, |i, at, what| found(start + i, at, what));
            }
        }
    }

    fn one_by_one<V: Copy>(
        &self,
        cells: Part<V>,
        places: &[f64],
        values: &[V],
        mut found: impl FnMut(usize, usize, Found<V>),
    ) {
        let columns = cells.place.iter_mut().zip(cells.held).zip(cells.due).zip(cells.down.iter().zip(cells.gap));
        for (i, ((((before, held), due), (down, gap)), (&place, &value))) in
            columns.zip(places.iter().zip(values)).enumerate()
        {
            if !place.is_finite() {
                *gap = true;
                continue;
            }
            let (meets, turns) = if *down { (*due >= place, place > *before) } else { (*due < place, place < *before) };
            if turns {
                *due = f64::NAN;
            } else if meets {
                let known = before.is_finite().then_some((*before, *held));
                *due = self.meet(*down, *due, known, (place, value), *gap, |at, what| found(i, at, what));
            }
            (*before, *held, *gap) = (place, value, false);
        }
    }

    /// The targets from `due` on that lie before `here`, the place and the value of a level, and behind or at the
    /// one `before` it; the answer is the next.
    fn meet<V: Copy>(
        &self,
        down: bool,
        due: f64,
        before: Option<(f64, V)>,
        here: (f64, V),
        gap: bool,
        mut found: impl FnMut(usize, Found<V>),
    ) -> f64 {
        let between = |target: f64| match before {
            None => self.end(target, here),
            Some(before) if down => Self::between(target, here, before, gap),
            Some(before) => Self::between(target, before, here, gap),
        };
        if down {
            let mut n = self.sorted.partition_point(|(target, _)| *target <= due);
            while let Some(&(target, at)) = n.checked_sub(1).and_then(|n| self.sorted.get(n)).filter(|t| t.0 >= here.0)
            {
                found(at, between(target));
                n -= 1;
            }
            return self.due_down(n);
        }
        let mut n = self.sorted.partition_point(|(target, _)| *target < due);
        while let Some(&(target, at)) = self.sorted.get(n).filter(|t| t.0 < here.0) {
            found(at, between(target));
            n += 1;
        }
        self.due_up(n)
    }

    fn between<V: Copy>(target: f64, below: (f64, V), above: (f64, V), gap: bool) -> Found<V> {
        if same(below.0, target) {
            Found::One(below.1)
        } else if gap {
            Found::Missing(below.1)
        } else if same(above.0, target) {
            Found::One(above.1)
        } else {
            Found::Two(below.1, above.1, [below.0, above.0, target])
        }
    }

    /// What is found, in numbers; NaN for nothing.
    #[inline]
    pub(super) fn value(&self, found: Found<f64>) -> f64 {
        match found {
            Found::One(value) => value,
            Found::Two(below, above, [low, high, target]) => {
                below + self.scale.share(low, high, target) * (above - below)
            }
            Found::Missing(_) => f64::NAN,
        }
    }

    /// What there is at a target beyond the last level of a column.
    fn end<V: Copy>(&self, target: f64, (place, value): (f64, V)) -> Found<V> {
        if self.extrapolate || same(place, target) { Found::One(value) } else { Found::Missing(value) }
    }

    /// What there is at the targets that are left behind the last level.
    pub(super) fn finish<V: Copy>(&self, cells: &Cells<V>, mut found: impl FnMut(usize, usize, Found<V>)) {
        let columns = cells.place.iter().zip(&cells.held).zip(cells.due.iter().zip(&cells.down));
        for (i, ((&place, &held), (&due, &down))) in columns.enumerate() {
            if !due.is_finite() || !place.is_finite() {
                continue;
            }
            let left = |target: f64| if down { target <= due } else { target >= due };
            for &(target, at) in self.sorted.iter().filter(|(target, _)| left(*target)) {
                found(i, at, self.end(target, (place, held)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(places: &[f64], values: &[f64], targets: &[f64], scale: Scale, extrapolate: bool) -> Vec<f64> {
        let mut out = vec![f64::NAN; targets.len()];
        let targets = Targets::new(targets, scale, extrapolate).within(&(0..targets.len()));
        let known = || places.iter().copied().filter(|place| place.is_finite());
        let mut cells = Cells::new(1, NAN);
        targets.begin(&mut cells, &[known().next().unwrap_or(NAN)], &[known().next_back().unwrap_or(NAN)]);
        let mut put = |_: usize, at: usize, found: Found<f64>| out[at] = targets.value(found);
        for (place, value) in places.iter().zip(values) {
            targets.level(&mut cells, 0, &[*place], &[*value], &mut put);
        }
        if cells.due[0].is_nan() {
            vec![NAN; out.len()]
        } else {
            targets.finish(&cells, put);
            out
        }
    }

    const NAN: f64 = f64::NAN;

    #[test]
    fn a_column_up_or_down() {
        let targets = [25.0, 10.0, 5.0, 40.0, 45.0];
        let up = column(&[10.0, 20.0, 40.0], &[1.0, 2.0, 3.0], &targets, Scale::Linear, false);
        let down = column(&[40.0, 20.0, 10.0], &[3.0, 2.0, 1.0], &targets, Scale::Linear, false);
        assert_eq!(format!("{up:?}"), "[2.25, 1.0, NaN, 3.0, NaN]");
        assert_eq!(format!("{up:?}"), format!("{down:?}"));
        let beyond = column(&[40.0, 20.0, 10.0], &[3.0, 2.0, 1.0], &targets, Scale::Linear, true);
        assert_eq!(beyond, [2.25, 1.0, 1.0, 3.0, 3.0]);
        let log = column(&[1.0, 100.0], &[0.0, 2.0], &[10.0], Scale::Log, false);
        assert!((log[0] - 1.0).abs() < 1e-15);
    }

    #[test]
    fn missing_values_reach_no_further_than_their_layers() {
        let values = column(&[1.0, 2.0, 3.0], &[NAN, 5.0, 6.0], &[1.0, 1.5, 2.0, 2.5], Scale::Linear, false);
        assert_eq!(format!("{values:?}"), "[NaN, NaN, 5.0, 5.5]");
        let places = column(&[NAN, 2.0, 3.0, NAN], &[1.0, 5.0, 6.0, 7.0], &[1.0, 2.5, 4.0], Scale::Linear, true);
        assert_eq!(places, [5.0, 5.5, 6.0]);
        let gap = column(&[1.0, NAN, 3.0, 4.0], &[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 3.5], Scale::Linear, false);
        assert_eq!(format!("{gap:?}"), "[1.0, NaN, 3.0, 3.5]");
        let folded = column(&[1.0, 3.0, 2.0, 4.0], &[1.0; 4], &[1.5], Scale::Linear, false);
        assert!(folded[0].is_nan());
    }

    #[test]
    fn columns_together_are_as_each_alone() {
        // Up, down, turning back, with gaps, without any place.
        let place = |column: usize, level: usize| match column % 40 {
            17..=24 => 100.0 - 10.0 * level as f64 - 0.1 * column as f64,
            30 if level == 4 => 1.0,
            31 if level.is_multiple_of(3) => NAN,
            33 => NAN,
            _ => 10.0 * level as f64 + 0.1 * column as f64,
        };
        let asked = [31.0, 5.0, 77.5, 60.0, 0.0, 200.0];
        for (scale, extrapolate) in [(Scale::Linear, false), (Scale::Linear, true), (Scale::Log, true)] {
            let targets = Targets::new(&asked, scale, extrapolate).within(&(0..asked.len()));
            let (count, levels) = (83, 9);
            let line = |level: usize| (0..count).map(|c| place(c, level)).collect::<Vec<_>>();
            let ends = |level: usize| (0..count).map(|c| if c % 40 == 33 { NAN } else { place(c, level) }).collect();
            let (firsts, lasts): (Vec<f64>, Vec<f64>) = (ends(1), ends(levels - 1));
            let mut cells = Cells::new(count, NAN);
            targets.begin(&mut cells, &firsts, &lasts);
            let mut out = vec![vec![NAN; asked.len()]; count];
            for level in 0..levels {
                let values = vec![(level * level) as f64; count];
                targets.level(&mut cells, 0, &line(level), &values, |i, at, found| out[i][at] = targets.value(found));
            }
            for (c, out) in out.iter_mut().enumerate().filter(|(c, _)| cells.due[*c].is_nan()) {
                assert!(matches!(c % 40, 30 | 33));
                out.fill(NAN);
            }
            targets.finish(&cells, |i, at, found| out[i][at] = targets.value(found));
            for (c, out) in out.iter().enumerate() {
                let places: Vec<f64> = (0..levels).map(|level| place(c, level)).collect();
                let values: Vec<f64> = (0..levels).map(|level| (level * level) as f64).collect();
                assert_eq!(format!("{out:?}"), format!("{:?}", column(&places, &values, &asked, scale, extrapolate)));
            }
        }
    }
}
