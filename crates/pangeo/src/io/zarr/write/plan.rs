//! How each variable will stand in the store.

use serde_json::{Map, Value, json};

use crate::cf::packing::default_fill;
use crate::io::zarr::array;
use crate::io::zarr::attributes::{self, DIMENSIONS};
use crate::io::zarr::codec::{Codec, LARGEST_CHUNK, Spec};
use crate::io::zarr::dtype::{self, StoredType};
use crate::io::zarr::metadata::{ArrayMetadata, ChunkKeys};
use crate::io::zarr::numbers;
use crate::io::zarr::shard::Sharding;
use crate::model::{AttributeValue, Buffer, ByteOrder, Compression, DataType, Encoding, Variable, count};
use crate::{Error, Result};

/// One array of the store to come.
pub(super) struct Plan {
    /// Its path.
    pub name: String,
    /// How its values are stored.
    pub stored: StoredType,
    /// The extent along each dimension.
    pub shape: Vec<usize>,
    /// The extent of one chunk.
    pub chunk: Vec<usize>,
    /// The extent of one shard, if there are shards.
    pub shard: Option<Vec<usize>>,
    /// The value of places never written, if the metadata declare one.
    pub fill: Option<Buffer>,
    /// The chunk's codecs.
    pub codec: Codec,
    /// The index of shards.
    pub sharding: Option<Sharding>,
    /// The keys of chunks.
    pub keys: ChunkKeys,
    /// The comparable form of chunks; `None` where stored bytes are never taken over.
    pub format: Option<String>,
    /// `.zarray`, or `zarr.json` with attributes inside.
    pub metadata: Value,
    /// `.zattrs`.
    pub attributes: Map<String, Value>,
}

impl Plan {
    /// Lay out a variable for version 2 or 3; `names` are its dimensions' names inside its group.
    ///
    /// # Errors
    /// What the version can't hold, naming the variable.
    pub(super) fn new(variable: &Variable, names: &[String], version: u8) -> Result<Self> {
        let place = format!("variable '{}'", variable.name);
        let refused = |what: String| Error::unsupported(what, place.clone());
        let encoding = &variable.encoding;
        let stored = stored_type(variable).map_err(refused)?;
        let shape = variable.shape().to_vec();
        let chunk = chunk_shape(encoding, &shape, variable.data_type().size()).map_err(refused)?;
        let shard = if version == 3 { encoding.shard_shape.clone() } else { None };
        let order = match stored {
            StoredType::Number(_) => encoding.byte_order,
            _ => ByteOrder::Little,
        };
        let declared = declared_fill(variable, &stored);
        let fill = metadata_fill(declared.as_ref(), encoding, &stored, version);
        let codecs = Codecs::new(encoding, &stored, order, version).map_err(refused)?;
        let chain = Chain::new(&codecs, &stored, order, &chunk, shard.as_deref(), fill.as_ref()).map_err(refused)?;
        let mut plan = Self {
            name: variable.name.clone(),
            format: if shard.is_none() { chain.codec.format(&chunk) } else { None },
            keys: ChunkKeys { prefixed: version == 3, separator: if version == 3 { '/' } else { '.' } },
            attributes: attribute_map(variable, &stored, declared.as_ref(), version),
            metadata: Value::Null,
            stored,
            shape,
            chunk,
            shard,
            fill,
            codec: chain.codec,
            sharding: chain.sharding,
        };
        plan.metadata = if version == 3 { plan.zarr_json(&chain.outer, names) } else { plan.zarray(order, &codecs) };
        if version == 2 {
            plan.attributes.insert(DIMENSIONS.to_owned(), names.into());
        }
        Ok(plan)
    }

    /// An array that is there, to be written in the same way.
    ///
    /// # Errors
    /// What keeps it from being written.
    pub(super) fn existing(name: &str, metadata: &ArrayMetadata) -> Result<Self, String> {
        let data_type = metadata.stored.data_type();
        let blank = metadata.fill.clone().or_else(|| Buffer::zeros(&data_type, 1)).unwrap_or(Buffer::U8(vec![0]));
        let (chunk, sharding, codec) = array::layout(metadata, &blank);
        let codec = codec?;
        let format = if sharding.is_none() { codec.format(&chunk) } else { None };
        Ok(Self {
            name: name.to_owned(),
            stored: metadata.stored.clone(),
            shape: metadata.shape.clone(),
            shard: sharding.as_ref().map(|_| metadata.chunk_shape.clone()),
            chunk,
            fill: metadata.fill.clone(),
            codec,
            sharding,
            keys: metadata.keys,
            format,
            metadata: Value::Null,
            attributes: Map::new(),
        })
    }

    /// The extent of one object.
    pub(super) fn object(&self) -> &[usize] {
        self.shard.as_deref().unwrap_or(&self.chunk)
    }

