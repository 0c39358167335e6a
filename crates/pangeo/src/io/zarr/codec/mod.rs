//! Codec chains: from a chunk's bytes to its values and back.
//!
//! The usual chains (numbers or texts, then any of zstd, gzip, zlib, blosc, shuffle, checksums)
//! are decoded here, with as few passes over memory as possible; all others go through `zarrs`.

mod blosc;
mod checksum;
mod encode;
mod general;
mod stages;
mod values;

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::dtype::StoredType;
use crate::io::codec::shuffle;
use crate::io::large::Step;
use crate::model::{Buffer, ByteOrder};
pub use checksum::{crc32c, crc32c_of};
use general::General;
pub(super) use stages::Stage;
pub(super) use values::from_half;
use values::{Collector, Layout};

/// The name under which v2's `order: F` stands among the codecs.
pub(super) const COLUMN_MAJOR: &str = "order F";

/// The most bytes that a chunk may decode to.
pub(super) const LARGEST_CHUNK: usize = 1 << 32;

/// The most bytes that the texts of a chunk may take, where nothing else bounds them.
const LARGEST_TEXTS: usize = 1 << 30;

/// One codec as metadata describe it.
#[derive(Debug, Clone)]
pub(super) struct Spec {
    /// Its name without `numcodecs.`.
    pub name: String,
    /// Its settings.
    pub settings: Map<String, Value>,
    /// The whole description.
    pub raw: Value,
    /// Whether it stands in v2 metadata.
    pub is_v2: bool,
}

impl Spec {
    /// A codec of v3 metadata: a name, or an object with `name` and `configuration`.
    ///
    /// # Errors
    /// When it is neither.
    pub(super) fn v3(raw: &Value) -> Result<Self, String> {
        let name = raw.as_str().or_else(|| raw.get("name").and_then(Value::as_str)).ok_or("a codec has no name")?;
        let settings = raw.get("configuration").and_then(Value::as_object).cloned().unwrap_or_default();
        let name = name.strip_prefix("numcodecs.").unwrap_or(name).to_owned();
        Ok(Self { name, settings, raw: raw.clone(), is_v2: false })
    }

    /// A filter or compressor of v2 metadata: an object with `id`.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn v2(raw: &Value) -> Result<Self, String> {
        let settings = raw.as_object().cloned().ok_or("a codec is not an object")?;
        let name = settings.get("id").and_then(Value::as_str).ok_or("a codec has no id")?.to_owned();
        Ok(Self { name, settings, raw: raw.clone(), is_v2: true })
    }

    /// Whether `astype` is absent or `dtype` again.
    fn same_type(&self) -> bool {
        let astype = self.settings.get("astype").filter(|t| !t.is_null());
        astype.is_none_or(|t| self.settings.get("dtype") == Some(t))
    }

    /// v2's column-major order as a codec.
    pub(super) fn column_major() -> Self {
        Self { name: COLUMN_MAJOR.to_owned(), settings: Map::new(), raw: Value::Null, is_v2: true }
    }
}

/// How values become bytes before the bytes-to-bytes codecs.
#[derive(Debug)]
enum Head {
    /// Plain bytes.
    Bytes,
    /// Plain bytes of the differences between neighbours (numcodecs' `delta`).
    Differences,
    /// numcodecs' texts.
    Texts,
    /// Through `zarrs`.
    General(General),
}

/// The way between a chunk's values and its bytes.
#[derive(Debug)]
pub(super) struct Codec {
    stored: StoredType,
    order: ByteOrder,
    head: Head,
    stages: Vec<Stage>,
}

impl Codec {
    /// The chain that `specs` describe, for chunks of `shape`; `order` is the byte order where the
    /// codecs name none, `fill` the value of places never written.
    ///
    /// # Errors
    /// The codec that is not known, or whose settings make no sense.
    pub(super) fn new(
        specs: &[Spec],
        stored: &StoredType,
        order: ByteOrder,
        shape: &[usize],
        fill: &Buffer,
    ) -> Result<Self, String> {
        let (mut order, mut texts, mut delta) = (order, false, false);
        let (mut rare, mut stages) = (Vec::new(), Vec::new());
        for spec in specs {
            match (spec.name.as_str(), Stage::parse(&spec.name, &spec.settings, stored.size().unwrap_or(1))?) {
                (_, Some(stage)) => stages.push(stage),
                (name, None) if !stages.is_empty() => return Err(format!("codec '{name}' is not supported")),
                ("bytes" | "endian", None) if !spec.is_v2 => order = byte_order(&spec.settings)?,
                ("vlen-utf8", None) if *stored == StoredType::Utf8 => texts = true,
                (COLUMN_MAJOR, None) if shape.len() < 2 => {}
                // These round before they store: there is nothing to undo.
                ("bitround", None) => {}
                ("quantize", None) if spec.same_type() => {}
                ("delta", None) if spec.same_type() && rare.is_empty() && !delta => delta = true,
                (_, None) => rare.push(spec.clone()),
            }
        }
        let array_specs = specs.get(..specs.len().saturating_sub(stages.len())).unwrap_or(specs);
        let head = match (rare.is_empty(), *stored == StoredType::Utf8) {
            (false, _) if delta => return Err(told(&rare, "not together with 'delta'")),
            (false, _) => {
                let general = General::new(array_specs, stored, order, shape, fill);
                Head::General(general.map_err(|e| told(&rare, &e))?)
            }
            (true, true) if texts => Head::Texts,
            (true, true) => return Err("texts without codec 'vlen-utf8' are not supported".to_owned()),
            (true, false) if delta => Head::Differences,
            (true, false) => Head::Bytes,
        };
        Ok(Self { stored: stored.clone(), order, head, stages })
    }

