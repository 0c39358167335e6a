//! The help of a form in Galaxy (reStructuredText, the little of it that our forms use) as Markdown for readers of a
//! command line.

use std::fs;
use std::path::Path;

use roxmltree::Document;

/// The labels of a form's fields and the flags that they stand for, longest first.
pub(crate) fn labels(form: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in [form.to_owned(), form.with_file_name("macros.xml")] {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let document = Document::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for node in document.descendants() {
            let (Some(flag), Some(label)) = (node.attribute("argument"), node.attribute("label")) else { continue };
            if flag.starts_with("--") && !label.contains('@') {
                found.push((label.to_owned(), flag.to_owned()));
            }
        }
    }
    found.sort_by_key(|(label, _)| std::cmp::Reverse(label.len()));
    found
}

/// The help of a form without the paragraphs that begin with one of `skipped` and what belongs to them: fields are
/// called by their flags.
pub(crate) fn meaning(form: &Path, skipped: &[&str]) -> String {
    let text = fs::read_to_string(form).unwrap();
    let document = Document::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", form.display()));
    let help = document.descendants().find(|node| node.has_tag_name("help")).and_then(|node| node.text());
    let help = help.unwrap_or_else(|| panic!("{}: no help", form.display()));
    let mut kept = String::new();
    let mut skipping = false;
    for paragraph in help.split("\n\n").map(|part| part.trim_matches('\n').trim_end()) {
        if paragraph.trim().is_empty() {
            continue;
        }
        // Paragraphs whose first words are strong begin a part; others go on with it.
        if let Some(title) = paragraph.strip_prefix("**") {
            skipping = skipped.iter().any(|word| title.starts_with(word));
        } else if paragraph.starts_with("@HELP") {
            skipping = true;
        }
        if !skipping {
            kept.push_str(&markdown(paragraph));
        }
    }
    let labels = labels(form);
    let called =
        labels.iter().fold(kept, |text, (label, flag)| text.replace(&format!("*{label}*"), &format!("`{flag}`")));
    called.trim_start_matches("**What it does.** ").trim_end().to_owned()
}

/// A paragraph, a list, a table or a block of text.
fn markdown(paragraph: &str) -> String {
    if paragraph == "::" {
        return String::new();
    }
    if paragraph.lines().all(|line| line.starts_with("    ")) {
        return format!("{paragraph}\n\n");
    }
    let lines: Vec<&str> = paragraph.lines().collect();
    let text = if paragraph.starts_with("===") { table(&lines) } else { lines.join("\n") };
    format!("{}\n\n", text.replace("``", "`"))
}

/// A simple table: columns are where its first line has `=`, and lines of `=` are its rules.
fn table(lines: &[&str]) -> String {
    let rule: Vec<char> = lines.first().map(|line| line.chars().collect()).unwrap_or_default();
    let begins = |at: &usize| rule.get(*at) == Some(&'=') && (*at == 0 || rule.get(at - 1) == Some(&' '));
    let starts: Vec<usize> = (0..rule.len()).filter(begins).collect();
    let mut rows: Vec<String> = Vec::new();
    for line in lines.iter().filter(|line| !line.starts_with("===")) {
        let letters: Vec<char> = line.chars().collect();
        let cell = |(place, start): (usize, &usize)| {
            let end = starts.get(place + 1).copied().unwrap_or(letters.len()).min(letters.len());
            letters.get(*start..end).unwrap_or_default().iter().collect::<String>().trim().to_owned()
        };
        let cells: Vec<String> = starts.iter().enumerate().map(cell).collect();
        rows.push(format!("| {} |", cells.join(" | ")));
    }
    rows.insert(1, format!("|{}", "---|".repeat(starts.len())));
    rows.join("\n")
}
