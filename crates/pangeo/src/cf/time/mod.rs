//! Time axes and calendars.
