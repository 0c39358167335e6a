//! What each variable is for: axes, coordinates, bounds and other roles.
