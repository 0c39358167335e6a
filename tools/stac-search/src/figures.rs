//! Calendars and maps on their way out.

use std::io::{IsTerminal, Write};

use figure::draw::{Picture, pdf, png, svg};
use pangeo::{Error, Result};

use crate::calendar::{self, Calendar};
use crate::map::{self, Map};
use crate::output::put;
use crate::request::Form;

/// Pixels an inch: sharp on screens of twice the usual fineness.
const DPI: f64 = 200.0;

/// Write a calendar; with colours if it is text that goes to a terminal.
///
/// # Errors
/// As [`Calendar::months`]; when `out` can't be written.
pub(crate) fn calendar(
    out: &mut dyn Write,
    calendar: &Calendar,
    title: &str,
    (form, coloured): (Form, bool),
) -> Result<()> {
    match form {
        Form::Text => put(out, &calendar::text(calendar, coloured)?),
        Form::Html => put(out, &calendar::page(calendar, title)?),
        form => drawn(out, &calendar::picture(calendar, title)?, form),
    }
}

/// Write a map of footprints.
///
/// # Errors
/// [`Error::Data`] if nothing says where it lies; when `out` can't be written.
pub(crate) fn map(out: &mut dyn Write, map: &Map, title: &str, form: Form) -> Result<()> {
    match form {
        Form::Html => put(out, &map::page(map, title)?),
        form => drawn(out, &map::picture(map, title)?, form),
    }
}

/// Whether what is printed may have colours: on a terminal, unless <https://no-color.org> is heeded.
pub(crate) fn is_coloured() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn drawn(out: &mut dyn Write, picture: &Picture, form: Form) -> Result<()> {
    let failed =
        |error: figure::Error| Error::data(error.to_string(), "the figure").with_hint("another format, such as svg");
    let bytes = match form {
        Form::Png => png(picture, DPI).map_err(failed)?,
        Form::Pdf => pdf(picture).map_err(failed)?,
        _ => svg(picture).into_bytes(),
    };
    out.write_all(&bytes).map_err(|e| Error::io("write", "the output", e))
}
