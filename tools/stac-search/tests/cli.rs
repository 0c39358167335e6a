//! `stac-search` from the outside: what it finds in files, in which forms it writes it, what it refuses.

#[path = "cli/arrange.rs"]
mod arrange;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/figures.rs"]
mod figures;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/parquet.rs"]
mod parquet;
#[path = "cli/refused.rs"]
mod refused;
#[path = "cli/size.rs"]
mod size;

use std::path::PathBuf;

use serde_json::Value;
use testkit::{Outcome, fixture, run};

const S2: &str = "stac/s2.json";
const DATELINE: &str = "stac/dateline.ndjson";
const STORES: &str = "stac/stores.json";

/// `stac-search FIXTURE …`.
fn search(input: &str, arguments: &[&str]) -> Outcome {
    let input = fixture(input).display().to_string();
    run("stac-search", &[&[input.as_str()], arguments].concat())
}

/// A run with an output in a folder of its own.
struct Written {
    folder: tempfile::TempDir,
    name: String,
    said: Outcome,
}

impl Written {
    fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    #[track_caller]
    fn bytes(&self) -> Vec<u8> {
        self.said.ok();
        std::fs::read(self.path()).unwrap()
    }

    #[track_caller]
    fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }
}

/// `stac-search FIXTURE -o NAME …`.
fn write(input: &str, name: &str, arguments: &[&str]) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join(name).display().to_string();
    let said = search(input, &[&["-o", output.as_str()], arguments].concat());
    Written { folder, name: name.to_owned(), said }
}

/// The items on standard output, by ndjson.
#[track_caller]
fn items(input: &str, arguments: &[&str]) -> Vec<Value> {
    let said = search(input, &[&["--format", "ndjson"], arguments].concat());
    said.ok().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Their identifiers.
#[track_caller]
fn ids(input: &str, arguments: &[&str]) -> Vec<String> {
    items(input, arguments).iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}
