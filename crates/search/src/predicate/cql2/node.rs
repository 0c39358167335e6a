//! Parts of a filter, settled.

use std::collections::HashSet;

use geo::Geometry;

use super::super::area::Area;
use super::super::compare::Exact;
use super::super::property::Property;
use super::spatial::Relation;
use super::temporal::{Moment, Temporal};
use super::text::Pattern;

/// A part of a filter.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(Exact),
    Text(String),
    Moment(Moment),
    Shape(Geometry),
    Property(Property),
    List(Vec<Node>),
    /// A time from a text that is not constant; the flag makes it the whole day.
    Time(Box<Node>, bool),
    /// Ends that are not constant.
    Interval(Box<Node>, Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    IsNull(Box<Node>),
    Compare(Comparison, Box<[Node; 2]>),
    Between(Box<[Node; 3]>),
    OneOf(Box<Node>, Choices),
    Like(Box<Node>, Box<Node>),
    /// A pattern that is constant.
    LikePattern(Box<Node>, Pattern),
    Fold(Fold, Box<Node>),
    Arithmetic(Arithmetic, Vec<Node>),
    /// Whether it meets what is constant; the flag turns it round.
    Meets(Box<Node>, Area, bool),
    Spatial(Relation, Box<[Node; 2]>),
    Temporal(Temporal, Box<[Node; 2]>),
    Lists(Lists, Box<[Node; 2]>),
}

/// What a value may be one of.
#[derive(Debug, Clone)]
pub(super) enum Choices {
    /// Texts, none of which is a time.
    Texts(HashSet<String>),
    Any(Vec<Node>),
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Same,
    Other,
    Less,
    LessOrSame,
    Greater,
    GreaterOrSame,
}

/// What makes texts alike.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fold {
    Case,
    Accents,
}

/// Arithmetic.
#[derive(Debug, Clone, Copy)]
pub(super) enum Arithmetic {
    Plus,
    Minus,
    Times,
    Over,
    Modulo,
    Power,
    Whole,
}

/// How two lists compare, as sets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lists {
    Same,
    Contains,
    Contained,
    Overlaps,
}
