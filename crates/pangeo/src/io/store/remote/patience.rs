//! Requests that are worth repeating are repeated: overloaded servers, time-outs, dropped connections.
//!
//! This sits below `object_store`, whose own retries are switched off: those ignore `Retry-After`.

use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use object_store::client::{HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService};

/// How often and how long to try.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    /// Times that a request is made before giving up, when the server answers with an error that may pass.
    pub(crate) attempts: u32,
    /// The same, when it can't be reached or does not answer in time.
    pub(crate) unanswered: u32,
    /// The pause after the first failure; doubled after each further one, with jitter.
    pub(crate) first_pause: Duration,
    /// The longest pause of our own.
    pub(crate) longest_pause: Duration,
    /// A server that asks for a longer one (`Retry-After`) has refused.
    pub(crate) longest_wait: Duration,
    /// A request that went unanswered for so long, all attempts together, is not repeated.
    pub(crate) silence: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 7,
            unanswered: 3,
            first_pause: Duration::from_millis(300),
            longest_pause: Duration::from_secs(20),
            longest_wait: Duration::from_mins(2),
            silence: Duration::from_mins(1),
        }
    }
}

impl Policy {
    /// The pause after `failures` failures (from 1): exponential, between half and all of it by chance, so that
    /// a thousand tasks that failed together do not come back together.
    pub(crate) fn pause(&self, failures: u32) -> Duration {
        let doubled = self.first_pause.saturating_mul(1 << failures.saturating_sub(1).min(16));
        let chance = (RandomState::new().hash_one(failures) >> 11) as f64 / (1u64 << 53) as f64;
        doubled.min(self.longest_pause).mul_f64(0.5 + chance / 2.0)
    }

    /// The pause before a request that got `response` is repeated; `None` if it is not worth it.
    fn after_answer(&self, response: &HttpResponse, failures: u32) -> Option<Duration> {
        let passing = matches!(response.status().as_u16(), 408 | 425 | 429 | 500 | 502..=504);
        if !passing || failures >= self.attempts {
            return None;
        }
        let asked = response.headers().get("retry-after").and_then(|value| retry_after(value.to_str().ok()?));
        match asked {
            Some(wait) if wait > self.longest_wait => None,
            Some(wait) => Some(wait.max(self.pause(failures).min(Duration::from_secs(1)))),
            None => Some(self.pause(failures)),
        }
    }

    /// The pause before a request is repeated that went unanswered `silences` times in a row; `sending` of the time it
    /// `waited` may have gone by with sending it.
    fn after_silence(&self, error: &HttpError, silences: u32, waited: Duration, sending: Duration) -> Option<Duration> {
        let passing = !matches!(error.kind(), HttpErrorKind::Unknown | HttpErrorKind::Decode);
        let silent = waited >= self.silence.saturating_add(sending);
        (passing && !silent && silences < self.unanswered).then(|| self.pause(silences))
    }
}

