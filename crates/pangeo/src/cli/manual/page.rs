//! What there is to say of a command, in the order of `--help`.

use clap::{Arg, Command};

/// A command: a tool, or one of its sub-commands.
pub(super) struct Page {
    /// As it is called: `to-zarr plan`.
    pub(super) name: String,
    /// The version of the tool, where it has one.
    pub(super) version: String,
    /// One line, without a full stop.
    pub(super) about: String,
    /// The ways to call it.
    pub(super) synopsis: Vec<String>,
    /// Sub-commands: as they are called, and their line.
    pub(super) commands: Vec<(String, String)>,
    /// Arguments and options under their headings.
    pub(super) groups: Vec<(String, Vec<Entry>)>,
    /// What the help ends with beside the examples.
    pub(super) notes: Vec<String>,
    /// Commands as typed.
    pub(super) examples: Vec<String>,
}

/// An argument or option.
pub(super) struct Entry {
    /// Its forms, the last with its value: `-o`, `--output <PATH>`.
    pub(super) forms: Vec<String>,
    /// What it does, with its default and other names.
    pub(super) text: String,
    /// The values that it takes, where there are few, and what they do.
    pub(super) values: Vec<(String, String)>,
}

impl Page {
    /// The pages of a tool and of its sub-commands.
    pub(super) fn all(command: Command) -> Vec<Self> {
        let mut command = command.disable_help_subcommand(true);
        command.build();
        let version = command.get_version().unwrap_or_default().to_owned();
        let mut pages = Vec::new();
        Self::add(&mut command, &version, &mut pages);
        pages
    }

    fn add(command: &mut Command, version: &str, pages: &mut Vec<Self>) {
        pages.push(Self::of(command, version));
        for part in command.get_subcommands_mut().filter(|part| !part.is_hide_set()) {
            Self::add(part, version, pages);
        }
    }

    fn of(command: &mut Command, version: &str) -> Self {
        let usage = command.render_usage().to_string();
        let synopsis = usage.trim_start_matches("Usage:").lines().map(|line| line.trim().to_owned());
        let (notes, examples) = ending(command);
        Self {
            name: command_name(command),
            version: version.to_owned(),
            about: sentence(command),
            synopsis: synopsis.filter(|line| !line.is_empty()).collect(),
            commands: shown(command).map(|part| (command_name(part), sentence(part))).collect(),
            groups: groups(command),
            notes,
            examples,
        }
    }

    /// The name under which man knows it: `to-zarr-plan`.
    pub(super) fn file_name(&self) -> String {
        self.name.replace(' ', "-")
    }
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|part| !part.is_hide_set())
}

fn command_name(command: &Command) -> String {
    command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn sentence(command: &Command) -> String {
    let about = command.get_long_about().or_else(|| command.get_about());
    about.map(ToString::to_string).unwrap_or_default()
}

/// Headings in the order of their first argument; what has none comes before.
fn groups(command: &Command) -> Vec<(String, Vec<Entry>)> {
    let mut groups: Vec<(String, Vec<Entry>)> = vec![("Arguments".into(), vec![]), ("Options".into(), vec![])];
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        let plain = if arg.is_positional() { "Arguments" } else { "Options" };
        let heading = arg.get_help_heading().unwrap_or(plain);
        match groups.iter_mut().find(|(name, _)| name == heading) {
            Some((_, entries)) => entries.push(Entry::of(arg)),
            None => groups.push((heading.to_owned(), vec![Entry::of(arg)])),
        }
    }
    groups.retain(|(_, entries)| !entries.is_empty());
    groups
}

impl Entry {
    fn of(arg: &Arg) -> Self {
        let short = arg.get_short().filter(|_| arg.get_long().is_some()).map(|letter| format!("-{letter}"));
        let help = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
        let mut text = help.split_whitespace().collect::<Vec<_>>().join(" ");
        // As `--help` has them; no text says them twice.
        let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if takes_value(arg) && !defaults.is_empty() && !arg.is_hide_default_value_set() {
            text.push_str(&format!(" [default: {}]", defaults.join(",")));
        }
        if let Some(aliases) = arg.get_visible_aliases().filter(|aliases| !aliases.is_empty()) {
            text.push_str(&format!(" [alias: --{}]", aliases.join(", --")));
        }
        let hidden = arg.is_hide_possible_values_set() || !takes_value(arg);
        let values = arg.get_possible_values().into_iter().filter(|value| !hidden && !value.is_hide_set());
        let values = values
            .map(|value| (value.get_name().to_owned(), value.get_help().map(ToString::to_string).unwrap_or_default()));
        Self { forms: short.into_iter().chain([arg.to_string()]).collect(), text, values: values.collect() }
    }
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|number| number.takes_values())
}

/// What stands below the options: paragraphs, and the lines under "Examples:".
fn ending(command: &Command) -> (Vec<String>, Vec<String>) {
    let text = command.get_after_long_help().or_else(|| command.get_after_help());
    let text = text.map(ToString::to_string).unwrap_or_default();
    let (before, examples) = text.split_once("Examples:\n").unwrap_or((&text, ""));
    let paragraphs = before.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines = examples.lines().map(str::trim).filter(|line| !line.is_empty());
    (
        paragraphs.filter(|part| !part.is_empty()).collect(),
        lines.map(|line| line.strip_prefix("$ ").unwrap_or(line).to_owned()).collect(),
    )
}

/// A text cut into what is code (between backticks, or a flag such as `--time`) and what is not.
pub(super) fn parts(text: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    for (place, part) in text.split('`').enumerate() {
        if place % 2 == 1 {
            parts.push((true, part));
            continue;
        }
        for word in part.split_inclusive(' ') {
            let (flag, rest) = flag(word);
            parts.extend([(true, flag), (false, rest)].into_iter().filter(|(_, part)| !part.is_empty()));
        }
    }
    parts
}

/// The flag that a word begins with, or nothing, and the rest.
fn flag(word: &str) -> (&str, &str) {
    let name = word.strip_prefix("--").filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    let part = |name: &str| name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
    word.split_at(name.map_or(0, |name| 2 + part(name)))
}
