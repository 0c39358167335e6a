//! Which coordinate stands for a dimension, and its times.

use crate::Result;
use crate::cf::packing::Packing;
use crate::cf::roles::{Kind, Roles};
use crate::cf::time::{Reference, TimeAxis, TimeCoding, TimeUnits};
use crate::model::{AttributeValue, Attributes, Buffer, Dataset, Variable};

/// The one-dimensional coordinate that tells places along `dimension` apart: its coordinate variable,
/// unless that is a time that cannot be read (no units, an index) while another coordinate along the
/// dimension can, as ocean models write it; without a coordinate variable a time along it.
pub fn along<'a>(dataset: &'a Dataset, roles: &Roles, dimension: &str) -> Option<&'a Variable> {
    let own = dataset.coordinate(dimension);
    let usable = |v: &Variable| roles.kind(&v.name) != Kind::Time || is_readable_time(v);
    if own.is_some_and(usable) {
        return own;
    }
    let is_along = |v: &&Variable| v.dimensions.len() == 1 && v.dimensions.first().is_some_and(|d| d == dimension);
    let times = dataset.variables.iter().filter(is_along).filter(|v| roles.kind(&v.name) == Kind::Time);
    times.into_iter().find(|v| is_readable_time(v)).or(own)
}

/// The time coordinates that stand for a dimension, in the order of the dimensions. Without any, those that
/// run along a dimension of another coordinate, which is no direction in space: the valid times of a
/// forecast along its lead times.
pub fn times(dataset: &Dataset, roles: &Roles) -> Vec<String> {
    let of = |name: &str| along(dataset, roles, name).filter(|v| roles.kind(&v.name) == Kind::Time);
    let own: Vec<&Variable> = dataset.dimensions.iter().filter_map(|d| of(&d.name)).collect();
    let besides = || dataset.dimensions.iter().filter_map(|d| beside(dataset, roles, &d.name)).collect();
    let found = if own.is_empty() { besides() } else { own };
    found.into_iter().map(|v| v.name.clone()).collect()
}

/// The first time that can be read along a dimension whose own coordinate is neither a time nor a place.
fn beside<'a>(dataset: &'a Dataset, roles: &Roles, dimension: &str) -> Option<&'a Variable> {
    let own = dataset.coordinate(dimension)?;
    let is_time = |v: &&Variable| {
        v.dimensions.as_slice() == [dimension] && roles.kind(&v.name) == Kind::Time && is_readable_time(v)
    };
    let placeless = matches!(roles.kind(&own.name), Kind::Other | Kind::ReferenceTime);
    dataset.variables.iter().find(is_time).filter(|_| placeless)
}

/// The numbers of a coordinate as they mean: unpacked, NaN for missing ones. What is neither packed nor
/// missing keeps its stored type, so that integers stay exact.
///
/// # Errors
/// When they can't be read; for texts.
pub fn numbers(variable: &Variable) -> Result<Buffer> {
    let packing = Packing::of(variable)?;
    let block = variable.array.read_all()?;
    let float = variable.data_type().is_float();
    let as_stored = !packing.is_packed()
        && variable.attributes.get("_Unsigned").is_none()
        && (float || !packing.missing_mask(&block).contains(&true));
    if as_stored && !float {
        return Ok(block.into_data());
    }
    if as_stored {
        return Ok(packing.decode_block(&block)?.into_data());
    }
    Ok(Buffer::F64(packing.decode_f64(&block)))
}

/// The `units` and `calendar` in which the bounds of a coordinate count: their own, else the
/// coordinate's (CF §7.1). Own units that are a length of time count from the reference date of the
/// coordinate, if it has one.
pub fn measure_of_bounds(bounds: &Variable, coordinate: &Variable) -> Attributes {
    let own = |name: &str| bounds.attributes.text(name).map(str::trim).filter(|text| !text.is_empty());
    let text = |name: &str| own(name).or_else(|| coordinate.attributes.text(name));
    let reference = coordinate.attributes.text("units").and_then(|units| TimeUnits::parse(units).ok());
    let dated = match (own("units").map(TimeUnits::parse), reference.map(|units| units.reference())) {
        (Some(Ok(own)), Some(Reference::Date(date))) if own.is_duration() => Some(own.with_reference(date).to_string()),
        _ => None,
    };
    let units = dated.or_else(|| text("units").map(str::to_owned));
    let all = [("units", units), ("calendar", text("calendar").map(str::to_owned))];
    all.into_iter().filter_map(|(name, text)| Some((name.to_owned(), AttributeValue::from(text?)))).collect()
}

/// Read and decode a time coordinate.
///
/// # Errors
/// When its units are none of time, or all values are missing.
pub fn read_axis(variable: &Variable) -> Result<TimeAxis> {
    let units = variable.attributes.text("units").unwrap_or_default();
    let coding = TimeCoding::new(units, variable.attributes.text("calendar"))?;
    let block = variable.array.read_all()?;
    let packing = Packing::of(variable)?;
    let missing = packing.missing_mask(&block);
    if packing.is_packed() {
        return TimeAxis::decode_present(coding, &Buffer::F64(packing.decode_f64(&block)), &missing);
    }
    TimeAxis::decode_present(coding, block.data(), &missing)
}

/// As [`times`]; where no dimension has one, the scalar times (CF §5.7).
pub fn times_or_scalar(dataset: &Dataset, roles: &Roles) -> Vec<String> {
    let along = times(dataset, roles);
    if along.is_empty() { scalar_times(dataset, roles) } else { along }
}

/// Scalar coordinates that are times and can be read.
pub fn scalar_times(dataset: &Dataset, roles: &Roles) -> Vec<String> {
    let scalar = |v: &&Variable| v.dimensions.is_empty() && roles.kind(&v.name) == Kind::Time && is_readable_time(v);
    dataset.variables.iter().filter(scalar).map(|v| v.name.clone()).collect()
}

/// Whether a coordinate has units of time in a calendar that is known, so that its numbers mean times.
pub(crate) fn is_readable_time(variable: &Variable) -> bool {
    let units = variable.attributes.text("units").unwrap_or_default();
    variable.data_type().is_numeric() && TimeCoding::new(units, variable.attributes.text("calendar")).is_ok()
}
