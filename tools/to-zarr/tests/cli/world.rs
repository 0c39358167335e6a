//! A folder in which `to-zarr` runs, and small inputs of which every value is known.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::{Command, Outcome, Store};

use crate::raw::{Stored, stored};

/// A folder; commands run in it, so paths are short.
pub(crate) struct World(tempfile::TempDir);

/// What `t` is on a day, at a cell of 2×3.
pub(crate) fn value(day: usize, cell: usize) -> f32 {
    (day * 10 + cell) as f32
}

/// All of `t` on these days.
pub(crate) fn field(days: Range<usize>) -> Vec<f32> {
    days.flat_map(|day| (0..6).map(move |cell| value(day, cell))).collect()
}

/// The same as doubles.
pub(crate) fn reals(days: Range<usize>) -> Vec<f64> {
    field(days).into_iter().map(f64::from).collect()
}

impl World {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// `tool` with these words, in the folder.
    pub(crate) fn tool(&self, tool: &str, words: &str) -> Outcome {
        Command::new(tool).arguments(words.split_whitespace()).folder(self.0.path()).run()
    }

    /// `to-zarr` with these words.
    pub(crate) fn run(&self, words: &str) -> Outcome {
        self.tool("to-zarr", words)
    }

    /// `to-zarr` with these words, which succeeds.
    #[track_caller]
    pub(crate) fn ok(&self, words: &str) -> Outcome {
        let said = self.run(words);
        said.ok();
        said
    }

    /// `to-zarr` with these words fails with `status`, saying all of `tells`, and a way out.
    #[track_caller]
    pub(crate) fn fails(&self, status: i32, words: &str, tells: &[&str]) {
        let said = self.run(words);
        said.fails(status);
        for text in tells {
            assert!(said.stderr.contains(text), "no '{text}' in\n{said}");
        }
        // Some errors are their own way out.
        let out = [
            "hint: ",
            "For more information",
            "o such file or ",
            "cannot convert",
            "broken.nc",
            "neither netCDF",
            "cut short",
            "damaged zip",
        ];
        assert!(out.iter().any(|text| said.stderr.contains(text)), "no way out\n{said}");
    }

    /// An array of a store, decoded by nothing of ours.
    #[track_caller]
    pub(crate) fn stored(&self, store: &str, name: &str) -> Stored {
        stored(&self.path(store), name)
    }

    /// That a store of [`World::days`] holds exactly these days.
    #[track_caller]
    pub(crate) fn holds(&self, store: &str, days: Range<usize>) {
        let t = self.stored(store, "t");
        assert_eq!((t.shape.as_slice(), t.values()), (&[days.len(), 2, 3][..], reals(days.clone())), "{store}");
        let time = self.stored(store, "time");
        assert_eq!(time.values(), days.map(|d| d as f64).collect::<Vec<_>>(), "{store}");
        self.tool("inspect", store).ok();
    }

    /// That two stores hold the same.
    #[track_caller]
    pub(crate) fn same(&self, one: &str, two: &str) {
        self.tool("inspect", &format!("{one} --compare {two}")).ok();
    }

    /// Everything in a folder, by its path below it.
    pub(crate) fn objects(&self, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        objects(&self.path(name))
    }

    /// The names in the folder.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap().flatten();
        let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The grid that all inputs share.
    pub(crate) fn grid(&self, name: &str) -> Store {
        Store::new(self.0.path(), name, json!({"title": "made"}))
            .array("lat", &["lat"], &[2], &[10.0_f64, 0.0], json!({"units": "degrees_north"}))
            .array("lon", &["lon"], &[3], &[0.0_f64, 120.0, 240.0], json!({"units": "degrees_east"}))
    }

    /// A grid with these times, in days since 2000-01-01 or as `units` say.
    pub(crate) fn times(&self, name: &str, times: &[i32], more: Value) -> Store {
        let mut attributes = json!({"units": "days since 2000-01-01", "calendar": "standard"});
        merge(&mut attributes, more);
        self.grid(name).array("time", &["time"], &[times.len()], times, attributes)
    }

    /// `t` on these days.
    pub(crate) fn days(&self, name: &str, days: Range<usize>) -> &Self {
        let times: Vec<i32> = days.clone().map(|d| i32::try_from(d).unwrap()).collect();
        let shape = [days.len(), 2, 3];
        let _ = self.times(name, &times, json!({})).array(
            "t",
            &["time", "lat", "lon"],
            &shape,
            &field(days),
            json!({"units": "K"}),
        );
        self
    }

    /// `t` of these values at these times; `axis` and `more` change the attributes of `time` and `t`.
    pub(crate) fn series<T: testkit::Number>(&self, name: &str, times: &[i32], axis: Value, values: &[T], more: Value) {
        let mut attributes = json!({"units": "K"});
        merge(&mut attributes, more);
        let _ =
            self.times(name, times, axis).array("t", &["time", "lat", "lon"], &[times.len(), 2, 3], values, attributes);
    }
}

fn merge(into: &mut Value, more: Value) {
    let (Value::Object(into), Value::Object(more)) = (into, more) else { return };
    for (name, value) in more {
        if value.is_null() {
            into.remove(&name);
        } else {
            into.insert(name, value);
        }
    }
}

/// Everything below a folder, by its path.
pub(crate) fn objects(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(path).unwrap().flatten().map(|e| e.path());
    let below = entries.flat_map(|p| {
        let name = PathBuf::from(p.file_name().unwrap());
        if p.is_dir() {
            objects(&p).into_iter().map(|(rest, bytes)| (name.join(rest), bytes)).collect()
        } else {
            vec![(name, std::fs::read(&p).unwrap())]
        }
    });
    below.collect()
}
