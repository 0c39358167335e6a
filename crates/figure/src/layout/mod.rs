//! Titles, colour bars and panels.