    /// The bytes-to-bytes codecs, in the order of encoding.
    pub(super) fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The bytes of a stored value; `None` where they vary.
    pub(super) fn value_size(&self) -> Option<usize> {
        self.stored.size()
    }

    /// The order of bytes in numbers.
    pub(super) fn order(&self) -> ByteOrder {
        self.order
    }

    /// A text that is equal for chains that decode alike and were made with equal settings;
    /// `None` for chains whose settings are not all known here.
    pub(super) fn format(&self, shape: &[usize]) -> Option<String> {
        if !matches!(self.head, Head::Bytes | Head::Texts) {
            return None;
        }
        let order = match (self.order, self.stored.size()) {
            (_, None | Some(1)) | (ByteOrder::Little, _) => "little",
            (ByteOrder::Big, _) => "big",
        };
        let stages = &self.stages;
        Some(format!("zarr {} {order} {shape:?} {stages:?}", self.stored.format_name()))
    }

    /// The `count` values of a chunk from its stored bytes.
    ///
    /// # Errors
    /// When the bytes are broken, or hold another number of values.
    pub(super) fn decode(&self, bytes: &[u8], count: usize) -> Result<Buffer, String> {
        let plain = self.stored.size().and_then(|size| size.checked_mul(count));
        if self.stored.size().is_some() && plain.is_none_or(|n| n > LARGEST_CHUNK) {
            return Err(format!("chunk of {count} values is beyond {} GiB", LARGEST_CHUNK >> 30));
        }
        let exact = if matches!(self.head, Head::Bytes | Head::Differences) { plain } else { None };
        let limit = plain.map_or(LARGEST_TEXTS, |n| n.saturating_mul(2).saturating_add(1 << 20));
        let mut lengths = Vec::with_capacity(self.stages.len());
        let mut length = exact;
        for stage in &self.stages {
            lengths.push(length);
            length = length.and_then(|n| stage.encoded_length(n));
        }
        let mut data = Cow::Borrowed(bytes);
        for (at, (stage, length)) in self.stages.iter().zip(lengths).enumerate().rev() {
            if at == 0
                && matches!(self.head, Head::Bytes)
                && let Some(values) = self.decode_last(stage, &data, exact, count)?
            {
                return Ok(values);
            }
            data = match data {
                Cow::Borrowed(bytes) => stage.decode(bytes, length, limit)?,
                Cow::Owned(bytes) => Cow::Owned(stage.decode(&bytes, length, limit)?.into_owned()),
            };
        }
        match &self.head {
            Head::Bytes => values::from_bytes(&data, &self.stored, self.order, count),
            Head::Differences => values::from_bytes(&data, &self.stored, self.order, count).map(values::running_sum),
            Head::Texts => values::from_vlen_utf8(&data, count),
            Head::General(general) => general.decode(&data, &self.stored, count),
        }
    }

    /// The steps that undo the codecs window by window, and whether they leave planes of equal significance.
    ///
    /// # Errors
    /// The codec that has to have all bytes at hand.
    pub(super) fn steps(&self) -> Result<(Vec<Step>, bool), String> {
        let size = self.stored.size().filter(|_| matches!(self.head, Head::Bytes)).ok_or("values are not plain")?;
        let mut stages: Vec<&Stage> = self.stages.iter().filter(|s| **s != Stage::Shuffle { size: 1 }).collect();
        let planes = matches!(stages.first(), Some(Stage::Shuffle { size: planes }) if *planes == size);
        if planes {
            stages.remove(0);
        }
        let last = stages.len();
        let step = |(i, stage): (usize, &&Stage)| stage.step(i + 1 == last);
        Ok((stages.iter().enumerate().rev().map(step).collect::<Result<_, _>>()?, planes))
    }

