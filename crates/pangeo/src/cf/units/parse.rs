//! The grammar of unit strings: a sequence of factors, `kg m-2 s-1`, with a shift, `K @ 273.15`.
//!
//! ```text
//! shift    = product [("@" | " from " | " since " | " after " | " ref ") number]
//! product  = power { [" " | "." | "*" | "·" | "-"] power | ("/" | " per ") power }
//! power    = basic [["^" | "**"] integer | superscript integer]
//! basic    = number | word | "(" shift ")" | ("lg" | "log" | "ln" | "lb") "(re" [":"] product ")"
//! ```
//!
//! As in UDUNITS-2 an exponent stands next to its base: `m2` is a square, `m 2` two metres; division
//! takes one factor only: `m/s 2` is two metres a second. More than UDUNITS-2 takes: blanks around
//! `*` and `.`, negative superscripts, a non-breaking space for a space.

use super::precise::Precise;
use super::scale::{Refused, Scale};
use super::table::Table;

/// What stopped the parser.
#[derive(Debug, PartialEq)]
pub(super) enum Problem {
    /// A word that is no unit.
    Unknown(String),
    /// `days since 2000-01-01`, or another shift of a time.
    ReferenceTime,
    /// Something that the grammar or the rules of units exclude, and what was found there.
    Wrong { what: &'static str, at: String },
}

/// Parentheses nest at most so deep; no real unit needs more than three.
const DEEPEST: usize = 32;

/// Powers lie within ±255, as in UDUNITS-2.
const LARGEST_POWER: i16 = 255;

/// The words that introduce an origin.
const SHIFTS: [&str; 4] = ["from", "since", "after", "ref"];

/// Reads the unit string `text` with the units of `table`. Total: any text gives a unit or a problem.
pub(super) fn parse(text: &str, table: &Table) -> Result<Scale, Problem> {
    let mut parser = Parser { rest: text.trim_matches(is_blank), table };
    if parser.rest.is_empty() {
        return Scale::number(Precise::ONE).map_err(|what| parser.wrong(what));
    }
    let scale = parser.shift(0)?;
    if parser.rest.is_empty() { Ok(scale) } else { Err(parser.wrong("something is left over")) }
}

struct Parser<'a> {
    /// What is still to be read; always a suffix of the text.
    rest: &'a str,
    table: &'a Table,
}

fn is_blank(character: char) -> bool {
    character.is_whitespace()
}

/// Whether a word can hold `character`; digits may stand inside a word, not at its end.
fn is_letter(character: char) -> bool {
    match character {
        '_' => true,
        '·' | '×' => false,
        _ if character.is_ascii() => character.is_ascii_alphabetic(),
        _ => !is_blank(character) && superscript(character).is_none() && !character.is_control(),
    }
}

/// The digit or sign that a superscript character stands for.
fn superscript(character: char) -> Option<char> {
    const RAISED: [char; 12] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '⁺', '⁻'];
    let place = RAISED.iter().position(|raised| *raised == character)?;
    "0123456789+-".chars().nth(place)
}

impl<'a> Parser<'a> {
    fn wrong(&self, what: Refused) -> Problem {
        let at: String = self.rest.trim_start().chars().take(20).collect();
        Problem::Wrong { what, at }
    }

    fn first(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Skips `token` if it comes next.
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Skips blanks; whether there were any.
    fn blanks(&mut self) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_start_matches(is_blank);
        self.rest.len() < before
    }

