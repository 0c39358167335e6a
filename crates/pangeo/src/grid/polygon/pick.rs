//! Choosing features by their properties: `--where-in NAME=VALUE`.

use std::str::FromStr;

use serde_json::Value;

use super::Feature;
use crate::{Error, Result};

/// One wanted value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeaturePick {
    /// The property.
    pub name: String,
    /// Its value as text; numbers are compared as numbers.
    pub value: String,
}

impl FromStr for FeaturePick {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let hint = "write --where-in NAME=VALUE, as in --where-in continent=Africa";
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| Error::usage(format!("'=' is missing in --where-in '{text}'")).with_hint(hint))?;
        if name.trim().is_empty() {
            return Err(Error::usage(format!("a name is missing before '=' in --where-in '{text}'")).with_hint(hint));
        }
        Ok(Self { name: name.trim().to_owned(), value: value.trim().to_owned() })
    }
}

impl FeaturePick {
    fn matches(&self, feature: &Feature) -> bool {
        match feature.properties.get(&self.name) {
            Some(Value::String(text)) => text.trim() == self.value,
            Some(Value::Number(number)) => number.as_f64().is_some_and(|number| Ok(number) == self.value.parse()),
            Some(Value::Bool(truth)) => Ok(*truth) == self.value.to_lowercase().parse(),
            _ => false,
        }
    }
}

/// The features that have one of the wanted values; all of them if nothing is wanted.
///
/// # Errors
/// [`Error::NotFound`] if a wanted property or value does not occur, with those that do.
pub fn pick(features: Vec<Feature>, wanted: &[FeaturePick], file: &str) -> Result<Vec<Feature>> {
    for pick in wanted {
        if features.iter().any(|feature| pick.matches(feature)) {
            continue;
        }
        let mut has: Vec<String> = features.iter().filter_map(|feature| feature.name(&pick.name)).collect();
        let known = features.iter().any(|feature| feature.properties.contains_key(&pick.name));
        let (kind, name) =
            if known { ("region", format!("{}={}", pick.name, pick.value)) } else { ("property", pick.name.clone()) };
        if !known {
            has = features.iter().flat_map(|feature| feature.properties.keys().cloned()).collect();
        }
        has.sort();
        has.dedup();
        return Err(Error::NotFound { kind, name, place: file.to_owned(), has });
    }
    if wanted.is_empty() {
        return Ok(features);
    }
    Ok(features.into_iter().filter(|feature| wanted.iter().any(|pick| pick.matches(feature))).collect())
}
