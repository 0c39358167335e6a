//! Stores without compression, read by nothing but the specification: no code of ours decodes them.

use std::path::Path;

use serde_json::Value;

/// An array as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) shape: Vec<usize>,
    /// Of the innermost chunks.
    pub(crate) chunk: Vec<usize>,
    /// Of shards, or of chunks where there are none.
    pub(crate) object: Vec<usize>,
    /// As numpy writes it, little-endian.
    pub(crate) dtype: String,
    /// All values in C order.
    pub(crate) bytes: Vec<u8>,
    /// How many objects there are none of.
    pub(crate) absent: usize,
    pub(crate) attributes: Value,
    /// The names of its dimensions.
    pub(crate) dimensions: Vec<String>,
}

/// The metadata that a reader of consolidated metadata sees.
struct Array {
    shape: Vec<usize>,
    object: Vec<usize>,
    chunk: Option<Vec<usize>>,
    dtype: String,
    fill: Value,
    prefix: &'static str,
    separator: String,
    attributes: Value,
    dimensions: Vec<String>,
}

/// A JSON document.
#[track_caller]
pub(crate) fn document(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn numbers(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|n| usize::try_from(n.as_u64().unwrap()).unwrap()).collect()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned()).collect()
}

fn v3(array: &Value) -> Array {
    let mut codecs = array["codecs"].as_array().unwrap().as_slice();
    let object = numbers(&array["chunk_grid"]["configuration"]["chunk_shape"]);
    let mut chunk = None;
    if codecs[0]["name"] == "sharding_indexed" {
        let configuration = &codecs[0]["configuration"];
        assert_ne!(configuration["index_location"], "start");
        chunk = Some(numbers(&configuration["chunk_shape"]));
        codecs = configuration["codecs"].as_array().unwrap();
    }
    assert!(codecs.len() == 1 && codecs[0]["name"] == "bytes", "read with --compression none: {codecs:?}");
    let dtype = match array["data_type"].as_str().unwrap() {
        "float32" => "<f4",
        "float64" => "<f8",
        "int8" => "|i1",
        "int16" => "<i2",
        "int32" => "<i4",
        "int64" => "<i8",
        "uint8" => "|u1",
        other => panic!("{other}"),
    };
    let encoding = &array["chunk_key_encoding"];
    assert_eq!(encoding["name"], "default");
    Array {
        shape: numbers(&array["shape"]),
        object,
        chunk,
        dtype: dtype.to_owned(),
        fill: array["fill_value"].clone(),
        prefix: "c",
        separator: encoding["configuration"]["separator"].as_str().unwrap_or("/").to_owned(),
        attributes: array["attributes"].clone(),
        dimensions: texts(&array["dimension_names"]),
    }
}

fn v2(array: &Value, attributes: &Value) -> Array {
    assert!(array["compressor"].is_null() && array["filters"].is_null(), "read with --compression none: {array}");
    Array {
        shape: numbers(&array["shape"]),
        object: numbers(&array["chunks"]),
        chunk: None,
        dtype: array["dtype"].as_str().unwrap().to_owned(),
        fill: array["fill_value"].clone(),
        prefix: "",
        separator: array["dimension_separator"].as_str().unwrap_or(".").to_owned(),
        attributes: attributes.clone(),
        dimensions: texts(&attributes["_ARRAY_DIMENSIONS"]),
    }
}

/// The array `name` of the store at `path`.
#[track_caller]
pub(crate) fn stored(path: &Path, name: &str) -> Stored {
    let array = if path.join("zarr.json").exists() {
        v3(&document(&path.join("zarr.json"))["consolidated_metadata"]["metadata"][name])
    } else {
        let all = document(&path.join(".zmetadata"));
        v2(&all["metadata"][format!("{name}/.zarray")], &all["metadata"][format!("{name}/.zattrs")])
    };
    let size: usize = array.dtype[2..].parse().unwrap();
    let chunk = array.chunk.clone().unwrap_or_else(|| array.object.clone());
    let fill = bytes_of(&array.fill, &array.dtype);
    let mut whole = fill.repeat(array.shape.iter().product());
    let mut absent = 0;
    for object in places(&array.shape, &array.object) {
        let Ok(bytes) = std::fs::read(path.join(name).join(array.key(&object))) else {
            absent += 1;
            continue;
        };
        let start: Vec<usize> = object.iter().zip(&array.object).map(|(i, n)| i * n).collect();
        for (inner, part) in inside(&bytes, &array, &chunk) {
            let at: Vec<usize> = start.iter().zip(&inner).zip(&chunk).map(|((s, i), n)| s + i * n).collect();
            assert_eq!(part.len(), chunk.iter().product::<usize>() * size, "{name} {object:?} {inner:?}");
            place(part, &at, &chunk, &array.shape, size, &mut whole);
        }
    }
    Stored {
        shape: array.shape,
        chunk,
        object: array.object,
        dtype: array.dtype,
        bytes: whole,
        absent,
        attributes: array.attributes,
        dimensions: array.dimensions,
    }
}

