//! Searches of files against what other programs find in them.

mod found;
mod malformed;
mod many;
