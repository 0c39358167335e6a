//! What tasks wrote to files of their own, put together without being decoded.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use pangeo::io::store::{ByteRange, LocalFile, ObjectPlace, ObjectTree, ZipTree};
use pangeo::io::zarr::crc32c;
use pangeo::{Error, Result};

use super::receipt::{FOLDER, TaskReceipt, key};

/// Copy the objects of a fragment to `place`, and its receipt last; the number of objects.
///
/// # Errors
/// When it is no fragment of the plan, or an object is not what its receipt says.
pub(super) fn collect(path: &str, plan: &str, place: &dyn ObjectPlace) -> Result<usize> {
    let stranger = |what: &str| {
        Error::data(what.to_owned(), path.to_owned()).with_hint("fragments come of to-zarr work --fragment")
    };
    // No store is in it yet, only objects of one.
    let tree = ZipTree::open(Arc::new(LocalFile::open(Path::new(path))?))?;
    let Some(name) = receipt(&tree)? else { return Err(stranger("there is no receipt in it")) };
    let bytes = member(&tree, &name)?;
    let receipt = TaskReceipt::parse(&bytes, path)?.ok_or_else(|| stranger("its receipt is cut short"))?;
    if receipt.plan != plan {
        return Err(stranger("it belongs to another plan"));
    }
    for object in &receipt.objects {
        let bytes = member(&tree, &object.key)?;
        if bytes.len() as u64 != object.bytes || crc32c(&bytes) != object.crc32c {
            return Err(stranger(&format!("object {} is not what its receipt says", object.key)));
        }
        place.put(&object.key, bytes)?;
    }
    place.flush()?;
    place.put(&key(receipt.task), bytes)?;
    place.flush()?;
    Ok(receipt.objects.len())
}

/// The name of the receipt. Where there is nothing else its folder passes for the archive's root.
fn receipt(tree: &ZipTree) -> Result<Option<String>> {
    for folder in [format!("{FOLDER}/"), String::new()] {
        let names = tree.children(folder.trim_end_matches('/'))?.unwrap_or_default();
        if let Some(name) = names.iter().find(|name| name.starts_with("task-")) {
            return Ok(Some(folder + name));
        }
    }
    Ok(None)
}

fn member(tree: &dyn ObjectTree, key: &str) -> Result<Bytes> {
    tree.get(key, ByteRange::All)?
        .ok_or_else(|| Error::data(format!("object {key} is missing"), tree.name().to_owned()))
}
