//! Dimensions as axes: where their steps are and what is written there.

use figure::axis::Tick;
use figure::chart::Axis;
use pangeo::Result;
use pangeo::cf::time::{Calendar, Instant};
use pangeo::cf::units::converter;
use pangeo::model::Variable;

use crate::slice::{Along, Field, Role, Source};
use crate::{bounds, dates};

/// The cells of one dimension as an axis has them.
pub(crate) struct Places {
    /// The step that each cell shows; none in a gap of time.
    pub(crate) steps: Vec<Option<usize>>,
    pub(crate) values: Vec<f64>,
    pub(crate) edges: Vec<f64>,
    pub(crate) axis: Axis,
}

/// Whether an axis stands upright, as that of heights and depths does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upright {
    No,
    Linear,
    /// Pressures, heights and depths by their logarithm, where they are above zero.
    Log,
}

/// Where the steps of a dimension are along its axis: days since 1970 for dates, in `calendar` if one is given; NaN
/// where the coordinate is missing.
pub(crate) fn positions(field: &Field<'_>, along: &Along, calendar: Option<Calendar>) -> Result<Vec<f64>> {
    let numbers = field.source.numbers(&along.dimension, along.length)?;
    let dates = (along.role == Role::Time).then(|| days(field.source, along, calendar)).flatten();
    Ok(match dates {
        Some(days) => days,
        None if along.role == Role::Column => rising(&numbers),
        None => numbers,
    })
}

