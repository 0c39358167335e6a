//! The lines of a grid description.

use crate::model::{AttributeValue, Attributes, Buffer};
use crate::{Error, Result};

/// Keys that mean something here or are known to say nothing of where cells are; all in small letters.
const KEYS: [&str; 51] = [
    "gridid",
    "gridtype",
    "gridsize",
    "gridname",
    "xsize",
    "ysize",
    "xname",
    "yname",
    "xdimname",
    "ydimname",
    "vdimname",
    "xlongname",
    "ylongname",
    "xstdname",
    "ystdname",
    "xunits",
    "yunits",
    "xfirst",
    "yfirst",
    "xinc",
    "yinc",
    "xvals",
    "yvals",
    "xbounds",
    "ybounds",
    "xcvals",
    "ycvals",
    "nvertex",
    "np",
    "numlpe",
    "datatype",
    "prec",
    "scanningmode",
    "gridlatlon",
    "area",
    "mask",
    "uuid",
    "number",
    "position",
    "path",
    "reference",
    "uvrelativetogrid",
    "xnpole",
    "ynpole",
    "angle",
    "xpole",
    "ypole",
    "northpole",
    "rowlon",
    "reducedpoints",
    "rownlon",
];

/// A key with its value: words, each with the line that it stands on.
#[derive(Debug, Clone)]
struct Entry {
    key: String,
    line: usize,
    words: Vec<(usize, String)>,
}

/// The entries of the first grid of a description.
#[derive(Debug)]
pub(super) struct Entries {
    list: Vec<Entry>,
    pub(super) place: String,
    /// Whether more grids follow.
    pub(super) more: bool,
}

impl Entries {
    /// # Errors
    /// [`Error::Data`] naming a line that is none of a description, or a key that no grid has.
    pub(super) fn of(text: &str, place: &str) -> Result<Self> {
        let mut this = Self { list: Vec::new(), place: place.to_owned(), more: false };
        for (index, raw) in text.lines().enumerate() {
            let line = index.saturating_add(1);
            let (code, assignment) = code_of(raw);
            let value = match assignment {
                Some(at) => {
                    let (key, value) = code.split_at(at);
                    let key = key.trim().to_owned();
                    if key.eq_ignore_ascii_case("gridtype") && this.get("gridtype").is_some() {
                        this.more = true;
                        break;
                    }
                    if key.is_empty() || key.contains(char::is_whitespace) || key.len() > 128 {
                        return Err(this.wrong(line, "what stands before '=' is no key"));
                    }
                    this.list.push(Entry { key, line, words: Vec::new() });
                    value.strip_prefix('=').unwrap_or(value)
                }
                None => code,
            };
            let words = words(value);
            match this.list.last_mut() {
                Some(entry) => entry.words.extend(words.into_iter().map(|word| (line, word))),
                None if words.is_empty() => {}
                None => return Err(this.wrong(line, "it is no 'key = value' of a grid description")),
            }
        }
        this.known()?;
        Ok(this)
    }

    /// Keys that are none of a grid's are parameters of its mapping, if it has one.
    fn known(&self) -> Result<()> {
        let mapped = self.get("grid_mapping_name").or(self.get("grid_mapping")).is_some()
            || ["crs_wkt", "proj4", "proj_params", "spatial_ref"].iter().any(|key| self.get(key).is_some());
        match self.list.iter().find(|e| !is_key(&e.key)).filter(|_| !mapped) {
            None => Ok(()),
            Some(entry) => Err(self.wrong(entry.line, &format!("'{}' is no key of a grid description", entry.key))),
        }
    }

    /// An error at a line.
    pub(super) fn wrong(&self, line: usize, what: &str) -> Error {
        Error::data(what.to_owned(), format!("line {line} of {}", self.place))
            .with_hint("grid descriptions are as 'cdo griddes FILE' prints them")
    }

    /// An error at the line of a key, or at the description.
    pub(super) fn at(&self, key: &str, what: &str) -> Error {
        match self.get(key) {
            Some(entry) => self.wrong(entry.line, what),
            None => Error::data(what.to_owned(), self.place.clone())
                .with_hint("grid descriptions are as 'cdo griddes FILE' prints them"),
        }
    }

