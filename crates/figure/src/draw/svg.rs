//! SVG files (W3C, Scalable Vector Graphics 1.1, second edition).

use std::collections::BTreeSet;

use ttf_parser::GlyphId;

use super::font::Font;
use super::text::{Line, Placed, Stand};
use super::{Colour, Image, Item, Path, Picture, Point, Rect, Segment, Stroke, Text, Weight, png, sane, snap};

/// Stands for what sets the names of one picture apart from those of others on the same page; no text holds it.
const MARK: char = '\u{1}';

/// The picture as an SVG file, one unit a CSS pixel. Letters are outlines, so that it looks the same everywhere; what
/// they say is in `aria-label`. A picture or an image whose size cannot be drawn is empty.
pub fn svg(picture: &Picture) -> String {
    let mut writer = Writer::default();
    let frame = Rect { x: 0.0, y: 0.0, width: side(picture.width), height: side(picture.height) };
    if picture.background.a > 0 {
        let size = format!("width=\"{}\" height=\"{}\"", decimal(frame.width, 2), decimal(frame.height, 2));
        writer.body.push_str(&format!("<rect {size}{}/>\n", fill(picture.background)));
    }
    writer.items(&picture.items, picture);
    let mut sum = libdeflater::Crc::new();
    sum.update(writer.body.as_bytes());
    let name = format!("f{:08x}", sum.sum());
    writer.file(picture, frame).replace(MARK, &name)
}

fn side(length: f64) -> f64 {
    if length.is_finite() { length.clamp(0.0, 1e6) } else { 0.0 }
}

#[derive(Default)]
struct Writer {
    body: String,
    clips: usize,
    glyphs: BTreeSet<(bool, u16)>,
}

