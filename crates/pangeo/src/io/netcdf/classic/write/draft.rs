//! A dataset in the terms of a classic header. Nothing of this depends on where the values will lie.

use crate::cf::packing::default_fill;
use crate::io::netcdf::classic::external;
use crate::model::{AttributeValue, Attributes, Buffer, DataType, Dataset, Dimension, Variable};
use crate::{Error, Result};

/// An attribute as it stands in the header.
#[derive(Debug, Clone)]
pub(super) struct ExternalAttribute {
    pub(super) name: String,
    pub(super) data_type: DataType,
    pub(super) count: u64,
    pub(super) bytes: Vec<u8>,
}

/// A dataset in the terms of the format.
#[derive(Debug)]
pub(super) struct Draft {
    /// The dimensions; at most one of them unlimited.
    pub(super) dimensions: Vec<Dimension>,
    pub(super) attributes: Vec<ExternalAttribute>,
    pub(super) variables: Vec<DraftVariable>,
}

/// A variable in the terms of the format.
#[derive(Debug)]
pub(super) struct DraftVariable {
    pub(super) name: String,
    pub(super) dimensions: Vec<usize>,
    pub(super) attributes: Vec<ExternalAttribute>,
    pub(super) data_type: DataType,
    /// Extent along each dimension.
    pub(super) shape: Vec<usize>,
    pub(super) is_record: bool,
    /// The bytes of one value that stands for "missing".
    pub(super) fill: Vec<u8>,
}

impl Draft {
    /// Draft the header of `dataset`, which is in the classic model.
    ///
    /// # Errors
    /// [`Error::Unsupported`] or [`Error::Data`] for what is not in the model.
    pub(super) fn new(dataset: &Dataset, extended: bool) -> Result<Self> {
        let unlimited = dataset.dimensions.iter().filter(|d| d.unlimited).count();
        if unlimited > 1 || !dataset.groups.is_empty() {
            return Err(Error::data("internal: not in the classic model", dataset.source.clone()));
        }
        let dimensions = dataset.dimensions.clone();
        let attributes = external_attributes(&dataset.attributes);
        let mut draft = Self { dimensions, attributes, variables: Vec::new() };
        for variable in &dataset.variables {
            let drafted = draft.variable(variable, extended)?;
            draft.variables.push(drafted);
        }
        Ok(draft)
    }

    fn variable(&self, variable: &Variable, extended: bool) -> Result<DraftVariable> {
        let data_type = variable.data_type().clone();
        if external::code(&data_type).and_then(|code| external::data_type(code, extended)).is_none() {
            let what = format!("internal: {data_type} is not in the classic model");
            return Err(Error::data(what, format!("variable '{}'", variable.name)));
        }
        let dimensions = self.axes(variable)?;
        let shape = variable.shape().to_vec();
        let attributes = external_attributes(&variable.attributes);
        let is_record = dimensions.first().and_then(|&d| self.dimensions.get(d)).is_some_and(|d| d.unlimited);
        let fill = fill_bytes(variable, &attributes);
        let name = variable.name.clone();
        Ok(DraftVariable { name, dimensions, attributes, data_type, shape, is_record, fill })
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
}

/// Attributes for the header. [`crate::io::netcdf::classic_model`] leaves texts and numbers only.
fn external_attributes(attributes: &Attributes) -> Vec<ExternalAttribute> {
    let values = attributes.iter().map(|(name, value)| {
        let values = match value {
            AttributeValue::Text(text) | AttributeValue::Json(text) => Buffer::Char(text.clone().into_bytes()),
            AttributeValue::Strings(list) => Buffer::Char(list.join("\n").into_bytes()),
            AttributeValue::Bytes(bytes) => Buffer::Char(bytes.clone()),
            AttributeValue::Numbers(numbers) => numbers.clone(),
        };
        let bytes = external::to_bytes(&values).unwrap_or_default();
        let (data_type, count) = (values.data_type(), values.len() as u64);
        ExternalAttribute { name: name.to_owned(), data_type, count, bytes }
    });
    values.collect()
}

/// One value for places without data: `_FillValue`, what the source format declared, or the default.
fn fill_bytes(variable: &Variable, attributes: &[ExternalAttribute]) -> Vec<u8> {
    let stored = variable.data_type();
    let declared = attributes.iter().find(|a| a.name == "_FillValue" && a.data_type == *stored && a.count == 1);
    if let Some(attribute) = declared {
        return attribute.bytes.clone();
    }
    let of_source = variable.encoding.fill_value.clone().filter(|f| f.len() == 1 && f.data_type() == *stored);
    let fill = of_source.or_else(|| default_fill(stored));
    fill.as_ref().and_then(external::to_bytes).unwrap_or_default()
}
