//! Keeping times: a period, years, months, seasons, days of the month, hours of the day.

use std::str::FromStr;

use crate::cf::roles::Roles;
use crate::cf::time::{DateText, TimeCoding, TimeSelection, TimeUnits};
use crate::model::Dataset;
use crate::model::array::AxisSelection;
use crate::ops::coordinates::{self, read_axis};
use crate::ops::select::select;
use crate::{Error, Result};

/// Cut every time dimension of `dataset` down to the wanted steps; without any, scalar times (CF §5.7)
/// are compared, and all is kept where they are wanted. The answer is what a user should be
/// told before trusting the dates ([`TimeCoding::warning`]).
///
/// # Errors
/// [`Error::Data`] without a time coordinate; [`Error::EmptySelection`] with the range of the data
/// where nothing is left; errors of decoding.
pub fn select_times(dataset: &mut Dataset, wanted: &TimeSelection) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    if wanted.is_empty() {
        return Ok(warnings);
    }
    let coordinates = coordinates::times_or_scalar(dataset, &Roles::of(dataset));
    if coordinates.is_empty() {
        let known: Vec<&str> = dataset.dimensions.iter().map(|d| d.name.as_str()).collect();
        return Err(Error::data(format!("{wanted}: no coordinate is a time"), dataset.source.clone())
            .with_hint(format!("its dimensions are {}", known.join(", "))));
    }
    for name in coordinates {
        let variable = dataset.require(&name)?;
        let axis = read_axis(variable)?;
        warnings.extend(axis.coding.warning().map(|w| format!("{name}: {w}")));
        let kept = wanted.indices(&axis)?;
        if let Some(dimension) = variable.dimensions.first().cloned() {
            select(dataset, &dimension, &AxisSelection::from_indices(kept))?;
        }
    }
    Ok(warnings)
}

/// Give every time axis without a reference date this one (`--reference-time`).
///
/// # Errors
/// [`Error::Data`] where no time axis lacks one.
pub fn set_reference_time(dataset: &mut Dataset, text: &str) -> Result<()> {
    let reference = DateText::from_str(text)?;
    let roles = Roles::of(dataset);
    let (mut done, mut without) = (false, Vec::new());
    for name in coordinates::times(dataset, &roles) {
        let Some(variable) = dataset.variable_mut(&name) else { continue };
        let units = variable.attributes.text("units").unwrap_or_default().to_owned();
        let Ok(coding) = TimeCoding::new(&units, variable.attributes.text("calendar")) else {
            without
                .push(format!("'{name}' has {}", if units.is_empty() { "none".into() } else { format!("'{units}'") }));
            continue;
        };
        if !coding.is_duration() {
            continue;
        }
        let with = coding.with_reference(reference)?;
        variable.attributes.set("units", with.units().to_string());
        if variable.attributes.get("standard_name").is_none() {
            variable.attributes.set("standard_name", "time");
        }
        if variable.attributes.get("calendar").is_none() {
            variable.attributes.set("calendar", "standard");
        }
        date_bounds(dataset, &roles, &name, reference);
        done = true;
    }
    if done {
        return Ok(());
    }
    if !without.is_empty() {
        let what = format!("--reference-time: a date needs a unit of time to count in, {}", without.join(", "));
        return Err(Error::data(what, dataset.source.clone())
            .with_hint("give the time axis the attribute 'units' first, such as 'days' or 'hours'"));
    }
    Err(Error::data("--reference-time: no time axis lacks a reference date", dataset.source.clone()))
}

/// Bounds whose own units are a length of time get the reference date of their coordinate: beside a
/// date, readers would take them for lengths of time still.
fn date_bounds(dataset: &mut Dataset, roles: &Roles, coordinate: &str, reference: DateText) {
    let calendar = dataset.variable(coordinate).and_then(|v| v.attributes.get("calendar")).cloned();
    let Some(bounds) = roles.bounds_of(coordinate).and_then(|name| dataset.variable_mut(name)) else { return };
    let own = bounds.attributes.text("units").and_then(|units| TimeUnits::parse(units).ok());
    let Some(own) = own.filter(TimeUnits::is_duration) else { return };
    bounds.attributes.set("units", own.with_reference(reference).to_string());
    if let (Some(calendar), None) = (calendar, bounds.attributes.get("calendar")) {
        bounds.attributes.set("calendar", calendar);
    }
}