    /// The `count` values of bytes that [`Codec::steps`] made.
    ///
    /// # Errors
    /// When the bytes are of another number of values.
    pub(super) fn values(&self, bytes: &[u8], planes: bool, count: usize) -> Result<Buffer, String> {
        if !planes {
            return values::from_bytes(bytes, &self.stored, self.order, count);
        }
        if let Some(mut out) = Collector::new(&self.stored, self.order, count) {
            out.push(bytes, Layout::Planes);
            return out.finish(count);
        }
        let mut plain = Vec::new();
        shuffle::decode(bytes, self.stored.size().unwrap_or(1), &mut plain);
        values::from_bytes(&plain, &self.stored, self.order, count)
    }

    /// The last stage of decoding fused with the step to numbers, where there is a way to.
    fn decode_last(
        &self,
        stage: &Stage,
        bytes: &[u8],
        exact: Option<usize>,
        count: usize,
    ) -> Result<Option<Buffer>, String> {
        let (Some(length), Some(size)) = (exact, self.stored.size()) else {
            return Ok(None);
        };
        match stage {
            Stage::Shuffle { size: planes } if *planes == size && bytes.len() == length => {
                let Some(mut out) = Collector::new(&self.stored, self.order, count) else { return Ok(None) };
                out.push(bytes, Layout::Planes);
                out.finish(count).map(Some)
            }
            Stage::Blosc { .. } if blosc::declared_length(bytes) == Some(length) => {
                let Some(mut out) = Collector::new(&self.stored, self.order, count) else { return Ok(None) };
                match blosc::decode_into(bytes, size, length, &mut out) {
                    Some(done) => done.and_then(|()| out.finish(count)).map(Some),
                    None => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }
}

/// What can't be decoded, and why if that says more.
fn told(rare: &[Spec], why: &str) -> String {
    let names: Vec<_> = rare.iter().map(|s| s.name.as_str()).filter(|n| *n != COLUMN_MAJOR).collect();
    let names = if names.is_empty() { COLUMN_MAJOR.to_owned() } else { names.join("', '") };
    // zarrs repeats the codec's settings where it has nothing to say but that it does not know it.
    let why = if why.starts_with("unsupported codec") || why.ends_with("is not supported") { "" } else { why };
    let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
    format!("codec '{names}' is not supported{why}")
}

fn byte_order(settings: &Map<String, Value>) -> Result<ByteOrder, String> {
    match settings.get("endian").and_then(Value::as_str) {
        None | Some("little") => Ok(ByteOrder::Little),
        Some("big") => Ok(ByteOrder::Big),
        Some(other) => Err(format!("codec 'bytes': endian '{other}' is unknown")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DataType;
    use serde_json::json;

    fn codec(stored: &StoredType, shape: &[usize], specs: &[Value]) -> Result<Codec, String> {
        let specs: Vec<_> = specs.iter().map(|s| Spec::v3(s).unwrap()).collect();
        let fill = Buffer::zeros(&stored.data_type(), 1).unwrap();
        Codec::new(&specs, stored, ByteOrder::Little, shape, &fill)
    }

    #[test]
    fn transposed_chunks_come_out_in_c_order() {
        let bytes = json!({"name": "bytes", "configuration": {"endian": "big"}});
        let transpose = json!({"name": "transpose", "configuration": {"order": [1, 0]}});
        let i16s = StoredType::Number(DataType::I16);
        let codec = codec(&i16s, &[2, 3], &[transpose, bytes]).unwrap();
        let got = codec.decode(&[0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6], 6).unwrap();
        assert_eq!(got, Buffer::I16(vec![1, 2, 3, 4, 5, 6]));
        assert!(codec.decode(&[0; 11], 6).is_err());
    }

    #[test]
    fn unknown_codecs_are_named() {
        let bytes = json!({"name": "bytes", "configuration": {"endian": "little"}});
        let i16s = StoredType::Number(DataType::I16);
        for bad in ["numcodecs.lzma", "numcodecs.astype", "quux"] {
            let error = codec(&i16s, &[2], &[bytes.clone(), json!({"name": bad})]).unwrap_err();
            assert!(error.contains(bad.trim_start_matches("numcodecs.")), "{error}");
        }
    }

    #[test]
    fn a_chunk_that_claims_too_much_is_refused() {
        let bytes = json!("bytes");
        let codec = codec(&StoredType::Number(DataType::F64), &[1 << 40], &[bytes]).unwrap();
        assert!(codec.decode(&[0; 8], 1 << 40).is_err());
    }
}
