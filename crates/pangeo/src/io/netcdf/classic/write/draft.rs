//! What a dataset looks like in a classic file: one unlimited dimension at most, plain types, no
//! groups, texts as arrays of characters. Nothing of this depends on where the values will lie.

use super::convert::{self, ExternalAttribute, WAY_OUT, does_not_fit, narrow, stored_type};
use super::names;
use crate::cf::packing::default_fill;
use crate::io::netcdf::classic::external;
use crate::model::{Buffer, DataType, Dataset, Dimension, Region, Variable};
use crate::{Error, Result};

/// Coordinates up to this many values are checked before anything is written.
const CHECKED_AHEAD: usize = 1 << 20;

/// A dataset in the terms of the format.
#[derive(Debug)]
pub(super) struct Draft {
    /// The dimensions; at most one of them unlimited.
    pub(super) dimensions: Vec<Dimension>,
    pub(super) attributes: Vec<ExternalAttribute>,
    pub(super) variables: Vec<DraftVariable>,
    /// What the reader of the file should know was changed.
    pub(super) notes: Vec<String>,
}

/// A variable in the terms of the format.
#[derive(Debug)]
pub(super) struct DraftVariable {
    pub(super) name: String,
    pub(super) dimensions: Vec<usize>,
    pub(super) attributes: Vec<ExternalAttribute>,
    /// The type of the values as they come.
    pub(super) given: DataType,
    /// The type in the file.
    pub(super) stored: DataType,
    /// Extent along each dimension, that of the characters included.
    pub(super) shape: Vec<usize>,
    pub(super) is_record: bool,
    /// Bytes of a whole text, where texts became characters.
    pub(super) text_length: Option<usize>,
    /// The bytes of one value that stands for "missing".
    pub(super) fill: Vec<u8>,
}

impl Draft {
    /// Bring `dataset` into the terms of CDF-5 (`extended`) or of the older formats.
    ///
    /// # Errors
    /// [`Error::Unsupported`] or [`Error::Data`] for what the format cannot hold without loss.
    pub(super) fn new(dataset: &Dataset, extended: bool) -> Result<Self> {
        if let Some((group, _)) = dataset.groups.first() {
            let error = Error::unsupported("netCDF classic has no groups", format!("group '{group}'"));
            return Err(error.with_hint("write --format netcdf4, or keep the variables of the root group only"));
        }
        let mut notes = Vec::new();
        let dimensions = dimensions(dataset, &mut notes)?;
        let attributes = convert::attributes(&dataset.attributes, None, extended, &mut notes)?;
        let mut draft = Self { dimensions, attributes, variables: Vec::new(), notes };
        for variable in &dataset.variables {
            let drafted = draft.variable(variable, extended)?;
            draft.variables.push(drafted);
        }
        Ok(draft)
    }

    fn variable(&mut self, variable: &Variable, extended: bool) -> Result<DraftVariable> {
        let place = format!("variable '{}'", variable.name);
        names::check(&variable.name, &place)?;
        let given = variable.data_type().clone();
        let stored = stored_type(&given, extended).ok_or_else(|| {
            Error::unsupported(format!("netCDF classic has no type like {given}"), &place)
                .with_hint("leave the variable out")
        })?;
        if stored != given && given != DataType::String {
            check_ahead(variable, &stored)?;
            self.notes.push(format!("{place} is written as {stored}: netCDF classic has no {given}"));
        }
        if variable.encoding.enumeration.is_some() {
            self.notes.push(format!("{place} loses the names of its enumeration"));
        }
        let mut dimensions = self.axes(variable)?;
        let mut shape = variable.shape().to_vec();
        let mut attributes = convert::attributes(&variable.attributes, Some(variable), extended, &mut self.notes)?;
        let text_length = if given == DataType::String { Some(longest_text(variable)?) } else { None };
        if let Some(length) = text_length {
            dimensions.push(self.text_dimension(length));
            shape.push(length);
            if variable.attributes.get("_Encoding").is_none() {
                attributes.push(utf8_mark());
            }
        }
        let is_record = dimensions.first().and_then(|&d| self.dimensions.get(d)).is_some_and(|d| d.unlimited);
        let fill = fill_bytes(variable, &stored, &attributes);
        let name = variable.name.clone();
        Ok(DraftVariable { name, dimensions, attributes, given, stored, shape, is_record, text_length, fill })
    }

    /// The positions of a variable's dimensions, which must have the extents of its values.
    fn axes(&self, variable: &Variable) -> Result<Vec<usize>> {
        let axes = variable.dimensions.iter().zip(variable.shape()).map(|(name, &extent)| {
            let at = self.dimensions.iter().position(|d| d.name == *name && d.length == extent);
            at.ok_or_else(|| {
                let what = format!("dimension '{name}' does not have the extent {extent} of the values");
                Error::data(what, format!("variable '{}'", variable.name))
            })
        });
        let axes: Vec<usize> = axes.collect::<Result<_>>()?;
        if axes.len() != variable.shape().len() || axes.len() != variable.dimensions.len() {
            let what = format!("{} names for {} dimensions", variable.dimensions.len(), variable.shape().len());
            return Err(Error::data(what, format!("variable '{}'", variable.name)));
        }
        Ok(axes)
    }

    /// A dimension for texts of `length` bytes, shared by all that are as long (`stringN`, as xarray names it).
    fn text_dimension(&mut self, length: usize) -> usize {
        let mut name = format!("string{length}");
        let mut copies = 1;
        while let Some(at) = self.dimensions.iter().position(|d| d.name == name) {
            if self.dimensions.get(at).is_some_and(|d| d.length == length && !d.unlimited) {
                return at;
            }
            copies += 1;
            name = format!("string{length}_{copies}");
        }
        self.dimensions.push(Dimension { name, length, unlimited: false });
        self.dimensions.len() - 1
    }
}

/// The dataset's dimensions, one unlimited at most: the first that comes first wherever it is used.
/// A dimension without length can only be that one, for 0 means "unlimited" in the header.
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

/// `_Encoding = "utf-8"`: tells readers that characters spell texts along the last dimension (NUG, "reserved attributes").
fn utf8_mark() -> ExternalAttribute {
    let bytes = b"utf-8".to_vec();
    ExternalAttribute { name: "_Encoding".into(), data_type: DataType::Char, count: bytes.len() as u64, bytes }
}

/// One value for places without data: `_FillValue`, what the source format declared, or the default.
fn fill_bytes(variable: &Variable, stored: &DataType, attributes: &[ExternalAttribute]) -> Vec<u8> {
    let declared = attributes.iter().find(|a| a.name == "_FillValue" && a.data_type == *stored && a.count == 1);
    if let Some(attribute) = declared {
        return attribute.bytes.clone();
    }
    let of_source = variable.encoding.fill_value.as_ref().filter(|fill| fill.len() == 1);
    let of_source = of_source.and_then(|fill| narrow(fill, stored).ok());
    let fill = of_source.or_else(|| default_fill(stored));
    fill.as_ref().and_then(external::to_bytes).unwrap_or_default()
}
