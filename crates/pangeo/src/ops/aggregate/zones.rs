//! Regions and the cells that they cover.

use super::reduce::{Share, sound};
use super::weights::{Weights, on_the_earth};
use crate::cf::roles::Roles;
use crate::grid::polygon::{Feature, coverage};
use crate::grid::{CellAreas, Corners};
use crate::model::array::Memory;
use crate::model::{Attributes, Block, Buffer, Dataset, Dimension, Encoding, Variable};
use crate::ops::grids::{GridOf, require_grids};
use crate::{Error, Result};

/// The dimension of regions.
pub(super) const ZONE: &str = "zone";
/// Their names: labels are no coordinate variables, but named by `coordinates` (CF §6.1).
pub(super) const LABEL: &str = "zone_name";

/// Regions to take statistics of.
#[derive(Debug, Clone)]
pub struct Zones {
    /// The regions.
    pub features: Vec<Feature>,
    /// The property that names them; `None` for the usual ones.
    pub name: Option<String>,
    /// The file that they are from, for messages.
    pub file: String,
}

/// The regions on one grid.
#[derive(Debug)]
pub(super) struct Zoned {
    /// The variables on the grid.
    pub(super) variables: Vec<String>,
    /// The grid's dimensions: rows and columns, or cells.
    pub(super) dimensions: Vec<String>,
    /// The cells of each region.
    pub(super) shares: Vec<Vec<Share>>,
}

impl Zones {
    /// The name of each region.
    ///
    /// # Errors
    /// [`Error::NotFound`] if a property is asked for that no region has.
    pub(super) fn names(&self) -> Result<Vec<String>> {
        const USUAL: [&str; 8] = ["name", "NAME", "Name", "ADMIN", "region", "Region", "id", "ID"];
        let asked: Vec<&str> = self.name.as_deref().map_or_else(|| USUAL.to_vec(), |name| vec![name]);
        let named = |f: &Feature| asked.iter().find_map(|property| f.name(property));
        if let Some(name) = &self.name
            && self.features.iter().all(|f| f.name(name).is_none())
        {
            let mut has: Vec<String> = self.features.iter().flat_map(|f| f.properties.keys().cloned()).collect();
            has.sort();
            has.dedup();
            return Err(Error::NotFound { kind: "property", name: name.clone(), place: self.file.clone(), has });
        }
        let numbered = |(i, f): (usize, &Feature)| named(f).unwrap_or_else(|| format!("zone {}", i + 1));
        Ok(self.features.iter().enumerate().map(numbered).collect())
    }

    /// The cells of each region on every grid of the dataset.
    ///
    /// # Errors
    /// [`Error::EmptySelection`] if no region covers a cell; [`Error::Data`] where there is no grid or
    /// cells have no corners.
    pub(super) fn on_grids(&self, dataset: &Dataset, roles: &Roles, weights: &Weights) -> Result<Vec<Zoned>> {
        let found = require_grids(dataset, "--zones")?;
        let zoned: Vec<Zoned> =
            found.iter().map(|on| self.on_grid(on, dataset, roles, weights)).collect::<Result<_>>()?;
        if zoned.iter().all(|z| z.shares.iter().all(Vec::is_empty)) {
            let [w, s, e, n] = found.first().and_then(|on| on.grid.extent()).unwrap_or([f64::NAN; 4]);
            let has = format!("the grid's cells lie between longitudes {w} and {e}, latitudes {s} and {n}");
            return Err(Error::empty_selection("--zones", has));
        }
        Ok(zoned)
    }

    fn on_grid(&self, on: &GridOf, dataset: &Dataset, roles: &Roles, weights: &Weights) -> Result<Zoned> {
        let variable = on.variables.first().map(String::as_str).unwrap_or_default();
        let corners = Corners::of(dataset, roles, &on.grid, variable)?;
        let areas = match weights {
            Weights::Auto | Weights::Area => Some(on_the_earth(
                CellAreas::of(dataset, roles, &on.grid, variable)?,
                dataset.require(variable)?,
                dataset,
            )),
            _ => None,
        };
        let share = |(cell, part): (usize, f64)| {
            let area = areas.as_ref().map_or(1.0, |a| a.get(cell).map_or(0.0, sound));
            Share { cell, weight: area * part, part }
        };
        let cells = |f: &Feature| Ok(coverage(f, &corners)?.into_iter().map(share).collect());
        let axes = [&on.grid.y, &on.grid.x, &on.grid.cells];
        Ok(Zoned {
            variables: on.variables.clone(),
            dimensions: axes.into_iter().flatten().map(|a| a.dimension.clone()).collect(),
            shares: self.features.iter().map(cells).collect::<Result<_>>()?,
        })
    }
}

/// The dimension of regions and the variable that names them.
///
/// # Errors
/// [`Error::Data`] if the dataset has such a name already.
pub(super) fn coordinate(names: Vec<String>, dataset: &Dataset) -> Result<(Dimension, Variable)> {
    if dataset.dimension(ZONE).is_some() || dataset.variable(LABEL).is_some() {
        return Err(Error::data(format!("the dataset has a '{ZONE}' already"), dataset.source.clone()));
    }
    let dimension = Dimension { name: ZONE.to_owned(), length: names.len(), unlimited: false };
    let mut attributes = Attributes::new();
    attributes.set("long_name", "region");
    let variable = Variable {
        name: LABEL.to_owned(),
        dimensions: vec![ZONE.to_owned()],
        attributes,
        encoding: Encoding::default(),
        array: Memory::array(Block::vector(Buffer::String(names))),
    };
    Ok((dimension, variable))
}
