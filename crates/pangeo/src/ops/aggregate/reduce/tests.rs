//! Against plain sums in a fixed order, for any chunks, threads and budget.

use std::sync::Arc;

use super::*;
use crate::model::array::Memory;
use crate::model::{Attributes, Encoding, LazyArray, Variable};

/// An array in memory that says it has chunks.
#[derive(Debug)]
struct Chunked(Array, Vec<usize>);

impl LazyArray for Chunked {
    fn data_type(&self) -> &DataType {
        self.0.data_type()
    }
    fn shape(&self) -> &[usize] {
        self.0.shape()
    }
    fn chunk_starts(&self, axis: usize) -> Starts {
        Starts::regular(self.shape()[axis], self.1[axis])
    }
    fn read(&self, region: &Region) -> Result<Block> {
        self.0.read(region)
    }
}

const SHAPE: [usize; 3] = [12, 5, 7];
const ALL: [&str; 14] =
    ["mean", "sum", "min", "max", "range", "std", "var", "median", "count", "first", "last", "argmin", "argmax", "p90"];

/// A field with gaps; the cells of row 2, column 3 are all missing.
fn field() -> Vec<f64> {
    let value = |i: usize| {
        let (row, column) = (i / 7 % 5, i % 7);
        if i % 11 == 3 || (row, column) == (2, 3) {
            f64::NAN
        } else {
            280.0 + (i as f64 * 0.37).sin() * 10f64.powi((i % 6) as i32 - 2)
        }
    };
    (0..SHAPE.iter().product()).map(value).collect()
}

fn input(chunk: &[usize]) -> (Array, Packing) {
    let block = Block::new(SHAPE.to_vec(), Buffer::F64(field())).unwrap();
    let array: Array = Arc::new(Chunked(Memory::array(block), chunk.to_vec()));
    let variable = Variable {
        name: "t".into(),
        dimensions: ["time", "lat", "lon"].map(String::from).to_vec(),
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: array.clone(),
    };
    (array, Packing::of(&variable).unwrap())
}

fn stored() -> Vec<Stored> {
    ALL.map(|s| Stored { statistic: s.parse().unwrap(), data_type: DataType::F64, fill: f64::NAN }).to_vec()
}

fn rules() -> Rules {
    Rules { ddof: 0.0, min_count: 1, propagate: false, plain_sum: false, tally: Arc::default() }
}

fn read(arrays: &[Array]) -> Vec<Block> {
    arrays.iter().map(|a| a.read_all().unwrap()).collect()
}

fn reduced(fates: &[Fate], weights: Option<Weighting>, chunk: &[usize], threads: usize, memory: usize) -> Vec<Block> {
    let (array, packing) = input(chunk);
    let plan = Plan::new(array, fates.to_vec());
    read(&Reduction::arrays(plan, packing, weights, stored(), &rules(), &Engine::new(threads, memory)))
}

fn bits(blocks: &[Block]) -> Vec<Vec<u64>> {
    blocks.iter().map(|b| b.data().to_f64().unwrap().iter().map(|v| v.to_bits()).collect()).collect()
}

fn months() -> Fate {
    let groups: Vec<Vec<usize>> = (0..3).map(|g| (0..12).filter(|i| i % 3 == g && *i != 4).collect()).collect();
    Fate::Grouped(Arc::new(Groups::new(12, groups.iter().map(Vec::as_slice))))
}

fn days() -> Fate {
    let groups: Vec<Vec<usize>> = vec![(0..5).collect(), (5..6).collect(), (6..12).collect()];
    Fate::Grouped(Arc::new(Groups::new(12, groups.iter().map(Vec::as_slice))))
}

