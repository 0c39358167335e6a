//! Components on the sides of cells (C grids), each on a grid of its own, on their way to one grid.
//!
//! What a component adds to the east and to the north is regridded by itself, turned by the angle of its own grid;
//! the sums are taken on the grid where all meet. So nothing has to be brought to the centres of cells before.

use std::sync::Arc;

use super::stored::{Stored, encoding};
use super::winds::named;
use crate::cf::packing::Packing;
use crate::model::array::Mapped;
use crate::model::{Array, Block, Dataset, Region, Variable};
use crate::{Error, Result};

/// The two components under their own names, to east and to north, and the names of what each lacks of the other.
#[derive(Debug)]
pub(super) struct Staggered {
    components: [String; 2],
    from_other: [String; 2],
}

impl Staggered {
    /// Replace the components `u` and `v` along x and y of their grids by what each adds to the component of its
    /// name, and add what it gives to the other. The angles are those from east to growing x, anticlockwise.
    ///
    /// # Errors
    /// Where values cannot be unpacked.
    pub(super) fn part(dataset: &mut Dataset, [u, v]: [&Variable; 2], [along_u, along_v]: [Array; 2]) -> Result<Self> {
        let to_v = free(dataset, &format!("{} to north", u.name));
        let to_u = free(dataset, &format!("{} to east", v.name));
        let parts = [
            (u, &u.name, &along_u, f64::cos as fn(f64) -> f64),
            (v, &v.name, &along_v, f64::cos),
            (v, &to_u, &along_v, (|angle| -angle.sin()) as fn(f64) -> f64),
            (u, &to_v, &along_u, f64::sin),
        ];
        for (own, name, angle, factor) in parts {
            let mut made = times(own, Arc::clone(angle), factor)?;
            made.attributes = named(own.name == u.name, own, made.attributes);
            made.name.clone_from(name);
            match dataset.variable_mut(name) {
                Some(slot) => *slot = made,
                None => dataset.variables.push(made),
            }
        }
        Ok(Self { components: [u.name.clone(), v.name.clone()], from_other: [to_u, to_v] })
    }

    /// Add up what was taken apart, now on one grid. Missing where either component is.
    ///
    /// # Errors
    /// [`Error::Data`] for components with different levels, times or members.
    pub(super) fn join(self, dataset: &mut Dataset) -> Result<()> {
        for (name, other) in self.components.iter().zip(&self.from_other) {
            let (own, other) = (dataset.require(name)?.clone(), dataset.require(other)?.clone());
            if own.shape() != other.shape() {
                let what = "the components have different levels, times or members";
                let place = format!("variables '{}' and '{}'", self.components.join("' and '"), dataset.source);
                return Err(
                    Error::data(what, place).with_hint("select those that both have, or leave out --rotate-winds")
                );
            }
            let made = sum(&own, &other)?;
            if let Some(slot) = dataset.variable_mut(name) {
                *slot = made;
            }
        }
        dataset.variables.retain(|v| !self.from_other.contains(&v.name));
        Ok(())
    }
}

/// A name that nothing has.
fn free(dataset: &Dataset, name: &str) -> String {
    let mut name = name.to_owned();
    while dataset.variable(&name).is_some() {
        name.push('_');
    }
    name
}

/// A component times a factor of the angle, in its stored type.
fn times(own: &Variable, angle: Array, factor: fn(f64) -> f64) -> Result<Variable> {
    let packing = Packing::of(own)?;
    let stored = Stored::of(own, &packing);
    let attributes = stored.attributes(own, &packing);
    let data_type = stored.data_type.clone();
    let inputs = vec![Arc::clone(&own.array), angle];
    let array = Mapped::array(inputs, data_type, move |blocks: Vec<Block>, region: &Region| {
        let lost = || Error::data("internal: no component", "array");
        let [values, angle] = blocks.as_slice() else { return Err(lost()) };
        let angle = angle.data().to_f64().ok_or_else(lost)?;
        let values = packing.decode_f64(values);
        stored.block(values.iter().zip(&angle).map(|(value, angle)| value * factor(*angle)).collect(), region)
    });
    Ok(Variable { attributes, encoding: encoding(own), array, ..own.clone() })
}

fn sum(own: &Variable, other: &Variable) -> Result<Variable> {
    let packing = [Packing::of(own)?, Packing::of(other)?];
    let stored = Stored::of(own, &packing[0]);
    let data_type = stored.data_type.clone();
    let inputs = vec![Arc::clone(&own.array), Arc::clone(&other.array)];
    let array = Mapped::array(inputs, data_type, move |blocks: Vec<Block>, region: &Region| {
        let [a, b] = blocks.as_slice() else { return Err(Error::data("internal: no components", "array")) };
        let (a, b) = (packing[0].decode_f64(a), packing[1].decode_f64(b));
        stored.block(a.iter().zip(&b).map(|(a, b)| a + b).collect(), region)
    });
    Ok(Variable { array, ..own.clone() })
}
