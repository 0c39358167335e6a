//! Why a request brought nothing, and how that is told.

use std::error::Error as StdError;
use std::time::Duration;

use pangeo::Error;
use serde_json::Value;
use url::Url;

use super::masked;

/// A request that brought nothing.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong.
    pub(crate) kind: Kind,
    /// The address, as it may be shown.
    pub(crate) url: String,
    /// So long was waited for it, in all.
    pub(crate) spent: Duration,
    /// So many times it was sent again.
    pub(crate) retried: u32,
}

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Kind {
    /// The server refused: its status, its own words, and how long it asks to wait.
    Status(u16, Option<String>, Option<Duration>),
    /// Nothing came for so long.
    Silence(Duration),
    /// No connection came about.
    Unreachable(String),
    /// The connection broke, or the answer ended early.
    Broken(String),
    /// More bytes than an answer may hold.
    Huge(usize),
    /// An answer that is not what was asked for.
    Odd(String),
    /// Nothing to do with the server.
    Fatal(Box<Error>),
}

impl Failure {
    /// A failure of the request to `url`.
    pub(crate) fn of(kind: Kind, url: &Url) -> Self {
        Self { kind, url: masked(url), spent: Duration::ZERO, retried: 0 }
    }

    /// Whether the same request may do better later.
    pub(super) fn passes(&self) -> bool {
        match self.kind {
            Kind::Status(status, ..) => matches!(status, 429 | 500 | 502 | 503 | 504),
            Kind::Broken(_) => true,
            _ => false,
        }
    }

    /// Whether a smaller page may do better.
    pub(crate) fn too_large(&self) -> bool {
        match self.kind {
            Kind::Status(status, ..) => matches!(status, 413 | 502 | 504),
            Kind::Silence(_) | Kind::Huge(_) | Kind::Broken(_) => true,
            _ => false,
        }
    }

    /// The status and the server's words when it refuses the request for what it asks.
    pub(crate) fn refusal(&self) -> Option<(u16, &str)> {
        match &self.kind {
            Kind::Status(status @ (400 | 404 | 405 | 414 | 415 | 422 | 501), said, _) => {
                Some((*status, said.as_deref().unwrap_or_default()))
            }
            _ => None,
        }
    }

    fn what(&self) -> String {
        let retried = match self.retried {
            0 => String::new(),
            1 => " (after one retry)".to_owned(),
            n => format!(" (after {n} retries)"),
        };
        match &self.kind {
            Kind::Status(status, said, wait) => {
                let meaning = reqwest::StatusCode::from_u16(*status).ok().and_then(|s| s.canonical_reason());
                let meaning = meaning.map(|text| format!(" {text}")).unwrap_or_default();
                let said = said.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
                let wait = wait.map(|w| format!(", and asks to wait {}", seconds(w))).unwrap_or_default();
                format!("the server answers {status}{meaning}{said}{wait}{retried}")
            }
            Kind::Silence(waited) => format!("nothing came from the server for {}{retried}", seconds(*waited)),
            Kind::Unreachable(why) => format!("the server can't be reached: {why}{retried}"),
            Kind::Broken(why) => format!("the answer breaks off: {why}{retried}"),
            Kind::Huge(most) => format!("the answer is longer than {} MB", most.div_ceil(1_000_000)),
            Kind::Odd(what) => what.clone(),
            Kind::Fatal(error) => error.to_string(),
        }
    }

