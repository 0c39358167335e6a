//! What an item makes of a filter.

use std::borrow::Cow;
use std::cmp::Ordering;

use geo::Geometry;
use pangeo::Result;
use serde_json::Value;

use super::super::area::shape_of;
use super::super::compare::{Exact, number, texts};
use super::super::geometry::geometry;
use super::super::property::Property;
use super::super::time::{Span, instant, time_of};
use super::node::{Arithmetic, Choices, Comparison, Lists, Node};
use super::temporal::Moment;
use super::text::{Pattern, folded};
use crate::Item;

/// A value of a part of a filter.
#[derive(Debug, Clone)]
pub(super) enum Val<'a> {
    Null,
    Bool(bool),
    Number(Exact),
    Text(Cow<'a, str>),
    Moment(Moment),
    List(Vec<Val<'a>>),
    /// An object, which compares with nothing.
    Object,
}

impl<'a> From<&'a Value> for Val<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Number(value) => Self::Number(number(value)),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(members) => Self::List(members.iter().map(Self::from).collect()),
            Value::Object(_) => Self::Object,
        }
    }
}

impl Val<'_> {
    /// How it compares; none where that means nothing.
    fn ordering(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.partial_cmp(right),
            (Self::Text(left), Self::Text(right)) => Some(texts(left, right)),
            (Self::Bool(left), Self::Bool(right)) => Some(left.cmp(right)),
            (Self::Moment(left), Self::Moment(right)) => left.ordering(*right),
            (Self::Moment(left), Self::Text(right)) => left.ordering(Moment::at(instant(right)?)),
            (Self::Text(left), Self::Moment(right)) => Moment::at(instant(left)?).ordering(*right),
            _ => None,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(left), Self::List(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.is_same(right))
            }
            _ => self.ordering(other) == Some(Ordering::Equal),
        }
    }
}

impl Node {
    /// Whether it is true; none where that is not known.
    pub(super) fn truth(&self, item: &Item) -> Result<Option<bool>> {
        match self {
            Self::And(parts) => all(parts, item, false),
            Self::Or(parts) => all(parts, item, true),
            Self::Not(inner) => Ok(inner.truth(item)?.map(|truth| !truth)),
            Self::IsNull(inner) => inner.is_null(item).map(Some),
            Self::Compare(comparison, sides) => compare(*comparison, sides, item),
            Self::Between(parts) => {
                let [value, low, high] = &**parts;
                let value = value.compared(item)?;
                let low = holds(Comparison::GreaterOrSame, &value, &low.compared(item)?);
                let high = holds(Comparison::LessOrSame, &value, &high.compared(item)?);
                Ok(if low == Some(false) || high == Some(false) { Some(false) } else { low.and(high) })
            }
            Self::OneOf(value, choices) => one_of(&value.compared(item)?, choices, item),
            Self::LikePattern(text, pattern) => like(&text.value(item)?, |text| pattern.fits(text)),
            Self::Like(text, pattern) => match pattern.value(item)? {
                Val::Text(pattern) => like(&text.value(item)?, |text| Pattern::of(&pattern).fits(text)),
                _ => Ok(None),
            },
            Self::Meets(other, area, apart) => Ok(other.shape(item)?.map(|shape| area.meets(&shape) != *apart)),
            Self::Spatial(relation, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (left.shape(item)?, right.shape(item)?);
                Ok(left.zip(right).map(|(left, right)| relation.holds(&left, &right)))
            }
            Self::Temporal(relation, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (left.span(item)?, right.span(item)?);
                Ok(left.zip(right).map(|(left, right)| relation.holds(left, right)))
            }
            Self::Lists(lists, sides) => {
                let [left, right] = &**sides;
                Ok(lists.holds(&left.value(item)?, &right.value(item)?))
            }
            other => Ok(match other.value(item)? {
                Val::Bool(truth) => Some(truth),
                _ => None,
            }),
        }
    }