/// How long `Retry-After` asks to wait: seconds or a date (RFC 9110, section 10.2.3).
pub(super) fn retry_after(value: &str) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = UNIX_EPOCH.checked_add(Duration::from_secs(http_date(value)?))?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.split(' ');
    let day: u64 = words.next()?.parse().ok()?;
    let month = MONTHS.iter().position(|m| words.clone().next() == Some(m)).map(|m| m as u64 + 1)?;
    let year: u64 = words.nth(1)?.parse().ok()?;
    let mut clock = words.next()?.split(':').map(str::parse::<u64>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    let possible = (1..=31).contains(&day) && (1970..=9999).contains(&year) && hour < 24 && minute < 60 && second < 61;
    // Days since 1970 in the Gregorian calendar, with years that begin in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = (365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day).checked_sub(719_469)?;
    possible.then_some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// How long the body of `request` may take to be sent: as long as over a poor line that sixteen of them share. That a
/// connection is dead is noticed sooner, by bytes that nobody confirms.
fn sending(request: &HttpRequest) -> Duration {
    /// Bytes of a body for which the wait for its answer is enough.
    const SMALL: usize = 64 << 10;
    /// Bytes in a second.
    const SLOWEST: u64 = 8 << 10;
    let length = request.body().content_length();
    if length <= SMALL || request.method() != "PUT" {
        return Duration::ZERO;
    }
    Duration::from_secs(length as u64 / SLOWEST)
}

/// An HTTP client that repeats requests by a [`Policy`].
pub(super) struct Patient {
    inner: HttpClient,
    /// For large bodies: a client that does not limit the wait for an answer, and how long that may take when all is
    /// sent.
    uploads: Option<(HttpClient, Duration)>,
    policy: Policy,
    /// The region that a refusal of S3 named, for the caller to ask there.
    region: Arc<Mutex<Option<String>>>,
}

impl Patient {
    pub(super) fn client(
        inner: HttpClient,
        uploads: Option<(HttpClient, Duration)>,
        policy: Policy,
        region: Arc<Mutex<Option<String>>>,
    ) -> HttpClient {
        HttpClient::new(Self { inner, uploads, policy, region })
    }

    /// One attempt, whose body may take `sending`.
    async fn attempt(&self, request: HttpRequest, sending: Duration) -> Result<HttpResponse, HttpError> {
        match &self.uploads {
            Some((client, idle)) if !sending.is_zero() => {
                let late = |_| HttpError::new(HttpErrorKind::Timeout, io::Error::other("no answer in time"));
                tokio::time::timeout(idle.saturating_add(sending), client.execute(request)).await.map_err(late)?
            }
            _ => self.inner.execute(request).await,
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (mut failures, mut silences) = (0, 0);
        let mut silent_since = Instant::now();
        let sending = sending(&request);
        loop {
            let answer = self.attempt(request.clone(), sending).await;
            let pause = match &answer {
                Ok(response) => {
                    (failures, silences, silent_since) = (failures + 1, 0, Instant::now());
                    self.policy.after_answer(response, failures)
                }
                Err(error) => {
                    silences += 1;
                    self.policy.after_silence(error, silences, silent_since.elapsed(), sending)
                }
            };
            let Some(pause) = pause else {
                self.remember_region(&answer);
                return answer;
            };
            drop(answer);
            tokio::time::sleep(pause).await;
        }
    }

    fn remember_region(&self, answer: &Result<HttpResponse, HttpError>) {
        let Ok(response) = answer else { return };
        if response.status().is_success() {
            return;
        }
        if let Some(Ok(region)) = response.headers().get("x-amz-bucket-region").map(|value| value.to_str()) {
            *self.region.lock().unwrap_or_else(PoisonError::into_inner) = Some(region.to_owned());
        }
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patient").finish_non_exhaustive()
    }
}

impl HttpService for Patient {
    // The signature that `#[async_trait]` gives the method.
    fn call<'life0, 'async_trait>(
        &'life0 self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(self.send(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_servers() {
        // date -u -d '1994-11-06 08:49:37' +%s
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        // date -u -d '2024-02-29 23:59:59' +%s
        assert_eq!(http_date("Thu, 29 Feb 2024 23:59:59 GMT"), Some(1_709_251_199));
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        for wrong in ["", "soon", "Thu, 29 Feb", "Thu, 99 Foo 2024 1:2:3 GMT", "Thu, 01 Jan 99999999999999999999 1:1:1"]
        {
            assert_eq!(http_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO), "past: now");
        assert_eq!(retry_after("-1"), None);
    }

    #[test]
    fn pauses_double_up_to_a_limit() {
        let policy = Policy::default();
        for (failures, whole) in [(1, 300), (2, 600), (4, 2400), (20, 20_000), (u32::MAX, 20_000)] {
            let pause = policy.pause(failures).as_millis();
            assert!((whole / 2..=whole).contains(&pause), "{failures}: {pause}");
        }
    }
}
