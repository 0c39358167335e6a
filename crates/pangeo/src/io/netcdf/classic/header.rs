//! The header of a classic file: what it says, checked as far as it can be without the values.
//!
//! Grammar: netCDF Users Guide, "file format specification". Where files in the field depart from
//! it the C library's leniency is followed: padding may hold anything, `vsize` is ignored (it is
//! wrong in many files and always so for large variables), an empty list may carry any tag.

use std::collections::HashSet;

use super::cursor::{Cursor, Stop};
use super::external;
use super::layout::Layout;
use crate::model::{AttributeValue, Attributes, DataType, Dimension, Origin};
use crate::{Error, Result};

/// Tags of the lists in a header.
pub(super) const DIMENSION: u32 = 10;
pub(super) const VARIABLE: u32 = 11;
pub(super) const ATTRIBUTE: u32 = 12;

/// Limits of netCDF (`NC_MAX_VAR_DIMS`, `NC_MAX_ATTRS`).
const MOST_AXES: u64 = 1024;
const MOST_ATTRIBUTES: u64 = 8192;

/// The three classic formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassicKind {
    /// netCDF classic: 32-bit offsets.
    Cdf1,
    /// 64-bit offset.
    Cdf2,
    /// 64-bit data: unsigned and 64-bit integers, dimensions of any length.
    Cdf5,
}

impl ClassicKind {
    /// As the model has it.
    pub fn origin(self) -> Origin {
        match self {
            Self::Cdf1 => Origin::Classic,
            Self::Cdf2 => Origin::Offset64,
            Self::Cdf5 => Origin::Cdf5,
        }
    }

    /// The fourth byte of the file.
    pub fn version(self) -> u8 {
        match self {
            Self::Cdf1 => 1,
            Self::Cdf2 => 2,
            Self::Cdf5 => 5,
        }
    }

    /// The kind of a file that begins with `head`; `None` if it is no classic file.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'C', b'D', b'F', 1, ..] => Some(Self::Cdf1),
            [b'C', b'D', b'F', 2, ..] => Some(Self::Cdf2),
            [b'C', b'D', b'F', 5, ..] => Some(Self::Cdf5),
            _ => None,
        }
    }
}

/// A parsed header.
#[derive(Debug, Clone)]
pub struct Header {
    /// Which of the formats.
    pub kind: ClassicKind,
    /// The dimensions; the unlimited one (at most one) with its present length.
    pub dimensions: Vec<Dimension>,
    /// Global attributes.
    pub attributes: Attributes,
    /// The variables in the order of the file.
    pub variables: Vec<HeaderVariable>,
    /// Its length in bytes.
    pub length: u64,
}

/// A variable as the header describes it.
#[derive(Debug, Clone)]
pub struct HeaderVariable {
    /// Its name.
    pub name: String,
    /// Positions of its dimensions in [`Header::dimensions`], slowest first.
    pub dimensions: Vec<usize>,
    /// Its attributes.
    pub attributes: Attributes,
    /// The type of its values.
    pub data_type: DataType,
    /// Where its values lie (whether or not the file reaches that far).
    pub layout: Layout,
}

/// The header at the beginning of `bytes`, the first bytes (or all) of a file of `file_len` bytes
/// that messages call `name`.
///
/// # Errors
/// [`Error::Malformed`] when the header breaks the format's rules or is longer than `bytes`.
pub fn parse_header(bytes: &[u8], file_len: u64, name: &str) -> Result<Header> {
    parse(bytes, file_len).map_err(|stop| match stop {
        Stop::Broken(what) => Error::malformed(name, what),
        Stop::More(n) => Error::malformed(name, format!("the header needs {n} bytes, {} were read", bytes.len())),
    })
}

