//! `stac-create` from the outside: what its catalogs hold, how they grow, what it refuses.

#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/growing.rs"]
mod growing;
#[path = "cli/images.rs"]
mod images;
#[path = "cli/items.rs"]
mod items;
#[path = "cli/refused.rs"]
mod refused;
#[path = "cli/world.rs"]
mod world;
