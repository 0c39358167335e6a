//! The step of each point's own time.

use super::Point;
use crate::cf::roles::Roles;
use crate::cf::time::{Interval, TimeAxis, TimeRange, Times};
use crate::model::Dataset;
use crate::ops::coordinates::{self, read_axis};
use crate::{Error, Result};

/// A time dimension and its steps, one a point.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    pub(super) dimension: String,
    /// The time coordinate along it.
    pub(super) coordinate: String,
    pub(super) indices: Vec<usize>,
}

/// The steps of each time dimension that the points' times name; none if they have no times. A
/// partial date means its period, and the first step inside is taken.
///
/// # Errors
/// [`Error::EmptySelection`] for a point with no step inside its time; [`Error::NotFound`] if there is
/// no time dimension; [`Error::Usage`] for texts that are no times.
pub(super) fn steps(dataset: &Dataset, roles: &Roles, points: &[Point]) -> Result<Vec<Steps>> {
    if points.iter().all(|p| p.time.is_none()) {
        return Ok(Vec::new());
    }
    let coordinates = coordinates::times(dataset, roles);
    if coordinates.is_empty() {
        let has = dataset.dimensions.iter().map(|d| d.name.clone()).collect();
        return Err(Error::NotFound { kind: "coordinate", name: "time".into(), place: dataset.source.clone(), has });
    }
    let mut found = Vec::new();
    for coordinate in coordinates {
        let variable = dataset.require(&coordinate)?;
        let Some(dimension) = variable.dimensions.first().cloned() else { continue };
        let axis = Sorted::new(read_axis(variable)?);
        let step = |(number, point)| axis.step(number, point);
        let indices = points.iter().enumerate().map(step).collect::<Result<Vec<_>>>()?;
        found.push(Steps { dimension, coordinate, indices });
    }
    Ok(found)
}

/// An axis with its steps in the order of time.
struct Sorted {
    axis: TimeAxis,
    order: Vec<usize>,
}

impl Sorted {
    fn new(axis: TimeAxis) -> Self {
        let mut order: Vec<usize> = (0..axis.len()).filter(|&i| !axis.is_missing(i)).collect();
        match &axis.times {
            Times::Dates(times) => order.sort_by_key(|&i| times.get(i)),
            Times::Spans(times) => order.sort_by_key(|&i| times.get(i)),
        }
        Self { axis, order }
    }

    fn step(&self, number: usize, point: &Point) -> Result<usize> {
        let which = point.described(number);
        let text = point.time.as_deref().unwrap_or_default();
        if text.is_empty() || text.contains('/') {
            return Err(Error::usage(format!("{which}: '{text}' is not one time"))
                .with_hint("a date such as 2020-03-04T06:00, or a length of time such as 12h"));
        }
        let range: TimeRange = text.parse().map_err(|e: Error| Error::usage(format!("{which}: {e}")))?;
        let found = match &self.axis.times {
            Times::Dates(times) => self.first_in(times, &range.resolve(self.axis.calendar())?),
            Times::Spans(times) => self.first_in(times, &range.resolve_spans()?),
        };
        found.ok_or_else(|| {
            let label = |at: Option<&usize>| at.and_then(|&i| self.axis.label(i)).unwrap_or_default();
            let (first, last) = (label(self.order.first()), label(self.order.last()));
            let count = self.order.len();
            Error::empty_selection(format!("time {text} of {which}"),
                format!(
                    "time runs from {first} to {last} in {count} steps; a date in part, such as 2020-03, takes the first step in its period"
                ))
        })
    }

    fn first_in<T: PartialOrd + Copy>(&self, times: &[T], interval: &Interval<T>) -> Option<usize> {
        let at = self.order.partition_point(|&i| times.get(i).is_some_and(|t| *t < interval.start));
        self.order.get(at).copied().filter(|&i| times.get(i).is_some_and(|t| interval.contains(t)))
    }
}
