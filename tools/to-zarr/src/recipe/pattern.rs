//! File patterns: `data/{variable}_{time:%Y%m}.nc`, with shell wildcards in local ones.

use std::collections::BTreeMap;

use super::date::{Date, Unit};
use super::keys::Value;

/// The longest path of Linux.
const MAX_BYTES: usize = 4096;
/// More names, codes and wildcards than any path has.
const MAX_SPECIAL: usize = 64;

/// A part of a date in a file's name: the strftime codes of POSIX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Code {
    /// `%Y`, four digits.
    Year,
    /// `%y`, two digits: 69 to 99 of the 1900s, 00 to 68 of the 2000s.
    ShortYear,
    /// `%m`.
    Month,
    /// `%d`.
    Day,
    /// `%j`, the day of the year, three digits.
    DayOfYear,
    /// `%H`.
    Hour,
    /// `%M`.
    Minute,
    /// `%S`.
    Second,
}

impl Code {
    const ALL: [(char, Self, usize, Unit); 8] = [
        ('Y', Self::Year, 4, Unit::Year),
        ('y', Self::ShortYear, 2, Unit::Year),
        ('m', Self::Month, 2, Unit::Month),
        ('d', Self::Day, 2, Unit::Day),
        ('j', Self::DayOfYear, 3, Unit::Day),
        ('H', Self::Hour, 2, Unit::Hour),
        ('M', Self::Minute, 2, Unit::Minute),
        ('S', Self::Second, 2, Unit::Second),
    ];

    fn row(self) -> (char, Self, usize, Unit) {
        Self::ALL.into_iter().find(|(_, code, ..)| *code == self).unwrap_or(('Y', Self::Year, 4, Unit::Year))
    }

    /// How many digits it has.
    pub(super) fn width(self) -> usize {
        self.row().2
    }

    fn format(self, date: &Date) -> String {
        let number = match self {
            Self::Year => date.year,
            Self::ShortYear => date.year.rem_euclid(100),
            Self::Month => date.month,
            Self::Day => date.day,
            Self::DayOfYear => date.day_of_year(),
            Self::Hour => date.hour,
            Self::Minute => date.minute,
            Self::Second => date.second,
        };
        format!("{number:0width$}", width = self.width())
    }
}

/// What a name of the pattern stands for, by the formats that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Date,
}

/// How a name is written at one place of the pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `{name}`: as it is.
    Plain,
    /// `{name:03d}`: a whole number, filled with zeros to the width.
    Digits(usize),
    /// A code of `{name:%Y%m}`.
    Date(Code),
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Literal(String),
    Field {
        name: String,
        form: Form,
    },
    /// `*`: any text without `/`.
    Any,
    /// `?`: one character but `/`.
    One,
    /// `[a-z]`, `[!a-z]`: one character in, or out of, the ranges.
    Set {
        inside: bool,
        ranges: Vec<(char, char)>,
    },
    /// `**/`: any number of folders.
    Deep,
}

/// A pattern, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// As the recipe has it.
    pub(super) text: String,
    pub(super) tokens: Vec<Token>,
    /// The names in braces, in order of appearance, each once.
    pub(super) names: Vec<String>,
    /// Has `*`, `?`, `[…]` or `**`.
    pub(super) wild: bool,
    /// An http(s) or s3 URL.
    pub(super) remote: bool,
}

/// Whether the path is a URL that the tools read.
pub(super) fn is_remote(path: &str) -> Result<bool, String> {
    match path.split_once("://") {
        None => Ok(false),
        Some(("http" | "https" | "s3", _)) => Ok(true),
        Some(("file", local)) => Err(format!("a local file is given by its path: '{local}'")),
        Some((scheme, _)) => Err(format!("'{scheme}://' can't be read (can: http://, https://, s3://, paths)")),
    }
}

