//! The types of values.

use std::fmt;

/// The type of a variable's values as they are stored (before any unpacking).
///
/// The numeric types are those of netCDF-4 (NUG, "external types") and of Zarr; `Char` is one byte
/// of text, `String` a whole text of any length.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DataType {
    /// `byte`
    I8,
    /// `ubyte`
    U8,
    /// `short`
    I16,
    /// `ushort`
    U16,
    /// `int`
    I32,
    /// `uint`
    U32,
    /// `int64`
    I64,
    /// `uint64`
    U64,
    /// `float`
    F32,
    /// `double`
    F64,
    /// One byte of text; arrays of it spell texts along their last dimension.
    Char,
    /// Text of any length, UTF-8.
    String,
    /// A type that is listed but not read (compound, vlen of numbers, opaque, …), described.
    Opaque(String),
}

impl DataType {
    /// Bytes of one value in memory; texts and opaque values count as 0.
    pub fn size(&self) -> usize {
        match self {
            Self::I8 | Self::U8 | Self::Char => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
            Self::String | Self::Opaque(_) => 0,
        }
    }

    /// Bytes of one value for planning memory: texts are taken as 32.
    pub fn planning_size(&self) -> usize {
        self.size().max(if self.is_numeric() || *self == Self::Char { 1 } else { 32 })
    }

    /// Whether values are numbers.
    pub fn is_numeric(&self) -> bool {
        !matches!(self, Self::Char | Self::String | Self::Opaque(_))
    }

    /// Whether values are `float` or `double`.
    pub fn is_float(&self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    /// Whether values are integers.
    pub fn is_integer(&self) -> bool {
        self.is_numeric() && !self.is_float()
    }

    /// The name in netCDF's text form (CDL), as `inspect` prints it.
    pub fn name(&self) -> &str {
        match self {
            Self::I8 => "byte",
            Self::U8 => "ubyte",
            Self::I16 => "short",
            Self::U16 => "ushort",
            Self::I32 => "int",
            Self::U32 => "uint",
            Self::I64 => "int64",
            Self::U64 => "uint64",
            Self::F32 => "float",
            Self::F64 => "double",
            Self::Char => "char",
            Self::String => "string",
            Self::Opaque(what) => what,
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
