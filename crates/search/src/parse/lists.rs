//! `--sortby` and `--fields`.

use pangeo::{Error, Result};
use stac::api::{Direction, Fields, Sortby};

use super::wrong;

/// The order: fields with a comma between, each with `-` in front where it descends, or with `+`.
///
/// # Errors
/// A usage error when a field has no name.
pub fn sortby(text: &str) -> Result<Vec<Sortby>> {
    let one = |(sign, field): (Option<char>, &str)| Sortby {
        field: field.to_owned(),
        direction: if sign == Some('-') { Direction::Descending } else { Direction::Ascending },
    };
    let names = signed(text).ok_or_else(|| nameless("the order", text, "write fields as -properties.datetime,id"))?;
    Ok(names.into_iter().map(one).collect())
}

/// The members to keep: names with a comma between, each with `-` in front where it is left out.
///
/// # Errors
/// A usage error when a field has no name.
pub fn fields(text: &str) -> Result<Fields> {
    let names = signed(text);
    let names =
        names.ok_or_else(|| nameless("the fields", text, "write them as id,properties.eo:cloud_cover,-geometry"))?;
    let (exclude, include): (Vec<_>, Vec<_>) = names.into_iter().partition(|(sign, _)| *sign == Some('-'));
    let texts = |names: Vec<(Option<char>, &str)>| names.into_iter().map(|(_, name)| name.to_owned()).collect();
    Ok(Fields { include: texts(include), exclude: texts(exclude) })
}

/// Names with their signs; none where one is empty.
fn signed(text: &str) -> Option<Vec<(Option<char>, &str)>> {
    let one = |name: &'_ str| -> Option<(Option<char>, usize)> {
        let sign = name.chars().next().filter(|c| matches!(c, '+' | '-'));
        (name.len() > usize::from(sign.is_some())).then_some((sign, usize::from(sign.is_some())))
    };
    text.split(',')
        .map(str::trim)
        .map(|name| one(name).and_then(|(sign, skip)| Some((sign, name.get(skip..)?.trim()))))
        .map(|found| found.filter(|(_, name)| !name.is_empty()))
        .collect()
}

fn nameless(what: &str, text: &str, hint: &str) -> Error {
    wrong(what, text, "a field has no name", hint)
}
