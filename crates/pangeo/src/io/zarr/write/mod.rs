//! Writing a store: all metadata first, then chunks in any form the pipeline hands over.
//!
//! Stores are what xarray would have written: dimension names, `_FillValue`, consolidated metadata,
//! chunk keys. Texts of any length are `string` (v2: objects with `vlen-utf8`); arrays of
//! characters stay arrays of one-byte texts (`|S1`; v3 `null_terminated_bytes`, zarr-python's name
//! for it); enumerations become integers with `flag_values`.

mod plan;
mod target;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::codec::Codec;
use super::hierarchy::join;
use super::{attributes, json};
use crate::io::{Encoded, Sink};
use crate::model::{Attributes, Block, Buffer, Dataset, Region, Variable, count};
use std::sync::{Mutex, PoisonError};

use crate::{Error, Result};
use plan::Plan;
use target::Output;
pub use target::ZarrTarget;

/// A Zarr store being written.
pub struct ZarrSink {
    plans: Vec<Plan>,
    output: Mutex<Output>,
}

impl ZarrSink {
    /// Begin a store of `version` 2 or 3 for `dataset`, whose variables' encodings are final:
    /// chunks and shards (v2 has none) as they say, one chunk where they say nothing; an extent
    /// of 0 becomes 1. All metadata are written at once.
    ///
    /// # Errors
    /// [`Error::Unsupported`] naming what the format can't hold, [`Error::Io`], or
    /// [`Error::Data`] when names can't be paths of a store.
    pub fn create(target: ZarrTarget, dataset: &Dataset, version: u8) -> Result<Self> {
        if !matches!(version, 2 | 3) {
            return Err(Error::usage(format!("Zarr has no version {version}")));
        }
        check_names(dataset)?;
        let plan = |v: &Variable| Plan::new(v, &leaf_names(v), version);
        let plans = dataset.variables.iter().map(plan).collect::<Result<Vec<_>>>()?;
        let mut output = Output::create(target)?;
        for (key, value) in documents(dataset, &plans, version) {
            output.put(&key, json::print(&value).as_bytes())?;
        }
        Ok(Self { plans, output: Mutex::new(output) })
    }

    fn plan(&self, variable: usize) -> Result<&Plan> {
        self.plans.get(variable).ok_or_else(|| Error::data(format!("internal: no variable {variable}"), "Zarr output"))
    }
}

impl Sink for ZarrSink {
    fn chunk_shape(&self, variable: usize) -> Vec<usize> {
        self.plans.get(variable).map(|p| p.object().to_vec()).unwrap_or_default()
    }

    fn chunk_format(&self, variable: usize) -> Option<&str> {
        self.plans.get(variable)?.format.as_deref()
    }

    fn encode(&self, variable: usize, index: &[usize], block: Block) -> Result<Encoded> {
        let plan = self.plan(variable)?;
        let place = || format!("chunk {index:?} of variable '{}'", plan.name);
        let expected = Region::of_chunk(index, plan.object(), &plan.shape).shape();
        if block.shape() != expected || block.data().data_type() != plan.stored.data_type() {
            let what = format!(
                "internal: block of {:?} {} instead of {expected:?} {}",
                block.shape(),
                block.data().data_type(),
                plan.stored.data_type()
            );
            return Err(Error::data(what, place()));
        }
        let bytes = match &plan.sharding {
            Some(sharding) => {
                let chunks =
                    plan.shard_chunks(&block, &sharding.per_shard).map_err(|what| Error::data(what, place()))?;
                if chunks.iter().all(Option::is_none) {
                    None
                } else {
                    Some(sharding.assemble(&chunks).map_err(|what| Error::data(what, place()))?)
                }
            }
            None => plan.chunk_bytes(&block).map_err(|what| Error::data(what, place()))?,
        };
        Ok(match bytes {
            Some(bytes) => Encoded::Bytes { bytes: bytes.into(), filter_mask: 0 },
            None => Encoded::Absent,
        })
    }

