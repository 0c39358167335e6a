//! What servers answer, in the words that the rest of the store uses.

use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use object_store::GetResult;
use object_store::client::HttpResponseBody;
use tokio::time::timeout;

/// What to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Want {
    /// The whole object.
    All,
    /// These bytes of it; not empty.
    Range(Range<u64>),
    /// The last so many bytes, at least one.
    Last(u64),
}

/// What tells one state of an object from the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) tag: Option<String>,
    pub(super) modified: Option<String>,
}

impl Version {
    /// Whether both can be the same state. Tags alone may differ between the machines behind one name, and a weak
    /// one promises nothing, so the times must differ as well, or not be there.
    pub(super) fn fits(&self, other: &Self) -> bool {
        let strong = |v: &Self| v.tag.clone().filter(|tag| !tag.starts_with("W/"));
        match (strong(self), strong(other)) {
            (Some(a), Some(b)) if a != b => self.modified.is_some() && self.modified == other.modified,
            (Some(_), Some(_)) => true,
            _ => self.modified.is_none() || other.modified.is_none() || self.modified == other.modified,
        }
    }
}

/// An answer that brings (part of) an object.
#[derive(Debug)]
pub(super) struct Reply {
    /// The place in the object of the body's first byte.
    pub(super) first: u64,
    /// The length of the whole object.
    pub(super) total: Option<u64>,
    /// Whether the body is the part that was asked for (else it is the whole object).
    pub(super) partial: bool,
    pub(super) version: Version,
    /// Whether the server calls it a web page.
    pub(super) page: bool,
    pub(super) body: Body,
}

/// The bytes of an answer, still on their way.
#[derive(Debug)]
pub(super) enum Body {
    Empty,
    Http(HttpResponseBody),
    S3(Box<GetResult>),
}

/// Hands every piece of a stream to `take` until that has enough. A macro, since the trait of streams is in no crate
/// that this one depends on, so a function can't be generic over them.
macro_rules! drain {
    ($stream:expr, $take:expr, $stalled:expr) => {{
        let mut stream = $stream;
        let silent = |_| format!("no more bytes came for {} s", $stalled.as_secs_f64());
        loop {
            let next = timeout($stalled, poll_fn(|context| stream.as_mut().poll_next(context)));
            let Some(piece) = next.await.map_err(silent)? else { break };
            if !$take(piece.map_err(|e| deepest(&e))?) {
                break;
            }
        }
        Ok(())
    }};
}

impl Body {
    /// Hands the bytes to `take`, piece by piece, until it returns false or they end. A pause of
    /// `stalled` counts as a break.
    ///
    /// # Errors
    /// The cause, when the connection breaks off.
    pub(super) async fn each(
        self,
        stalled: Duration,
        mut take: impl FnMut(Bytes) -> bool + Send,
    ) -> Result<(), String> {
        match self {
            Self::Empty => Ok(()),
            Self::Http(body) => drain!(body.bytes_stream(), take, stalled),
            Self::S3(result) => drain!(result.into_stream(), take, stalled),
        }
    }
}

/// An answer that brings nothing, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// An HTTP status, and what the server says to it.
    Status(u16, Option<String>),
    /// The server could not be reached, or did not answer.
    Silence(String),
    /// An answer that breaks the protocol.
    Odd(String),
}

impl Refusal {
    /// The object does not exist.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Status(404 | 410, _))
    }

    /// The server does not say whether the object exists.
    pub(super) fn is_forbidden(&self) -> bool {
        matches!(self, Self::Status(401 | 403, _))
    }

    pub(super) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Status(401, _) => "give user name and password as https://USER:PASSWORD@host/… or a pre-signed URL",
            Self::Status(403, _) => "a pre-signed URL may have expired; else the server wants other credentials",
            Self::Status(404 | 410, _) => "check the address in a web browser",
            Self::Status(429 | 500..=599, _) => "the server is overloaded or out of order; try again later",
            Self::Silence(cause) if cause.contains("certificate") => {
                "SSL_CERT_FILE names a file with the certificates to trust (usually the package ca-certificates)"
            }
            Self::Silence(_) => "check the address, the network and, if one is needed, the proxy (HTTPS_PROXY)",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(code, detail) => {
                let meaning = match code {
                    400 => " (bad request)",
                    401 => " (not logged in)",
                    403 => " (forbidden)",
                    404 => " (not found)",
                    410 => " (gone)",
                    416 => " (range not satisfiable)",
                    429 => " (too many requests)",
                    500 => " (internal error)",
                    502 => " (bad gateway)",
                    503 => " (unavailable)",
                    504 => " (gateway time-out)",
                    _ => "",
                };
                if self.is_absent() && detail.is_none() {
                    write!(f, "no such file or store: ")?;
                }
                write!(f, "the server answered {code}{meaning}")?;
                detail.iter().try_for_each(|detail| write!(f, ": {detail}"))
            }
            Self::Silence(cause) => write!(f, "the server can't be reached: {cause}"),
            Self::Odd(what) => write!(f, "{what}"),
        }
    }
}

/// The last cause of an error: `connection refused`, where the outer ones only say that a request failed. The outer
/// ones may hold the URL with its secrets, too.
pub(super) fn deepest(error: &dyn StdError) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let text: String = cause.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
    if text == "operation timed out" { "no answer in time".to_owned() } else { text }
}

/// Code and message of the XML in which S3 and its kin explain a refusal; nothing else of it, since it may quote the
/// request.
pub(super) fn explanation(body: &str) -> Option<String> {
    let element = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>"))?;
        let (text, _) = rest.split_once(&format!("</{name}>"))?;
        Some(text.chars().filter(|c| !c.is_control()).take(200).collect::<String>())
    };
    match (element("Code"), element("Message")) {
        (Some(code), Some(message)) => Some(format!("{code}, {message}")),
        (code, message) => code.or(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explanations_quote_code_and_message_only() {
        let body = "<?xml?><Error><Code>AccessDenied</Code><Message>Request has expired</Message>\
                    <StringToSign>secret</StringToSign></Error>";
        assert_eq!(explanation(body).as_deref(), Some("AccessDenied, Request has expired"));
        assert_eq!(explanation("<html>no</html>"), None);
    }

    #[test]
    fn versions() {
        let version = |tag: &str, modified: &str| Version {
            tag: (!tag.is_empty()).then(|| tag.into()),
            modified: (!modified.is_empty()).then(|| modified.into()),
        };
        assert!(version("\"a\"", "mon").fits(&version("\"a\"", "mon")));
        assert!(version("\"a\"", "mon").fits(&version("\"b\"", "mon")), "another machine of the same service");
        assert!(!version("\"a\"", "mon").fits(&version("\"b\"", "tue")));
        assert!(!version("\"a\"", "").fits(&version("\"b\"", "")));
        assert!(!version("", "mon").fits(&version("", "tue")));
        assert!(version("\"a\"", "mon").fits(&version("\"a\"", "tue")), "copied");
        assert!(version("", "").fits(&version("\"a\"", "tue")));
    }
}
