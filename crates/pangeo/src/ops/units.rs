//! Values in other units: `--units degC`, `--units pr=mm/day`.

use std::sync::Arc;

use crate::cf::packing::Packing;
use crate::cf::roles::{CellMethods, Kind, Role, Roles};
use crate::cf::units::{Converter, Unit, UnitRequest, is_rate_name, is_water_amount, water_name};
use crate::model::array::Mapped;
use crate::model::{AttributeValue, Block, Buffer, DataType, Dataset, Variable};
use crate::{Error, Result};

/// Bring variables into the units asked for, each with its bounds, valid and actual range. A request
/// without a name means every data variable whose units convert; a named one may be a coordinate too,
/// but for times. Packed variables keep their stored numbers: only scale and offset change. The answer
/// says what was done, a sentence a variable that is worth a remark.
///
/// # Errors
/// [`Error::NotFound`] for an unknown variable; [`Error::Data`] naming both units where a named
/// variable's do not convert, or where a request without a name fits no variable.
pub fn convert_units(dataset: &mut Dataset, requests: &[UnitRequest]) -> Result<Vec<String>> {
    let mut remarks = Vec::new();
    for request in requests {
        let names = match &request.variable {
            Some(name) => vec![dataset.require(name)?.name.clone()],
            None => convertible(dataset, &request.unit)?,
        };
        for name in names {
            convert(dataset, &name, &request.unit, &mut remarks)?;
        }
    }
    Ok(remarks)
}

/// The data variables whose units convert to `unit`.
fn convertible(dataset: &Dataset, unit: &Unit) -> Result<Vec<String>> {
    let roles = Roles::of(dataset);
    let fits = |name: &&str| {
        let Some(variable) = dataset.variable(name) else { return false };
        let units = variable.attributes.text("units").and_then(|text| Unit::parse(text).ok());
        units.is_some_and(|from| converter(variable, &from, unit).is_ok()) && variable.data_type().is_numeric()
    };
    let names: Vec<String> = roles.data_variables().into_iter().filter(fits).map(str::to_owned).collect();
    if names.is_empty() {
        return Err(Error::data(format!("no variable's units convert to '{}'", unit.text()), dataset.source.clone())
            .with_hint(units_there_are(dataset, &roles) + &by_name(dataset, &roles, unit).unwrap_or_default()));
    }
    Ok(names)
}

/// How to ask for a coordinate whose units convert to `unit`, for a hint.
fn by_name(dataset: &Dataset, roles: &Roles, unit: &Unit) -> Option<String> {
    let converts = |v: &&Variable| {
        let units = v.attributes.text("units").and_then(|text| Unit::parse(text).ok());
        let is_coordinate = matches!(roles.role(&v.name), Some(Role::Coordinate | Role::AuxiliaryCoordinate));
        is_coordinate && units.is_some_and(|from| !from.is_dimensionless() && from.converter_to(unit).is_ok())
    };
    let name = &dataset.variables.iter().find(converts)?.name;
    Some(format!("; a coordinate is converted by its name: --units {name}={}", unit.text()))
}

