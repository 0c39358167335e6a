//! The dataset of the results.

use std::sync::Arc;

use super::anomaly::{Anomaly, departures, lacking};
use super::collapsed::collapsed;
use super::describe::{self, Method};
use super::quantile::Percentile;
use super::reduce::{Fate, Plan, Reduction, Stored, rolled, zonal};
use super::scheme::Scheme;
use super::times::TimeDimension;
use super::{Aggregate, Outcome, Statistic, zones};
use crate::cf::packing::Packing;
use crate::cf::roles::Role;
use crate::engine::Engine;
use crate::model::{Array, Dataset, Dimension, Encoding, Variable};
use crate::ops::names::{add_coordinates, forget_missing, seen_from};
use crate::{Error, Result};

/// # Errors
/// As [`super::Aggregate::apply`].
pub(super) fn result(request: &Aggregate, scheme: &Scheme, dataset: &Dataset, engine: &Engine) -> Result<Outcome> {
    if let Some(kind) = request.anomaly {
        return anomalies(kind, request, scheme, dataset, engine);
    }
    let corner = corner(scheme, dataset);
    let mut variables = Vec::new();
    let replaced = replaced(scheme, dataset, &corner)?;
    let mut gone = Vec::new();
    for variable in &dataset.variables {
        if request.borrowed.as_ref() == Some(&variable.name) {
            gone.push(variable.name.clone());
        } else if scheme.reduced.contains(&variable.name) {
            variables.extend(statistics(request, scheme, dataset, variable, engine)?);
        } else if let Some(new) = replaced.iter().find(|r| r.name == variable.name) {
            variables.push(new.clone());
        } else if scheme.concerns(variable) {
            gone.push(variable.name.clone());
        } else {
            variables.push(variable.clone());
        }
    }
    // Bounds that the input did not have.
    variables.extend(replaced.iter().filter(|r| dataset.variable(&r.name).is_none()).cloned());
    let mut dimensions = dimensions(scheme, dataset, &corner);
    let meshes = broken_meshes(scheme, dataset, &gone);
    variables.retain(|v| !meshes.contains(&v.name));
    gone.extend(meshes);
    // What nothing uses any more goes, but for what nothing used before.
    let was_used = |name: &str| name == corner || dataset.variables.iter().any(|v| v.axis(name).is_some());
    dimensions.retain(|d| !was_used(&d.name) || variables.iter().any(|v| v.axis(&d.name).is_some()));
    if !scheme.zones.is_empty() {
        let (dimension, variable) = zones::coordinate(scheme.zones.clone(), dataset)?;
        dimensions.push(dimension);
        variables.insert(0, variable);
    }
    refuse_same_names(&variables)?;
    let mut out = Dataset { dimensions, variables, ..dataset.clone() };
    forget_missing(&mut out, &gone);
    let mut notes = Vec::new();
    if !scheme.left_out.is_empty() {
        notes.push(format!("left out, being no numbers: {}", scheme.left_out.join(", ")));
    }
    Ok(Outcome { dataset: out, notes, warnings: scheme.warnings.clone(), tally: Arc::clone(&scheme.tally) })
}

/// The dimensions that stay, as long as they are now, and that of two bounds.
fn dimensions(scheme: &Scheme, dataset: &Dataset, corner: &str) -> Vec<Dimension> {
    let stays = |dimension: &Dimension| match scheme.grouped(&dimension.name) {
        Some(grouped) => Some(Dimension { length: grouped.groups.len(), ..dimension.clone() }),
        None => (!scheme.gone.contains(&dimension.name)).then(|| dimension.clone()),
    };
    let mut found: Vec<Dimension> = dataset.dimensions.iter().filter_map(stays).collect();
    if found.iter().all(|d| d.name != corner) {
        found.push(Dimension { name: corner.to_owned(), length: 2, unlimited: false });
    }
    found
}

/// Refuse results that would bear the name of another variable.
fn refuse_same_names(variables: &[Variable]) -> Result<()> {
    let again = variables.iter().enumerate().find(|(i, v)| variables.iter().take(*i).any(|w| w.name == v.name));
    match again {
        Some((_, v)) => Err(Error::data(format!("two results would be called '{}'", v.name), "dataset")
            .with_hint("choose variables with -v, or one statistic at a time")),
        None => Ok(()),
    }
}