/// As [`parse_header`], but tells a header that goes on from one that is broken.
pub(super) fn parse(bytes: &[u8], file_len: u64) -> Result<Header, Stop> {
    let mut cursor = Cursor::new(bytes, file_len);
    let magic = cursor.take(4)?;
    let kind =
        ClassicKind::of(magic).ok_or_else(|| Stop::broken("this is no netCDF classic, 64-bit offset or CDF-5"))?;
    cursor.wide = kind == ClassicKind::Cdf5;
    let records = cursor.count()?;
    let mut dimensions = dimensions(&mut cursor)?;
    let attributes = attributes(&mut cursor, kind, "global")?;
    let raw = variables(&mut cursor, kind, &dimensions)?;
    let length = cursor.position();

    let record_dimension = dimensions.iter().position(|d| d.unlimited);
    let sizes = RecordSizes::new(&raw, &dimensions)?;
    let streaming = if cursor.wide { u64::MAX } else { u64::from(u32::MAX) };
    let records = if records == streaming { sizes.records_in(file_len) } else { records };
    if let Some(dimension) = record_dimension.and_then(|d| dimensions.get_mut(d)) {
        dimension.length = length_of(records, &dimension.name)?;
    }
    let variables =
        raw.into_iter().map(|v| v.place(&dimensions, sizes.record, length)).collect::<Result<Vec<_>, Stop>>()?;
    Ok(Header { kind, dimensions, attributes, variables, length })
}

/// A length as the address space has it.
fn length_of(length: u64, name: &str) -> Result<usize, Stop> {
    let fits = usize::try_from(length).ok().filter(|&n| i64::try_from(n).is_ok());
    fits.ok_or_else(|| Stop::broken(format!("dimension '{name}' has the impossible length {length}")))
}

fn dimensions(cursor: &mut Cursor<'_>) -> Result<Vec<Dimension>, Stop> {
    let count = cursor.list(DIMENSION, "dimensions", if cursor.wide { 16 } else { 8 })?;
    let mut dimensions: Vec<Dimension> = Vec::new();
    for _ in 0..count {
        let name = cursor.name()?;
        let length = length_of(cursor.count()?, &name)?;
        dimensions.push(Dimension { name, length, unlimited: length == 0 });
    }
    unique("dimensions", dimensions.iter().map(|d| d.name.as_str()))?;
    let mut unlimited = dimensions.iter().filter(|d| d.unlimited);
    if let (Some(one), Some(other)) = (unlimited.next(), unlimited.next()) {
        return Err(Stop::broken(format!("both '{}' and '{}' are record dimensions", one.name, other.name)));
    }
    Ok(dimensions)
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<(), Stop> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Stop::broken(format!("two {what} are called '{name}'")));
        }
    }
    Ok(())
}

/// The attributes of `owner`; of several with one name the first counts, as in the C library.
fn attributes(cursor: &mut Cursor<'_>, kind: ClassicKind, owner: &str) -> Result<Attributes, Stop> {
    let count = cursor.list(ATTRIBUTE, "attributes", if cursor.wide { 20 } else { 12 })?;
    if count > MOST_ATTRIBUTES {
        return Err(Stop::broken(format!("{count} attributes of {owner}, more than netCDF allows")));
    }
    let mut attributes = Attributes::new();
    for _ in 0..count {
        let name = cursor.name()?;
        let code = cursor.u32()?;
        let length = cursor.count()?;
        let data_type = external::data_type(code, kind == ClassicKind::Cdf5)
            .ok_or_else(|| Stop::broken(format!("attribute '{name}' of {owner} has the unknown type {code}")))?;
        let bytes = length
            .checked_mul(data_type.size() as u64)
            .ok_or_else(|| Stop::broken(format!("attribute '{name}' of {owner} has the impossible length {length}")))?;
        let value = value(&data_type, cursor.padded(bytes)?);
        if attributes.get(&name).is_none() {
            attributes.set(name, value);
        }
    }
    Ok(attributes)
}

/// The value of an attribute, every byte of it: NULs that end a text are kept, so that it can be
/// written again as it was.
fn value(data_type: &DataType, bytes: &[u8]) -> AttributeValue {
    if *data_type == DataType::Char {
        return match std::str::from_utf8(bytes) {
            Ok(text) => AttributeValue::Text(text.to_owned()),
            Err(_) => AttributeValue::Bytes(bytes.to_vec()),
        };
    }
    let Some(mut numbers) = external::with_capacity(data_type, 0) else {
        return AttributeValue::Bytes(bytes.to_vec());
    };
    external::append(&mut numbers, bytes);
    AttributeValue::Numbers(numbers)
}

/// A variable before the records are known.
struct RawVariable {
    name: String,
    dimensions: Vec<usize>,
    attributes: Attributes,
    data_type: DataType,
    begin: u64,
    is_record: bool,
}

