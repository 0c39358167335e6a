//! Where levels lie, many columns side by side.

use super::formula::Formula;

/// How many columns are computed at a time: few enough that all their terms stay in the nearest cache.
pub(super) const ROW: usize = 256;

/// A number for each of some columns; what lies beyond their number means nothing.
pub(super) type Row = [f64; ROW];

/// The places of the levels of a box of columns.
#[derive(Debug)]
pub(super) struct Places {
    formula: Formula,
    /// Whether heights are turned into depths.
    turned: bool,
    /// The box without its levels.
    cells: Vec<usize>,
    terms: Vec<Values>,
    /// The terms of the columns at hand.
    rows: Vec<Row>,
    out: Row,
}

/// The values of a term in the box.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) numbers: Vec<f64>,
    /// How far a step to the next level goes.
    pub(super) level: usize,
    /// The same for each of the other dimensions.
    pub(super) strides: Vec<usize>,
    /// Where its row begins: the level's first value and the column; `None` before there is any.
    pub(super) at: Option<(usize, usize)>,
}

impl Places {
    pub(super) fn new(formula: Formula, turned: bool, cells: Vec<usize>, terms: Vec<Values>) -> Self {
        let rows = vec![[f64::NAN; ROW]; terms.len()];
        Self { formula, turned, cells, terms, rows, out: [f64::NAN; ROW] }
    }

    /// The places of a level in `count` columns (at most [`ROW`]) from number `first` on.
    pub(super) fn row(&mut self, level: usize, first: usize, count: usize) -> &[f64] {
        let count = count.min(ROW);
        for (term, row) in self.terms.iter_mut().zip(&mut self.rows) {
            let same = term.strides.iter().all(|stride| *stride == 0);
            let at = (level.saturating_mul(term.level), if same { 0 } else { first });
            // A row of numbers that are all the same serves any number of columns.
            if term.at == Some(at) {
                continue;
            }
            term.at = Some(at);
            if same {
                row.fill(term.numbers.get(at.0).copied().unwrap_or(f64::NAN));
            } else {
                term.fill(&self.cells, at, row.get_mut(..count).unwrap_or_default());
            }
        }
        self.formula.places(&self.rows, count, &mut self.out);
        let places = self.out.get_mut(..count).unwrap_or_default();
        if self.turned {
            places.iter_mut().for_each(|place| *place = -*place);
        }
        places
    }
}

impl Values {
    /// The values of columns from number `at.1` on, of the level whose values begin at `at.0`.
    fn fill(&self, cells: &[usize], at: (usize, usize), mut row: &mut [f64]) {
        let (line, outer) = cells.split_last().map_or((1, &[][..]), |(line, outer)| ((*line).max(1), outer));
        let step = self.strides.get(outer.len()).copied().unwrap_or(0);
        let mut column = at.1;
        while !row.is_empty() {
            let (number, within) = (column / line, column % line);
            let (part, rest) = row.split_at_mut((line - within).min(row.len()));
            let start = start(number, outer, &self.strides).saturating_add(within.saturating_mul(step));
            let values = self.numbers.get(at.0.saturating_add(start)..).unwrap_or(&[]);
            if let Some(values) = values.get(..part.len()).filter(|_| step == 1) {
                part.copy_from_slice(values);
            } else {
                let value = |i: usize| values.get(i.saturating_mul(step)).copied().unwrap_or(f64::NAN);
                part.iter_mut().enumerate().for_each(|(i, place)| *place = value(i));
            }
            column = column.saturating_add(part.len());
            row = rest;
        }
    }
}

/// Where line `number` of a box begins in a term: `outer` is the box without its last dimension.
fn start(mut number: usize, outer: &[usize], strides: &[usize]) -> usize {
    let mut at = 0_usize;
    for (&extent, &stride) in outer.iter().zip(strides).rev() {
        let extent = extent.max(1);
        at = at.saturating_add((number % extent).saturating_mul(stride));
        number /= extent;
    }
    at
}