    /// Takes the characters that `keep` accepts.
    fn take(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|character| !keep(character)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn shift(&mut self, depth: usize) -> Result<Scale, Problem> {
        if depth > DEEPEST {
            return Err(self.wrong("parentheses are nested too deeply"));
        }
        let unit = self.product(depth)?;
        let blank = self.blanks();
        let shifted = self.eat("@") || (blank && self.eat_word(&SHIFTS));
        if !shifted {
            return Ok(unit);
        }
        self.blanks();
        if unit.dimensions().is_time() && matches!(unit, Scale::Linear(_)) {
            return Err(Problem::ReferenceTime);
        }
        let origin = self.number().ok_or_else(|| self.wrong("a number must follow '@' or 'from'"))?;
        unit.shifted(origin).map_err(|what| self.wrong(what))
    }

    /// Skips one of `words`, in any case, if a blank or an end of a word follows it.
    fn eat_word(&mut self, words: &[&str]) -> bool {
        let end = self.rest.find(|character| !is_letter(character)).unwrap_or(self.rest.len());
        let Some((word, rest)) = self.rest.split_at_checked(end) else { return false };
        let found = words.iter().any(|known| known.eq_ignore_ascii_case(word));
        if found {
            self.rest = rest;
        }
        found
    }

    fn product(&mut self, depth: usize) -> Result<Scale, Problem> {
        self.blanks();
        let (mut result, mut after_word) = self.power(depth)?;
        loop {
            let start = self.rest;
            let blank = self.blanks();
            let divide = self.eat("/") || (blank && self.eat_word(&["per"]));
            // Next to a word a dot multiplies (`J.kg-1`); elsewhere it may begin a number (`m2.5`).
            let multiply = !divide && self.eat_dot(after_word, blank);
            if divide || multiply {
                self.blanks();
            } else if !self.factor_follows(blank) {
                self.rest = start;
                return Ok(result);
            }
            let (factor, word) = self.power(depth)?;
            let combined = if divide { result.over(factor) } else { result.times(factor) };
            result = combined.map_err(|what| self.wrong(what))?;
            after_word = word;
        }
    }

    /// Skips a multiplication sign; a hyphen is one only between two words, as `N-m`.
    fn eat_dot(&mut self, after_word: bool, blank: bool) -> bool {
        let second = self.rest.chars().nth(1);
        let number_follows = second.is_some_and(|character| character.is_ascii_digit());
        match self.first() {
            Some('·') => self.eat("·"),
            Some('*') => self.eat("*"),
            Some('.') if after_word && !blank || !number_follows => self.eat("."),
            Some('-') if !blank && second.is_some_and(is_letter) => self.eat("-"),
            _ => false,
        }
    }

    /// Whether another factor comes next without a sign of multiplication.
    fn factor_follows(&self, blank: bool) -> bool {
        match self.first() {
            None | Some(')' | '@') => false,
            Some(character) if is_letter(character) && blank => {
                !SHIFTS.iter().any(|shift| self.clone_at().eat_word(&[shift]))
            }
            Some(_) => true,
        }
    }

    fn clone_at(&self) -> Parser<'a> {
        Parser { rest: self.rest, table: self.table }
    }

    /// A factor with its exponent, and whether it was a bare word.
    fn power(&mut self, depth: usize) -> Result<(Scale, bool), Problem> {
        let (base, word) = self.basic(depth)?;
        let start = self.rest;
        let raised = self.eat("^") || self.eat("**");
        let digits = match self.first() {
            Some(character) if superscript(character).is_some() => {
                self.take(|character| superscript(character).is_some()).chars().filter_map(superscript).collect()
            }
            _ => self.integer().to_owned(),
        };
        if digits.is_empty() {
            self.rest = start;
            return if raised { Err(self.wrong("a whole number must follow '^'")) } else { Ok((base, word)) };
        }
        let exponent = digits.parse::<i16>().ok().filter(|power| power.abs() <= LARGEST_POWER);
        let exponent = exponent.ok_or_else(|| self.wrong("a power must be a whole number within ±255"))?;
        Ok((base.power(exponent).map_err(|what| self.wrong(what))?, false))
    }

