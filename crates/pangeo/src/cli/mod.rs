//! What all tools share on the command line: arguments, errors and exit status, history, progress.

mod arguments;
mod history;
mod manual;
mod progress;
mod session;
mod size;
mod values;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

pub use arguments::{
    Common, Input, Output, Select, chunk_extent, comma_pair, human_size, join_inputs, open_inputs, paths, size_of,
    summary, write_dataset,
};
pub use history::stamp;
pub use session::Session;
pub use size::{ByteSize, MemorySize};

use crate::{Error, Result};

/// Blocks of megabytes come and go all the time: an allocator that keeps their pages saves the kernel
/// from clearing them anew for each (a quarter of the time of reading, measured).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Where the last panic was: it helps whoever gets the report.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// The whole of a tool's `main`: parse the arguments, run, print the error in the suite's form.
///
/// Exit status: 0 done, 1 data or operation failed, 2 wrong arguments, 130 interrupted. A reader of
/// our output that goes away (a closed pipe) counts as success.
///
/// A panic is a mistake of ours; it is told as an error, and ends the tool like one.
pub fn main<A: clap::Parser>(run: fn(&A) -> Result<()>) -> ExitCode {
    // Whoever looks for the mistake asks for a backtrace; everybody else gets one line, with the place.
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string);
            *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
        }));
    }
    match guarded(|| obey(run)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            print(&format!("error: {}", whole(&error)));
            let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).take();
            let place = place.filter(|_| matches!(error, Error::Internal { .. })).map(|p| format!(" ({p})"));
            if let Some(hint) = error.hint() {
                print(&format!("hint: {hint}{}", place.unwrap_or_default()));
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Do what the command line says: the work, or pages of the manual for whoever builds a package of the tools.
fn obey<A: clap::Parser>(run: fn(&A) -> Result<()>) -> Result<()> {
    let words: Vec<OsString> = std::env::args_os().collect();
    if manual::is_wanted(&words) { manual::generate(A::command(), &words) } else { run(&parse::<A>(words)?) }
}

/// What `run` answers with, a panic included.
fn guarded(run: impl FnOnce() -> Result<()>) -> Result<()> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
        .unwrap_or_else(|payload| Err(Error::from_panic(payload.as_ref())))
}

/// The arguments. Values that our own types refuse keep the hint of those; for everything else
/// (`--help` as well) clap prints and ends the process.
fn parse<A: clap::Parser>(words: Vec<OsString>) -> Result<A> {
    let words = values::joined(&A::command(), words.into_iter());
    A::try_parse_from(words).map_err(|refusal| {
        let ours = std::error::Error::source(&refusal).and_then(|source| source.downcast_ref::<Error>());
        let Some(ours) = ours else { refusal.exit() };
        let text = refusal.to_string();
        let what = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let error = Error::usage(what);
        match ours.hint() {
            Some(hint) => error.with_hint(hint),
            None => error.with_hint("--help tells what is allowed"),
        }
    })
}

/// A line on stderr, if anybody still reads it.
fn print(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Write a text (a table, a page) to a file, whole or not at all; not over one of the files that are
/// `read`.
///
/// # Errors
/// When the file can't be written, or is one of `read`.
pub fn write_text(path: &Path, text: &str, read: &[PathBuf]) -> Result<()> {
    write_with(path, read, |out| out.write_all(text.as_bytes()).map_err(|e| Error::io("write", path, e)))
}

/// Write a file with `fill`, whole or not at all; not over one of the files that are `read`.
///
/// # Errors
/// What `fill` answers with; when the file can't be written, or is one of `read`.
pub fn write_with(path: &Path, read: &[PathBuf], fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    crate::io::staging::refuse_if_input(path, read)?;
    let staged = crate::io::staging::Staged::new(path, crate::io::staging::Kind::File, true)?;
    let failed = |e| Error::io("write", path, e);
    let mut out = std::io::BufWriter::new(std::fs::File::create(staged.path()).map_err(failed)?);
    fill(&mut out)?;
    out.flush().map_err(failed)?;
    drop(out);
    staged.commit()
}

/// The error in one line, but for indented lines, which show where in an argument a fault lies.
fn whole(error: &Error) -> String {
    let text = error.to_string().replace('\r', " ");
    let indented = |line: &str| line.starts_with("  ");
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |all, line| format!("{all}{}{line}", if indented(line) { '\n' } else { ' ' }))
}

fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_as_an_error_that_asks_for_a_report() {
        let error = guarded(|| panic!("index {} out of range", 7)).unwrap_err();
        assert_eq!(whole(&error), "internal error: index 7 out of range");
        assert!(error.hint().is_some_and(|hint| hint.contains("report")));
        assert_eq!(error.exit_code(), 1);
    }
}
