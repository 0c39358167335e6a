//! Addresses that anybody may read.

use url::Url;

/// Parts of a query's names that tell that it holds a key or a signature.
const SECRETS: [&str; 10] =
    ["sig", "token", "secret", "password", "passwd", "credential", "api_key", "apikey", "x-amz-", "x-goog-"];

/// A path or URL without what is for its owner alone: user and password, and queries that are signed or hold keys.
/// Catalogs are published, and signatures end.
///
/// ```
/// assert_eq!(catalog::public("https://me:secret@host/a.nc?v=1"), "https://host/a.nc?v=1");
/// assert_eq!(catalog::public("https://host/a.nc?se=2020&sig=abc"), "https://host/a.nc");
/// assert_eq!(catalog::public("a?sig=b.nc"), "a?sig=b.nc");
/// ```
pub fn public(place: &str) -> String {
    if !place.contains("://") {
        return place.to_owned();
    }
    let (plain, query) = place.split_once('?').map_or((place, None), |(plain, query)| (plain, Some(query)));
    let secret = |query: &str| {
        let names = query.split(['&', ';']).map(|pair| pair.split('=').next().unwrap_or_default().to_ascii_lowercase());
        names.into_iter().any(|name| name == "key" || SECRETS.iter().any(|secret| name.contains(secret)))
    };
    let query = query.filter(|query| !secret(query));
    let whole = query.map_or_else(|| plain.to_owned(), |query| format!("{plain}?{query}"));
    match Url::parse(&whole) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            let (scheme, rest) = whole.split_once("://").unwrap_or(("", &whole));
            let (authority, path) = rest.split_once('/').map_or((rest, None), |(a, p)| (a, Some(p)));
            let host = authority.rsplit('@').next().unwrap_or(authority);
            path.map_or_else(|| format!("{scheme}://{host}"), |path| format!("{scheme}://{host}/{path}"))
        }
        _ => whole,
    }
}
