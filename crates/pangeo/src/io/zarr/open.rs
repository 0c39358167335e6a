//! From the nodes of a store to a dataset.

use std::collections::HashSet;
use std::sync::Arc;

use super::array::ZarrArray;
use super::attributes;
use super::codec::Stage;
use super::dtype::StoredType;
use super::hierarchy::{self, Node};
use super::metadata::ArrayMetadata;
use crate::cf::roles::{Role, Roles};
use crate::io::large::large;
use crate::io::store::ObjectTree;
use crate::model::{
    AttributeValue, Attributes, Buffer, ByteOrder, Compression, DataType, Dataset, Dimension, Encoding, LazyArray,
    Origin, Variable,
};
use crate::{Error, Result};

/// Open a Zarr v2 or v3 store: metadata only, consolidated where there are, else by listing.
///
/// Groups are flattened to `group/variable`. A store that is a lone array becomes a dataset of one
/// variable, named after the last part of the store's path. Dimensions take the names that v3's
/// `dimension_names`, xarray's `_ARRAY_DIMENSIONS` or `NCZarr` give them, else `phony_dim_N`; those
/// of a group are its own (`group/x`) unless a group above has one of that name and length.
/// A v2 `fill_value` is presented as `_FillValue`, as xarray does, but for coordinates and bounds, whose
/// values are all there; times (`<M8[ns]`) as integers with `units`. What is listed but can't be read says so when it is read.
///
/// # Errors
/// When the metadata are broken, one dimension has two lengths in a group, or the store can be
/// neither listed nor has consolidated metadata.
#[expect(clippy::needless_pass_by_value, reason = "the dataset keeps the tree")]
pub fn open(tree: Arc<dyn ObjectTree>) -> Result<Dataset> {
    let nodes = hierarchy::nodes(tree.as_ref())?;
    let mut dataset = Dataset { source: tree.name().to_owned(), origin: Origin::Zarr(0), ..Dataset::default() };
    let mut scopes = Scopes::default();
    let mut declared = HashSet::new();
    for (path, node) in nodes {
        match node {
            Node::Group(map) if path.is_empty() => dataset.attributes = attributes::read(&map, None, 0),
            Node::Group(map) => dataset.groups.push((path, attributes::read(&map, None, 0))),
            Node::Array(metadata) => {
                dataset.origin = Origin::Zarr(metadata.format);
                let name = if path.is_empty() { lone_name(tree.name()) } else { path.clone() };
                let dimensions = scopes.resolve(&name, &metadata, &dataset.source)?;
                if metadata.attributes.contains_key("_FillValue")
                    || matches!(metadata.stored, StoredType::Datetime(_) | StoredType::Timedelta(_))
                {
                    declared.insert(name.clone());
                }
                let array = ZarrArray::new(Arc::clone(&tree), path, name.clone(), &metadata);
                dataset.variables.push(variable(name, dimensions, array, &metadata));
            }
        }
    }
    dataset.dimensions = scopes.found.into_iter().map(|(_, dimension)| dimension).collect();
    if dataset.origin == Origin::Zarr(2) {
        complete_coordinates(&mut dataset, &declared);
    }
    Ok(dataset)
}

/// Let `_FillValue` stand for nothing in the coordinates and bounds of a v2 store, unless an attribute declares
/// it (`declared` names those): zarr-python fills with 0 where nothing is said, and a longitude of 0 is
/// a place. What no place and no time has stays missing: NaN, and 1e20 where a curvilinear grid has no cells.
fn complete_coordinates(dataset: &mut Dataset, declared: &HashSet<String>) {
    const BEYOND: f64 = 1e15;
    let roles = Roles::of(dataset);
    for variable in &mut dataset.variables {
        let is_place =
            matches!(roles.role(&variable.name), Some(Role::Coordinate | Role::AuxiliaryCoordinate | Role::Bounds));
        if !is_place || declared.contains(&variable.name) || !variable.data_type().is_numeric() {
            continue;
        }
        let fill = variable.attributes.number("_FillValue");
        let nowhere = |x: f64| x.is_nan() || variable.data_type().is_float() && x.abs() >= BEYOND;
        variable.encoding.idle_fill = fill.is_some_and(|x| !nowhere(x));
    }
}

/// The last part of a path or URL, without `.zarr` and `.zip`.
fn lone_name(store: &str) -> String {
    let store = store.split(['?', '#']).next().unwrap_or(store).trim_end_matches(['/', '\\']);
    let last = store.rsplit(['/', '\\']).next().unwrap_or("");
    let name = last.trim_end_matches(".zip").trim_end_matches(".zarr");
    if name.is_empty() { "data".to_owned() } else { name.to_owned() }
}

fn variable(name: String, dimensions: Vec<String>, array: ZarrArray, metadata: &ArrayMetadata) -> Variable {
    let mut shown = attributes::read(&metadata.attributes, Some(&metadata.stored), metadata.format);
    add_time_units(&mut shown, &metadata.stored);
    if (metadata.format == 2 || metadata.stored == StoredType::Bytes(1))
        && shown.get("_FillValue").is_none()
        && let Some(fill) = fill_attribute(metadata)
    {
        shown.set("_FillValue", fill);
    }
    let encoding = encoding(&array, metadata);
    Variable { name, dimensions, attributes: shown, encoding, array: large(array) }
}

