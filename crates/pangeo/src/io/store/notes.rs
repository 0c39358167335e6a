//! Things a user should know about how an input was read (one line each), kept until the caller shows them.

use std::sync::{Mutex, PoisonError};

/// More would flood a terminal: 10,000 inputs on one bad server say it once each at most.
const KEPT: usize = 100;

static NOTES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keep `note`, once, for [`take_notes`].
pub(crate) fn note(note: impl Into<String>) {
    let note = note.into();
    let mut notes = NOTES.lock().unwrap_or_else(PoisonError::into_inner);
    if notes.len() < KEPT && !notes.contains(&note) {
        notes.push(note);
    }
}

/// The notes since the last call, in order: texts for stderr, lower case without a final period.
pub fn take_notes() -> Vec<String> {
    std::mem::take(&mut *NOTES.lock().unwrap_or_else(PoisonError::into_inner))
}
