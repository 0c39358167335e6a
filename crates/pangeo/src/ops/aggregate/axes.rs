//! What `--over` names: dimensions, directions, areas.

use crate::cf::roles::{Axis, Kind, Roles};
use crate::grid::Grid;
use crate::model::{Dataset, Variable};
use crate::ops::coordinates;
use crate::{Error, Result};

/// What goes, and whether cells count by their area.
#[derive(Debug, Default)]
pub(super) struct Over {
    /// The dimensions.
    pub(super) dimensions: Vec<String>,
    /// Those of them that are horizontal and were named as an area.
    pub(super) area: Vec<String>,
}

impl Over {
    /// The dimensions that `words` name among those of the variables `names`.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a word that names no dimension of any of the variables; [`Error::Data`] for `latitude` or
    /// `longitude` on a grid whose rows and columns are not of one latitude or longitude.
    pub(super) fn of(words: &[String], dataset: &Dataset, roles: &Roles, names: &[String]) -> Result<Self> {
        let mut over = Self::default();
        let variables: Vec<&Variable> = names.iter().filter_map(|n| dataset.variable(n)).collect();
        for word in words.iter().map(|w| w.trim()) {
            let mut found = Vec::new();
            for variable in &variables {
                found.extend(named(word, dataset, roles, variable)?);
            }
            if found.is_empty() {
                return Err(nothing(word, dataset, &variables));
            }
            if word == "area" {
                over.area.extend(found.iter().cloned());
            }
            over.dimensions.extend(found);
        }
        for list in [&mut over.dimensions, &mut over.area] {
            let mut seen = Vec::new();
            list.retain(|d| {
                !seen.contains(d) && {
                    seen.push(d.clone());
                    true
                }
            });
        }
        Ok(over)
    }
}

/// The dimensions of `variable` that `word` names.
fn named(word: &str, dataset: &Dataset, roles: &Roles, variable: &Variable) -> Result<Vec<String>> {
    if variable.axis(word).is_some() {
        return Ok(vec![word.to_owned()]);
    }
    let along =
        |axis: Axis| variable.dimensions.iter().filter(move |d| roles.axis_of_dimension(d) == Some(axis)).cloned();
    Ok(match word {
        "time" => along(Axis::Time).collect(),
        "vertical" | "level" => along(Axis::Vertical).collect(),
        "latitude" | "lat" => straight(along(Axis::Y).collect(), Kind::Latitude, word, dataset, roles, variable)?,
        "longitude" | "lon" => straight(along(Axis::X).collect(), Kind::Longitude, word, dataset, roles, variable)?,
        "area" => {
            let Some(grid) = Grid::of(dataset, roles, &variable.name)? else { return Ok(Vec::new()) };
            [grid.y, grid.x, grid.cells].into_iter().flatten().map(|axis| axis.dimension).collect()
        }
        _ => Vec::new(),
    })
}

/// Dimensions whose coordinate is the latitude or longitude itself.
fn straight(
    found: Vec<String>,
    kind: Kind,
    word: &str,
    dataset: &Dataset,
    roles: &Roles,
    variable: &Variable,
) -> Result<Vec<String>> {
    let own = |dimension: &String| coordinates::along(dataset, roles, dimension).map(|c| roles.kind(&c.name));
    for dimension in &found {
        let places = roles.latitude(&variable.name).is_some();
        if own(dimension).is_some_and(|k| k != kind) || own(dimension).is_none() && places {
            let what =
                format!("'{word}' is no dimension: '{dimension}' of '{}' runs along no single {word}", variable.name);
            return Err(Error::data(what, dataset.source.clone())
                .with_hint(format!("regrid first, or name the dimension: --over {dimension}")));
        }
    }
    Ok(found.into_iter().filter(|d| own(d).is_some()).collect())
}

fn nothing(word: &str, dataset: &Dataset, variables: &[&Variable]) -> Error {
    let mut has: Vec<String> = variables.iter().flat_map(|v| v.dimensions.clone()).collect();
    has.sort();
    has.dedup();
    let kind = if ["time", "latitude", "longitude", "vertical", "area"].contains(&word) { "axis" } else { "dimension" };
    Error::NotFound { kind, name: word.to_owned(), place: dataset.source.clone(), has }
}