    /// The last entry of a key: later ones replace earlier ones.
    fn get(&self, key: &str) -> Option<&Entry> {
        self.list.iter().rev().find(|e| e.key.eq_ignore_ascii_case(key))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some_and(|e| !e.words.is_empty())
    }

    /// The text of a key, without quotes; `None` where it is empty.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        let entry = self.get(key)?;
        let words: Vec<&str> = entry.words.iter().map(|(_, word)| unquoted(word)).collect();
        Some(words.join(" ").trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The numbers of a key; none without it.
    pub(super) fn numbers(&self, key: &str) -> Result<Vec<f64>> {
        let Some(entry) = self.get(key) else { return Ok(Vec::new()) };
        let parts = entry.words.iter().flat_map(|(line, word)| word.split(',').map(move |part| (line, part)));
        let number = |(line, part): (&usize, &str)| {
            let wrong = || self.wrong(*line, &format!("'{part}' of {} is no number", entry.key));
            part.parse::<f64>().map_err(|_| wrong())
        };
        parts.filter(|(_, part)| !part.is_empty()).map(number).collect()
    }

    /// The one number of a key.
    pub(super) fn number(&self, key: &str) -> Result<Option<f64>> {
        match self.numbers(key)?.as_slice() {
            [] => Ok(None),
            [number] if number.is_finite() => Ok(Some(*number)),
            _ => Err(self.at(key, &format!("{key} is not one number"))),
        }
    }

    /// The count that a key gives.
    pub(super) fn count(&self, key: &str) -> Result<Option<usize>> {
        let Some(number) = self.number(key)? else { return Ok(None) };
        let fits = number >= 1.0 && number.fract() == 0.0 && number <= f64::from(u32::MAX);
        if fits { Ok(Some(number as usize)) } else { Err(self.at(key, &format!("{key} is no count"))) }
    }

    /// The parameters of the grid mapping.
    pub(super) fn mapping(&self) -> Attributes {
        let entries = self.list.iter().filter(|e| !is_key(&e.key) && !e.key.eq_ignore_ascii_case("grid_mapping"));
        entries.map(|e| (e.key.clone(), value(&e.words))).collect()
    }
}

fn is_key(key: &str) -> bool {
    KEYS.contains(&key.to_ascii_lowercase().as_str())
}

/// A line without its comment, and where its '=' stands.
fn code_of(line: &str) -> (&str, Option<usize>) {
    let mut quoted = false;
    let mut assignment = None;
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => return (line.get(..at).unwrap_or(line), assignment),
            '=' if !quoted && assignment.is_none() => assignment = Some(at),
            _ => {}
        }
    }
    (line, assignment)
}

/// Words between blanks; quoted ones with their blanks and quotes.
fn words(text: &str) -> Vec<String> {
    let mut quoted = false;
    let parts = text.split(|c: char| {
        quoted ^= c == '"';
        c.is_whitespace() && !quoted
    });
    parts.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn unquoted(word: &str) -> &str {
    word.strip_prefix('"').map_or(word, |rest| rest.strip_suffix('"').unwrap_or(rest))
}

/// An attribute: numbers where all words are (with the letter of their type, as CDL has it), else text.
fn value(words: &[(usize, String)]) -> AttributeValue {
    let quoted = words.iter().any(|(_, word)| word.starts_with('"'));
    let parts = || words.iter().flat_map(|(_, word)| word.split(',')).filter(|part| !part.is_empty());
    let number = |part: &str| -> Option<f64> {
        if !part.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
            return None;
        }
        part.parse().ok().or_else(|| part.strip_suffix(['f', 'F', 'd', 'D', 's', 'S', 'b', 'B', 'L'])?.parse().ok())
    };
    match parts().map(number).collect::<Option<Vec<f64>>>() {
        Some(numbers) if !quoted && !numbers.is_empty() => AttributeValue::Numbers(Buffer::F64(numbers)),
        _ => words.iter().map(|(_, word)| unquoted(word)).collect::<Vec<_>>().join(" ").into(),
    }
}
