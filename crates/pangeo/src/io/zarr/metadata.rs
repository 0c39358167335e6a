//! Array metadata of either version, brought to one form.

use serde_json::{Map, Value};

use super::attributes::DIMENSIONS;
use super::codec::Spec;
use super::dtype::{self, StoredType};
use super::{json, numbers};
use crate::model::{Buffer, ByteOrder, count};

/// How a chunk's place in the grid becomes a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChunkKeys {
    /// v3's `default`: keys begin with `c`.
    pub prefixed: bool,
    /// Between the numbers.
    pub separator: char,
}

impl ChunkKeys {
    /// The key of chunk `index`, below the array's path.
    pub(super) fn key(self, index: &[usize]) -> String {
        let mut parts: Vec<_> = index.iter().map(usize::to_string).collect();
        if self.prefixed {
            parts.insert(0, "c".to_owned());
        } else if parts.is_empty() {
            parts.push("0".to_owned());
        }
        parts.join(self.separator.encode_utf8(&mut [0; 4]))
    }
}

/// What the metadata of an array say.
#[derive(Debug, Clone)]
pub(super) struct ArrayMetadata {
    /// 2 or 3.
    pub format: u8,
    /// The extent along each dimension.
    pub shape: Vec<usize>,
    /// The extent of one stored object (a shard, where there are shards).
    pub chunk_shape: Vec<usize>,
    /// The keys of those objects.
    pub keys: ChunkKeys,
    /// The type of the elements.
    pub stored: StoredType,
    /// Byte order where no codec names one.
    pub order: ByteOrder,
    /// The value of places never written, if declared.
    pub fill: Option<Buffer>,
    /// All codecs, in the order of encoding.
    pub codecs: Vec<Spec>,
    /// A name for each dimension, where there is one; empty if none are declared.
    pub dimensions: Vec<Option<String>>,
    /// The attributes as they stand.
    pub attributes: Map<String, Value>,
    /// What keeps the values from being read, although they can be listed.
    pub obstacle: Option<String>,
}

impl ArrayMetadata {
    /// From a v2 `.zarray` and its `.zattrs`.
    ///
    /// # Errors
    /// The entry that is missing or wrong.
    pub(super) fn v2(array: &Map<String, Value>, attributes: Map<String, Value>) -> Result<Self, String> {
        version(array, 2)?;
        let shape = json::sizes(array.get("shape")).ok_or("shape is missing or not a list of sizes")?;
        let chunk_shape = json::sizes(array.get("chunks")).ok_or("chunks is missing or not a list of sizes")?;
        let mut codecs = Vec::new();
        match array.get("order").and_then(Value::as_str) {
            None | Some("C") => {}
            Some("F") => codecs.push(Spec::column_major()),
            Some(other) => return Err(format!("order '{other}' is neither C nor F")),
        }
        let filters = array.get("filters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for codec in filters.iter().chain(array.get("compressor")).filter(|c| !c.is_null()) {
            codecs.push(Spec::v2(codec)?);
        }
        let objects = codecs.iter().map(|c| c.name.as_str()).find(|n| n.starts_with("vlen") || *n == "json2");
        let (stored, order) = dtype::parse_v2(array.get("dtype").ok_or("dtype is missing")?, objects);
        let fill = numbers::parse_fill(array.get("fill_value").unwrap_or(&Value::Null), &stored)?;
        let separator = separator(array.get("dimension_separator"), '.')?;
        let dimensions = dimensions_v2(array, &attributes);
        Self {
            format: 2,
            shape,
            chunk_shape,
            keys: ChunkKeys { prefixed: false, separator },
            stored,
            order,
            fill,
            codecs,
            dimensions,
            attributes,
            obstacle: None,
        }
        .checked()
    }

