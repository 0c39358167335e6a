//! Against plain sums in a fixed order, for any chunks, threads and budget.

use super::*;
use crate::model::array::Memory;
use crate::model::{Attributes, Encoding, Variable};

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

fn reduced(fates: &[Fate], weights: Option<Weighting>, chunk: &[usize], threads: usize, memory: usize) -> Vec<Block> {
    let block = Block::new(SHAPE.to_vec(), Buffer::F64(field())).unwrap();
    let input: Array = Arc::new(Chunked(Memory::array(block), chunk.to_vec()));
    let variable = Variable {
        name: "t".into(),
        dimensions: ["time", "lat", "lon"].map(String::from).to_vec(),
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: input.clone(),
    };
    let stored = ALL.map(|s| Stored { statistic: s.parse().unwrap(), data_type: DataType::F64, fill: f64::NAN });
    let rules = Rules { ddof: 0.0, min_count: 1, propagate: false, plain_sum: false };
    let packing = Packing::of(&variable).unwrap();
    let plan = Plan::new(input, fates.to_vec());
    let arrays = Reduction::arrays(plan, packing, weights, stored.to_vec(), &rules, &Engine::new(threads, memory));
    arrays.iter().map(|a| a.read_all().unwrap()).collect()
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
            _ => return None.unwrap_or(f64::INFINITY),
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
