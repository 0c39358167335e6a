//! Dimensions as axes: where their steps are and what is written there.

use figure::axis::Tick;
use figure::chart::Axis;
use pangeo::Result;
use pangeo::cf::units::converter;
use pangeo::model::Variable;

use crate::slice::{Along, Field, Role, Source};
use crate::{bounds, dates};

/// The cells of one dimension as an axis has them.
pub(crate) struct Places {
    pub(crate) values: Vec<f64>,
    pub(crate) edges: Vec<f64>,
    pub(crate) axis: Axis,
}

/// Whether an axis stands upright, as that of heights and depths does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upright {
    No,
    Linear,
    /// Pressures by their logarithm.
    Log,
}

/// Where the steps of a dimension are along its axis: days since 1970 for dates.
pub(crate) fn positions(field: &Field<'_>, along: &Along) -> Result<Vec<f64>> {
    let numbers = field.source.numbers(&along.dimension, along.length)?;
    let dates = (along.role == Role::Time).then(|| days(field.source, along)).flatten();
    Ok(match dates {
        Some(days) => days,
        None if along.role == Role::Column => rising(&numbers),
        None => numbers,
    })
}

/// The axis of a dimension from `low` to `high`.
pub(crate) fn axis(field: &Field<'_>, along: &Along, (low, high): (f64, f64), upright: Upright) -> Axis {
    match along.role {
        Role::Time => time_axis(field, along, low, high)
            .unwrap_or_else(|| Axis::exact(&coordinate_label(field, along), low, high)),
        Role::Row if is_angle(field, along) => Axis::latitude(low.max(-90.0), high.min(90.0)),
        Role::Column if is_angle(field, along) => Axis::longitude(low, high),
        Role::Vertical => match upright {
            Upright::No => Axis::exact(&coordinate_label(field, along), low, high),
            Upright::Linear => vertical(field, along, (low, high), false),
            Upright::Log => vertical(field, along, (low, high), true),
        },
        _ => Axis::exact(&coordinate_label(field, along), low, high),
    }
}

/// Positions and axis of the cells of a dimension.
pub(crate) fn places(field: &Field<'_>, along: &Along, upright: Upright) -> Result<Places> {
    let values = positions(field, along)?;
    let edges = edges(field, along, &values)?;
    let axis = axis(field, along, span(&edges), upright);
    Ok(Places { values, edges, axis })
}

fn is_angle(field: &Field<'_>, along: &Along) -> bool {
    let units = field.source.coordinate(&along.dimension).and_then(|c| c.attributes.text("units")).unwrap_or("");
    units.starts_with("degree")
}

fn coordinate_label(field: &Field<'_>, along: &Along) -> String {
    let Some(coordinate) = field.source.coordinate(&along.dimension) else { return along.dimension.clone() };
    let text = |name: &str| coordinate.attributes.text(name).unwrap_or("");
    figure::axis::label(text("long_name"), text("standard_name"), &coordinate.name, text("units"))
}

/// Pressure decreases upwards and depth increases downwards.
fn vertical(field: &Field<'_>, along: &Along, (low, high): (f64, f64), log: bool) -> Axis {
    let label = coordinate_label(field, along);
    let coordinate = field.source.coordinate(&along.dimension);
    let text = |name: &str| coordinate.and_then(|c: &Variable| c.attributes.text(name)).unwrap_or("");
    if let Ok(per_hpa) = converter("hPa", text("units")) {
        return Axis::pressure(&label, low, high, per_hpa.apply(1.0), log && low > 0.0);
    }
    let down = text("positive").eq_ignore_ascii_case("down") || text("standard_name").contains("depth");
    if down { Axis::depth(&label, low, high) } else { Axis::exact(&label, low, high) }
}

/// Dates from `low` to `high`, days since 1970.
fn time_axis(field: &Field<'_>, along: &Along, low: f64, high: f64) -> Option<Axis> {
    let times = field.source.times(&along.dimension)?;
    times.dates().ok()?;
    let (low, high) = if low < high { (low, high) } else { (low - 0.5, high + 0.5) };
    let (ticks, common) = dates::ticks(times.calendar(), low, high, 7);
    let ticks: Vec<Tick> = ticks.into_iter().map(|t| Tick { value: t.value, label: t.label }).collect();
    Some(Axis::with_ticks(&common, low, high, ticks))
}

/// The edges of the steps of a dimension.
fn edges(field: &Field<'_>, along: &Along, places: &[f64]) -> Result<Vec<f64>> {
    if along.role == Role::Time {
        let edges = pangeo::grid::cell_edges(places);
        let alone = places.first().map_or_else(Vec::new, |at| vec![at - 0.5, at + 0.5]);
        return Ok(if edges.is_empty() { alone } else { edges });
    }
    bounds::edges(field.source, &along.dimension, places)
}

/// The least and the greatest.
pub(crate) fn span(values: &[f64]) -> (f64, f64) {
    let finite = values.iter().copied().filter(|v| v.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// Dates as days since 1970.
fn days(source: &Source, along: &Along) -> Option<Vec<f64>> {
    let times = source.times(&along.dimension)?;
    Some(times.dates().ok()?.iter().map(|d| dates::days(*d)).collect())
}

/// Longitudes made to rise across the seam of their convention.
fn rising(values: &[f64]) -> Vec<f64> {
    let mut turn = 0.0;
    let mut last: Option<f64> = None;
    let step = |&value: &f64| {
        if let Some(last) = last
            && last - (value + turn) > 180.0
        {
            turn += 360.0;
        }
        last = Some(value + turn);
        value + turn
    };
    values.iter().map(step).collect()
}
