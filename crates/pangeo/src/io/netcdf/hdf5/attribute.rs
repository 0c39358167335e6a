//! Attributes: read one by one, so that one that can't be understood hides no other.

use hdf5_reader::error::{Error as ParseError, Result as Parse};
use hdf5_reader::io::Cursor;
use hdf5_reader::messages::dataspace::{self, DataspaceMessage, DataspaceType};
use hdf5_reader::messages::{MSG_ATTRIBUTE, MSG_ATTRIBUTE_INFO, MSG_DATASPACE, MSG_DATATYPE, attribute_info};

use super::file::File;
use super::header::{self, Header};
use super::heap::{Heap, trim_nul};
use super::links::dense;
use super::types::{self, Text, ValueType};
use crate::model::{AttributeValue, Attributes, DataType, text_of};

/// Attributes that hold the netCDF model together; they are not shown (as netCDF-C does not).
const HIDDEN: [&str; 8] = [
    "CLASS",
    "NAME",
    "REFERENCE_LIST",
    "DIMENSION_LIST",
    "_Netcdf4Dimid",
    "_Netcdf4Coordinates",
    "_NCProperties",
    "_nc3_strict",
];

/// An attribute as it is stored.
#[derive(Debug)]
pub(super) struct RawAttribute {
    pub(super) name: String,
    pub(super) value: ValueType,
    space: DataspaceMessage,
    pub(super) data: Vec<u8>,
}

/// The attributes of an object, in order of creation where that is tracked. One that is damaged or
/// of a kind unknown is left out.
pub(super) fn read_all(file: &File, header: &Header) -> Parse<Vec<RawAttribute>> {
    let mut found: Vec<(Option<u32>, Vec<u8>)> = Vec::new();
    for message in header.all(MSG_ATTRIBUTE) {
        if let Ok(body) = header::body(file, message) {
            found.push((message.order, body));
        }
    }
    if let Some(info) = header.first(MSG_ATTRIBUTE_INFO) {
        let (offsets, lengths) = (file.offset_size, file.length_size);
        let info = attribute_info::parse(&mut Cursor::new(&info.body), offsets, lengths, info.body.len())?;
        if !file.is_undefined(info.fractal_heap_address) {
            found.extend(dense(file, info.fractal_heap_address, info.btree_name_index_address)?);
        }
    }
    found.sort_by_key(|(order, _)| *order);
    Ok(found.iter().filter_map(|(_, body)| parse(file, body).ok()).collect())
}

/// Parse an attribute message of any version.
fn parse(file: &File, body: &[u8]) -> Parse<RawAttribute> {
    let mut cursor = Cursor::new(body);
    let version = cursor.read_u8()?;
    if !(1..=3).contains(&version) {
        return Err(ParseError::UnsupportedAttributeVersion(version));
    }
    let flags = cursor.read_u8()?;
    let sizes = [cursor.read_u16_le()?, cursor.read_u16_le()?, cursor.read_u16_le()?].map(usize::from);
    if version == 3 {
        cursor.skip(1)?;
    }
    let mut parts: [&[u8]; 3] = [&[]; 3];
    for (part, size) in parts.iter_mut().zip(sizes) {
        *part = cursor.read_bytes(size)?;
        if version == 1 {
            cursor.skip(size.next_multiple_of(8) - size)?;
        }
    }
    let [name, datatype, space] = parts;
    let own = |bit: u8, kind: u16, bytes: &[u8]| {
        if version > 1 && flags & bit != 0 { header::shared_body(file, kind, bytes) } else { Ok(bytes.to_vec()) }
    };
    let value = types::parse(&own(1, MSG_DATATYPE, datatype)?)?;
    let space = own(2, MSG_DATASPACE, space)?;
    let space = dataspace::parse(&mut Cursor::new(&space), file.offset_size, file.length_size, space.len())?;
    let count = space.num_elements().map_err(|e| ParseError::InvalidData(e.to_string()))?;
    let length = usize::try_from(count).ok().and_then(|n| n.checked_mul(value.size));
    let length = length.ok_or_else(|| ParseError::InvalidData("attribute is too long".into()))?;
    let data = cursor.read_bytes(length)?.to_vec();
    let name = String::from_utf8_lossy(name.split(|&b| b == 0).next().unwrap_or(name)).into_owned();
    Ok(RawAttribute { name, value, space, data })
}

