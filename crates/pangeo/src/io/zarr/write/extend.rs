//! A store that is there, made longer along one dimension.
//!
//! Chunk grids and codecs stay. New objects lie beyond the extent that the old metadata tell of; the last ones of
//! before are replaced by such that begin alike. So whoever opens the store sees it as it was until the last document,
//! that with all the metadata consolidated, takes its place, and then as it is to be. Coordinates in one chunk stay
//! in one: the new one lies under a key of another form (`c.0` beside `c/0`), which the metadata name from then on.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::blueprint::Blueprint;
use super::plan::Plan;
use crate::cf::roles::{Role, Roles};
use crate::io::store::ObjectPlace;
use crate::io::zarr::hierarchy::join;
use crate::io::zarr::metadata::ArrayMetadata;
use crate::io::zarr::{attributes, json as text};
use crate::model::{Dataset, Variable};
use crate::{Error, Result};

/// Coordinates up to so many bytes stay in one chunk.
const WHOLE: usize = 64 << 20;

/// What the values of a variable lie between, as its file has it.
const RANGE: &str = "actual_range";

/// A store about to be made longer.
#[derive(Debug)]
pub struct Extension {
    /// How it will stand.
    pub blueprint: Arc<Blueprint>,
    /// For each variable the first object along its own dimensions that changes: `None` if none does.
    pub first: Vec<Option<Vec<usize>>>,
    /// Objects that nothing names once it is done.
    retired: Vec<String>,
    /// The document that makes the store, as it was.
    root: (String, Bytes),
}

/// The documents of a store.
struct Documents<'a> {
    place: &'a dyn ObjectPlace,
    version: u8,
    root: Map<String, Value>,
}

impl Extension {
    /// Plan to make the store in `place` as long as `whole`, which begins with what the store holds and has its
    /// variables and types, along `dimension`.
    ///
    /// # Errors
    /// When the store's metadata can't be read, `whole` does not fit them, or a codec is one that is only read.
    pub fn new(place: &dyn ObjectPlace, whole: &Dataset, dimension: &str) -> Result<Self> {
        let (key, bytes, version) = root_of(place)?;
        let mut documents = Documents { place, version, root: object(place, &key, &bytes)? };
        let (mut plans, mut texts, mut first, mut retired) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let roles = Roles::of(whole);
        let is_place =
            |name: &str| matches!(roles.role(name), Some(Role::Coordinate | Role::AuxiliaryCoordinate | Role::Bounds));
        for variable in &whole.variables {
            let grown = documents.extend(variable, dimension, is_place(&variable.name))?;
            retired.extend(grown.retired);
            first.push(grown.first);
            plans.push(grown.plan);
            texts.extend(grown.documents);
        }
        documents.set_history(whole);
        texts.extend(documents.last(&key));
        let blueprint = Arc::new(Blueprint::of(plans, texts));
        Ok(Self { blueprint, first, retired, root: (key, bytes) })
    }

    /// Fail if the store is no longer as it was when this was planned.
    ///
    /// # Errors
    /// [`Error::Data`] naming the store.
    pub fn check(&self, place: &dyn ObjectPlace) -> Result<()> {
        if place.get(&self.root.0)?.as_ref() == Some(&self.root.1) {
            return Ok(());
        }
        Err(Error::data("the store was changed by somebody else meanwhile", place.name().to_owned())
            .with_hint("run it again: what is there already is skipped"))
    }

    /// Remove what nothing names any more.
    ///
    /// # Errors
    /// As [`ObjectPlace::remove`].
    pub fn sweep(&self, place: &dyn ObjectPlace) -> Result<()> {
        self.retired.iter().try_for_each(|key| place.remove(key))
    }
}

/// One array made longer.
struct Grown {
    plan: Plan,
    /// Its own documents, those that change.
    documents: Vec<(String, Vec<u8>)>,
    first: Option<Vec<usize>>,
    retired: Vec<String>,
}

