use std::collections::BTreeMap;
use std::sync::Mutex;

use super::*;
use crate::engine::Request;
use crate::io::Format;
use crate::io::layout::Layout;
use crate::io::write::{self, Target};
use crate::model::LazyArray;
use crate::model::array::Memory;

/// An array whose chunks begin where it is told, that counts how often each is decoded.
#[derive(Debug)]
struct Counting {
    inner: Array,
    starts: Vec<Starts>,
    reads: Mutex<BTreeMap<Vec<usize>, usize>>,
}

impl LazyArray for Counting {
    fn data_type(&self) -> &DataType {
        self.inner.data_type()
    }
    fn shape(&self) -> &[usize] {
        self.inner.shape()
    }
    fn chunk_starts(&self, axis: usize) -> Starts {
        self.starts[axis].clone()
    }
    fn read(&self, region: &Region) -> Result<Block> {
        let all = RegionTiles::new(&Region::whole(self.shape()), &self.starts);
        for tile in all.iter().filter(|t| !t.intersection(region).is_empty()) {
            *self.reads.lock().unwrap().entry(tile.start()).or_insert(0) += 1;
        }
        self.inner.read(region)
    }
}

fn counting(shape: &[usize], starts: Vec<Starts>) -> (Array, Arc<Counting>) {
    let n = shape.iter().product::<usize>();
    let block = Block::new(shape.to_vec(), Buffer::F32((0..n).map(|i| i as f32).collect())).unwrap();
    let counting = Arc::new(Counting { inner: Memory::array(block), starts, reads: Mutex::default() });
    (Arc::clone(&counting) as Array, counting)
}

fn regular(shape: &[usize], chunk: &[usize]) -> Vec<Starts> {
    shape.iter().zip(chunk).map(|(&n, &c)| Starts::regular(n, c)).collect()
}

/// All values by way of a scratch folder, how often the store in it is decoded, and how often each input chunk.
fn through(shape: &[usize], starts: Vec<Starts>, chunk: &[usize], engine: &Engine) -> Option<(Block, f64, Vec<usize>)> {
    let (array, counting) = counting(shape, starts);
    let parent = tempfile::tempdir().unwrap();
    let detour = Detour::new(&array, chunk, engine).unwrap()?;
    let scratch = detour.take(&array, parent.path(), engine).unwrap();
    let mut out = Block::zeros(array.data_type(), shape.to_vec()).unwrap();
    let read = |request: &Request| request.read();
    let put = |index: &[usize], block: Block| {
        let at = Region::of_chunk(index, chunk, shape).start();
        out.paste(&at, &block, &Region::whole(block.shape())).unwrap();
        Ok(())
    };
    engine.stream(&scratch.array, chunk, read, put).unwrap();
    let again = engine.decodes(&scratch.array, chunk).unwrap();
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
    drop(scratch);
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0, "scratch files are left");
    let reads = counting.reads.lock().unwrap().values().copied().collect();
    assert_eq!(out, array.read_all().unwrap(), "{shape:?} to {chunk:?}");
    Some((out, again, reads))
}

#[test]
fn every_input_chunk_is_decoded_once_whatever_the_chunks_threads_and_budget() {
    let shape = [60, 40, 50];
    let months = Starts::listed(60, [0, 31, 45]);
    let irregular = vec![months, Starts::regular(40, 9), Starts::listed(50, [0, 7, 30])];
    let inputs =
        [regular(&shape, &[1, 40, 50]), regular(&shape, &[60, 4, 5]), regular(&shape, &[7, 11, 13]), irregular];
    let mut detours = 0;
    for input in inputs {
        for chunk in [[60, 4, 5], [4, 40, 50], [60, 1, 1], [1, 40, 50], [13, 7, 11], [25, 40, 3], [11, 9, 50]] {
            for (threads, memory) in [(1, 60_000), (3, 100_000), (2, 200_000)] {
                let engine = Engine::new(threads, memory);
                let Some((_, again, reads)) = through(&shape, input.clone(), &chunk, &engine) else { continue };
                detours += 1;
                assert!(reads.iter().all(|&n| n == 1), "{input:?} {chunk:?} {memory}: {reads:?}");
                assert!(again < 4.0, "{input:?} {chunk:?} {memory}: {again}");
            }
        }
    }
    assert!(detours > 20, "{detours}");
}

#[test]
fn what_memory_joins_in_one_pass_takes_no_detour() {
    let shape = [60, 40, 50];
    for (input, chunk, memory) in
        [([1, 40, 50], [60, 4, 5], 10_000_000), ([1, 40, 50], [1, 40, 50], 10_000), ([60, 40, 50], [60, 4, 5], 10_000)]
    {
        assert!(through(&shape, regular(&shape, &input), &chunk, &Engine::new(2, memory)).is_none(), "{input:?}");
    }
}