impl RawAttribute {
    /// The value in the model; `None` for kinds that it has no place for (as netCDF-C leaves out
    /// numbers of two or more dimensions, compound values, references).
    pub(super) fn value(&self, file: &File) -> Option<AttributeValue> {
        let scalar = self.space.dataspace_type == DataspaceType::Scalar;
        match (&self.value.data_type, self.value.text) {
            (_, Some(Text::Variable)) => {
                let mut heap = Heap::new(file);
                let references = self.data.chunks_exact(Heap::reference_size(file));
                let texts: Option<Vec<String>> = references.map(|r| heap.text(r).ok().map(|t| text_of(&t))).collect();
                texts.map(AttributeValue::Strings)
            }
            (_, Some(Text::Fixed(_))) if self.space.dataspace_type == DataspaceType::Null => {
                Some(AttributeValue::Text(String::new()))
            }
            (_, Some(Text::Fixed(_))) if scalar => Some(text(&self.data)),
            (_, Some(Text::Fixed(size))) => {
                let texts = self.data.chunks_exact(size.max(1)).map(|t| text_of(trim_nul(t)));
                Some(AttributeValue::Strings(texts.collect()))
            }
            (DataType::Opaque(_), None) => None,
            (data_type, None) => {
                let numbers = types::numbers(&self.data, data_type, self.value.order)?;
                (self.space.dims.len() <= 1).then_some(AttributeValue::Numbers(numbers))
            }
        }
    }

    /// The value of a short text; `None` if it is none.
    pub(super) fn text(&self, file: &File) -> Option<String> {
        match self.value(file)? {
            AttributeValue::Text(text) => Some(text),
            AttributeValue::Strings(list) => list.into_iter().next(),
            _ => None,
        }
    }

    /// The values of a list of integers.
    pub(super) fn integers(&self) -> Option<Vec<i64>> {
        let numbers = types::numbers(&self.data, &self.value.data_type, self.value.order)?;
        self.value.data_type.is_integer().then(|| numbers.to_f64())?.map(|v| v.iter().map(|&x| x as i64).collect())
    }

    /// For a list of lists of object references (`DIMENSION_LIST`): the addresses in each.
    pub(super) fn references(&self, file: &File) -> Parse<Vec<Vec<u64>>> {
        let size = usize::from(file.offset_size);
        let mut heap = Heap::new(file);
        let mut lists = Vec::new();
        for reference in self.data.chunks_exact(Heap::reference_size(file)) {
            let (count, bytes) = heap.get(reference)?;
            let addresses = bytes.chunks_exact(size).take(count);
            lists.push(addresses.map(|a| Cursor::new(a).read_offset(file.offset_size)).collect::<Parse<Vec<_>>>()?);
        }
        Ok(lists)
    }
}

/// The attributes that a user would see, were they of a type that the model has.
#[derive(Debug, Default)]
pub(super) struct Unkept {
    first: Option<String>,
    others: usize,
}

impl Unkept {
    fn add(&mut self, attribute: &RawAttribute, owner: &str) {
        let kind = match (&attribute.value.data_type, attribute.space.dims.len()) {
            (DataType::Opaque(what), _) => format!("type {what}"),
            (data_type, 0 | 1) => format!("values of type {data_type} that can't be read"),
            (data_type, rank) => format!("type {data_type} and {rank} dimensions"),
        };
        match self.first {
            None => self.first = Some(format!("attribute '{}' of {owner} has {kind}", attribute.name)),
            Some(_) => self.others += 1,
        }
    }

    /// A note for the user, if there are any.
    pub(super) fn note(self, file: &str) -> Option<String> {
        let others = match self.others {
            0 => String::new(),
            1 => "; nor is another one".to_owned(),
            n => format!("; nor are {n} others"),
        };
        self.first.map(|first| format!("{first}, which is not kept{others}, {file}"))
    }
}

/// The attributes that a user sees. `owner` (`variable 'x'`) is for the others.
pub(super) fn visible(file: &File, raw: &[RawAttribute], owner: &str, unkept: &mut Unkept) -> Attributes {
    let mut shown = Attributes::new();
    for attribute in raw.iter().filter(|a| !HIDDEN.contains(&a.name.as_str())) {
        match attribute.value(file) {
            Some(value) => shown.set(attribute.name.clone(), value),
            None => unkept.add(attribute, owner),
        }
    }
    shown
}

/// Text as an attribute's value; bytes that are not UTF-8 are kept as bytes.
fn text(bytes: &[u8]) -> AttributeValue {
    let bytes = trim_nul(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => AttributeValue::Text(text.to_owned()),
        Err(_) => AttributeValue::Bytes(bytes.to_vec()),
    }
}