    pub(super) fn value<'a>(&'a self, item: &'a Item) -> Result<Val<'a>> {
        Ok(match self {
            Self::Null | Self::Shape(_) => Val::Null,
            Self::Bool(truth) => Val::Bool(*truth),
            Self::Number(number) => Val::Number(*number),
            Self::Text(text) => Val::Text(Cow::Borrowed(text)),
            Self::Moment(moment) => Val::Moment(*moment),
            Self::Property(property) => property.value(item).map_or(Val::Null, Val::from),
            Self::List(parts) => Val::List(parts.iter().map(|part| part.value(item)).collect::<Result<_>>()?),
            Self::Time(inner, day) => match inner.compared(item)? {
                Val::Text(text) => instant(&text)
                    .map_or(Val::Null, |time| Val::Moment(if *day { Moment::day(time) } else { Moment::at(time) })),
                _ => Val::Null,
            },
            Self::Interval(..) => self.span(item)?.map_or(Val::Null, |span| Val::Moment(Moment::of_span(span))),
            Self::Fold(fold, inner) => match inner.value(item)? {
                Val::Text(text) => Val::Text(Cow::Owned(folded(*fold, &text))),
                Val::List(members) => Val::List(
                    members
                        .into_iter()
                        .map(|member| match member {
                            Val::Text(text) => Val::Text(Cow::Owned(folded(*fold, &text))),
                            other => other,
                        })
                        .collect(),
                ),
                _ => Val::Null,
            },
            Self::Arithmetic(arithmetic, parts) => arithmetic.of(parts, item)?,
            predicate => predicate.truth(item)?.map_or(Val::Null, Val::Bool),
        })
    }

    /// The value where it is compared: an item's time is its start where it has a range instead.
    fn compared<'a>(&'a self, item: &'a Item) -> Result<Val<'a>> {
        if let Self::Property(property) = self
            && property.is_datetime()
            && property.value(item).is_none()
        {
            return Ok(Property::of("start_datetime").value(item).map_or(Val::Null, Val::from));
        }
        self.value(item)
    }

    fn is_null(&self, item: &Item) -> Result<bool> {
        match self {
            Self::Property(property) => Ok(property.value(item).is_none()),
            Self::Shape(_) => Ok(false),
            other => Ok(matches!(other.value(item)?, Val::Null)),
        }
    }

    /// The geometry that it is.
    fn shape<'a>(&'a self, item: &'a Item) -> Result<Option<Cow<'a, Geometry>>> {
        Ok(match self {
            Self::Shape(shape) => Some(Cow::Borrowed(shape)),
            Self::Property(property) if property.is_geometry() => shape_of(item)?.map(Cow::Owned),
            Self::Property(property) => property.value(item).and_then(|value| geometry(value).ok()).map(Cow::Owned),
            _ => None,
        })
    }

    /// The time that it lasts.
    fn span(&self, item: &Item) -> Result<Option<Span>> {
        Ok(match self {
            Self::Property(property) if property.is_datetime() => match time_of(item, "datetime")? {
                Some(time) => Some(Span::at(time)),
                None => Span::range_of(item)?,
            },
            Self::Interval(start, end) => {
                let (start, end) = (start.end(item)?, end.end(item)?);
                start.zip(end).map(|(start, end)| Moment::between(start, end).span)
            }
            other => match other.value(item)? {
                Val::Moment(moment) => Some(moment.span),
                // A date alone lasts its day.
                Val::Text(text) if text.len() == 10 => instant(&text).map(|time| Moment::day(time).span),
                Val::Text(text) => instant(&text).map(Span::at),
                _ => None,
            },
        })
    }

    /// An end of an interval.
    fn end(&self, item: &Item) -> Result<Option<Moment>> {
        Ok(match self.compared(item)? {
            Val::Moment(moment) => Some(moment),
            Val::Text(text) => instant(&text).map(Moment::at),
            _ => None,
        })
    }
}

