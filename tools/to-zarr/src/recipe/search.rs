//! Finding local files that match a pattern, and reading the values of its names back from theirs.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::date::{Calendar, Date, Unit, digits};
use super::keys::Value;
use super::pattern::{Code, Form, Pattern, Token};

/// How deep `**` goes.
const MAX_DEPTH: usize = 64;

/// The text that a field matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Capture {
    pub(super) name: String,
    pub(super) form: Form,
    pub(super) text: String,
}

/// A file that matches, relative to where the search began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) path: String,
    pub(super) captures: Vec<Capture>,
}

/// All files and folders below `folder` that match the pattern, sorted by path. Hidden ones (`.x`)
/// match only where the pattern has the dot; names that are not UTF-8 never do.
///
/// # Errors
/// When a folder can't be read.
pub(super) fn search(pattern: &Pattern, folder: &Path) -> Result<Vec<Match>, String> {
    let components = components(&pattern.tokens);
    let mut walk = Walk { folder, found: Vec::new() };
    walk.descend(&components, &Match { path: String::new(), captures: Vec::new() }, 0)?;
    walk.found.sort_by(|a, b| a.path.cmp(&b.path));
    walk.found.dedup_by(|a, b| a.path == b.path);
    Ok(walk.found)
}

/// The pattern's tokens, folder by folder.
fn components(tokens: &[Token]) -> Vec<Vec<Token>> {
    let mut all = vec![Vec::new()];
    let mut push = |token: Option<Token>| match (token, all.last_mut()) {
        (Some(token), Some(last)) => last.push(token),
        _ => all.push(Vec::new()),
    };
    for token in tokens {
        match token {
            Token::Literal(text) => {
                for (place, part) in text.split('/').enumerate() {
                    if place > 0 {
                        push(None);
                    }
                    if !part.is_empty() {
                        push(Some(Token::Literal(part.to_owned())));
                    }
                }
            }
            // `**/` has eaten its slash.
            Token::Deep => {
                push(Some(Token::Deep));
                push(None);
            }
            token => push(Some(token.clone())),
        }
    }
    all
}

struct Walk<'a> {
    folder: &'a Path,
    found: Vec<Match>,
}

impl Walk<'_> {
    fn descend(&mut self, components: &[Vec<Token>], so_far: &Match, depth: usize) -> Result<(), String> {
        let (components, so_far) = &plain(components, so_far);
        let Some((component, rest)) = components.split_first() else {
            if self.place(&so_far.path).exists() {
                self.found.push(so_far.clone());
            }
            return Ok(());
        };
        match component.as_slice() {
            [Token::Deep] => {
                self.descend(rest, so_far, depth)?;
                for (name, is_folder) in self.entries(&so_far.path)? {
                    if is_folder && !name.starts_with('.') && depth < MAX_DEPTH {
                        self.descend(components, &step(so_far, &name, Vec::new(), true), depth + 1)?;
                    }
                }
                Ok(())
            }
            tokens => {
                let dotted = matches!(tokens.first(), Some(Token::Literal(text)) if text.starts_with('.'));
                for (name, _) in self.entries(&so_far.path)? {
                    if name.starts_with('.') && !dotted {
                        continue;
                    }
                    if let Some(captures) = capture(tokens, &name) {
                        self.descend(rest, &step(so_far, &name, captures, !rest.is_empty()), depth)?;
                    }
                }
                Ok(())
            }
        }
    }

    fn place(&self, path: &str) -> PathBuf {
        // An empty path is the folder; an absolute one stands for itself.
        if path.is_empty() && self.folder.as_os_str().is_empty() { PathBuf::from(".") } else { self.folder.join(path) }
    }

    /// What the folder holds, sorted: names, and which are folders (a link to one is none, else `**`
    /// might never end).
    fn entries(&self, path: &str) -> Result<Vec<(String, bool)>, String> {
        let place = self.place(path);
        let told = |e: std::io::Error| format!("can't read the folder {}: {e}", place.display());
        let entries = match std::fs::read_dir(&place) {
            Ok(entries) => entries,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
            Err(e) => return Err(told(e)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(told)?;
            if let Ok(name) = entry.file_name().into_string() {
                names.push((name, entry.file_type().is_ok_and(|kind| kind.is_dir())));
            }
        }
        names.sort();
        Ok(names)
    }
}

/// Past the components that are names: however many there are, the stack bears them.
fn plain<'a>(mut components: &'a [Vec<Token>], so_far: &Match) -> (&'a [Vec<Token>], Match) {
    let mut so_far = so_far.clone();
    while let Some((component, rest)) = components.split_first() {
        let name = match component.as_slice() {
            [] => "",
            [Token::Literal(text)] => text,
            _ => break,
        };
        so_far = step(&so_far, name, Vec::new(), !rest.is_empty());
        components = rest;
    }
    (components, so_far)
}

fn step(so_far: &Match, name: &str, captures: Vec<Capture>, is_folder: bool) -> Match {
    let path = format!("{}{name}{}", so_far.path, if is_folder { "/" } else { "" });
    Match { path, captures: so_far.captures.iter().cloned().chain(captures).collect() }
}

/// What the fields of one component match in a name: a free field or `*` takes the shortest text
/// that lets the rest match.
pub(super) fn capture(tokens: &[Token], name: &str) -> Option<Vec<Capture>> {
    let letters: Vec<char> = name.chars().collect();
    let mut matcher = Matcher { letters: &letters, failed: BTreeSet::new() };
    let mut ends = Vec::with_capacity(tokens.len());
    matcher.run(tokens, 0, &mut ends).then_some(())?;
    let mut start = 0;
    let mut captures = Vec::new();
    for (token, end) in tokens.iter().zip(ends) {
        if let Token::Field { name, form } = token {
            let text = letters.get(start..end)?.iter().collect();
            captures.push(Capture { name: name.clone(), form: *form, text });
        }
        start = end;
    }
    Some(captures)
}

