//! The language of `--where`: a condition on values, such as `t2m > 273.15 and lsm < 0.5`.
//!
//! ```
//! use pangeo::ops::expression::Expression;
//!
//! let condition = Expression::parse_condition("250 < t2m <= 300 and not isnan(sst)")?;
//! assert_eq!(condition.variables(), ["t2m", "sst"]);
//! let t2m = [240.0, 280.0, 300.0, f64::NAN];
//! let sst = [1.0, 1.0, f64::NAN, 1.0];
//! let lookup = |name: &str| Some(if name == "t2m" { &t2m[..] } else { &sst[..] });
//! assert_eq!(condition.keep(&lookup, 4)?, [false, true, false, false]);
//! # Ok::<(), pangeo::Error>(())
//! ```
//!
//! | binds, weakest first | |
//! |---|---|
//! | `or` (also `\|\|`) | |
//! | `and` (also `&&`) | |
//! | `not` (also `!`) | `not a > 1` is `not (a > 1)` |
//! | `<` `<=` `>` `>=` `==` `!=` | chained: `0 <= x < 1` |
//! | `+` `-`, then `*` `/`, then the sign | |
//! | `^` (also `**`) | from the right; `-2^2` is −4 |
//! | `abs` `sqrt` `exp` `ln` `log10` `sin` `cos` (radians) `floor` `ceil` `round` (halves to even) `min` `max` (any number of arguments) `isnan` `ismissing` | |
//!
//! Names hold letters, digits, `_` and `.` (`pm2.5`); an absolute path starts with a slash where a
//! value is expected (`/forecast/t2m`), between values a slash divides. Any other name goes in
//! quotes: `"2t" > 273`. Constants: `pi`, `nan`.
//!
//! **Missing values** are NaN and spread: arithmetic with one is missing, a comparison with one is
//! neither true nor false but missing, and so is its negation; `false and missing` is false, `true or
//! missing` is true. Only true keeps a value, so that neither `t2m > 0` nor `not t2m > 0` keeps a
//! missing `t2m`. A root or logarithm of a negative number is missing.
//!
//! Numbers and conditions are two kinds, checked when the text is parsed: `t2m * 2` is no condition
//! and `(a > 1) + 1` no number.

mod evaluate;
mod lex;
mod parse;
mod program;

use crate::{Error, Result};
use lex::Fault;
use program::{Kind, Step};

/// Where a date such as 2000-01-02 stands outside of quotes: as arithmetic it would be 1997.
fn date_in(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let dash = |at: usize| bytes.get(at) == Some(&b'-');
    let mut quote = None;
    (0..bytes.len()).find(|&at| {
        let byte = bytes.get(at).copied();
        match quote {
            Some(open) => {
                quote = quote.filter(|_| byte != Some(open));
                return false;
            }
            None if matches!(byte, Some(b'"' | b'\'')) => quote = byte,
            None => {}
        }
        let alone =
            at.checked_sub(1).is_none_or(|b| !bytes.get(b).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'.'));
        let year = (at..at + 4).all(digit) && dash(at + 4);
        alone
            && year
            && digit(at + 5)
            && digit(at + 6)
            && dash(at + 7)
            && digit(at + 8)
            && digit(at + 9)
            && !digit(at + 10)
    })
}

/// Texts longer than this, in bytes, are refused.
const LONGEST: usize = 1 << 16;

/// A parsed expression: a number or a condition for each cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    kind: Kind,
    /// The steps in the order of computing, for a stack of blocks of values.
    steps: Vec<Step>,
    /// The names that [`Step::Variable`] counts.
    variables: Vec<String>,
}

impl Expression {
    /// Reads an expression of either kind.
    ///
    /// # Errors
    /// [`Error::Usage`] with the place marked below the text; never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > LONGEST {
            return Err(Error::usage(format!("an expression of {} bytes is too long", text.len()))
                .with_hint(format!("at most {LONGEST} bytes are read")));
        }
        let parsed = lex::tokens(text).and_then(|tokens| parse::parse(&tokens));
        let parsed = parsed.map_err(|fault| fault.into_error(text))?;
        let text = text.trim().to_owned();
        Ok(Self { text, kind: parsed.kind, steps: parsed.steps, variables: parsed.variables })
    }

    /// Reads a condition, as `--where` needs it.
    ///
    /// # Errors
    /// As [`Expression::parse`]; also if the expression is a number.
    pub fn parse_condition(text: &str) -> Result<Self> {
        if let Some(at) = date_in(text) {
            let fault = Fault::new(at, "this is a date, and a condition compares numbers");
            return Err(fault.with_hint("select times with --time START/END").into_error(text));
        }
        let expression = Self::parse(text)?;
        if expression.is_condition() {
            return Ok(expression);
        }
        let example = expression.variables.first().map_or("t2m", String::as_str);
        let fault = if expression.variables.is_empty() {
            "this is the same number everywhere, not a condition"
        } else {
            "this is a number, not a condition"
        };
        let hint = format!("compare it with something, as in '{example} > 0'");
        Err(Fault::new(0, fault).with_hint(hint).into_error(&expression.text))
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The variables that take part, each once, in the order of their first mention.
    pub fn variables(&self) -> Vec<&str> {
        self.variables.iter().map(String::as_str).collect()
    }

    /// Whether the result is true or false rather than a number.
    pub fn is_condition(&self) -> bool {
        self.kind == Kind::Condition
    }

    /// The value at each of `len` cells: a number, NaN where it is missing; of a condition 1 for
    /// true, 0 for false and NaN for missing.
    ///
    /// `lookup` gives the `len` values of a variable, NaN where missing.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a variable that `lookup` does not know, [`Error::Data`] for one that
    /// has another number of values.
    pub fn evaluate<'a>(&self, lookup: &dyn Fn(&str) -> Option<&'a [f64]>, len: usize) -> Result<Vec<f64>> {
        let mut result = Vec::with_capacity(len);
        self.each_block(lookup, len, &mut |values| result.extend_from_slice(values))?;
        Ok(result)
    }

    /// Whether the condition is true at each of `len` cells; false and missing are both not kept.
    ///
    /// # Errors
    /// As [`Expression::evaluate`]; also if this is not a condition.
    pub fn keep<'a>(&self, lookup: &dyn Fn(&str) -> Option<&'a [f64]>, len: usize) -> Result<Vec<bool>> {
        if !self.is_condition() {
            return Err(Error::usage(format!("'{}' is a number, not a condition", self.text)));
        }
        let mut result = Vec::with_capacity(len);
        self.each_block(lookup, len, &mut |values| result.extend(values.iter().map(|value| *value == 1.0)))?;
        Ok(result)
    }

    fn each_block<'a>(
        &self,
        lookup: &dyn Fn(&str) -> Option<&'a [f64]>,
        len: usize,
        sink: &mut dyn FnMut(&[f64]),
    ) -> Result<()> {
        let mut inputs = Vec::with_capacity(self.variables.len());
        for name in &self.variables {
            let place = || format!("the condition '{}'", self.text);
            let values = lookup(name).ok_or_else(|| Error::NotFound {
                kind: "variable",
                name: name.clone(),
                place: place(),
                has: Vec::new(),
            })?;
            if values.len() != len {
                return Err(Error::data(
                    format!("'{name}' has {} values where {len} are needed", values.len()),
                    place(),
                ));
            }
            inputs.push(values);
        }
        evaluate::each_block(&self.steps, &inputs, len, sink);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
