//! Labelled, CF-described arrays from netCDF and Zarr: opened lazily, computed in parallel blocks
//! under a memory budget, written whole or not at all.
//!
//! The layers, each knowing only those to its right: `cli` → `ops` → `grid` → `cf` → `model`;
//! `io` turns files into [`model::Dataset`]s and back; `engine` runs blocks in parallel.

pub mod cf;
pub mod cli;
pub mod engine;
pub mod error;
pub mod grid;
pub mod io;
pub mod model;
pub mod ops;

pub use error::{Error, Result};