    /// From a v3 `zarr.json` of an array.
    ///
    /// # Errors
    /// The entry that is missing or wrong.
    pub(super) fn v3(array: &Map<String, Value>) -> Result<Self, String> {
        version(array, 3)?;
        understood(array, &ARRAY_FIELDS)?;
        let shape = json::sizes(array.get("shape")).ok_or("shape is missing or not a list of sizes")?;
        let attributes = array.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
        let stored = dtype::parse_v3(array.get("data_type").ok_or("data_type is missing")?)?;
        let codecs = array.get("codecs").and_then(Value::as_array).ok_or("codecs is missing or not a list")?;
        let codecs = codecs.iter().map(Spec::v3).collect::<Result<_, _>>()?;
        let fill = numbers::parse_fill(array.get("fill_value").unwrap_or(&Value::Null), &stored)?;
        let (chunk_shape, mut obstacle) = chunk_grid(array.get("chunk_grid"), &shape)?;
        if array.get("storage_transformers").and_then(Value::as_array).is_some_and(|t| !t.is_empty()) {
            obstacle = Some("storage transformers are not supported".to_owned());
        }
        let dimensions = match array.get("dimension_names") {
            Some(Value::Array(names)) => names.iter().map(dimension_name).collect(),
            _ => names(attributes.get(DIMENSIONS)),
        };
        let keys = chunk_keys(array.get("chunk_key_encoding"))?;
        let order = ByteOrder::Little;
        let format = 3;
        Self { format, shape, chunk_shape, keys, stored, order, fill, codecs, dimensions, attributes, obstacle }
            .checked()
    }

    fn checked(self) -> Result<Self, String> {
        let Self { shape, chunk_shape, dimensions, .. } = &self;
        if chunk_shape.len() != shape.len() || chunk_shape.contains(&0) {
            return Err(format!("chunk shape {chunk_shape:?} does not suit shape {shape:?}"));
        }
        let largest = isize::MAX as usize / 64;
        for extent in [shape, chunk_shape] {
            let extents: Vec<usize> = extent.iter().map(|&n| n.max(1)).collect();
            if count(&extents).is_none_or(|n| n > largest) {
                return Err(format!("shape {extent:?} is beyond any memory"));
            }
        }
        if !dimensions.is_empty() && dimensions.len() != shape.len() {
            return Err(format!("{} dimension names for {} dimensions", dimensions.len(), shape.len()));
        }
        Ok(self)
    }
}

/// The fields of v3 metadata that arrays and groups share. `consolidated_metadata` is zarr-python's.
const GROUP_FIELDS: [&str; 4] = ["zarr_format", "node_type", "attributes", "consolidated_metadata"];

/// Those that arrays have besides.
const ARRAY_FIELDS: [&str; 8] = [
    "shape",
    "data_type",
    "chunk_grid",
    "chunk_key_encoding",
    "fill_value",
    "codecs",
    "storage_transformers",
    "dimension_names",
];

/// Refuse a field that is neither one of these or of every node nor says that it need not be understood
/// (Zarr v3 core specification, "extension points").
///
/// # Errors
/// The field.
pub(super) fn understood(node: &Map<String, Value>, fields: &[&str]) -> Result<(), String> {
    let strange = node.iter().find(|(name, value)| {
        let known = GROUP_FIELDS.contains(&name.as_str()) || fields.contains(&name.as_str());
        !known && value.get("must_understand").and_then(Value::as_bool) != Some(false)
    });
    strange
        .map_or(Ok(()), |(name, _)| Err(format!("the field '{name}' is not known, and may change what the data mean")))
}

fn version(map: &Map<String, Value>, expected: u64) -> Result<(), String> {
    match map.get("zarr_format").and_then(Value::as_u64) {
        Some(n) if n == expected => Ok(()),
        _ => Err(format!("zarr_format is not {expected}")),
    }
}

fn separator(value: Option<&Value>, default: char) -> Result<char, String> {
    match value.and_then(Value::as_str) {
        None => Ok(default),
        Some("/") => Ok('/'),
        Some(".") => Ok('.'),
        Some(other) => Err(format!("separator '{other}' is neither '.' nor '/'")),
    }
}

fn chunk_keys(encoding: Option<&Value>) -> Result<ChunkKeys, String> {
    let name = encoding.and_then(|e| e.as_str().or_else(|| e.get("name")?.as_str()));
    let chosen = encoding.and_then(|e| e.get("configuration")?.get("separator"));
    match name {
        None | Some("default") => Ok(ChunkKeys { prefixed: true, separator: separator(chosen, '/')? }),
        Some("v2") => Ok(ChunkKeys { prefixed: false, separator: separator(chosen, '.')? }),
        Some(other) => Err(format!("chunk key encoding '{other}' is not supported")),
    }
}