impl Writer {
    fn file(&self, picture: &Picture, frame: Rect) -> String {
        let (width, height) = (decimal(frame.width, 2), decimal(frame.height, 2));
        let mut file = String::with_capacity(self.body.len() + 4096);
        file.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" ");
        file.push_str("xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" role=\"img\" ");
        file.push_str(&format!("width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n"));
        for (tag, text) in [("title", &picture.title), ("desc", &picture.description)] {
            if !text.is_empty() {
                file.push_str(&format!("<{tag}>{}</{tag}>\n", escaped(text)));
            }
        }
        if !self.glyphs.is_empty() {
            file.push_str("<defs>\n");
            for (bold, glyph) in &self.glyphs {
                let font = Font::of(if *bold { Weight::Bold } else { Weight::Regular });
                if let Some(outline) = font.outline(GlyphId(*glyph)) {
                    let name = glyph_name(*bold, *glyph);
                    file.push_str(&format!("<path id=\"{name}\" d=\"{}\"/>\n", data(&turned(outline), 0)));
                }
            }
            file.push_str("</defs>\n");
        }
        file.push_str(&self.body);
        file.push_str("</svg>\n");
        file
    }

    fn items(&mut self, items: &[Item], picture: &Picture) {
        for item in items {
            match item {
                Item::Fill(path, colour) => {
                    let path = Path { segments: sane::steps(path).collect() };
                    if !path.segments.is_empty() {
                        // Bars side by side would show what is behind them at soft edges.
                        let crisp =
                            if snap::is_upright(&path.segments) { " shape-rendering=\"crispEdges\"" } else { "" };
                        let (data, fill) = (data(&path, 2), fill(*colour));
                        let line = format!("<path d=\"{data}\" fill-rule=\"evenodd\"{crisp}{fill}/>\n");
                        self.body.push_str(&line);
                    }
                }
                Item::Stroke(path, stroke) => self.stroke(path, stroke, picture),
                Item::Image(image, rect) => self.image(image, *rect),
                Item::Text(text) => self.text(text),
                Item::Clip(path, items) => self.clip(path, items, picture),
            }
        }
    }

    fn stroke(&mut self, path: &Path, stroke: &Stroke, picture: &Picture) {
        if !sane::shows(stroke) {
            return;
        }
        let path = Path { segments: sane::stroked(path, stroke, picture) };
        if path.segments.is_empty() {
            return;
        }
        let mut line = format!("<path d=\"{}\" fill=\"none\"{}", data(&path, 2), line_of(stroke.colour, stroke.width));
        if stroke.round {
            line.push_str(" stroke-linecap=\"round\" stroke-linejoin=\"round\"");
        }
        if let Some(dashes) = sane::dashes(stroke) {
            let dashes: Vec<String> = dashes.iter().map(|length| decimal(*length, 3)).collect();
            line.push_str(&format!(" stroke-dasharray=\"{}\"", dashes.join(" ")));
        }
        self.body.push_str(&line);
        self.body.push_str("/>\n");
    }

    fn image(&mut self, image: &Image, rect: Rect) {
        let sides = [rect.x, rect.y, rect.width, rect.height];
        let drawn =
            sides.iter().all(|side| side.is_finite() && side.abs() <= 1e6) && rect.width > 0.0 && rect.height > 0.0;
        let Some(file) = png::encode_png(image).ok().filter(|_| drawn) else { return };
        let [x, y, width, height] = sides.map(|side| decimal(side, 3));
        self.body.push_str(&format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             image-rendering=\"optimizeSpeed\" style=\"image-rendering:-webkit-optimize-contrast;\
             image-rendering:crisp-edges;image-rendering:pixelated\" xlink:href=\"data:image/png;base64,"
        ));
        base64(&file, &mut self.body);
        self.body.push_str("\"/>\n");
    }

    fn text(&mut self, text: &Text) {
        let line = Line::new(&text.text, text.size, text.weight);
        let stand = Stand::new(text, &line);
        if line.size == 0.0 || !(stand.origin.x.is_finite() && stand.origin.y.is_finite()) {
            return;
        }
        let unit = line.size / line.font.per_em;
        let turns = [stand.along.0, stand.along.1, -stand.up.0, -stand.up.1].map(|part| decimal(part * unit, 7));
        let origin = [stand.origin.x, stand.origin.y].map(|part| decimal(part.clamp(-1e6, 1e6), 2));
        let letters = self.letters(&line, text.weight == Weight::Bold, unit);
        if letters.is_empty() {
            return;
        }
        let says: String = line.glyphs.iter().map(|glyph| glyph.shows).collect();
        let place = format!("{} {}", turns.join(" "), origin.join(" "));
        self.body.push_str(&format!("<g aria-label=\"{}\" transform=\"matrix({place})\">\n", escaped(&says)));
        if let Some(halo) = sane::halo(text) {
            let line = line_of(halo.colour, halo.width / unit);
            self.body.push_str(&format!("<g fill=\"none\" stroke-linejoin=\"round\"{line}>\n{letters}</g>\n"));
        }
        self.body.push_str(&format!("<g{}>\n{letters}</g>\n</g>\n", fill(text.colour)));
    }

    /// The glyphs of a line in units of the font, each an element.
    fn letters(&mut self, line: &Line, bold: bool, unit: f64) -> String {
        let mut letters = String::new();
        for glyph in &line.glyphs {
            if line.font.outline(glyph.glyph).is_none() {
                continue;
            }
            self.glyphs.insert((bold, glyph.glyph.0));
            let (x, y) = (decimal(glyph.x / unit, 0), decimal(-glyph.rise / unit, 0));
            let Placed { scale, .. } = glyph;
            let place = if *scale == 1.0 {
                format!("x=\"{x}\"")
            } else {
                format!("transform=\"translate({x} {y}) scale({})\"", decimal(*scale, 3))
            };
            letters.push_str(&format!("<use xlink:href=\"#{}\" {place}/>\n", glyph_name(bold, glyph.glyph.0)));
        }
        letters
    }

    fn clip(&mut self, path: &Path, items: &[Item], picture: &Picture) {
        let path = Path { segments: sane::steps(path).collect() };
        if path.segments.is_empty() {
            return;
        }
        self.clips += 1;
        let name = format!("{MARK}c{}", self.clips);
        let data = data(&path, 2);
        self.body.push_str(&format!("<clipPath id=\"{name}\"><path clip-rule=\"evenodd\" d=\"{data}\"/></clipPath>\n"));
        self.body.push_str(&format!("<g clip-path=\"url(#{name})\">\n"));
        self.items(items, picture);
        self.body.push_str("</g>\n");
    }
}

fn glyph_name(bold: bool, glyph: u16) -> String {
    format!("{MARK}{}{glyph}", if bold { 'b' } else { 'r' })
}

/// An outline with y downwards.
fn turned(outline: Path) -> Path {
    let turn = |p: Point| Point { x: p.x, y: -p.y };
    let segments = outline.segments.into_iter().map(|segment| match segment {
        Segment::Move(p) => Segment::Move(turn(p)),
        Segment::Line(p) => Segment::Line(turn(p)),
        Segment::Cubic(a, b, c) => Segment::Cubic(turn(a), turn(b), turn(c)),
        Segment::Close => Segment::Close,
    });
    Path { segments: segments.collect() }
}

