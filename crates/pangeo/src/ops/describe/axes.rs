//! Time axes and horizontal grids in brief.

use serde::Serialize;

use crate::cf::roles::Roles;
use crate::cf::time::{Order, Step, TimeAxis};
use crate::grid::{Grid, GridKind, Listing};
use crate::model::Dataset;
use crate::ops::coordinates::{self, read_axis};
use crate::ops::grids;

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
    /// Number of steps without a time.
    #[serde(skip_serializing_if = "is_zero")]
    pub missing: usize,
    /// What to know before trusting the dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Why the axis could not be decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// The time axes of a dataset; one that can't be decoded says why.
pub(super) fn times(dataset: &Dataset, roles: &Roles) -> Vec<TimeDescription> {
    let mut names = coordinates::times(dataset, roles);
    names.extend(coordinates::scalar_times(dataset, roles));
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
        missing: 0,
        warning: None,
        error: None,
    }
}

fn time(name: &str, units: String, axis: &TimeAxis) -> TimeDescription {
    let summary = axis.summary();
    let label = |i: usize| axis.label(i).unwrap_or_default();
    TimeDescription {
        calendar: summary.calendar.map(|c| c.to_string()),
        count: axis.len(),
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
        missing: axis.missing_count(),
        warning: axis.coding.warning(),
        ..empty(name, units)
    }
}

/// A horizontal grid in brief.
#[derive(Debug, Clone, Serialize)]
pub struct GridDescription {
    /// `rectilinear`, `gaussian`, `curvilinear`, `rotated`, `projected` or `unstructured`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// For Gaussian grids the number N of rows between pole and equator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gaussian_number: Option<usize>,
    /// The variables on it.
    pub variables: Vec<String>,
    /// Rows and columns; 1 and the number of cells for unstructured grids.
    pub shape: [usize; 2],
    /// What tells the places of cells in a list, where no variable along them does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listing: Option<ListingDescription>,
    /// The variable of latitudes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<String>,
    /// The variable of longitudes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<String>,
    /// West, south, east, north of the outermost cell centres, degrees.
    pub extent: Option<[f64; 4]>,
    /// First and last latitude in the file's order, degrees.
    pub latitudes: Option<[f64; 2]>,
    /// First and last longitude in the file's order, degrees.
    pub longitudes: Option<[f64; 2]>,
    /// Degrees between rows and between columns.
    pub resolution: Option<[f64; 2]>,
    /// Whether all steps are equal.
    pub uniform: bool,
    /// Whether the columns close around the Earth.
    pub circular: bool,
    /// Whether the whole Earth is covered.
    pub global: bool,
}

/// What tells the places of cells in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ListingDescription {
    /// Some cells of another grid (CF §8.2).
    Gathered {
        /// The variable that lists them.
        by: String,
        /// The dimensions that they were gathered from.
        dimensions: Vec<String>,
        /// Their lengths.
        shape: Vec<usize>,
    },
    /// Rows of latitude, each with a number of cells of its own.
    Rows {
        /// The variable that counts the cells of each row.
        by: String,
        /// The variable of the rows' latitudes.
        latitudes: String,
        /// How many rows there are.
        rows: usize,
        /// The N of a reduced Gaussian grid.
        #[serde(skip_serializing_if = "Option::is_none")]
        gaussian_number: Option<usize>,
    },
}

impl ListingDescription {
    fn of(listing: &Listing) -> Self {
        match listing.clone() {
            Listing::Gathered { by, from } => {
                let (dimensions, shape) = from.into_iter().unzip();
                Self::Gathered { by, dimensions, shape }
            }
            Listing::Rows { by, latitudes, rows, gaussian } => {
                Self::Rows { by, latitudes, rows, gaussian_number: gaussian }
            }
        }
    }

    /// What follows the number of cells in a sentence.
    fn phrase(&self) -> String {
        match self {
            Self::Gathered { dimensions, shape, .. } => {
                let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
                format!(" of the {} of {}", shape.join(" × "), dimensions.join(" × "))
            }
            Self::Rows { rows, gaussian_number: Some(n), .. } => format!(" in {rows} rows, reduced Gaussian N{n}"),
            Self::Rows { rows, .. } => format!(" in {rows} rows, reduced"),
        }
    }
}

/// The horizontal grids of a dataset; one whose coordinates can't be read is left out.
pub(super) fn grids(dataset: &Dataset, roles: &Roles) -> Vec<GridDescription> {
    let found = grids::readable_grids(dataset, roles);
    found.into_iter().map(|on| grid(&on.grid, on.variables)).collect()
}

fn grid(grid: &Grid, variables: Vec<String>) -> GridDescription {
    let summary = grid.summary();
    let pair = |ends: Option<(f64, f64)>| ends.map(|(a, b)| [a, b]);
    GridDescription {
        kind: summary.kind.name(),
        gaussian_number: match summary.kind {
            GridKind::Gaussian { n } => Some(n),
            _ => None,
        },
        variables,
        shape: [summary.shape.0, summary.shape.1],
        listing: grid.listing.as_ref().map(ListingDescription::of),
        latitude: grid.latitude.clone(),
        longitude: grid.longitude.clone(),
        extent: summary.extent,
        latitudes: pair(summary.latitudes),
        longitudes: pair(summary.longitudes),
        resolution: pair(summary.resolution),
        uniform: summary.uniform,
        circular: summary.circular,
        global: summary.global,
    }
}

impl GridDescription {
    /// The grid in a sentence for people.
    pub fn sentence(&self) -> String {
        let mut text = self.kind.to_owned();
        if let Some(n) = self.gaussian_number {
            text.push_str(&format!(" N{n}"));
        }
        match self.shape {
            [1, cells] if self.kind == "unstructured" => {
                let listed = self.listing.as_ref().map_or_else(String::new, ListingDescription::phrase);
                text.push_str(&format!(", {cells} cells{listed}"));
            }
            [rows, columns] => text.push_str(&format!(", {rows} rows × {columns} columns")),
        }
        if let Some([w, s, e, n]) = self.extent {
            let [w, s, e, n] = [w, s, e, n].map(degrees);
            text.push_str(&format!(", longitudes {w} to {e}, latitudes {s} to {n}"));
        }
        if let Some([y, x]) = self.resolution {
            let about = if self.uniform { "every" } else { "about every" };
            let (y, x) = (degrees(y), degrees(x));
            text.push_str(&if x == y { format!(", {about} {x}°") } else { format!(", {about} {x}° × {y}°") });
        }
        text.push_str(match (self.global, self.circular) {
            (true, _) => ", global",
            (false, true) => ", all around",
            (false, false) => "",
        });
        text
    }
}

/// Degrees without the noise of `float`.
fn degrees(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
