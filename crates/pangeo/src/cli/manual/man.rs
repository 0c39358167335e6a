//! A page of a command for `man`.

use super::EXIT_STATUS;
use super::page::{self, Entry, Page};

/// The page in the language of the macros that every `man` knows; `all` are the pages of the same tool.
///
/// It bears no date: the same tool makes the same bytes.
pub(super) fn text(page: &Page, all: &[Page]) -> String {
    let tool = all.first().map_or(page.name.as_str(), |first| first.name.as_str());
    let name = plain(&page.file_name());
    let title = page.file_name().to_uppercase();
    let mut text = format!(".TH {} 1 \"\" \"{} {}\" \"Pangeo tools\"\n", plain(&title), plain(tool), page.version);
    text.push_str(&format!(".SH NAME\n{name} \\- {}\n.SH SYNOPSIS\n", inline(&page.about)));
    lines(&mut text, &page.synopsis);
    text.push_str(&format!(".SH DESCRIPTION\n{}.\n", inline(&page.about)));
    page.notes.iter().for_each(|note| text.push_str(&format!(".PP\n{}\n", inline(note))));
    if !page.commands.is_empty() {
        text.push_str(".SH COMMANDS\n");
        for (name, about) in &page.commands {
            text.push_str(&format!(".TP\n{}\n{}\n", bold(name), inline(about)));
        }
    }
    for (heading, entries) in &page.groups {
        text.push_str(&format!(".SH {}\n", plain(&heading.to_uppercase())));
        entries.iter().for_each(|entry| item(&mut text, entry));
    }
    if !page.examples.is_empty() {
        text.push_str(".SH EXAMPLES\n");
        lines(&mut text, &page.examples);
    }
    text.push_str(".SH EXIT STATUS\n");
    EXIT_STATUS.iter().for_each(|(status, what)| text.push_str(&format!(".TP\n{}\n{}\n", bold(status), inline(what))));
    see_also(&mut text, page, all);
    text
}

fn see_also(text: &mut String, page: &Page, all: &[Page]) {
    let others: Vec<_> = all.iter().filter(|other| other.name != page.name).map(|o| plain(&o.file_name())).collect();
    if !others.is_empty() {
        text.push_str(".SH SEE ALSO\n");
    }
    for (place, other) in others.iter().enumerate() {
        let comma = if place + 1 == others.len() { "" } else { "," };
        text.push_str(&format!(".BR {other} (1){comma}\n"));
    }
}

fn item(text: &mut String, entry: &Entry) {
    let forms: Vec<String> = entry.forms.iter().map(|form| bold(form)).collect();
    text.push_str(&format!(".TP\n{}\n{}\n", forms.join(", "), inline(&entry.text)));
    if !entry.values.is_empty() {
        text.push_str(".RS\n");
        for (value, help) in &entry.values {
            let help = if help.is_empty() { String::new() } else { format!("\n{}", inline(help)) };
            text.push_str(&format!(".TP\n{}{help}\n", bold(value)));
        }
        text.push_str(".RE\n");
    }
}

/// Lines as they stand.
fn lines(text: &mut String, lines: &[String]) {
    text.push_str(".nf\n");
    lines.iter().for_each(|line| text.push_str(&format!("{}\n", plain(line))));
    text.push_str(".fi\n");
}

fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escaped(text))
}

/// Text with its code and its flags in bold.
fn inline(text: &str) -> String {
    let parts = page::parts(text).into_iter();
    guarded(parts.map(|(is_code, part)| if is_code { bold(part) } else { escaped(part) }).collect())
}

fn plain(text: &str) -> String {
    guarded(escaped(text))
}

/// A dot or an apostrophe at the beginning of a line would be a macro.
fn guarded(text: String) -> String {
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

/// Letters that `man` prints as typed, so that what is copied from a page works.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '`' => out.push_str("\\(ga"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            '"' => out.push_str("\\(dq"),
            other => out.push(other),
        }
    }
    out
}
