//! Attributes on their way into the file.

use std::ffi::c_int;

use super::ffi::{Failure, netcdf};
use crate::model::{AttributeValue, Attributes, Buffer, Dataset};

/// Names under which netCDF-4 and its relatives keep books (NUG, appendix A "special attributes"): the
/// library writes those that are due, what another file had there is of no use.
const BOOKS: &[&str] = &[
    "_NCProperties",
    "_IsNetcdf4",
    "_SuperblockVersion",
    "_Format",
    "_Codecs",
    "_Netcdf4Dimid",
    "_Netcdf4Coordinates",
    "_nc3_strict",
    "_ARRAY_DIMENSIONS",
    "_nczarr_attr",
    "_nczarr_group",
    "_nczarr_array",
    "_nczarr_superblock",
];

/// Names of HDF5's dimension scales. netCDF-C refuses them to users, and shows them to nobody; in
/// other formats they may say something.
const SCALES: &[&str] = &["CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"];

/// A remark for each attribute that says something and can't be written.
pub(super) fn left_out(dataset: &Dataset) -> Vec<String> {
    let variables = dataset.variables.iter().map(|v| (format!("variable '{}'", v.name), &v.attributes));
    let groups = dataset.groups.iter().map(|(path, attributes)| (format!("group '{path}'"), attributes));
    let owners = std::iter::once(("the dataset".to_owned(), &dataset.attributes)).chain(groups).chain(variables);
    let remark = |owner: &str, name: &str| {
        format!("attribute '{name}' of {owner} is left out: netCDF-4 keeps this name for its dimension scales")
    };
    owners
        .flat_map(|(owner, attributes)| {
            let names = attributes.iter().map(|(name, _)| name).filter(|name| SCALES.contains(name));
            names.map(|name| remark(&owner, name)).collect::<Vec<_>>()
        })
        .collect()
}

/// Where attributes go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    /// The group's id.
    pub(super) group: c_int,
    /// The variable's id, or [`netcdf::GLOBAL`].
    pub(super) variable: c_int,
}

impl Target {
    /// Set all attributes in their order; `fill` stands in for `_FillValue`, with its type's id.
    ///
    /// # Errors
    /// What the library refused, with the attribute's name.
    pub(super) fn put_all(self, attributes: &Attributes, fill: Option<(&Buffer, c_int)>) -> Result<(), Failure> {
        for (name, value) in attributes.iter().filter(|(name, _)| !BOOKS.contains(name) && !SCALES.contains(name)) {
            let put = match fill {
                Some((Buffer::Char(byte), _)) if name == "_FillValue" => self.put_text(name, byte),
                Some((Buffer::String(text), _)) if name == "_FillValue" => {
                    netcdf::put_texts(self.group, self.variable, name, text)
                }
                Some((number, type_id)) if name == "_FillValue" => {
                    netcdf::put_numbers(self.group, self.variable, name, type_id, number)
                }
                _ => self.put(name, value),
            };
            put.map_err(|f| Failure { text: format!("attribute '{name}': {}", f.text), ..f })?;
        }
        Ok(())
    }

    fn put(self, name: &str, value: &AttributeValue) -> Result<(), Failure> {
        match value {
            AttributeValue::Text(text) | AttributeValue::Json(text) => self.put_text(name, text.as_bytes()),
            AttributeValue::Bytes(bytes) | AttributeValue::Numbers(Buffer::Char(bytes)) => self.put_text(name, bytes),
            AttributeValue::Strings(texts) | AttributeValue::Numbers(Buffer::String(texts)) => {
                netcdf::put_texts(self.group, self.variable, name, texts)
            }
            AttributeValue::Numbers(numbers) => self.put_numbers(name, numbers),
        }
    }

    fn put_text(self, name: &str, text: &[u8]) -> Result<(), Failure> {
        netcdf::put_text(self.group, self.variable, name, text)
    }

    fn put_numbers(self, name: &str, numbers: &Buffer) -> Result<(), Failure> {
        let type_id = netcdf::type_id(&numbers.data_type()).ok_or_else(|| Failure::new("a type without name"))?;
        netcdf::put_numbers(self.group, self.variable, name, type_id, numbers)
    }
}
