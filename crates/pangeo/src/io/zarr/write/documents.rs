//! The documents of metadata of a store.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::plan::Plan;
use crate::io::zarr::attributes;
use crate::io::zarr::hierarchy::join;
use crate::model::{Attributes, Dataset};
use crate::{Error, Result};

/// Every document of metadata with its key, parents first, consolidated ones included.
pub(super) fn documents(dataset: &Dataset, plans: &[Plan], version: u8) -> Vec<(String, Value)> {
    let groups = groups(dataset);
    let empty = Attributes::new();
    let attributes_of = |path: &str| {
        let own = dataset.groups.iter().find(|(p, _)| p == path).map_or(&empty, |(_, a)| a);
        let shown = if path.is_empty() { &dataset.attributes } else { own };
        shown.iter().map(|(n, v)| (n.to_owned(), attributes::to_json(v))).collect::<Map<_, _>>()
    };
    let nodes = groups.iter().map(|path| (path.clone(), None)).chain(plans.iter().map(|p| (p.name.clone(), Some(p))));
    if version == 2 { documents_2(nodes, attributes_of) } else { documents_3(nodes, attributes_of) }
}

fn documents_2<'a>(
    nodes: impl Iterator<Item = (String, Option<&'a Plan>)>,
    attributes_of: impl Fn(&str) -> Map<String, Value>,
) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (path, plan) in nodes {
        let (file, value, shown) = match plan {
            Some(plan) => (".zarray", plan.metadata.clone(), plan.attributes.clone()),
            None => (".zgroup", json!({"zarr_format": 2}), attributes_of(&path)),
        };
        all.push((join(&path, file), value));
        all.push((join(&path, ".zattrs"), Value::Object(shown)));
    }
    let together: Map<String, Value> = all.iter().cloned().collect();
    all.push((".zmetadata".to_owned(), json!({"metadata": together, "zarr_consolidated_format": 1})));
    all
}

fn documents_3<'a>(
    nodes: impl Iterator<Item = (String, Option<&'a Plan>)>,
    attributes_of: impl Fn(&str) -> Map<String, Value>,
) -> Vec<(String, Value)> {
    let node = |(path, plan): (String, Option<&Plan>)| {
        let value = match plan {
            Some(plan) => plan.metadata.clone(),
            None => json!({"attributes": attributes_of(&path), "zarr_format": 3, "node_type": "group"}),
        };
        (path, value)
    };
    let mut all: Vec<_> = nodes.map(node).collect();
    let together: Map<String, Value> = all.iter().filter(|(path, _)| !path.is_empty()).cloned().collect();
    if let Some((_, Value::Object(root))) = all.first_mut() {
        let inline = json!({"kind": "inline", "must_understand": false, "metadata": together});
        root.insert("consolidated_metadata".to_owned(), inline);
    }
    all.into_iter().map(|(path, value)| (join(&path, "zarr.json"), value)).collect()
}

/// The root and every group that a variable or the dataset names, parents first.
fn groups(dataset: &Dataset) -> Vec<String> {
    let mut paths = vec![String::new()];
    let named = dataset.groups.iter().map(|(path, _)| path.as_str());
    let holding = dataset.variables.iter().filter_map(|v| v.name.rsplit_once('/').map(|(group, _)| group));
    for path in named.chain(holding) {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for parent in ends.filter_map(|end| path.get(..end)) {
            if !paths.iter().any(|p| p == parent) {
                paths.push(parent.to_owned());
            }
        }
    }
    paths
}

/// Names become paths, so they must not leave the store nor hide each other or its metadata.
pub(super) fn check_names(dataset: &Dataset) -> Result<()> {
    let mut kinds: BTreeMap<String, &str> = groups(dataset).into_iter().map(|path| (path, "group")).collect();
    for variable in &dataset.variables {
        if kinds.insert(variable.name.clone(), "variable").is_some() {
            return Err(Error::data("two things of one name can't be written to Zarr", format!("'{}'", variable.name)));
        }
    }
    for (name, kind) in kinds.iter().filter(|(name, _)| !name.is_empty()) {
        let reserved = |part: &str| {
            matches!(part, "" | "." | ".." | "zarr.json") || part.starts_with(".z") || part.starts_with("__")
        };
        if name.split('/').any(reserved) || name.contains(['\\', '\0']) {
            return Err(Error::data(format!("{kind} name can't be a path in a Zarr store"), format!("'{name}'"))
                .with_hint("rename it"));
        }
    }
    Ok(())
}
