//! One run of a tool: its engine, what it says on stderr, and what happens on Ctrl-C.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::arguments::{Common, ProgressMode};
use super::progress::{Bar, Log};
use crate::engine::{Engine, Progress, Silent};
use crate::{Error, Result};

/// Working memory when neither flag nor environment says otherwise.
const DEFAULT_MEMORY: usize = 1 << 30;

/// One run of a tool.
#[derive(Debug)]
pub struct Session {
    /// Threads, memory, progress and cancellation for the work.
    pub engine: Engine,
    /// Whether a line goes on top of the history.
    pub history: bool,
    quiet: bool,
    verbose: bool,
    begun: Instant,
    remarks: Mutex<Vec<String>>,
}

impl Session {
    /// A session as the common arguments and Galaxy's environment variables have it.
    ///
    /// # Errors
    /// [`Error::Usage`] for an environment variable that is not a number.
    pub fn new(common: &Common) -> Result<Self> {
        Self::within(common, DEFAULT_MEMORY)
    }

    /// As [`Session::new`] for a tool that does with so many bytes of working memory if nobody says otherwise.
    ///
    /// # Errors
    /// As [`Session::new`].
    pub fn within(common: &Common, default_memory: usize) -> Result<Self> {
        let threads = match common.threads {
            Some(threads) => threads.get(),
            None => environment("GALAXY_SLOTS")?
                .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get)),
        };
        let memory = match common.memory {
            Some(size) => size.0,
            None => environment("GALAXY_MEMORY_MB")?.map_or(default_memory, |mb| mb.saturating_mul(1 << 20)),
        };
        let progress: Arc<dyn Progress> = match common.progress {
            _ if common.quiet => Arc::new(Silent),
            ProgressMode::Auto if std::io::stderr().is_terminal() => Arc::new(Bar::new()),
            ProgressMode::Bar => Arc::new(Bar::new()),
            ProgressMode::Auto | ProgressMode::Log => Arc::new(Log::new()),
            ProgressMode::None => Arc::new(Silent),
        };
        Ok(Self {
            engine: Engine::new(threads, memory).with_progress(progress).with_cancel(stop_flag()),
            history: !common.no_history,
            quiet: common.quiet,
            verbose: common.verbose,
            begun: Instant::now(),
            remarks: Mutex::default(),
        })
    }

    /// Say something on stderr, unless asked to be quiet.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            super::print(text);
        }
    }

    /// Say something on stderr if asked for details.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            super::print(text);
        }
    }

    /// Warn on stderr, even when quiet.
    pub fn warn(&self, text: &str) {
        super::print(&format!("warning: {text}"));
    }

    /// Note something that the history should tell.
    pub fn remark(&self, text: impl Into<String>) {
        self.remarks.lock().unwrap_or_else(PoisonError::into_inner).push(text.into());
    }

    /// What the history should tell beside the command.
    pub fn remarks(&self) -> Vec<String> {
        self.remarks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Seconds since the session began.
    pub fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }
}

/// A number from an environment variable; absent or empty is `None`.
fn environment(name: &str) -> Result<Option<usize>> {
    match std::env::var(name) {
        Ok(text) if !text.trim().is_empty() => match text.trim().parse() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => Err(Error::usage(format!("environment variable {name}='{text}' is not a whole number above 0"))),
        },
        _ => Ok(None),
    }
}

/// Set on Ctrl-C and on SIGTERM; a second one ends the process at once, removing half-written output.
fn stop_flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    // A handler that can't be set (one is set already) leaves the default: the process just ends.
    let _ = ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::SeqCst) {
            crate::io::staging::remove_all();
            std::process::exit(130);
        }
    });
    flag
}
