//! A page of a tool as Markdown, with those of its sub-commands below.

use super::EXIT_STATUS;
use super::page::{self, Entry, Page};

/// The page of the first of `pages`; the others are its sub-commands.
pub(super) fn text(pages: &[Page]) -> String {
    let mut text = String::new();
    for (place, page) in pages.iter().enumerate() {
        let level = if place == 0 { "#" } else { "##" };
        if place > 0 {
            text.push('\n');
        }
        text.push_str(&format!("{level} {}\n\n{}.\n", page.name, inline(&page.about)));
        block(&mut text, &page.synopsis);
        lists(&mut text, page, level);
        if place == 0 {
            text.push_str(&format!("\n{level}# Exit status\n\n"));
            EXIT_STATUS.iter().for_each(|(status, what)| text.push_str(&format!("- `{status}` {}\n", inline(what))));
        }
    }
    text
}

fn lists(text: &mut String, page: &Page, level: &str) {
    if !page.commands.is_empty() {
        text.push_str(&format!("\n{level}# Commands\n\n"));
        for (name, about) in &page.commands {
            text.push_str(&format!("- [`{name}`](#{}) {}\n", name.replace(' ', "-"), inline(about)));
        }
    }
    for (heading, entries) in &page.groups {
        text.push_str(&format!("\n{level}# {heading}\n\n"));
        entries.iter().for_each(|entry| item(text, entry));
    }
    for note in &page.notes {
        text.push_str(&format!("\n{}\n", inline(note)));
    }
    if !page.examples.is_empty() {
        text.push_str(&format!("\n{level}# Examples\n"));
        block(text, &page.examples);
    }
}

fn item(text: &mut String, entry: &Entry) {
    let forms: Vec<String> = entry.forms.iter().map(|form| code(form)).collect();
    text.push_str(&format!("- {} {}\n", forms.join(", "), inline(&entry.text)));
    for (value, help) in &entry.values {
        text.push_str(format!("  - {} {}", code(value), inline(help)).trim_end());
        text.push('\n');
    }
}

fn block(text: &mut String, lines: &[String]) {
    text.push('\n');
    lines.iter().for_each(|line| text.push_str(&format!("    {line}\n")));
}

fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Text as it stands: flags and code as code, marks of Markdown escaped elsewhere.
fn inline(text: &str) -> String {
    let parts = page::parts(text).into_iter();
    parts.map(|(is_code, part)| if is_code { code(part) } else { escaped(part) }).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '*' | '_' | '<' | '|') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
