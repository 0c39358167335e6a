//! How long to wait before a request is sent again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// No pause of our own is longer.
const LONGEST: Duration = Duration::from_secs(30);

/// What the server asks to wait: seconds, or until a date (RFC 9110, section 10.2.3), which is compared with the server's own
/// clock where that is told.
pub(super) fn asked_for(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| DateTime::parse_from_rfc2822(text).ok().map(|date| date.with_timezone(&Utc));
    let now = headers.get(DATE).and_then(|value| date(value.to_str().ok()?));
    let now = now.unwrap_or_else(|| DateTime::<Utc>::from(SystemTime::now()));
    // A date that has passed means at once.
    Some((date(text)? - now).to_std().unwrap_or_default())
}

/// The pause before retry number `retry` (0 the first): doubled each time, and up to a quarter longer by an amount that
/// depends on the address, so that many clients do not return at once.
pub(super) fn backoff(first: Duration, retry: u32, address: &str) -> Duration {
    let mut hasher = DefaultHasher::new();
    (address, retry, std::process::id()).hash(&mut hasher);
    let spread = (hasher.finish() % 1000) as f64 / 4000.0;
    first.saturating_mul(1 << retry.min(16)).min(LONGEST).mul_f64(1.0 + spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(retry_after: &str) -> HeaderMap {
        let date = "Wed, 21 Oct 2015 07:28:00 GMT".parse().unwrap();
        HeaderMap::from_iter([(RETRY_AFTER, retry_after.parse().unwrap()), (DATE, date)])
    }

    #[test]
    fn servers_ask_in_seconds_or_by_date() {
        let seconds = |text| asked_for(&headers(text)).map(|d| d.as_secs());
        assert_eq!(seconds("7"), Some(7));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:29:30 GMT"), Some(90));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:00:00 GMT"), Some(0));
        assert_eq!(seconds("soon"), None);
        assert_eq!(asked_for(&HeaderMap::new()), None);
    }

    #[test]
    fn pauses_double_up_to_a_limit() {
        let pause = |retry| backoff(Duration::from_millis(100), retry, "https://h.org").as_millis();
        assert!((100..=125).contains(&pause(0)) && (400..=500).contains(&pause(2)));
        assert!((30_000..=37_500).contains(&pause(20)));
        assert_eq!(pause(3), pause(3));
    }
}
