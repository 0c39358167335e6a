//! What is read of each input: coordinates of dimensions and scalars, once.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use super::Finding;
use crate::Result;
use crate::cf::roles::Kind;
use crate::engine::Engine;
use crate::model::array::Memory;
use crate::model::{Array, Block, Buffer, Dataset, Variable};
use crate::ops::combine::Candidate;

/// Coordinates up to this length are kept; longer ones are read again where they are asked for.
const KEPT: usize = 1 << 20;

/// One input.
pub(super) struct File {
    pub(super) source: String,
    pub(super) candidate: Candidate,
    /// Each dimension.
    pub(super) extents: BTreeMap<String, Extent>,
    /// A digest of each scalar.
    pub(super) scalars: BTreeMap<String, u64>,
    /// Why it is not combined with the others.
    pub(super) refused: Option<Finding>,
}

/// A dimension and where its places are.
pub(super) struct Extent {
    pub(super) length: usize,
    /// Of the coordinate; 0 where there is none.
    digest: u64,
    /// The first and last value as they are stored, if the coordinate is numeric.
    pub(super) ends: Option<(f64, f64)>,
}

impl Extent {
    /// What is the same where places are the same, but for rounding.
    pub(super) fn signature(&self) -> (usize, u64) {
        (self.length, self.digest)
    }
}

/// Coordinates that several inputs share, held once.
type Shared = Mutex<HashMap<u64, Vec<Array>>>;

/// Read what an audit looks at, in parallel. What can't be read is left for those to find who need it.
pub(super) fn read(datasets: &[Dataset], engine: &Engine) -> Result<Vec<File>> {
    let shared = Shared::default();
    let mut files = Vec::with_capacity(datasets.len());
    let produce = |i: usize| Ok(datasets.get(i).map(|dataset| file(dataset, &shared)));
    engine.ordered(datasets.len(), 4 * engine.threads(), produce, |_, file| {
        files.extend(file);
        Ok(())
    })?;
    Ok(files)
}

fn file(dataset: &Dataset, shared: &Shared) -> File {
    let mut candidate = Candidate::new(dataset.clone());
    let (mut extents, mut scalars, mut held) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let mut hold = |variable: &Variable| {
        let block = variable.array.read_all().ok()?;
        let digest = digest(variable, candidate.roles().kind(&variable.name), block.data());
        let ends = ends(&block);
        if block.data().len() <= KEPT {
            held.push((variable.name.clone(), one_of(shared, digest, block)));
        }
        Some((digest, ends))
    };
    for dimension in &dataset.dimensions {
        let known = candidate.coordinate(&dimension.name).and_then(&mut hold);
        let (digest, ends) = known.unwrap_or_default();
        extents.insert(dimension.name.clone(), Extent { length: dimension.length, digest, ends });
    }
    for variable in dataset.variables.iter().filter(|v| v.dimensions.is_empty()) {
        if let Some((digest, _)) = hold(variable) {
            scalars.insert(variable.name.clone(), digest);
        }
    }
    held.into_iter().for_each(|(name, array)| candidate.hold(&name, array));
    File { source: dataset.source.clone(), candidate, extents, scalars, refused: None }
}

/// What is the same for equal values; of times also what they count.
fn digest(variable: &Variable, kind: Kind, values: &Buffer) -> u64 {
    let mut hasher = DefaultHasher::new();
    match values {
        Buffer::String(texts) => texts.hash(&mut hasher),
        numbers => {
            numbers.data_type().to_string().hash(&mut hasher);
            numbers.to_f64().unwrap_or_default().iter().for_each(|x| x.to_bits().hash(&mut hasher));
        }
    }
    if let Buffer::Char(bytes) = values {
        bytes.hash(&mut hasher);
    }
    if matches!(kind, Kind::Time | Kind::ReferenceTime) {
        ["units", "calendar"].iter().for_each(|name| variable.attributes.text(name).map(str::trim).hash(&mut hasher));
    }
    // 0 is for what has no values.
    hasher.finish().max(1)
}

fn ends(block: &Block) -> Option<(f64, f64)> {
    let data = block.data();
    data.get_f64(0).zip(data.get_f64(data.len().checked_sub(1)?))
}

/// The array of another input that holds the same, or a new one.
fn one_of(shared: &Shared, digest: u64, block: Block) -> Array {
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let arrays = shared.entry(digest).or_default();
    let known = arrays.iter().find(|array| array.read_all().is_ok_and(|other| other == block)).map(Arc::clone);
    known.unwrap_or_else(|| {
        let array = Memory::array(block);
        arrays.push(Arc::clone(&array));
        array
    })
}