/// The dataset with departures in the place of values.
fn anomalies(
    kind: Anomaly,
    request: &Aggregate,
    scheme: &Scheme,
    dataset: &Dataset,
    engine: &Engine,
) -> Result<Outcome> {
    let one = |variable: &Variable| {
        if scheme.reduced.contains(&variable.name) {
            departures(kind, request, scheme, dataset, variable, engine)
        } else {
            Ok(variable.clone())
        }
    };
    let own = |variable: &&Variable| request.borrowed.as_ref() != Some(&variable.name);
    let variables = dataset.variables.iter().filter(own).map(one).collect::<Result<Vec<_>>>()?;
    let dataset = Dataset { variables, ..dataset.clone() };
    let warnings = scheme.warnings.iter().cloned().chain(lacking(request, scheme)?).collect();
    Ok(Outcome { dataset, notes: Vec::new(), warnings, tally: Arc::clone(&scheme.tally) })
}

/// The dimension of two bounds: that of bounds that the dataset has, else `bnds`.
fn corner(scheme: &Scheme, dataset: &Dataset) -> String {
    let two = |name: &&String| dataset.dimension(name).is_some_and(|d| d.length == 2);
    let bounds = scheme.roles.with_role(Role::Bounds).into_iter().filter_map(|name| dataset.variable(name));
    let known = bounds.filter(|b| b.dimensions.len() == 2).filter_map(|b| b.dimensions.last()).find(two);
    let free = |name: &&str| dataset.dimension(name).is_none_or(|d| d.length == 2);
    let new = || ["bnds", "two_bounds"].into_iter().find(free).unwrap_or("bounds_of_two").to_owned();
    known.cloned().unwrap_or_else(new)
}

/// Meshes of which a part went say nothing more.
fn broken_meshes(scheme: &Scheme, dataset: &Dataset, gone: &[String]) -> Vec<String> {
    let names_gone = |v: &Variable| {
        let mut texts = v.attributes.iter().filter_map(|(_, value)| value.as_text());
        texts.any(|t| t.split_whitespace().any(|word| gone.iter().any(|g| g == word)))
    };
    let meshes = scheme.roles.with_role(Role::Mesh).into_iter().filter_map(|name| dataset.variable(name));
    meshes.filter(|v| names_gone(v)).map(|v| v.name.clone()).collect()
}

/// Coordinates and bounds that stand in the place of others: grouped times, scalars of what went.
fn replaced(scheme: &Scheme, dataset: &Dataset, corner: &str) -> Result<Vec<Variable>> {
    let climatology = matches!(scheme.method, Method::Climatology(..));
    let mut found = Vec::new();
    for (number, grouped) in scheme.times.iter().enumerate() {
        let (group, own) = grouped.time.coordinate.name.rsplit_once('/').unwrap_or(("", &grouped.time.coordinate.name));
        let name = if number == 0 { "climatology_bnds".to_owned() } else { format!("{own}_climatology_bnds") };
        let name = if group.is_empty() { name } else { format!("{group}/{name}") };
        let name = climatology.then_some(name.as_str());
        found.extend(grouped.time.variables(&grouped.groups, grouped.goes, name, corner)?);
    }
    // The middle of all cells is no place of any region.
    let gone = scheme.gone.iter().filter(|_| scheme.zones.is_empty());
    for dimension in gone.filter(|d| scheme.times.iter().all(|t| t.time.dimension != **d)) {
        found.extend(collapsed(dataset, &scheme.roles, dimension, corner)?.into_iter().flatten());
    }
    Ok(found)
}

/// One variable for each statistic.
fn statistics(
    request: &Aggregate,
    scheme: &Scheme,
    dataset: &Dataset,
    variable: &Variable,
    engine: &Engine,
) -> Result<Vec<Variable>> {
    let packing = Packing::of(variable)?;
    let stored: Vec<Stored> =
        request.statistics.iter().map(|&s| describe::stored(variable, &packing, with_method(s, request))).collect();
    let names = method_names(scheme, variable);
    let went = match scheme.zoned(variable) {
        Some(_) => vec![zones::LABEL.to_owned()],
        None => scalars(scheme, dataset, variable),
    };
    let (dimensions, chunk) = shape_of(scheme, variable);
    let encoding = Encoding {
        chunk_shape: chunk,
        shard_shape: None,
        fill_value: None,
        enumeration: None,
        boolean: false,
        ..variable.encoding.clone()
    };
    let (arrays, weighted) = arrays(request, scheme, dataset, variable, &stored, engine)?;
    let several = request.statistics.len() > 1;
    let weight_units = request.weights.units(variable, dataset).filter(|_| weighted);
    Ok(stored
        .iter()
        .zip(arrays)
        .map(|(stored, array)| {
            let mut attributes = describe::attributes(variable, stored, &names, scheme.method, weight_units.as_deref());
            let went: Vec<String> = went.iter().map(|name| seen_from(&variable.name, name)).collect();
            add_coordinates(&mut attributes, &went);
            let name = if several { format!("{}_{}", variable.name, stored.statistic) } else { variable.name.clone() };
            let spare_bits = stored.statistic.spare_bits(variable.data_type());
            let encoding = Encoding { spare_bits, ..encoding.clone() };
            Variable { name, dimensions: dimensions.clone(), attributes, encoding, array }
        })
        .collect())
}

