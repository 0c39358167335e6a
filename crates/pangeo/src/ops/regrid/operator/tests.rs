use std::cell::OnceCell;

use super::*;
use crate::cf::packing::Packing;
use crate::model::array::Memory;
use crate::model::{Attributes, Block, Buffer, Encoding, Variable};
use crate::ops::regrid::matrix::Matrix;

const MEAN: Rules = Rules { normalize: Normalize::FracArea, min_coverage: 0.0, complete: false };

/// What `work` makes of a field of rows of `columns`.
fn on<T>(values: &[f64], columns: usize, work: impl FnOnce(&Field) -> T) -> T {
    let block = Block::vector(Buffer::F64(values.to_vec()));
    let variable = Variable {
        name: "x".into(),
        dimensions: vec!["cell".into()],
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: Memory::array(block.clone()),
    };
    let packing = Packing::of(&variable).unwrap();
    let field = Field {
        block: &block,
        packing: Some(&packing),
        start: 0,
        steps: (columns, 1),
        first: 0,
        rows: values.len() / columns,
        columns,
        whole: OnceCell::new(),
    };
    work(&field)
}

fn same(got: &[f64], expected: &[f64]) {
    let near = |a: f64, b: f64| (a - b).abs() < 1e-12 || a.is_nan() && b.is_nan();
    assert!(got.len() == expected.len() && got.iter().zip(expected).all(|(a, b)| near(*a, *b)), "{got:?}");
}

/// Two rows of three columns to one row of two, by areas.
fn separable() -> Separable {
    let rows = Matrix::from_rows([vec![(0, 1.0), (1, 3.0)]]);
    let columns = Matrix::from_rows([vec![(0, 2.0), (1, 1.0)], vec![(1, 1.0), (2, 2.0)]]);
    Separable::new(rows, columns, (vec![4.0], vec![3.0, 6.0]), 2, [0, 0], 3)
}

#[test]
fn rows_and_columns_give_what_their_cells_give() {
    let (matrix, full) = separable().by_cell(3).unwrap();
    let sparse = Operator::Sparse(Sparse::new(matrix, full, 3, 2));
    let separable = Operator::Separable(separable());
    let gap = f64::NAN;
    for field in [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, gap, 3.0, 4.0, 5.0, gap], [gap; 6]] {
        for normalize in [Normalize::FracArea, Normalize::DestArea] {
            for min_coverage in [0.0, 0.4, 0.6, 1.0] {
                let rules = Rules { normalize, min_coverage, complete: false };
                let [a, b] = [&separable, &sparse].map(|o| on(&field, 3, |f| o.compute(f, 0..1, rules)));
                same(&a, &b);
            }
        }
    }
}

#[test]
fn means_are_over_what_is_there() {
    let gap = f64::NAN;
    let mean = |field: &[f64], rules| on(field, 3, |f| separable().compute(f, 0..1, rules));
    same(&mean(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], MEAN), &[43.0 / 12.0, 59.0 / 12.0]);
    // Of the first cell 10 of 12 parts are left, of the second, whose area is 24, 10.
    same(&mean(&[gap, 2.0, gap, 4.0, 5.0, 6.0], MEAN), &[41.0 / 10.0, 53.0 / 10.0]);
    let whole = Rules { normalize: Normalize::DestArea, ..MEAN };
    same(&mean(&[gap, 2.0, gap, 4.0, 5.0, 6.0], whole), &[41.0 / 12.0, 53.0 / 24.0]);
    same(&mean(&[gap, 2.0, gap, 4.0, 5.0, 6.0], Rules { min_coverage: 0.5, ..MEAN }), &[41.0 / 10.0, gap]);
}

#[test]
fn a_pole_is_the_mean_of_the_row_around_it() {
    let rows = Matrix::from_rows([vec![(1, 0.5), (3, 0.5)]]);
    let columns = Matrix::from_rows([vec![(0, 1.0)], vec![(1, 1.0)]]);
    let separable = Separable::new(rows, columns, (Vec::new(), Vec::new()), 2, [0, 1], 2);
    same(&on(&[0.0, 0.0, 3.0, 5.0], 2, |f| separable.compute(f, 0..1, MEAN)), &[3.5, 4.5]);
    // A column that repeats the first counts once.
    let columns = Matrix::from_rows([vec![(0, 1.0)]]);
    let rows = Matrix::from_rows([vec![(1, 1.0)]]);
    let repeating = Separable::new(rows, columns, (Vec::new(), Vec::new()), 1, [0, 0], 2);
    same(&on(&[3.0, 5.0, 3.0], 3, |f| repeating.compute(f, 0..1, MEAN)), &[4.0]);
    same(&on(&[3.0, f64::NAN, 3.0], 3, |f| repeating.compute(f, 0..1, MEAN)), &[3.0]);
    let (cells, _) = repeating.by_cell(3).unwrap();
    assert_eq!(cells.entries_of(0).collect::<Vec<_>>(), [(0, 0.5), (1, 0.5)]);
    // Of the pole half is known.
    same(&on(&[0.0, 0.0, 3.0, f64::NAN], 2, |f| separable.compute(f, 0..1, MEAN)), &[3.0, 3.0]);
}

