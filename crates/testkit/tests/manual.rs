//! The pages of `docs/manual`: what a tool says of its arguments, with what the help of its forms in Galaxy says of
//! meaning. `make manual` writes them; this fails where one is not what it would write.

mod help;

use std::fs;
use std::path::{Path, PathBuf};

use testkit::{Command, repository, run};

/// Paragraphs of a form's help that are about the form, not about the tool.
const OF_THE_FORM: [&str; 6] = ["Input.", "Examples", "If it fails", "A store in parts.", "A recipe", "Menus."];

const INDEX: &str = "# Manual\n
One page for each tool, made by `make manual` from what `--help` says and what the help of its form in Galaxy says.\n\n";

fn folder() -> PathBuf {
    repository().join("docs/manual")
}

/// The tools in the order of their names.
fn tools() -> Vec<String> {
    let entries = fs::read_dir(repository().join("tools")).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The form of a tool. Those of sub-commands are about jobs and collections, which a command line has not.
fn form(tool: &str) -> PathBuf {
    repository().join(format!("galaxy-wrappers/{}.xml", tool.replace('-', "_")))
}

/// A tool's page: what its form says of its meaning stands between its synopsis and its arguments. `None` for a tool
/// that has no arguments yet.
fn page(tool: &str) -> Option<String> {
    let said = run(tool, &["--generate", "markdown"]);
    let page = said.ok();
    let form = form(tool);
    let Some((head, rest)) = page.split_once("\n## ").filter(|_| form.is_file()) else {
        return (!page.is_empty()).then(|| page.to_owned());
    };
    Some(format!("{head}\n## Description\n\n{}\n\n## {rest}", help::meaning(&form, &OF_THE_FORM)))
}

/// Every file of the manual: name and text.
fn pages() -> Vec<(String, String)> {
    let mut index = INDEX.to_owned();
    let mut pages = Vec::new();
    for tool in tools() {
        let Some(page) = page(&tool) else {
            eprintln!("SKIPPED {tool}: it has no arguments yet");
            continue;
        };
        let about = page.lines().nth(2).unwrap_or_default().to_owned();
        index.push_str(&format!("- [`{tool}`]({tool}.md) {about}\n"));
        pages.push((format!("{tool}.md"), page));
    }
    pages.push(("README.md".to_owned(), index));
    pages
}

#[test]
fn pages_are_what_the_tools_say() {
    let pages = pages();
    let write = std::env::var_os("UPDATE_EXPECTED").is_some_and(|v| v == "1");
    if write {
        fs::create_dir_all(folder()).unwrap();
        pages.iter().for_each(|(name, text)| fs::write(folder().join(name), text).unwrap());
    }
    for (name, text) in &pages {
        let there = fs::read_to_string(folder().join(name)).unwrap_or_default();
        let line = there.lines().zip(text.lines()).position(|(a, b)| a != b).map_or(0, |n| n + 1);
        assert!(there == *text, "docs/manual/{name} is stale (line {line}): make manual, then look at git diff");
    }
    for entry in fs::read_dir(folder()).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(pages.iter().any(|(page, _)| *page == name), "docs/manual/{name} is of no tool: remove it");
    }
}

#[test]
fn no_label_of_a_form_is_left_in_a_page() {
    for tool in tools() {
        let Some(page) = page(&tool) else { continue };
        assert!(!page.contains("@HELP"), "{tool}");
        for label in help::labels(&form(&tool)) {
            assert!(!page.contains(&format!("*{}*", label.0)), "{tool}: *{}* is not {}", label.0, label.1);
        }
    }
}

/// A program that may be missing; what it says of it.
fn found(program: &str) -> bool {
    let there =
        std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|p| p.join(program).is_file()));
    if !there {
        eprintln!("SKIPPED: no {program} here");
    }
    there
}

fn in_shell(script: &str, folder: &Path) -> testkit::Outcome {
    Command::program("/bin/sh").arguments(["-c", script]).folder(folder).run()
}

#[test]
fn completions_are_scripts_of_their_shells() {
    let folder = tempfile::tempdir().unwrap();
    for tool in tools() {
        if page(&tool).is_none() {
            continue;
        }
        for (shell, check) in [("bash", "bash -n"), ("zsh", "zsh -n"), ("fish", "fish --no-execute")] {
            run(&tool, &["--generate", shell, &folder.path().to_string_lossy()]).ok();
            let file = match shell {
                "zsh" => format!("_{tool}"),
                other => format!("{tool}.{other}"),
            };
            assert!(folder.path().join(&file).is_file(), "{tool}: no {file}");
            if found(shell) {
                in_shell(&format!("{check} {file}"), folder.path()).ok();
            }
        }
    }
}

#[test]
fn pages_of_man_are_rendered_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    for tool in tools() {
        if page(&tool).is_some() {
            run(&tool, &["--generate", "man", &folder.path().to_string_lossy()]).ok();
        }
    }
    assert!(folder.path().join("to-zarr-plan.1").is_file());
    for page in fs::read_dir(folder.path()).unwrap().flatten() {
        let name = page.file_name().to_string_lossy().into_owned();
        if found("man") {
            let script = format!("LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -l ./{name}");
            let said = in_shell(&script, folder.path());
            assert!(said.ok().contains("EXIT STATUS") && said.stderr.is_empty(), "{said}");
        }
        if found("mandoc") {
            in_shell(&format!("mandoc -Tlint -Wwarning ./{name}"), folder.path()).ok();
        }
    }
}