/// The lazy results, one a statistic, and whether values have weights.
fn arrays(
    request: &Aggregate,
    scheme: &Scheme,
    dataset: &Dataset,
    variable: &Variable,
    stored: &[Stored],
    engine: &Engine,
) -> Result<(Vec<Array>, bool)> {
    let packing = Packing::of(variable)?;
    let (input, rules) = (variable.array.clone(), request.rules(&scheme.tally));
    if let Some(zoned) = scheme.zoned(variable) {
        let horizontal = zoned.dimensions.iter().filter_map(|d| variable.axis(d)).collect();
        request.refuse_ddof()?;
        let arrays = zonal(input, packing, horizontal, zoned.shares.clone(), stored.to_vec(), &rules, engine);
        return Ok((arrays, true));
    }
    if let Some(rolling) = request.rolling {
        let along = variable.dimensions.iter().position(|d| scheme.grouped(d).is_some()).unwrap_or(0);
        let windows = rolling.windows(variable.shape().get(along).copied().unwrap_or(0));
        return Ok((rolled(input, packing, along, windows, stored.to_vec(), &rules, engine), false));
    }
    let times: Vec<&TimeDimension> = scheme.times.iter().map(|t| &t.time).collect();
    let concerned: Vec<String> = times.iter().map(|t| t.dimension.clone()).chain(scheme.gone.iter().cloned()).collect();
    let weighting = request.weights.of(variable, dataset, &scheme.roles, &concerned, &scheme.area, &times)?;
    let weighted = weighting.is_some();
    if weighted {
        request.refuse_ddof()?;
    }
    let plan = Plan::new(input, scheme.fates(variable));
    Ok((Reduction::arrays(plan, packing, weighting, stored.to_vec(), &rules, engine), weighted))
}

/// The dimensions of a result and the chunks that the input's become.
fn shape_of(scheme: &Scheme, variable: &Variable) -> (Vec<String>, Option<Vec<usize>>) {
    let chunk = variable.encoding.chunk_shape.as_ref();
    let Some(zoned) = scheme.zoned(variable) else {
        let fates = scheme.fates(variable);
        return (left(&variable.dimensions, &fates), chunk.map(|c| left(c, &fates)));
    };
    let mut dimensions = Vec::new();
    for dimension in &variable.dimensions {
        if !zoned.dimensions.contains(dimension) {
            dimensions.push(dimension.clone());
        } else if !dimensions.iter().any(|d| d == zones::ZONE) {
            dimensions.push(zones::ZONE.to_owned());
        }
    }
    (dimensions, None)
}

fn with_method(statistic: Statistic, request: &Aggregate) -> Statistic {
    match statistic {
        Statistic::Percentile(p) => Statistic::Percentile(Percentile { method: request.percentile_method, ..p }),
        other => other,
    }
}

/// Of a list with an entry a dimension, those of the dimensions that stay or are grouped.
fn left<T: Clone>(list: &[T], fates: &[Fate]) -> Vec<T> {
    let pairs = list.iter().zip(fates);
    pairs.filter(|(_, fate)| !matches!(fate, Fate::Reduced)).map(|(entry, _)| entry.clone()).collect()
}

/// What `cell_methods` calls the dimensions that were aggregated over: horizontal ones that went as
/// an area `area` (CF §7.3.1).
fn method_names(scheme: &Scheme, variable: &Variable) -> Vec<String> {
    let mut names = Vec::new();
    for dimension in &variable.dimensions {
        if scheme.area.contains(dimension) {
            if !names.iter().any(|n| n == "area") {
                names.push("area".to_owned());
            }
        } else if scheme.gone.contains(dimension) || scheme.grouped(dimension).is_some() {
            names.push(seen_from(&variable.name, dimension));
        }
    }
    names
}

/// The scalar coordinates that a variable's dimensions became.
fn scalars(scheme: &Scheme, dataset: &Dataset, variable: &Variable) -> Vec<String> {
    let gone = variable.dimensions.iter().filter(|d| scheme.gone.contains(d));
    let of = |dimension: &String| {
        let along = crate::ops::coordinates::along(dataset, &scheme.roles, dimension)?;
        along.data_type().is_numeric().then(|| along.name.clone())
    };
    gone.filter_map(of).collect()
}
