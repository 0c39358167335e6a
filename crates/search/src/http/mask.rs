//! Addresses as they may be shown.

use url::Url;

/// Parts of the names of parameters whose values are secrets.
const SECRET: [&str; 7] = ["token", "sig", "key", "secret", "password", "credential", "auth"];
/// What stands for a secret.
const HIDDEN: &str = "***";
/// Longer addresses are cut.
const LONGEST: usize = 400;

/// The address without user name, password and the values of parameters that may be secrets; cut when very long.
pub(crate) fn masked(url: &Url) -> String {
    let mut shown = url.clone();
    if !shown.username().is_empty() || shown.password().is_some() {
        // Only an address without a host refuses, and that has no user.
        let _ = shown.set_username(HIDDEN);
        let _ = shown.set_password(None);
    }
    let query = url.query().map(|query| query.split('&').map(hidden).collect::<Vec<_>>().join("&"));
    shown.set_query(query.as_deref());
    let mut text = shown.to_string();
    if let Some((cut, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

/// One parameter, its value hidden where the name tells of a secret.
fn hidden(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if SECRET.iter().any(|word| name.to_ascii_lowercase().contains(word)) => {
            format!("{name}={HIDDEN}")
        }
        _ => parameter.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn secrets_are_not_shown() {
        let cases = [
            ("https://u:p@h.org/a?limit=2", "https://***@h.org/a?limit=2"),
            ("https://h.org/a?sig=x%2F&se=1", "https://h.org/a?sig=***&se=1"),
            (
                "https://h.org/a?X-Amz-Signature=1&api_key=2&Token=3",
                "https://h.org/a?X-Amz-Signature=***&api_key=***&Token=***",
            ),
            ("https://h.org/a", "https://h.org/a"),
        ];
        for (url, shown) in cases {
            assert_eq!(super::masked(&url.parse().unwrap()), shown);
        }
        let long = format!("https://h.org/?ids={}", "x".repeat(9000));
        assert!(super::masked(&long.parse().unwrap()).chars().count() <= super::LONGEST + 1);
    }
}
