//! Variables by name, glob or standard name, as `-v` takes them.

use std::collections::HashSet;

use super::Roles;
use super::names::base;
use crate::model::Dataset;
use crate::{Error, Result};

/// The variables that `patterns` ask for, in the order of the dataset, each once.
///
/// A pattern is a name (the part behind the groups is enough where it is the only one), a glob
/// (`*`, `?`, `[a-c]`), `standard_name=air_temperature`, or several of these between commas. Globs
/// and standard names mean data variables; others only if no data variable matches, so that `t*`
/// does not ask for `time`. Without patterns: all data variables.
///
/// # Errors
/// [`Error::NotFound`] for a pattern that matches nothing, with the names that come near it;
/// [`Error::Usage`] for a bare name that several groups have, and for patterns that are all empty.
pub fn resolve_variables<S: AsRef<str>>(dataset: &Dataset, roles: &Roles, patterns: &[S]) -> Result<Vec<String>> {
    if patterns.is_empty() {
        return Ok(roles.data_variables().into_iter().map(str::to_owned).collect());
    }
    let mut wanted: Vec<String> = Vec::new();
    for pattern in patterns.iter().map(AsRef::as_ref) {
        if dataset.variable(pattern).is_some() {
            wanted.push(pattern.to_owned()); // a name may hold a comma or a star
            continue;
        }
        for part in pattern.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            wanted.extend(matching(dataset, roles, part)?);
        }
    }
    if wanted.is_empty() {
        return Err(Error::usage("no variable is named").with_hint("give a name, or leave the option out to keep all"));
    }
    let wanted: HashSet<String> = wanted.into_iter().collect();
    let kept = dataset.variables.iter().filter(|v| wanted.contains(&v.name));
    Ok(kept.map(|v| v.name.clone()).collect())
}

fn matching(dataset: &Dataset, roles: &Roles, pattern: &str) -> Result<Vec<String>> {
    if dataset.variable(pattern).is_some() {
        return Ok(vec![pattern.to_owned()]);
    }
    if let Some(standard_name) = pattern.strip_prefix("standard_name=") {
        let found = data_first(dataset, roles, |name| {
            let variable = dataset.variable(name);
            variable.and_then(|v| v.attributes.text("standard_name")).is_some_and(|s| s.trim() == standard_name)
        });
        return non_empty(found, || {
            let mut all: Vec<String> =
                dataset.variables.iter().filter_map(|v| v.attributes.text("standard_name")).map(Into::into).collect();
            all.dedup();
            not_found("standard name", standard_name, dataset, all)
        });
    }
    if pattern.contains(['*', '?', '[']) {
        let found = data_first(dataset, roles, |name| glob(pattern, name) || glob(pattern, base(name)));
        return non_empty(found, || {
            let all = roles.data_variables().into_iter().map(str::to_owned).collect();
            not_found("variable", pattern, dataset, all)
        });
    }
    let in_groups: Vec<&str> =
        dataset.variables.iter().map(|v| v.name.as_str()).filter(|n| base(n) == pattern).collect();
    match in_groups.as_slice() {
        [only] => Ok(vec![(*only).to_owned()]),
        [] => {
            let all = dataset.variables.iter().map(|v| v.name.clone()).collect();
            Err(not_found("variable", pattern, dataset, all))
        }
        several => Err(Error::usage(format!("variable '{pattern}' is in several groups of {}", dataset.source))
            .with_hint(format!("write one of {}", several.join(", ")))),
    }
}

fn non_empty(found: Vec<String>, error: impl FnOnce() -> Error) -> Result<Vec<String>> {
    if found.is_empty() { Err(error()) } else { Ok(found) }
}

/// The data variables that match; if none does, the others.
fn data_first(dataset: &Dataset, roles: &Roles, matches: impl Fn(&str) -> bool) -> Vec<String> {
    let found: Vec<String> = roles.data_variables().into_iter().filter(|n| matches(n)).map(str::to_owned).collect();
    if !found.is_empty() {
        return found;
    }
    dataset.variables.iter().map(|v| v.name.clone()).filter(|n| matches(n)).collect()
}

/// The error for a name that is not among `all`: it lists those near to it, or all.
fn not_found(kind: &'static str, name: &str, dataset: &Dataset, all: Vec<String>) -> Error {
    let close = near(name, &all);
    let has = if close.is_empty() { all } else { close };
    Error::NotFound { kind, name: name.to_owned(), place: dataset.source.clone(), has }
}

/// Those of `names` that someone who wrote `name` may have meant, nearest first: few letters differ,
/// or one holds the other's letters in order (`pm25` in `pm2p5_conc`). Case is ignored.
pub fn near<S: AsRef<str>>(name: &str, names: &[S]) -> Vec<String> {
    const MOST: usize = 200; // longer names are never typed
    let wanted: Vec<char> = name.to_lowercase().chars().take(MOST).collect();
    let mut found: Vec<(usize, usize, String)> = Vec::new();
    for (at, candidate) in names.iter().map(AsRef::as_ref).enumerate() {
        let letters: Vec<char> = base(candidate).to_lowercase().chars().take(MOST).collect();
        let distance = edit_distance(&wanted, &letters);
        let few = distance <= (wanted.len().min(letters.len()) / 3).max(1);
        let inside = wanted.len() >= 3 && (is_within(&wanted, &letters) || is_within(&letters, &wanted));
        if few || (inside && letters.len() >= 3) {
            found.push((distance, at, candidate.to_owned()));
        }
    }
    found.sort();
    found.into_iter().map(|(_, _, name)| name).take(8).collect()
}

