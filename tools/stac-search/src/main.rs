//! `stac-search`: find items in a STAC API, a static catalog or a file.

fn main() {}
