//! Test kit: what the tests of several crates share. Nothing here ships with the suite.
//!
//! Everything panics with a clear text instead of returning errors: a test that can't set up its
//! world has failed.

pub mod http;
