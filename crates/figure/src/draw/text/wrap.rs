//! Texts cut into lines and shortened to fit.

use super::super::Weight;
use super::markup::{Role, roles};
use super::measure;

/// The lines of `text`, broken at spaces (and inside words that are wider than a line) so that each is at most
/// `width` picture units wide. Raised and lowered parts stay whole; line feeds break too.
pub fn wrap(text: &str, size: f64, weight: Weight, width: f64) -> Vec<String> {
    text.split('\n').flat_map(|paragraph| wrap_paragraph(paragraph, size, weight, width)).collect()
}

fn wrap_paragraph(text: &str, size: f64, weight: Weight, width: f64) -> Vec<String> {
    let room = |text: &str| measure(text, size, weight).width;
    let space = room(" ");
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
    for word in words(text) {
        let wide = room(&word);
        if !line.is_empty() && used + space + wide > width {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        if !line.is_empty() {
            line.push(' ');
            used += space;
        }
        if wide > width {
            let mut parts = broken(&word, width, &room);
            let last = parts.pop().unwrap_or_default();
            lines.append(&mut parts);
            used = room(&last);
            line.push_str(&last);
        } else {
            used += wide;
            line.push_str(&word);
        }
    }
    lines.push(line);
    lines
}

/// `text`, shortened with an ellipsis if it is wider than `width` picture units; nothing if not even that fits.
pub fn elide(text: &str, size: f64, weight: Weight, width: f64) -> String {
    let room = |text: &str| measure(text, size, weight).width;
    if room(text) <= width {
        return text.to_owned();
    }
    let units = units(text);
    let shortened = |count: usize| {
        let kept = units.iter().take(count).map(String::as_str).collect::<String>();
        format!("{}…", kept.trim_end())
    };
    let (mut fits, mut fails) = (0, units.len());
    while fits + 1 < fails {
        let middle = usize::midpoint(fits, fails);
        if room(&shortened(middle)) <= width { fits = middle } else { fails = middle }
    }
    let short = shortened(fits);
    if room(&short) <= width { short } else { String::new() }
}

/// The words of a text: what spaces outside of raised and lowered parts divide.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for unit in units(text) {
        if unit == " " {
            words.push(String::new());
        } else if let Some(word) = words.last_mut() {
            word.push_str(&unit);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A text in its smallest parts: characters, and whole raised and lowered parts.
fn units(text: &str) -> Vec<String> {
    let text: Vec<char> = text.chars().collect();
    let (mut units, mut depth) = (Vec::<String>::new(), 0_usize);
    for (c, role) in text.iter().zip(roles(&text)) {
        match units.last_mut().filter(|_| depth > 0) {
            Some(unit) => unit.push(*c),
            None => units.push(c.to_string()),
        }
        match role {
            // A mark has two characters of its role: both count, and its end takes both back.
            Role::Raise | Role::Lower => depth += 1,
            Role::Close => depth = depth.saturating_sub(2),
            Role::Letter => {}
        }
    }
    units
}

/// A word cut into parts that fit, each of at least one unit.
fn broken(word: &str, width: f64, room: &impl Fn(&str) -> f64) -> Vec<String> {
    let (mut parts, mut part, mut used) = (Vec::new(), String::new(), 0.0);
    for unit in units(word) {
        let wide = room(&unit);
        if !part.is_empty() && used + wide > width {
            parts.push(std::mem::take(&mut part));
            used = 0.0;
        }
        used += wide;
        part.push_str(&unit);
    }
    parts.push(part);
    parts
}
