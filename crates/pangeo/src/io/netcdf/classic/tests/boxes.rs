//! Any box of a variable holds the values that the whole has there, and costs no more bytes than it must.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::model::array::Memory;
use crate::model::{Attributes, Buffer, Dimension, Encoding, Variable};

/// Three record variables and a fixed one over `shape`, its first dimension unlimited.
fn dataset(shape: [usize; 3]) -> Dataset {
    let len: usize = shape.iter().product();
    let variable = |name: &str, first: &str, data: Buffer| Variable {
        name: name.into(),
        dimensions: vec![first.into(), "y".into(), "x".into()],
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: Memory::array(Block::new(shape.to_vec(), data).unwrap()),
    };
    let dimension = |name: &str, length, unlimited| Dimension { name: name.into(), length, unlimited };
    Dataset {
        dimensions: vec![
            dimension("t", shape[0], true),
            dimension("z", shape[0], false),
            dimension("y", shape[1], false),
            dimension("x", shape[2], false),
        ],
        variables: vec![
            variable("a", "t", Buffer::I16((0..len).map(|i| (i * 31 % 32_768) as i16).collect())),
            variable("b", "t", Buffer::F64((0..len).map(|i| i as f64).collect())),
            variable("c", "t", Buffer::I8((0..len).map(|i| (i % 127) as i8).collect())),
            variable("d", "z", Buffer::F32((0..len).map(|i| i as f32).collect())),
        ],
        ..Dataset::default()
    }
}

fn ranges(n: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n).flat_map(move |from| (from..=n).map(move |to| from..to))
}

#[test]
fn every_box_of_small_variables() {
    let (bytes, _) = written(&dataset([3, 3, 5]), None).unwrap();
    let back = opened(&bytes).unwrap();
    for variable in &back.variables {
        let whole = variable.array.read_all().unwrap();
        for t in ranges(3) {
            for y in ranges(3) {
                for x in ranges(5) {
                    let region = Region::new(vec![t.clone(), y.clone(), x.clone()]);
                    let values = variable.array.read(&region).unwrap();
                    assert_eq!(Some(values), whole.slice(&region), "{} {region:?}", variable.name);
                }
            }
        }
    }
}

#[test]
fn boxes_of_rows_longer_than_a_single_read() {
    let given = dataset([2, 3, 300_001]);
    let (bytes, _) = written(&given, None).unwrap();
    let back = opened(&bytes).unwrap();
    for variable in &back.variables {
        let whole = all(&given, &variable.name);
        for x in [0..300_001, 7..8, 1..290_000, 299_990..300_001] {
            for (t, y) in [(0..2, 0..3), (1..2, 0..3), (0..2, 1..2), (0..2, 0..2)] {
                let region = Region::new(vec![t, y, x.clone()]);
                assert!(variable.array.read(&region).ok() == whole.slice(&region), "{} {region:?}", variable.name);
            }
        }
    }
}

#[test]
fn pieces_cover_a_variable_once() {
    let (bytes, _) = written(&dataset([5, 700, 900]), None).unwrap();
    let back = opened(&bytes).unwrap();
    for variable in &back.variables {
        let tiles = variable.array.tiles(&Region::whole(variable.shape()));
        assert_eq!(tiles.iter().map(|t| t.len()).sum::<usize>(), variable.array.len());
        assert!(tiles.iter().all(|t| t.len() * variable.data_type().size() <= 4 << 20));
    }
}

/// Counts the bytes that are asked for.
#[derive(Debug)]
struct Counting(InMemory, AtomicU64);

impl ByteSource for Counting {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        self.1.fetch_add(range.end - range.start, Ordering::Relaxed);
        self.0.read(range)
    }
}

#[test]
fn no_more_is_fetched_than_needed() {
    let (bytes, _) = written(&dataset([4, 100, 3000]), None).unwrap();
    let source = Arc::new(Counting(InMemory(bytes.into()), AtomicU64::new(0)));
    let back = open(Arc::clone(&source) as Arc<dyn ByteSource>).unwrap();
    let fetched = |name: &str, region: &[Range<usize>]| {
        source.1.store(0, Ordering::Relaxed);
        back.variable(name).unwrap().array.read(&Region::new(region.to_vec())).unwrap();
        source.1.load(Ordering::Relaxed)
    };
    assert_eq!(source.1.load(Ordering::Relaxed), 64 << 10, "the header");
    assert_eq!(fetched("b", &[1..2, 0..100, 0..3000]), 8 * 300_000);
    assert_eq!(fetched("b", &[1..3, 10..20, 5..6]), 8 * 20);
    assert_eq!(fetched("d", &[0..4, 99..100, 0..3000]), 4 * 4 * 3000);
    assert_eq!(fetched("a", &[0..0, 0..100, 0..3000]), 0);
}
