//! Writing figures: one picture, frames, or a page.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use figure::draw::html::{Figure as Shown, Frame, Page, page};
use figure::draw::{Image, apng, gif, pdf, pixels, png, svg};
use pangeo::cli::{self, Session};
use pangeo::{Error, Result};

use crate::figures::Figure;
use crate::request::{Format, Plot};

/// Write the figure, whole or not at all; what was written, for the user.
///
/// # Errors
/// When values can't be read, the figure can't be drawn, or the file can't be written.
pub(crate) fn write(figure: &Figure<'_>, request: &Plot, read: &[PathBuf], session: &Session) -> Result<String> {
    let path = &request.output;
    cli::write_with(path, read, |out| match request.format {
        Format::Png => put(out, request, &png(&figure.picture(0)?, request.dpi).map_err(crate::style::usage)?),
        Format::Svg => put(out, request, svg(&figure.picture(0)?).as_bytes()),
        Format::Pdf => put(out, request, &pdf(&figure.picture(0)?).map_err(crate::style::usage)?),
        Format::Gif | Format::Apng => frames(figure, request, session, out),
        Format::Html => put(out, request, html(figure, request, session)?.as_bytes()),
    })?;
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    let count = if figure.count() > 1 { format!("{} frames, ", figure.count()) } else { String::new() };
    Ok(format!("{}: {}, {count}{}", path.display(), figure.kind(), cli::human_size(size)))
}

fn put(out: &mut dyn Write, request: &Plot, bytes: &[u8]) -> Result<()> {
    out.write_all(bytes).map_err(|e| Error::io("write", &request.output, e))
}

/// The pixels of each frame, with progress.
fn drawn<'a>(
    figure: &'a Figure<'_>,
    request: &'a Plot,
    session: &'a Session,
) -> impl Iterator<Item = Result<Image>> + 'a {
    session.engine.progress().expect(figure.count() as u64);
    (0..figure.count()).map(move |frame| {
        session.engine.check()?;
        let image = pixels(&figure.picture(frame)?, request.dpi).map_err(crate::style::usage);
        session.engine.progress().advance(1);
        image
    })
}

fn frames(figure: &Figure<'_>, request: &Plot, session: &Session, out: &mut dyn Write) -> Result<()> {
    let delay = Duration::from_secs_f64(request.delay);
    // The encoder knows nothing of our errors: what stopped a frame is kept beside it.
    let mut stopped = None;
    let mut images = drawn(figure, request, session).map(|image| {
        image.map_err(|error| {
            let text = error.to_string();
            stopped = Some(error);
            figure::Error::request(text)
        })
    });
    let done = if request.format == Format::Gif {
        gif(out, &mut images, delay).map(|_| ())
    } else {
        apng(out, figure.count() as u32, &mut images, delay)
    };
    drop(images);
    session.engine.progress().finish();
    done.map_err(|e| stopped.unwrap_or_else(|| crate::style::usage(e)))
}

/// A page with the figure, or all frames behind a slider, and what it shows in numbers.
fn html(figure: &Figure<'_>, request: &Plot, session: &Session) -> Result<String> {
    let first = figure.picture(0)?;
    let mut shown = Vec::new();
    if figure.count() > 1 {
        for (frame, image) in drawn(figure, request, session).enumerate() {
            let png = figure::draw::encode_png(&image?).map_err(crate::style::usage)?;
            shown.push(Frame { png, caption: figure.caption(frame) });
        }
        session.engine.progress().finish();
    }
    let text = svg(&first);
    Ok(page(&Page {
        title: &first.title,
        description: &first.description,
        figure: if shown.is_empty() { Shown::Svg(&text) } else { Shown::None },
        frames: &shown,
        delay: Duration::from_secs_f64(request.delay),
        summary: &figure.summary(),
    }))
}
