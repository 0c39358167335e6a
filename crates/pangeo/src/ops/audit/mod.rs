//! What several datasets are before they become one: what is different in which, and whether it can be made to fit.
//!
//! Each is compared with what most have, not with the first: of a thousand files one is wrong, not all the others. What
//! decides is [`combine`](super::combine::combine): an audit refuses nothing exactly where all can be combined, and what it
//! leaves can be. Headers, scalars and the coordinates of dimensions are read, nothing else: two-dimensional coordinates
//! and other values that all must share are compared when they are written.

mod axis;
mod duplicates;
mod facts;
mod judge;
mod layout;
mod merged;
mod storage;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use axis::{AxisSummary, Duplicate};
pub use layout::{Layout, VariableLayout};

use crate::engine::Engine;
use crate::model::Dataset;
use crate::{Error, Result};

/// An audit of inputs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Audit {
    /// The inputs, in their order.
    pub entries: Vec<Entry>,
    /// What the inputs look like, each kind once.
    pub layouts: Vec<Layout>,
    /// What is to be known, in the order of the inputs; what is of all of them comes last.
    pub findings: Vec<Finding>,
    /// What the inputs are joined along, without those that are refused.
    pub axes: Vec<AxisSummary>,
}

/// One input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its path or URL.
    pub source: String,
    /// Whether it is left out, or keeps the others from being combined.
    pub refused: bool,
    /// Its place in [`Audit::layouts`]; `None` for what can't be opened.
    pub layout: Option<usize>,
    /// Its first step along what is joined, in the order of the file.
    pub first: Option<String>,
    /// Its last step.
    pub last: Option<String>,
    /// How many steps it has.
    pub steps: Option<usize>,
}

/// Something that is to be known of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The input; `None` where it is of all.
    pub source: Option<String>,
    /// What follows from it.
    pub severity: Severity,
    /// What it is about, such as `duplicate steps` or `storage of t2m`: findings about one thing belong together.
    pub about: String,
    /// What is the matter, without the input's name.
    pub what: String,
    /// What can be done about it.
    pub hint: Option<String>,
}

/// What follows from a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It does not fit: the others are combined without it, or nothing is.
    Refused,
    /// It is written in another way than it is stored, with the same meaning.
    Reencoded,
    /// It may be as it should be.
    Noted,
}

impl Finding {
    fn of(source: &str, severity: Severity, about: impl Into<String>, what: impl Into<String>) -> Self {
        Self { source: Some(source.to_owned()), severity, about: about.into(), what: what.into(), hint: None }
    }

    /// That the input at `source` is refused for an error, which need not name it again.
    pub fn refused(source: &str, about: &str, error: &Error) -> Self {
        let what = match error {
            Error::Data { what, place, .. } | Error::Unsupported { what, place, .. } if place == source => what.clone(),
            Error::Malformed { what, file } if file == source => what.clone(),
            Error::Io { action, path, source: cause } if path == source => format!("cannot {action} it: {cause}"),
            other => other.to_string(),
        };
        Self { hint: error.hint(), ..Self::of(source, Severity::Refused, about, what) }
    }
}

impl Audit {
    /// Look at datasets as they were opened.
    ///
    /// # Errors
    /// [`Error::Cancelled`] once a stop was asked for. What is wrong with a dataset is no error but a finding.
    pub fn of(datasets: &[Dataset], engine: &Engine) -> Result<Self> {
        let files = facts::read(datasets, engine)?;
        let case = judge::judge(files, engine)?;
        let (layouts, entries) = layout::describe(&case);
        let mut findings: Vec<(usize, Finding)> = storage::differences(&case);
        findings.extend(case.files.iter().enumerate().filter_map(|(at, file)| Some((at, file.refused.clone()?))));
        findings.sort_by_key(|(at, finding)| (*at, finding.severity));
        let mut findings: Vec<Finding> = findings.into_iter().map(|(_, finding)| finding).collect();
        let axes = axis::axes(&case);
        findings.extend(axes.iter().filter_map(AxisSummary::note));
        Ok(Self { entries, layouts, findings, axes })
    }

    /// What is refused, in the order of the inputs.
    pub fn refused(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Refused)
    }
}