fn variables(cursor: &mut Cursor<'_>, kind: ClassicKind, dimensions: &[Dimension]) -> Result<Vec<RawVariable>, Stop> {
    let count = cursor.list(VARIABLE, "variables", if cursor.wide { 48 } else { 28 })?;
    let mut variables = Vec::new();
    for _ in 0..count {
        variables.push(variable(cursor, kind, dimensions)?);
    }
    unique("variables", variables.iter().map(|v: &RawVariable| v.name.as_str()))?;
    Ok(variables)
}

fn variable(cursor: &mut Cursor<'_>, kind: ClassicKind, dimensions: &[Dimension]) -> Result<RawVariable, Stop> {
    let name = cursor.name()?;
    let rank = cursor.count()?;
    if rank > MOST_AXES {
        return Err(Stop::broken(format!("variable '{name}' has {rank} dimensions, more than netCDF allows")));
    }
    let mut axes = Vec::new();
    let mut is_record = false;
    for axis in 0..rank {
        let id = cursor.count()?;
        let found = usize::try_from(id).ok().and_then(|id| Some((id, dimensions.get(id)?)));
        let (id, dimension) = found.ok_or_else(|| {
            Stop::broken(format!("variable '{name}' has dimension number {id}, the file has {}", dimensions.len()))
        })?;
        if dimension.unlimited && axis > 0 {
            return Err(Stop::broken(format!("the record dimension of variable '{name}' is not its first")));
        }
        is_record |= dimension.unlimited;
        axes.push(id);
    }
    let attributes = attributes(cursor, kind, &format!("variable '{name}'"))?;
    let code = cursor.u32()?;
    let data_type = external::data_type(code, kind == ClassicKind::Cdf5)
        .ok_or_else(|| Stop::broken(format!("variable '{name}' has the unknown type {code}")))?;
    let _vsize = cursor.count()?;
    let begin = if kind == ClassicKind::Cdf1 { u64::from(cursor.u32()?) } else { cursor.u64()? };
    Ok(RawVariable { name, dimensions: axes, attributes, data_type, begin, is_record })
}

impl RawVariable {
    fn shape(&self, dimensions: &[Dimension]) -> Vec<usize> {
        self.dimensions.iter().filter_map(|&d| dimensions.get(d)).map(|d| d.length).collect()
    }

    fn too_large(&self) -> Stop {
        Stop::broken(format!("variable '{}' is larger than any file", self.name))
    }

    fn place(self, dimensions: &[Dimension], record: u64, header: u64) -> Result<HeaderVariable, Stop> {
        let shape = self.shape(dimensions);
        let record = self.is_record.then_some(record);
        let layout = Layout::new(self.begin, shape, self.data_type.size(), record).ok_or_else(|| self.too_large())?;
        if layout.end() > layout.begin() && layout.begin() < header {
            return Err(Stop::broken(format!(
                "the values of variable '{}' begin at byte {}, inside the header",
                self.name, self.begin
            )));
        }
        let Self { name, dimensions, attributes, data_type, .. } = self;
        Ok(HeaderVariable { name, dimensions, attributes, data_type, layout })
    }
}

/// How records are put together.
struct RecordSizes {
    /// Distance from one record to the next.
    record: u64,
    /// Offset of the first.
    begin: u64,
    /// Bytes at the end of a record that hold no values.
    padding: u64,
}

impl RecordSizes {
    fn new(variables: &[RawVariable], dimensions: &[Dimension]) -> Result<Self, Stop> {
        let mut sizes = Self { record: 0, begin: u64::MAX, padding: 0 };
        let (mut count, mut last) = (0, 0);
        for variable in variables.iter().filter(|v| v.is_record) {
            let shape = variable.shape(dimensions);
            let one = Layout::new(0, shape, variable.data_type.size(), Some(0)).ok_or_else(|| variable.too_large())?;
            last = one.slab();
            sizes.padding = (4 - last % 4) % 4;
            let record = sizes.record.checked_add(last + sizes.padding).filter(|&n| i64::try_from(n).is_ok());
            sizes.record = record.ok_or_else(|| variable.too_large())?;
            sizes.begin = sizes.begin.min(variable.begin);
            count += 1;
        }
        if count == 1 {
            // A record of a single variable is not padded.
            (sizes.record, sizes.padding) = (last, 0);
        }
        Ok(sizes)
    }

    /// The whole records that a file of `file_len` bytes holds; the last one's padding may be missing.
    fn records_in(&self, file_len: u64) -> u64 {
        let bytes = file_len.saturating_add(self.padding).saturating_sub(self.begin);
        bytes.checked_div(self.record).unwrap_or(0)
    }
}
