//! Objects on their way to a server: so many, of so many bytes at the most, one of a key at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

use super::reply::Refusal;

/// How many, and how many bytes, may be on their way together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) objects: usize,
    /// A larger object goes alone.
    pub(super) bytes: usize,
}

/// Why a wait ended before what was waited for.
#[derive(Debug)]
pub(super) enum Stop {
    /// The object of this key was refused.
    Failed(String, Refusal),
    /// The user wants to stop.
    Cancelled,
}

/// What is on its way.
#[derive(Debug)]
pub(super) struct Flights {
    limits: Limits,
    /// Set when the user wants to stop.
    stop: Option<Arc<AtomicBool>>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Tickets are numbered in the order of asking.
    next: u64,
    waiting: BTreeSet<u64>,
    flying: BTreeMap<u64, Flight>,
    bytes: usize,
    /// The first failure. It stays: without that object the others are worth little.
    failure: Option<(String, Refusal)>,
}

#[derive(Debug)]
struct Flight {
    key: String,
    bytes: usize,
    task: Option<AbortHandle>,
}

impl State {
    fn has(&self, key: &str) -> bool {
        self.flying.values().any(|flight| flight.key == key)
    }
}

/// An object on its way; when the last hold of it is dropped, there is room for another.
#[derive(Debug)]
pub(super) struct Landing {
    flights: Arc<Flights>,
    ticket: u64,
    arrived: AtomicBool,
}

impl Flights {
    pub(super) fn new(limits: Limits, stop: Option<Arc<AtomicBool>>) -> Arc<Self> {
        Arc::new(Self { limits, stop, state: Mutex::default(), changed: Condvar::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while `busy`.
    fn wait<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        busy: impl Fn(&State) -> bool,
    ) -> (MutexGuard<'a, State>, Result<(), Stop>) {
        /// How often to look whether the user wants to stop; nobody wakes the waiting for that.
        const LOOK: Duration = Duration::from_millis(100);
        loop {
            if !busy(&state) {
                return (state, Ok(()));
            }
            if self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)) {
                return (state, Err(Stop::Cancelled));
            }
            state = self.changed.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn told(state: &State) -> Result<(), Stop> {
        state.failure.clone().map_or(Ok(()), |(key, refusal)| Err(Stop::Failed(key, refusal)))
    }

    /// Waits for room for `bytes` under `key`, in the order of asking.
    pub(super) fn begin(self: &Arc<Self>, key: &str, bytes: usize) -> Result<Arc<Landing>, Stop> {
        let mut state = self.state();
        let ticket = state.next;
        state.next += 1;
        state.waiting.insert(ticket);
        let full = |s: &State| {
            let fits = s.bytes.saturating_add(bytes) <= self.limits.bytes || s.flying.is_empty();
            s.flying.len() >= self.limits.objects || !fits || s.has(key)
        };
        let busy = |s: &State| s.failure.is_none() && (s.waiting.first() != Some(&ticket) || full(s));
        let (mut state, waited) = self.wait(state, busy);
        state.waiting.remove(&ticket);
        self.changed.notify_all();
        waited.and_then(|()| Self::told(&state))?;
        state.bytes = state.bytes.saturating_add(bytes);
        state.flying.insert(ticket, Flight { key: key.to_owned(), bytes, task: None });
        Ok(Arc::new(Landing { flights: Arc::clone(self), ticket, arrived: AtomicBool::new(false) }))
    }

    /// Waits until nothing goes to `key`: what was put there is to be read or removed.
    pub(super) fn settle(&self, key: &str) -> Result<(), Stop> {
        self.wait(self.state(), |s| s.has(key)).1
    }

    /// Waits until all has arrived that began before.
    pub(super) fn flush(&self) -> Result<(), Stop> {
        let state = self.state();
        let next = state.next;
        let busy = |s: &State| s.failure.is_none() && s.flying.first_key_value().is_some_and(|(t, _)| *t < next);
        let (state, waited) = self.wait(state, busy);
        waited.and_then(|()| Self::told(&state))
    }

    /// The task that `ticket` flies with.
    pub(super) fn note_task(&self, ticket: u64, task: AbortHandle) {
        if let Some(flight) = self.state().flying.get_mut(&ticket) {
            flight.task = Some(task);
        }
    }

    /// Gives up what is on its way, with a moment for what it leaves behind to be removed.
    pub(super) fn abandon(&self, moment: Duration) {
        let end = Instant::now() + moment;
        let mut state = self.state();
        state.flying.values().filter_map(|flight| flight.task.as_ref()).for_each(AbortHandle::abort);
        while !state.flying.is_empty() {
            let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else { return };
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Landing {
    pub(super) fn ticket(&self) -> u64 {
        self.ticket
    }

    /// The object is there, or not.
    pub(super) fn end(&self, result: Result<(), Refusal>) {
        self.arrived.store(true, Ordering::Relaxed);
        if let Err(refusal) = result {
            self.fail(refusal);
        }
    }

    fn fail(&self, refusal: Refusal) {
        let mut state = self.flights.state();
        let Some(key) = state.flying.get(&self.ticket).map(|flight| flight.key.clone()) else { return };
        state.failure.get_or_insert((key, refusal));
        self.flights.changed.notify_all();
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if !self.arrived.load(Ordering::Relaxed) {
            self.fail(Refusal::Odd("the upload was given up".to_owned()));
        }
        let mut state = self.flights.state();
        if let Some(flight) = state.flying.remove(&self.ticket) {
            state.bytes = state.bytes.saturating_sub(flight.bytes);
        }
        self.flights.changed.notify_all();
    }
}
