//! What attributes say of a statistic.

use super::reduce::Stored;
use super::statistic::{Statistic, UnitsOf};
use crate::cf::packing::{Packing, declared_fill, default_fill};
use crate::cf::roles::CellMethods;
use crate::model::{AttributeValue, Attributes, Buffer, DataType, Variable};
use crate::ops::names::OF_STORED;

/// How a statistic of `variable` is stored, and what stands for a missing one: the fill value of unpacked
/// values that declare one, else NaN.
pub(super) fn stored(variable: &Variable, packing: &Packing, statistic: Statistic) -> Stored {
    let values = if packing.is_packed() || variable.attributes.get("_Unsigned").is_some() {
        packing.unpacked_type().clone()
    } else {
        variable.data_type().clone()
    };
    let data_type = statistic.data_type(&values);
    let declared = || declared_fill(&variable.attributes, variable.data_type()).ok().flatten()?.get_f64(0);
    let plain = !packing.is_packed();
    let fill = match &data_type {
        DataType::F32 | DataType::F64 if plain && variable.data_type().is_float() => declared().unwrap_or(f64::NAN),
        DataType::F32 | DataType::F64 => f64::NAN,
        _ if matches!(statistic.units(), UnitsOf::Numbers) => -1.0,
        own => declared().or_else(|| default_fill(own)?.get_f64(0)).unwrap_or(0.0),
    };
    Stored { statistic, data_type, fill }
}

/// The attributes of a statistic over `names`, as `cell_methods` names them; sums of weighted values have the
/// units of the weights beside their own.
pub(super) fn attributes(
    variable: &Variable,
    stored: &Stored,
    names: &[String],
    method: Method,
    weights: Option<&str>,
) -> Attributes {
    let statistic = stored.statistic;
    let mut attributes = Attributes::new();
    for (name, value) in variable.attributes.iter() {
        match name {
            // Of the stored numbers of the input.
            "scale_factor" | "add_offset" | "_Unsigned" | "_FillValue" | "missing_value" | "actual_range" => {}
            "valid_range" | "valid_min" | "valid_max" => {
                if let Some(value) = limits(variable, value).filter(|_| statistic.is_within_range()) {
                    attributes.set(name, in_type(value, &stored.data_type));
                }
            }
            "flag_values" | "flag_masks" | "flag_meanings" if !is_picked(statistic) => {}
            _ => attributes.set(name, value.clone()),
        }
    }
    if let Some(fill) = fill_of(stored) {
        attributes.set("_FillValue", AttributeValue::Numbers(fill.clone()));
        if variable.attributes.get("missing_value").is_some() {
            attributes.set("missing_value", AttributeValue::Numbers(fill));
        }
    }
    units(&mut attributes, statistic);
    if let (Statistic::Sum, Some(weights), Some(own)) = (statistic, weights, attributes.text("units")) {
        let both = if own.trim() == "1" { weights.to_owned() } else { format!("{own} {weights}") };
        attributes.set("units", both);
    }
    names_of(&mut attributes, statistic, &variable.name);
    let text = attributes.text("cell_methods").map(str::to_owned).unwrap_or_default();
    let mut methods = CellMethods::parse(&text);
    if let Some(word) = statistic.cell_method() {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match method {
            Method::Once => methods.append(&names, word),
            Method::Climatology(within, over) => {
                methods.append(&names, &format!("{word} {within}"));
                methods.append(&names, &format!("{word} {over}"));
            }
        }
        attributes.set("cell_methods", methods.to_string());
    }
    attributes
}

/// Quantities of which CF's table of standard names has the anomaly too.
const NAMED: [&str; 5] =
    ["air_pressure", "air_temperature", "brightness_temperature", "geopotential_height", "surface_temperature"];

