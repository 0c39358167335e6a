//! Tests as rows: what is tested, the arguments, the expected output as text.

use std::path::{Path, PathBuf};

use crate::{Command, fixture, repository};

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What it shows, as a scientist would say it.
    pub name: &'a str,
    /// The arguments beside inputs and output.
    pub arguments: &'a [&'a str],
    /// The expected text in `test-data/expected/`: a dump of the output or, if it ends in `.err`,
    /// the exit status and standard error of a run that must fail.
    pub expected: &'a str,
}

/// A row of a table.
pub const fn case<'a>(name: &'a str, arguments: &'a [&'a str], expected: &'a str) -> Case<'a> {
    Case { name, arguments, expected }
}

/// Rows that share a tool and its inputs: each runs `TOOL INPUT… -o OUTPUT ARGUMENTS…`.
///
/// `UPDATE_EXPECTED=1` in the environment writes the expected files instead of comparing: read the
/// difference before committing it.
///
/// ```no_run
/// # fn dump(path: &std::path::Path) -> String { String::new() }
/// use testkit::{Table, case};
///
/// Table::new("subset", &["air_temperature_small.nc"], dump).check(&[
///     case("bbox crossing the dateline", &["--bbox=170,-10,-170,10"], "subset/dateline.cdl"),
///     case("a variable that is not there", &["-v", "pm25"], "subset/no_variable.err"),
/// ]);
/// ```
pub struct Table<'a> {
    program: Option<PathBuf>,
    tool: &'a str,
    inputs: &'a [&'a str],
    output: &'a str,
    expected: PathBuf,
    dump: Box<dyn Fn(&Path) -> String + 'a>,
}

impl<'a> Table<'a> {
    /// A table for `tool` with these fixtures as inputs; `dump` turns an output file into text.
    pub fn new(tool: &'a str, inputs: &'a [&'a str], dump: impl Fn(&Path) -> String + 'a) -> Self {
        let expected = repository().join("test-data/expected");
        Self { program: None, tool, inputs, output: "output", expected, dump: Box::new(dump) }
    }

    /// Call the output file so (where the extension tells the format).
    #[must_use]
    pub fn output(mut self, name: &'a str) -> Self {
        self.output = name;
        self
    }

    /// Run all rows.
    ///
    /// # Panics
    /// At the end, with the rows that failed and how their texts differ.
    pub fn check(&self, cases: &[Case]) {
        let bad: Vec<String> = cases.iter().filter_map(|case| self.row(case).err()).collect();
        assert!(bad.is_empty(), "{} of {} rows\n{}", bad.len(), cases.len(), bad.join("\n"));
    }

    fn row(&self, case: &Case) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))?;
        let output = folder.path().join(self.output);
        let command = self.program.as_ref().map_or_else(|| Command::new(self.tool), Command::program);
        let command = command
            .arguments(self.inputs.iter().map(|i| fixture(i)))
            .arguments(["-o".into(), output.clone()])
            .arguments(case.arguments);
        let outcome = command.run();
        let must_fail = Path::new(case.expected).extension().is_some_and(|e| e == "err");
        let got = match (must_fail, outcome.succeeded()) {
            (true, false) => format!("status {:?}\n{}", outcome.status.unwrap_or(-1), outcome.stderr),
            (false, true) => (self.dump)(&output),
            _ => return Err(format!("{}: {outcome}", case.name)),
        };
        // Texts must not depend on where they were made.
        let got = got.replace(&*folder.path().to_string_lossy(), "FOLDER");
        let got = got.replace(&*repository().join("test-data").to_string_lossy(), "DATA");
        compare(&self.expected.join(case.expected), &got)
            .map_err(|e| format!("{}: {e}\n$ {}", case.name, outcome.command))
    }
}

/// Compare a text with an expected file, or write the file if the environment says so.
fn compare(path: &Path, got: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE_EXPECTED").is_some_and(|v| v == "1") {
        let folder = path.parent().unwrap_or(path);
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, got));
        return written.map_err(|e| format!("can't write {}: {e}", path.display()));
    }
    let expected = std::fs::read_to_string(path)
        .map_err(|e| format!("can't read {}: {e} (UPDATE_EXPECTED=1 writes it)", path.display()))?;
    if expected == got {
        Ok(())
    } else {
        Err(format!("differs from {}\n{}", path.display(), difference(&expected, got)))
    }
}

/// The lines that differ, `-` expected and `+` got, without what both share at start and end.
fn difference(expected: &str, got: &str) -> String {
    const SHOWN: usize = 20;
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), got.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let shared = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let side = |sign: char, lines: &[&str]| {
        let rest = lines.len().saturating_sub(SHOWN);
        let mut text: Vec<String> = lines.iter().take(SHOWN).map(|l| format!("{sign} {l}")).collect();
        text.extend((rest > 0).then(|| format!("{sign} … {rest} more lines")));
        text
    };
    let mut text = vec![format!("from line {}:", start + 1)];
    text.extend(side('-', &old[start..old.len() - shared]));
    text.extend(side('+', &new[start..new.len() - shared]));
    text.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table over a stand-in for a tool, which writes its arguments into its output.
    fn table(folder: &Path) -> Table<'static> {
        use std::os::unix::fs::PermissionsExt;
        let tool = folder.join("tool");
        let script = "#!/bin/sh\nout=$2; shift 2\n[ \"$1\" = bad ] && { echo \"error: bad, $out\" >&2; exit 1; }\necho \"$@\" > \"$out\"\n";
        std::fs::write(&tool, script).unwrap();
        std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut table = Table::new("tool", &[], |path| std::fs::read_to_string(path).unwrap());
        table.program = Some(tool);
        table.expected = folder.to_owned();
        table
    }

    #[test]
    fn rows_compare_dumps_and_errors_with_expected_texts() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("good.txt"), "a b\n").unwrap();
        std::fs::write(folder.path().join("bad.err"), "status 1\nerror: bad, FOLDER/output\n").unwrap();
        let table = table(folder.path());
        table.check(&[case("writes", &["a", "b"], "good.txt"), case("refuses", &["bad"], "bad.err")]);
        for (arguments, expected, said) in [
            (&["a"][..], "good.txt", "from line 1:\n- a b\n+ a"),
            (&["bad"], "good.txt", "status 1"),
            (&["a"], "none", "UPDATE_EXPECTED=1"),
        ] {
            let text = table.row(&case("row", arguments, expected)).unwrap_err();
            assert!(text.starts_with("row: ") && text.contains(said), "{text}");
        }
    }

    #[test]
    fn differences_leave_out_what_is_shared() {
        assert_eq!(difference("a\nb\nc\nd", "a\nx\ny\nd"), "from line 2:\n- b\n- c\n+ x\n+ y");
        assert_eq!(difference("a\na", "a\na\na"), "from line 3:\n+ a");
    }
}
