//! Cuts of tied dimensions, with numbers that were worked out by hand.

mod lists;
mod meshes;

use std::collections::HashMap;

use crate::Error;
use crate::cf::roles::cdl;
use crate::model::Dataset;
use crate::ops::subset::{Outcome, Subset};

/// A request in the words of the command line: `isel o=1:3`, `sel p=2`, `time 2000-01-01`, `level 2`,
/// `bbox 0,0,1,1`, `v d`; several are separated by `;`.
fn request(text: &str) -> Subset {
    let mut subset = Subset::default();
    for part in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
        let (flag, value) = part.split_once(' ').expect("a flag has a value");
        match flag {
            "isel" => subset.isel.push(value.parse().unwrap()),
            "sel" => subset.sel.push(value.parse().unwrap()),
            "time" => subset.times.range = Some(value.parse().unwrap()),
            "level" => subset.levels.push(value.into()),
            "bbox" => subset.bbox = Some(value.parse().unwrap()),
            "v" => subset.variables.push(value.into()),
            other => panic!("no flag {other}"),
        }
    }
    subset
}

fn cut(cdl: &str, text: &str) -> Outcome {
    request(text).apply(cdl::dataset(cdl)).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn refused(cdl: &str, text: &str) -> Error {
    request(text).apply(cdl::dataset(cdl)).expect_err(text)
}

fn values(dataset: &Dataset, name: &str) -> Vec<f64> {
    let variable = dataset.variable(name).unwrap_or_else(|| panic!("no variable {name}"));
    let lengths: Vec<usize> =
        variable.dimensions.iter().map(|d| dataset.dimension(d).unwrap_or_else(|| panic!("no {d}")).length).collect();
    assert_eq!(variable.shape(), lengths, "{name}");
    variable.array.read_all().unwrap().data().to_f64().unwrap()
}

/// Cut and compare: `rs=3 t=2,2,2` lists variables with their values.
#[track_caller]
fn check(cdl: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let dataset = cut(cdl, text).dataset;
        let pairs = expected.split_whitespace().map(|pair| pair.split_once('=').unwrap());
        let expected: HashMap<&str, Vec<f64>> =
            pairs.map(|(name, list)| (name, list.split(',').map(|n| n.parse().unwrap()).collect())).collect();
        for (name, wanted) in expected {
            assert_eq!(values(&dataset, name), wanted, "{name} of {text}");
        }
    }
}
