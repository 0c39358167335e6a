//! What tasks wrote to files of their own, put together without being decoded.

use bytes::Bytes;
use pangeo::io::store::{self, ByteRange, ObjectPlace, ObjectTree, Opened};
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
    let Opened::Tree(tree) = store::open(path)? else { return Err(stranger("this is no fragment")) };
    let names = tree.children(FOLDER)?.unwrap_or_default();
    let Some(name) = names.iter().find(|n| n.starts_with("task-")) else {
        return Err(stranger("there is no receipt in it"));
    };
    let bytes = member(tree.as_ref(), &format!("{FOLDER}/{name}"))?;
    let receipt = TaskReceipt::parse(&bytes, path)?.ok_or_else(|| stranger("its receipt is cut short"))?;
    if receipt.plan != plan {
        return Err(stranger("it belongs to another plan"));
    }
    for object in &receipt.objects {
        let bytes = member(tree.as_ref(), &object.key)?;
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

fn member(tree: &dyn ObjectTree, key: &str) -> Result<Bytes> {
    tree.get(key, ByteRange::All)?
        .ok_or_else(|| Error::data(format!("object {key} is missing"), tree.name().to_owned()))
}
