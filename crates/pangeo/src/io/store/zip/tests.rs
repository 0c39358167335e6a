//! Archives written by the `zip` crate, and what is left of them after damage.

use std::io::{Cursor, Write};
use std::ops::Range;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

#[derive(Debug)]
struct Memory(Bytes);

impl ByteSource for Memory {
    fn name(&self) -> &'static str {
        "s.zip"
    }

    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        crate::io::store::local::checked_length(&range, self.len(), self.name())?;
        Ok(self.0.slice(range.start as usize..range.end as usize))
    }
}

fn tree(bytes: impl Into<Bytes>) -> Result<ZipTree> {
    ZipTree::open(Arc::new(Memory(bytes.into())))
}

/// An archive of members, packed or not.
fn archive(members: &[(&str, &[u8], CompressionMethod)], large: bool) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes, method) in members {
        let options = SimpleFileOptions::default().compression_method(*method).large_file(large);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const STORED: CompressionMethod = CompressionMethod::Stored;
const DEFLATED: CompressionMethod = CompressionMethod::Deflated;

#[test]
fn members_stored_and_deflated() {
    for large in [false, true] {
        let zeros = vec![0; 100_000];
        let bytes = archive(
            &[("zarr.json", b"{}", DEFLATED), ("t/c/0", b"0123456789", STORED), ("t/c/1", &zeros, DEFLATED)],
            large,
        );
        let tree = tree(bytes).unwrap();
        assert!(tree.is_zarr());
        assert_eq!(tree.get("zarr.json", ByteRange::All).unwrap().unwrap(), &b"{}"[..]);
        assert_eq!(tree.get("t/c/0", ByteRange::All).unwrap().unwrap(), &b"0123456789"[..]);
        assert_eq!(tree.get("t/c/0", ByteRange::Last(2)).unwrap().unwrap(), &b"89"[..]);
        let from = ByteRange::From { offset: 3, length: 4 };
        assert_eq!(tree.get("t/c/0", from).unwrap().unwrap(), &b"3456"[..]);
        assert_eq!(tree.get("t/c/1", ByteRange::All).unwrap().unwrap(), zeros);
        assert_eq!(tree.get("t/c/1", from).unwrap().unwrap(), &zeros[..4]);
        assert_eq!(tree.get("t/c", ByteRange::All).unwrap(), None);
        assert!(tree.get("t/c/0", ByteRange::Last(11)).is_err());
        assert!(tree.get("../x", ByteRange::All).is_err());
    }
}

#[test]
fn names_below_a_folder() {
    let bytes = archive(
        &[
            ("a.b", b"", STORED),
            ("a/x", b"", STORED),
            ("a/y/z", b"", STORED),
            ("a/y/w", b"", STORED),
            ("a-c/q", b"", STORED),
        ],
        false,
    );
    let tree = tree(bytes).unwrap();
    assert_eq!(tree.children("").unwrap().unwrap(), ["a", "a-c", "a.b"]);
    assert_eq!(tree.children("a").unwrap().unwrap(), ["x", "y"]);
    assert_eq!(tree.children("a/y").unwrap().unwrap(), ["w", "z"]);
    assert!(tree.children("absent").unwrap().unwrap().is_empty());
    assert!(!tree.is_zarr());
    let told = tree.refusal().to_string();
    assert!(told.contains("a zip archive without a Zarr store in it (it holds a-c/q, a.b, a/x, …)"), "{told}");
}

#[test]
fn one_folder_around_everything_is_the_root() {
    let members =
        [("s.zarr/.zgroup", &b"{}"[..], STORED), ("s.zarr/t/0.0", b"1", STORED), ("__MACOSX/._s.zarr", b"", STORED)];
    let tree = tree(archive(&members, false)).unwrap();
    assert!(tree.is_zarr());
    assert_eq!(tree.get("t/0.0", ByteRange::All).unwrap().unwrap(), &b"1"[..]);
    assert_eq!(tree.children("").unwrap().unwrap(), [".zgroup", "t"]);
}

#[test]
fn of_two_members_of_one_name_the_last_counts() {
    // The crate refuses to write such archives, so the name is changed afterwards.
    let mut bytes = archive(&[("zarr.json", b"", STORED), ("c/0", b"old", STORED), ("c/1", b"new", STORED)], false);
    while let Some(at) = bytes.windows(3).position(|name| name == b"c/1") {
        bytes[at + 2] = b'0';
    }
    let tree = tree(bytes).unwrap();
    assert_eq!(tree.children("c").unwrap().unwrap(), ["0"]);
    assert_eq!(tree.get("c/0", ByteRange::All).unwrap().unwrap(), &b"new"[..]);
}

#[test]
fn bytes_in_front_of_the_archive_are_skipped() {
    let mut bytes = b"#!/bin/sh\n".to_vec();
    bytes.extend(archive(&[("zarr.json", b"{}", STORED)], false));
    assert_eq!(tree(bytes).unwrap().get("zarr.json", ByteRange::All).unwrap().unwrap(), &b"{}"[..]);
}

#[test]
fn damage_is_noticed() {
    let bytes = archive(&[("zarr.json", b"{}", STORED), ("c", b"0123456789", STORED)], false);
    let at = bytes.windows(10).position(|w| w == b"0123456789").unwrap();
    let mut wrong = bytes.clone();
    wrong[at] = b'x';
    let error = tree(wrong).unwrap().get("c", ByteRange::All).unwrap_err();
    assert!(error.to_string().contains("checksum of member \"c\""), "{error}");
    for length in 0..bytes.len() {
        assert!(tree(bytes[..length].to_vec()).is_err(), "cut to {length} bytes");
    }
}

#[test]
fn no_byte_can_make_it_panic() {
    for large in [false, true] {
        let bytes = archive(&[("zarr.json", b"{}", STORED), ("c", &[7; 300], DEFLATED)], large);
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0xff, bytes[at] ^ 1, bytes[at] ^ 0x80] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                let Ok(tree) = tree(bytes) else { continue };
                for key in ["zarr.json", "c"] {
                    let _ = tree.get(key, ByteRange::All);
                    let _ = tree.get(key, ByteRange::Last(1));
                }
                let _ = tree.children("");
            }
        }
    }
}

#[test]
fn bombs_do_not_go_off() {
    let bytes = archive(&[("zarr.json", &[0; 1000], DEFLATED)], false);
    let at = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap() + 24;
    for size in [u32::MAX - 1, 1 << 20] {
        let mut bytes = bytes.clone();
        bytes[at..at + 4].copy_from_slice(&size.to_le_bytes());
        let error = tree(bytes).unwrap().get("zarr.json", ByteRange::All).unwrap_err();
        assert!(error.to_string().contains("claims to unpack"), "{error}");
    }
}
