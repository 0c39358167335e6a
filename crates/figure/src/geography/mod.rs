//! Coastlines, borders, lakes, and what is land: Natural Earth 1:110m and 1:50m (public domain).
//!
//! The lines are embedded deflated and inflated when first asked for; `data/geography` holds them with the scripts
//! that make them.

mod land;
mod lines;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

pub use land::Land;
pub use lines::Lines;

/// How fine lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Natural Earth 1:110m, for the globe.
    Low,
    /// Natural Earth 1:50m, for continents and countries.
    Medium,
}

type Once<T> = OnceLock<T>;

/// Where land and sea meet, the Caspian Sea among the seas. No line runs along the antimeridian or around a pole:
/// lines end at 180° and begin again at −180°.
pub fn coastlines(detail: Detail) -> &'static Lines {
    static LINES: [Once<Lines>; 2] = [Once::new(), Once::new()];
    const LOW: &[u8] = include_bytes!("../../data/geography/coast-110m.lines.z");
    const MEDIUM: &[u8] = include_bytes!("../../data/geography/coast-50m.lines.z");
    of(&LINES, detail, LOW, MEDIUM)
}

/// Where countries meet on land, as Natural Earth has it (de facto), without coasts.
pub fn borders(detail: Detail) -> &'static Lines {
    static LINES: [Once<Lines>; 2] = [Once::new(), Once::new()];
    const LOW: &[u8] = include_bytes!("../../data/geography/borders-110m.lines.z");
    const MEDIUM: &[u8] = include_bytes!("../../data/geography/borders-50m.lines.z");
    of(&LINES, detail, LOW, MEDIUM)
}

/// The shores of lakes of 9000 km² and more, with [`Detail::Medium`] of 1000 km² and more, and of islands in them.
pub fn lakes(detail: Detail) -> &'static Lines {
    static LINES: [Once<Lines>; 2] = [Once::new(), Once::new()];
    const LOW: &[u8] = include_bytes!("../../data/geography/lakes-110m.lines.z");
    const MEDIUM: &[u8] = include_bytes!("../../data/geography/lakes-50m.lines.z");
    of(&LINES, detail, LOW, MEDIUM)
}

/// What is land, lakes included.
pub fn land(detail: Detail) -> &'static Land {
    static LAND: [Once<Land>; 2] = [Once::new(), Once::new()];
    let [low, medium] = &LAND;
    match detail {
        Detail::Low => low.get_or_init(|| Land::new(coastlines(detail), 720)),
        Detail::Medium => medium.get_or_init(|| Land::new(coastlines(detail), 3600)),
    }
}

/// What is embedded can be read, as a test holds; were it not, there would be no lines.
fn of(lines: &'static [Once<Lines>; 2], detail: Detail, low: &[u8], medium: &[u8]) -> &'static Lines {
    let [first, second] = lines;
    match detail {
        Detail::Low => first.get_or_init(|| Lines::read(low).unwrap_or_default()),
        Detail::Medium => second.get_or_init(|| Lines::read(medium).unwrap_or_default()),
    }
}
