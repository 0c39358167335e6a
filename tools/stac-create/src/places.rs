//! The names of data, and how objects refer to them.

use std::collections::BTreeMap;
use std::path::Path;

use pangeo::{Error, Result};

/// Whether data are behind a URL.
pub(crate) fn is_remote(place: &str) -> bool {
    place.split_once("://").is_some_and(|(scheme, _)| scheme != "file")
}

/// The last part of a path or a URL, without what follows a question mark.
pub(crate) fn name(place: &str) -> &str {
    let plain = if is_remote(place) { place.split(['?', '#']).next().unwrap_or_default() } else { place };
    plain.trim_end_matches('/').rsplit('/').next().unwrap_or(plain)
}

/// How each of the data is referred to, with local ones below `prefix`; without secrets.
///
/// # Errors
/// [`Error::Usage`] for a prefix that is no URL, and for data of the same name below it.
pub(crate) fn references(data: &[String], prefix: Option<&str>) -> Result<Vec<String>> {
    let Some(prefix) = prefix else { return Ok(data.iter().map(|place| catalog::public(place)).collect()) };
    if !prefix.contains("://") {
        return Err(Error::usage(format!("'{prefix}' is no URL to find data below"))
            .with_hint("write --href-prefix s3://BUCKET/FOLDER or https://HOST/FOLDER"));
    }
    let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
    let mut found = Vec::with_capacity(data.len());
    for place in data {
        if is_remote(place) {
            found.push(catalog::public(place));
            continue;
        }
        let name = name(place);
        if let Some(other) = taken.insert(name, place) {
            return Err(Error::usage(format!("{other} and {place} would both be {prefix}/{name}"))
                .with_hint("give data different names"));
        }
        found.push(format!("{}/{}", prefix.trim_end_matches('/'), escaped(name)));
    }
    Ok(found)
}

/// A name as a part of a URL (RFC 3986).
fn escaped(name: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
    name.bytes().fold(String::new(), |text, byte| {
        text + &if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    })
}

/// Refuses a catalog inside of a store that it is to describe.
///
/// # Errors
/// [`Error::Usage`] that names both.
pub(crate) fn refuse_inside(output: &Path, data: &[String]) -> Result<()> {
    let mut known = output;
    let whole = loop {
        if let Ok(whole) = known.canonicalize() {
            break whole;
        }
        match known.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            Some(parent) => known = parent,
            None => return Ok(()),
        }
    };
    for place in data.iter().filter(|place| !is_remote(place)) {
        let Ok(path) = Path::new(place).canonicalize() else { continue };
        if path.is_dir() && whole.starts_with(&path) {
            return Err(Error::usage(format!("the catalog {} would lie inside {place}", output.display()))
                .with_hint("write it to another folder"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_references() {
        for (place, expected) in
            [("a/b.nc", "b.nc"), ("s3://b/x.zarr/", "x.zarr"), ("https://h/a.nc?token=1", "a.nc"), ("a?b", "a?b")]
        {
            assert_eq!(name(place), expected);
        }
        let data = ["a/x y.nc".to_owned(), "s3://b/z.nc".to_owned()];
        assert_eq!(references(&data, Some("https://h/d/")).unwrap(), ["https://h/d/x%20y.nc", "s3://b/z.nc"]);
        assert_eq!(references(&data, Some("s3://b")).unwrap()[0], "s3://b/x%20y.nc");
        assert!(references(&["a/x.nc".to_owned(), "b/x.nc".to_owned()], Some("s3://b")).is_err());
        assert!(references(&data, Some("/d")).is_err());
    }
}