/// The units of the data variables, each with the first variable that has them, for a hint.
fn units_there_are(dataset: &Dataset, roles: &Roles) -> String {
    const SHOWN: usize = 8;
    let mut known: Vec<(&str, &str)> = Vec::new();
    for name in roles.data_variables() {
        let units = dataset.variable(name).and_then(|v| v.attributes.text("units")).map(str::trim);
        if let Some(units) = units.filter(|units| known.iter().all(|(other, _)| other != units)) {
            known.push((units, name));
        }
    }
    if known.is_empty() {
        return "none has units".to_owned();
    }
    let mut shown: Vec<String> =
        known.iter().take(SHOWN).map(|(units, name)| format!("{name} is in '{units}'")).collect();
    if known.len() > SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// As units convert: differences without the offset of scales, mass of water to depth only where the
/// standard name says that it is water, and a flux only where there is a name for what it becomes.
fn converter(variable: &Variable, from: &Unit, to: &Unit) -> Result<Converter> {
    match from.converter_to(to) {
        Ok(converter) if is_difference(variable) => {
            let what = || format!("a difference in '{}' has no meaning in '{}'", from.text(), to.text());
            converter.difference().ok_or_else(|| Error::data(what(), variable.name.clone()))
        }
        Ok(converter) => Ok(converter),
        Err(error) => {
            let name = variable.attributes.text("standard_name").unwrap_or_default();
            let water = is_water_amount(name).then(|| Converter::as_water_depth(from, to).ok()).flatten();
            match water {
                None => Err(error),
                Some(_) if is_rate_name(name) && water_name(name, is_depth(to)).is_none() => {
                    Err(error.with_hint(format!("CF has no standard name for '{name}' counted so; leave its units")))
                }
                Some(converter) => Ok(converter),
            }
        }
    }
}

/// Whether water in this unit is a depth (or its rate), not a mass on an area.
fn is_depth(unit: &Unit) -> bool {
    ["m", "m s-1"].iter().any(|depth| Unit::parse(depth).is_ok_and(|depth| depth.is_convertible(unit)))
}

/// Whether values are differences of the quantity that the units measure, so that an anomaly of 1 K is
/// one of 1 degC: said by `units_metadata` (CF 1.11 §3.1.2), by the standard name or its modifier
/// (CF §3.3, appendix C), or by how cells were summed up (CF appendix E).
fn is_difference(variable: &Variable) -> bool {
    let text = |name: &str| variable.attributes.text(name).unwrap_or_default();
    if let Some((_, meaning)) = text("units_metadata").split_once("temperature:") {
        return meaning.split_whitespace().next() == Some("difference");
    }
    let mut words = text("standard_name").split_whitespace();
    let (name, modifier) = (words.next().unwrap_or_default(), words.next());
    let methods = CellMethods::parse(text("cell_methods"));
    modifier == Some("standard_error")
        || name.ends_with("_anomaly")
        || ["difference_of_", "change_over_time_in_", "tendency_of_"].iter().any(|head| name.starts_with(head))
        || methods.methods().any(|m| matches!(m.method.as_str(), "standard_deviation" | "range"))
}

fn convert(dataset: &mut Dataset, name: &str, unit: &Unit, remarks: &mut Vec<String>) -> Result<()> {
    let roles = Roles::of(dataset);
    let bounds = roles.bounds_of(name).map(str::to_owned);
    let source = dataset.source.clone();
    if roles.kind(name) == Kind::Time {
        return Err(Error::data(format!("times of '{name}' are not converted with --units"), source));
    }
    let Some(variable) = dataset.variable_mut(name) else { return Ok(()) };
    let Some(text) = variable.attributes.text("units").map(str::to_owned) else {
        return Err(Error::data(format!("variable '{name}' has no units to convert from"), source));
    };
    let from = Unit::parse(&text)?;
    let plain = from.converter_to(unit).is_ok();
    let converter = converter(variable, &from, unit).map_err(|e| {
        let hint = e.hint();
        let error = Error::data(format!("variable '{name}': {e}"), source);
        if let Some(hint) = hint { error.with_hint(hint) } else { error }
    })?;
    if from.converter_to(unit).is_ok_and(|scale| scale.affine() != converter.affine()) {
        remarks.push(format!("{name} from {text} to {} as a difference", unit.text()));
    }
    if !plain {
        remarks.push(format!("{name} from {text} to {} as liquid water of 1000 kg m-3", unit.text()));
        let old = variable.attributes.text("standard_name").unwrap_or_default();
        if let Some(new) = water_name(old, is_depth(unit)) {
            variable.attributes.set("standard_name", new);
        }
    }
    change(variable, &converter)?;
    variable.attributes.set("units", unit.text());
    if let Some(bounds) = bounds.and_then(|b| dataset.variable_mut(&b)) {
        // Bounds need no units of their own (CF §7.1); those that have others are in these.
        let own = bounds.attributes.text("units").map(Unit::parse).transpose()?;
        let own = own.map(|from| from.converter_to(unit)).transpose()?;
        change(bounds, own.as_ref().unwrap_or(&converter))?;
        if own.is_some() {
            bounds.attributes.set("units", unit.text());
        }
    }
    Ok(())
}

/// Convert values and the attributes that are in the same units: the range of the values, which is
/// of unpacked ones (NUG, appendix A), and limits, which are of stored ones and stay with these.
fn change(variable: &mut Variable, converter: &Converter) -> Result<()> {
    if converter.is_identity() {
        return Ok(());
    }
    let packing = Packing::of(variable)?;
    if let (Some((scale, offset)), true) = (converter.affine(), packing.is_packed()) {
        let (old_scale, old_offset) = packing.scale_offset();
        set_factors(variable, old_scale * scale, old_offset * scale + offset);
    } else {
        convert_limits(variable, &packing, converter);
        unpack_into(variable, packing, converter.clone());
    }
    if let Some(range) = variable.attributes.get("actual_range").and_then(|v| v.as_numbers()) {
        let own = range.data_type();
        let mut values: Vec<f64> = range.to_f64().unwrap_or_default().into_iter().map(|x| converter.apply(x)).collect();
        values.sort_by(f64::total_cmp);
        let to = if own.is_float() { own } else { Packing::of(variable)?.unpacked_type().clone() };
        set_numbers(variable, "actual_range", &to, &values);
    }
    Ok(())
}

/// The limits of what is valid, for values that will be stored unpacked.
fn convert_limits(variable: &mut Variable, packing: &Packing, converter: &Converter) {
    let (low, high) = packing.valid_range();
    let (low, high) = (low.map(|x| converter.apply(x)), high.map(|x| converter.apply(x)));
    let (low, high) = if converter.reverses() { (high, low) } else { (low, high) };
    let both = low.zip(high).map(|(a, b)| vec![a, b]);
    for (name, values) in
        [("valid_min", low.map(|x| vec![x])), ("valid_max", high.map(|x| vec![x])), ("valid_range", both)]
    {
        match values {
            _ if variable.attributes.get(name).is_none() => {}
            Some(values) => set_numbers(variable, name, packing.unpacked_type(), &values),
            None => drop(variable.attributes.remove(name)),
        }
    }
}

fn set_numbers(variable: &mut Variable, name: &str, to: &DataType, values: &[f64]) {
    if let Some(buffer) = Buffer::from_f64(to, values) {
        variable.attributes.set(name, AttributeValue::Numbers(buffer));
    }
}

/// Replace the values by converted floating ones; fill values stay what they are where the type does.
fn unpack_into(variable: &mut Variable, packing: Packing, converter: Converter) {
    let to = packing.unpacked_type().clone();
    let keeps_type = to == *variable.data_type();
    let fill = crate::cf::packing::missing_value(variable).and_then(|b| b.get_f64(0)).filter(|_| keeps_type);
    for name in ["scale_factor", "add_offset", "_Unsigned"] {
        variable.attributes.remove(name);
    }
    if !keeps_type {
        variable.attributes.remove("missing_value");
        if variable.attributes.get("_FillValue").is_some() {
            let nan = Buffer::from_f64(&to, &[f64::NAN]).unwrap_or(Buffer::F64(vec![f64::NAN]));
            variable.attributes.set("_FillValue", AttributeValue::Numbers(nan));
        }
        variable.encoding.fill_value = None;
        variable.encoding.default_fill = false;
        variable.encoding.enumeration = None;
    }
    let fill = fill.unwrap_or(f64::NAN);
    let target = to.clone();
    variable.array = Mapped::array(vec![Arc::clone(&variable.array)], to, move |blocks, region| {
        let lost = || Error::data("internal: nothing to convert", "array");
        let mut values = packing.decode_f64(blocks.first().ok_or_else(lost)?);
        converter.apply_in_place(&mut values);
        for value in &mut values {
            if value.is_nan() {
                *value = fill;
            }
        }
        let buffer = Buffer::from_f64(&target, &values).ok_or_else(lost)?;
        Block::new(region.shape(), buffer).ok_or_else(lost)
    });
}

/// Set scale and offset, both of one type as CF §8.1 has it: that of the old ones, where it loses
/// nothing, else double. One that does nothing is not added.
fn set_factors(variable: &mut Variable, scale: f64, offset: f64) {
    let old = |name: &str| variable.attributes.get(name).and_then(|v| v.as_numbers()).map(Buffer::data_type);
    let factors = [("scale_factor", scale, 1.0), ("add_offset", offset, 0.0)];
    let set: Vec<_> = factors.into_iter().filter(|(name, value, idle)| old(name).is_some() || value != idle).collect();
    let narrow = factors.iter().filter_map(|(name, ..)| old(name)).all(|t| t == DataType::F32)
        && set.iter().all(|(_, value, _)| f64::from(*value as f32) == *value);
    let to = if narrow { DataType::F32 } else { DataType::F64 };
    for (name, value, _) in set {
        set_numbers(variable, name, &to, &[value]);
    }
}
