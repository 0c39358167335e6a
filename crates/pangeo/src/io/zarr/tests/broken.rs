//! Stores that are broken, absurd or hostile: errors that name the place, never more.

use super::stores::InMemory;
use crate::io::zarr::{open, sniff};
use crate::model::{Buffer, Region};

const GROUP: &str = r#"{"zarr_format": 3, "node_type": "group"}"#;

fn array3(change: &[(&str, &str)]) -> String {
    let mut map: serde_json::Map<String, serde_json::Value> = serde_json::from_str(
        r#"{"zarr_format": 3, "node_type": "array", "shape": [4], "data_type": "int16", "fill_value": -1,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
        "chunk_key_encoding": {"name": "default"}, "codecs": ["bytes"]}"#,
    )
    .unwrap();
    for (key, value) in change {
        map.insert((*key).to_owned(), serde_json::from_str(value).unwrap());
    }
    serde_json::to_string(&map).unwrap()
}

#[test]
fn missing_chunks_are_the_fill_value_and_short_ones_errors() {
    let mut store = InMemory::of(&[("zarr.json", GROUP), ("a/zarr.json", &array3(&[]))]);
    store.objects.insert("a/c/1".into(), vec![1, 0, 2, 0]);
    let dataset = open(store.shared()).unwrap();
    assert_eq!(dataset.variables[0].array.read_all().unwrap().data(), &Buffer::I16(vec![-1, -1, 1, 2]));
    assert_eq!(dataset.dimensions[0].name, "phony_dim_0");
    for bytes in [vec![], vec![1], vec![0; 5], vec![0; 400]] {
        let mut store = InMemory::of(&[("zarr.json", GROUP), ("a/zarr.json", &array3(&[]))]);
        store.objects.insert("a/c/1".into(), bytes);
        let dataset = open(store.shared()).unwrap();
        let error = dataset.variables[0].array.read(&Region::of_chunk(&[2], &[1], &[4])).unwrap_err().to_string();
        assert!(error.contains("a/c/1"), "{error}");
    }
}

