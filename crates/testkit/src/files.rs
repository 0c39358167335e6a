//! Where input files are.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap_or(root)
}

/// The file (or folder) `name` in `test-data/`.
///
/// # Panics
/// When there is none, with the names that look like it.
pub fn fixture(name: &str) -> PathBuf {
    let folder = repository().join("test-data");
    let path = folder.join(name);
    assert!(path.exists(), "no fixture '{name}' in {}; it has {}", folder.display(), listing(&folder));
    path
}

fn listing(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// A folder below that of large real files, which is no part of the repository and which `$PANGEO_DATA`
/// names; `""` for all of it. `None`, after a loud line, where it is absent: the test then has nothing
/// to say and returns.
pub fn shared_data(folder: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("PANGEO_DATA").filter(|v| !v.is_empty()) else {
        eprintln!("SKIPPED (no shared data): PANGEO_DATA is not set");
        return None;
    };
    let path = Path::new(&root).join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED (no shared data): {} is no folder", path.display());
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_the_folder_of_the_workspace() {
        assert!(repository().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_missing_fixture_is_named() {
        let panic = std::panic::catch_unwind(|| fixture("no-such-file.nc")).unwrap_err();
        assert!(panic.downcast_ref::<String>().unwrap().starts_with("no fixture 'no-such-file.nc' in "));
    }
}
