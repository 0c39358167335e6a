//! What can go wrong, as situations that a user can act on.

use std::path::Path;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure, told as `WHAT, WHERE`; [`Error::hint`] says what to do about it.
///
/// Texts are lower case without a final period.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The arguments are wrong; exit status 2.
    #[error("{what}")]
    Usage {
        /// What is wrong with which argument.
        what: String,
        /// What to write instead.
        hint: Option<String>,
    },
    /// A named thing does not exist.
    #[error("{kind} '{name}' not found in {place}")]
    NotFound {
        /// `variable`, `dimension`, `coordinate`, …
        kind: &'static str,
        /// The name that was asked for.
        name: String,
        /// The file, or what else was searched.
        place: String,
        /// The names that do exist.
        has: Vec<String>,
    },
    /// A selection keeps nothing.
    #[error("{what} selects nothing{}", within(file))]
    EmptySelection {
        /// The selection, as the user wrote it.
        what: String,
        /// The file, once it is known.
        file: String,
        /// The range that the data have.
        has: String,
    },
    /// A file breaks its format's rules.
    #[error("{what}, {file}")]
    Malformed {
        /// The file or object.
        file: String,
        /// The rule that is broken.
        what: String,
    },
    /// Something well-formed that this version does not handle.
    #[error("{what}, {place}")]
    Unsupported {
        /// What it is.
        what: String,
        /// The file and variable.
        place: String,
        /// A way around it, if there is one.
        hint: Option<String>,
    },
    /// The data do not allow the operation.
    #[error("{what}, {place}")]
    Data {
        /// What does not fit.
        what: String,
        /// The file or variable.
        place: String,
        /// What to do about it, if anything.
        hint: Option<String>,
    },
    /// The operating system or a server refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// `read`, `write`, `open`, …
        action: &'static str,
        /// The path or URL.
        path: String,
        /// The cause.
        source: std::io::Error,
    },
    /// A mistake in this program.
    #[error("internal error: {what}")]
    Internal {
        /// What a panic said.
        what: String,
    },
    /// Stopped by Ctrl-C or a termination signal.
    #[error("interrupted")]
    Cancelled,
}

impl Error {
    /// Arguments that are wrong.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::Usage { what: what.into(), hint: None }
    }

    /// A file that breaks its format's rules.
    pub fn malformed(file: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Malformed { file: file.into(), what: what.into() }
    }

    /// Something well-formed that is not handled.
    pub fn unsupported(what: impl Into<String>, place: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into(), place: place.into(), hint: None }
    }

    /// Data that do not allow the operation.
    pub fn data(what: impl Into<String>, place: impl Into<String>) -> Self {
        Self::Data { what: what.into(), place: place.into(), hint: None }
    }

    /// A selection that keeps nothing of data that have `has`.
    pub fn empty_selection(what: impl Into<String>, has: impl Into<String>) -> Self {
        Self::EmptySelection { what: what.into(), file: String::new(), has: has.into() }
    }

    /// A failed system call on `path`.
    pub fn io(action: &'static str, path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io { action, path: path.as_ref().display().to_string(), source }
    }

    /// A panic, caught: a mistake in this program.
    pub fn from_panic(payload: &(dyn std::any::Any + Send)) -> Self {
        let said = payload.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| payload.downcast_ref::<&str>().copied());
        Self::Internal { what: said.unwrap_or("a panic without words").to_owned() }
    }

    /// The same error, naming `variable` and the file that it is from where only "array" was known.
    #[must_use]
    pub fn about(self, variable: &str, file: &str) -> Self {
        let place = |place: String| if place == "array" { format!("variable '{variable}' in {file}") } else { place };
        match self {
            Self::Data { what, place: known, hint } => Self::Data { what, place: place(known), hint },
            Self::Unsupported { what, place: known, hint } => Self::Unsupported { what, place: place(known), hint },
            other => other,
        }
    }

    /// The same error, naming `file` where its place names only something in it.
    #[must_use]
    pub fn in_file(self, file: &str) -> Self {
        let named = |place: String| {
            let knows = file.is_empty() || place.contains(file) || place.contains("' in ");
            if knows { place } else { format!("{place} in {file}") }
        };
        match self {
            Self::Unsupported { what, place, hint } => Self::Unsupported { what, place: named(place), hint },
            Self::Data { what, place, hint } => Self::Data { what, place: named(place), hint },
            Self::EmptySelection { what, file: known, has } if known.is_empty() => {
                Self::EmptySelection { what, file: file.to_owned(), has }
            }
            other => other,
        }
    }

    /// The same error with a hint; errors that build their hint from their fields keep their own.
    #[must_use]
    pub fn with_hint(mut self, text: impl Into<String>) -> Self {
        if let Self::Usage { hint, .. } | Self::Unsupported { hint, .. } | Self::Data { hint, .. } = &mut self {
            *hint = Some(text.into());
        }
        self
    }

    /// What the user can do, one line without a final period.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Usage { hint, .. } | Self::Unsupported { hint, .. } | Self::Data { hint, .. } => hint.clone(),
            Self::NotFound { has, .. } if !has.is_empty() => Some(format!("it has {}", shorten(has))),
            Self::EmptySelection { has, .. } => Some(has.clone()),
            Self::Internal { .. } => Some("this is a bug: please report it, with the command and the input".to_owned()),
            _ => None,
        }
    }

    /// The exit status of a tool that ends with this error: 2 for wrong arguments, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. } => 2,
            Self::Cancelled => 130,
            _ => 1,
        }
    }
}

/// ` in FILE`, where the file is known.
fn within(file: &str) -> String {
    if file.is_empty() { String::new() } else { format!(" in {file}") }
}

/// A count of things: `1 value`, `2 values`.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// The first dozen names, then how many more there are.
fn shorten(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let head = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => head,
        more => format!("{head} and {more} more"),
    }
}
