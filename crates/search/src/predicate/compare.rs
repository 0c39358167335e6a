//! How values of items compare.

use std::cmp::Ordering;

use serde_json::Value;

use super::time::instant;

/// How two values compare: numbers by value, times as instants, other texts by code point, false before true. None where
/// they are of different kinds.
pub(crate) fn ordering(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => number(left).partial_cmp(&number(right)),
        (Value::String(left), Value::String(right)) => Some(texts(left, right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Whether two values are the same: as [`ordering`] has it, lists and objects member by member.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| same(left, right)))
        }
        _ => ordering(left, right) == Some(Ordering::Equal),
    }
}

/// How two texts compare: as instants when both are times.
pub(crate) fn texts(left: &str, right: &str) -> Ordering {
    match (instant(left), instant(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left.cmp(right),
    }
}

/// A number as it compares: by its double, then as the whole number it is, for such that no double tells apart. This is a
/// total order, with equal zeros.
pub(crate) fn number(number: &serde_json::Number) -> Exact {
    let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    let double = number.as_f64().unwrap_or(f64::NAN) + 0.0;
    Exact { double, whole: whole.unwrap_or(double as i128) }
}

/// See [`number`].
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(crate) struct Exact {
    double: f64,
    whole: i128,
}

impl Exact {
    /// A number that is a double.
    pub(crate) fn of(number: f64) -> Self {
        let double = number + 0.0;
        Self { double, whole: double as i128 }
    }

    pub(crate) fn double(self) -> f64 {
        self.double
    }

    pub(crate) fn total(self, other: Self) -> Ordering {
        self.double.total_cmp(&other.double).then(self.whole.cmp(&other.whole))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_compare() {
        let cases = [
            (json!(1), json!(1.0), Some(Ordering::Equal)),
            (json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64), Some(Ordering::Greater)),
            (json!(9_007_199_254_740_992_u64), json!(9_007_199_254_740_992.0), Some(Ordering::Equal)),
            (json!(-0.0), json!(0), Some(Ordering::Equal)),
            (json!(10), json!(9), Some(Ordering::Greater)),
            (json!("10"), json!("9"), Some(Ordering::Less)),
            (json!("2020-01-01T00:00:00Z"), json!("2020-01-01T01:00:00+01:00"), Some(Ordering::Equal)),
            (json!("2020-01-01"), json!("x"), Some(Ordering::Less)),
            (json!("Z"), json!("a"), Some(Ordering::Less)),
            (json!(false), json!(true), Some(Ordering::Less)),
            (json!("1"), json!(1), None),
            (json!(null), json!(null), None),
        ];
        for (left, right, expected) in cases {
            assert_eq!(ordering(&left, &right), expected, "{left} {right}");
            assert_eq!(ordering(&right, &left), expected.map(Ordering::reverse), "{right} {left}");
        }
        assert!(same(&json!([1, {"a": "b"}]), &json!([1.0, {"a": "b"}])));
        assert!(!same(&json!([1, 2]), &json!([1])));
        assert!(!same(&json!({"a": 1}), &json!({"b": 1})));
    }
}
