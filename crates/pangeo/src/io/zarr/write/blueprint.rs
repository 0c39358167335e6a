//! A store laid out before anything of it is written.

use std::fmt;

use super::documents::{check_names, documents};
use super::plan::Plan;
use crate::io::zarr::hierarchy::join;
use crate::io::zarr::json;
use crate::model::{Dataset, Variable};
use crate::{Error, Result};

/// How every array stands in a store, and the store's metadata.
///
/// Variables are numbered as in the dataset that it was made for.
pub struct Blueprint {
    plans: Vec<Plan>,
    documents: Vec<(String, Vec<u8>)>,
}

impl fmt::Debug for Blueprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.plans.iter().map(|plan| &plan.name)).finish()
    }
}

impl Blueprint {
    /// Lay out a store of `version` 2 or 3 for `dataset`, whose variables' encodings are final:
    /// chunks and shards (v2 has none) as they say, one chunk where they say nothing; an extent
    /// of 0 becomes 1.
    ///
    /// # Errors
    /// [`Error::Unsupported`] naming what the format can't hold, or [`Error::Data`] when names can't be paths of a
    /// store.
    pub fn new(dataset: &Dataset, version: u8) -> Result<Self> {
        if !matches!(version, 2 | 3) {
            return Err(Error::usage(format!("Zarr has no version {version}")));
        }
        check_names(dataset)?;
        let plan = |v: &Variable| Plan::new(v, &leaf_names(v), version);
        let plans = dataset.variables.iter().map(plan).collect::<Result<Vec<_>>>()?;
        let mut documents: Vec<(String, Vec<u8>)> = documents(dataset, &plans, version)
            .into_iter()
            .map(|(key, value)| (key, json::print(&value).into_bytes()))
            .collect();
        // The one that makes a store of it comes last: v3 begins with the root, v2 ends with what is consolidated.
        if version == 3 && !documents.is_empty() {
            documents.rotate_left(1);
        }
        Ok(Self { plans, documents })
    }

    /// A store of arrays that are laid out already, with its documents in the order of writing.
    pub(super) fn of(plans: Vec<Plan>, documents: Vec<(String, Vec<u8>)>) -> Self {
        Self { plans, documents }
    }

    /// Every document of metadata under its key, in the order of writing: the one that makes a store of it, with the
    /// consolidated metadata of all, is the last.
    pub fn documents(&self) -> &[(String, Vec<u8>)] {
        &self.documents
    }

    /// The extent of an object (a shard, where there are shards, else a chunk) along each dimension.
    pub fn object_shape(&self, variable: usize) -> &[usize] {
        self.plans.get(variable).map(Plan::object).unwrap_or_default()
    }

    /// The extent of a chunk, by itself or inside a shard, along each dimension.
    pub fn chunk_shape(&self, variable: usize) -> &[usize] {
        self.plans.get(variable).map(|plan| plan.chunk.as_slice()).unwrap_or_default()
    }

    /// How many objects lie along each dimension.
    pub fn object_counts(&self, variable: usize) -> Vec<usize> {
        let Some(plan) = self.plans.get(variable) else { return Vec::new() };
        plan.shape.iter().zip(plan.object()).map(|(&n, &c)| n.div_ceil(c.max(1))).collect()
    }

    /// The key of an object in the store.
    ///
    /// # Errors
    /// When there is no such variable.
    pub fn key(&self, variable: usize, index: &[usize]) -> Result<String> {
        let plan = self.plan(variable)?;
        Ok(join(&plan.name, &plan.keys.key(index)))
    }

    pub(super) fn plan(&self, variable: usize) -> Result<&Plan> {
        self.plans.get(variable).ok_or_else(|| Error::data(format!("internal: no variable {variable}"), "Zarr output"))
    }
}

/// The names of a variable's dimensions without their groups.
fn leaf_names(variable: &Variable) -> Vec<String> {
    variable.dimensions.iter().map(|d| d.rsplit('/').next().unwrap_or(d).to_owned()).collect()
}