#[test]
fn results_have_the_same_bits_for_any_chunks_threads_and_memory() {
    use Fate::{Kept, Reduced};
    let rows = || {
        Weighting::separable(vec![
            None,
            Some(vec![0.1, 0.3, 0.5, 0.3, 0.1]),
            Some(vec![0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1]),
        ])
    };
    for (fates, weights) in [
        ([Reduced, Kept, Kept], None),
        ([Kept, Kept, Reduced], None),
        ([Kept, Reduced, Kept], Some(rows())),
        ([Kept, Reduced, Reduced], Some(rows())),
        ([Reduced, Reduced, Reduced], Some(rows())),
        ([months(), Kept, Kept], None),
        ([days(), Kept, Kept], None),
        ([days(), Reduced, Reduced], Some(rows())),
    ] {
        let whole = bits(&reduced(&fates, weights.clone(), &SHAPE, 1, 1 << 30));
        for chunk in [[1, 5, 7], [12, 1, 1], [5, 2, 3], [1, 1, 4]] {
            for (threads, memory) in [(1, 1), (3, 20_000), (2, 1 << 20)] {
                let got = bits(&reduced(&fates, weights.clone(), &chunk, threads, memory));
                assert!(got == whole, "{fates:?} in chunks {chunk:?}, {threads} threads, {memory} bytes");
            }
        }
    }
}

/// Every statistic of time, by its definition.
#[test]
fn statistics_over_time_are_those_of_their_definitions() {
    let got = reduced(&[Fate::Reduced, Fate::Kept, Fate::Kept], None, &[5, 2, 3], 2, 1 << 20);
    let field = field();
    for cell in 0..35 {
        let all: Vec<f64> = (0..12).map(|t| field[t * 35 + cell]).collect();
        let there: Vec<f64> = all.iter().copied().filter(|v| !v.is_nan()).collect();
        let n = there.len() as f64;
        let mean = there.iter().sum::<f64>() / n;
        let var = there.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        let (min, max) = there.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
        let place = |wanted: f64| all.iter().position(|v| *v == wanted).map_or(f64::NAN, |i| i as f64);
        let expected = |name: &str| match name {
            _ if there.is_empty() && name != "count" => f64::NAN,
            "mean" => mean,
            "sum" => there.iter().sum(),
            "min" => min,
            "max" => max,
            "range" => max - min,
            "std" => var.sqrt(),
            "var" => var,
            "count" => n,
            "first" => there[0],
            "last" => there[there.len() - 1],
            "argmin" => place(min),
            "argmax" => place(max),
            other => panic!("{other} is not defined here"),
        };
        for (name, block) in ALL.iter().zip(&got).filter(|(name, _)| !["median", "p90"].contains(*name)) {
            let (got, expected) = (block.data().get_f64(cell).unwrap(), expected(name));
            let same = got.is_nan() && expected.is_nan() || (got - expected).abs() <= 1e-12 * expected.abs();
            assert!(same, "{name} of cell {cell}: {got}, not {expected}");
        }
    }
}

#[test]
fn weights_of_rows_and_columns_multiply() {
    let (rows, columns) = ([1.0, 2.0, 4.0, 2.0, 1.0], [1.0, 1.0, 3.0, 1.0, 1.0, 1.0, 2.0]);
    let weights = Weighting::separable(vec![None, Some(rows.to_vec()), Some(columns.to_vec())]);
    let got = reduced(&[Fate::Kept, Fate::Reduced, Fate::Reduced], Some(weights), &[1, 5, 7], 2, 1 << 20);
    let field = field();
    for time in 0..12 {
        let (mut sum, mut total) = (0.0, 0.0);
        for (i, w) in rows.iter().flat_map(|r| columns.iter().map(move |c| r * c)).enumerate() {
            let value = field[time * 35 + i];
            if !value.is_nan() {
                sum += w * value;
                total += w;
            }
        }
        let mean = got[0].data().get_f64(time).unwrap();
        assert!((mean - sum / total).abs() < 1e-12 * mean.abs(), "{mean} {}", sum / total);
    }
}

/// A factor that all cells share is no part of a mean, but of a sum.
#[test]
fn sums_have_the_factors_that_do_not_vary() {
    let (rows, columns) = ([1.0, 2.0, 4.0, 2.0, 1.0], [0.5; 7]);
    let field = field();
    for fates in [
        [Fate::Reduced, Fate::Kept, Fate::Kept],
        [Fate::Kept, Fate::Kept, Fate::Reduced],
        [Fate::Kept, Fate::Reduced, Fate::Kept],
        [Fate::Reduced, Fate::Reduced, Fate::Reduced],
    ] {
        let weights = Weighting::separable(vec![None, Some(rows.to_vec()), Some(columns.to_vec())]);
        let sums = reduced(&fates, Some(weights), &[5, 2, 3], 2, 1 << 20)[1].data().to_f64().unwrap();
        let products = field.iter().enumerate().map(|(i, v)| v * rows[i / 7 % 5] * 0.5).filter(|p| !p.is_nan());
        let (all, expected) = (sums.iter().filter(|s| !s.is_nan()).sum::<f64>(), products.sum::<f64>());
        assert!((all - expected).abs() < 1e-12 * expected.abs(), "{fates:?}: {all}, not {expected}");
    }
}

