//! Broken files for readers that must not break.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A reader must refuse any file within so many seconds.
const SECONDS: f64 = 1.0;

/// Call `read` with every file below `folder`, in order of names. `read` opens the file and reads
/// all that it can; whether that fails is its affair, but it may not panic, nor take over a second.
///
/// # Panics
/// At the end, naming each file that made it panic or took too long; when there are no files.
pub fn for_each_malformed(folder: &Path, mut read: impl FnMut(&Path)) {
    let mut files = Vec::new();
    list(folder, &mut files);
    files.sort();
    assert!(!files.is_empty(), "no files in {}", folder.display());
    let mut bad = Vec::new();
    for file in &files {
        let begun = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| read(file)));
        let seconds = begun.elapsed().as_secs_f64();
        if let Err(panic) = result {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
            bad.push(format!("{}: {said}", file.display()));
        } else if seconds > SECONDS {
            bad.push(format!("{}: {seconds:.1} s", file.display()));
        }
    }
    assert!(bad.is_empty(), "{} of {} files:\n{}", bad.len(), files.len(), bad.join("\n"));
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("can't list {}: {e}", folder.display()));
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_all_files_and_names_those_that_broke_the_reader() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        for name in ["b.nc", "a.nc", "deep/c.nc"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        let mut seen = Vec::new();
        for_each_malformed(folder.path(), |path| seen.push(path.file_name().unwrap().to_owned()));
        assert_eq!(seen, ["a.nc", "b.nc", "c.nc"]);
        let broken = catch_unwind(|| for_each_malformed(folder.path(), |path| assert!(!path.ends_with("b.nc"), "oh")));
        let text = broken.unwrap_err().downcast::<String>().unwrap();
        assert!(text.starts_with("1 of 3 files:\n") && text.ends_with("b.nc: oh"), "{text}");
    }
}
