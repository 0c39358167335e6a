//! What a recipe may say, and what it is told when it may not.

use super::super::{Attribute, Encoding, FloatType, OnError, OptimiseFor, Recipe};

#[test]
fn every_key_is_read() {
    let text = "\
version: 1
title: Tasmania
description: Daily fields
inputs: d/{variable}_{time:%Y}.nc
keys: {variable: [tas, pr], time: 2000..2001}
concat: time
merge: [variable]
store: out/x.zarr
zarr_version: 2
chunks: {time: 24, lat: 180}
shards:
  time: 240
chunk_size: 64MB
optimise_for: space
compression: blosc:zstd:3
bitround: {tas: 9, '*': 12}
variables: tas
encodings:
  pr: {chunks: {time: 1}, shards: {time: 2}, compression: none, bitround: 7, dtype: float32}
attributes: {history: null, institution: CSIRO, version: '1.0', n: 3, box: [1, 2.5], code: [1, 2]}
append: time
stac: stac
on_error: skip
";
    let recipe = Recipe::parse(text, "in/r.yaml").unwrap();
    let extents = |list: &[(&str, usize)]| list.iter().map(|(n, c)| ((*n).to_owned(), *c)).collect::<Vec<_>>();
    assert_eq!(recipe.name, "in/r.yaml");
    assert_eq!((recipe.title.as_deref(), recipe.description.as_deref()), (Some("Tasmania"), Some("Daily fields")));
    assert_eq!((recipe.concat.join(","), recipe.merge.join(",")), ("time".to_owned(), "variable".to_owned()));
    assert_eq!((recipe.store.as_deref(), recipe.stac.as_deref()), (Some("in/out/x.zarr"), Some("in/stac")));
    assert_eq!(recipe.zarr_version, Some(2));
    assert_eq!(recipe.chunks, extents(&[("time", 24), ("lat", 180)]));
    assert_eq!(recipe.shards, extents(&[("time", 240)]));
    assert_eq!((recipe.chunk_size.as_deref(), recipe.compression.as_deref()), (Some("64MB"), Some("blosc:zstd:3")));
    assert_eq!((recipe.optimise_for, recipe.on_error), (Some(OptimiseFor::Space), Some(OnError::Skip)));
    assert_eq!(recipe.bitround.into_iter().collect::<Vec<_>>(), [("*".to_owned(), 12), ("tas".to_owned(), 9)]);
    assert_eq!((recipe.variables, recipe.append.as_deref()), (vec!["tas".to_owned()], Some("time")));
    let pr = Encoding {
        chunks: extents(&[("time", 1)]),
        shards: extents(&[("time", 2)]),
        compression: Some("none".to_owned()),
        bitround: Some(7),
        dtype: Some(FloatType::Float32),
    };
    assert_eq!(recipe.encodings.get("pr"), Some(&pr));
    let attributes = [
        ("history", Attribute::Remove),
        ("institution", Attribute::Text("CSIRO".to_owned())),
        ("version", Attribute::Text("1.0".to_owned())),
        ("n", Attribute::Integers(vec![3])),
        ("box", Attribute::Numbers(vec![1.0, 2.5])),
        ("code", Attribute::Integers(vec![1, 2])),
    ];
    assert_eq!(recipe.attributes, attributes.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn json_is_a_recipe_too() {
    let recipe = Recipe::parse(r#"{"inputs": ["https://a/b.nc"], "chunks": {"time": 1}}"#, "r.json").unwrap();
    assert_eq!(recipe.inputs(None).unwrap()[0].path, "https://a/b.nc");
}

#[test]
fn what_is_wrong_is_told_by_key_and_place() {
    let rows = [
        ("- a", "r:1:1: a recipe is a mapping such as 'inputs: data/*.nc', not a list"),
        ("chunk: {time: 1}", "r:1:1: unknown key 'chunk', did you mean 'chunks'? (known: version, title, "),
        ("inputs: a.nc\nchunk-size: 4M", "r:2:1: unknown key 'chunk-size', did you mean 'chunk_size'?"),
        ("chunks:\n  time: abc", "r:2:9: chunks.time: a whole number above 0, not 'abc'"),
        ("chunks: {time: 0}", "chunks.time: a whole number above 0, not '0'"),
        ("chunks: {time: 1.5}", "chunks.time: a whole number above 0, not '1.5'"),
        ("chunks: {time: '24'}", "chunks.time: a whole number above 0, not '24'"),
        ("chunks: 24", "chunks: a mapping of dimensions to whole numbers, such as {time: 24, lat: 180}, not '24'"),
        ("chunks: {'': 24}", "r:1:10: chunks: an empty name"),
        ("version: 2", "version: 1, the only version of recipes, not '2'"),
        ("title: [a]", "title: a text, not a list"),
        ("title: 12", "title: a text, not '12'"),
        ("store:", "store: a path or s3:// URL, not nothing (null)"),
        ("store: ftp://x/y", "store: 'ftp://' can't be read (can: http://, https://, s3://, paths)"),
        ("zarr_version: 4", "zarr_version: 2 or 3, not '4'"),
        ("optimise_for: spaec", "one of time, space, balanced, not 'spaec', did you mean 'space'?"),
        ("on_error: ignore", "on_error: one of stop, skip, not 'ignore'"),
        ("chunk_size: big", "chunk_size: a size such as 64MB, not 'big'"),
        ("chunk_size: 0", "chunk_size: a size such as 64MB, not '0'"),
        ("bitround: 60", "bitround: a whole number of bits from 1 to 52, not '60'"),
        ("bitround: {t: x}", "bitround.t: a whole number of bits from 1 to 52, not 'x'"),
        ("variables: [a, a]", "r:1:16: variables: 'a' is given twice"),
        (
            "encodings: {t: {chunk: 1}}",
            "encodings.t: unknown key 'chunk', did you mean 'chunks'? (known: chunks, shards",
        ),
        ("encodings: {t: {dtype: float23}}", "encodings.t.dtype: one of float32, float64, not 'float23'"),
        (
            "attributes: {a: true}",
            "attributes.a: a text, a number, a list of numbers, or null to remove it, not 'true'",
        ),
        ("attributes: {a: [1, b]}", "r:1:21: attributes.a: a number, not 'b'"),
        ("attributes: {a: []}", "not an empty list"),
        ("inputs: []", "inputs: a pattern, path or URL, or a list of them, not an empty list"),
        ("inputs: {a: b}", "inputs: a pattern, path or URL, or a list of them, not a mapping"),
        ("inputs: [a.nc, 3]", "r:1:16: inputs: a pattern, path or URL, or a list of them, not '3'"),
        ("inputs: a{b", "inputs: a '{' without '}'"),
        ("inputs: a}b", "inputs: a '}' without '{'"),
        ("inputs: a{}b", "inputs: '{}' has no name"),
        ("inputs: a{t:%Q}", "'%Q' in '{t:%Q}' is none of %Y %y %m %d %j %H %M %S"),
        ("inputs: a{t:x}", "the format is none of"),
        ("inputs: a{t:%Y}{t:02d}", "'t' is a date in one place and a whole number in another"),
        ("inputs: https://a/*.nc", "a URL can't be searched for '*'"),
        ("inputs: file:///a/b.nc", "a local file is given by its path: '/a/b.nc'"),
        ("inputs: a**b", "'**' stands for folders"),
        ("inputs: a/**/b/**/c", "'**' can stand only once"),
        ("inputs: '@'", "the name of a file is missing after '@'"),
    ];
    for (text, what) in rows {
        let error = Recipe::parse(text, "r").unwrap_err().to_string();
        assert!(error.contains(what), "{text:?}\n     got {error}\nexpected {what}");
    }
}

#[test]
fn roles_and_keys_fit_the_pattern() {
    let rows = [
        ("inputs: a{t}\nkeys: {time: 1}", "r:2:14: keys.time: 'time' is no name in braces of inputs (names there: t)"),
        ("inputs: a{time}\nkeys: {tmie: 1}", "did you mean 'time'? (names there: time)"),
        ("inputs: a{v}{t}\nconcat: t", "'{v}' of the pattern is neither under concat nor under merge"),
        ("inputs: a{t}\nconcat: t\nmerge: t", "merge: 't' is under concat too"),
        ("inputs: a{t}\nconcat: time", "concat: 'time' is no name in braces of inputs"),
        ("inputs: a*.nc\nmerge: v", "merge: 'v' is no name in braces of inputs (names there: none)"),
        ("inputs: a{t:%Y}\nkeys: {t: [x]}", "keys.t: a date such as 2000-01-31, not 'x', by 'a{t:%Y}'"),
        ("inputs: a{t:%Y}\nkeys: {t: 2001-02-29}", "keys.t: a date such as 2000-01-31, not '2001-02-29'"),
        ("inputs: a{n:02d}\nkeys: {n: [x]}", "keys.n: a whole number, not 'x'"),
        ("inputs: a{t:%Y%m}\nkeys: {t: 2000..2001}", "keys.t: '2000' is not precise enough for %m in 'a{t:%Y%m}'"),
        ("inputs: a{n}\nkeys: {n: 5..2}", "keys.n: the range ends (2) before it starts (5)"),
        ("inputs: a{n}\nkeys: {n: 2001-02..2000-01}", "keys.n: the range ends (2000-01) before it starts (2001-02)"),
        ("inputs: a{n}\nkeys: {n: 0..9999999999}", "keys.n: 10000000000 values are too many (at most 1000000)"),
        ("inputs: a{n}\nkeys: {n: {start: 0000, end: 9999, step: 1 second}}", "too many dates"),
        ("inputs: a{n}\nkeys: {n: a..b}", "keys.n: values such as [tas, pr], a range such as"),
        ("inputs: a{n}\nkeys: {n: [a, a]}", "keys.n: 'a' is given twice"),
        ("inputs: a{n}\nkeys: {n: [a, [b]]}", "keys.n: a word, number or date, not a list"),
        ("inputs: a{n}\nkeys: {n: true}", "keys.n: a word or number, not 'true'"),
        ("inputs: a{n}\nkeys: {n: {start: 1, finish: 2}}", "unknown key 'finish' (known: start, end, step, calendar)"),
        ("inputs: a{n}\nkeys: {n: {start: 1}}", "keys.n: 'end' is missing"),
        ("inputs: a{n}\nkeys: {n: {start: 1, end: 2, step: 0}}", "keys.n.step: a whole number above 0, not '0'"),
        (
            "inputs: a{n}\nkeys: {n: {start: 2000-01, end: 2001-01, step: fast}}",
            "keys.n.step: a step such as '1 month'",
        ),
        ("inputs: a{n}\nkeys: {n: {start: 2000-01, end: soon}}", "keys.n.end: a date such as"),
        ("inputs: a{n}\nkeys: {n: {start: 1, end: 2, calendar: lunar}}", "keys.n.calendar: one of standard, gregorian"),
        (
            "inputs: a{n}\nkeys: {n: {start: 2000-02-30, end: 2001-01-01, calendar: noleap}}",
            "keys.n.start: a date such as 2000-01 or 2000-01-31T06 (in the calendar), not '2000-02-30'",
        ),
    ];
    for (text, what) in rows {
        let error = Recipe::parse(text, "r").unwrap_err().to_string();
        assert!(error.contains(what), "{text:?}\n     got {error}\nexpected {what}");
    }
}

#[test]
fn what_needs_quotes_says_so() {
    for text in ["inputs: {v}.nc", "inputs: *.nc", "inputs: @names", "inputs: [a/{v}.nc]", "title: a: b"] {
        let error = Recipe::parse(text, "r").unwrap_err();
        assert!(error.hint().is_some_and(|hint| hint.starts_with("put a text in quotes")), "{text}: {error}");
    }
}

#[test]
fn the_tool_s_own_faults_have_a_place() {
    let recipe = Recipe::parse("chunks:\n  time: 4\ncompression: zip", "r").unwrap();
    assert_eq!(recipe.fault("compression", "unknown").to_string(), "r:3:14: compression: unknown");
    assert_eq!(recipe.fault("chunks.time", "no such dimension").to_string(), "r:2:9: chunks.time: no such dimension");
    assert_eq!(recipe.fault("store", "missing").to_string(), "r: store: missing");
}
