//! `stac-create`: STAC items and collections of data.

fn main() {}
