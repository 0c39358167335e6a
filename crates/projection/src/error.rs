//! What can be wrong with a projection that was asked for.

use thiserror::Error;

/// A projection that cannot be had; [`Error::hint`] says the way out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// No such name.
    #[error("there is no projection '{text}'")]
    Unknown {
        /// What was asked for.
        text: String,
        /// The way out.
        hint: String,
    },
    /// A centre that the projection cannot have.
    #[error("projection '{name}' cannot be centred on {what}")]
    Centre {
        /// The projection.
        name: String,
        /// The centre that was asked for.
        what: String,
        /// The way out.
        hint: String,
    },
    /// PROJ refused the definition.
    #[error("PROJ does not accept the projection '{text}': {message}")]
    Proj {
        /// What was asked for.
        text: String,
        /// What PROJ says.
        message: String,
        /// The way out.
        hint: String,
    },
}

impl Error {
    /// What to do instead, in one line.
    pub fn hint(&self) -> &str {
        match self {
            Self::Unknown { hint, .. } | Self::Centre { hint, .. } | Self::Proj { hint, .. } => hint,
        }
    }
}

/// Results of this crate.
pub type Result<T> = std::result::Result<T, Error>;
