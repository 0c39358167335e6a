//! Tables of connections.

use crate::cf::packing::Packing;
use crate::cf::roles::{Links, Mesh, start_index};
use crate::model::array::Memory;
use crate::model::{AttributeValue, Block, Buffer, Dataset, Element, Variable};
use crate::ops::ties::{Positions, counted_from_one};
use crate::with_numbers;
use crate::{Error, Result};

/// A table of connections, read whole.
pub(super) struct Table {
    block: Block,
    /// The number of the first target.
    start: f64,
    /// Stored numbers that mean nothing.
    gaps: Vec<f64>,
    /// How many targets there are.
    targets: usize,
    rows: usize,
    width: usize,
    /// The step from row to row and within one.
    strides: (usize, usize),
    axis: usize,
}

impl Table {
    /// # Errors
    /// [`Error::Data`] for a table that is packed or holds no numbers; errors of reading.
    pub(super) fn read(dataset: &Dataset, mesh: &Mesh, links: &Links) -> Result<Self> {
        let variable = dataset.require(&links.variable)?;
        let wrong = |what: &str| Error::data(what.to_owned(), format!("variable '{}'", variable.name));
        if Packing::of(variable)?.is_packed() {
            return Err(wrong("connections between the places of a mesh can't be packed"));
        }
        let block = variable.array.read_all()?;
        let &[first, second] = block.shape() else { return Err(wrong("connectivity has not two dimensions")) };
        let (rows, width, strides) =
            if links.axis == 0 { (first, second, (second, 1)) } else { (second, first, (1, second)) };
        let missing = ["_FillValue", "missing_value"].iter().filter_map(|a| variable.attributes.get(a));
        let gaps = missing.filter_map(|v| v.as_numbers()).filter_map(Buffer::to_f64).flatten().collect();
        let start = start_index(variable);
        let targets = mesh.dimension(links.to).and_then(|d| dataset.dimension(d)).map_or(0, |d| d.length);
        let table = Self { block, start, gaps, targets, rows, width, strides, axis: links.axis };
        let beyond = |n: f64| n - start == targets as f64 && !table.gaps.contains(&n);
        if (0..table.block.data().len()).filter_map(|i| table.block.data().get_f64(i)).any(beyond) {
            return Err(counted_from_one(&variable.name, targets));
        }
        Ok(table)
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The targets of a row; numbers that are none are passed over.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = usize> {
        let at = move |i: usize| row.checked_mul(self.strides.0)?.checked_add(i.checked_mul(self.strides.1)?);
        let range = if row < self.rows { 0..self.width } else { 0..0 };
        range.filter_map(move |i| self.target(self.block.data().get_f64(at(i)?)?))
    }

    fn target(&self, number: f64) -> Option<usize> {
        let index = number - self.start;
        let inside = index >= 0.0 && index < self.targets as f64 && !self.gaps.contains(&number);
        inside.then_some(index as usize)
    }

    /// `variable`, of which this is the table, with these rows alone and every target where `at` has
    /// it. Numbers that mean no target stay; a target that is gone becomes what the variable writes
    /// for none, which is declared as `_FillValue` if it was not.
    ///
    /// # Errors
    /// [`Error::Data`] where the stored type can't hold the number.
    pub(super) fn renumbered(&self, variable: &Variable, rows: &[usize], at: &Positions) -> Result<Variable> {
        let lost = || Error::data("its type can't hold the numbers", format!("variable '{}'", variable.name));
        let across: Vec<usize> = (0..self.width).collect();
        let indices = if self.axis == 0 { vec![rows.to_vec(), across] } else { vec![across, rows.to_vec()] };
        let mut block = self.block.take(&indices).ok_or_else(lost)?;
        let mut new = variable.clone();
        let (none, declared) = self.none(variable);
        let mut any = false;
        let mut moved = |number: f64| match self.target(number).map(|old| at.get(old)) {
            None => number,
            Some(Some(place)) => place as f64 + self.start,
            Some(None) => {
                any = true;
                none
            }
        };
        with_numbers!(block.data_mut(), v => rewrite(v, &mut moved), None).ok_or_else(lost)?;
        if any && !declared {
            let value = Buffer::from_f64(variable.data_type(), &[none]).ok_or_else(lost)?;
            new.attributes.set("_FillValue", AttributeValue::Numbers(value));
        }
        new.array = Memory::array(block);
        Ok(new)
    }

    /// The number that says "none", and whether the variable declares it: a flag `out_of_mesh`, its
    /// fill value, else −1 or the greatest of an unsigned type.
    fn none(&self, variable: &Variable) -> (f64, bool) {
        let attributes = &variable.attributes;
        let meanings = attributes.text("flag_meanings").unwrap_or_default().split_whitespace();
        let flag = meanings
            .zip(0..)
            .find(|(word, _)| *word == "out_of_mesh")
            .and_then(|(_, at)| attributes.get("flag_values")?.as_numbers()?.get_f64(at));
        if let Some(declared) = flag.filter(|f| self.target(*f).is_none()).or(self.gaps.first().copied()) {
            return (declared, true);
        }
        let greatest = match variable.data_type().size() {
            1 => f64::from(u8::MAX),
            2 => f64::from(u16::MAX),
            4 => f64::from(u32::MAX),
            _ => u64::MAX as f64,
        };
        let unsigned = variable.data_type().name().starts_with('u');
        (if unsigned { greatest } else { -1.0 }, false)
    }
}

/// Every number moved; `None` where the type can't hold one.
fn rewrite<T: Element>(values: &mut [T], moved: &mut impl FnMut(f64) -> f64) -> Option<()> {
    for value in values {
        let old = value.to_f64();
        let new = moved(old);
        if new.to_bits() != old.to_bits() {
            *value = T::from_f64(new);
            if value.to_f64() != new {
                return None;
            }
        }
    }
    Some(())
}
