//! Parallel production, ordered consumption.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Engine;
use crate::{Error, Result};

/// What the workers share.
struct State<T> {
    /// The next block to begin.
    next: usize,
    /// The next block to consume.
    due: usize,
    /// Finished blocks that wait for their turn.
    ready: BTreeMap<usize, T>,
    /// Whether a worker is consuming just now.
    consuming: bool,
    /// The failed block of lowest number.
    failure: Option<(usize, Error)>,
}

struct Shared<'a, T, P, C> {
    engine: &'a Engine,
    count: usize,
    window: usize,
    produce: &'a P,
    consume: Mutex<C>,
    state: Mutex<State<T>>,
    changed: Condvar,
}

/// See [`Engine::ordered`].
pub(super) fn run<T, P, C>(engine: &Engine, count: usize, window: usize, produce: &P, mut consume: C) -> Result<()>
where
    T: Send,
    P: Fn(usize) -> Result<T> + Sync,
    C: FnMut(usize, T) -> Result<()> + Send,
{
    let workers = engine.threads().min(count).min(window.max(1));
    if workers <= 1 {
        for block in 0..count {
            engine.check()?;
            let value = guarded(|| produce(block))?;
            guarded(|| consume(block, value))?;
        }
        return Ok(());
    }
    let state = State { next: 0, due: 0, ready: BTreeMap::new(), consuming: false, failure: None };
    let shared = Shared {
        engine,
        count,
        window: window.max(1),
        produce,
        consume: Mutex::new(consume),
        state: Mutex::new(state),
        changed: Condvar::new(),
    };
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(|| shared.work());
        }
        shared.work();
    });
    let state = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    match state.failure {
        Some((_, error)) => Err(error),
        None => engine.check(),
    }
}

impl<T, P, C> Shared<'_, T, P, C>
where
    T: Send,
    P: Fn(usize) -> Result<T> + Sync,
    C: FnMut(usize, T) -> Result<()> + Send,
{
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One worker: begin blocks while any are left, then consume what is due.
    fn work(&self) {
        while let Some(block) = self.begin() {
            let result = self.engine.check().and_then(|()| guarded(|| (self.produce)(block)));
            match result {
                Ok(value) => {
                    self.lock().ready.insert(block, value);
                    self.consume_due();
                }
                Err(error) => self.fail(block, error),
            }
        }
    }

    /// The next block to work on; waits while the window is full, `None` when all are begun.
    fn begin(&self) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if state.failure.is_some() || state.next >= self.count {
                return None;
            }
            if state.next < state.due + self.window {
                state.next += 1;
                return Some(state.next - 1);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Hand over finished blocks in order, unless another worker is at it.
    fn consume_due(&self) {
        let mut state = self.lock();
        if state.consuming {
            return;
        }
        state.consuming = true;
        while state.failure.is_none() {
            let due = state.due;
            let Some(value) = state.ready.remove(&due) else { break };
            drop(state);
            let result = guarded(|| {
                let mut consume = self.consume.lock().unwrap_or_else(PoisonError::into_inner);
                consume(due, value)
            });
            if let Err(error) = result {
                self.fail(due, error);
            }
            state = self.lock();
            state.due += 1;
            self.changed.notify_all();
        }
        state.consuming = false;
    }

    fn fail(&self, block: usize, error: Error) {
        let mut state = self.lock();
        if state.failure.as_ref().is_none_or(|(earlier, _)| block < *earlier) {
            state.failure = Some((block, error));
        }
        self.changed.notify_all();
    }
}

/// A panic in one block (a mistake in this program) ends the run like any error: the other workers
/// would wait for that block for ever.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .unwrap_or_else(|payload| Err(Error::from_panic(payload.as_ref())))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_arrive_in_order_from_any_number_of_threads() {
        for threads in 1..5 {
            let mut seen = Vec::new();
            let engine = Engine::new(threads, 0);
            engine
                .ordered(
                    100,
                    7,
                    |i| Ok(i * i),
                    |i, sq| {
                        seen.push((i, sq));
                        Ok(())
                    },
                )
                .unwrap();
            assert_eq!(seen, (0..100).map(|i| (i, i * i)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_more_blocks_are_open_than_the_window_allows() {
        let open = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let produce = |_| {
            most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            Ok(())
        };
        let consume = |_, ()| {
            open.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        };
        Engine::new(4, 0).ordered(200, 3, produce, consume).unwrap();
        assert!(most.load(Ordering::SeqCst) <= 3);
    }

    #[test]
    fn the_first_failure_is_the_answer() {
        let produce = |i| if i >= 10 { Err(Error::data(format!("block {i}"), "test")) } else { Ok(i) };
        let error = Engine::new(3, 0).ordered(50, 8, produce, |_, _| Ok(())).unwrap_err();
        assert!(error.to_string().starts_with("block 1"));
    }

    #[test]
    fn a_panic_is_an_error_on_any_number_of_threads() {
        for threads in [1, 3] {
            let engine = Engine::new(threads, 0);
            let produced = engine.ordered(9, 4, |i| if i == 5 { panic!("block {i}") } else { Ok(i) }, |_, _| Ok(()));
            assert_eq!(produced.unwrap_err().to_string(), "internal error: block 5");
            let consumed = engine.ordered(9, 4, Ok, |i, _: usize| if i == 5 { panic!("text {i}") } else { Ok(()) });
            assert_eq!(consumed.unwrap_err().to_string(), "internal error: text 5");
        }
    }

    #[test]
    fn more_blocks_than_anybody_can_wait_for_are_refused() {
        let error = Engine::new(2, 0).ordered(1 << 45, 2, Ok, |_, _: usize| Ok(())).unwrap_err();
        assert!(error.to_string().contains("35184372088832 chunks"), "{error}");
    }

    #[test]
    fn a_raised_flag_stops_the_run() {
        let flag = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
        let engine = Engine::new(2, 0).with_cancel(flag);
        assert!(matches!(engine.ordered(5, 2, Ok, |_, _: usize| Ok(())), Err(Error::Cancelled)));
    }
}
