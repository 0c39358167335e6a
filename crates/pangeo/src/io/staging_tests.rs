//! Outputs, whole or not at all.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn told(error: &Error) -> String {
    format!("{error} / {}", error.hint().unwrap_or_default())
}

#[test]
fn a_file_appears_when_it_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("o.nc");
    fs::write(&output, "old").unwrap();
    let staged = Staged::new(&output, Kind::File, false).unwrap();
    assert_eq!(staged.path().parent(), output.parent());
    let name = staged.path().file_name().unwrap().to_str().unwrap().to_owned();
    let letters = name.strip_prefix(".o.nc.").and_then(|rest| rest.strip_suffix(".tmp"));
    assert_eq!(letters.map(str::len), Some(6), "{name}");
    fs::write(staged.path(), "new").unwrap();
    assert_eq!(fs::read_to_string(&output).unwrap(), "old");
    staged.commit().unwrap();
    assert_eq!(fs::read_to_string(&output).unwrap(), "new");
    assert_eq!(names(folder.path()), ["o.nc"]);
}

#[test]
fn a_failure_leaves_nothing_new() {
    let folder = tempfile::tempdir().unwrap();
    drop(Staged::new(&folder.path().join("o.nc"), Kind::File, false).unwrap());
    let staged = Staged::new(&folder.path().join("s.zarr"), Kind::Directory, false).unwrap();
    fs::write(staged.path().join("zarr.json"), "{}").unwrap();
    drop(staged);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn the_usual_permissions() {
    let folder = tempfile::tempdir().unwrap();
    let usual = folder.path().join("usual");
    fs::write(&usual, "").unwrap();
    let output = folder.path().join("o.nc");
    Staged::new(&output, Kind::File, false).unwrap().commit().unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
    assert_eq!(mode(&output), mode(&usual));
}

#[test]
fn a_store_replaces_another_only_when_that_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("s.zarr");
    fs::create_dir(&output).unwrap();
    let staged = Staged::new(&output, Kind::Directory, false).unwrap();
    fs::write(staged.path().join(".zgroup"), "{}").unwrap();
    staged.commit().unwrap();
    assert_eq!(names(&output), [".zgroup"], "an empty folder is in nobody's way");

    let error = Staged::new(&output, Kind::Directory, false).unwrap_err();
    assert!(told(&error).contains("s.zarr exists / replace it with --overwrite"), "{}", told(&error));
    let staged = Staged::new(&output, Kind::Directory, true).unwrap();
    fs::write(staged.path().join("zarr.json"), "{}").unwrap();
    staged.commit().unwrap();
    assert_eq!(names(&output), ["zarr.json"]);
    assert_eq!(names(folder.path()), ["s.zarr"]);

    let thesis = folder.path().join("work");
    fs::create_dir(&thesis).unwrap();
    fs::write(thesis.join("thesis.txt"), "years").unwrap();
    let error = Staged::new(&thesis, Kind::Directory, true).unwrap_err();
    assert!(told(&error).contains("no Zarr store"), "{}", told(&error));
}

#[test]
fn two_stores_change_names_in_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    for store in [&old, &new] {
        fs::create_dir(store).unwrap();
        fs::write(store.join(store.file_name().unwrap()), "").unwrap();
    }
    match exchange(&old, &new) {
        Ok(()) => assert_eq!((names(&old), names(&new)), (vec!["new".to_owned()], vec!["old".to_owned()])),
        // The file system of this folder can't: the store is moved away first.
        Err(_) => assert_eq!(names(&old), ["old"]),
    }
}

#[test]
fn a_store_that_somebody_else_made_meanwhile_stays() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("s.zarr");
    let staged = Staged::new(&output, Kind::Directory, false).unwrap();
    fs::create_dir(&output).unwrap();
    fs::write(output.join("theirs"), "").unwrap();
    assert!(staged.commit().is_err());
    assert_eq!(names(&output), ["theirs"]);
    assert_eq!(names(folder.path()), ["s.zarr"]);
}

#[test]
fn links_stay_and_what_they_lead_to_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("real")).unwrap();
    fs::write(folder.path().join("real/o.nc"), "old").unwrap();
    symlink("real/o.nc", folder.path().join("link.nc")).unwrap();
    symlink("real/absent.nc", folder.path().join("dangling.nc")).unwrap();
    for (link, target) in [("link.nc", "real/o.nc"), ("dangling.nc", "real/absent.nc")] {
        let staged = Staged::new(&folder.path().join(link), Kind::File, false).unwrap();
        fs::write(staged.path(), "new").unwrap();
        staged.commit().unwrap();
        assert!(folder.path().join(link).is_symlink());
        assert_eq!(fs::read_to_string(folder.path().join(target)).unwrap(), "new");
    }
    symlink("round", folder.path().join("round")).unwrap();
    assert!(Staged::new(&folder.path().join("round"), Kind::File, false).is_err());
}

