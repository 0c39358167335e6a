//! Test kit: what the tests of several crates share. Nothing here ships with the suite.
//!
//! - [`fixture`] and [`shared_data`] find input files;
//! - [`Store`] makes small inputs, [`maps()`] a large one;
//! - [`run()`] runs a tool of the suite with limits on time and memory;
//! - [`check_examples`] runs the examples of a tool's help;
//! - [`Table`] checks rows of arguments against expected text dumps;
//! - [`for_each_malformed`] throws broken files at a reader;
//! - [`http::Server`] is a server that misbehaves on demand;
//! - [`bucket::Bucket`] is a service like S3 on top of it.
//!
//! Everything panics with a clear text instead of returning errors: a test that can't set up its
//! world has failed.

pub mod bucket;
mod examples;
mod files;
pub mod http;
mod malformed;
mod run;
mod store;
mod table;

pub use examples::check_examples;
pub use files::{fixture, repository, shared_data};
pub use malformed::for_each_malformed;
pub use run::{Command, Outcome, run};
pub use store::{Number, Store, maps};
pub use table::{Case, Table, case};
