//! What is wrong with a recipe, and where.

use std::fmt;

/// A place in the recipe's text; both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    /// Line.
    pub(crate) line: usize,
    /// Column.
    pub(crate) column: usize,
}

/// A recipe that can't be used: shown as `FILE:LINE:COLUMN: KEY: what is wrong`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecipeError {
    name: String,
    mark: Option<Mark>,
    what: String,
    hint: Option<String>,
}

pub(crate) type Result<T, E = RecipeError> = std::result::Result<T, E>;

impl RecipeError {
    /// An error in the recipe `name`, at `mark` when it has a place there.
    pub(crate) fn new(name: &str, mark: Option<Mark>, what: impl Into<String>) -> Self {
        Self { name: name.to_owned(), mark, what: what.into(), hint: None }
    }

    /// The same error with what to do about it.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What to write instead.
    pub(crate) fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(Mark { line, column }) = self.mark {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for RecipeError {}

/// The known word nearest to `word`: at most a third of it to change, the first of several.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let most = (word.chars().count() / 3).max(1);
    let far = |to: &&str| distance(&word.to_lowercase().replace('-', "_"), to);
    known.iter().map(|k| (far(k), *k)).filter(|(d, _)| *d <= most).min_by_key(|(d, _)| *d).map(|(_, k)| k)
}

/// Edits (insert, delete, replace, swap neighbours) between two words: optimal string alignment,
/// Damerau 1964. Words longer than any key count as far away.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word() {
        let known = ["chunks", "chunk_size", "shards", "store", "concat"];
        let rows = [
            ("chunk", Some("chunks")),
            ("Chunks", Some("chunks")),
            ("chunk-size", Some("chunk_size")),
            ("cocnat", Some("concat")),
            ("banana", None),
            ("", None),
        ];
        for (word, near) in rows {
            assert_eq!(nearest(word, &known), near, "{word}");
        }
    }
}
