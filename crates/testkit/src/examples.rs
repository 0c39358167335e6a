//! The examples of `--help` do what they say.

use crate::{Command, repository, run};

/// Run every example of a tool that writes files, in order and beside links to all fixtures: each fits a line,
/// succeeds without a warning, and its output holds something.
///
/// # Panics
/// At the first example of which that is not so, and for fewer than five.
pub fn check_examples(tool: &str) {
    let examples = examples(run(tool, &["--help"]).ok());
    assert!(examples.len() >= 5, "{examples:?}");
    let wide = examples.iter().find(|e| e.len() > 75);
    assert!(wide.is_none(), "is broken into two lines on a terminal: {wide:?}");
    let folder = working_folder();
    let tools = std::env::current_exe().unwrap().parent().and_then(|p| p.parent()).unwrap().display().to_string();
    for example in &examples {
        let script = format!("PATH='{tools}':\"$PATH\"; {example}");
        let said = Command::program("/bin/sh").arguments(["-c", &script]).folder(folder.path()).run();
        assert!(said.succeeded(), "{example}\n{said}");
        assert!(!said.stderr.contains("warning: "), "{example}\n{said}");
        // A step on the way to an output has none of its own.
        let Some(output) = example.split(" -o ").nth(1).and_then(|rest| rest.split(' ').next()) else { continue };
        let output = folder.path().join(output);
        // A catalog of files of JSON.
        let output = if output.join("catalog.json").is_file() { output.join("catalog.json") } else { output };
        match output.extension().and_then(|e| e.to_str()) {
            Some("csv") => assert!(std::fs::read_to_string(&output).unwrap().lines().count() > 1, "{example}"),
            Some("json") => {
                let text = std::fs::read_to_string(&output).unwrap();
                assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{example}");
            }
            Some("png" | "svg" | "pdf" | "gif" | "html") => {
                assert!(std::fs::metadata(&output).unwrap().len() > 1000, "{example}");
            }
            _ => {
                run("inspect", &[&output.to_string_lossy()]).ok();
            }
        }
    }
}

/// The examples as typed; `--help` breaks long lines.
fn examples(help: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let section = help.split("Examples:\n").nth(1).unwrap_or_default();
    for line in section.lines() {
        match (line.trim_start().strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => found.push(command.to_owned()),
            (None, Some(last)) => *last = format!("{last} {}", line.trim()),
            (None, None) => {}
        }
    }
    found
}

/// Every fixture under the name that the examples use.
fn working_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(repository().join("test-data")).unwrap().flatten() {
        std::os::unix::fs::symlink(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    folder
}
