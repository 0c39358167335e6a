//! Objects as files below a folder.

use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const BOTH: [Atomic; 2] = [Atomic::Yes, Atomic::No];

/// A folder that does not exist yet, and a place below it.
fn place(atomic: Atomic) -> (tempfile::TempDir, PathBuf, DirectoryPlace) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("s.zarr");
    let place = DirectoryPlace::new(&root, atomic);
    (folder, root, place)
}

fn keys(place: &DirectoryPlace, prefix: &str) -> Vec<String> {
    place.list(prefix).unwrap().into_iter().map(|(key, _)| key).collect()
}

#[test]
fn objects_are_files() {
    for atomic in BOTH {
        let (_folder, root, place) = place(atomic);
        assert!(place.list("").unwrap().is_empty() && place.get("zarr.json").unwrap().is_none());
        for (key, bytes) in [("zarr.json", "{}"), ("t/c/0/0", "0123"), ("t/c/0/1", ""), ("t.x", "a"), ("t/c/0/0", "45")]
        {
            place.put(key, bytes.into()).unwrap();
        }
        place.flush().unwrap();
        assert_eq!(fs::read_to_string(root.join("t/c/0/0")).unwrap(), "45");
        assert_eq!(place.get("t/c/0/0").unwrap().unwrap(), "45");
        assert_eq!(place.get("t/c").unwrap(), None, "a folder is no object");
        let all = place.list("").unwrap();
        let expected = [("t.x", 1), ("t/c/0/0", 2), ("t/c/0/1", 0), ("zarr.json", 2)];
        assert_eq!(all, expected.map(|(key, size)| (key.to_owned(), size)), "as S3 sorts them");
        assert_eq!(keys(&place, "t"), ["t/c/0/0", "t/c/0/1"]);
        assert!(keys(&place, "zarr.json").is_empty() && keys(&place, "absent").is_empty());
    }
}

#[test]
fn removing_what_is_not_there_is_well() {
    for atomic in BOTH {
        let (_folder, _, place) = place(atomic);
        place.put("t/0", "x".into()).unwrap();
        for key in ["t/0", "t/0", "t", "t/0/1", "u/v"] {
            place.remove(key).unwrap();
        }
        assert!(keys(&place, "").is_empty());
    }
}

#[test]
fn one_alone_puts_what_is_absent() {
    for atomic in BOTH {
        let (_folder, root, place) = place(atomic);
        let winners = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for number in 0..8 {
                let (place, winners) = (&place, &winners);
                scope.spawn(move || {
                    if place.put_if_absent("t/claim", format!("{number}").into()).unwrap() {
                        winners.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(winners.into_inner(), 1);
        assert_eq!(place.list("").unwrap(), [("t/claim".to_owned(), 1)]);
        assert_eq!(fs::read_dir(root.join("t")).unwrap().count(), 1, "no temporaries");
    }
}

#[test]
fn many_threads_put_and_a_reader_sees_whole_objects() {
    let (_folder, _, place) = place(Atomic::Yes);
    let place = &place;
    place.put("shared", vec![0; 5000].into()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4_u8 {
            scope.spawn(move || {
                for number in 0..10 {
                    place.put(&format!("{}/{thread}/{number}", number % 3), "x".into()).unwrap();
                    place.put("shared", vec![thread; 5000].into()).unwrap();
                    let seen = place.get("shared").unwrap().unwrap();
                    assert!(seen.len() == 5000 && seen.iter().all(|b| *b == seen[0]));
                }
            });
        }
    });
    assert_eq!(place.list("").unwrap().len(), 41);
}

#[test]
fn keys_stay_inside() {
    for atomic in BOTH {
        let (folder, _, place) = place(atomic);
        for key in ["../x", "/etc/x", "a/../../x", "a//b", "", ".", "a/.", "a\0b", "a\\..\\b", ".x.abcdef.tmp"] {
            assert!(place.put(key, "x".into()).is_err(), "{key:?}");
            assert!(place.put_if_absent(key, "x".into()).is_err(), "{key:?}");
            assert!(place.get(key).is_err() && place.remove(key).is_err(), "{key:?}");
        }
        assert!(place.list("..").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn temporaries_are_hidden_and_go_with_a_failure() {
    let (_folder, root, place) = place(Atomic::Yes);
    place.put("t/.zarray", "{}".into()).unwrap();
    fs::write(root.join("t/.0.0.abcdef.tmp"), "half").unwrap();
    assert_eq!(keys(&place, ""), ["t/.zarray"]);
    fs::create_dir(root.join("t/folder")).unwrap();
    let told = place.put("t/folder", "x".into()).unwrap_err().to_string();
    assert!(told.starts_with("cannot write ") && told.contains("t/folder"), "{told}");
    assert_eq!(fs::read_dir(root.join("t")).unwrap().count(), 3, "the failed one left nothing");
}

#[test]
fn a_folder_that_was_removed_is_made_again() {
    for atomic in BOTH {
        let (_folder, root, place) = place(atomic);
        place.put("t/c/0", "x".into()).unwrap();
        fs::remove_dir_all(root.join("t")).unwrap();
        place.put("t/c/1", "x".into()).unwrap();
        assert_eq!(keys(&place, ""), ["t/c/1"]);
    }
}

#[test]
fn links_that_lead_back_end_the_walk() {
    let (_folder, root, place) = place(Atomic::No);
    place.put("t/0", "x".into()).unwrap();
    symlink("..", root.join("t/back")).unwrap();
    symlink("nowhere", root.join("t/broken")).unwrap();
    symlink("0", root.join("t/same")).unwrap();
    assert_eq!(keys(&place, ""), ["t/0", "t/same"]);
}

#[test]
fn an_object_in_pieces_appears_whole_or_not_at_all() {
    for atomic in BOTH {
        let (_folder, root, place) = place(atomic);
        place.put("t/c/0", "old".into()).unwrap();
        let mut draft = place.begin("t/c/0", 10).unwrap();
        draft.append(b"new").unwrap();
        assert_eq!(place.get("t/c/0").unwrap().unwrap(), "old");
        drop(draft);
        assert_eq!(place.get("t/c/0").unwrap().unwrap(), "old");
        for key in ["t/c/0", "u/c/1"] {
            let mut draft = place.begin(key, 10).unwrap();
            ["ne", "", "wer"].iter().for_each(|piece| draft.append(piece.as_bytes()).unwrap());
            draft.commit().unwrap();
        }
        place.flush().unwrap();
        assert_eq!(place.list("").unwrap(), [("t/c/0".to_owned(), 5), ("u/c/1".to_owned(), 5)]);
        assert_eq!(fs::read_dir(root.join("t/c")).unwrap().count(), 1, "nothing else is left");
        assert!(place.begin("../x", 1).is_err());
    }
}