#[test]
fn a_year_of_hourly_maps_becomes_series_in_chunks_worth_reading() {
    let shape = [8760, 721, 1440];
    let pieces = regular(&shape, &[1, 721, 1440]);
    let budget = (80 << 20) / 4;
    let boxes = boxes(&pieces, &[8760, 29, 63], budget);
    let longest: Vec<usize> = boxes.iter().map(Starts::longest).collect();
    assert_eq!(longest, [20, 721, 1440]);
    assert_eq!(inner(&longest, &[8760, 29, 63], &shape, budget), [8760, 29, 63]);
    assert_eq!(inner(&longest, &[8760, 1, 1], &shape, budget), [8760, 1, 1440]);
    assert_eq!(object(&[20, 29, 63], &[20, 721, 1440], 4, OBJECT), [20, 29, 63 * 23]);
}

#[test]
fn a_full_disk_names_the_way_out() {
    let parent = Path::new("/scratch");
    let full = || Error::io("write", "/scratch/.scratch.abcdef.tmp/0/c/0", io::ErrorKind::StorageFull.into());
    let error = explained(full(), parent, 3_000_000_000);
    assert_eq!(error.to_string(), "no room for scratch files, up to 3000 MB, /scratch");
    assert!(error.hint().is_some_and(|hint| hint.contains("more room")));
    assert!(matches!(explained(full(), Path::new("/other"), 1), Error::Io { .. }));
}

/// What is expected and what is done.
#[derive(Debug, Default)]
struct Tally(Mutex<(u64, u64)>);

impl crate::engine::Progress for Tally {
    fn expect(&self, bytes: u64) {
        self.0.lock().unwrap().0 += bytes;
    }
    fn advance(&self, bytes: u64) {
        self.0.lock().unwrap().1 += bytes;
    }
    fn finish(&self) {}
}

/// A dataset of one variable in maps, and how to store it as series.
fn maps_to_series(array: Array) -> (Dataset, Target) {
    let dimensions = ["time", "lat", "lon"].map(str::to_owned).to_vec();
    let named = dimensions.iter().zip(array.shape());
    let dataset = Dataset {
        source: "maps".to_owned(),
        dimensions: named.map(|(n, &length)| Dimension { name: n.clone(), length, unlimited: false }).collect(),
        variables: vec![Variable {
            name: "t".to_owned(),
            dimensions: dimensions.clone(),
            attributes: Attributes::new(),
            encoding: Encoding::default(),
            array,
        }],
        ..Dataset::default()
    };
    let chunks = dimensions.into_iter().zip([60, 4, 5]).collect();
    let layout = Layout { chunks, ..Layout::default() };
    (dataset, Target { format: Format::ZarrZip, layout, overwrite: false, receipts: false })
}

#[test]
fn an_output_is_written_by_way_of_a_folder_beside_it_that_goes_away() {
    let shape = [60, 40, 50];
    let (array, counting) = counting(&shape, regular(&shape, &[1, 40, 50]));
    let (dataset, target) = maps_to_series(Arc::clone(&array));
    let parent = tempfile::tempdir().unwrap();
    let tally = Arc::new(Tally::default());
    let engine = Engine::new(2, 100_000).with_progress(Arc::clone(&tally) as _);
    let path = parent.path().join("series.zarr.zip");
    write::write(&dataset, &path, &target, &engine).unwrap();
    let written = crate::io::open::open(path.to_str().unwrap()).unwrap();
    assert_eq!(written.require("t").unwrap().array.read_all().unwrap(), array.read_all().unwrap());
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
    // Once on the way, once by the line above.
    assert!(counting.reads.lock().unwrap().values().all(|&n| n == 2));
    let (expected, done) = *tally.0.lock().unwrap();
    assert_eq!((expected, done), (2 * array.bytes() as u64, 2 * array.bytes() as u64), "both passes count");
}

#[test]
fn a_stop_or_a_folder_that_is_not_there_leaves_nothing() {
    let shape = [60, 40, 50];
    let parent = tempfile::tempdir().unwrap();
    let (array, _) = counting(&shape, regular(&shape, &[1, 40, 50]));
    let (dataset, target) = maps_to_series(array);
    let engine = Engine::new(2, 100_000);
    let path = parent.path().join("series.zarr.zip");
    let stopped = engine.clone().with_cancel(Arc::new(true.into()));
    assert!(matches!(write::write(&dataset, &path, &target, &stopped), Err(Error::Cancelled)));
    let nowhere = engine.with_scratch(parent.path().join("nowhere"));
    let error = write::write(&dataset, &path, &target, &nowhere).unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
}
