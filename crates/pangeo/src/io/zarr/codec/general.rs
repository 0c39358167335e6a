//! The way through `zarrs` for what is rare: transposed and filtered arrays, pcodec, packed bits,
//! nested shards.

use std::borrow::Cow;
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;
use zarrs::array::codec::api::{ArrayToBytesCodecTraits, CodecOptions};
use zarrs::array::{ArrayBytes, CodecChain, DataType, FillValue};
use zarrs::convert::codec_metadata_v2_to_v3;
use zarrs::metadata::v2::{ArrayMetadataV2Order, MetadataV2};
use zarrs::metadata::v3::MetadataV3;

use super::{Spec, values};
use crate::io::zarr::dtype::{self, StoredType};
use crate::model::{Buffer, ByteOrder};

/// A chain of array-to-array codecs and one array-to-bytes codec.
#[derive(Debug)]
pub(super) struct General {
    chain: CodecChain,
    data_type: DataType,
    fill: FillValue,
    shape: Vec<NonZeroU64>,
}

impl General {
    /// A chain for chunks of `shape` filled with `fill`.
    ///
    /// # Errors
    /// What `zarrs` does not know, by name.
    pub(super) fn new(
        specs: &[Spec],
        stored: &StoredType,
        order: ByteOrder,
        shape: &[usize],
        fill: &Buffer,
    ) -> Result<Self, String> {
        let shape = shape.iter().map(|&n| u64::try_from(n).ok().and_then(NonZeroU64::new)).collect::<Option<Vec<_>>>();
        let shape = shape.ok_or("chunk shape is out of range")?;
        let fill = FillValue::new(fill_bytes(fill).ok_or("fill value has no bytes")?);
        let name = metadata(&dtype::name_v3(stored))?;
        guarded(|| {
            let data_type = DataType::from_metadata(&name).map_err(|e| e.to_string())?;
            let codecs = chain_metadata(specs, &name, order, shape.len())?;
            let chain = CodecChain::from_metadata(&codecs).map_err(|e| e.to_string())?;
            Ok(Self { chain, data_type, fill: fill.clone(), shape: shape.clone() })
        })
    }

    /// The values of one chunk.
    ///
    /// # Errors
    /// When the bytes are broken.
    pub(super) fn decode(&self, bytes: &[u8], stored: &StoredType, count: usize) -> Result<Buffer, String> {
        // One thread: parallelism belongs to the callers.
        let decoded = guarded(|| {
            let options = CodecOptions::default().with_concurrent_target(1);
            self.chain
                .decode(Cow::Borrowed(bytes), &self.shape, &self.data_type, &self.fill, &options)
                .map_err(|e| e.to_string())
        })?;
        match decoded {
            ArrayBytes::Fixed(bytes) => {
                let native = if cfg!(target_endian = "little") { ByteOrder::Little } else { ByteOrder::Big };
                values::from_bytes(&bytes, stored, native, count)
            }
            ArrayBytes::Variable(texts) => {
                let (bytes, offsets) = texts.into_parts();
                if offsets.len().checked_sub(1) == Some(count) {
                    values::from_offsets(&bytes, &offsets)
                } else {
                    Err("chunk holds another number of texts".to_owned())
                }
            }
            ArrayBytes::Optional(_) => Err("optional values are not handled".to_owned()),
        }
    }
}

/// `zarrs` on bytes from anywhere: a panic inside it is an error here.
fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err("codec failed".to_owned()))
}

fn metadata(value: &Value) -> Result<MetadataV3, String> {
    serde_json::from_value(value.clone()).map_err(|e| e.to_string())
}

/// The codecs as v3 metadata; those of a v2 array are translated.
fn chain_metadata(
    specs: &[Spec],
    data_type: &MetadataV3,
    order: ByteOrder,
    rank: usize,
) -> Result<Vec<MetadataV3>, String> {
    if specs.iter().all(|s| !s.is_v2) {
        return specs.iter().map(|s| metadata(&s.raw)).collect();
    }
    let column_major = specs.iter().any(|s| s.name == super::COLUMN_MAJOR);
    let v2 = |s: &Spec| serde_json::from_value::<MetadataV2>(s.raw.clone()).map_err(|e| e.to_string());
    let mut filters = Vec::new();
    let mut compressor = None;
    for spec in specs.iter().filter(|s| s.name != super::COLUMN_MAJOR) {
        if spec.name == "pcodec" { compressor = Some(v2(spec)?) } else { filters.push(v2(spec)?) }
    }
    let endianness = match order {
        ByteOrder::Little => zarrs::metadata::Endianness::Little,
        ByteOrder::Big => zarrs::metadata::Endianness::Big,
    };
    let order = if column_major { ArrayMetadataV2Order::F } else { ArrayMetadataV2Order::C };
    codec_metadata_v2_to_v3(order, rank, data_type, Some(endianness), &Some(filters), &compressor)
        .map_err(|e| e.to_string())
}

/// A fill value in the machine's byte order, texts as UTF-8.
fn fill_bytes(fill: &Buffer) -> Option<Vec<u8>> {
    let native = if cfg!(target_endian = "little") { ByteOrder::Little } else { ByteOrder::Big };
    match fill {
        Buffer::String(texts) => texts.first().map(|t| t.clone().into_bytes()),
        _ => values::to_bytes(fill, native).map(Cow::into_owned),
    }
}