/// The chunk shape, and an obstacle where the grid is not regular.
fn chunk_grid(grid: Option<&Value>, shape: &[usize]) -> Result<(Vec<usize>, Option<String>), String> {
    let grid = grid.ok_or("chunk_grid is missing")?;
    match grid.get("name").and_then(Value::as_str) {
        Some("regular") => {
            let chunks = json::sizes(grid.get("configuration").and_then(|c| c.get("chunk_shape")));
            Ok((chunks.ok_or("chunk_shape is missing or not a list of sizes")?, None))
        }
        Some(other) => {
            let whole = shape.iter().map(|&n| n.max(1)).collect();
            Ok((whole, Some(format!("chunk grid '{other}' is not supported"))))
        }
        None => Err("chunk_grid has no name".to_owned()),
    }
}

fn dimension_name(value: &Value) -> Option<String> {
    value.as_str().filter(|n| !n.is_empty()).map(str::to_owned)
}

fn names(value: Option<&Value>) -> Vec<Option<String>> {
    value.and_then(Value::as_array).map(|names| names.iter().map(dimension_name).collect()).unwrap_or_default()
}

/// xarray's attribute, else `NCZarr`'s references (`/group/x`), in the metadata or the attributes.
fn dimensions_v2(array: &Map<String, Value>, attributes: &Map<String, Value>) -> Vec<Option<String>> {
    if let Some(own) = attributes.get(DIMENSIONS) {
        return names(Some(own));
    }
    let places = [array.get("_NCZARR_ARRAY"), attributes.get("_nczarr_array"), attributes.get("_NCZARR_ARRAY")];
    let references = places
        .into_iter()
        .flatten()
        .find_map(|place| place.get("dimension_references").or_else(|| place.get("dimrefs")).filter(|r| r.is_array()));
    let leaf = |name: Option<String>| name.and_then(|n| n.rsplit('/').next().map(str::to_owned));
    names(references).into_iter().map(leaf).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn v3(change: impl FnOnce(&mut Map<String, Value>)) -> Result<ArrayMetadata, String> {
        let Value::Object(mut map) = json!({
            "zarr_format": 3, "node_type": "array", "shape": [4, 6], "data_type": "int16", "fill_value": 0,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 3]}},
            "chunk_key_encoding": {"name": "default"}, "codecs": [{"name": "bytes"}], "dimension_names": ["y", null]
        }) else {
            unreachable!()
        };
        change(&mut map);
        ArrayMetadata::v3(&map)
    }

    #[test]
    fn a_plain_array() {
        let array = v3(|_| {}).unwrap();
        assert_eq!(array.keys.key(&[1, 2]), "c/1/2");
        assert_eq!(array.keys.key(&[]), "c");
        assert_eq!(array.dimensions, [Some("y".to_owned()), None]);
        assert_eq!(ChunkKeys { prefixed: false, separator: '.' }.key(&[]), "0");
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        let grid = |chunks: Value| json!({"name": "regular", "configuration": {"chunk_shape": chunks}});
        let cases: [(&str, Value, &str); 12] = [
            ("shape", json!([-1, 2]), "shape"),
            ("shape", json!("x"), "shape"),
            ("shape", json!([1u64 << 40, 1u64 << 40]), "memory"),
            ("chunk_grid", grid(json!([0, 3])), "chunk shape"),
            ("chunk_grid", grid(json!([2])), "chunk shape"),
            ("chunk_grid", grid(json!([u64::MAX, 3])), "memory"),
            ("data_type", json!(["int16"]), "data_type"),
            ("fill_value", json!("x"), "fill_value"),
            ("codecs", json!([3]), "codec"),
            ("dimension_names", json!(["y"]), "dimension names"),
            ("lens", json!({"name": "fisheye"}), "the field 'lens' is not known"),
            ("lens", json!({"must_understand": true}), "the field 'lens' is not known"),
        ];
        for (key, value, told) in cases {
            let error = v3(|map| drop(map.insert(key.to_owned(), value.clone()))).unwrap_err();
            assert!(error.contains(told), "{key} = {value}: {error}");
        }
        v3(|map| drop(map.insert("lens".into(), json!({"must_understand": false})))).unwrap();
        let odd = v3(|map| drop(map.insert("chunk_grid".into(), json!({"name": "rectilinear"})))).unwrap();
        assert!(odd.obstacle.unwrap().contains("rectilinear"));
    }
}
