//! Pages of the manual and completions of a shell, made from the definition of the arguments: what `--help` says, in
//! other forms.
//!
//! Every tool has it as `TOOL --generate KIND [DIR]`, which no help names: it is for the build (`make install`,
//! `make manual`), and for whoever wants the completions of a binary that came alone.

mod man;
mod markdown;
mod page;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Command;
use clap_complete::{Generator, Shell};

use self::page::Page;
use super::write_text;
use crate::{Error, Result};

/// The first argument of a tool that is asked for pages or completions.
const FLAG: &str = "--generate";

/// What the status of each tool tells, as [`super::main`] has it.
const EXIT_STATUS: [(&str, &str); 4] = [
    ("0", "Done; also when the reader of the output went away (a closed pipe)."),
    (
        "1",
        "The data or the operation failed: a line `error: …` says what, and `hint: …` the way out where there is one.",
    ),
    ("2", "The arguments are wrong."),
    ("130", "Interrupted. Nothing is left behind, as after any failure."),
];

/// What can be made.
enum Kind {
    Man,
    Markdown,
    Completions(Shell),
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "man" => Ok(Self::Man),
            "markdown" => Ok(Self::Markdown),
            _ => Shell::from_str(text).map(Self::Completions).map_err(|_| unknown(text)),
        }
    }
}

fn unknown(kind: &str) -> Error {
    let what = format!("{FLAG} can't make '{kind}'");
    Error::usage(what)
        .with_hint("man, markdown, bash, zsh, fish, elvish or powershell; then a folder, else it is printed")
}

/// Whether the words of a command line ask for pages or completions instead of work.
pub(super) fn is_wanted(words: &[OsString]) -> bool {
    words.get(1).is_some_and(|word| word == FLAG)
}

/// Make what `words` ask for: in the folder that they name, under the names that man and shells look for, else on
/// standard output.
///
/// # Errors
/// [`Error::Usage`] when there is no such kind or there are too many words; when a file can't be written.
pub(super) fn generate(command: Command, words: &[OsString]) -> Result<()> {
    let kind = words.get(2).and_then(|word| word.to_str()).unwrap_or_default();
    if let Some(extra) = words.get(4) {
        return Err(Error::usage(format!("unexpected argument '{}'", extra.display())));
    }
    let folder = words.get(3).map(PathBuf::from);
    // Pages of sub-commands belong to a manual; on standard output there is room for one page.
    for (name, text) in files(&kind.parse()?, command, folder.is_some())? {
        match &folder {
            Some(folder) => write_file(folder, &name, &text)?,
            None => print(&text)?,
        }
    }
    Ok(())
}

/// The files of a kind: name and text.
fn files(kind: &Kind, command: Command, all: bool) -> Result<Vec<(String, String)>> {
    let tool = command.get_name().to_owned();
    Ok(match kind {
        Kind::Man => {
            let pages = Page::all(command);
            let kept = if all { pages.len() } else { 1 };
            pages.iter().take(kept).map(|page| (format!("{}.1", page.file_name()), man::text(page, &pages))).collect()
        }
        Kind::Markdown => vec![(format!("{tool}.md"), markdown::text(&Page::all(command)))],
        Kind::Completions(shell) => vec![(shell.file_name(&tool), completions(*shell, command)?)],
    })
}

/// The script that makes a shell complete the tool's arguments.
fn completions(shell: Shell, mut command: Command) -> Result<String> {
    let tool = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, tool, &mut script);
    String::from_utf8(script).map_err(|_| Error::usage("the arguments are no UTF-8"))
}

fn write_file(folder: &Path, name: &str, text: &str) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
    write_text(&folder.join(name), text, &[])
}

fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|e| Error::io("write", "standard output", e))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Something of everything that a tool can define.
    #[derive(clap::Parser)]
    #[command(name = "demo", version = "1.2", after_help = "Examples:\n  $ demo a.nc -o b.nc\n  $ demo work 3")]
    /// Do little; do it well
    struct Demo {
        #[command(subcommand)]
        _part: Option<Part>,
        /// A file
        #[arg(required = true)]
        _input: Vec<String>,
        /// A glob such as t*, or `a*b` with --kind
        #[arg(short, long, value_name = "PATH")]
        _output: String,
        #[arg(long, value_enum, default_value = "plain", help_heading = "Look")]
        /// How
        _kind: Look,
        /// Departures
        #[arg(long, num_args = 0..=1, require_equals = true, help_heading = "Look", value_name = "N", visible_alias = "anomalies")]
        _anomaly: Option<String>,
        /// Nobody sees it
        #[arg(long, hide = true)]
        _secret: bool,
    }

    #[derive(clap::Subcommand)]
    enum Part {
        /// A part of it
        Work {
            /// Which
            _number: u32,
        },
    }

    #[derive(clap::ValueEnum, Clone)]
    enum Look {
        /// Without
        Plain,
        /// With
        Fancy,
    }

    fn made(kind: &str, all: bool) -> Vec<(String, String)> {
        files(&kind.parse().unwrap(), <Demo as clap::CommandFactory>::command(), all).unwrap()
    }

    #[test]
    fn a_page_of_markdown_tells_all_that_help_tells() {
        let [(name, text)] = made("markdown", true).try_into().unwrap();
        assert_eq!(name, "demo.md");
        for part in [
            "# demo\n\nDo little; do it well.\n",
            "    demo [OPTIONS] --output <PATH> <INPUT>...",
            "- `-o`, `--output <PATH>` A glob such as t\\*, or `a*b` with `--kind`\n",
            "## Look\n\n- `--kind <KIND>` How [default: plain]\n  - `plain` Without\n  - `fancy` With\n",
            "- `--anomaly[=<N>]` Departures [alias: `--anomalies`]\n",
            "## Commands\n\n- [`demo work`](#demo-work) A part of it\n",
            "## Examples\n\n    demo a.nc -o b.nc\n    demo work 3\n",
            "## Exit status\n\n- `0` Done",
            "## demo work\n\nA part of it.\n",
            "### Arguments\n\n- `<NUMBER>` Which\n",
        ] {
            assert!(text.contains(part), "no {part:?} in\n{text}");
        }
        assert!(!text.contains("secret"), "{text}");
    }

    #[test]
    fn pages_of_man_are_one_for_each_command() {
        let pages = made("man", true);
        assert_eq!(pages.iter().map(|p| p.0.as_str()).collect::<Vec<_>>(), ["demo.1", "demo-work.1"]);
        let text = &pages[0].1;
        for part in [
            ".TH DEMO 1 \"\" \"demo 1.2\" \"Pangeo tools\"\n.SH NAME\ndemo \\- Do little; do it well\n",
            ".TP\n\\fB\\-o\\fR, \\fB\\-\\-output <PATH>\\fR\nA glob such as t*, or \\fBa*b\\fR with \\fB\\-\\-kind\\fR\n",
            ".SH EXAMPLES\n.nf\ndemo a.nc \\-o b.nc\ndemo work 3\n.fi\n",
            ".SH SEE ALSO\n.BR demo\\-work (1)\n",
        ] {
            assert!(text.contains(part), "no {part:?} in\n{text}");
        }
        assert!(pages[1].1.contains(".SH SEE ALSO\n.BR demo (1)\n"), "{}", pages[1].1);
        assert_eq!(made("man", false).len(), 1);
    }

    #[test]
    fn shells_find_their_files_and_others_are_refused() {
        for (shell, name) in [("bash", "demo.bash"), ("zsh", "_demo"), ("fish", "demo.fish")] {
            let [(file, script)] = made(shell, true).try_into().unwrap();
            assert!(
                file == name && script.contains("anomaly") && script.contains("fancy"),
                "{shell}: {file}\n{script}"
            );
        }
        let error = "tcsh".parse::<Kind>().err().unwrap();
        assert!(error.exit_code() == 2 && error.hint().is_some_and(|hint| hint.contains("bash")));
    }

    #[test]
    fn only_the_first_word_asks_for_pages() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(is_wanted(&words("demo --generate man")) && !is_wanted(&words("demo a --generate man")));
        assert!(generate(Command::new("demo"), &words("demo --generate man a b")).is_err());
        assert!(generate(Command::new("demo"), &words("demo --generate")).is_err());
    }
}
