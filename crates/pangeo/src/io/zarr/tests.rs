//! Whole stores: those in the shared data, and small ones made here.

mod broken;
mod oracle;
mod shared;
mod stores;
mod written;