#[test]
fn windows_are_reductions_of_their_steps() {
    for (chunk, memory) in [([1, 5, 7], 1), ([12, 1, 1], 1 << 20), ([5, 2, 3], 3000)] {
        let (array, packing) = input(&chunk);
        let windows = crate::cf::time::rolling(12, 4, true);
        let got = read(&rolled(array, packing, 0, windows.clone(), stored(), &rules(), &Engine::new(2, memory)));
        for (step, window) in windows.iter().enumerate() {
            let alone = Fate::Grouped(Arc::new(Groups::new(12, std::iter::once(&*window.clone().collect::<Vec<_>>()))));
            let expected = reduced(&[alone, Fate::Kept, Fate::Kept], None, &SHAPE, 1, 1 << 20);
            for ((got, expected), name) in got.iter().zip(&expected).zip(ALL).filter(|(_, n)| !n.starts_with("arg")) {
                let row = got.slice(&Region::new(vec![step..step + 1, 0..5, 0..7])).unwrap();
                assert_eq!(
                    bits(&[row]),
                    bits(std::slice::from_ref(expected)),
                    "{name} of step {step} in chunks {chunk:?}"
                );
            }
        }
    }
}

#[test]
fn regions_weigh_their_cells() {
    let share = |cell: usize, weight: f64| Share { cell, weight, part: weight / 2.0 };
    let zones = vec![vec![share(3, 1.0), share(9, 2.0), share(33, 0.5)], Vec::new()];
    let rules = Rules { plain_sum: true, ..rules() };
    for (chunk, memory) in [([1, 5, 7], 1), ([12, 1, 1], 1 << 20)] {
        let (array, packing) = input(&chunk);
        let got = read(&zonal(array, packing, vec![1, 2], zones.clone(), stored(), &rules, &Engine::new(2, memory)));
        let field = field();
        for time in 0..12 {
            let there: Vec<(f64, f64)> =
                zones[0].iter().map(|s| (field[time * 35 + s.cell], s.weight)).filter(|(v, _)| !v.is_nan()).collect();
            let total: f64 = there.iter().map(|(_, w)| w).sum();
            let sum: f64 = there.iter().map(|(v, w)| v * w).sum();
            let at = |number: usize, zone: usize| got[number].data().get_f64(time * 2 + zone).unwrap();
            assert!((at(0, 0) - sum / total).abs() < 1e-12 * sum.abs(), "mean at {time}");
            assert!((at(1, 0) - sum / 2.0).abs() < 1e-12 * sum.abs(), "sum of the parts at {time}");
            assert_eq!((at(8, 0), at(8, 1)), (there.len() as f64, 0.0));
            assert!(at(0, 1).is_nan());
        }
    }
}

#[test]
fn more_values_than_a_count_holds_are_refused() {
    let array = crate::model::array::Constant::array(Buffer::I8(vec![1]), vec![1 << 16, 1 << 16]);
    let variable = Variable {
        name: "n".into(),
        dimensions: vec!["y".into(), "x".into()],
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: array.clone(),
    };
    for statistic in ["count", "argmin", "argmax"] {
        let stored = Stored { statistic: statistic.parse().unwrap(), data_type: DataType::I32, fill: -1.0 };
        let plan = Plan::new(array.clone(), vec![Fate::Reduced, Fate::Reduced]);
        let packing = Packing::of(&variable).unwrap();
        let counts = Reduction::arrays(plan, packing, None, vec![stored], &rules(), &Engine::new(1, 1 << 20));
        let error = counts[0].read_all().unwrap_err();
        assert!(error.to_string().contains("counts of up to 4294967296"), "{statistic}: {error}");
    }
}
