//! What to leave out of a search that a server refuses.

use super::abilities::{Abilities, Part};
use super::plan::Plan;
use super::terms;
use crate::Search;
use crate::http::Failure;

/// Parts with the words by which servers speak of them, those first whose words mean nothing else.
const WORDS: [(Part, &[&str]); 6] = [
    (Part::Limit, &["limit"]),
    (Part::Sort, &["sort"]),
    (Part::Fields, &["fields"]),
    (Part::Intersects, &["intersects", "geometry", "geojson"]),
    (Part::Filter, &["filter", "cql"]),
    (Part::Query, &["query"]),
];
/// Parts in the order in which servers are likely not to take them.
const LIKELY: [Part; 5] = [Part::Filter, Part::Query, Part::Sort, Part::Fields, Part::Intersects];

/// The abilities that are left after `failure` of the first request of `plan`, and what to tell of it; none when the request
/// can't be put otherwise.
pub(super) fn weaker(
    abilities: &Abilities,
    plan: &Plan<'_>,
    search: &Search,
    failure: &Failure,
) -> Option<(Abilities, Option<String>)> {
    let (status, said) = failure.refusal()?;
    let lower = said.to_lowercase();
    let mut left = abilities.clone();
    if matches!(status, 404 | 405 | 415 | 501) {
        left.post.take()?;
        left.refused.clear();
        return left.get.is_some().then_some((left, None));
    }
    if status == 414 && plan.sends_geometry() {
        left.lose(Part::Intersects);
        return Some((left, Some(note(Part::Intersects, status, said))));
    }
    let page = plan.page(false);
    let (filter, query) = plan.uses();
    let used = |part: &Part| match part {
        Part::Limit => page > 1,
        Part::Sort => !search.sortby.is_empty() && !plan.sorts,
        Part::Fields => {
            abilities.takes(Part::Fields) && !(search.fields.include.is_empty() && search.fields.exclude.is_empty())
        }
        Part::Intersects => plan.sends_geometry(),
        Part::Filter => filter,
        Part::Query => query,
    };
    let named = WORDS.iter().find(|(part, words)| used(part) && words.iter().any(|word| lower.contains(word)));
    let part = named.map(|(part, _)| *part).or_else(|| LIKELY.into_iter().find(used))?;
    // A property that the server does not know is for the user to mend, not for us to look for in all there is.
    let users_mistake = || names(search).iter().any(|name| lower.contains(&name.to_lowercase()));
    match part {
        Part::Limit => left.page = Some(if page > 100 { 100 } else { (page / 10).max(1) }),
        Part::Filter => {
            left.refused.extend(abilities.form());
            if left.form().is_none() && users_mistake() {
                return None;
            }
        }
        Part::Query if abilities.form().is_none() && users_mistake() => return None,
        Part::Query | Part::Sort | Part::Fields | Part::Intersects => left.lose(part),
    }
    Some((left, Some(note(part, status, said))))
}

fn note(part: Part, status: u16, said: &str) -> String {
    let what = match part {
        Part::Limit => "the size of the pages",
        Part::Sort => "to sort",
        Part::Fields => "to leave fields out",
        Part::Intersects => "the geometry",
        Part::Filter => "this form of the filter",
        Part::Query => "the query",
    };
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    format!("the server refuses {what} ({status}{said})")
}

/// The properties that a search names.
fn names(search: &Search) -> Vec<String> {
    let mut names: Vec<_> = search.query.iter().map(|term| term.property.clone()).collect();
    if let Some(Ok(json)) = search.filter.as_ref().map(cql2::Expr::to_value) {
        terms::properties(&json, &mut names);
    }
    names
}
