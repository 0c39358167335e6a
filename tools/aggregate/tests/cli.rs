//! `aggregate` from the outside: its numbers, what they are labelled with, what it refuses.

#[path = "cli/edges.rs"]
mod edges;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/golden.rs"]
mod golden;
#[path = "cli/invariance.rs"]
mod invariance;
#[path = "cli/labels.rs"]
mod labels;
#[path = "cli/made.rs"]
mod made;
#[path = "cli/memory.rs"]
mod memory;
#[path = "cli/refused.rs"]
mod refused;
#[path = "cli/traps.rs"]
mod traps;
#[path = "cli/values.rs"]
mod values;

use std::path::{Path, PathBuf};

use serde_json::Value;
use testkit::{Outcome, fixture, run};

/// An output in a folder of its own.
struct Output {
    folder: tempfile::TempDir,
    said: Outcome,
}

impl Output {
    fn path(&self) -> PathBuf {
        self.folder.path().join("out.nc")
    }

    /// All that `inspect --stats` knows.
    #[track_caller]
    fn json(&self) -> Value {
        self.said.ok();
        run("inspect", &["--stats", "--format", "json", &self.path().to_string_lossy()]).json()
    }

    /// What `inspect --stats` knows about a variable; null where there is none.
    #[track_caller]
    fn variable(&self, name: &str) -> Value {
        let json = self.json();
        json["variables"].as_array().unwrap().iter().find(|v| v["name"] == name).cloned().unwrap_or_default()
    }

    /// An attribute; null where there is none.
    #[track_caller]
    fn attribute(&self, variable: &str, name: &str) -> Value {
        self.variable(variable)["attributes"][name].clone()
    }

    /// One of `min`, `mean`, `max`, `missing`, `count` of a variable's values.
    #[track_caller]
    fn statistic(&self, variable: &str, name: &str) -> f64 {
        let found = self.variable(variable);
        found["statistics"][name].as_f64().unwrap_or_else(|| panic!("{found}"))
    }

    /// The values of a variable, missing ones as NaN.
    #[track_caller]
    fn values(&self, name: &str) -> Vec<f64> {
        self.said.ok();
        let said = run("inspect", &["--coordinate", name, &self.path().to_string_lossy()]);
        let value = |l: &str| l.split('\t').nth(1).and_then(|v| v.parse().ok()).unwrap_or(f64::NAN);
        said.ok().lines().skip(1).map(value).collect()
    }

    fn warned(&self, of: &str) -> bool {
        self.said.stderr.lines().any(|l| l.starts_with("warning: ") && l.contains(of))
    }
}

fn aggregate_of(input: &Path, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (input.to_string_lossy(), folder.path().join("out.nc"));
    let said = run("aggregate", &[&[&*input, "-o", &output.to_string_lossy()], arguments].concat());
    Output { folder, said }
}

fn aggregate(input: &str, arguments: &[&str]) -> Output {
    aggregate_of(&fixture(input), arguments)
}

/// Whether a number is the oracle's, but for the rounding of its last digits.
#[track_caller]
fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1e-12 * expected.abs(), "{value} is not {expected}");
}

/// The same of many; NaN is NaN.
#[track_caller]
fn all_near(values: &[f64], expected: &[f64]) {
    assert_eq!(values.len(), expected.len(), "{values:?} are not {expected:?}");
    for (value, expected) in values.iter().zip(expected) {
        let same = value.is_nan() && expected.is_nan() || (value - expected).abs() <= 1e-12 * expected.abs();
        assert!(same, "{values:?} are not {expected}, …");
    }
}
