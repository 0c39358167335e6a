//! Attributes that name variables, after some of these are gone.

use crate::model::{AttributeValue, Attributes, Dataset};

/// Attributes of stored numbers, which say nothing of others.
pub(crate) const OF_STORED: [&str; 9] = [
    "scale_factor",
    "add_offset",
    "_Unsigned",
    "_FillValue",
    "missing_value",
    "actual_range",
    "valid_range",
    "valid_min",
    "valid_max",
];

/// Take names of variables that are not there out of the attributes that list them; an attribute that
/// lists nothing more goes. (`cell_measures` may name a variable of another file, CF §7.2.)
pub(crate) fn forget_missing(dataset: &mut Dataset, gone: &[String]) {
    dataset.variables.iter_mut().for_each(|variable| forget(&mut variable.attributes, gone));
}

/// As [`forget_missing`], for one variable.
pub(crate) fn forget(attributes: &mut Attributes, gone: &[String]) {
    let is_gone = |name: &str| gone.iter().any(|g| g == name);
    for attribute in ["coordinates", "ancillary_variables", "bounds", "climatology", "grid_mapping", "mesh"] {
        let Some(text) = attributes.text(attribute).map(str::to_owned) else { continue };
        if !text.split_whitespace().any(|w| is_gone(w.trim_end_matches(':'))) {
            continue;
        }
        // The longer form of grid_mapping (`crs: x y`) stays whole or goes.
        let kept: Vec<&str> = text.split_whitespace().filter(|w| !is_gone(w) && !text.contains(':')).collect();
        set(attributes, attribute, &kept.join(" "));
        if attribute == "mesh" {
            attributes.remove("location");
        }
    }
    for attribute in ["cell_measures", "formula_terms"] {
        let Some(text) = attributes.text(attribute).map(str::to_owned) else { continue };
        let words: Vec<&str> = text.split_whitespace().collect();
        let pairs = words.chunks(2).filter(|pair| !pair.last().is_some_and(|name| is_gone(name)));
        let kept: Vec<String> = pairs.map(|pair| pair.join(" ")).collect();
        set(attributes, attribute, &kept.join(" "));
    }
}

/// Add `names` to the attribute `coordinates`.
pub(crate) fn add_coordinates(attributes: &mut Attributes, names: &[String]) {
    let mut all: Vec<String> =
        attributes.text("coordinates").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    for name in names {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    set(attributes, "coordinates", &all.join(" "));
}

fn set(attributes: &mut Attributes, name: &str, text: &str) {
    if text.is_empty() {
        attributes.remove(name);
    } else {
        attributes.set(name, AttributeValue::Text(text.to_owned()));
    }
}

/// How an attribute of `variable` names `other` (CF §2.7): by its own name where it stands in the same group
/// or one above, else by its whole path.
pub(crate) fn seen_from(variable: &str, other: &str) -> String {
    let (group, own) = other.rsplit_once('/').unwrap_or(("", other));
    let above = group.is_empty() || variable.strip_prefix(group).is_some_and(|rest| rest.starts_with('/'));
    if above { own.to_owned() } else { format!("/{other}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_groups_are_short_where_they_are_found() {
        for (variable, other, seen) in [
            ("t", "time", "time"),
            ("forecast/surface/t", "forecast/time", "time"),
            ("forecast/t", "time", "time"),
            ("surface/t", "forecast/time", "/forecast/time"),
            ("forecasts/t", "forecast/time", "/forecast/time"),
        ] {
            assert_eq!(seen_from(variable, other), seen, "{other} from {variable}");
        }
    }
}
