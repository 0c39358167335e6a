//! Keeping levels: `--level`, `--nearest-level`.

use super::numbers::Numbers;
use super::values::{Method, extent};
use super::wishes::Wishes;
use crate::cf::roles::{Kind, Roles};
use crate::model::array::AxisSelection;
use crate::model::{Dataset, Variable};
use crate::ops::select::select;
use crate::{Error, Result};

/// A vertical coordinate.
struct Level {
    name: String,
    units: String,
    /// The dimension it stands for; `None` for a scalar (CF §5.7), which is compared and stays.
    dimension: Option<String>,
}

/// Keep levels: `V`, `A/B` or several between commas, in the axis' units or with one (`850hPa`); with
/// `nearest` the nearest. Each wish counts for the vertical axes to whose units it converts; where there
/// is no axis, for the scalar coordinates. The answer is what to tell the user: axes that no wish is
/// meant for and that stay whole.
///
/// # Errors
/// [`Error::Data`] without a vertical coordinate, or where a wish converts to the units of none;
/// [`Error::EmptySelection`] with the levels there are.
pub fn select_levels(dataset: &mut Dataset, wishes: &[String], nearest: bool) -> Result<Vec<String>> {
    let (flag, method) = if nearest { ("--nearest-level", Method::Nearest) } else { ("--level", Method::Exact) };
    let levels = levels(dataset);
    let parsed: Vec<(&String, Wishes)> =
        wishes.iter().map(|text| Ok((text, Wishes::parse(text)?))).collect::<Result<_>>()?;
    for (text, wish) in &parsed {
        if !levels.iter().any(|level| wish.convert_to(&level.units)) {
            return Err(for_none(&levels, &format!("{flag} {text}"), dataset));
        }
    }
    let mut notes = Vec::new();
    for Level { name, units, dimension } in &levels {
        let meant: Vec<&(&String, Wishes)> = parsed.iter().filter(|(_, wish)| wish.convert_to(units)).collect();
        if meant.is_empty() {
            let asked: Vec<&str> = wishes.iter().map(String::as_str).collect();
            notes.push(format!("{name} is in {units} and stays whole: {flag} {} is not", asked.join(", ")));
            continue;
        }
        let places = Numbers::of(dataset.require(name)?)?;
        let mut kept: Vec<usize> = Vec::new();
        for (text, wish) in meant {
            for one in wish.in_units(units)? {
                let found = places.indices(&one, method, None).filter(|f| !f.is_empty());
                kept.extend(found.ok_or_else(|| {
                    Error::empty_selection(
                        format!("{flag} {text}"),
                        format!("{name} has {}", listed(&places.values, units)),
                    )
                })?);
            }
        }
        kept.sort_unstable();
        kept.dedup();
        if let Some(dimension) = dimension {
            select(dataset, dimension, &AxisSelection::from_indices(kept))?;
        }
    }
    Ok(notes)
}

/// The vertical coordinates along dimensions of their own; without any, the scalar ones.
fn levels(dataset: &Dataset) -> Vec<Level> {
    let roles = Roles::of(dataset);
    let vertical = |v: &&Variable| roles.kind(&v.name) == Kind::Vertical && v.data_type().is_numeric();
    let level = |v: &Variable| Level {
        name: v.name.clone(),
        units: v.attributes.text("units").unwrap_or("1").to_owned(),
        dimension: v.dimensions.first().cloned(),
    };
    let stands = |v: &&Variable| {
        let [dimension] = v.dimensions.as_slice() else { return false };
        dataset.coordinate(&v.name).is_some() || dataset.coordinate(dimension).is_none()
    };
    let along: Vec<Level> = dataset.variables.iter().filter(vertical).filter(stands).map(level).collect();
    if !along.is_empty() {
        return along;
    }
    dataset.variables.iter().filter(vertical).filter(|v| v.dimensions.is_empty()).map(level).collect()
}

/// The error for a wish that no coordinate understands.
fn for_none(levels: &[Level], asked: &str, dataset: &Dataset) -> Error {
    if levels.is_empty() {
        let known: Vec<&str> = dataset.dimensions.iter().map(|d| d.name.as_str()).collect();
        return Error::data(format!("{asked}: no coordinate is vertical"), dataset.source.clone())
            .with_hint(format!("its dimensions are {}; --sel and --isel take any of them", known.join(", ")));
    }
    let units: Vec<String> = levels.iter().map(|l| format!("{} is in '{}'", l.name, l.units)).collect();
    Error::data(format!("{asked}: this unit converts to that of no vertical coordinate"), dataset.source.clone())
        .with_hint(units.join(", "))
}

fn listed(values: &[f64], units: &str) -> String {
    if values.len() > 20 {
        return extent(values, units);
    }
    let list: Vec<String> = values.iter().map(f64::to_string).collect();
    format!("{} {units}", list.join(", "))
}