/// Backtracking with a memory of what failed, so that no pattern takes longer than tokens × letters².
struct Matcher<'a> {
    letters: &'a [char],
    failed: BTreeSet<(usize, usize)>,
}

impl Matcher<'_> {
    /// Whether the tokens match all letters from `at`; `ends` gets where each of them ends.
    fn run(&mut self, tokens: &[Token], at: usize, ends: &mut Vec<usize>) -> bool {
        let Some((token, rest)) = tokens.split_first() else { return at == self.letters.len() };
        let state = (tokens.len(), at);
        if self.failed.contains(&state) {
            return false;
        }
        for end in self.ends_of(token, at) {
            ends.push(end);
            if self.run(rest, end, ends) {
                return true;
            }
            ends.pop();
        }
        self.failed.insert(state);
        false
    }

    /// Where the token can end when it starts at `at`, the nearest first.
    fn ends_of(&self, token: &Token, at: usize) -> Vec<usize> {
        let left = self.letters.get(at..).unwrap_or_default();
        let run_of_digits = left.iter().take_while(|c| c.is_ascii_digit()).count();
        match token {
            Token::Literal(text) => {
                let count = text.chars().count();
                let same = left.len() >= count && text.chars().eq(left.iter().take(count).copied());
                same.then_some(at + count).into_iter().collect()
            }
            Token::Field { form: Form::Plain, .. } => (at + 1..=at + left.len()).collect(),
            Token::Field { form: Form::Digits(width), .. } => (at + (*width).max(1)..=at + run_of_digits).collect(),
            Token::Field { form: Form::Date(code), .. } => {
                (run_of_digits >= code.width()).then_some(at + code.width()).into_iter().collect()
            }
            Token::Any => (at..=at + left.len()).collect(),
            Token::One => left.first().map(|_| at + 1).into_iter().collect(),
            Token::Set { inside, ranges } => {
                let fits = |c: &char| ranges.iter().any(|(low, high)| (low..=high).contains(&c)) == *inside;
                left.first().filter(|c| fits(c)).map(|_| at + 1).into_iter().collect()
            }
            Token::Deep => Vec::new(),
        }
    }
}

/// The value that the texts of one name mean; nothing when they contradict each other or name no
/// date. A date may be one of any calendar (30 February of the 360-day one).
pub(super) fn value(captures: &[&Capture]) -> Option<Value> {
    let mut date = Parts::default();
    let mut other: Option<Value> = None;
    for capture in captures {
        match capture.form {
            Form::Date(code) => date.set(code, &capture.text)?,
            form => {
                let value = match form {
                    Form::Digits(_) => Value::Integer(capture.text.parse().ok()?),
                    _ => Value::Text(capture.text.clone()),
                };
                if other.as_ref().is_some_and(|known| !agree(known, &value)) {
                    return None;
                }
                other = Some(other.filter(|known| matches!(known, Value::Integer(_))).unwrap_or(value));
            }
        }
    }
    if date == Parts::default() {
        return other;
    }
    let date = date.date()?;
    let same = other.is_none_or(|known| known.to_string() == date.to_string());
    same.then_some(Value::Date(date))
}

fn agree(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| value.to_string().parse::<i64>().ok();
    a == b || (a.to_string().len() != b.to_string().len() && number(a).is_some() && number(a) == number(b))
}

/// The parts of a date as they are found.
#[derive(Debug, Default, PartialEq)]
struct Parts {
    found: Vec<(Code, i64)>,
}

impl Parts {
    fn get(&self, code: Code) -> Option<i64> {
        self.found.iter().find(|(known, _)| *known == code).map(|(_, number)| *number)
    }

    fn set(&mut self, code: Code, text: &str) -> Option<()> {
        let number = digits(text, code.width())?;
        if let Some(known) = self.get(code) {
            return (known == number).then_some(());
        }
        self.found.push((code, number));
        Some(())
    }

    fn date(&self) -> Option<Date> {
        let short = self.get(Code::ShortYear);
        let year = self.get(Code::Year).or_else(|| short.map(|y| if y >= 69 { 1900 + y } else { 2000 + y }))?;
        if short.is_some_and(|short| year % 100 != short) {
            return None;
        }
        let mut date = Date::of_year(year, Calendar::Standard)?;
        let parts = [
            (Code::Month, Unit::Month),
            (Code::Day, Unit::Day),
            (Code::Hour, Unit::Hour),
            (Code::Minute, Unit::Minute),
            (Code::Second, Unit::Second),
        ];
        if let Some(day) = self.get(Code::DayOfYear) {
            date = date.plus(day.checked_sub(1)?, Unit::Day).filter(|d| d.year == year && day > 0)?;
            date.precision = Unit::Day;
        }
        for (code, unit) in parts {
            let Some(number) = self.get(code) else { continue };
            let contradicts = self.get(Code::DayOfYear).is_some()
                && ((unit == Unit::Month && number != date.month) || (unit == Unit::Day && number != date.day));
            if contradicts {
                return None;
            }
            match unit {
                Unit::Month => date.month = number,
                Unit::Day => date.day = number,
                Unit::Hour => date.hour = number,
                Unit::Minute => date.minute = number,
                _ => date.second = number,
            }
            date.precision = date.precision.max(unit);
        }
        let longest = Calendar::AllLeap.month_length(year, date.month).max(30);
        (date.time_is_valid() && date.day <= longest).then_some(date)
    }
}