#[test]
fn the_second_stands_in_for_the_first() {
    let of =
        |row: Vec<(u32, f64)>| Operator::Sparse(Sparse::new(Matrix::from_rows([row.clone(), row]), Vec::new(), 4, 2));
    let both =
        Operator::Or(Box::new((of(vec![(0, -0.1), (1, 0.6), (2, 0.6), (3, -0.1)]), of(vec![(1, 0.5), (2, 0.5)]))));
    same(&on(&[1.0, 2.0, 4.0, 1.0], 4, |f| both.compute(f, 0..1, MEAN)), &[3.4; 2]);
    same(&on(&[f64::NAN, 2.0, 4.0, 1.0], 4, |f| both.compute(f, 0..1, MEAN)), &[3.0; 2]);
}

#[test]
fn the_value_of_the_greatest_part_is_taken() {
    let areas = Matrix::from_rows([vec![(0, 0.4), (1, 0.3), (2, 0.3)], vec![(0, 0.5), (1, 0.5)], vec![]]);
    let mode = Mode::new(Sparse::new(areas, Vec::new(), 3, 3));
    assert_eq!(on(&[7.0, 2.0, 2.0], 3, |f| mode.picks(f, 0..1, MEAN)), [1, 0, NONE]);
    assert_eq!(on(&[f64::NAN, 2.0, 3.0], 3, |f| mode.picks(f, 0..1, MEAN)), [1, 1, NONE]);
    let half = Rules { min_coverage: 0.55, ..MEAN };
    assert_eq!(on(&[f64::NAN, 2.0, 3.0], 3, |f| mode.picks(f, 0..1, half)), [1, NONE, NONE]);
}

#[test]
fn the_nearest_value_fills_in() {
    let sources = (vec![0.0, 0.0, 0.0], vec![0.0, 10.0, 20.0]);
    let filler = Filler::new(sources, (vec![0.0, 0.0], vec![1.0, 19.0]));
    assert_eq!(*filler.nearest(|_| true), [0, 2]);
    assert_eq!(*filler.nearest(|cell| cell == 1), [1, 1]);
    assert_eq!(*filler.nearest(|_| false), [NONE, NONE]);
    assert_eq!(*filler.nearest(|cell| cell == 1), [1, 1], "remembered");
}

#[test]
fn slopes_keep_the_means_of_their_cells() {
    // Three cells on the equator; half of the middle one, whose own half has its centroid 0.05 radians east.
    let places = [-0.2, 0.0, 0.2].map(|x: f64| [x.cos(), x.sin(), 0.0]).to_vec();
    let pieces = Pieces { starts: vec![0, 1], sources: vec![1], areas: vec![0.5], moments: vec![[0.0, 0.025, 0.0]] };
    let neighbours = (vec![0, 1, 3, 4], vec![1, 0, 2, 1]);
    let slopes = Slopes::new(pieces, vec![0.5], places, neighbours, 1, 1);
    let east = 0.2_f64.sin();
    same(&on(&[1.0, 2.0, 3.0], 3, |f| slopes.compute(f, 0..1, MEAN)), &[2.0 + 0.05 / east]);
    // A neighbour without a value counts as level.
    same(&on(&[f64::NAN, 2.0, 3.0], 3, |f| slopes.compute(f, 0..1, MEAN)), &[2.0 + 0.025 / east]);
    same(&on(&[f64::NAN, 2.0, f64::NAN], 3, |f| slopes.compute(f, 0..1, MEAN)), &[2.0]);
}

#[test]
fn only_the_rows_that_are_needed_are_named() {
    let matrix = Matrix::from_rows([vec![(3, 1.0)], vec![(9, 1.0), (4, 1.0)], vec![]]);
    let sparse = Operator::Sparse(Sparse::new(matrix, Vec::new(), 4, 1));
    assert_eq!([0..1, 1..2, 0..2, 2..3].map(|rows| sparse.reach(rows)), [0..1, 1..3, 0..3, 0..0]);
    assert_eq!(Operator::Separable(separable()).reach(0..1), 0..2);
}
