//! Time axes and horizontal grids in brief.

use serde::Serialize;

use crate::cf::roles::Roles;
use crate::cf::time::{Order, Step, TimeAxis};
use crate::model::Dataset;
use crate::ops::subset::times::{read_axis, time_coordinates};

/// A time axis in brief.
#[derive(Debug, Clone, Serialize)]
pub struct TimeDescription {
    /// The coordinate.
    pub coordinate: String,
    /// Its units.
    pub units: String,
    /// Its calendar; absent without dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// Number of steps.
    pub count: usize,
    /// The first step, ISO 8601.
    pub first: Option<String>,
    /// The last step, ISO 8601.
    pub last: Option<String>,
    /// The step, in words.
    pub step: String,
    /// Whether the step is the same throughout.
    pub regular: bool,
    /// `increasing`, `decreasing` or `unordered`.
    pub order: &'static str,
    /// Times on either side of each gap (the first 20).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<[String; 2]>,
    /// Number of gaps.
    pub gap_count: usize,
    /// Steps that the gaps lack.
    pub missing_steps: u64,
    /// Times that are there more than once (the first 20).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<String>,
    /// Number of times that repeat an earlier one.
    pub duplicate_count: usize,
    /// Why the axis could not be decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The time axes of a dataset; one that can't be decoded says why.
pub(super) fn times(dataset: &Dataset, roles: &Roles) -> Vec<TimeDescription> {
    let names = time_coordinates(dataset, roles);
    let coordinates = names.iter().filter_map(|name| dataset.variable(name));
    let described = coordinates.map(|variable| {
        let units = variable.attributes.text("units").unwrap_or_default().to_owned();
        match read_axis(variable) {
            Ok(axis) => time(&variable.name, units, &axis),
            Err(error) => TimeDescription {
                count: variable.array.len(),
                error: Some(error.to_string()),
                ..empty(&variable.name, units)
            },
        }
    });
    described.collect()
}

fn empty(name: &str, units: String) -> TimeDescription {
    TimeDescription {
        coordinate: name.to_owned(),
        units,
        calendar: None,
        count: 0,
        first: None,
        last: None,
        step: Step::None.to_string(),
        regular: false,
        order: "increasing",
        gaps: Vec::new(),
        gap_count: 0,
        missing_steps: 0,
        duplicates: Vec::new(),
        duplicate_count: 0,
        error: None,
    }
}

fn time(name: &str, units: String, axis: &TimeAxis) -> TimeDescription {
    let summary = axis.summary();
    let label = |i: usize| axis.label(i).unwrap_or_default();
    TimeDescription {
        calendar: summary.calendar.map(|c| c.to_string()),
        count: summary.count,
        first: summary.first.clone(),
        last: summary.last.clone(),
        step: summary.step.to_string(),
        regular: matches!(summary.step, Step::Regular(_) | Step::Months(_)) && summary.gap_count == 0,
        order: match summary.order {
            Order::Increasing => "increasing",
            Order::Decreasing => "decreasing",
            Order::Unordered => "unordered",
        },
        gaps: summary.gaps.iter().map(|&(a, b)| [label(a), label(b)]).collect(),
        gap_count: summary.gap_count,
        missing_steps: summary.missing_steps,
        duplicates: summary.duplicates.iter().map(|&(_, b)| label(b)).collect(),
        duplicate_count: summary.duplicate_count,
        ..empty(name, units)
    }
}

/// A horizontal grid in brief.
#[derive(Debug, Clone, Serialize)]
pub struct GridDescription {
    /// `rectilinear`, `gaussian`, `curvilinear`, `rotated`, `projected` or `unstructured`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The variables on it.
    pub variables: Vec<String>,
}

/// The horizontal grids of a dataset.
pub(super) fn grids(_dataset: &Dataset, _roles: &Roles) -> Vec<GridDescription> {
    Vec::new()
}

impl GridDescription {
    /// The grid in a sentence for people.
    pub fn sentence(&self) -> String {
        self.kind.clone()
    }
}
