//! The files that recipes stand for.

use std::path::Path;

use super::super::Recipe;

fn paths(text: &str, prune: Option<usize>) -> String {
    let recipe = Recipe::parse(text, "r").unwrap_or_else(|e| panic!("{text}: {e}"));
    let inputs = recipe.inputs(prune).unwrap_or_else(|e| panic!("{text}: {e}"));
    inputs.into_iter().map(|input| input.path).collect::<Vec<_>>().join(" ")
}

#[test]
fn patterns_with_values() {
    let rows = [
        ("inputs: a.nc", "a.nc"),
        ("inputs: [b.nc, a.nc, s3://b/c.zarr]", "b.nc a.nc s3://b/c.zarr"),
        ("inputs: 'https://h/x?y=[1]&z=a'", "https://h/x?y=[1]&z=a"),
        ("inputs: a{{b}}.nc", "a{b}.nc"),
        ("inputs: '{v}.nc'\nkeys: {v: [tas, pr]}", "tas.nc pr.nc"),
        ("inputs: '{v}.nc'\nkeys: {v: tas}", "tas.nc"),
        ("inputs: '{n}.nc'\nkeys: {n: 9..11}", "9.nc 10.nc 11.nc"),
        ("inputs: '{n:03d}.nc'\nkeys: {n: 9..11}", "009.nc 010.nc 011.nc"),
        ("inputs: '{n}.nc'\nkeys: {n: 09..11}", "09.nc 10.nc 11.nc"),
        ("inputs: '{n}.nc'\nkeys: {n: [01, 1]}", "01.nc 1.nc"),
        ("inputs: '{n}.nc'\nkeys: {n: -1..1}", "-1.nc 0.nc 1.nc"),
        ("inputs: '{n}.nc'\nkeys: {n: {start: 0, end: 25, step: 10}}", "0.nc 10.nc 20.nc"),
        ("inputs: '{t:%Y}'\nkeys: {t: 1999..2000}", "1999 2000"),
        ("inputs: '{t:%Y}'\nkeys: {t: [1999, 2003-05]}", "1999 2003"),
        ("inputs: '{t:%Y%m}'\nkeys: {t: 1999-11..2000-02}", "199911 199912 200001 200002"),
        ("inputs: '{t}'\nkeys: {t: 1999-12..2000-01}", "1999-12 2000-01"),
        ("inputs: '{t:%Y/%m}/{t:%d}'\nkeys: {t: 2000-02-28..2000-03-01}", "2000/02/28 2000/02/29 2000/03/01"),
        ("inputs: '{t:%y%j}'\nkeys: {t: 2000-12-31..2001-01-01}", "00366 01001"),
        ("inputs: '{t:%d%H}'\nkeys: {t: {start: 2000-01-01, end: 2000-01-01, step: PT6H}}", "0100 0106 0112 0118"),
        (
            "inputs: '{t:%H%M%S}'\nkeys: {t: {start: '2000-01-01T23:59:59', end: 2000-01-02, step: 13 hours}}",
            "235959 125959",
        ),
        (
            "inputs: '{t:%Y-%m-%d}'\nkeys: {t: {start: 2000-01-31, end: 2000-04, step: 1 month}}",
            "2000-01-31 2000-02-29 2000-03-31 2000-04-30",
        ),
        (
            "inputs: '{t:%Y%m%d}'\nkeys: {t: {start: 2000-02-28, end: 2000-03-01, calendar: noleap}}",
            "20000228 20000301",
        ),
        (
            "inputs: '{t:%Y%m%d}'\nkeys: {t: {start: 2001-02-28, end: 2001-03-01, calendar: all_leap}}",
            "20010228 20010229 20010301",
        ),
        (
            "inputs: '{t:%Y%m%d}'\nkeys: {t: {start: 2001-02-29, end: 2001-03-01, calendar: 360_day}}",
            "20010229 20010230 20010301",
        ),
        ("inputs: '{t:%Y%m%d}'\nkeys: {t: {start: 1900-02-28, end: 1900-03-01}}", "19000228 19000301"),
        ("inputs: '{t:%m%d}'\nkeys: {t: {start: 2000-01-01, end: 2000-01-20, step: 1 week}}", "0101 0108 0115"),
        ("inputs: '{t:%Y}'\nkeys: {t: {start: 2000, end: 2010, step: P5Y}}", "2000 2005 2010"),
        ("inputs: '{t:%Y%m}'\nkeys: {t: {start: 2000, end: 2000, step: 6 months}}", "200001 200007"),
        ("inputs: '{v}{t}'\nkeys: {v: [a, b], t: 1..2}", "a1 a2 b1 b2"),
        ("inputs: '{v}{t}'\nkeys: {v: [a, b], t: 1..2}\nconcat: t\nmerge: v", "a1 b1 a2 b2"),
        (
            "inputs: '{v}{t}{m}'\nkeys: {v: [a, b], t: 1..2, m: 8..9}\nconcat: [m, t]\nmerge: v",
            "a18 b18 a28 b28 a19 b19 a29 b29",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(paths(text, None), expected, "{text}");
    }
}

#[test]
fn nothing_is_expanded_from_the_environment() {
    assert_eq!(paths("inputs: ~/$HOME/a.nc", None), "~/$HOME/a.nc");
}

#[test]
fn pruned() {
    let rows = [
        ("inputs: [a, b, c]", 2, "a b"),
        ("inputs: '{v}{t}'\nkeys: {v: [a, b, c], t: 1..5}\nconcat: t\nmerge: v", 1, "a1 b1 c1"),
        ("inputs: '{m}{t}'\nkeys: {m: [a, b, c], t: 1..5}\nconcat: [m, t]", 2, "a1 a2 b1 b2"),
        ("inputs: ['x{t}', 'y{t}', z]\nkeys: {t: 1..5}", 2, "x1 x2 y1 y2 z"),
        ("inputs: '{v}{t}'\nkeys: {v: [a, b], t: 1..2}\nmerge: v\nconcat: t", 9, "a1 b1 a2 b2"),
    ];
    for (text, prune, expected) in rows {
        assert_eq!(paths(text, Some(prune)), expected, "{text}");
    }
    let zero = Recipe::parse("inputs: a", "r").unwrap().inputs(Some(0)).unwrap_err();
    assert_eq!(zero.to_string(), "r: --prune: a whole number above 0, not '0'");
}

#[test]
fn keys_of_an_input() {
    let recipe = Recipe::parse("inputs: '{v}{t:%Y%m}{n:02d}'\nkeys: {v: a, t: 2000-03, n: 4}", "x/r").unwrap();
    let input = &recipe.inputs(None).unwrap()[0];
    assert_eq!(input.path, "x/a20000304");
    let keys: Vec<String> = input.keys.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(keys.join(" "), "n=4 t=2000-03 v=a");
}

#[test]
fn what_has_no_files() {
    let rows = [
        ("title: x", "r: no inputs"),
        ("inputs: [a, b, a]", "r:1:16: inputs: a comes twice"),
        ("inputs: '{t:%Y}'\nkeys: {t: 2000-01..2000-02}", "r:1:9: inputs: 2000 comes twice"),
        ("inputs: 'https://h/{t:%Y}'", "keys: the values of 't' are missing, and https://h/{t:%Y} can't be searched"),
        ("inputs: nowhere/{t:%Y}.nc", "inputs: no file matches 'nowhere/{t:%Y}.nc'"),
        ("inputs: nowhere/*.nc", "inputs: no file matches 'nowhere/*.nc'"),
        ("inputs: nowhere/{t:%m}.nc", "keys: the values of 't' can't be found, its pattern has no %Y"),
        ("inputs: '@nowhere.txt'", "r:1:9: inputs: can't read the file of names nowhere.txt"),
        (
            "inputs: 'https://h/{a}{b}{c}'\nkeys: {a: 1..2000, b: 1..2000, c: 1..2}",
            "stands for more than 1000000 files",
        ),
    ];
    for (text, what) in rows {
        let error = Recipe::parse(text, "r").unwrap().inputs(None).unwrap_err().to_string();
        assert!(error.contains(what), "{text:?}\n     got {error}\nexpected {what}");
    }
}

/// A folder with these files and a recipe; the paths of its inputs below the folder, and the notes.
fn found(files: &[&str], text: &str, prune: Option<usize>) -> Result<(String, String), String> {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        std::fs::write(path, "x").unwrap();
    }
    std::fs::write(folder.path().join("names.lst"), "# mine\n\n b*.nc \nhttps://h/{x}.nc\n/z.nc\n").unwrap();
    let recipe = folder.path().join("recipe.yaml");
    std::fs::write(&recipe, text).unwrap();
    let expansion = Recipe::open(&recipe).and_then(|r| r.expand(prune)).map_err(|e| e.to_string())?;
    let start = format!("{}/", folder.path().display());
    let paths: Vec<String> = expansion.inputs.iter().map(|i| i.path.replace(&start, "")).collect();
    Ok((paths.join(" "), expansion.notes.join("\n")))
}

