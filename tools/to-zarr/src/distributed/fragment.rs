//! What tasks wrote to files of their own, put together without being decoded.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use pangeo::io::store::{self, ByteRange, LocalFile, ObjectPlace, ObjectTree, Opened, ZipTree};
use pangeo::io::zarr::{crc32c, crc32c_of};
use pangeo::{Error, Result};

use super::receipt::{FOLDER, Object, TaskReceipt, key};

/// Bytes of an object that are in memory at a time.
const PART: u64 = 8 << 20;

/// Copy the objects of a fragment to `place`, and its receipt last; the number of objects.
///
/// # Errors
/// When it is no fragment of the plan, or an object is not what its receipt says.
pub(super) fn collect(path: &str, plan: &str, place: &dyn ObjectPlace) -> Result<usize> {
    let stranger = |what: &str| {
        Error::data(what.to_owned(), path.to_owned()).with_hint("fragments come of to-zarr work --fragment")
    };
    let tree = open(path)?.ok_or_else(|| stranger("this is no fragment"))?;
    let name = receipt_in(tree.as_ref())?.ok_or_else(|| stranger("there is no receipt in it"))?;
    let bytes = member(tree.as_ref(), &name)?;
    let receipt = TaskReceipt::parse(&bytes, path)?.ok_or_else(|| stranger("its receipt is cut short"))?;
    if receipt.plan != plan {
        return Err(stranger("it belongs to another plan"));
    }
    for object in &receipt.objects {
        let unlike = || stranger(&format!("object {} is not what its receipt says", object.key));
        if object.bytes > PART {
            copy(tree.as_ref(), object, place, unlike)?;
            continue;
        }
        let bytes = member(tree.as_ref(), &object.key)?;
        if bytes.len() as u64 != object.bytes || crc32c(&bytes) != object.crc32c {
            return Err(unlike());
        }
        place.put(&object.key, bytes)?;
    }
    place.flush()?;
    place.put(&key(receipt.task), bytes)?;
    place.flush()?;
    Ok(receipt.objects.len())
}

/// Copy a large object in parts; it takes its place only if it is what its receipt says.
fn copy(tree: &dyn ObjectTree, object: &Object, place: &dyn ObjectPlace, unlike: impl Fn() -> Error) -> Result<()> {
    let mut draft = place.begin(&object.key, object.bytes)?;
    let (mut offset, mut sum) = (0, 0);
    while offset < object.bytes {
        let length = PART.min(object.bytes - offset);
        let part = tree.get(&object.key, ByteRange::From { offset, length })?.ok_or_else(&unlike)?;
        sum = crc32c_of(sum, &part);
        draft.append(&part)?;
        offset += length;
    }
    if sum != object.crc32c || tree.length(&object.key)?.is_some_and(|length| length != object.bytes) {
        return Err(unlike());
    }
    draft.commit()
}

/// What a fragment holds. It is a part of a store and can't be opened as one.
fn open(path: &str) -> Result<Option<Arc<dyn ObjectTree>>> {
    let file = Path::new(path);
    if file.is_file() {
        return Ok(Some(Arc::new(ZipTree::open(Arc::new(LocalFile::open(file)?))?)));
    }
    Ok(match store::open(path)? {
        Opened::Tree(tree) => Some(tree),
        Opened::Object(_) => None,
    })
}

/// The key of the receipt in a fragment.
fn receipt_in(tree: &dyn ObjectTree) -> Result<Option<String>> {
    // Of a task that owns nothing the receipt is all there is: its folder is then the archive's root.
    for folder in [FOLDER, ""] {
        let names = tree.children(folder)?.unwrap_or_default();
        if let Some(name) = names.iter().find(|n| n.starts_with("task-")) {
            return Ok(Some(format!("{folder}/{name}").trim_start_matches('/').to_owned()));
        }
    }
    Ok(None)
}

fn member(tree: &dyn ObjectTree, key: &str) -> Result<Bytes> {
    tree.get(key, ByteRange::All)?
        .ok_or_else(|| Error::data(format!("object {key} is missing"), tree.name().to_owned()))
}

#[cfg(test)]
mod tests {
    use pangeo::io::store::{Atomic, DirectoryPlace};
    use pangeo::io::zarr::ZipPlace;

    use super::*;

    /// The fragment of task 3 of plan `p`, with these objects, put into a folder: how many there were, or the refusal.
    fn collected(
        objects: &[(&str, &[u8])],
        crc: impl Fn(&[u8]) -> u32,
        plan: &str,
    ) -> std::result::Result<usize, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.dat");
        let zip = ZipPlace::create(&path).unwrap();
        let entry = |(k, b): &(&str, &[u8])| Object { key: (*k).to_owned(), bytes: b.len() as u64, crc32c: crc(b) };
        let objects_told = objects.iter().map(entry).collect();
        for (key, bytes) in objects {
            zip.put(key, bytes.to_vec().into()).unwrap();
        }
        let receipt = TaskReceipt { plan: "p".to_owned(), task: 3, objects: objects_told, seconds: 0.0 };
        zip.put(&key(3), receipt.to_json().into()).unwrap();
        zip.finish().unwrap();
        let place = DirectoryPlace::new(folder.path().join("store"), Atomic::Yes);
        let count = collect(&path.to_string_lossy(), plan, &place).map_err(|e| e.to_string())?;
        assert!(TaskReceipt::read(&place, plan, 3).unwrap().is_some());
        for (key, bytes) in objects {
            assert_eq!(place.get(key).unwrap().unwrap(), *bytes);
        }
        Ok(count)
    }

    #[test]
    fn what_a_task_wrote_is_collected_though_it_is_no_store() {
        assert_eq!(collected(&[("t/c/0", b"abc"), ("t/c/1", b"d")], crc32c, "p"), Ok(2));
        assert_eq!(collected(&[], crc32c, "p"), Ok(0));
    }

    #[test]
    fn a_large_object_is_collected_in_parts() {
        let bytes: Vec<u8> = (0..2 * PART as u32 + 5).map(|i| (i / 3) as u8).collect();
        assert_eq!(collected(&[("t/c/0", &bytes)], crc32c, "p"), Ok(1));
        assert!(collected(&[("t/c/0", &bytes)], |_| 1, "p").unwrap_err().contains("object t/c/0 is not what"));
    }

    #[test]
    fn what_is_not_as_its_receipt_says_is_refused() {
        assert!(collected(&[("t/c/0", b"abc")], |_| 1, "p").unwrap_err().contains("object t/c/0 is not what"));
        assert!(collected(&[("t/c/0", b"abc")], crc32c, "other").unwrap_err().contains("another plan"));
    }
}
