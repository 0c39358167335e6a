//! From text to tokens.

use super::program::Binary;
use crate::Error;

/// What stands at a place of the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Symbol {
    Number(f64),
    /// A name without quotes: a variable, function or constant.
    Name(String),
    /// A name in quotes: always a variable.
    Quoted(String),
    And,
    Or,
    Not,
    Compare(Binary),
    Plus,
    Minus,
    Times,
    Over,
    Power,
    Open,
    Close,
    Comma,
    End,
}

/// A symbol and where it begins, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) symbol: Symbol,
    pub(super) start: usize,
}

/// What is wrong at which byte of the text.
#[derive(Debug)]
pub(super) struct Fault {
    at: usize,
    what: String,
    hint: Option<String>,
}

impl Fault {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into(), hint: None }
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The error with the text and a pointer to the place, cut to a readable width.
    pub(super) fn into_error(self, text: &str) -> Error {
        const BEFORE: usize = 50;
        const AFTER: usize = 25;
        let before: Vec<char> = text.get(..self.at).unwrap_or(text).chars().collect();
        let shown = before.iter().skip(before.len().saturating_sub(BEFORE));
        let after = text.get(self.at..).unwrap_or("").chars().take(AFTER);
        let clean = |character: char| if character.is_control() { ' ' } else { character };
        let line: String = shown.clone().copied().chain(after).map(clean).collect();
        let pointer = " ".repeat(shown.len());
        let what = format!("{}, character {} of the expression\n  {line}\n  {pointer}^", self.what, before.len() + 1);
        let error = Error::usage(what);
        match self.hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

/// The signs, longer ones first.
fn sign(text: &str) -> Option<(&'static str, Symbol)> {
    let signs = [
        ("**", Symbol::Power),
        ("&&", Symbol::And),
        ("||", Symbol::Or),
        ("<=", Symbol::Compare(Binary::LessEqual)),
        (">=", Symbol::Compare(Binary::GreaterEqual)),
        ("==", Symbol::Compare(Binary::Equal)),
        ("!=", Symbol::Compare(Binary::NotEqual)),
        ("<", Symbol::Compare(Binary::Less)),
        (">", Symbol::Compare(Binary::Greater)),
        ("!", Symbol::Not),
        ("^", Symbol::Power),
        ("+", Symbol::Plus),
        ("-", Symbol::Minus),
        ("\u{2212}", Symbol::Minus),
        ("*", Symbol::Times),
        ("/", Symbol::Over),
        ("(", Symbol::Open),
        (")", Symbol::Close),
        (",", Symbol::Comma),
    ];
    signs.into_iter().find(|(sign, _)| text.starts_with(sign))
}

fn starts_name(character: char) -> bool {
    character.is_alphabetic() || character == '_'
}

fn in_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '.'
}

/// The tokens of `text`, the last of them [`Symbol::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            tokens.push(Token { symbol: Symbol::End, start });
            return Ok(tokens);
        };
        // After a value a slash divides; where a value must come, it begins a path.
        let after_value = matches!(
            tokens.last().map(|token| &token.symbol),
            Some(Symbol::Number(_) | Symbol::Name(_) | Symbol::Quoted(_) | Symbol::Close)
        );
        let (symbol, length) = match first {
            '0'..='9' | '.' => number(rest, start)?,
            '"' | '\'' => quoted(rest, first, start)?,
            '/' if !after_value && path(rest) > 1 => word(rest, path(rest)),
            _ if starts_name(first) => word(rest, name(rest)),
            _ => {
                let (sign, symbol) = sign(rest).ok_or_else(|| stray(first, start))?;
                (symbol, sign.len())
            }
        };
        tokens.push(Token { symbol, start });
        rest = rest.get(length..).unwrap_or("");
    }
}

/// The fault of a character that begins nothing.
fn stray(character: char, at: usize) -> Fault {
    let fault = Fault::new(at, format!("'{}' has no meaning here", character.escape_debug()));
    match character {
        '=' => fault.with_hint("write == to compare"),
        '&' => fault.with_hint("write 'and'"),
        '|' => fault.with_hint("write 'or'"),
        '\u{2264}' => fault.with_hint("write <="),
        '\u{2265}' => fault.with_hint("write >="),
        _ => fault,
    }
}

/// The length of the name at the beginning of `text`.
fn name(text: &str) -> usize {
    text.find(|character| !in_name(character)).unwrap_or(text.len())
}

/// The length of the absolute path `/group/name` at the beginning of `text`.
fn path(text: &str) -> usize {
    let mut length = 0;
    while let Some(rest) = text.get(length..).and_then(|rest| rest.strip_prefix('/')) {
        if !rest.starts_with(starts_name) {
            break;
        }
        length += 1 + name(rest);
    }
    length
}

fn word(text: &str, length: usize) -> (Symbol, usize) {
    let word = text.get(..length).unwrap_or(text);
    let symbol = match word {
        "and" => Symbol::And,
        "or" => Symbol::Or,
        "not" => Symbol::Not,
        _ => Symbol::Name(word.to_owned()),
    };
    (symbol, length)
}

fn quoted(text: &str, quote: char, at: usize) -> Result<(Symbol, usize), Fault> {
    let inner = text.get(1..).unwrap_or("");
    match inner.find(quote) {
        Some(0) => Err(Fault::new(at, "a name is missing between the quotes")),
        Some(end) => Ok((Symbol::Quoted(inner.get(..end).unwrap_or("").to_owned()), end + 2)),
        None => Err(Fault::new(at, "the quote is not closed")),
    }
}

fn number(text: &str, at: usize) -> Result<(Symbol, usize), Fault> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = digits(0);
    if bytes.get(length) == Some(&b'.') {
        length += 1 + digits(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + signed);
        if exponent > 0 {
            length += 1 + signed + exponent;
        }
    }
    let token = text.get(..length).unwrap_or(text);
    let glued = text.get(length..).is_some_and(|rest| rest.starts_with(in_name));
    if glued {
        let word = text.get(..name(text)).unwrap_or(text);
        let fault = Fault::new(at, format!("'{}' is neither a number nor a name", word.escape_debug()));
        return Err(fault.with_hint(format!("write \"{word}\" in quotes if it is a variable")));
    }
    match token.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((Symbol::Number(value), length)),
        _ => Err(Fault::new(at, format!("'{token}' is not a number in range"))),
    }
}