#[test]
fn broken_metadata_name_their_object() {
    let cases = [
        ("a/zarr.json", "{".to_owned()),
        ("a/zarr.json", "[]".to_owned()),
        ("a/zarr.json", r#"{"node_type": 3}"#.to_owned()),
        ("a/zarr.json", array3(&[("shape", "[1e99]")])),
        ("a/zarr.json", array3(&[("shape", "[18446744073709551615]")])),
        ("a/zarr.json", array3(&[("fill_value", "70000")])),
        ("a/zarr.json", array3(&[("zarr_format", "4")])),
        ("a/zarr.json", array3(&[("dimension_names", r#"["x", "y"]"#)])),
        ("zarr.json", "\"x\"".to_owned()),
        ("zarr.json", format!("{}1{}", "[".repeat(5000), "]".repeat(5000))),
    ];
    for (key, text) in cases {
        let store = InMemory::of(&[("zarr.json", GROUP), (key, &text)]);
        assert!(sniff(&store).unwrap());
        let error = open(store.shared()).unwrap_err().to_string();
        assert!(error.contains(key), "{text:.60}: {error}");
    }
    assert!(!sniff(&InMemory::of(&[("data", "x")])).unwrap());
    assert!(open(InMemory::of(&[]).shared()).is_err());
}

#[test]
fn what_can_not_be_read_is_listed_and_refused_by_name() {
    let sharded = r#"[{"name": "sharding_indexed", "configuration": {"chunk_shape": [3], "codecs": ["bytes"],
        "index_codecs": ["bytes"]}}]"#;
    let cases = [
        (array3(&[("codecs", r#"["bytes", "lzma"]"#)]), "lzma"),
        (array3(&[("codecs", sharded)]), "sharding"),
        (array3(&[("codecs", "[]"), ("data_type", "\"complex64\"")]), "complex64"),
        (array3(&[("chunk_grid", r#"{"name": "rectilinear"}"#)]), "rectilinear"),
        (array3(&[("codecs", r#"[{"name": "transpose", "configuration": {"order": [7]}}, "bytes"]"#)]), "transpose"),
        (array3(&[("shape", "[1000000]"), ("codecs", r#"["zfp"]"#)]), "zfp"),
    ];
    for (text, told) in cases {
        let dataset = open(InMemory::of(&[("zarr.json", GROUP), ("a/zarr.json", &text)]).shared()).unwrap();
        let error = dataset.variables[0].array.read_all().unwrap_err().to_string();
        assert!(error.contains(told) && error.contains("'a'"), "{error}");
    }
}

#[test]
fn one_dimension_has_one_length_in_a_group() {
    let x4 = array3(&[("dimension_names", "[\"x\"]")]);
    let x3 = array3(&[("dimension_names", "[\"x\"]"), ("shape", "[3]")]);
    let store = InMemory::of(&[("zarr.json", GROUP), ("a/zarr.json", &x4), ("b/zarr.json", &x3)]);
    let error = open(store.shared()).unwrap_err().to_string();
    assert!(error.contains("'x'") && error.contains('4') && error.contains('3') && error.contains("'b'"), "{error}");
    // In a group of its own it may differ; where it agrees it is the same.
    let store = InMemory::of(&[
        ("zarr.json", GROUP),
        ("a/zarr.json", &x4),
        ("g/zarr.json", GROUP),
        ("g/b/zarr.json", &x3),
        ("h/zarr.json", GROUP),
        ("h/b/zarr.json", &x4),
    ]);
    let dataset = open(store.shared()).unwrap();
    assert_eq!(dataset.variable("g/b").unwrap().dimensions, ["g/x"]);
    assert_eq!(dataset.variable("h/b").unwrap().dimensions, ["x"]);
}

#[test]
fn without_listing_consolidated_metadata_are_needed() {
    let mut store = InMemory::of(&[("zarr.json", GROUP), ("a/zarr.json", &array3(&[]))]);
    store.listable = false;
    let error = open(store.shared()).unwrap_err();
    assert!(error.to_string().contains("can't be listed") && error.hint().is_some());
    let array = array3(&[]);
    let root = format!(
        r#"{{"zarr_format": 3, "node_type": "group", "consolidated_metadata": {{"kind": "inline", "metadata": {{"a": {array}}}}}}}"#
    );
    let mut store = InMemory::of(&[("zarr.json", &root)]);
    store.listable = false;
    assert_eq!(open(store.shared()).unwrap().variables[0].name, "a");
    let evil = root.replace("\"a\":", "\"../../a\":");
    assert!(open(InMemory::of(&[("zarr.json", &evil)]).shared()).is_err());
}

#[test]
fn a_shard_index_that_lies_is_an_error() {
    let codecs = r#"[{"name": "sharding_indexed", "configuration": {"chunk_shape": [1], "codecs": ["bytes"],
        "index_codecs": ["bytes"]}}]"#;
    for index in [[0u64, 400, 0, 2], [u64::MAX - 1, 9, 0, 2], [1 << 60, 2, 0, 2], [0, 1 << 40, 0, 2], [0, 0, 0, 1]] {
        let mut store = InMemory::of(&[("zarr.json", GROUP), ("a/zarr.json", &array3(&[("codecs", codecs)]))]);
        let mut shard = vec![5, 0];
        shard.extend(index.iter().flat_map(|v| v.to_le_bytes()));
        store.objects.insert("a/c/0".into(), shard);
        let dataset = open(store.shared()).unwrap();
        let error = dataset.variables[0].array.read_all().unwrap_err().to_string();
        assert!(error.contains("a/c/0") || error.contains("cut short"), "{error}");
    }
}

#[test]
fn metadata_cut_or_changed_anywhere_never_panic() {
    let text =
        array3(&[("codecs", r#"["bytes", {"name": "blosc", "configuration": {"cname": "lz4", "typesize": 2}}]"#)]);
    for at in 0..text.len() {
        for replacement in ["", "0", "\"", "-", "[", "9999999999999999999", "null"] {
            let mut bad = text.as_bytes().to_vec();
            bad.splice(at..=at, replacement.bytes());
            let mut store = InMemory::of(&[("zarr.json", "")]);
            store.objects.insert("zarr.json".into(), bad);
            store.objects.insert("c/0".into(), vec![2, 1, 1, 2, 4, 0, 0, 0, 4, 0, 0, 0, 20, 0, 0, 0, 9, 9, 9, 9]);
            if let Ok(dataset) = open(store.shared()) {
                let array = &dataset.variables[0].array;
                if array.len() < 1000 {
                    let _ = array.read_all();
                }
            }
        }
    }
}