    fn fill_json(&self) -> Value {
        self.fill.as_ref().map_or(Value::Null, |fill| numbers::fill_json(fill, &self.stored))
    }

    fn zarr_json(&self, codecs: &[Value], names: &[String]) -> Value {
        json!({
            "shape": self.shape,
            "data_type": dtype::name_v3(&self.stored),
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": self.object()}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "fill_value": self.fill_json(),
            "codecs": codecs,
            "attributes": self.attributes,
            "dimension_names": names,
            "zarr_format": 3,
            "node_type": "array",
            "storage_transformers": [],
        })
    }

    fn zarray(&self, order: ByteOrder, codecs: &Codecs) -> Value {
        json!({
            "shape": self.shape,
            "chunks": self.chunk,
            "dtype": dtype::name_v2(&self.stored, order),
            "fill_value": self.fill_json(),
            "order": "C",
            "filters": if codecs.filters.is_empty() { Value::Null } else { codecs.filters.clone().into() },
            "dimension_separator": ".",
            "compressor": codecs.compressor,
            "zarr_format": 2,
        })
    }
}

fn stored_type(variable: &Variable) -> Result<StoredType, String> {
    // A boolean has no room for a third value: one with a fill value stays an integer.
    let boolean = variable.encoding.boolean && variable.attributes.get("_FillValue").is_none();
    match variable.data_type() {
        DataType::Opaque(what) => Err(format!("values of type '{what}' can't be written to Zarr")),
        DataType::I8 if boolean => Ok(StoredType::Bool),
        DataType::Char => Ok(StoredType::Bytes(1)),
        DataType::String => Ok(StoredType::Utf8),
        number => Ok(StoredType::Number(number.clone())),
    }
}

/// The chunk as the encoding has it, else the whole array; extents of 0 are not allowed.
fn chunk_shape(encoding: &Encoding, shape: &[usize], size: usize) -> Result<Vec<usize>, String> {
    let chunk: Vec<usize> = encoding.chunk_shape.as_deref().unwrap_or(shape).iter().map(|&n| n.max(1)).collect();
    if chunk.len() != shape.len() {
        return Err(format!("chunk shape {chunk:?} does not suit shape {shape:?}"));
    }
    for extent in [Some(&chunk), encoding.shard_shape.as_ref()].into_iter().flatten() {
        let bytes = count(extent).and_then(|n| n.checked_mul(size.max(1)));
        if bytes.is_none_or(|n| n > LARGEST_CHUNK) {
            return Err(format!("a chunk or shard of {extent:?} is beyond {} GiB", LARGEST_CHUNK >> 30));
        }
    }
    Ok(chunk)
}

fn declared_fill(variable: &Variable, stored: &StoredType) -> Option<Buffer> {
    attributes::fill_buffer(variable.attributes.get("_FillValue")?, stored)
}

/// What the metadata declare. v2 shows its fill value to readers as `_FillValue`, so only a true
/// one may stand there; v3 must have one: what stands for unwritten integers, and for floats NaN as xarray has it.
fn metadata_fill(declared: Option<&Buffer>, encoding: &Encoding, stored: &StoredType, version: u8) -> Option<Buffer> {
    if declared.is_some() || version == 2 {
        return declared.cloned();
    }
    let own = encoding.fill_value.clone().filter(|f| f.data_type() == stored.data_type() && f.len() == 1);
    let unwritten = || default_fill(&stored.data_type()).filter(|_| encoding.default_fill);
    own.or_else(unwritten).or_else(|| match stored {
        StoredType::Number(DataType::F32) => Some(Buffer::F32(vec![f32::NAN])),
        StoredType::Number(DataType::F64) => Some(Buffer::F64(vec![f64::NAN])),
        other => Buffer::zeros(&other.data_type(), 1),
    })
}

fn attribute_map(variable: &Variable, stored: &StoredType, fill: Option<&Buffer>, version: u8) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in variable.attributes.iter() {
        match (name, fill) {
            ("_FillValue", Some(_)) if version == 2 => {}
            // xarray 2026.9 fails to open a store with such an attribute; the array's own fill value tells it.
            ("_FillValue", Some(Buffer::Char(_))) => {}
            ("_FillValue", Some(fill)) => drop(map.insert(name.to_owned(), attributes::encode_fill(fill, stored))),
            _ => drop(map.insert(name.to_owned(), attributes::to_json(value))),
        }
    }
    if let Some(members) = &variable.encoding.enumeration {
        // CF §3.5: what an enumeration's names and values are called there.
        let values = attributes::to_json(&AttributeValue::Numbers(members.values.clone()));
        let words: Vec<String> =
            members.names.iter().map(|n| n.split_whitespace().collect::<Vec<_>>().join("_")).collect();
        map.entry("flag_values").or_insert(if values.is_array() { values } else { Value::Array(vec![values]) });
        map.entry("flag_meanings").or_insert(words.join(" ").into());
    }
    map
}