    fn hint(&self) -> Option<&'static str> {
        Some(match &self.kind {
            Kind::Status(401 | 403, ..) => {
                "credentials go into --header NAME=ENVVAR and are sent to the scheme, host and port of the endpoint alone"
            }
            Kind::Status(404 | 410, ..) => "check the address in a web browser",
            Kind::Status(429, ..) => "the server wants fewer requests; a longer --timeout waits for it",
            Kind::Status(500..=599, ..) | Kind::Broken(_) => {
                "the server is overloaded or out of order; try again later"
            }
            Kind::Silence(_) => "--timeout gives it longer, a smaller --page-size asks for less at once",
            Kind::Unreachable(why) if why.contains("certificate") => {
                "SSL_CERT_FILE names a file with the certificates to trust (usually the package ca-certificates)"
            }
            Kind::Unreachable(_) => "check the address, the network and, if one is needed, the proxy (HTTPS_PROXY)",
            Kind::Huge(_) => "--fields asks for less of each item, a smaller --page-size for fewer at once",
            _ => return None,
        })
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let (what, hint) = (failure.what(), failure.hint());
        if let Kind::Fatal(error) = failure.kind {
            return *error;
        }
        let error = Self::data(what, failure.url);
        match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

fn seconds(time: Duration) -> String {
    let tenths = (time.as_secs_f64() * 10.0).round() / 10.0;
    format!("{tenths} s")
}

/// The last cause of an error: `connection refused`, where the outer ones say that a request failed, and name its
/// address with the secrets in it.
pub(super) fn deepest(error: &dyn StdError) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// What a server says of an error, on one line of at most 300 characters: a member of JSON, the title of a page, or text.
pub(super) fn said(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let told = match serde_json::from_slice::<Value>(body) {
        Ok(json) => described(&json).unwrap_or_else(|| text.to_string()),
        Err(_) => title(&text).map_or_else(|| text.to_string(), str::to_owned),
    };
    let line = told.split_whitespace().collect::<Vec<_>>().join(" ");
    // No control characters: they could steer a terminal.
    let line: String = line.chars().filter(|c| !c.is_control()).take(300).collect();
    (!line.is_empty()).then_some(line)
}

fn described(json: &Value) -> Option<String> {
    match json {
        Value::String(text) => Some(text.clone()),
        // Where each thing is wrong, as FastAPI tells it.
        Value::Array(all) => {
            let each: Vec<_> = all.iter().filter_map(located).collect();
            (!each.is_empty()).then(|| each.join("; "))
        }
        Value::Object(members) => {
            let names = ["description", "detail", "message", "errorMessage", "error", "errors", "msg", "title", "code"];
            names.iter().find_map(|name| members.get(*name).and_then(described))
        }
        _ => None,
    }
}

fn located(problem: &Value) -> Option<String> {
    let told = described(problem)?;
    let place = problem.get("loc").and_then(Value::as_array);
    let place = place.map(|names| names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."));
    Some(place.filter(|p| !p.is_empty()).map_or_else(|| told.clone(), |place| format!("{place}: {told}")))
}

/// The title of a page of HTML, the page without its markup where it has none.
fn title(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    text.get(start..end).map(str::trim).filter(|title| !title.is_empty())
}

/// Why a body that should be JSON is not.
pub(super) fn not_json(body: &[u8], error: &serde_json::Error) -> Kind {
    let start = body.trim_ascii_start();
    if start.is_empty() {
        return Kind::Broken("it is empty".to_owned());
    }
    if start.starts_with(b"<") {
        let text = String::from_utf8_lossy(body);
        let title = title(&text).and_then(|title| said(title.as_bytes())).map(|title| format!(" ('{title}')"));
        return Kind::Odd(format!("the server answers with a page of HTML{}, not JSON", title.unwrap_or_default()));
    }
    if error.is_eof() {
        return Kind::Broken("its JSON is not complete".to_owned());
    }
    Kind::Odd(format!("the server's answer is not JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_servers_of_all_kinds() {
        let cases = [
            (r#"{"code":"BadRequest","description":"limit too large"}"#, "limit too large"),
            (r#"{"detail":[{"loc":["body","limit"],"msg":"not an integer"}]}"#, "body.limit: not an integer"),
            (r#"{"message":"Endpoint request timed out"}"#, "Endpoint request timed out"),
            (r#"{"errors":["a","b"]}"#, "a; b"),
            ("<html><head><TITLE>502 Bad\nGateway</TITLE>", "502 Bad Gateway"),
            ("no\x1b[31m such thing\n", "no[31m such thing"),
        ];
        for (body, expected) in cases {
            assert_eq!(said(body.as_bytes()).as_deref(), Some(expected));
        }
        assert_eq!(said(b" \n"), None);
        assert_eq!(said(&[b'x'; 5000]).map(|t| t.len()), Some(300));
    }
}