impl Pattern {
    /// Read a pattern; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err(format!("{} bytes are too long for a path (at most {MAX_BYTES})", text.len()));
        }
        let remote = is_remote(text)?;
        let mut parser = PatternParser { rest: text, literal: String::new(), tokens: Vec::new(), wild: false };
        parser.run(remote)?;
        let PatternParser { tokens, wild, .. } = parser;
        let special = tokens.iter().filter(|token| !matches!(token, Token::Literal(_))).count();
        if special > MAX_SPECIAL {
            return Err(format!("{special} names and wildcards are too many for a path (at most {MAX_SPECIAL})"));
        }
        if tokens.iter().filter(|token| **token == Token::Deep).count() > 1 {
            return Err("'**' can stand only once in a path".to_owned());
        }
        let mut names: Vec<String> = Vec::new();
        for token in &tokens {
            match token {
                Token::Field { name, .. } if !names.contains(name) => names.push(name.clone()),
                _ => {}
            }
        }
        let pattern = Self { text: text.to_owned(), tokens, names, wild, remote };
        for name in &pattern.names {
            let forms = pattern.forms(name);
            if forms.iter().any(|f| matches!(f, Form::Date(_))) && forms.iter().any(|f| matches!(f, Form::Digits(_))) {
                return Err(format!("'{name}' is a date in one place and a whole number in another"));
            }
        }
        Ok(pattern)
    }

    /// The forms of a name, in order of appearance.
    pub(super) fn forms(&self, of: &str) -> Vec<Form> {
        let form = |token: &Token| match token {
            Token::Field { name, form } if name == of => Some(*form),
            _ => None,
        };
        self.tokens.iter().filter_map(form).collect()
    }

    /// What a name stands for.
    pub(super) fn kind(&self, of: &str) -> Kind {
        let forms = self.forms(of);
        if forms.iter().any(|form| matches!(form, Form::Date(_))) {
            Kind::Date
        } else if forms.iter().any(|form| matches!(form, Form::Digits(_))) {
            Kind::Integer
        } else {
            Kind::Text
        }
    }

    /// Why the value can't stand for the name: a date must be as precise as the codes ask for, else
    /// the rest would be guessed.
    pub(super) fn objection(&self, name: &str, value: &Value) -> Option<String> {
        let Some(value) = value.to_kind(self.kind(name)) else {
            let what = if self.kind(name) == Kind::Date { "a date such as 2000-01-31" } else { "a whole number" };
            return Some(format!("{what}, not '{value}', by '{}'", self.text));
        };
        let Value::Date(date) = value else { return None };
        let finest = self.forms(name).into_iter().filter_map(|form| match form {
            Form::Date(code) => Some(code.row()),
            Form::Plain | Form::Digits(_) => None,
        });
        let (letter, _, _, unit) = finest.max_by_key(|(_, _, _, unit)| *unit)?;
        (unit > date.precision).then(|| {
            let full = Date { precision: unit, ..date };
            format!("'{date}' is not precise enough for %{letter} in '{}' (write {full}, or a step)", self.text)
        })
    }

    /// The path with the values in place of the names; nothing when one has no value or the pattern is wild.
    pub(super) fn fill(&self, values: &BTreeMap<&str, &Value>) -> Option<String> {
        let mut path = String::new();
        for token in &self.tokens {
            match token {
                Token::Literal(text) => path.push_str(text),
                Token::Field { name, form } => path.push_str(&written(values.get(name.as_str())?, *form)?),
                Token::Any | Token::One | Token::Set { .. } | Token::Deep => return None,
            }
        }
        Some(path)
    }
}

/// A value in one form; nothing when it is of another kind.
pub(super) fn written(value: &Value, form: Form) -> Option<String> {
    match form {
        Form::Plain => Some(value.to_string()),
        Form::Digits(width) => match value.to_kind(Kind::Integer)? {
            Value::Integer(number) => Some(format!("{number:0width$}")),
            Value::Text(_) | Value::Date(_) => None,
        },
        Form::Date(code) => match value.to_kind(Kind::Date)? {
            Value::Date(date) => Some(code.format(&date)),
            Value::Text(_) | Value::Integer(_) => None,
        },
    }
}

struct PatternParser<'a> {
    rest: &'a str,
    literal: String,
    tokens: Vec<Token>,
    wild: bool,
}

