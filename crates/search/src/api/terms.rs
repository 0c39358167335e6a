//! Comparisons of properties, as the query and the filter extension write them.

use serde_json::{Map, Value, json};

use crate::Term;

/// The terms as the query extension has them; none when one operator is used twice on a property, which it can't say.
pub(super) fn as_query(terms: &[Term]) -> Option<Value> {
    let mut query = Map::new();
    for term in terms {
        let property = query.entry(&term.property).or_insert_with(|| Value::Object(Map::new())).as_object_mut()?;
        if property.insert(term.operator.to_owned(), term.value.clone()).is_some() {
            return None;
        }
    }
    Some(Value::Object(query))
}

/// A term as CQL2 JSON, if that says the same.
pub(super) fn as_cql2(term: &Term) -> Option<Value> {
    let pattern = |before: &str, after: &str| {
        // What LIKE makes of its own signs in the text differs between servers.
        let text = term.value.as_str().filter(|text| !text.contains(['%', '_', '\\']))?;
        Some(json!(format!("{before}{text}{after}")))
    };
    let (operator, value) = match term.operator {
        "eq" => ("=", term.value.clone()),
        "neq" => ("<>", term.value.clone()),
        "lt" => ("<", term.value.clone()),
        "lte" => ("<=", term.value.clone()),
        "gt" => (">", term.value.clone()),
        "gte" => (">=", term.value.clone()),
        "in" => ("in", Value::Array(term.value.as_array()?.clone())),
        "startsWith" => ("like", pattern("", "%")?),
        "endsWith" => ("like", pattern("%", "")?),
        "contains" => ("like", pattern("%", "%")?),
        _ => return None,
    };
    let comparable = !matches!(value, Value::Null | Value::Object(_));
    comparable.then(|| json!({ "op": operator, "args": [{ "property": term.property }, value] }))
}

/// All expressions at once.
pub(super) fn all_of(mut expressions: Vec<Value>) -> Option<Value> {
    if expressions.len() < 2 { expressions.pop() } else { Some(json!({ "op": "and", "args": expressions })) }
}

/// The names of the properties in an expression of CQL2 JSON.
pub(super) fn properties(expression: &Value, names: &mut Vec<String>) {
    match expression {
        Value::Array(all) => all.iter().for_each(|part| properties(part, names)),
        Value::Object(members) => {
            if let Some(Value::String(name)) = members.get("property") {
                names.push(name.clone());
            }
            members.values().for_each(|part| properties(part, names));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(property: &str, operator: &'static str, value: Value) -> Term {
        Term { property: property.into(), operator, value }
    }

    #[test]
    fn terms_as_both_extensions_write_them() {
        let cloud = |operator, value| term("eo:cloud_cover", operator, json!(value));
        let terms = [cloud("lt", 10), cloud("gte", 1), term("platform", "startsWith", json!("sentinel"))];
        let query = json!({ "eo:cloud_cover": { "lt": 10, "gte": 1 }, "platform": { "startsWith": "sentinel" } });
        assert_eq!(as_query(&terms), Some(query));
        assert_eq!(as_query(&[cloud("lt", 10), cloud("lt", 5)]), None);
        let cql2 = json!({ "op": "<", "args": [{ "property": "eo:cloud_cover" }, 10] });
        assert_eq!(as_cql2(&terms[0]), Some(cql2));
        let like = json!({ "op": "like", "args": [{ "property": "platform" }, "sentinel%"] });
        assert_eq!(as_cql2(&terms[2]), Some(like));
        assert_eq!(as_cql2(&term("a", "contains", json!("50%"))), None);
        let mut names = Vec::new();
        properties(&all_of(terms.iter().filter_map(as_cql2).collect()).unwrap(), &mut names);
        assert_eq!(names, ["eo:cloud_cover", "eo:cloud_cover", "platform"]);
    }
}
