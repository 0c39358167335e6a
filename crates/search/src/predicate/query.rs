//! Comparisons of the query extension.

use std::cmp::Ordering;

use pangeo::{Error, Result};
use serde_json::Value;

use super::compare::{ordering, same};
use super::property::Property;
use crate::{Item, Term};

/// A comparison, ready to be asked.
#[derive(Debug, Clone)]
pub(super) struct Comparison {
    property: Property,
    operator: Operator,
    value: Value,
}

#[derive(Debug, Clone, Copy)]
enum Operator {
    Same,
    Other,
    Less,
    LessOrSame,
    Greater,
    GreaterOrSame,
    Begins,
    Ends,
    Contains,
    OneOf,
}

impl Comparison {
    pub(super) fn of(term: &Term) -> Result<Self> {
        let operator = match term.operator {
            "eq" => Operator::Same,
            "neq" => Operator::Other,
            "lt" => Operator::Less,
            "lte" => Operator::LessOrSame,
            "gt" => Operator::Greater,
            "gte" => Operator::GreaterOrSame,
            "startsWith" => Operator::Begins,
            "endsWith" => Operator::Ends,
            "contains" => Operator::Contains,
            "in" => Operator::OneOf,
            other => return Err(Error::usage(format!("'{other}' is no operator of a query"))),
        };
        if matches!(operator, Operator::OneOf) && !term.value.is_array() {
            return Err(Error::usage(format!("'in' takes a list of values, not {}", term.value)));
        }
        Ok(Self { property: Property::of(&term.property), operator, value: term.value.clone() })
    }

    /// Whether it holds; never for an item that lacks the property, whatever the operator, as in SQL.
    pub(super) fn holds(&self, item: &Item) -> bool {
        let Some(value) = self.property.value(item) else { return false };
        let order = || ordering(value, &self.value);
        match self.operator {
            Operator::Same => same(value, &self.value),
            Operator::Other => !same(value, &self.value),
            Operator::Less => order() == Some(Ordering::Less),
            Operator::LessOrSame => order().is_some_and(Ordering::is_le),
            Operator::Greater => order() == Some(Ordering::Greater),
            Operator::GreaterOrSame => order().is_some_and(Ordering::is_ge),
            Operator::Begins => self.texts(value).is_some_and(|(text, part)| text.starts_with(part)),
            Operator::Ends => self.texts(value).is_some_and(|(text, part)| text.ends_with(part)),
            Operator::Contains => match value {
                Value::Array(list) => list.iter().any(|one| same(one, &self.value)),
                _ => self.texts(value).is_some_and(|(text, part)| text.contains(part)),
            },
            Operator::OneOf => self.value.as_array().is_some_and(|list| list.iter().any(|one| same(value, one))),
        }
    }

    fn texts<'a>(&'a self, value: &'a Value) -> Option<(&'a str, &'a str)> {
        Some((value.as_str()?, self.value.as_str()?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn terms_hold() {
        let item = json!({"id": "LC08_1", "properties": {
            "eo:cloud_cover": 10.0, "platform": "landsat-8", "bands": ["red", "nir"], "row": "033", "none": null,
            "created": "2020-01-01T00:00:00.000Z"
        }});
        let item = item.as_object().unwrap();
        let cases = [
            ("eo:cloud_cover", "lt", json!(10), false),
            ("eo:cloud_cover", "lte", json!(10), true),
            ("eo:cloud_cover", "gt", json!(9.999), true),
            ("eo:cloud_cover", "eq", json!(10), true),
            ("eo:cloud_cover", "neq", json!(10), false),
            ("eo:cloud_cover", "lt", json!("11"), false),
            ("platform", "eq", json!("landsat-8"), true),
            ("platform", "neq", json!("landsat-9"), true),
            ("platform", "startsWith", json!("land"), true),
            ("platform", "endsWith", json!("-9"), false),
            ("platform", "contains", json!("sat-"), true),
            ("platform", "in", json!(["landsat-7", "landsat-8"]), true),
            ("platform", "in", json!([]), false),
            ("bands", "contains", json!("nir"), true),
            ("bands", "eq", json!(["red", "nir"]), true),
            ("row", "eq", json!("033"), true),
            ("row", "eq", json!(33), false),
            ("created", "eq", json!("2020-01-01T00:00:00Z"), true),
            ("created", "lt", json!("2020-01-02"), true),
            ("id", "startsWith", json!("LC08"), true),
            ("none", "neq", json!(1), false),
            ("absent", "neq", json!(1), false),
        ];
        for (property, operator, value, expected) in cases {
            let term = Term { property: property.to_owned(), operator, value };
            assert_eq!(Comparison::of(&term).unwrap().holds(item), expected, "{term:?}");
        }
    }
}
