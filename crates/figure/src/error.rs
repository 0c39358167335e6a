//! What can go wrong with a figure.

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure; texts are lower case without a final period.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A name or a value that does not exist or cannot be drawn.
    #[error("{what}")]
    Request {
        /// What is wrong with what was asked for.
        what: String,
        /// What to write instead.
        hint: Option<String>,
    },
    /// A file could not be encoded.
    #[error("cannot encode {format}: {what}")]
    Encode {
        /// `PNG`, `GIF`, …
        format: &'static str,
        /// The cause.
        what: String,
    },
}

impl Error {
    /// What was asked for cannot be had.
    pub fn request(what: impl Into<String>) -> Self {
        Self::Request { what: what.into(), hint: None }
    }

    /// The same error with a way out.
    #[must_use]
    pub fn hint(self, text: impl Into<String>) -> Self {
        match self {
            Self::Request { what, .. } => Self::Request { what, hint: Some(text.into()) },
            other => other,
        }
    }
}
