//! `to-zarr` from the outside: what its stores hold, what it refuses, what a crash leaves.

#[path = "cli/append.rs"]
mod append;
#[path = "cli/append_fit.rs"]
mod append_fit;
#[path = "cli/append_foreign.rs"]
mod append_foreign;
#[path = "cli/create.rs"]
mod create;
#[path = "cli/distributed.rs"]
mod distributed;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/killed.rs"]
mod killed;
#[path = "cli/laws.rs"]
mod laws;
#[path = "cli/memory.rs"]
mod memory;
#[path = "cli/plans.rs"]
mod plans;
#[path = "cli/raw.rs"]
mod raw;
#[path = "cli/refused.rs"]
mod refused;
#[path = "cli/traps.rs"]
mod traps;
#[path = "cli/world.rs"]
mod world;