/// The attributes of departures from a mean: `cell_methods` and names are those of the values.
pub(super) fn of_departures(variable: &Variable, stored: &Stored) -> Attributes {
    let mut attributes = Attributes::new();
    for (name, value) in variable.attributes.iter().filter(|(name, _)| !OF_STORED.contains(name)) {
        attributes.set(name, value.clone());
    }
    if let Some(standard) = attributes.text("standard_name").map(|s| s.trim().to_owned()) {
        attributes.remove("standard_name");
        if NAMED.contains(&standard.as_str()) {
            attributes.set("standard_name", format!("{standard}_anomaly"));
        }
    }
    if let Some(fill) = fill_of(stored) {
        attributes.set("_FillValue", AttributeValue::Numbers(fill));
    }
    if attributes.text("units").is_some_and(|u| is_celsius(u.trim())) {
        attributes.set("units_metadata", "temperature: difference");
    }
    if let Some(name) = attributes.text("long_name").map(str::to_owned) {
        attributes.set("long_name", format!("{name} anomaly"));
    }
    attributes
}

fn is_celsius(units: &str) -> bool {
    ["degC", "deg_C", "degree_C", "degrees_C", "celsius", "Celsius", "degree_Celsius", "°C"].contains(&units)
}

/// How a statistic was taken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    /// Over all of the values at once.
    Once,
    /// Over the same part of many years or days (CF §7.4): the words of both steps.
    Climatology(&'static str, &'static str),
}

fn is_picked(statistic: Statistic) -> bool {
    matches!(statistic, Statistic::Min | Statistic::Max | Statistic::First | Statistic::Last)
}

/// A valid limit, unless it is one of packed numbers.
fn limits<'a>(variable: &Variable, value: &'a AttributeValue) -> Option<&'a AttributeValue> {
    let packed = ["scale_factor", "add_offset", "_Unsigned"].iter().any(|n| variable.attributes.get(n).is_some());
    (!packed).then_some(value)
}

fn in_type(value: &AttributeValue, data_type: &DataType) -> AttributeValue {
    let converted = value.as_numbers().and_then(Buffer::to_f64).and_then(|v| Buffer::from_f64(data_type, &v));
    converted.map_or_else(|| value.clone(), AttributeValue::Numbers)
}

/// The fill value to declare: for all that can be missing.
fn fill_of(stored: &Stored) -> Option<Buffer> {
    if stored.statistic == Statistic::Count {
        return None;
    }
    Buffer::from_f64(&stored.data_type, &[stored.fill])
}

fn units(attributes: &mut Attributes, statistic: Statistic) {
    let Some(units) = attributes.text("units").map(|u| u.trim().to_owned()) else {
        if statistic.units() == UnitsOf::Numbers {
            attributes.set("units", "1");
        }
        return;
    };
    // A degree of these scales is as large as a kelvin; zero is elsewhere.
    let celsius = is_celsius(&units);
    match statistic.units() {
        UnitsOf::Numbers => attributes.set("units", "1"),
        UnitsOf::Squares if celsius => attributes.set("units", "K2"),
        UnitsOf::Squares => attributes.set("units", squared(&units)),
        // CF 1.11, section 3.1.2.
        UnitsOf::Differences if celsius => attributes.set("units_metadata", "temperature: difference"),
        UnitsOf::Differences | UnitsOf::Values => {}
    }
}

/// The square of a unit, as UDUNITS reads it.
fn squared(units: &str) -> String {
    match units {
        "" | "1" => "1".to_owned(),
        word if word.chars().all(char::is_alphabetic) => format!("{word}2"),
        other => format!("({other})2"),
    }
}

fn names_of(attributes: &mut Attributes, statistic: Statistic, name: &str) {
    let of = attributes.text("long_name").unwrap_or(name).to_owned();
    let Some(described) = statistic.described(&of) else { return };
    attributes.set("long_name", described);
    match (statistic, attributes.text("standard_name").map(str::to_owned)) {
        // CF, appendix C: a modifier.
        (Statistic::Count, Some(standard)) if !standard.trim().contains(' ') => {
            attributes.set("standard_name", format!("{} number_of_observations", standard.trim()));
        }
        (_, Some(_)) => {
            attributes.remove("standard_name");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_of_units_are_units() {
        for (units, expected) in
            [("K", "K2"), ("m s-1", "(m s-1)2"), ("1", "1"), ("hPa", "hPa2"), ("kg/m2", "(kg/m2)2")]
        {
            assert_eq!(squared(units), expected);
            assert!(
                units.parse::<crate::cf::units::Unit>().is_ok() && expected.parse::<crate::cf::units::Unit>().is_ok()
            );
        }
    }
}