    fn store(&self, variable: usize, index: &[usize], chunk: Encoded) -> Result<()> {
        let plan = self.plan(variable)?;
        let key = join(&plan.name, &plan.keys.key(index));
        match chunk {
            Encoded::Bytes { bytes, .. } => {
                self.output.lock().unwrap_or_else(PoisonError::into_inner).put(&key, &bytes)
            }
            Encoded::Absent => Ok(()),
            Encoded::Values(_) => Err(Error::data("internal: values where bytes are due", key)),
        }
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.output.into_inner().unwrap_or_else(PoisonError::into_inner).finish()
    }
}

impl Plan {
    /// One chunk as stored; `None` if every value is the fill value, to the bit.
    fn chunk_bytes(&self, cut: &Block) -> Result<Option<Vec<u8>>, String> {
        if self.fill.as_ref().is_some_and(|fill| all_equal(cut.data(), fill)) {
            return Ok(None);
        }
        self.check(cut.data())?;
        self.encode_whole(cut).map(Some)
    }

    /// Pad a cut chunk to its full extent and encode it.
    fn encode_whole(&self, cut: &Block) -> Result<Vec<u8>, String> {
        if cut.shape() == self.chunk {
            return Codec::encode(&self.codec, cut.data());
        }
        let internal = || "internal: a chunk does not fit its extent".to_owned();
        let blank = self.fill.clone().or_else(|| Buffer::zeros(&cut.data().data_type(), 1)).ok_or_else(internal)?;
        let mut whole = Block::filled(&blank, self.chunk.clone()).ok_or_else(internal)?;
        whole.paste(&vec![0; self.chunk.len()], cut, &Region::whole(cut.shape())).ok_or_else(internal)?;
        self.codec.encode(whole.data())
    }

    /// The chunks of one (cut) shard in C order.
    fn shard_chunks(&self, shard: &Block, per_shard: &[usize]) -> Result<Vec<Option<Vec<u8>>>, String> {
        let total = count(per_shard).unwrap_or(usize::MAX);
        let mut chunks = Vec::with_capacity(total);
        for number in 0..total {
            let mut index = vec![0; per_shard.len()];
            let mut rest = number;
            for (i, &n) in index.iter_mut().zip(per_shard).rev() {
                (*i, rest) = (rest % n.max(1), rest / n.max(1));
            }
            let region = Region::of_chunk(&index, &self.chunk, shard.shape());
            if region.is_empty() {
                chunks.push(None);
                continue;
            }
            let cut = shard.slice(&region).ok_or("internal: a chunk lies outside of its shard")?;
            chunks.push(self.chunk_bytes(&cut)?);
        }
        Ok(chunks)
    }

    /// Booleans must be 0 or 1.
    fn check(&self, values: &Buffer) -> Result<(), String> {
        match values {
            Buffer::I8(v) if self.stored == super::dtype::StoredType::Bool => {
                match v.iter().find(|b| !matches!(b, 0 | 1)) {
                    Some(other) => Err(format!("a boolean is {other}, neither 0 nor 1")),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

/// Whether every value has the very bits of the first of `fill`.
fn all_equal(values: &Buffer, fill: &Buffer) -> bool {
    macro_rules! same {
        ($($variant:ident)* ; $($float:ident)*) => {
            match (values, fill) {
                $((Buffer::$variant(v), Buffer::$variant(f)) => f.first().is_some_and(|f| v.iter().all(|x| x == f)),)*
                $((Buffer::$float(v), Buffer::$float(f)) => {
                    f.first().is_some_and(|f| v.iter().all(|x| x.to_bits() == f.to_bits()))
                })*
                // Texts are always written: readers disagree on what stands where none is.
                _ => false,
            }
        };
    }
    same!(I8 U8 I16 U16 I32 U32 I64 U64 Char; F32 F64)
}

/// The names of a variable's dimensions without their groups.
fn leaf_names(variable: &Variable) -> Vec<String> {
    variable.dimensions.iter().map(|d| d.rsplit('/').next().unwrap_or(d).to_owned()).collect()
}

/// Every document of metadata with its key, parents first, consolidated ones included.
fn documents(dataset: &Dataset, plans: &[Plan], version: u8) -> Vec<(String, Value)> {
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
fn check_names(dataset: &Dataset) -> Result<()> {
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