impl PatternParser<'_> {
    fn run(&mut self, remote: bool) -> Result<(), String> {
        while let Some(c) = self.rest.chars().next() {
            let (_, rest) = self.rest.split_at(c.len_utf8());
            match c {
                '{' | '}' if rest.starts_with(c) => {
                    self.literal.push(c);
                    self.rest = rest.get(1..).unwrap_or_default();
                }
                '{' => {
                    let (field, rest) = rest.split_once('}').ok_or("a '{' without '}' (a brace itself is '{{')")?;
                    self.rest = rest;
                    self.field(field)?;
                }
                '}' => return Err("a '}' without '{' (a brace itself is '}}')".to_owned()),
                '*' if remote => {
                    return Err("a URL can't be searched for '*': list the URLs, or name the part in \
                                             braces and give its values under keys"
                        .to_owned());
                }
                '*' | '?' | '[' if !remote => self.wildcard(c, rest)?,
                _ => {
                    self.literal.push(c);
                    self.rest = rest;
                }
            }
        }
        self.flush();
        Ok(())
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.tokens.push(Token::Literal(std::mem::take(&mut self.literal)));
        }
    }

    fn push(&mut self, token: Token) {
        self.flush();
        self.tokens.push(token);
    }

    fn field(&mut self, field: &str) -> Result<(), String> {
        let (name, format) = field.split_once(':').map_or((field, None), |(name, format)| (name, Some(format)));
        let word = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if name.is_empty() || !word || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(format!("'{{{field}}}' has no name of letters, digits, _ and - (such as {{time:%Y%m}})"));
        }
        let name = name.to_owned();
        match format {
            None => self.push(Token::Field { name, form: Form::Plain }),
            Some(format) if format.contains('%') => self.date(&name, format)?,
            Some(format) => {
                let width = format.strip_suffix('d').and_then(width).ok_or_else(|| {
                    format!("'{{{field}}}': the format is none of %Y %y %m %d %j %H %M %S, or 03d for whole numbers")
                })?;
                self.push(Token::Field { name, form: Form::Digits(width) });
            }
        }
        Ok(())
    }

    fn date(&mut self, name: &str, format: &str) -> Result<(), String> {
        let mut letters = format.chars();
        while let Some(c) = letters.next() {
            if c != '%' {
                self.literal.push(c);
                continue;
            }
            let letter = letters.next().unwrap_or(' ');
            if letter == '%' {
                self.literal.push('%');
                continue;
            }
            let Some((_, code, ..)) = Code::ALL.into_iter().find(|(known, ..)| *known == letter) else {
                return Err(format!("'%{letter}' in '{{{name}:{format}}}' is none of %Y %y %m %d %j %H %M %S"));
            };
            self.push(Token::Field { name: name.to_owned(), form: Form::Date(code) });
        }
        Ok(())
    }

    fn wildcard(&mut self, c: char, rest: &str) -> Result<(), String> {
        if c == '[' {
            // A bracket that nothing closes is itself, as in shells.
            let Some((set, length)) = set(rest) else {
                self.literal.push(c);
                self.rest = self.rest.get(1..).unwrap_or_default();
                return Ok(());
            };
            self.rest = self.rest.get(1 + length..).unwrap_or_default();
            self.push(set);
        } else if c == '*' && rest.starts_with('*') {
            let starts = self.literal.ends_with('/') || (self.literal.is_empty() && self.tokens.is_empty());
            if !starts || !rest.starts_with("*/") {
                return Err("'**' stands for folders and must be one between slashes: data/**/*.nc".to_owned());
            }
            self.rest = self.rest.get(3..).unwrap_or_default();
            self.push(Token::Deep);
        } else {
            self.rest = self.rest.get(1..).unwrap_or_default();
            self.push(if c == '*' { Token::Any } else { Token::One });
        }
        self.wild = true;
        Ok(())
    }
}

/// The width of `03d` or `d` (without the d).
fn width(text: &str) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let digits = text.strip_prefix('0')?;
    let numeric = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|width| numeric && (1..=18).contains(width))
}

/// The set whose inside starts the text, and how many bytes it takes with its bracket.
fn set(text: &str) -> Option<(Token, usize)> {
    let negated = text.starts_with(['!', '^']);
    let skip = usize::from(negated);
    // A bracket first in the set is a member.
    let body = text.get(skip..)?;
    let first = body.chars().next()?.len_utf8();
    let length = first + body.get(first..)?.find(']')?;
    let members: Vec<char> = body.get(..length)?.chars().collect();
    if members.contains(&'/') || members.contains(&'{') {
        return None;
    }
    let mut ranges = Vec::new();
    let mut rest = members.as_slice();
    while let Some((&low, after)) = rest.split_first() {
        if let ['-', high, after @ ..] = after {
            ranges.push((low, *high));
            rest = after;
        } else {
            ranges.push((low, low));
            rest = after;
        }
    }
    Some((Token::Set { inside: !negated, ranges }, skip + length + 1))
}
