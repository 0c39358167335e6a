//! Datasets in the classic data model: one unlimited dimension at most, plain types, no groups, texts
//! as arrays of characters. The classic formats know nothing else, and netCDF-4 can keep to it.
//!
//! What is converted keeps every value, or is refused; what else changes is noted.

mod attributes;
mod names;
mod types;

use self::types::{Characters, does_not_fit, narrow, narrowed, stored_type};
use crate::model::{Buffer, DataType, Dataset, Dimension, Encoding, Region, Variable};
use crate::{Error, Result};

/// The way out when something needs more than the classic model.
pub(super) const WAY_OUT: &str = "write --format netcdf4 or --format cdf5 instead";

/// Coordinates up to this many values are checked before anything is written.
const CHECKED_AHEAD: usize = 1 << 20;

/// `dataset` in the classic model, and what changed, one sentence each, for the user.
///
/// Types that the model lacks become the next wider signed type (`ubyte` `short`, other integers
/// `int`); `extended` (CDF-5) has them all. A coordinate with a value that does not fit is refused
/// at once, other values when they are read. Texts become `char` arrays with a dimension `stringN`
/// (`N` bytes, the longest) and `_Encoding = "utf-8"`. Lists of texts in attributes become lines of
/// one text, numbers of attributes beyond `int` doubles, where those are exact. One dimension at most
/// is unlimited: the first that leads every variable it is used in.
///
/// # Errors
/// [`Error::Unsupported`] or [`Error::Data`] for what the model cannot hold without loss: groups,
/// names, types, numbers.
pub fn in_classic_model(dataset: &Dataset, extended: bool) -> Result<(Dataset, Vec<String>)> {
    if let Some((group, _)) = dataset.groups.first() {
        let error = Error::unsupported("netCDF classic has no groups", format!("group '{group}'"));
        return Err(error.with_hint("write --format netcdf4, or keep the variables of the root group only"));
    }
    let mut notes = Vec::new();
    let dimensions = dimensions(dataset, &mut notes)?;
    let attributes = attributes::converted(&dataset.attributes, None, extended, &mut notes)?;
    let (source, origin) = (dataset.source.clone(), dataset.origin);
    let result = Dataset { source, origin, dimensions, attributes, ..Dataset::default() };
    let mut converter = Converter { result, notes, extended };
    for variable in &dataset.variables {
        let converted = converter.variable(variable)?;
        converter.result.variables.push(converted);
    }
    Ok((converter.result, converter.notes))
}

struct Converter {
    result: Dataset,
    notes: Vec<String>,
    extended: bool,
}

impl Converter {
    fn variable(&mut self, variable: &Variable) -> Result<Variable> {
        let place = format!("variable '{}'", variable.name);
        names::check(&variable.name, &place)?;
        let given = variable.data_type();
        let stored = stored_type(given, self.extended).ok_or_else(|| {
            Error::unsupported(format!("netCDF classic has no type like {given}"), &place)
                .with_hint("leave the variable out")
        })?;
        let is_text = *given == DataType::String;
        if stored != *given && !is_text {
            check_ahead(variable, &stored)?;
            self.notes.push(format!("{place} is written as {stored}: netCDF classic has no {given}"));
        }
        if variable.encoding.enumeration.is_some() {
            self.notes.push(format!("{place} loses the names of its enumeration"));
        }
        let attributes = attributes::converted(&variable.attributes, Some(variable), self.extended, &mut self.notes)?;
        let mut converted =
            Variable { attributes, encoding: encoding(&variable.encoding, &stored), ..variable.clone() };
        if is_text {
            let length = longest_text(variable)?;
            converted.array = Characters::array(&variable.array, length);
            converted.dimensions.push(self.text_dimension(length));
            if let Some(chunk) = &mut converted.encoding.chunk_shape {
                chunk.push(length);
            }
            if converted.attributes.get("_Encoding").is_none() {
                // Tells readers that characters spell texts along the last dimension (NUG, "reserved attributes").
                converted.attributes.set("_Encoding", "utf-8");
            }
        } else if stored != *given {
            converted.array = narrowed(&variable.array, &stored);
        }
        Ok(converted)
    }

