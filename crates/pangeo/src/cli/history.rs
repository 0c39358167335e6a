//! The line that each tool puts on top of the global `history` attribute (CF §2.6.2).

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::{AttributeValue, Dataset, text_of};
use crate::ops::describe::attribute_text;

/// Put `TIME: TOOL VERSION: COMMAND` on top of the history, followed by any `remarks`. What stood there
/// stays, whatever its form: a list of texts gets one more, bytes that are no UTF-8 are read as
/// Latin-1, in which any are text.
pub fn stamp(dataset: &mut Dataset, remarks: &[String]) {
    let mut line = format!("{}: {}", now(), command());
    for remark in remarks {
        line.push_str(&format!(" ({remark})"));
    }
    let old = match dataset.attributes.get("history") {
        None => String::new(),
        Some(AttributeValue::Strings(lines)) if lines.len() > 1 => {
            let lines = std::iter::once(line).chain(lines.iter().cloned()).collect();
            return dataset.attributes.set("history", AttributeValue::Strings(lines));
        }
        Some(AttributeValue::Bytes(bytes)) => text_of(bytes),
        Some(other) => other.as_text().map_or_else(|| attribute_text(other), str::to_owned),
    };
    let old = old.trim_end_matches(['\n', '\0']);
    let history = if old.is_empty() { line } else { format!("{line}\n{old}") };
    dataset.attributes.set("history", history);
}

/// The command as typed, without the secrets that URLs may carry.
fn command() -> String {
    let mut words = std::env::args();
    let tool = words.next().unwrap_or_default();
    let tool = tool.rsplit('/').next().unwrap_or_default().to_owned();
    let rest = words.map(|w| quoted(&without_secrets(&w))).collect::<Vec<_>>().join(" ");
    format!("{tool} {}: {tool} {rest}", env!("CARGO_PKG_VERSION"))
}

/// A URL without user, password and query (signatures live there).
pub(super) fn without_secrets(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, tail) = path.find('/').map_or((path, ""), |at| path.split_at(at));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{tail}")
}

/// A word as a shell would need it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+^".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The present time in UTC, to the second, ISO 8601.
fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days as i64);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// The Gregorian date of a day counted from 1970-01-01: years are taken to begin in March, so that
/// the leap day is the last of its year.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_days() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(20_779), (2026, 11, 22));
    }

    #[test]
    fn secrets_stay_out_of_the_history() {
        let signed = "https://me:pw@host/data/a.nc?X-Amz-Signature=abc";
        assert_eq!(without_secrets(signed), "https://host/data/a.nc");
        assert_eq!(without_secrets("a.nc"), "a.nc");
    }

    #[test]
    fn new_lines_go_on_top() {
        let mut dataset = Dataset::default();
        dataset.attributes.set("history", "made\n");
        stamp(&mut dataset, &["a remark".to_owned()]);
        let text = dataset.attributes.text("history").unwrap();
        assert!(text.ends_with("(a remark)\nmade"), "{text}");
    }

    #[test]
    fn old_lines_stay_whatever_their_form() {
        let mut dataset = Dataset::default();
        dataset.attributes.set("history", AttributeValue::Bytes(b"2001: in Z\xfcrich\0".to_vec()));
        stamp(&mut dataset, &[]);
        let text = dataset.attributes.text("history").unwrap();
        assert!(text.ends_with("\n2001: in Zürich"), "{text}");
        dataset.attributes.set("history", AttributeValue::Strings(vec!["second".into(), "first".into()]));
        stamp(&mut dataset, &[]);
        let Some(AttributeValue::Strings(lines)) = dataset.attributes.get("history") else { panic!("no list") };
        assert_eq!((lines.len(), &lines[1..]), (3, &["second".to_owned(), "first".to_owned()][..]));
        dataset.attributes.set("history", 2001.0);
        stamp(&mut dataset, &[]);
        let text = dataset.attributes.text("history").unwrap();
        assert!(text.lines().nth(1).is_some_and(|l| l.starts_with("2001")), "{text}");
    }
}
