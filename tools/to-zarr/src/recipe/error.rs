//! What is wrong with a recipe, and where.

use std::fmt;

use pangeo::cf::roles::near;

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

/// The known word nearest to `word`, as [`near`] has it; hyphens are underscores.
pub(super) fn nearest(word: &str, known: &[&str]) -> Option<String> {
    near(&word.replace('-', "_"), known).into_iter().next()
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
            assert_eq!(nearest(word, &known).as_deref(), near, "{word}");
        }
    }
}