/// Whether all of `letters` stand in `text` in their order.
fn is_within(letters: &[char], text: &[char]) -> bool {
    let mut rest = text.iter();
    letters.iter().all(|c| rest.any(|d| d == c))
}

/// How many letters must be changed, put in, left out or swapped with their neighbour.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

/// Whether `name` matches the shell pattern: `*`, `?`, `[abc]`, `[a-c]`, `[!a]`.
fn glob(pattern: &str, name: &str) -> bool {
    let (p, n): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut i, mut j) = (0, 0);
    let mut star: Option<(usize, usize)> = None; // where to go on after giving a star one more letter
    while let Some(&letter) = n.get(j) {
        match p.get(i) {
            Some('*') => {
                star = Some((i + 1, j));
                i += 1;
                continue;
            }
            Some(_) => {
                if let Some(width) = one(p.get(i..).unwrap_or(&[]), letter) {
                    i += width;
                    j += 1;
                    continue;
                }
            }
            None => {}
        }
        let Some((after, taken)) = star else { return false };
        star = Some((after, taken + 1));
        (i, j) = (after, taken + 1);
    }
    p.get(i..).is_none_or(|rest| rest.iter().all(|c| *c == '*'))
}

/// How much of the pattern the letter uses up; `None` if it does not match.
fn one(pattern: &[char], letter: char) -> Option<usize> {
    match pattern {
        ['?', ..] => Some(1),
        ['[', rest @ ..] => {
            let (negated, set) = match rest {
                ['!' | '^', set @ ..] => (true, set),
                set => (false, set),
            };
            let Some(end) = set.iter().skip(1).position(|c| *c == ']').map(|at| at + 1) else {
                return (letter == '[').then_some(1); // an unclosed bracket is a letter
            };
            let inside = set.get(..end).is_some_and(|set| in_set(set, letter));
            (inside != negated).then_some(end + 2 + usize::from(negated))
        }
        [c, ..] => (*c == letter).then_some(1),
        [] => None,
    }
}

fn in_set(set: &[char], letter: char) -> bool {
    let range = set.windows(3).any(|w| matches!(w, [a, '-', b] if (*a..=*b).contains(&letter)));
    range || set.contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::super::cdl::dataset;
    use super::*;

    fn ask(patterns: &[&str]) -> Result<Vec<String>> {
        let data = dataset(
            r#"netcdf air { dimensions: time = 2 ; lat = 3 ; variables: double time(time) ; time:units="days since 2000-1-1";
            double lat(lat) ; float t2m(time, lat) ; t2m:standard_name="air_temperature" ; float tp(time, lat) ;
            float pm2p5_conc(time) ; float g/no2(time) ; float h/no2(time) ; float h/o3(time) ; }"#,
        );
        resolve_variables(&data, &Roles::of(&data), patterns)
    }

    #[test]
    fn names_globs_and_standard_names_in_the_order_of_the_file() {
        assert_eq!(ask(&["tp,t2m"]).unwrap(), ["t2m", "tp"]);
        assert_eq!(ask(&["t*"]).unwrap(), ["t2m", "tp"]);
        assert_eq!(ask(&["lat*"]).unwrap(), ["lat"]);
        assert_eq!(ask(&["standard_name=air_temperature"]).unwrap(), ["t2m"]);
        assert_eq!(ask(&["o3"]).unwrap(), ["h/o3"]);
        assert_eq!(ask(&["g/*"]).unwrap(), ["g/no2"]);
    }

    #[test]
    fn a_wrong_name_is_told_what_is_near() {
        let error = ask(&["pm25"]).unwrap_err();
        assert_eq!(error.to_string(), "variable 'pm25' not found in test.nc");
        assert_eq!(error.hint().unwrap(), "it has pm2p5_conc");
        assert_eq!(ask(&["tm2"]).unwrap_err().hint().unwrap(), "it has t2m");
        assert_eq!(ask(&["no2"]).unwrap_err().exit_code(), 2);
        assert_eq!(ask(&["standard_name=air_temprature"]).unwrap_err().hint().unwrap(), "it has air_temperature");
    }

    #[test]
    fn edit_distances() {
        let distance = |a: &str, b: &str| edit_distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!([distance("kitten", "sitting"), distance("tm2", "t2m"), distance("", "ab")], [3, 1, 2]);
    }

    #[test]
    fn globs() {
        for (pattern, name, matches) in [
            ("*", "", true),
            ("a*b*c", "axxbxbc", true),
            ("a?c", "ac", false),
            ("u[0-9]0", "u10", true),
            ("u[!0-9]", "u1", false),
            ("t[", "t[", true),
            ("*_bnds", "time_bnds", true),
            ("**t", "t", true),
        ] {
            assert_eq!(glob(pattern, name), matches, "{pattern} {name}");
        }
    }
}