/// The codecs of one array, ready to run.
struct Chain {
    codec: Codec,
    sharding: Option<Sharding>,
    /// v3: the codecs of an object, as metadata list them.
    outer: Vec<Value>,
}

impl Chain {
    fn new(
        codecs: &Codecs,
        stored: &StoredType,
        order: ByteOrder,
        chunk: &[usize],
        shard: Option<&[usize]>,
        fill: Option<&Buffer>,
    ) -> Result<Self, String> {
        let blank = fill.cloned().or_else(|| Buffer::zeros(&stored.data_type(), 1)).unwrap_or(Buffer::U8(vec![0]));
        let codec = Codec::new(&codecs.specs()?, stored, order, chunk, &blank)?;
        let Some(shard) = shard else {
            return Ok(Self { codec, sharding: None, outer: codecs.json.clone() });
        };
        let outer = codecs.sharded(chunk);
        let (_, _, sharding) = Sharding::parse(&Spec::v3(&outer)?, shard)?;
        Ok(Self { codec, sharding: Some(sharding), outer: vec![outer] })
    }
}

/// The codecs of an encoding in the words of one version.
struct Codecs {
    /// v3: all of them. v2: empty.
    json: Vec<Value>,
    /// v2: what stands before the compressor.
    filters: Vec<Value>,
    /// v2: the compressor or null.
    compressor: Value,
}

impl Codecs {
    fn new(encoding: &Encoding, stored: &StoredType, order: ByteOrder, version: u8) -> Result<Self, String> {
        let size = stored.size().unwrap_or(1);
        if let Some(Compression::Other(name)) = &encoding.compression {
            return Err(format!("compression '{name}' is not offered for writing"));
        }
        let compression = encoding.compression.as_ref().unwrap_or(&Compression::None);
        let shuffle = encoding.shuffle && stored.size().is_some();
        Ok(if version == 3 {
            Self::v3(compression, shuffle, encoding.checksum, stored, order)
        } else {
            let mut filters = Vec::new();
            if *stored == StoredType::Utf8 {
                filters.push(json!({"id": "vlen-utf8"}));
            }
            let plain = matches!(compression, Compression::Deflate { .. } | Compression::Zstd { .. });
            if shuffle && size > 1 && plain {
                filters.push(json!({"id": "shuffle", "elementsize": size}));
            }
            let compressor = match compression {
                Compression::Deflate { level } => json!({"id": "zlib", "level": level}),
                Compression::Zstd { level } => json!({"id": "zstd", "level": level}),
                Compression::Blosc { codec, level } => {
                    json!({"id": "blosc", "cname": codec, "clevel": level, "shuffle": u8::from(shuffle), "blocksize": 0})
                }
                Compression::None | Compression::Other(_) => Value::Null,
            };
            Self { json: Vec::new(), filters, compressor }
        })
    }

    fn v3(compression: &Compression, shuffle: bool, checksum: bool, stored: &StoredType, order: ByteOrder) -> Self {
        let size = stored.size().unwrap_or(1);
        let mut codecs = vec![match (stored, order) {
            (StoredType::Utf8, _) => json!({"name": "vlen-utf8", "configuration": {}}),
            _ if size == 1 => json!({"name": "bytes"}),
            (_, ByteOrder::Little) => json!({"name": "bytes", "configuration": {"endian": "little"}}),
            (_, ByteOrder::Big) => json!({"name": "bytes", "configuration": {"endian": "big"}}),
        }];
        let configured = match compression {
            Compression::Deflate { level } => Some(("gzip", json!({"level": level}))),
            Compression::Zstd { level } => Some(("zstd", json!({"level": level, "checksum": false}))),
            Compression::Blosc { codec, level } => {
                let shuffle = if shuffle { "shuffle" } else { "noshuffle" };
                let settings =
                    json!({"typesize": size, "cname": codec, "clevel": level, "shuffle": shuffle, "blocksize": 0});
                Some(("blosc", settings))
            }
            Compression::None | Compression::Other(_) => None,
        };
        codecs.extend(configured.map(|(name, settings)| json!({"name": name, "configuration": settings})));
        if checksum {
            codecs.push(json!({"name": "crc32c"}));
        }
        Self { json: codecs, filters: Vec::new(), compressor: Value::Null }
    }

    fn specs(&self) -> Result<Vec<Spec>, String> {
        let compressor = std::iter::once(&self.compressor).filter(|c| !c.is_null());
        let v2 = self.filters.iter().chain(compressor).map(Spec::v2);
        self.json.iter().map(Spec::v3).chain(v2).collect()
    }

    /// The same codecs inside shards.
    fn sharded(&self, chunk: &[usize]) -> Value {
        json!({"name": "sharding_indexed", "configuration": {
            "chunk_shape": chunk,
            "codecs": self.json,
            "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}],
            "index_location": "end",
        }})
    }
}
