//! The types of columns, found in the items one after the other.

use std::sync::Arc;

use arrow_schema::{DataType, Field, TimeUnit};
use serde_json::Value;

/// What values of a column or of a part of it look like.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// Only nulls so far.
    Nothing,
    /// True or false.
    Flag,
    /// Whole numbers of 64 bits.
    Whole,
    /// Any numbers.
    Number,
    /// Texts.
    Text,
    /// Times of RFC 3339.
    Time,
    /// Lists of values that look alike.
    List(Box<Shape>),
    /// Objects: the members that any of them has, in the order in which they came.
    Object(Vec<(String, Shape)>),
    /// Values that do not look alike: texts stay, others are written as JSON.
    Mixed,
}

impl Shape {
    /// What `value` looks like.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(_) => Self::Flag,
            Value::Number(number) if number.is_i64() => Self::Whole,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::Array(list) => {
                let mut all = Self::Nothing;
                list.iter().for_each(|one| all.take(one));
                Self::List(Box::new(all))
            }
            Value::Object(object) => {
                Self::Object(object.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect())
            }
        }
    }

    /// Make room for `value` as well.
    pub(super) fn take(&mut self, value: &Value) {
        match (&mut *self, value) {
            // The usual case, without building a shape of the value.
            (_, Value::Null) | (Self::Mixed, _) => {}
            (Self::List(all), Value::Array(list)) => list.iter().for_each(|one| all.take(one)),
            (Self::Object(members), Value::Object(object)) => take_members(members, object),
            _ => self.join(Self::of(value)),
        }
    }

    fn join(&mut self, other: Self) {
        let own = std::mem::replace(self, Self::Mixed);
        *self = match (own, other) {
            (Self::Nothing, shape) | (shape, Self::Nothing) => shape,
            (one, same) if one == same => one,
            (Self::Time, Self::Text) => Self::Time,
            (Self::Whole | Self::Number, Self::Whole | Self::Number) => Self::Number,
            (Self::List(mut one), Self::List(other)) => {
                one.join(*other);
                Self::List(one)
            }
            _ => Self::Mixed,
        };
    }

    /// Whether these are objects without a member.
    pub(super) fn is_hollow(&self) -> bool {
        matches!(self, Self::Object(members) if members.is_empty())
    }

    /// How many columns it makes in the file.
    pub(super) fn columns(&self) -> usize {
        match self {
            Self::List(one) => one.columns(),
            Self::Object(members) => members.iter().map(|(_, shape)| shape.columns()).sum::<usize>().max(1),
            _ => 1,
        }
    }

    /// The type of the column. An object that never has a member is a JSON text: Parquet has no empty groups.
    pub(super) fn data_type(&self) -> DataType {
        match self {
            Self::Flag => DataType::Boolean,
            Self::Whole => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::List(one) => DataType::List(Arc::new(Field::new("element", one.data_type(), true))),
            Self::Object(members) if !members.is_empty() => DataType::Struct(
                members.iter().map(|(name, shape)| Field::new(name, shape.data_type(), true)).collect(),
            ),
            Self::Nothing | Self::Text | Self::Mixed | Self::Object(_) => DataType::Utf8,
        }
    }

    /// `value` as the type of the column wants it.
    pub(super) fn fitted(&self, value: Value) -> Value {
        match (self, value) {
            (_, Value::Null) => Value::Null,
            (Self::List(one), Value::Array(list)) => list.into_iter().map(|value| one.fitted(value)).collect(),
            (Self::Object(members), Value::Object(mut object)) if !members.is_empty() => {
                let fitted = members.iter().filter_map(|(name, shape)| {
                    let value = object.get_mut(name)?.take();
                    Some((name.clone(), shape.fitted(value)))
                });
                Value::Object(fitted.collect())
            }
            (Self::Mixed | Self::Object(_), value) if !value.is_string() => Value::String(value.to_string()),
            (_, value) => value,
        }
    }
}

fn take_members(members: &mut Vec<(String, Shape)>, object: &serde_json::Map<String, Value>) {
    for (at, (name, value)) in object.iter().enumerate() {
        // Items of a collection have the same members in the same order.
        let here = members.get(at).is_some_and(|(known, _)| known == name);
        let place = if here { Some(at) } else { members.iter().position(|(known, _)| known == name) };
        match place.and_then(|at| members.get_mut(at)) {
            Some((_, shape)) => shape.take(value),
            None => members.push((name.clone(), Shape::of(value))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shape(values: &[Value]) -> Shape {
        let mut all = Shape::Nothing;
        values.iter().for_each(|value| all.take(value));
        all
    }

    #[test]
    fn values_of_one_kind_keep_it() {
        let list = |one: Shape| Shape::List(Box::new(one));
        for (values, expected) in [
            (vec![json!(null), json!(1), json!(2)], Shape::Whole),
            (vec![json!(1), json!(2.5)], Shape::Number),
            (vec![json!(2.5), json!(1)], Shape::Number),
            (vec![json!(u64::MAX)], Shape::Number),
            (vec![json!("a"), json!(null)], Shape::Text),
            (vec![json!(1), json!("a")], Shape::Mixed),
            (vec![json!([]), json!([1, null])], list(Shape::Whole)),
            (vec![json!([1]), json!(["a"])], list(Shape::Mixed)),
            (vec![json!([1]), json!({})], Shape::Mixed),
            (
                vec![json!({"a": 1}), json!({"b": "x", "a": null})],
                Shape::Object(vec![("a".into(), Shape::Whole), ("b".into(), Shape::Text)]),
            ),
        ] {
            assert_eq!(shape(&values), expected, "{values:?}");
        }
    }

    #[test]
    fn mixed_values_are_written_as_json() {
        let mixed = shape(&[json!(1), json!("a")]);
        assert_eq!((mixed.fitted(json!("a")), mixed.fitted(json!(1))), (json!("a"), json!("1")));
        assert_eq!(mixed.fitted(json!(null)), json!(null));
        let nested = shape(&[json!({"a": [1, {}], "b": {}})]);
        assert_eq!(nested.fitted(json!({"a": [1, {}], "b": {}})), json!({"a": ["1", "{}"], "b": "{}"}));
        assert_eq!(nested.columns(), 2);
    }
}
