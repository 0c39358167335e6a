//! The time axes of a dataset, their groups, and the time coordinate of the result.

use std::sync::Arc;

use super::reduce::Groups;
use crate::Result;
use crate::cf::roles::Roles;
use crate::cf::time::{GroupTimes, TimeAxis, TimeCells, TimeCoding, TimeGroup, weights};
use crate::model::array::Memory;
use crate::model::{AttributeValue, Block, Dataset, Variable};
use crate::ops::coordinates;
use crate::ops::names::{OF_STORED, seen_from};

/// A dimension of time, read and decoded.
#[derive(Debug)]
pub(super) struct TimeDimension {
    /// The dimension's name.
    pub(super) dimension: String,
    /// The coordinate variable along it.
    pub(super) coordinate: Variable,
    /// Its bounds, if the file has any.
    pub(super) bounds: Option<Variable>,
    axis: TimeAxis,
}

impl TimeDimension {
    /// The dimensions of time that are `wanted`, each as it is read.
    ///
    /// # Errors
    /// In the list: as [`coordinates::read_axis`].
    pub(super) fn all(dataset: &Dataset, roles: &Roles, wanted: impl Fn(&String) -> bool) -> Vec<Result<Self>> {
        let mut found = Vec::new();
        for name in coordinates::times(dataset, roles) {
            let Some(coordinate) = dataset.variable(&name) else { continue };
            let Some(dimension) =
                coordinate.dimensions.first().filter(|d| coordinate.dimensions.len() == 1 && wanted(d))
            else {
                continue;
            };
            // Bounds of a climatology are no cells of consecutive time.
            let climatological = coordinate.attributes.get("climatology").is_some();
            let bounds = roles.bounds_of(&name).and_then(|b| dataset.variable(b)).filter(|_| !climatological);
            found.push(coordinates::read_axis(coordinate).map(|axis| Self {
                dimension: dimension.clone(),
                coordinate: coordinate.clone(),
                bounds: bounds.filter(|b| b.shape().last() == Some(&2) && b.dimensions.len() == 2).cloned(),
                axis,
            }));
        }
        found
    }

    /// The decoded axis.
    pub(super) fn axis(&self) -> &TimeAxis {
        &self.axis
    }

    /// The steps with their cells.
    ///
    /// # Errors
    /// As [`TimeCells::decode`].
    pub(super) fn cells(&self) -> Result<TimeCells<'_>> {
        let Some(bounds) = &self.bounds else { return TimeCells::new(&self.axis) };
        let measure = coordinates::measure_of_bounds(bounds, &self.coordinate);
        let coding = TimeCoding::new(measure.text("units").unwrap_or_default(), measure.text("calendar"))?;
        TimeCells::decode(&self.axis, &coding, &coordinates::numbers(bounds)?, &[])
    }

    /// The length of each step's cell.
    ///
    /// # Errors
    /// As [`weights`].
    pub(super) fn weights(&self) -> Result<Vec<f64>> {
        weights(&self.cells()?)
    }

    /// Time coordinate and bounds of `groups`: along the dimension, or, for one group that takes it
    /// away, without it. `corner` is the dimension of the two bounds; `climatology` names the bounds of one.
    ///
    /// # Errors
    /// As [`GroupTimes::encode`].
    pub(super) fn variables(
        &self,
        groups: &[TimeGroup],
        scalar: bool,
        climatology: Option<&str>,
        corner: &str,
    ) -> Result<[Variable; 2]> {
        let stored = GroupTimes::encode(groups, &self.axis.coding, &self.plain_type())?;
        let mut time = self.coordinate.clone();
        OF_STORED.iter().for_each(|name| drop(time.attributes.remove(name)));
        let (attribute, name) = if let Some(name) = climatology {
            ("climatology", name.to_owned())
        } else {
            let known = self.bounds.as_ref().map(|b| b.name.clone());
            ("bounds", known.unwrap_or_else(|| format!("{}_bnds", self.coordinate.name)))
        };
        time.attributes.remove("bounds");
        time.attributes.remove("climatology");
        time.attributes.set(attribute, AttributeValue::Text(seen_from(&time.name, &name)));
        let count = groups.len();
        let shape = |rest: &[usize]| if scalar { rest.to_vec() } else { [&[count], rest].concat() };
        let lost = || crate::Error::data("internal: times of another number", "time");
        time.dimensions = if scalar { Vec::new() } else { vec![self.dimension.clone()] };
        time.array = Memory::array(Block::new(shape(&[]), stored.labels).ok_or_else(lost)?);
        let mut bounds = Variable { name, ..time.clone() };
        bounds.attributes = crate::model::Attributes::new();
        bounds.dimensions.push(corner.to_owned());
        bounds.array = Memory::array(Block::new(shape(&[2]), stored.bounds).ok_or_else(lost)?);
        for variable in [&mut time, &mut bounds] {
            variable.encoding.fill_value = None;
            variable.encoding.chunk_shape = None;
            variable.encoding.shard_shape = None;
        }
        Ok([time, bounds])
    }

    /// The type that times are stored in; packed ones are unpacked.
    fn plain_type(&self) -> crate::model::DataType {
        let packed = ["scale_factor", "add_offset"].iter().any(|n| self.coordinate.attributes.get(n).is_some());
        if packed { crate::model::DataType::F64 } else { self.coordinate.data_type().clone() }
    }

    /// The groups as a reduction needs them.
    pub(super) fn fate(&self, groups: &[TimeGroup]) -> Arc<Groups> {
        Arc::new(Groups::new(self.axis.len(), groups.iter().map(|g| g.members.as_slice())))
    }
}
