//! A folder to work in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use catalog::Validator;
use serde_json::{Value, json};
use testkit::{Command, Outcome, Store, fixture};

/// A folder that goes away with its test.
pub(crate) struct World(tempfile::TempDir);

impl World {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The fixture `name` under another name.
    pub(crate) fn copy(&self, name: &str, to: &str) -> &Self {
        let path = self.path(to);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(fixture(name), path).unwrap();
        self
    }

    /// A small store of two days in a box, from this day on.
    pub(crate) fn store(&self, name: &str, day: i32, [west, south, east, north]: [f64; 4]) -> &Self {
        let _ = Store::new(self.0.path(), name, json!({"title": name}))
            .array("time", &["time"], &[2], &[day, day + 1], json!({"units": "days since 2000-01-01"}))
            .array("lat", &["lat"], &[2], &[south, north], json!({"units": "degrees_north"}))
            .array("lon", &["lon"], &[2], &[west, east], json!({"units": "degrees_east"}))
            .array("t", &["time", "lat", "lon"], &[2, 2, 2], &[1.0f32; 8], json!({"units": "K"}));
        self
    }

    pub(crate) fn run(&self, arguments: &str) -> Outcome {
        let words = arguments.split_whitespace().map(str::to_owned);
        Command::new("stac-create").arguments(words).folder(self.0.path()).run()
    }

    /// Run, and hold everything in the catalog `stac` against the schemas.
    #[track_caller]
    pub(crate) fn ok(&self, arguments: &str) -> Outcome {
        let said = self.run(arguments);
        said.ok();
        let validator = Validator::new();
        for (name, object) in self.objects("stac") {
            let found = validator.check(&object).unwrap();
            assert!(found.problems.is_empty(), "{name}: {:?}", found.problems);
        }
        said
    }

    /// Every JSON file below a folder.
    pub(crate) fn objects(&self, folder: &str) -> BTreeMap<String, Value> {
        let mut found = BTreeMap::new();
        let root = self.path(folder);
        collect(&root, &root, &mut found);
        found
    }

    /// The bytes of every JSON file below a folder.
    pub(crate) fn bytes(&self, folder: &str) -> BTreeMap<String, String> {
        self.objects(folder).into_keys().map(|name| (name.clone(), self.text(&format!("{folder}/{name}")))).collect()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, value: &Value) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, value.to_string()).unwrap();
    }

    /// The item of a fixture, the only one of its catalog.
    #[track_caller]
    pub(crate) fn item(&self, arguments: &str) -> Value {
        self.ok(&format!("{arguments} -o stac"));
        let mut items = self.objects("stac").into_values().filter(|object| object["type"] == "Feature");
        let item = items.next().unwrap();
        assert!(items.next().is_none());
        item
    }
}

fn collect(folder: &Path, root: &Path, found: &mut BTreeMap<String, Value>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, root, found);
        } else if path.extension().is_some_and(|end| end == "json") {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            found.insert(name, serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap());
        }
    }
}

/// The path of a fixture, as an argument.
pub(crate) fn of(name: &str) -> String {
    fixture(name).display().to_string()
}

/// The links of a relation: where they lead.
pub(crate) fn hrefs(object: &Value, rel: &str) -> Vec<String> {
    let links = object["links"].as_array().unwrap().iter();
    links.filter(|link| link["rel"] == rel).map(|link| link["href"].as_str().unwrap().to_owned()).collect()
}
