//! Which groups and arrays a store holds.

use serde_json::{Map, Value};

use super::json;
use super::metadata::{ArrayMetadata, understood};
use crate::io::store::{ByteRange, ObjectTree};
use crate::{Error, Result};

/// Deeper nesting, and more nodes, are taken for a loop of links or an attack.
const DEEPEST: usize = 64;
const MOST_NODES: usize = 1 << 20;

/// A group or an array.
#[derive(Debug)]
pub(super) enum Node {
    /// A group with its attributes as they stand.
    Group(Map<String, Value>),
    /// An array.
    Array(Box<ArrayMetadata>),
}

/// Whether the root of a tree carries Zarr metadata.
///
/// # Errors
/// When the tree can't be read.
pub fn sniff(tree: &dyn ObjectTree) -> Result<bool> {
    for key in ["zarr.json", ".zgroup", ".zarray", ".zmetadata"] {
        if tree.get(key, ByteRange::All)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// All nodes with their paths (`""` is the root), parents before their members.
///
/// # Errors
/// When there is no Zarr, the metadata are broken, or members can be neither listed nor looked up.
pub(super) fn nodes(tree: &dyn ObjectTree) -> Result<Vec<(String, Node)>> {
    let reader = Reader { tree };
    if let Some(root) = reader.object("zarr.json")? {
        return reader.version_3(&root);
    }
    if let Some(all) = reader.object(".zmetadata")? {
        return reader.consolidated_2(&all);
    }
    match reader.node_2("")? {
        Some(root) => reader.walk(root, |path| reader.node_2(path)),
        None => Err(Error::malformed(tree.name(), "no Zarr metadata (zarr.json, .zgroup or .zarray)")),
    }
}

struct Reader<'a> {
    tree: &'a dyn ObjectTree,
}

impl Reader<'_> {
    fn object(&self, key: &str) -> Result<Option<Map<String, Value>>> {
        let bytes = self.tree.get(key, ByteRange::All)?;
        bytes.map(|b| json::parse_object(&b).map_err(|what| self.broken(key, what))).transpose()
    }

    fn broken(&self, key: &str, what: String) -> Error {
        Error::malformed(format!("{}/{key}", self.tree.name()), what)
    }

    fn version_3(&self, root: &Map<String, Value>) -> Result<Vec<(String, Node)>> {
        let node = self.node_of_3(root, "zarr.json")?;
        let inline = root.get("consolidated_metadata").and_then(|c| c.get("metadata")).and_then(Value::as_object);
        let Some(members) = inline.filter(|_| matches!(node, Node::Group(_))) else {
            return self.walk(node, |path| {
                let key = join(path, "zarr.json");
                self.object(&key)?.map(|map| self.node_of_3(&map, &key)).transpose()
            });
        };
        let mut found = vec![(String::new(), node)];
        for (path, value) in members {
            let label = format!("zarr.json (consolidated '{path}')");
            let map = value.as_object().ok_or_else(|| self.broken(&label, "not an object".to_owned()))?;
            found.push((self.checked(path)?, self.node_of_3(map, &label)?));
        }
        Ok(ordered(found))
    }

    fn node_of_3(&self, map: &Map<String, Value>, key: &str) -> Result<Node> {
        match map.get("node_type").and_then(Value::as_str) {
            Some("array") => {
                let array = ArrayMetadata::v3(map).map_err(|what| self.broken(key, what))?;
                Ok(Node::Array(Box::new(array)))
            }
            Some("group") => {
                understood(map, &[]).map_err(|what| self.broken(key, what))?;
                Ok(Node::Group(map.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default()))
            }
            _ => Err(self.broken(key, "node_type is neither 'array' nor 'group'".to_owned())),
        }
    }

    fn consolidated_2(&self, all: &Map<String, Value>) -> Result<Vec<(String, Node)>> {
        let wrong = |what: &str| self.broken(".zmetadata", what.to_owned());
        let entries = all.get("metadata").and_then(Value::as_object).ok_or_else(|| wrong("no 'metadata' object"))?;
        let mut found = Vec::new();
        for (key, value) in entries {
            let (path, file) = key.rsplit_once('/').unwrap_or(("", key));
            if !matches!(file, ".zarray" | ".zgroup") {
                continue;
            }
            let map = value.as_object().ok_or_else(|| wrong("an entry is not an object"))?;
            let attributes = entries.get(&join(path, ".zattrs")).and_then(Value::as_object).cloned();
            let label = format!(".zmetadata ({key})");
            found.push((self.checked(path)?, self.node_of_2(map, attributes, file, &label)?));
        }
        if !found.iter().any(|(path, _)| path.is_empty()) {
            found.push((String::new(), Node::Group(Map::new())));
        }
        Ok(ordered(found))
    }

    fn node_of_2(
        &self,
        map: &Map<String, Value>,
        attributes: Option<Map<String, Value>>,
        file: &str,
        label: &str,
    ) -> Result<Node> {
        let attributes = attributes.unwrap_or_default();
        if file == ".zgroup" {
            return Ok(Node::Group(attributes));
        }
        let array = ArrayMetadata::v2(map, attributes).map_err(|what| self.broken(label, what))?;
        Ok(Node::Array(Box::new(array)))
    }

    fn node_2(&self, path: &str) -> Result<Option<Node>> {
        for file in [".zarray", ".zgroup"] {
            let key = join(path, file);
            if let Some(map) = self.object(&key)? {
                let attributes = self.object(&join(path, ".zattrs"))?;
                return self.node_of_2(&map, attributes, file, &key).map(Some);
            }
        }
        Ok(None)
    }

    /// The root and all below it, found by listing.
    fn walk(&self, root: Node, node: impl Fn(&str) -> Result<Option<Node>>) -> Result<Vec<(String, Node)>> {
        let mut pending = match &root {
            Node::Group(_) => vec![(String::new(), 0)],
            Node::Array(_) => Vec::new(),
        };
        let mut found = vec![(String::new(), root)];
        while let Some((group, depth)) = pending.pop() {
            for name in self.children(&group)? {
                if name.starts_with(".z") || name.starts_with(".nc") || name == "zarr.json" {
                    continue;
                }
                let path = join(&group, &name);
                let Some(member) = node(&path)? else { continue };
                if depth >= DEEPEST || found.len() >= MOST_NODES {
                    return Err(self.broken(&path, "groups are nested too deep or too many".to_owned()));
                }
                if matches!(member, Node::Group(_)) {
                    pending.push((path.clone(), depth + 1));
                }
                found.push((path, member));
            }
        }
        Ok(ordered(found))
    }

    fn children(&self, group: &str) -> Result<Vec<String>> {
        self.tree.children(group)?.ok_or_else(|| {
            Error::data("the store can't be listed and has no consolidated metadata", self.tree.name()).with_hint(
                "write consolidated metadata beside it (zarr.consolidate_metadata), or name one array's own address",
            )
        })
    }

    /// A path of consolidated metadata: no empty, `.` or `..` parts.
    fn checked(&self, path: &str) -> Result<String> {
        let path = path.trim_matches('/');
        if path.is_empty() || path.split('/').all(|part| !matches!(part, "" | "." | "..")) {
            Ok(path.to_owned())
        } else {
            Err(self.broken(path, "a member's path leaves the store".to_owned()))
        }
    }
}

/// Parents before members, otherwise as found.
fn ordered(mut found: Vec<(String, Node)>) -> Vec<(String, Node)> {
    found.sort_by_key(|(path, _)| if path.is_empty() { 0 } else { 1 + path.matches('/').count() });
    found
}

/// `path/name`, or `name` at the root.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}
