//! `regrid` from the outside: its numbers, what they are labelled with, what it refuses.

#[path = "cli/cells.rs"]
mod cells;
#[path = "cli/constants.rs"]
mod constants;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/gathered.rs"]
mod gathered;
#[path = "cli/golden.rs"]
mod golden;
#[path = "cli/invariance.rs"]
mod invariance;
#[path = "cli/labels.rs"]
mod labels;
#[path = "cli/laws.rs"]
mod laws;
#[path = "cli/levels.rs"]
mod levels;
#[path = "cli/missing.rs"]
mod missing;
#[path = "cli/refused.rs"]
mod refused;
#[path = "cli/targets.rs"]
mod targets;
#[path = "cli/told.rs"]
mod told;
#[path = "cli/weights.rs"]
mod weights;
#[path = "cli/winds.rs"]
mod winds;

use std::path::{Path, PathBuf};

use serde_json::Value;
use testkit::{Outcome, fixture, run};

/// Every method.
const METHODS: [&str; 7] =
    ["nearest", "bilinear", "bicubic", "conservative", "conservative2", "distance-weighted", "largest-area"];

/// An output in a folder of its own.
struct Output {
    folder: tempfile::TempDir,
    said: Outcome,
}

impl Output {
    fn path(&self) -> PathBuf {
        self.folder.path().join("out.nc")
    }

    /// All that `inspect` knows.
    #[track_caller]
    fn json(&self) -> Value {
        self.said.ok();
        run("inspect", &["--format", "json", &self.path().to_string_lossy()]).json()
    }

    /// What `inspect` knows about a variable; null where there is none.
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

    /// The values of a variable, missing ones as NaN.
    #[track_caller]
    fn values(&self, name: &str) -> Vec<f64> {
        self.said.ok();
        values_of(&self.path(), name)
    }

    fn said(&self, of: &str) -> bool {
        self.said.stderr.contains(of)
    }
}

/// The values of a variable of a file, missing ones as NaN.
#[track_caller]
fn values_of(path: &Path, name: &str) -> Vec<f64> {
    let said = run("inspect", &["--coordinate", name, &path.to_string_lossy()]);
    let value = |l: &str| l.split('\t').nth(1).and_then(|v| v.parse().ok()).unwrap_or(f64::NAN);
    said.ok().lines().skip(1).map(value).collect()
}

fn regrid_of(input: &Path, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (input.to_string_lossy(), folder.path().join("out.nc"));
    let said = run("regrid", &[&[&*input, "-o", &output.to_string_lossy()], arguments].concat());
    Output { folder, said }
}

fn regrid(input: &str, arguments: &[&str]) -> Output {
    regrid_of(&fixture(input), arguments)
}

/// A file beside these tests.
fn beside(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli").join(name).display().to_string()
}

/// Whether values are the expected ones within `tolerance`; NaN is NaN.
#[track_caller]
fn all_near(values: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(values.len(), expected.len(), "{values:?} are not {expected:?}");
    for (at, (value, expected)) in values.iter().zip(expected).enumerate() {
        let same = value.is_nan() && expected.is_nan() || (value - expected).abs() <= tolerance;
        assert!(same, "{value} is not {expected}, at {at} of {}", values.len());
    }
}
