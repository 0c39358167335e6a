//! The commands of the documentation: those after `$` run as they stand and print what the page says; all others at
//! least name flags that there are.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use testkit::{Command, repository, run};

/// Pages of which every command after `$` runs, one after the other in a folder with all fixtures.
const PLAYED: [&str; 3] = ["README.md", "docs/conventions.md", "docs/scale.md"];

/// A command and what it must print.
struct Step {
    command: String,
    printed: Vec<String>,
}

/// The indented lines of a page, block by block, without empty ones; text ends a block.
fn blocks(page: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(repository().join(page)).unwrap_or_else(|e| panic!("{page}: {e}"));
    let mut blocks: Vec<Vec<String>> = vec![vec![]];
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match (line.strip_prefix("    "), blocks.last_mut()) {
            (Some(code), Some(block)) => block.push(code.to_owned()),
            _ => blocks.push(vec![]),
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in blocks(page).into_iter().filter(|block| block[0].starts_with("$ ")).flatten() {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step { command: command.to_owned(), printed: Vec::new() }),
            (None, Some(step)) => step.printed.push(line),
            (None, None) => {}
        }
    }
    steps
}

/// A line without what differs from run to run: how long it took, where it ran, how far it is indented.
fn settled(line: &str, folder: &Path) -> String {
    let line = line.trim().replace(&format!("{}/", folder.display()), "");
    match line.rsplit_once(" in ") {
        Some((before, time)) if time.strip_suffix(" s").is_some_and(|t| t.parse::<f64>().is_ok()) => before.to_owned(),
        _ => line,
    }
}

/// Whether a line tells how far work is that takes longer than a second, as it may on a busy machine.
fn is_progress(line: &str) -> bool {
    line.trim().split_once(" % after ").is_some_and(|(part, _)| part.parse::<u32>().is_ok())
}

/// Whether lines are those expected, where `…` is any number of lines. What is `open` leaves out the end, too.
fn agree(expected: &[String], got: &[String], open: bool) -> bool {
    match expected.split_first() {
        None => open || got.is_empty(),
        Some((first, rest)) if first == "…" => (0..=got.len()).any(|skipped| agree(rest, &got[skipped..], true)),
        Some((first, rest)) => got.first() == Some(first) && agree(rest, &got[1..], open),
    }
}

#[test]
fn commands_print_what_the_pages_say() {
    let tools = std::env::current_exe().unwrap().parent().and_then(Path::parent).unwrap().display().to_string();
    for page in PLAYED {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().canonicalize().unwrap();
        for entry in fs::read_dir(repository().join("test-data")).unwrap().flatten() {
            std::os::unix::fs::symlink(entry.path(), here.join(entry.file_name())).unwrap();
        }
        std::os::unix::fs::symlink(repository().join("test-data"), here.join("test-data")).unwrap();
        let steps = steps(page);
        assert!(steps.len() > 1, "{page} has {} commands", steps.len());
        for step in steps {
            let script = format!("PATH='{tools}':\"$PATH\"; {{ {}\n}} 2>&1", step.command);
            let said = Command::program("/bin/sh").arguments(["-c", &script]).folder(&here).run();
            let settle = |line: &str| settled(line, &here);
            let expected: Vec<String> = step.printed.iter().map(|line| settle(line)).collect();
            let lines = said.stdout.lines().filter(|line| !line.trim().is_empty() && !is_progress(line));
            let got: Vec<String> = lines.map(settle).collect();
            assert!(agree(&expected, &got, false), "{page} says otherwise\n{}\n{said}", step.printed.join("\n"));
            let fails = expected.iter().any(|line| line.starts_with("error: "));
            assert!(said.succeeded() != fails, "{page}\n{said}");
        }
    }
}

/// The words of `--help` of a command, such as `to-zarr plan`.
fn help(command: &str) -> String {
    let mut words: Vec<&str> = command.split(' ').collect();
    let tool = words.remove(0);
    words.push("--help");
    run(tool, &words).ok().to_owned()
}

#[test]
fn flags_in_the_documentation_are_flags() {
    let mut pages = vec!["README.md".to_owned(), "ARCHITECTURE.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for entry in fs::read_dir(repository().join("docs")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|e| e == "md") {
            pages.push(format!("docs/{name}"));
        }
    }
    let parts = ["to-zarr plan", "to-zarr init", "to-zarr work", "to-zarr finalise"];
    let tools = ["inspect", "subset", "aggregate", "regrid", "to-zarr", "plot"];
    let mut helps: HashMap<String, String> = HashMap::new();
    let mut seen = 0;
    for page in pages {
        for line in blocks(&page).into_iter().flatten() {
            // A line may hold several commands, and comments.
            for piece in line.split(" # ").next().unwrap_or_default().split(['|', ';', '`', '(', ')', '\'', '{', '}']) {
                let piece = piece.trim().trim_start_matches("$ ");
                let known = parts
                    .iter()
                    .chain(&tools)
                    .find(|c| piece.split(' ').take(2).eq(c.split(' ')) || piece.split(' ').take(1).eq(c.split(' ')));
                let Some(command) = known else { continue };
                let text = helps.entry((*command).to_owned()).or_insert_with(|| help(command));
                for flag in piece.split([' ', '=', '[', ']']).filter(|word| word.starts_with("--") && word.len() > 2) {
                    assert!(
                        text.contains(&format!("{flag} "))
                            || text.contains(&format!("{flag}\n"))
                            || text.contains(&format!("{flag}[")),
                        "{page}: {command} has no {flag}\n{line}"
                    );
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 40, "{seen}");
}
