//! The fuzz targets on seeds and simple mutations of them: two seconds each in every test run, so that a reader that
//! begins to panic is noticed before the fuzzer runs (`scripts/fuzz.sh`). `FUZZ_SECONDS=60` makes it longer.
//!
//! The order of the inputs is the same in each run; only how far it comes depends on the machine. What fails is
//! written into the target directory and named.

#[path = "../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "there it is a library")]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// No input may take longer.
const LONGEST: Duration = Duration::from_secs(1);
/// Larger inputs are mutated too rarely in places that matter.
const LARGEST_SEED: u64 = 40 << 10;

/// The folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The lines of `fuzz/seeds/NAME.txt`; in them, `|` stands for what parts an input.
fn lines(name: &str, part: u8) -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string(root().join(format!("fuzz/seeds/{name}.txt"))).expect("seeds");
    let parted = |line: &str| line.bytes().map(|b| if b == b'|' { part } else { b }).collect();
    text.lines().map(parted).collect()
}

/// The small files of test-data, and those among the seeds, that begin with `magic`.
fn files(magic: &[u8]) -> Vec<Vec<u8>> {
    const FOLDERS: [&str; 5] =
        ["test-data", "test-data/made", "test-data/made/malformed", "test-data/made/monthly_v3.zarr", "fuzz/seeds/zip"];
    let entries = FOLDERS.iter().flat_map(|folder| std::fs::read_dir(root().join(folder)).expect(folder));
    let small = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() <= LARGEST_SEED);
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(small).collect();
    paths.sort();
    let read = paths.iter().map(|path| std::fs::read(path).expect("a file that is there"));
    read.filter(|bytes| bytes.starts_with(magic)).collect()
}

/// Numbers by chance, the same each time (xorshift64*).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound.max(1)
    }

    /// A few changes of `input`: bytes, numbers at their edges, pieces left out, doubled or taken from `other`.
    fn mutate(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        const EDGES: [u64; 10] =
            [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, i64::MAX as u64, u64::MAX];
        for _ in 0..=self.below(4) {
            // Half of the changes are near the beginning, where headers lie.
            let reach = if self.below(2) == 0 { input.len() } else { input.len().min(512) };
            let at = self.below(reach);
            let piece = at..(at + 1 + self.below(16)).min(input.len());
            match self.below(7) {
                0 if at < input.len() => input[at] ^= 1 << self.below(8),
                1 if at < input.len() => input[at] = self.below(256) as u8,
                2 => {
                    let edge = EDGES[self.below(EDGES.len())].wrapping_add(self.below(3) as u64).wrapping_sub(1);
                    let bytes = if self.below(2) == 0 { edge.to_le_bytes() } else { edge.to_be_bytes() };
                    let width = 1 << self.below(4);
                    let bytes = if bytes[0] == 0 { &bytes[8 - width..] } else { &bytes[..width] };
                    input.iter_mut().skip(at).zip(bytes).for_each(|(to, from)| *to = *from);
                }
                3 if !piece.is_empty() => drop(input.drain(piece)),
                4 if !piece.is_empty() => {
                    let copy: Vec<u8> = input[piece].to_vec();
                    input.splice(at..at, copy);
                }
                5 if !other.is_empty() => {
                    let from = self.below(other.len());
                    let taken = other[from..(from + 1 + self.below(64)).min(other.len())].to_vec();
                    let until = (at + taken.len()).min(input.len());
                    input.splice(at..until, taken);
                }
                6 if self.below(8) == 0 => input.truncate(at),
                _ => input.push(self.below(256) as u8),
            }
        }
    }
}

/// Runs `target` on all seeds, then on mutations of them until the time is over.
fn smoke(name: &str, target: fn(&[u8]), seeds: &[Vec<u8>]) {
    assert!(!seeds.is_empty(), "{name} has seeds");
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(2.0);
    let (begun, mut chance, mut runs) = (Instant::now(), Chance(0x9e37_79b9_7f4a_7c15), 0);
    seeds.iter().for_each(|seed| once(name, target, seed));
    while begun.elapsed().as_secs_f64() < seconds {
        let mut input = seeds[chance.below(seeds.len())].clone();
        let other = &seeds[chance.below(seeds.len())];
        chance.mutate(&mut input, other);
        once(name, target, &input);
        runs += 1;
    }
    println!("{name}: {} seeds, {runs} mutations", seeds.len());
}

fn once(name: &str, target: fn(&[u8]), input: &[u8]) {
    let begun = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| target(input)));
    let seconds = begun.elapsed();
    if outcome.is_ok() && seconds < LONGEST {
        return;
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}"));
    std::fs::write(&path, input).expect("a folder to write to");
    let what = if outcome.is_err() { "panics".to_owned() } else { format!("takes {seconds:?}") };
    panic!("{name} {what} on {} ({} bytes): {:?}", path.display(), input.len(), String::from_utf8_lossy(input));
}

#[test]
fn classic() {
    smoke("classic", targets::classic, &files(b"CDF"));
}

#[test]
fn hdf5() {
    smoke("hdf5", targets::hdf5, &files(b"\x89HDF"));
}

#[test]
fn zarr() {
    smoke("zarr", targets::zarr, &[lines("zarr", 0), files(b"{")].concat());
}

#[test]
fn zip() {
    smoke("zip", targets::zip, &files(b"PK"));
}

#[test]
fn time_units() {
    smoke("time_units", targets::time_units, &lines("time_units", b'\n'));
}

#[test]
fn expression() {
    smoke("expression", targets::expression, &lines("expression", b'|'));
}

#[test]
fn units() {
    smoke("units", targets::units, &lines("units", b'\n'));
}

#[test]
fn geojson() {
    smoke("geojson", targets::geojson, &lines("geojson", b'|'));
}
