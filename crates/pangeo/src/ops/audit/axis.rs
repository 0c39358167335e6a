//! What inputs are joined along.

use serde::Serialize;

use super::judge::{Case, Group};
use super::{Finding, Severity};
use crate::ops::combine::{Along, Steps};

/// How many duplicates are listed; all are counted.
const LISTED: usize = 20;

/// What inputs are joined along, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AxisSummary {
    /// The coordinate.
    pub name: String,
    /// How many steps the inputs have that are not refused.
    pub count: usize,
    /// The first step.
    pub first: Option<String>,
    /// The last step.
    pub last: Option<String>,
    /// The calendar of dates.
    pub calendar: Option<String>,
    /// The distance of steps, in words; of times only.
    pub step: Option<String>,
    /// Times on either side of each gap (the first 20).
    pub gaps: Vec<[String; 2]>,
    /// Number of gaps.
    pub gap_count: usize,
    /// Steps that the gaps lack.
    pub missing_steps: u64,
    /// Steps that several inputs have (the first 20).
    pub duplicates: Vec<Duplicate>,
    /// Number of steps that several inputs have.
    pub duplicate_count: usize,
}

/// A step that several inputs have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// The step.
    pub place: String,
    /// The inputs that have it, in their order.
    pub sources: Vec<String>,
}

impl AxisSummary {
    fn of(case: &Case, group: &Group) -> Option<Self> {
        let name = group.along.as_ref().and_then(Along::single)?.to_owned();
        let steps = case.steps(group);
        let parts: Vec<&Steps> = steps.iter().map(|(_, steps)| steps).collect();
        let (all, order) = Steps::sorted(&parts)?;
        let shown = |at: Option<&usize>| at.map(|&at| all.show(at));
        let summary = all.summary(&order);
        let label = |place: usize| shown(order.get(place)).unwrap_or_default();
        let times = summary.as_ref();
        Some(Self {
            name,
            count: order.len(),
            first: shown(order.first()),
            last: shown(order.last()),
            calendar: times.and_then(|s| s.calendar).map(|c| c.to_string()),
            step: times.map(|s| s.step.to_string()),
            gaps: times.map(|s| s.gaps.iter().map(|&(a, b)| [label(a), label(b)]).collect()).unwrap_or_default(),
            gap_count: times.map_or(0, |s| s.gap_count),
            missing_steps: times.map_or(0, |s| s.missing_steps),
            duplicates: group.duplicates.iter().take(LISTED).cloned().collect(),
            duplicate_count: group.duplicates.len(),
        })
    }

    /// That steps are missing, if so.
    pub(super) fn note(&self) -> Option<Finding> {
        let [before, after] = self.gaps.first()?;
        let (gaps, steps) = (plural(self.gap_count as u64, "gap"), plural(self.missing_steps, "step"));
        let are = if self.missing_steps == 1 { "is" } else { "are" };
        let which = if self.gap_count == 1 { "" } else { "the first " };
        let what = format!("{} has {gaps}, {which}between {before} and {after}: {steps} {are} missing", self.name);
        Some(Finding { source: None, severity: Severity::Noted, about: "gaps".to_owned(), what, hint: None })
    }
}

/// `1 gap`, `2 gaps`.
fn plural(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// What each group is joined along, once where several are joined along the same.
pub(super) fn axes(case: &Case) -> Vec<AxisSummary> {
    let mut found: Vec<AxisSummary> = Vec::new();
    for axis in case.groups.iter().filter_map(|group| AxisSummary::of(case, group)) {
        if !found.contains(&axis) {
            found.push(axis);
        }
    }
    found
}
