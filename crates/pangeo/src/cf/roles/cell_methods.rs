//! `cell_methods` (CF §7.3): how each value stands for its cell.

use std::fmt;

/// One method: `time: mean`, `area: mean where sea`, `lat: lon: maximum (interval: 1 degree)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellMethod {
    /// The dimensions, coordinates or standard names (`area`) that it covers.
    pub names: Vec<String>,
    /// `mean`, `sum`, `point`, …
    pub method: String,
    /// What follows the method up to the brackets: `where sea over land`, `within days`.
    pub modifiers: String,
    /// The text in brackets: `interval: 1 hour comment: sampled instantaneously`.
    pub comment: Option<String>,
}

/// One stretch of the attribute, kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    text: String,
    method: Option<CellMethod>,
}

/// The methods of a variable in the order in which they were applied.
///
/// What can't be understood stays where it is: reading and writing gives back the same text.
///
/// ```
/// use pangeo::cf::roles::CellMethods;
/// let mut methods = CellMethods::parse("area: mean where sea time: mean (interval: 1 hour)");
/// methods.append(&["time"], "maximum");
/// assert_eq!(methods.to_string(), "area: mean where sea time: mean (interval: 1 hour) time: maximum");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CellMethods {
    entries: Vec<Entry>,
}

impl CellMethods {
    /// Read the attribute's text.
    pub fn parse(text: &str) -> Self {
        let entries = stretches(text).into_iter().map(|text| Entry { method: parse_one(text), text: text.to_owned() });
        Self { entries: entries.collect() }
    }

    /// The methods that were understood.
    pub fn methods(&self) -> impl Iterator<Item = &CellMethod> {
        self.entries.iter().filter_map(|e| e.method.as_ref())
    }

    /// The last method that covers `name`.
    pub fn of(&self, name: &str) -> Option<&CellMethod> {
        self.entries.iter().rev().filter_map(|e| e.method.as_ref()).find(|m| m.names.iter().any(|n| n == name))
    }

    /// Add a method at the end: `append(&["time"], "mean")`; `method` may carry modifiers and a
    /// comment (`mean within days`, `mean (interval: 6 hours)`).
    pub fn append(&mut self, names: &[&str], method: &str) {
        use fmt::Write as _;
        if let Some(last) = self.entries.last_mut()
            && !last.text.ends_with(char::is_whitespace)
        {
            last.text.push(' ');
        }
        let mut text = String::new();
        for name in names {
            let _ = write!(text, "{name}: ");
        }
        text.push_str(method);
        self.entries.push(Entry { method: parse_one(&text), text });
    }

    /// Take `name` out of every method, and methods that cover nothing else with it.
    pub fn drop_dimension(&mut self, name: &str) {
        self.entries.retain_mut(|entry| {
            let Some(method) = &mut entry.method else { return true };
            let before = method.names.len();
            method.names.retain(|n| n != name);
            if method.names.len() != before {
                entry.text = format!("{method} ");
            }
            !method.names.is_empty()
        });
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.entries.iter().all(|e| e.text.trim().is_empty())
    }
}

impl fmt::Display for CellMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.entries.iter().map(|e| e.text.as_str()).collect();
        f.write_str(text.trim_end())
    }
}

impl fmt::Display for CellMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in &self.names {
            write!(f, "{name}: ")?;
        }
        f.write_str(&self.method)?;
        if !self.modifiers.is_empty() {
            write!(f, " {}", self.modifiers)?;
        }
        self.comment.as_ref().map_or(Ok(()), |comment| write!(f, " ({comment})"))
    }
}

/// Cut before each `name:` that follows something other than a `name:`, outside brackets.
fn stretches(text: &str) -> Vec<&str> {
    let (mut cuts, mut depth, mut after_name) = (vec![0], 0usize, true);
    let mut start = None;
    let ends = text.char_indices().chain(std::iter::once((text.len(), ' ')));
    for (at, c) in ends {
        if !c.is_whitespace() && start.is_none() {
            start = Some((at, depth));
        }
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let (true, Some((begin, outside))) = (c.is_whitespace(), start) else { continue };
        start = None;
        let word = text.get(begin..at).unwrap_or("");
        let names = outside == 0 && is_name(word);
        if names && !after_name {
            cuts.push(begin);
        }
        after_name = names && word.ends_with(':');
    }
    let ends = cuts.iter().skip(1).copied().chain(std::iter::once(text.len()));
    cuts.iter().zip(ends).filter_map(|(&a, b)| text.get(a..b)).filter(|t| !t.is_empty()).collect()
}

/// `time:`, or `time:mean` without the blank.
fn is_name(word: &str) -> bool {
    word.split('(').next().is_some_and(|head| head.find(':').is_some_and(|at| at > 0))
}

fn parse_one(text: &str) -> Option<CellMethod> {
    let (head, comment) = match text.split_once('(') {
        Some((head, rest)) => {
            let (inside, after) = rest.rsplit_once(')')?;
            if !after.trim().is_empty() {
                return None;
            }
            (head, Some(inside.trim().to_owned()))
        }
        None => (text, None),
    };
    let (names, rest) = head.rsplit_once(':')?;
    let names: Vec<String> = names.split(':').map(|n| n.trim().to_owned()).collect();
    let mut words = rest.split_whitespace();
    let method = words.next()?.to_owned();
    let sound = names.iter().all(|n| !n.is_empty() && !n.contains(char::is_whitespace));
    let modifiers = words.collect::<Vec<_>>().join(" ");
    sound.then_some(CellMethod { names, method, modifiers, comment })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of CF §7.3 and what files really say.
    const WRITTEN: [&str; 8] = [
        "area: mean where sea time: mean (interval: 1 hour)",
        "lat: lon: standard_deviation",
        "time: maximum (interval: 1 hours) lat: lon: mean (interval: 0.1 degree_N interval: 0.2 degree_E)",
        "time: minimum within days time: mean over days (comment: from min to mean)",
        "time:mean(interval: 6 hours)",
        "mean of everything",
        "time: mean (unclosed",
        "  time :  mean  area:",
    ];

    #[test]
    fn whatever_is_written_comes_back() {
        for text in WRITTEN {
            assert_eq!(CellMethods::parse(text).to_string(), text.trim_end(), "{text}");
        }
    }

    #[test]
    fn methods_names_modifiers_and_comments() {
        let methods = CellMethods::parse(WRITTEN[0]);
        let area = methods.of("area").unwrap();
        assert_eq!((area.method.as_str(), area.modifiers.as_str()), ("mean", "where sea"));
        assert_eq!(methods.of("time").unwrap().comment.as_deref(), Some("interval: 1 hour"));
        assert_eq!(CellMethods::parse(WRITTEN[1]).of("lon").unwrap().names, ["lat", "lon"]);
        assert_eq!(CellMethods::parse(WRITTEN[3]).of("time").unwrap().modifiers, "over days");
        assert_eq!(CellMethods::parse(WRITTEN[4]).of("time").unwrap().method, "mean");
    }

    #[test]
    fn append_and_drop() {
        let mut methods = CellMethods::parse("lat: lon: mean time: mean");
        methods.drop_dimension("lat");
        methods.append(&["time"], "maximum within years");
        assert_eq!(methods.to_string(), "lon: mean time: mean time: maximum within years");
        methods.drop_dimension("time");
        assert_eq!(methods.to_string(), "lon: mean");
        let mut none = CellMethods::default();
        none.append(&["lat", "lon"], "sum");
        assert_eq!(none.to_string(), "lat: lon: sum");
    }
}