/// The steps of a path as differences of rounded places: short, and errors do not add up.
fn data(path: &Path, decimals: u32) -> String {
    let mut text = String::with_capacity(path.segments.len() * 12);
    let factor = 10_f64.powi(decimals as i32);
    let grid = |p: Point| ((p.x * factor).round() as i64, (p.y * factor).round() as i64);
    let (mut at, mut start, mut last) = ((0, 0), (0, 0), ' ');
    for segment in &path.segments {
        let (letter, points) = match *segment {
            Segment::Move(p) => ('m', vec![grid(p)]),
            Segment::Line(p) => ('l', vec![grid(p)]),
            Segment::Cubic(a, b, c) => ('c', vec![grid(a), grid(b), grid(c)]),
            Segment::Close => ('z', Vec::new()),
        };
        // Further pairs after a move are lines.
        if letter != last && !(last == 'm' && letter == 'l') || letter == 'm' {
            text.push(letter);
        }
        for p in &points {
            for difference in [p.0 - at.0, p.1 - at.1] {
                if difference >= 0 && !text.ends_with(char::is_alphabetic) {
                    text.push(' ');
                }
                fixed(difference, decimals, &mut text);
            }
        }
        at = points.last().copied().unwrap_or(start);
        if letter == 'm' {
            start = at;
        }
        last = if letter == 'm' || (last == 'm' && letter == 'l') { 'm' } else { letter };
    }
    text
}

/// A number counted in tenths, hundredths… as short as it can be written.
fn fixed(value: i64, decimals: u32, text: &mut String) {
    let factor = 10_u64.pow(decimals);
    let (whole, mut part) = (value.unsigned_abs() / factor, value.unsigned_abs() % factor);
    if value < 0 {
        text.push('-');
    }
    if whole > 0 || part == 0 {
        text.push_str(&whole.to_string());
    }
    if part > 0 {
        let mut width = decimals as usize;
        while part % 10 == 0 {
            part /= 10;
            width -= 1;
        }
        text.push_str(&format!(".{part:0width$}"));
    }
}

fn decimal(value: f64, decimals: u32) -> String {
    let mut text = String::new();
    fixed((value * 10_f64.powi(decimals as i32)).round() as i64, decimals, &mut text);
    text
}

fn fill(colour: Colour) -> String {
    painted("fill", colour)
}

fn line_of(colour: Colour, width: f64) -> String {
    format!("{} stroke-width=\"{}\"", painted("stroke", colour), decimal(width, 3))
}

fn painted(what: &str, Colour { r, g, b, a }: Colour) -> String {
    let opacity =
        if a == 255 { String::new() } else { format!(" {what}-opacity=\"{}\"", decimal(f64::from(a) / 255.0, 4)) };
    format!(" {what}=\"#{r:02x}{g:02x}{b:02x}\"{opacity}")
}

/// A text for XML and HTML, in elements and attributes; characters that neither allows are left out.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => safe.push(c),
        }
    }
    safe
}

/// Adds `bytes` in base 64 (RFC 4648, section 4).
pub(super) fn base64(bytes: &[u8], text: &mut String) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text.reserve(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let three = [0, 1, 2].map(|place| u32::from(group.get(place).copied().unwrap_or(0)));
        let number = three[0] << 16 | three[1] << 8 | three[2];
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place)) as usize & 63];
            text.push(if place > group.len() { '=' } else { char::from(digit) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, decimals, expected) in [
            (1.0, 2, "1"),
            (0.5, 2, ".5"),
            (-0.25, 3, "-.25"),
            (-0.001, 2, "0"),
            (12.345, 2, "12.35"),
            (1.05, 2, "1.05"),
            (100.0, 0, "100"),
            (f64::NAN, 2, "0"),
        ] {
            assert_eq!(decimal(value, decimals), expected);
        }
    }

    #[test]
    fn paths_are_differences() {
        let at = |x, y| Point { x, y };
        let segments = vec![
            Segment::Move(at(1.0, 2.0)),
            Segment::Line(at(1.5, 1.0)),
            Segment::Line(at(3.0, 3.0)),
            Segment::Close,
            Segment::Move(at(10.0, 10.0)),
            Segment::Cubic(at(11.0, 10.0), at(12.0, 10.0), at(12.0, 9.996)),
        ];
        assert_eq!(data(&Path { segments }, 2), "m1 2 .5-1 1.5 2zm9 8c1 0 2 0 2 0");
    }

    /// The examples of RFC 4648, section 10.
    #[test]
    fn base_64_is_that_of_the_rfc() {
        for (bytes, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            let mut text = String::new();
            base64(bytes.as_bytes(), &mut text);
            assert_eq!(text, expected);
        }
    }
}
