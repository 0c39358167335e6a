//! What stands around maps and charts: titles, colour bars, panels side by side.

mod colour_bar;
mod panels;
mod title;

pub use colour_bar::ColourBar;
pub use panels::{GAP, Panels, Rooms};
pub use title::{Title, TitleBlock};

use crate::draw::Colour;

/// The colour of texts and frames: nearly black.
pub const INK: Colour = Colour::grey(38);

/// The colour of second lines of titles and of labels on maps.
pub const FAINT: Colour = Colour::grey(96);