/// `AND` (any false part makes it false) or, with `decisive` true, `OR`.
fn all(parts: &[Node], item: &Item, decisive: bool) -> Result<Option<bool>> {
    let mut known = true;
    for part in parts {
        match part.truth(item)? {
            Some(truth) if truth == decisive => return Ok(Some(decisive)),
            Some(_) => {}
            None => known = false,
        }
    }
    Ok(known.then_some(!decisive))
}

fn compare(comparison: Comparison, sides: &[Node; 2], item: &Item) -> Result<Option<bool>> {
    let [left, right] = sides;
    if let (Some(left), Some(right)) = (left.shape(item)?, right.shape(item)?) {
        return Ok(match comparison {
            Comparison::Same => Some(left == right),
            Comparison::Other => Some(left != right),
            _ => None,
        });
    }
    Ok(holds(comparison, &left.compared(item)?, &right.compared(item)?))
}

fn holds(comparison: Comparison, left: &Val, right: &Val) -> Option<bool> {
    if matches!(left, Val::Null) || matches!(right, Val::Null) {
        return None;
    }
    let order = || left.ordering(right);
    match comparison {
        Comparison::Same => Some(left.is_same(right)),
        Comparison::Other => Some(!left.is_same(right)),
        Comparison::Less => order().map(Ordering::is_lt),
        Comparison::LessOrSame => order().map(Ordering::is_le),
        Comparison::Greater => order().map(Ordering::is_gt),
        Comparison::GreaterOrSame => order().map(Ordering::is_ge),
    }
}

fn one_of(value: &Val, choices: &Choices, item: &Item) -> Result<Option<bool>> {
    match (value, choices) {
        (Val::Null, _) => Ok(None),
        (Val::Text(text), Choices::Texts(texts)) => Ok(Some(texts.contains(&**text))),
        (_, Choices::Texts(_)) => Ok(Some(false)),
        (value, Choices::Any(nodes)) => {
            let mut known = true;
            for node in nodes {
                match holds(Comparison::Same, value, &node.value(item)?) {
                    Some(true) => return Ok(Some(true)),
                    Some(false) => {}
                    None => known = false,
                }
            }
            Ok(known.then_some(false))
        }
    }
}

#[allow(clippy::unnecessary_wraps)]
fn like(text: &Val, fits: impl Fn(&str) -> bool) -> Result<Option<bool>> {
    Ok(match text {
        Val::Text(text) => Some(fits(text)),
        _ => None,
    })
}

impl Lists {
    fn holds(self, left: &Val, right: &Val) -> Option<bool> {
        let (Val::List(left), Val::List(right)) = (left, right) else { return None };
        let within =
            |inner: &[Val], outer: &[Val]| inner.iter().all(|one| outer.iter().any(|other| one.is_same(other)));
        Some(match self {
            Self::Same => within(left, right) && within(right, left),
            Self::Contains => within(right, left),
            Self::Contained => within(left, right),
            Self::Overlaps => left.iter().any(|one| right.iter().any(|other| one.is_same(other))),
        })
    }
}

impl Arithmetic {
    /// From left to right; unknown where a part is no number or the result is none, as in a division by zero.
    fn of<'a>(self, parts: &[Node], item: &Item) -> Result<Val<'a>> {
        let mut result: Option<f64> = None;
        for part in parts {
            let Val::Number(number) = part.value(item)? else { return Ok(Val::Null) };
            let number = number.double();
            result = Some(result.map_or(number, |before| self.pair(before, number)));
        }
        Ok(result.filter(|number| number.is_finite()).map_or(Val::Null, |number| Val::Number(Exact::of(number))))
    }

    fn pair(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Plus => left + right,
            Self::Minus => left - right,
            Self::Times => left * right,
            Self::Over => left / right,
            Self::Modulo => left % right,
            Self::Power => left.powf(right),
            Self::Whole => (left / right).trunc(),
        }
    }
}
