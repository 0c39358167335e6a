//! Progress on stderr: a bar on a terminal, lines in a log.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::Progress;

/// Work shorter than this is not worth a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that appears after a second of work.
#[derive(Debug)]
pub(super) struct Bar {
    drawn: ProgressBar,
    begun: Instant,
    total: AtomicU64,
    done: AtomicU64,
}

impl Bar {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{wide_bar:.cyan} {bytes}/{total_bytes} {eta}") {
            bar.set_style(style);
        }
        Self { drawn: bar, begun: Instant::now(), total: AtomicU64::new(0), done: AtomicU64::new(0) }
    }
}

impl Progress for Bar {
    fn expect(&self, bytes: u64) {
        self.drawn.set_length(self.total.fetch_add(bytes, Ordering::Relaxed) + bytes);
    }

    fn advance(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if self.begun.elapsed() > PATIENCE {
            if self.drawn.is_hidden() {
                self.drawn.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            }
            self.drawn.set_position(done);
        }
    }

    fn tell(&self, text: &str) {
        self.drawn.suspend(|| super::print(text));
    }

    fn finish(&self) {
        self.drawn.finish_and_clear();
    }
}

/// A line for every tenth of the work, once it has taken a second.
#[derive(Debug)]
pub(super) struct Log {
    begun: Instant,
    state: Mutex<(u64, u64, u64)>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), state: Mutex::new((0, 0, 0)) }
    }
}

impl Progress for Log {
    fn expect(&self, bytes: u64) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0 += bytes;
    }

    fn advance(&self, bytes: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 += bytes;
        let tenth = (state.1 * 10).checked_div(state.0).unwrap_or(0).min(10);
        if tenth > state.2 && self.begun.elapsed() > PATIENCE {
            state.2 = tenth;
            super::print(&format!("{:3} % after {:.0} s", tenth * 10, self.begun.elapsed().as_secs_f64()));
        }
    }

    fn tell(&self, text: &str) {
        super::print(text);
    }

    fn finish(&self) {}
}
