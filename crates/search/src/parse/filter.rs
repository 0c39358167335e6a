//! `--filter`: CQL2, as text or as JSON.

use std::num::NonZeroUsize;
use std::sync::Once;

use cql2::Expr;
use pangeo::{Error, Result};
use serde_json::Value;

use super::{read, wrong};
use crate::predicate::{Filter, geometry};

/// What a right one looks like.
const RIGHT: &str =
    "write CQL2 text such as \"eo:cloud_cover < 10 AND platform = 'landsat-8'\", CQL2 JSON, or @FILE with either";

/// Parentheses in each other at most.
const DEEPEST: usize = 32;

/// Operators in a row at most, none of them in a list: what is parsed in as many steps down.
const LONGEST: usize = 1000;

/// Steps of the parser at most, a second's worth: lists in lists take twice as many for each level.
const STEPS: usize = 30_000_000;

/// Memory for the steps down.
const STACK: usize = 32 << 20;

/// A filter in CQL2 text or JSON, which is found out from its first character; `@FILE` reads it from a file.
///
/// # Errors
/// A usage error that says where it is wrong, when it is.
pub fn filter(text: &str) -> Result<Expr> {
    let trimmed = text.trim();
    match trimmed.strip_prefix('@') {
        Some(path) => {
            let content = read(path)?;
            expression(content.trim()).map_err(|why| wrong("the filter of", path, why, RIGHT))
        }
        None => expression(trimmed).map_err(|why| wrong("the filter", trimmed, why, RIGHT)),
    }
}

fn expression(text: &str) -> Result<Expr, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    let expression = if text.starts_with(['{', '[']) { from_json(text)? } else { from_text(text)? };
    Filter::check(&expression)?;
    Ok(expression)
}

fn from_json(text: &str) -> Result<Expr, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    check(&value, "")?;
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// Whether JSON is an expression. The crate says no more than that it is none, and takes its time for it.
fn check(value: &Value, at: &str) -> Result<(), String> {
    let place = || if at.is_empty() { String::new() } else { format!(" at {at}") };
    let members = |name: &str, list: &Value| -> Result<(), String> {
        let list = list.as_array().ok_or_else(|| format!("'{name}' is no list{}", place()))?;
        let dot = if at.is_empty() { "" } else { "." };
        list.iter().enumerate().try_for_each(|(index, member)| check(member, &format!("{at}{dot}{name}[{index}]")))
    };
    let map = match value {
        Value::Array(list) => {
            return list.iter().enumerate().try_for_each(|(index, member)| check(member, &format!("{at}[{index}]")));
        }
        Value::Object(map) => map,
        _ => return Ok(()),
    };
    if let Some(op) = map.get("op") {
        op.as_str().ok_or_else(|| format!("'op' is no text{}", place()))?;
        let args = map.get("args").ok_or_else(|| format!("{op} has no args{}", place()))?;
        return members("args", args);
    }
    if map.contains_key("type") {
        return geometry(value).map(|_| ()).map_err(|why| format!("{why}{}", place()));
    }
    for name in ["interval", "bbox"] {
        if let Some(list) = map.get(name) {
            return members(name, list);
        }
    }
    let text = ["property", "date", "timestamp"].iter().find_map(|name| Some((*name, map.get(*name)?)));
    match text {
        Some((_, Value::String(_))) => Ok(()),
        Some((name, _)) => Err(format!("'{name}' is no text{}", place())),
        None => Err(format!(
            "an object is neither an operation with op and args, nor a property, a time or a geometry{}",
            place()
        )),
    }
}

fn from_text(text: &str) -> Result<Expr, String> {
    static LIMIT: Once = Once::new();
    guard(text)?;
    LIMIT.call_once(|| pest::set_call_limit(NonZeroUsize::new(STEPS)));
    let parsed = std::thread::scope(|scope| {
        let parser = std::thread::Builder::new().stack_size(STACK);
        let handle = parser
            .spawn_scoped(scope, || cql2::parse_text(text).map_err(Box::new))
            .map_err(|error| error.to_string())?;
        // A mistake of the parser is told as one of this program.
        handle.join().map_err(|panic| Error::from_panic(&*panic).to_string())
    })?;
    parsed.map_err(|error| told(&error.to_string()))
}

/// Refuses what would be parsed in too many steps down.
fn guard(text: &str) -> Result<(), String> {
    // For each parenthesis that is open, the operators in a row before it and in it.
    let mut rows = vec![0_usize];
    let mut quote = None;
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        if let Some(mark) = quote {
            quote = Some(mark).filter(|&mark| mark != c);
            continue;
        }
        let row = rows.last().copied().unwrap_or_default();
        let begins = c.is_alphabetic() && !in_word;
        in_word = c.is_alphanumeric() || matches!(c, '_' | ':' | '.');
        match c {
            '\'' | '"' => quote = Some(c),
            '(' => rows.push(row),
            ')' if rows.len() == 1 => return Err(format!("a parenthesis closes at {} that none opens", at + 1)),
            ')' => drop(rows.pop()),
            ',' => *rows.last_mut().ok_or("")? = rows.iter().rev().nth(1).copied().unwrap_or_default(),
            '+' | '-' | '*' | '/' | '%' | '^' | '=' | '<' | '>' => *rows.last_mut().ok_or("")? = row + 1,
            _ if begins && is_operator(text.get(at..).unwrap_or_default()) => *rows.last_mut().ok_or("")? = row + 1,
            _ => {}
        }
        if rows.len() > DEEPEST {
            return Err(format!("more than {DEEPEST} parentheses are open at once"));
        }
        if rows.last().is_some_and(|&row| row > LONGEST) {
            return Err(format!(
                "more than {LONGEST} operators stand in a row; a list after IN holds any number of values"
            ));
        }
    }
    match (quote, rows.len()) {
        (Some(mark), _) => Err(format!("a quote {mark} is not closed")),
        (None, 1) => Ok(()),
        (None, open) => Err(format!("{} not closed", if open == 2 { "a parenthesis is" } else { "parentheses are" })),
    }
}

/// Whether a word of an operator stands at the beginning.
fn is_operator(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let words = ["and", "or", "not", "like", "in", "between", "is", "div"];
    text.get(..end).is_some_and(|word| words.iter().any(|operator| operator.eq_ignore_ascii_case(word)))
}

/// What the parser says, on one line.
fn told(said: &str) -> String {
    let place = said.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
    let why = said.lines().rev().find_map(|line| line.trim_start().strip_prefix("= "));
    match (place.and_then(|place| place.split_once(':')), why) {
        (Some((line, column)), Some(why)) => {
            let line = if line == "1" { String::new() } else { format!("line {line}, ") };
            format!("{line}column {column}: {}", plain(why))
        }
        _ => said.lines().collect::<Vec<_>>().join(" "),
    }
}

/// The parser's own names of what it expects, in words.
fn plain(why: &str) -> &str {
    if why.contains("call limit") {
        "it takes too long to read"
    } else if why.contains("ExprAtomValue") || why.contains("Negative") || why.contains("Identifier") {
        "a value, a property or a parenthesis is expected"
    } else if why.contains("EOI") || why.contains("And") {
        "an operator or the end is expected"
    } else {
        why
    }
}