#[test]
fn searched() {
    let files = ["d/tas_200001.nc", "d/tas_200002.nc", "d/pr_200001.nc", "d/.hidden_200001.nc", "d/x.txt"];
    let rows = [
        ("inputs: d/*.nc", "d/pr_200001.nc d/tas_200001.nc d/tas_200002.nc"),
        ("inputs: '*/tas_20000[2-9].nc'", "d/tas_200002.nc"),
        ("inputs: d/tas_20000[!2].nc", "d/tas_200001.nc"),
        ("inputs: '**/?r_*.nc'", "d/pr_200001.nc"),
        ("inputs: d/.h*", "d/.hidden_200001.nc"),
        ("inputs: ['d/pr*', d/x.txt]", "d/pr_200001.nc d/x.txt"),
        ("inputs: 'd/{v}_{t:%Y%m}.nc'", "d/pr_200001.nc d/tas_200001.nc d/tas_200002.nc"),
        ("inputs: 'd/{v}_{t:%Y%m}.nc'\nconcat: t\nmerge: v", "d/pr_200001.nc d/tas_200001.nc d/tas_200002.nc"),
        ("inputs: 'd/{v}_{t:%Y%m}.nc'\nkeys: {v: [tas, pr]}", "d/tas_200001.nc d/tas_200002.nc d/pr_200001.nc"),
        ("inputs: 'd/{v}_{t:%Y%m}.nc'\nkeys: {t: 2000-02}", "d/tas_200002.nc"),
        ("inputs: 'd/{v}_*.nc'\nmerge: v\nconcat: t", "d/pr_200001.nc d/tas_200001.nc d/tas_200002.nc"),
        ("inputs: '@names.lst'", "b*.nc https://h/{x}.nc /z.nc"),
    ];
    for (text, expected) in rows {
        assert_eq!(found(&files, text, None).map(|(paths, _)| paths), Ok(expected.to_owned()), "{text}");
    }
    let pruned = [
        ("inputs: d/*.nc", "d/pr_200001.nc"),
        ("inputs: 'd/{v}_{t:%Y%m}.nc'\nconcat: t\nmerge: v", "d/pr_200001.nc d/tas_200001.nc"),
        ("inputs: 'd/{v}_*.nc'\nmerge: v\nconcat: t", "d/pr_200001.nc d/tas_200001.nc"),
        ("inputs: '@names.lst'", "b*.nc"),
    ];
    for (text, expected) in pruned {
        assert_eq!(found(&files, text, Some(1)).map(|(paths, _)| paths), Ok(expected.to_owned()), "{text}");
    }
}

