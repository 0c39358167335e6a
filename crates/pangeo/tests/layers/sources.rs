//! What the sources of a crate name; also for the tests of other crates.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Shows each source below `root` by its path there, with its code without comments.
pub(crate) fn each(root: &Path, least: usize, check: impl Fn(&str, &str)) {
    let mut found = Vec::new();
    sources(root, &mut found);
    assert!(found.len() > least, "the sources are not where this test looks");
    for path in found {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap();
        // Documentation may point anywhere.
        let code: String = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        check(&name, &code);
    }
}

/// Whether `code` names the layer: `crate::io::…`, `use crate::io;` or `use crate::{cf, io::…}`.
pub(crate) fn names(code: &str, layer: &str) -> bool {
    code.split("crate::").skip(1).any(|rest| {
        let mut depth = 0;
        let end = rest.find(|c: char| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0 && !(c.is_alphanumeric() || c == '_')
        });
        let path = &rest[..end.unwrap_or(rest.len())];
        let Some(group) = path.strip_prefix('{') else { return path == layer };
        // Only the first words at the group's own level are layers.
        let mut depth = 0;
        let mut words = vec![String::new()];
        for c in group.chars() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            match c {
                ',' if depth == 0 => words.push(String::new()),
                _ => words.last_mut().unwrap().push(c),
            }
        }
        words.iter().any(|w| w.trim().split("::").next() == Some(layer))
    })
}