impl Documents<'_> {
    fn wrong(&self, variable: &str, what: impl std::fmt::Display) -> Error {
        Error::data(format!("variable '{variable}': {what}"), self.place.name().to_owned())
    }

    /// The document of an array, in the consolidated metadata or its own.
    fn array(&self, name: &str) -> Result<Map<String, Value>> {
        let file = if self.version == 2 { ".zarray" } else { "zarr.json" };
        let key = join(name, file);
        let inside = match self.version {
            2 => self.root.get("metadata").and_then(|m| m.get(&key)),
            _ => self.root.get("consolidated_metadata").and_then(|c| c.get("metadata")?.get(name)),
        };
        if let Some(Value::Object(map)) = inside {
            return Ok(map.clone());
        }
        let bytes = self.place.get(&key)?.ok_or_else(|| self.wrong(name, "it is not in the store"))?;
        object(self.place, &key, &bytes)
    }

    fn extend(&mut self, variable: &Variable, dimension: &str, is_place: bool) -> Result<Grown> {
        let name = variable.name.as_str();
        let mut map = self.array(name)?;
        let old = self.metadata(name, &map)?;
        let Some(axis) = variable.axis(dimension) else {
            if old.shape != variable.shape() {
                return Err(self.wrong(name, format!("its shape is {:?}, not {:?}", old.shape, variable.shape())));
            }
            let plan = self.plan(name, &old)?;
            return Ok(Grown { plan, documents: Vec::new(), first: None, retired: Vec::new() });
        };
        let length = variable.shape().get(axis).copied().unwrap_or(0);
        let before = old.shape.get(axis).copied().unwrap_or(0);
        let same = |(d, (a, b)): (usize, (&usize, &usize))| d == axis || a == b;
        let fits = old.shape.len() == variable.shape().len()
            && old.shape.iter().zip(variable.shape()).enumerate().all(same)
            && before <= length
            && old.stored.data_type() == *variable.data_type();
        if !fits {
            let what = format!(
                "{} of {:?} does not continue {} of {:?}",
                variable.data_type(),
                variable.shape(),
                old.stored.data_type(),
                old.shape
            );
            return Err(self.wrong(name, what));
        }
        set_shape(&mut map, variable.shape());
        let mut documents: Vec<_> = self.forget_range(variable, &mut map).into_iter().collect();
        let extent = old.chunk_shape.get(axis).copied().unwrap_or(1).max(1);
        let whole = self.version == 3
            && is_place
            && variable.array.bytes() <= WHOLE
            && !old.codecs.iter().any(|codec| codec.name == "sharding_indexed")
            && old.chunk_shape.iter().zip(&old.shape).all(|(c, n)| c >= n)
            && length > extent;
        let retired = if whole { vec![join(name, &old.keys.key(&vec![0; old.shape.len()]))] } else { Vec::new() };
        if whole {
            put_in_one_chunk(&mut map, variable.shape(), old.keys.separator);
        }
        let mut first = vec![0; old.shape.len()];
        if let Some(first) = first.get_mut(axis).filter(|_| !whole) {
            *first = before / extent;
        }
        let plan = self.plan(name, &self.metadata(name, &map)?)?;
        let key = join(name, if self.version == 2 { ".zarray" } else { "zarr.json" });
        documents.push((key, text::print(&Value::Object(map.clone())).into_bytes()));
        self.consolidate(name, map);
        Ok(Grown { plan, documents, first: Some(first), retired })
    }

    /// The range of the values there were is not that of all. The document of the attributes, where they have one.
    fn forget_range(&mut self, variable: &Variable, map: &mut Map<String, Value>) -> Option<(String, Vec<u8>)> {
        let key = join(&variable.name, ".zattrs");
        let attributes = match self.version {
            2 => self.root.get_mut("metadata").and_then(|all| all.get_mut(&key)),
            _ => map.get_mut("attributes"),
        };
        let attributes = attributes.filter(|_| variable.attributes.get(RANGE).is_none())?;
        attributes.as_object_mut()?.remove(RANGE)?;
        (self.version == 2).then(|| (key, text::print(attributes).into_bytes()))
    }

    fn metadata(&self, name: &str, map: &Map<String, Value>) -> Result<ArrayMetadata> {
        let metadata = if self.version == 2 { ArrayMetadata::v2(map, Map::new()) } else { ArrayMetadata::v3(map) };
        metadata.map_err(|what| self.wrong(name, what))
    }

    fn plan(&self, name: &str, metadata: &ArrayMetadata) -> Result<Plan> {
        Plan::existing(name, metadata).map_err(|what| self.wrong(name, what))
    }

    /// Put an array's document among the consolidated ones.
    fn consolidate(&mut self, name: &str, map: Map<String, Value>) {
        let (holder, key) = match self.version {
            2 => ("metadata", join(name, ".zarray")),
            _ => ("consolidated_metadata", name.to_owned()),
        };
        let mut holder = self.root.get_mut(holder);
        if self.version == 3 {
            holder = holder.and_then(|h| h.get_mut("metadata"));
        }
        if let Some(Value::Object(all)) = holder {
            all.insert(key, Value::Object(map));
        }
    }

    /// What is told of each run is all that changes of the attributes.
    fn set_history(&mut self, whole: &Dataset) {
        let shown = if self.version == 3 {
            Some(self.root.entry("attributes").or_insert_with(|| json!({})))
        } else {
            let all = self.root.get_mut("metadata").and_then(Value::as_object_mut);
            all.and_then(|all| all.get_mut(".zattrs"))
        };
        if let Some(Value::Object(shown)) = shown {
            for name in ["history", "to_zarr_skipped"] {
                if let Some(value) = whole.attributes.get(name).map(attributes::to_json) {
                    shown.insert(name.to_owned(), value);
                }
            }
        }
    }

    /// The documents of the root, that which makes the store last.
    fn last(&self, key: &str) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        if self.version == 2
            && let Some(shown) = self.root.get("metadata").and_then(|m| m.get(".zattrs"))
        {
            all.push((".zattrs".to_owned(), text::print(shown).into_bytes()));
        }
        all.push((key.to_owned(), text::print(&Value::Object(self.root.clone())).into_bytes()));
        all
    }
}

/// The key and bytes of the document that makes a store, and its version.
fn root_of(place: &dyn ObjectPlace) -> Result<(String, Bytes, u8)> {
    for (key, version) in [("zarr.json", 3), (".zmetadata", 2)] {
        if let Some(bytes) = place.get(key)? {
            return Ok((key.to_owned(), bytes, version));
        }
    }
    let what = "there is no Zarr store with consolidated metadata";
    Err(Error::data(what, place.name().to_owned()).with_hint("zarr.consolidate_metadata adds them"))
}

fn object(place: &dyn ObjectPlace, key: &str, bytes: &[u8]) -> Result<Map<String, Value>> {
    text::parse_object(bytes).map_err(|what| Error::malformed(format!("{}/{key}", place.name()), what))
}

fn set_shape(map: &mut Map<String, Value>, shape: &[usize]) {
    map.insert("shape".to_owned(), json!(shape));
}

/// One chunk, under the other form of keys.
fn put_in_one_chunk(map: &mut Map<String, Value>, shape: &[usize], separator: char) {
    let other = if separator == '/' { "." } else { "/" };
    map.insert("chunk_grid".to_owned(), json!({"name": "regular", "configuration": {"chunk_shape": shape}}));
    map.insert("chunk_key_encoding".to_owned(), json!({"name": "default", "configuration": {"separator": other}}));
}
