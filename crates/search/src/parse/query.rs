//! `--query`.

use pangeo::{Error, Result};
use serde_json::Value;

use super::wrong;
use crate::Term;

/// What a right one looks like.
const RIGHT: &str = "write PROPERTY, one of < <= > >= = <> and a value: eo:cloud_cover<10, or a list of them: platform in landsat-8,landsat-9";

/// Signs of operators, longest first, and what the query extension calls them.
const SIGNS: [(&str, &str); 8] =
    [("<=", "lte"), (">=", "gte"), ("<>", "neq"), ("!=", "neq"), ("==", "eq"), ("<", "lt"), (">", "gt"), ("=", "eq")];

/// Words of operators.
const WORDS: [(&str, &str); 4] =
    [("in", "in"), ("startswith", "startsWith"), ("endswith", "endsWith"), ("contains", "contains")];

/// One comparison of a property: `eo:cloud_cover<10`, `platform=landsat-8`, `platform in landsat-8,landsat-9`,
/// `grid:code startsWith MGRS-33`.
///
/// A value is JSON where it reads as such (a number, `true`, `"text"`, a list), else the text as it stands; `'text'` is always
/// text.
///
/// # Errors
/// A usage error when there is no property, no operator or no value.
pub fn query(text: &str) -> Result<Term> {
    let (property, operator, value) =
        split(text).ok_or_else(|| wrong("the query", text, "it has no operator", RIGHT))?;
    let property = unquoted(property.trim()).trim();
    let property = property.strip_prefix("properties.").unwrap_or(property);
    if property.is_empty() {
        return Err(wrong("the query", text, "it names no property", RIGHT));
    }
    let value = if operator == "in" { list(text, value.trim())? } else { one(text, value.trim())? };
    let ordered = value.is_number() || value.is_string();
    if matches!(operator, "lt" | "lte" | "gt" | "gte") && !ordered {
        return Err(wrong("the query", text, format!("nothing is less or greater than {value}"), RIGHT));
    }
    if matches!(operator, "startsWith" | "endsWith") && !value.is_string() {
        return Err(wrong("the query", text, format!("{value} is no text"), "write a text in quotes: 'text'"));
    }
    Ok(Term { property: property.to_owned(), operator, value })
}

/// Property, operator, value: at the first sign, or at a word before any.
fn split(text: &str) -> Option<(&str, &'static str, &str)> {
    let (start, sign) = text
        .match_indices(['<', '>', '=', '!'])
        .find_map(|(at, _)| {
            let rest = text.get(at..)?;
            SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)).map(|sign| (at, sign))
        })
        .unzip();
    let before = text.get(..start.unwrap_or(text.len()))?;
    let worded = WORDS.iter().find_map(|(word, operator)| {
        let trimmed = before.trim_start();
        let (property, rest) = trimmed.split_once(char::is_whitespace)?;
        let rest = rest.trim_start();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '\'' | '"')).unwrap_or(rest.len());
        let whole = rest.get(..end)?.eq_ignore_ascii_case(word);
        let skipped = text.len() - text.trim_start().len() + trimmed.len() - rest.len() + end;
        whole.then(|| Some((property, *operator, text.get(skipped..)?))).flatten()
    });
    if worded.is_some() {
        return worded;
    }
    let (sign, operator) = sign?;
    Some((before, operator, text.get(start? + sign.len()..)?))
}

/// A name without the double quotes around it.
fn unquoted(name: &str) -> &str {
    name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(name)
}

fn one(whole: &str, text: &str) -> Result<Value> {
    if text.is_empty() {
        return Err(wrong("the query", whole, "it has no value", RIGHT));
    }
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Ok(Value::String(inner.replace("''", "'")));
    }
    match serde_json::from_str(text) {
        Ok(Value::Null) => {
            Err(wrong("the query", whole, "null compares with nothing", "use --filter 'PROPERTY IS NULL'"))
        }
        Ok(value) => Ok(value),
        Err(error) if text.starts_with(['"', '[', '{']) => Err(broken(whole, text, &error)),
        Err(_) if text.parse::<f64>().is_ok_and(f64::is_infinite) && text.contains(|c: char| c.is_ascii_digit()) => {
            Err(wrong("the query", whole, format!("{text} is beyond all numbers"), RIGHT))
        }
        Err(_) => Ok(Value::String(text.to_owned())),
    }
}

fn broken(whole: &str, text: &str, error: &serde_json::Error) -> Error {
    wrong("the query", whole, format!("'{text}' is no JSON: {error}"), RIGHT)
}

/// `a,b`, `(a,b)` or JSON.
fn list(whole: &str, text: &str) -> Result<Value> {
    if text.starts_with('[') {
        return one(whole, text);
    }
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
    inner.split(',').map(|value| one(whole, value.trim())).collect::<Result<Vec<_>>>().map(Value::Array)
}
