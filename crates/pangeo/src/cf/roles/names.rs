//! Names inside attributes, and what they refer to.
//!
//! CF attributes name other variables as a blank-separated list (`coordinates`), as pairs
//! (`cell_measures = "area: areacella"`) or as keys with lists (`grid_mapping = "crs: x y"`).
//! Inside groups a name is looked up as CF §2.7 has it.

use std::collections::HashMap;

use crate::model::Dataset;

/// The blank-separated words of a list.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t', '\n', '\r', '\0']).filter(|w| !w.is_empty())
}

/// The values of `key: value` pairs (`area: areacella volume: v` → `areacella`, `v`). Words after a
/// bracket or keys without a value are no names.
pub(super) fn values(text: &str) -> impl Iterator<Item = &str> {
    words(text).filter(|w| !w.ends_with(':')).map(|w| match w.rsplit_once(':') {
        Some((_, value)) => value, // `area:areacella` without the blank
        None => w,
    })
}

/// The keys of `key: value …` (`crs: x y` → `crs`); without a colon the words themselves.
pub(super) fn keys(text: &str) -> Vec<&str> {
    if text.contains(':') { words(text).filter_map(|w| w.strip_suffix(':')).collect() } else { words(text).collect() }
}

/// The key whose list holds one of `wanted` (`crs: x y wgs84: lat lon`, `lat` → `wgs84`); the first
/// key if none does.
pub(super) fn key_listing(text: &str, wanted: impl Fn(&str) -> bool) -> Option<&str> {
    if !text.contains(':') {
        return words(text).next();
    }
    let (mut first, mut current) = (None, None);
    for word in words(text) {
        if let Some(key) = word.strip_suffix(':') {
            current = Some(key);
            first = first.or(current);
        } else if current.is_some() && wanted(word) {
            return current;
        }
    }
    first
}

/// The last part of a name: `group/sub/name` → `name`.
pub(super) fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The group of a name: `group/sub/name` → `group/sub`, empty at the root.
pub(super) fn group(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(group, _)| group)
}

/// Variables by name, and how names are looked up from inside groups.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    index: HashMap<String, usize>,
    grouped: bool,
}

impl Scope {
    /// The variables of `dataset`.
    pub(super) fn of(dataset: &Dataset) -> Self {
        let index: HashMap<_, _> = dataset.variables.iter().enumerate().map(|(i, v)| (v.name.clone(), i)).collect();
        let grouped = dataset.variables.iter().any(|v| v.name.contains('/'));
        Self { index, grouped }
    }

    /// The variable of exactly this name.
    pub(super) fn get(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// What `reference` means inside the variable `from` (CF §2.7): an absolute or relative path,
    /// else the nearest variable of that name going up to the root, else the one of that name
    /// nearest below the root if only one lies so near.
    pub(super) fn resolve(&self, from: &str, reference: &str) -> Option<usize> {
        if !self.grouped {
            return self.get(reference).or_else(|| self.get(reference.strip_prefix('/')?));
        }
        if let Some(absolute) = reference.strip_prefix('/') {
            return self.get(absolute);
        }
        let mut scope = group(from);
        let mut rest = reference;
        while let Some(up) = rest.strip_prefix("../") {
            scope = group(scope);
            rest = up;
        }
        if let Some(found) = self.upwards(scope, rest) {
            return Some(found);
        }
        self.sideways(rest)
    }

    fn upwards(&self, mut scope: &str, name: &str) -> Option<usize> {
        loop {
            let full = if scope.is_empty() { name.to_owned() } else { format!("{scope}/{name}") };
            if let Some(found) = self.get(&full) {
                return Some(found);
            }
            if scope.is_empty() {
                return None;
            }
            scope = group(scope);
        }
    }

    fn sideways(&self, name: &str) -> Option<usize> {
        let depth = |full: &str| full.matches('/').count();
        let mut found: Vec<(usize, usize)> =
            self.index.iter().filter(|(full, _)| base(full) == name).map(|(full, &i)| (depth(full), i)).collect();
        found.sort_unstable();
        match found.as_slice() {
            [(_, only)] => Some(*only),
            [(near, first), (next, _), ..] if near < next => Some(*first),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cdl::dataset;
    use super::*;

    #[test]
    fn lists_pairs_and_keys() {
        assert_eq!(words(" lat\tlon\n").collect::<Vec<_>>(), ["lat", "lon"]);
        assert_eq!(values("area: areacella volume:vol").collect::<Vec<_>>(), ["areacella", "vol"]);
        assert_eq!(keys("crs"), ["crs"]);
        assert_eq!(keys("crsOSGB: x y crsWGS84: lat lon"), ["crsOSGB", "crsWGS84"]);
        assert_eq!(key_listing("crsOSGB: x y crsWGS84: lat lon", |w| w == "lat"), Some("crsWGS84"));
    }

    #[test]
    fn a_name_in_a_group_is_found_above_it_then_beside_it() {
        let data = dataset(
            "netcdf g { dimensions: n = 1 ; variables: float lat(n) ; float a/lat(n) ; float a/b/no2(n) ;
             float a/c/lon(n) ; }",
        );
        let scope = Scope::of(&data);
        let name = |reference| scope.resolve("a/b/no2", reference).map(|i| data.variables[i].name.as_str());
        assert_eq!(name("lat"), Some("a/lat"));
        assert_eq!(name("/lat"), Some("lat"));
        assert_eq!(name("../../lat"), Some("lat"));
        assert_eq!(name("lon"), Some("a/c/lon"));
        assert_eq!(name("nowhere"), None);
    }
}