impl Array {
    fn key(&self, place: &[usize]) -> String {
        let numbers = place.iter().map(ToString::to_string);
        let prefix = Some(self.prefix.to_owned()).filter(|p| !p.is_empty());
        let key: Vec<String> = prefix.into_iter().chain(numbers).collect();
        if key.is_empty() { "0".to_owned() } else { key.join(&self.separator) }
    }
}

/// The chunks of an object that are there.
fn inside<'a>(bytes: &'a [u8], array: &Array, chunk: &[usize]) -> Vec<(Vec<usize>, &'a [u8])> {
    if array.chunk.is_none() {
        return vec![(vec![0; chunk.len()], bytes)];
    }
    let places = places(&array.object, chunk);
    let index = bytes.len() - 16 * places.len() - 4;
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let range = |i: usize| (number(index + 16 * i), number(index + 16 * i + 8));
    let there = places.into_iter().enumerate().filter(|(i, _)| range(*i) != (u64::MAX, u64::MAX));
    there
        .map(|(i, place)| {
            let (offset, length) = range(i);
            (place, &bytes[usize::try_from(offset).unwrap()..usize::try_from(offset + length).unwrap()])
        })
        .collect()
}

/// All places in a grid of `extent`s over `shape`, in C order.
pub(crate) fn places(shape: &[usize], extent: &[usize]) -> Vec<Vec<usize>> {
    shape.iter().zip(extent).fold(vec![Vec::new()], |all, (n, c)| {
        all.iter().flat_map(|p: &Vec<usize>| (0..n.div_ceil(*c)).map(move |i| [p.as_slice(), &[i]].concat())).collect()
    })
}

/// Copy the values of a chunk at `start` that lie within `shape`.
fn place(part: &[u8], start: &[usize], chunk: &[usize], shape: &[usize], size: usize, whole: &mut [u8]) {
    for (number, inner) in places(chunk, &vec![1; chunk.len()]).iter().enumerate() {
        let at: Vec<usize> = start.iter().zip(inner).map(|(a, b)| a + b).collect();
        if at.iter().zip(shape).all(|(a, n)| a < n) {
            let to = at.iter().zip(shape).fold(0, |sum, (a, n)| sum * n + a) * size;
            whole[to..to + size].copy_from_slice(&part[number * size..(number + 1) * size]);
        }
    }
}

/// A fill value as it would be stored.
fn bytes_of(fill: &Value, dtype: &str) -> Vec<u8> {
    let real = match fill {
        Value::Null => 0.0,
        Value::String(text) if text == "NaN" => f64::NAN,
        other => other.as_f64().unwrap_or_else(|| panic!("fill value {other}")),
    };
    let whole = fill.as_i64().unwrap_or_default();
    match &dtype[1..] {
        "f4" => (real as f32).to_le_bytes().to_vec(),
        "f8" => real.to_le_bytes().to_vec(),
        integer => whole.to_le_bytes()[..integer[1..].parse().unwrap()].to_vec(),
    }
}

impl Stored {
    /// The values as doubles.
    #[track_caller]
    pub(crate) fn values(&self) -> Vec<f64> {
        macro_rules! read {
            ($t:ty) => {
                self.bytes
                    .chunks_exact(size_of::<$t>())
                    .map(|b| <$t>::from_le_bytes(b.try_into().unwrap()) as f64)
                    .collect()
            };
        }
        match &self.dtype[1..] {
            "f4" => read!(f32),
            "f8" => read!(f64),
            "i1" => read!(i8),
            "i2" => read!(i16),
            "i4" => read!(i32),
            "i8" => read!(i64),
            "u1" => read!(u8),
            other => panic!("{other}"),
        }
    }

    /// 64-bit integers.
    pub(crate) fn longs(&self) -> Vec<i64> {
        assert_eq!(self.dtype, "<i8");
        self.bytes.chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().unwrap())).collect()
    }
}
