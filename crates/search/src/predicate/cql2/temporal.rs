//! Relations of times (Allen's intervals, as clause 7.10 of the standard has them).

use std::cmp::Ordering;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

use super::super::time::Span;

/// An instant, a day or an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) span: Span,
    /// Whether it is a day, beside which instants count as the day they are in.
    day: bool,
}

impl Moment {
    pub(super) const ALWAYS: Self = Self { span: Span { start: None, end: None }, day: false };

    pub(super) fn at(time: DateTime<Utc>) -> Self {
        Self { span: Span::at(time), day: false }
    }

    /// The whole day that an instant is in.
    pub(super) fn day(time: DateTime<Utc>) -> Self {
        let start = time.date_naive().and_time(NaiveTime::MIN).and_utc();
        let next = start.checked_add_days(Days::new(1));
        let end = next.and_then(|next| next.checked_sub_signed(TimeDelta::nanoseconds(1)));
        Self { span: Span { start: Some(start), end: end.or(Some(time)) }, day: true }
    }

    /// From the first instant of one to the first of the other, open where they are.
    pub(super) fn between(start: Self, end: Self) -> Self {
        Self { span: Span { start: start.span.start, end: end.span.start }, day: false }
    }

    pub(super) fn of_span(span: Span) -> Self {
        Self { span, day: false }
    }

    /// How it compares with another; none where they overlap.
    pub(super) fn ordering(self, other: Self) -> Option<Ordering> {
        let (left, right) = match (self.day, other.day) {
            (true, false) => (self, other.widened()),
            (false, true) => (self.widened(), other),
            _ => (self, other),
        };
        if left.span == right.span {
            return Some(Ordering::Equal);
        }
        let before =
            |left: Span, right: Span| matches!((left.end, right.start), (Some(end), Some(start)) if end < start);
        if before(left.span, right.span) {
            Some(Ordering::Less)
        } else if before(right.span, left.span) {
            Some(Ordering::Greater)
        } else {
            None
        }
    }

    fn widened(self) -> Self {
        match (self.span.start, self.span.end) {
            (Some(start), Some(end)) if start == end => Self::day(start),
            _ => self,
        }
    }
}

/// A relation of two intervals.
#[derive(Debug, Clone, Copy)]
pub(super) enum Temporal {
    Before,
    After,
    Meets,
    MetBy,
    Overlaps,
    OverlappedBy,
    Starts,
    StartedBy,
    During,
    Contains,
    Finishes,
    FinishedBy,
    Equals,
    Disjoint,
    Intersects,
}

/// An end of an interval: before all instants, one, after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    First,
    At(DateTime<Utc>),
    Last,
}

impl Temporal {
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "t_before" => Self::Before,
            "t_after" => Self::After,
            "t_meets" => Self::Meets,
            "t_metby" => Self::MetBy,
            "t_overlaps" => Self::Overlaps,
            "t_overlappedby" => Self::OverlappedBy,
            "t_starts" => Self::Starts,
            "t_startedby" => Self::StartedBy,
            "t_during" => Self::During,
            "t_contains" => Self::Contains,
            "t_finishes" => Self::Finishes,
            "t_finishedby" => Self::FinishedBy,
            "t_equals" => Self::Equals,
            "t_disjoint" => Self::Disjoint,
            "t_intersects" => Self::Intersects,
            _ => return None,
        })
    }

    /// Whether `left` lies so to `right`.
    pub(super) fn holds(self, left: Span, right: Span) -> bool {
        let ends = |span: Span| (span.start.map_or(End::First, End::At), span.end.map_or(End::Last, End::At));
        let ((start, end), (from, to)) = (ends(left), ends(right));
        match self {
            Self::Before => end < from,
            Self::After => start > to,
            Self::Meets => end == from,
            Self::MetBy => start == to,
            Self::Overlaps => start < from && from < end && end < to,
            Self::OverlappedBy => from < start && start < to && to < end,
            Self::Starts => start == from && end < to,
            Self::StartedBy => start == from && end > to,
            Self::During => start > from && end < to,
            Self::Contains => start < from && end > to,
            Self::Finishes => start > from && end == to,
            Self::FinishedBy => start < from && end == to,
            Self::Equals => start == from && end == to,
            Self::Disjoint => !left.meets(right),
            Self::Intersects => left.meets(right),
        }
    }
}