    /// An optional sign and digits; nothing is taken of a lone sign.
    fn integer(&mut self) -> &'a str {
        let start = self.rest;
        let unsigned = start.strip_prefix(['+', '-']).unwrap_or(start);
        let digits = unsigned.find(|character: char| !character.is_ascii_digit()).unwrap_or(unsigned.len());
        if digits == 0 {
            return "";
        }
        let (taken, rest) = start.split_at_checked(start.len() - unsigned.len() + digits).unwrap_or(("", start));
        self.rest = rest;
        taken
    }

    fn basic(&mut self, depth: usize) -> Result<(Scale, bool), Problem> {
        match self.first() {
            None => Err(self.wrong("a unit is missing at the end")),
            Some('(') => {
                self.eat("(");
                let inner = self.shift(depth + 1)?;
                self.close()?;
                Ok((inner, false))
            }
            Some(sign @ ('%' | '\'' | '"')) => {
                self.eat(sign.encode_utf8(&mut [0; 4]));
                Ok((self.table.find(sign.encode_utf8(&mut [0; 4])).ok_or(Problem::Unknown(sign.into()))?, true))
            }
            Some(character) if is_letter(character) => self.word(depth),
            Some(_) => {
                let start = self.rest;
                let number = self.number().ok_or_else(|| self.wrong("a unit or number is missing"))?;
                let result = Scale::number(number);
                if result.is_err() {
                    self.rest = start;
                }
                Ok((result.map_err(|what| self.wrong(what))?, false))
            }
        }
    }

    fn close(&mut self) -> Result<(), Problem> {
        self.blanks();
        if self.eat(")") { Ok(()) } else { Err(self.wrong("a closing parenthesis is missing")) }
    }

    /// A unit's name or symbol, or a logarithm.
    fn word(&mut self, depth: usize) -> Result<(Scale, bool), Problem> {
        let start = self.rest;
        let run = self.take(|character| is_letter(character) || character.is_ascii_digit());
        if let Some(ln_base) = logarithm(run) {
            self.blanks();
            if self.eat("(") {
                self.blanks();
                if !self.eat_word(&["re"]) {
                    return Err(self.wrong("a logarithm needs its reference, as lg(re 1 mW)"));
                }
                self.eat(":");
                if depth >= DEEPEST {
                    return Err(self.wrong("parentheses are nested too deeply"));
                }
                let reference = self.product(depth + 1)?;
                self.close()?;
                return Ok((reference.logarithm(ln_base).map_err(|what| self.wrong(what))?, false));
            }
        }
        // Digits at the end are an exponent: `m2`, but `cm_H2O`.
        let word = run.trim_end_matches(|character: char| character.is_ascii_digit());
        self.rest = start.get(word.len()..).unwrap_or("");
        Ok((self.table.find(word).ok_or_else(|| Problem::Unknown(word.to_owned()))?, true))
    }

    /// A decimal number with sign and exponent of ten; nothing is taken if there is none.
    fn number(&mut self) -> Option<Precise> {
        let start = self.rest;
        let unsigned = start.strip_prefix(['+', '-']).unwrap_or(start);
        let is_digit = |character: &char| character.is_ascii_digit();
        let whole = unsigned.chars().take_while(is_digit).count();
        let after = unsigned.get(whole..)?;
        let decimals = after.strip_prefix('.').map_or(0, |tail| tail.chars().take_while(is_digit).count());
        if whole + decimals == 0 {
            return None;
        }
        let mantissa = whole + decimals + usize::from(after.starts_with('.'));
        let digits = unsigned.get(..mantissa)?.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0');
        self.rest = unsigned.get(mantissa..)?;
        let exponent = self.ten();
        let shift = i32::try_from(decimals).unwrap_or(i32::MAX);
        let value = Precise::decimal(digits, exponent.saturating_sub(shift));
        Some(if start.starts_with('-') { value.negated() } else { value })
    }

    /// The `e-3` after a mantissa; `e` alone is the elementary charge and stays.
    fn ten(&mut self) -> i32 {
        let start = self.rest;
        if !self.eat("e") && !self.eat("E") {
            return 0;
        }
        match self.integer() {
            "" => {
                self.rest = start;
                0
            }
            digits => digits.parse().unwrap_or(if digits.starts_with('-') { i32::MIN } else { i32::MAX }),
        }
    }
}

/// The natural logarithm of the base that a function's name stands for.
fn logarithm(name: &str) -> Option<f64> {
    match name {
        "lg" | "log" => Some(std::f64::consts::LN_10),
        "ln" => Some(1.0),
        "lb" => Some(std::f64::consts::LN_2),
        _ => None,
    }
}
