//! The dataset of the results.

use super::anomaly::{Anomaly, departures};
use super::collapsed::collapsed;
use super::describe::{self, Method};
use super::names::{add_coordinates, forget_missing};
use super::quantile::Percentile;
use super::reduce::{Fate, Plan, Reduction, Rules, Stored};
use super::scheme::Scheme;
use super::{Aggregate, Outcome, Statistic};
use crate::Result;
use crate::engine::Engine;
use crate::model::{Dataset, Dimension, Encoding, Variable};

/// # Errors
/// As [`super::Aggregate::apply`].
pub(super) fn result(request: &Aggregate, scheme: &Scheme, dataset: &Dataset, engine: &Engine) -> Result<Outcome> {
    if let Some(kind) = request.anomaly {
        return anomalies(kind, request, scheme, dataset, engine);
    }
    let corner = corner(dataset);
    let mut variables = Vec::new();
    let replaced = replaced(scheme, dataset, &corner)?;
    let mut gone = Vec::new();
    for variable in &dataset.variables {
        if scheme.reduced.contains(&variable.name) {
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
    let mut dimensions: Vec<Dimension> = Vec::new();
    for dimension in &dataset.dimensions {
        match scheme.grouped(&dimension.name) {
            Some(grouped) => dimensions.push(Dimension { length: grouped.groups.len(), ..dimension.clone() }),
            None if scheme.gone.contains(&dimension.name) => {}
            None => dimensions.push(dimension.clone()),
        }
    }
    let used = |d: &Dimension| d.name != corner || variables.iter().any(|v| v.dimensions.contains(&corner));
    dimensions.retain(used);
    if dimensions.iter().all(|d| d.name != corner) && variables.iter().any(|v| v.dimensions.contains(&corner)) {
        dimensions.push(Dimension { name: corner, length: 2, unlimited: false });
    }
    let mut out = Dataset { dimensions, variables, ..dataset.clone() };
    forget_missing(&mut out, &gone);
    let mut notes = Vec::new();
    if !scheme.left_out.is_empty() {
        notes.push(format!("left out, being texts: {}", scheme.left_out.join(", ")));
    }
    Ok(Outcome { dataset: out, notes, warnings: scheme.warnings.clone() })
}

/// The dataset with departures in the place of values.
fn anomalies(kind: Anomaly, request: &Aggregate, scheme: &Scheme, dataset: &Dataset, engine: &Engine) -> Result<Outcome> {
    let one = |variable: &Variable| {
        if scheme.reduced.contains(&variable.name) {
            departures(kind, request, scheme, dataset, variable, engine)
        } else {
            Ok(variable.clone())
        }
    };
    let variables = dataset.variables.iter().map(one).collect::<Result<Vec<_>>>()?;
    let dataset = Dataset { variables, ..dataset.clone() };
    Ok(Outcome { dataset, notes: Vec::new(), warnings: scheme.warnings.clone() })
}

/// The dimension of two bounds: one that the dataset has, else `bnds`.
fn corner(dataset: &Dataset) -> String {
    let two = |name: &str| dataset.dimension(name).is_none_or(|d| d.length == 2);
    let known = ["bnds", "nv", "bounds", "nbnds", "nb2"].into_iter().find(|n| dataset.dimension(n).is_some() && two(n));
    let known = known.or_else(|| ["bnds", "two_bounds"].into_iter().find(|n| two(n)));
    known.unwrap_or("bounds_of_two").to_owned()
}

/// Coordinates and bounds that stand in the place of others: grouped times, scalars of what went.
fn replaced(scheme: &Scheme, dataset: &Dataset, corner: &str) -> Result<Vec<Variable>> {
    let climatology = matches!(scheme.method, Method::Climatology(..));
    let mut found = Vec::new();
    for grouped in &scheme.times {
        found.extend(grouped.time.variables(&grouped.groups, grouped.goes, climatology, corner)?);
    }
    for dimension in scheme.gone.iter().filter(|d| scheme.times.iter().all(|t| t.time.dimension != **d)) {
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
    let packing = Scheme::packing(variable)?;
    let stored: Vec<Stored> = request
        .statistics
        .iter()
        .map(|&s| describe::stored(variable, &packing, with_method(s, request)))
        .collect();
    let times: Vec<&super::times::TimeDimension> = scheme.times.iter().map(|t| &t.time).collect();
    let concerned: Vec<String> = times.iter().map(|t| t.dimension.clone()).chain(scheme.gone.iter().cloned()).collect();
    let weighting = request.weights.of(variable, dataset, &scheme.roles, &concerned, &scheme.area, &times)?;
    let fates = scheme.fates(variable);
    let dimensions: Vec<String> = left(&variable.dimensions, &fates);
    let rules = Rules { ddof: request.ddof, min_count: request.min_count, propagate: request.propagate_missing };
    let encoding = Encoding {
        chunk_shape: variable.encoding.chunk_shape.as_ref().map(|chunk| left(chunk, &fates)),
        shard_shape: None,
        fill_value: None,
        enumeration: None,
        boolean: false,
        ..variable.encoding.clone()
    };
    let plan = Plan::new(variable.array.clone(), fates);
    let names = method_names(scheme, variable);
    let went = scalars(scheme, dataset, variable);
    let arrays = Reduction::arrays(plan, packing, weighting, stored.clone(), &rules, engine);
    let several = request.statistics.len() > 1;
    Ok(stored
        .iter()
        .zip(arrays)
        .map(|(stored, array)| {
            let mut attributes = describe::attributes(variable, stored, &names, scheme.method);
            add_coordinates(&mut attributes, &went);
            let name = if several { format!("{}_{}", variable.name, stored.statistic) } else { variable.name.clone() };
            Variable { name, dimensions: dimensions.clone(), attributes, encoding: encoding.clone(), array }
        })
        .collect())
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
            names.push(dimension.clone());
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
