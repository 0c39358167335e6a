//! Typed reading of the recipe's tree: what is wrong is told by key, place and what was expected.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::error::{Mark, RecipeError, Result, nearest};
use super::yaml::{Key, Node, Plain, Value, plain};

/// What all places of one recipe share.
pub(super) struct Source<'a> {
    /// The recipe's name in errors.
    pub(super) name: &'a str,
    /// Where each key is, by its path such as `chunks.time`.
    pub(super) marks: RefCell<BTreeMap<String, Mark>>,
}

/// A value of the recipe with the way to it (`chunks.time`).
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) path: String,
    pub(super) node: &'a Node,
}

impl<'a> Place<'a> {
    pub(super) fn error(&self, what: impl AsRef<str>) -> RecipeError {
        let what = what.as_ref();
        let what = if self.path.is_empty() { what.to_owned() } else { format!("{}: {what}", self.path) };
        RecipeError::new(self.source.name, Some(self.node.mark), what)
    }

    /// The error of a value of the wrong kind: `KEY: EXPECTED, not VALUE`.
    pub(super) fn expected(&self, what: &str) -> RecipeError {
        self.error(format!("{what}, not {}", describe(self.node)))
    }

    fn below(&self, key: &'a Key, node: &'a Node) -> Self {
        let path = if self.path.is_empty() { key.text.clone() } else { format!("{}.{}", self.path, key.text) };
        self.source.marks.borrow_mut().insert(path.clone(), node.mark);
        Self { source: self.source, path, node }
    }

    /// The pairs of a mapping with keys of the user's own, in the recipe's order.
    pub(super) fn map(&self, expected: &str) -> Result<Vec<(String, Self)>> {
        let Value::Map(pairs) = &self.node.value else { return Err(self.expected(expected)) };
        let named = |(key, node): &'a (Key, Node)| {
            if key.text.trim().is_empty() {
                let inside = if self.path.is_empty() { String::new() } else { format!("{}: ", self.path) };
                let what = format!("{inside}an empty name");
                return Err(RecipeError::new(self.source.name, Some(key.mark), what));
            }
            Ok((key.text.clone(), self.below(key, node)))
        };
        pairs.iter().map(named).collect()
    }

    /// The pairs of a mapping whose keys are all in `known`.
    pub(super) fn fields(&self, known: &[&str], expected: &str) -> Result<BTreeMap<String, Self>> {
        if let Value::Map(pairs) = &self.node.value {
            for (key, _) in pairs {
                if !known.contains(&key.text.as_str()) {
                    return Err(self.unknown(key, known));
                }
            }
        }
        Ok(self.map(expected)?.into_iter().collect())
    }

    fn unknown(&self, key: &Key, known: &[&str]) -> RecipeError {
        let inside = if self.path.is_empty() { String::new() } else { format!("{}: ", self.path) };
        let near = nearest(&key.text, known).map(|near| format!(", did you mean '{near}'?")).unwrap_or_default();
        let what = format!("{inside}unknown key '{}'{near} (known: {})", key.text, known.join(", "));
        RecipeError::new(self.source.name, Some(key.mark), what)
    }

    /// The scalar's text and what it is; nothing for lists and mappings.
    pub(super) fn scalar(&self) -> Option<(&'a str, Plain)> {
        match &self.node.value {
            Value::Scalar { text, plain: true } => Some((text, plain(text))),
            Value::Scalar { text, plain: false } => Some((text, Plain::Text)),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// A text that is not empty; a number without quotes is none.
    pub(super) fn text(&self, expected: &str) -> Result<String> {
        match self.scalar() {
            Some((text, Plain::Text)) if !text.trim().is_empty() => Ok(text.to_owned()),
            _ => Err(self.expected(expected)),
        }
    }

    /// A whole number within the range.
    pub(super) fn whole(&self, range: std::ops::RangeInclusive<i64>, expected: &str) -> Result<i64> {
        match self.scalar() {
            Some((_, Plain::Integer(number))) if range.contains(&number) => Ok(number),
            _ => Err(self.expected(expected)),
        }
    }

    /// The items of a list.
    pub(super) fn items(&self, expected: &str) -> Result<Vec<Self>> {
        let Value::List(nodes) = &self.node.value else { return Err(self.expected(expected)) };
        Ok(nodes.iter().map(|node| Self { source: self.source, path: self.path.clone(), node }).collect())
    }

    /// A list, or one value in place of a list of one.
    pub(super) fn one_or_more(&self, expected: &str) -> Result<Vec<Self>> {
        match &self.node.value {
            Value::List(nodes) if nodes.is_empty() => Err(self.error(format!("{expected}, not an empty list"))),
            Value::List(_) => self.items(expected),
            Value::Scalar { .. } => Ok(vec![self.clone()]),
            Value::Map(_) => Err(self.expected(expected)),
        }
    }

    /// One of `words`, by its position.
    pub(super) fn word(&self, words: &[&str]) -> Result<usize> {
        let text = self.scalar().map_or("", |(text, _)| text);
        words.iter().position(|word| *word == text).ok_or_else(|| {
            let near = nearest(text, words).map(|near| format!(", did you mean '{near}'?")).unwrap_or_default();
            self.error(format!("one of {}, not {}{near}", words.join(", "), describe(self.node)))
        })
    }
}

/// A value as an error shows it.
fn describe(node: &Node) -> String {
    match &node.value {
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a mapping".to_owned(),
        Value::Scalar { text, plain: true } if plain(text) == Plain::Null => "nothing (null)".to_owned(),
        Value::Scalar { text, .. } if text.chars().count() > 40 => {
            format!("'{}…'", text.chars().take(40).collect::<String>().escape_debug())
        }
        Value::Scalar { text, .. } => format!("'{}'", text.escape_debug()),
    }
}