#[test]
fn places_where_nothing_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("file"), "").unwrap();
    let cases = [
        (path("absent/o.nc"), Kind::File, "does not exist", "mkdir -p"),
        (path("file/o.nc"), Kind::File, "does not exist", ""),
        (folder.path().to_owned(), Kind::File, "is a folder", "name of a file"),
        (path("file"), Kind::Directory, "is a file", "another name"),
        ("/dev/null".into(), Kind::File, "device", "write to a file"),
        ("/".into(), Kind::Directory, "no name", ""),
    ];
    for (output, kind, what, hint) in cases {
        let error = Staged::new(&output, kind, true).unwrap_err();
        let told = told(&error);
        assert!(told.contains(what) && told.contains(hint), "{told}");
        assert_eq!(error.exit_code(), 2, "{told}");
    }
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn long_names_have_temporaries_too() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("x".repeat(255));
    Staged::new(&output, Kind::File, false).unwrap().commit().unwrap();
    assert!(output.exists());
}

#[test]
fn temporaries_are_known_as_long_as_they_exist() {
    let folder = tempfile::tempdir().unwrap();
    let staged = Staged::new(&folder.path().join("o.nc"), Kind::File, false).unwrap();
    let temporary = staged.path().to_owned();
    assert!(with_live(|live| live.contains(&temporary)));
    staged.commit().unwrap();
    assert!(!with_live(|live| live.contains(&temporary)));
}

#[test]
fn an_interruption_removes_files_and_folders() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(".s.zarr.abcdef.tmp/t/c")).unwrap();
    fs::write(folder.path().join(".o.nc.abcdef.tmp"), "half").unwrap();
    let absent = ".absent.abcdef.tmp";
    let mut live = [".s.zarr.abcdef.tmp", ".o.nc.abcdef.tmp", absent].map(|name| folder.path().join(name)).into();
    remove_each(&mut live);
    assert!(live.is_empty() && names(folder.path()).is_empty());
}

#[test]
fn an_output_that_is_an_input_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("s.zarr/t")).unwrap();
    fs::write(path("a.nc"), "").unwrap();
    fs::hard_link(path("a.nc"), path("hard.nc")).unwrap();
    symlink("a.nc", path("soft.nc")).unwrap();
    let url = PathBuf::from(url::Url::from_file_path(path("a.nc")).unwrap().as_str());
    let inputs = [path("b.nc"), path("a.nc"), path("s.zarr"), PathBuf::from("https://h/a.nc")];
    for output in ["a.nc", "hard.nc", "soft.nc", "s.zarr", "s.zarr/../a.nc"] {
        let told = told(&refuse_if_input(&path(output), &inputs).unwrap_err());
        assert!(told.contains("is also an input"), "{told}");
    }
    let told_of = |output: PathBuf, input: PathBuf| told(&refuse_if_input(&output, &[input]).unwrap_err());
    assert!(told_of(path("a.nc"), url).contains("is also an input"));
    assert!(told_of(path("s.zarr/new.zarr"), path("s.zarr")).contains("lies inside an input"));
    assert!(told_of(path("s.zarr"), path("s.zarr/t")).contains("holds an input"));
    for output in ["new.nc", "s.zarr.nc", "absent/a.nc"] {
        refuse_if_input(&path(output), &inputs).unwrap();
    }
}

#[test]
fn a_temporary_goes_unless_it_is_renamed() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("0.0");
    let (temporary, _) = Temporary::beside(&target).unwrap();
    assert!(with_live(|live| live.contains(temporary.path())), "Ctrl-C removes it");
    let [name] = &names(folder.path())[..] else { panic!() };
    assert!(is_temporary(name), "{name}");
    drop(temporary);
    assert!(names(folder.path()).is_empty());
    fs::write(&target, "old").unwrap();
    let (temporary, _) = Temporary::beside(&target).unwrap();
    let path = temporary.path().to_owned();
    temporary.rename(&target).unwrap();
    assert_eq!((names(folder.path()), fs::read(&target).unwrap()), (vec!["0.0".to_owned()], Vec::new()));
    assert!(!with_live(|live| live.contains(&path)));
    assert!(Temporary::beside(&folder.path().join("absent/0")).is_err());
    for other in [".zarray", "x.abcdef.tmp", ".x.abcde.tmp", ".x.ABCDEF.tmp", ".tmp", ".x.tmp"] {
        assert!(!is_temporary(other), "{other}");
    }
}
