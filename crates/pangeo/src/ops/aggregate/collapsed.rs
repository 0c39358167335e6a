//! Coordinates of dimensions that went: a scalar (CF §5.7) with bounds from end to end.

use crate::Result;
use crate::cf::packing::numbers;
use crate::cf::roles::{Kind, Roles};
use crate::model::array::Memory;
use crate::model::{AttributeValue, Attributes, Block, Buffer, DataType, Dataset, Encoding, Variable};
use crate::ops::coordinates;
use crate::ops::names::{OF_STORED, seen_from};

/// The scalar coordinate that stands for `dimension`, and its bounds: from the lowest to the highest bound
/// of its cells, or of its values where it has no bounds. `None` for a dimension without a numeric
/// coordinate, and for one whose values are all missing.
///
/// # Errors
/// When the coordinate can't be read.
pub(super) fn collapsed(
    dataset: &Dataset,
    roles: &Roles,
    dimension: &str,
    corner: &str,
) -> Result<Option<[Variable; 2]>> {
    let Some(coordinate) = coordinates::along(dataset, roles, dimension).filter(|v| v.data_type().is_numeric()) else {
        return Ok(None);
    };
    let known = roles.bounds_of(&coordinate.name).and_then(|b| dataset.variable(b));
    let cells = known.filter(|b| b.data_type().is_numeric() && b.shape().last() == Some(&2));
    let mut values = match cells {
        Some(bounds) => numbers(bounds)?,
        None => numbers(coordinate)?,
    };
    if roles.kind(&coordinate.name) == Kind::Longitude {
        unwind(&mut values);
    }
    let there = || values.iter().copied().filter(|v| !v.is_nan());
    let (low, high) = (there().reduce(f64::min), there().reduce(f64::max));
    let Some((low, high)) = low.zip(high) else { return Ok(None) };
    let data_type = if coordinate.data_type().is_float() { coordinate.data_type().clone() } else { DataType::F64 };
    let one = |values: &[f64], shape: Vec<usize>| {
        let buffer = Buffer::from_f64(&data_type, values).unwrap_or(Buffer::F64(values.to_vec()));
        Block::new(shape, buffer).ok_or_else(|| crate::Error::data("internal: a scalar of several values", "array"))
    };
    let name = known.map_or_else(|| format!("{}_bnds", coordinate.name), |b| b.name.clone());
    let mut attributes = coordinate.attributes.clone();
    OF_STORED.iter().chain(&["formula_terms", "climatology"]).for_each(|gone| drop(attributes.remove(gone)));
    attributes.set("bounds", AttributeValue::Text(seen_from(&coordinate.name, &name)));
    let scalar = Variable {
        name: coordinate.name.clone(),
        dimensions: Vec::new(),
        attributes,
        encoding: Encoding::default(),
        array: Memory::array(one(&[low + 0.5 * (high - low)], Vec::new())?),
    };
    let bounds = Variable {
        name,
        dimensions: vec![corner.to_owned()],
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: Memory::array(one(&[low, high], vec![2])?),
    };
    Ok(Some([scalar, bounds]))
}

/// Longitudes across the seam of their convention go on beyond it: 350, 355, 0 are 350, 355, 360.
fn unwind(longitudes: &mut [f64]) {
    let mut before: Option<f64> = None;
    for value in longitudes.iter_mut().filter(|v| v.is_finite()) {
        if let Some(before) = before {
            *value += 360.0 * ((before - *value) / 360.0).round();
        }
        before = Some(*value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longitudes_across_a_seam_stay_together() {
        for (values, expected) in [
            (vec![350.0, 355.0, 0.0, 5.0], vec![350.0, 355.0, 360.0, 365.0]),
            (vec![170.0, -180.0, -170.0], vec![170.0, 180.0, 190.0]),
            (vec![0.0, 90.0, 180.0, 270.0], vec![0.0, 90.0, 180.0, 270.0]),
            (vec![f64::NAN, 10.0, 0.0, -10.0], vec![f64::NAN, 10.0, 0.0, -10.0]),
        ] {
            let mut got = values;
            unwind(&mut got);
            assert_eq!(format!("{got:?}"), format!("{expected:?}"));
        }
    }
}
