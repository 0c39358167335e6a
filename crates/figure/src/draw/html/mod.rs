//! Pages of HTML with a figure in them, whole in one file: they work offline and inside of frames.

use std::time::Duration;

use super::svg::{base64, escaped};

/// A figure in the format it was drawn in.
#[derive(Debug, Clone, Copy)]
pub enum Figure<'a> {
    /// An SVG file, put into the page as it is.
    Svg(&'a str),
    /// A PNG file.
    Png(&'a [u8]),
    /// Only the frames.
    None,
}

/// A frame of an animation.
#[derive(Debug, Clone)]
pub struct Frame {
    /// A PNG file.
    pub png: Vec<u8>,
    /// What it shows, for instance its date; also said to readers that cannot see it.
    pub caption: String,
}

/// What is on a page. All texts are escaped but `summary`.
#[derive(Debug, Clone)]
pub struct Page<'a> {
    /// The heading.
    pub title: &'a str,
    /// What the figure shows, for readers that cannot see it.
    pub description: &'a str,
    /// The figure.
    pub figure: Figure<'a>,
    /// The frames of an animation, with a slider and a button to play. Without scripts all of them are shown.
    pub frames: &'a [Frame],
    /// How long a frame shows.
    pub delay: Duration,
    /// HTML put below the figure as it is; nothing if empty.
    pub summary: &'a str,
}

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const PLAYER: &str = "<button id=\"back\" type=\"button\" aria-label=\"Previous frame\">◀</button>
<button id=\"play\" type=\"button\">Play</button>
<button id=\"on\" type=\"button\" aria-label=\"Next frame\">▶</button>
";

/// The page as an HTML file.
pub fn page(page: &Page<'_>) -> String {
    let title = escaped(page.title);
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    match page.figure {
        Figure::Svg(svg) => {
            // A declaration is for files of their own.
            let start = svg.find("<svg").unwrap_or(0);
            let body = svg.get(start..).unwrap_or_default();
            html.push_str(&format!("<figure>\n<div class=\"sheet\">\n{body}</div>\n</figure>\n"));
        }
        Figure::Png(png) => {
            html.push_str("<figure>\n<div class=\"sheet\">");
            image(&mut html, png, page.description);
            html.push_str("</div>\n</figure>\n");
        }
        Figure::None => {}
    }
    if !page.frames.is_empty() {
        frames(&mut html, page);
    }
    if !page.summary.is_empty() {
        html.push_str(&format!("<section>\n{}\n</section>\n", page.summary));
    }
    html.push_str("</main>\n");
    if page.frames.len() > 1 {
        html.push_str(&format!("<script>\n{SCRIPT}</script>\n"));
    }
    html.push_str("</body>\n</html>\n");
    html
}

fn frames(html: &mut String, page: &Page<'_>) {
    if page.frames.len() > 1 {
        let (last, delay) = (page.frames.len() - 1, page.delay.as_millis().max(20));
        html.push_str(&format!("<div id=\"player\" class=\"player\" data-delay=\"{delay}\" hidden>\n{PLAYER}"));
        html.push_str(&format!(
            "<input id=\"slider\" type=\"range\" min=\"0\" max=\"{last}\" value=\"0\" aria-label=\"Frame\">\n\
             <output id=\"count\"></output>\n</div>\n"
        ));
    }
    html.push_str("<div id=\"frames\">\n");
    for frame in page.frames {
        let caption = escaped(&frame.caption);
        html.push_str(&format!("<figure data-caption=\"{caption}\">\n<div class=\"sheet\">"));
        image(html, &frame.png, &format!("{} – {}", page.description, frame.caption));
        html.push_str(&format!("</div>\n<figcaption>{caption}</figcaption>\n</figure>\n"));
    }
    html.push_str("</div>\n");
}

fn image(html: &mut String, png: &[u8], alt: &str) {
    html.push_str(&format!("<img alt=\"{}\" src=\"data:image/png;base64,", escaped(alt)));
    base64(png, html);
    html.push_str("\">");
}