    /// A dimension for texts of `length` bytes, shared by all that are as long (`stringN`, as xarray names it).
    fn text_dimension(&mut self, length: usize) -> String {
        let mut name = format!("string{length}");
        let mut copies = 1;
        while let Some(taken) = self.result.dimension(&name) {
            if taken.length == length && !taken.unlimited {
                return name;
            }
            copies += 1;
            name = format!("string{length}_{copies}");
        }
        self.result.dimensions.push(Dimension { name: name.clone(), length, unlimited: false });
        name
    }
}

/// How values that are now `stored` are to be stored: as before, without what only their old type had.
fn encoding(given: &Encoding, stored: &DataType) -> Encoding {
    let fill_value = given.fill_value.as_ref().and_then(|fill| narrow(fill, stored).ok());
    Encoding { fill_value, enumeration: None, boolean: false, text_length: None, shard_shape: None, ..given.clone() }
}

/// The dataset's dimensions, one unlimited at most: the first that comes first wherever it is used.
/// A dimension without length can only be that one, for 0 means "unlimited" in a classic header.
fn dimensions(dataset: &Dataset, notes: &mut Vec<String>) -> Result<Vec<Dimension>> {
    let leads = |name: &str| {
        let mut elsewhere = dataset.variables.iter().flat_map(|v| v.dimensions.iter().skip(1));
        elsewhere.all(|d| d != name)
    };
    let empty = dataset.dimensions.iter().position(|d| d.length == 0);
    let record = empty.or_else(|| dataset.dimensions.iter().position(|d| d.unlimited && leads(&d.name)));
    let mut dimensions = Vec::with_capacity(dataset.dimensions.len());
    for (at, dimension) in dataset.dimensions.iter().enumerate() {
        let Dimension { name, length, .. } = dimension;
        names::check(name, &format!("dimension '{name}'"))?;
        let unlimited = record == Some(at);
        if *length == 0 && !(unlimited && leads(name)) {
            let error = Error::unsupported("netCDF classic has no such dimension of length 0", format!("'{name}'"));
            return Err(error.with_hint("write --format netcdf4 instead"));
        }
        if dimension.unlimited != unlimited {
            let kind = if unlimited { "unlimited" } else { "fixed" };
            notes.push(format!("dimension '{name}' of length {length} is written as {kind}"));
        }
        dimensions.push(Dimension { name: name.clone(), length: *length, unlimited });
    }
    Ok(dimensions)
}

/// Coordinates must fit now, before hours of work; other values are checked as they come.
fn check_ahead(variable: &Variable, stored: &DataType) -> Result<()> {
    if variable.dimensions.as_slice() != [variable.name.as_str()] || variable.array.len() > CHECKED_AHEAD {
        return Ok(());
    }
    let values = variable.array.read_all()?;
    let place = || format!("variable '{}'", variable.name);
    narrow(values.data(), stored).map_err(|value| does_not_fit(&value, variable.data_type(), place()))?;
    Ok(())
}

/// The bytes of the longest text, at least 1.
fn longest_text(variable: &Variable) -> Result<usize> {
    let mut longest = variable.encoding.text_length.unwrap_or(1).max(1);
    let array = &variable.array;
    for tile in array.tiles(&Region::whole(array.shape())).iter() {
        if let Buffer::String(texts) = array.read(&tile)?.data() {
            longest = texts.iter().map(String::len).max().unwrap_or(0).max(longest);
        }
    }
    if u32::try_from(longest).is_err() {
        let error = Error::unsupported("texts of more than 4 GiB", format!("variable '{}'", variable.name));
        return Err(error.with_hint(WAY_OUT));
    }
    Ok(longest)
}
