//! What a task delivered.

use pangeo::io::store::ObjectPlace;
use pangeo::io::zarr::Receipt;
use pangeo::{Error, Result};
use serde::{Deserialize, Serialize};

/// Where receipts lie in a store that is not finished.
pub(super) const FOLDER: &str = ".to-zarr";

/// The receipt of one task.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TaskReceipt {
    /// The plan that it was done for.
    pub(super) plan: String,
    pub(super) task: u32,
    pub(super) objects: Vec<Object>,
    pub(super) seconds: f64,
}

/// One object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Object {
    pub(super) key: String,
    pub(super) bytes: u64,
    pub(super) crc32c: u32,
}

impl From<Receipt> for Object {
    fn from(receipt: Receipt) -> Self {
        Self { key: receipt.key, bytes: receipt.bytes, crc32c: receipt.crc32c }
    }
}

impl From<Object> for Receipt {
    fn from(object: Object) -> Self {
        Self { key: object.key, bytes: object.bytes, crc32c: object.crc32c }
    }
}

/// The key of a task's receipt.
pub(super) fn key(task: u32) -> String {
    format!("{FOLDER}/task-{task:05}.json")
}

impl TaskReceipt {
    /// The receipt of a task of a plan, if it was delivered.
    ///
    /// # Errors
    /// When it can't be read.
    pub(super) fn read(place: &dyn ObjectPlace, plan: &str, task: u32) -> Result<Option<Self>> {
        let Some(bytes) = place.get(&key(task))? else { return Ok(None) };
        let own = |receipt: &Self| receipt.plan == plan && receipt.task == task;
        Ok(Self::parse(&bytes, place.name())?.into_iter().find(own))
    }

    /// From its JSON; one that was cut short is none.
    pub(super) fn parse(bytes: &[u8], place: &str) -> Result<Option<Self>> {
        match serde_json::from_slice(bytes) {
            Ok(receipt) => Ok(Some(receipt)),
            Err(e) if e.is_eof() => Ok(None),
            Err(e) => Err(Error::data(format!("a receipt is broken ({e})"), place.to_owned())
                .with_hint("do its task again with --again")),
        }
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }
}