/// The axis of a dimension from `low` to `high`.
pub(crate) fn axis(
    field: &Field<'_>,
    along: &Along,
    (low, high): (f64, f64),
    (upright, calendar): (Upright, Option<Calendar>),
) -> Axis {
    match along.role {
        Role::Time => {
            time_axis(calendar, low, high).unwrap_or_else(|| Axis::exact(&coordinate_label(field, along), low, high))
        }
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
    let values = positions(field, along, None)?;
    if along.role == Role::Time {
        let (steps, values, edges) = with_gaps(&values);
        let axis = axis(field, along, span(&edges), (upright, calendar(field, along)));
        return Ok(Places { steps, values, edges, axis });
    }
    let mut edges = bounds::edges(field.source, &along.dimension, &values)?;
    if upright == Upright::Log
        && let Some(least) = least_positive(&values)
    {
        // The outermost edge may lie at nothing or beyond, of which there is no logarithm.
        edges.iter_mut().filter(|edge| **edge <= 0.0).for_each(|edge| *edge = least / 2.0);
    }
    let axis = axis(field, along, span(&edges), (upright, None));
    Ok(Places { steps: (0..values.len()).map(Some).collect(), values, edges, axis })
}

/// The calendar of the dates along a dimension, if it has dates.
pub(crate) fn calendar(field: &Field<'_>, along: &Along) -> Option<Calendar> {
    let times = field.source.times(&along.dimension)?;
    times.dates().ok()?;
    Some(times.calendar())
}

/// Cells around `times` with a cell of nothing where one and a half steps or more are left out; steps without a time
/// have no cell. Times of which no step is usual have no gaps either.
fn with_gaps(times: &[f64]) -> (Vec<Option<usize>>, Vec<f64>, Vec<f64>) {
    let there: Vec<(usize, f64)> = times.iter().copied().enumerate().filter(|(_, at)| at.is_finite()).collect();
    let apart = |a: &(usize, f64), b: &(usize, f64)| (b.1 - a.1).abs();
    let mut lengths: Vec<f64> = there.iter().zip(there.iter().skip(1)).map(|(a, b)| apart(a, b)).collect();
    lengths.sort_by(f64::total_cmp);
    let usual = lengths.get(lengths.len() / 2).copied().filter(|length| *length > 0.0).unwrap_or(1.0);
    let near = lengths.iter().filter(|length| (usual / 1.5..=usual * 1.5).contains(*length)).count();
    let regular = 2 * near > lengths.len();
    let (mut steps, mut values, mut edges) = (Vec::new(), Vec::new(), Vec::<f64>::new());
    for run in there.chunk_by(|a, b| !regular || apart(a, b) <= 1.5 * usual) {
        let places: Vec<f64> = run.iter().map(|step| step.1).collect();
        let own = match places.as_slice() {
            [only] if times.first() > times.last() => vec![only + usual / 2.0, only - usual / 2.0],
            [only] => vec![only - usual / 2.0, only + usual / 2.0],
            _ => pangeo::grid::cell_edges(&places),
        };
        if let (Some(end), Some(begin)) = (edges.last(), own.first()) {
            steps.push(None);
            values.push(end.midpoint(*begin));
        }
        steps.extend(run.iter().map(|step| Some(step.0)));
        values.extend(places);
        edges.extend(own);
    }
    (steps, values, edges)
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
    let log = log && low > 0.0;
    if let Ok(per_hpa) = converter("hPa", text("units")) {
        return Axis::pressure(&label, low, high, per_hpa.apply(1.0), log);
    }
    let down = text("positive").eq_ignore_ascii_case("down") || text("standard_name").contains("depth");
    let axis = if log { Axis::log_exact(&label, low, high) } else { Axis::exact(&label, low, high) };
    if down { axis.flipped() } else { axis }
}

/// The least value above zero.
pub(crate) fn least_positive(values: &[f64]) -> Option<f64> {
    values.iter().copied().filter(|v| v.is_finite() && *v > 0.0).reduce(f64::min)
}

/// Dates of a calendar from `low` to `high`, days since 1970.
fn time_axis(calendar: Option<Calendar>, low: f64, high: f64) -> Option<Axis> {
    let (low, high) = if low < high { (low, high) } else { (low - 0.5, high + 0.5) };
    let (ticks, common) = dates::ticks(calendar?, low, high, 7);
    let ticks: Vec<Tick> = ticks.into_iter().map(|t| Tick { value: t.value, label: t.label }).collect();
    Some(Axis::with_ticks(&common, low, high, ticks))
}

/// The least and the greatest.
pub(crate) fn span(values: &[f64]) -> (f64, f64) {
    let finite = values.iter().copied().filter(|v| v.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// Dates as days since 1970, NaN where missing.
fn days(source: &Source, along: &Along, calendar: Option<Calendar>) -> Option<Vec<f64>> {
    let times = source.times(&along.dimension)?;
    let (own, dates) = (times.calendar(), times.dates().ok()?);
    let place = |instant| calendar.map_or_else(|| dates::days(instant), |on| dates::days_on(on, own, instant));
    let day = |(i, date): (usize, &Instant)| if times.is_missing(i) { f64::NAN } else { place(*date) };
    Some(dates.iter().enumerate().map(day).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_time_leave_gaps_blank_and_missing_times_out() {
        let (steps, values, edges) = with_gaps(&[0.0, 1.0, f64::NAN, 2.0, 20.0, 30.0, 31.0]);
        assert_eq!(steps, [Some(0), Some(1), Some(3), None, Some(4), None, Some(5), Some(6)]);
        assert_eq!(values, [0.0, 1.0, 2.0, 11.0, 20.0, 25.0, 30.0, 31.0]);
        assert_eq!(edges, [-0.5, 0.5, 1.5, 2.5, 19.5, 20.5, 29.5, 30.5, 31.5]);
        // Months are of other lengths; steps of any length are no gaps.
        assert!(with_gaps(&[15.5, 45.0, 74.5, 105.0]).0.iter().all(Option::is_some));
        assert!(with_gaps(&[0.0, 1.0, 5.0, 20.0, 70.0]).0.iter().all(Option::is_some));
        assert_eq!(with_gaps(&[3.0]).2, [2.5, 3.5]);
        assert_eq!(with_gaps(&[9.0, 3.0, 2.0, 1.0]).2, [9.5, 8.5, 3.5, 2.5, 1.5, 0.5]);
        assert!(with_gaps(&[f64::NAN]).2.is_empty());
    }
}