#[test]
fn what_a_search_found_is_said() {
    let files = ["tas_200001.nc", "tas_200003.nc", "pr_200003.nc", "x_200013.nc", "y_20000.nc"];
    let (_, notes) =
        found(&files, "inputs: '{v}_{t:%Y%m}.nc'\nkeys: {v: [tas, pr]}\nconcat: t\nmerge: v", None).unwrap();
    assert_eq!(
        notes,
        "'t' of {v}_{t:%Y%m}.nc is taken from the names of the files: 2 values, 2000-01 to 2000-03\n\
         {v}_{t:%Y%m}.nc has no file for every combination of its values: none for t=2000-01, v=pr"
    );
}

#[test]
fn names_are_read_back() {
    let rows = [
        (&["a/10/x.nc", "a/9/x.nc"][..], "inputs: 'a/{n:d}/x.nc'", "a/9/x.nc a/10/x.nc"),
        (&["2000/200001.nc", "2000/200101.nc"], "inputs: '{t:%Y}/{t:%Y%m}.nc'", "2000/200001.nc"),
        (&["a/a_1.nc", "a/b_1.nc"], "inputs: '{m}/{m}_{n}.nc'", "a/a_1.nc"),
        (&["20000230.nc", "20000132.nc"], "inputs: '{t:%Y%m%d}.nc'", "20000230.nc"),
        (&["2001365.nc", "2001366.nc"], "inputs: '{t:%Y%j}.nc'", "2001365.nc"),
        (&["x70.nc", "x69.nc", "x68.nc"], "inputs: 'x{t:%y}.nc'", "x69.nc x70.nc x68.nc"),
        (&["a[1].nc", "a1.nc"], "inputs: 'a[1].nc'", "a[1].nc"),
        (&["a_b_2000.nc"], "inputs: '{v}_{t:%Y}.nc'\nkeys: {v: a_b}", "a_b_2000.nc"),
    ];
    for (files, text, expected) in rows {
        assert_eq!(found(files, text, None).map(|(paths, _)| paths), Ok(expected.to_owned()), "{text}");
    }
}