/// numpy's time types carry their unit in the type; CF carries it in attributes (§4.4).
fn add_time_units(shown: &mut Attributes, stored: &StoredType) {
    let units = match stored {
        StoredType::Datetime(unit) => format!("{unit} since 1970-01-01"),
        StoredType::Timedelta(unit) => (*unit).to_owned(),
        _ => return,
    };
    shown.set("units", units);
    if matches!(stored, StoredType::Datetime(_)) {
        shown.set("calendar", "proleptic_gregorian");
    }
    // numpy's "not a time".
    shown.set("_FillValue", AttributeValue::Numbers(Buffer::I64(vec![i64::MIN])));
}

/// A v2 fill value as `_FillValue`. Booleans and empty texts, which are values as good as any
/// other, are left out.
fn fill_attribute(metadata: &ArrayMetadata) -> Option<AttributeValue> {
    match (metadata.fill.as_ref()?, &metadata.stored) {
        (_, StoredType::Bool) => None,
        (Buffer::Char(byte), _) => match byte.first().copied().unwrap_or(0) {
            0 => None,
            byte if byte.is_ascii() => Some(AttributeValue::Text(char::from(byte).to_string())),
            byte => Some(AttributeValue::Bytes(vec![byte])),
        },
        (Buffer::String(text), _) => text.first().filter(|t| !t.is_empty()).map(|t| AttributeValue::Text(t.clone())),
        (number, _) => Some(AttributeValue::Numbers(number.clone())),
    }
}

fn encoding(array: &ZarrArray, metadata: &ArrayMetadata) -> Encoding {
    let stages = array.codec().map(super::codec::Codec::stages).unwrap_or_default();
    let shuffled = |s: &Stage| matches!(s, Stage::Shuffle { .. } | Stage::Blosc { shuffle: 1 | 2, .. });
    let unknown = || match array.codec() {
        Some(_) => Compression::None,
        None => Compression::Other(metadata.codecs.last().map_or("unknown", |c| c.name.as_str()).to_owned()),
    };
    Encoding {
        chunk_shape: Some(array.chunk_shape().to_vec()),
        shard_shape: array.shard_shape().map(<[usize]>::to_vec),
        compression: Some(stages.iter().find_map(Stage::compression).unwrap_or_else(unknown)),
        exact_level: false,
        spare_bits: 0,
        shuffle: stages.iter().any(shuffled),
        checksum: stages.iter().any(|s| matches!(s, Stage::Checksum(_))),
        byte_order: array.codec().map_or(ByteOrder::Little, super::codec::Codec::order),
        fill_value: metadata.fill.clone().filter(|_| !matches!(array.data_type(), DataType::Opaque(_))),
        default_fill: false,
        idle_fill: false,
        enumeration: None,
        boolean: metadata.stored == StoredType::Bool,
        text_length: match metadata.stored {
            StoredType::Bytes(n) if n > 1 => Some(n),
            StoredType::Utf32(n) => n.checked_mul(4),
            _ => None,
        },
    }
}

/// The dimensions found so far, each with the group that it belongs to.
#[derive(Default)]
struct Scopes {
    found: Vec<(String, Dimension)>,
}

impl Scopes {
    /// The names of an array's dimensions, inventing and declaring what is missing.
    fn resolve(&mut self, name: &str, metadata: &ArrayMetadata, source: &str) -> Result<Vec<String>> {
        let group = name.rsplit_once('/').map_or("", |(group, _)| group);
        let mut taken: Vec<String> = Vec::new();
        for (axis, &length) in metadata.shape.iter().enumerate() {
            let dimension = match metadata.dimensions.get(axis).and_then(Option::as_deref) {
                Some(leaf) => self.named(group, leaf, length, name, source)?,
                None => self.phony(group, length, &taken),
            };
            taken.push(dimension);
        }
        Ok(taken)
    }

    fn get(&self, group: &str, leaf: &str) -> Option<&Dimension> {
        let full = hierarchy::join(group, leaf);
        self.found.iter().find(|(g, d)| g == group && d.name == full).map(|(_, d)| d)
    }

    fn declare(&mut self, group: &str, leaf: &str, length: usize) -> String {
        let name = hierarchy::join(group, leaf);
        self.found.push((group.to_owned(), Dimension { name: name.clone(), length, unlimited: false }));
        name
    }

    /// A dimension of the group itself, else one of that length further up, else a new one.
    fn named(&mut self, group: &str, leaf: &str, length: usize, array: &str, source: &str) -> Result<String> {
        if let Some(own) = self.get(group, leaf) {
            if own.length != length {
                let what = format!(
                    "dimension '{}' has length {} elsewhere but {length} in variable '{array}'",
                    own.name, own.length
                );
                return Err(Error::malformed(source, what));
            }
            return Ok(own.name.clone());
        }
        let mut above = group;
        while !above.is_empty() {
            above = above.rsplit_once('/').map_or("", |(parent, _)| parent);
            if let Some(theirs) = self.get(above, leaf).filter(|d| d.length == length) {
                return Ok(theirs.name.clone());
            }
        }
        Ok(self.declare(group, leaf, length))
    }

    /// An unnamed dimension: one of this group and length that the array does not have yet.
    fn phony(&mut self, group: &str, length: usize, taken: &[String]) -> String {
        let prefix = hierarchy::join(group, "phony_dim_");
        let free = self
            .found
            .iter()
            .find(|(g, d)| g == group && d.length == length && d.name.starts_with(&prefix) && !taken.contains(&d.name));
        if let Some((_, dimension)) = free {
            return dimension.name.clone();
        }
        let count = self.found.iter().filter(|(_, d)| d.name.starts_with(&prefix)).count();
        self.declare(group, &format!("phony_dim_{count}"), length)
    }
}
