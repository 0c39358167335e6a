//! Tables as Apache Parquet: typed columns, nulls for missing values, Zstandard.
//!
//! Numbers keep their type. Dates of the Gregorian calendar are timestamps in microseconds without
//! time zone, those of other calendars ISO 8601 texts, since a timestamp has no 30 February. Units
//! and the like stand in the file's metadata under `COLUMN.units`.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType as ParquetType, DoubleType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};

use super::column::Kind;
use super::csv::shown;
use super::{Column, Piece, Rows, Table, Values};
use crate::cf::time::{Instant, TimeCoding};
use crate::engine::Engine;
use crate::model::{Buffer, DataType, Dataset};
use crate::{Error, Result};

/// Most rows of a row group.
const GROUP_ROWS: usize = 1_000_000;
/// The attributes that say what a column is.
const DESCRIBING: [&str; 5] = ["units", "standard_name", "long_name", "calendar", "cell_methods"];
/// 1582-10-15, the first day on which the standard calendar is the Gregorian one, in nanoseconds since 1970.
const GREGORIAN_START: i128 = -141_427 * 86_400_000_000_000;

/// Write a table.
///
/// # Errors
/// When it can't be read or written.
pub(super) fn write(table: &Table, dataset: &Dataset, path: &Path, engine: &Engine) -> Result<()> {
    let failed = |e: ParquetError| Error::data(format!("the table can't be written: {e}"), path.display().to_string());
    let forms: Vec<Form> = table.columns.iter().map(|c| Form::of(c, table, engine)).collect::<Result<_>>()?;
    let file = File::create(path).map_err(|e| Error::io("write", path, e))?;
    let schema = schema(&table.columns, &forms).map_err(failed)?;
    let level = ZstdLevel::try_new(3).map_err(failed)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(format!("pangeo {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(metadata(table, dataset)))
        .build();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(failed)?;
    for region in table.blocks(engine.memory()).iter() {
        let piece = table.load(&region, engine)?;
        let groups = piece.rows().div_ceil(GROUP_ROWS).max(1);
        let size = piece.rows().div_ceil(groups).max(1);
        for first in (0..piece.rows()).step_by(size) {
            let count = piece.rows().saturating_sub(first).min(size);
            let mut group = writer.next_row_group().map_err(failed)?;
            let prepare = |c: usize| prepare(table, &forms, &piece, c, first..first.saturating_add(count));
            engine.ordered(table.columns.len(), engine.threads(), prepare, |_, cells: Cells| {
                let column = group.next_column().map_err(failed)?;
                let column = column.ok_or_else(|| Error::data("internal: a column too many", "table"))?;
                cells.write(column).map_err(failed)
            })?;
            group.close().map_err(failed)?;
            engine.progress().advance(count as u64);
        }
    }
    writer.close().map(drop).map_err(failed)
}

/// How a column is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Float,
    Double,
    /// An integer of so many bits, signed or not.
    Integer(i8, bool),
    Timestamp,
    Text,
}

impl Form {
    fn of(column: &Column, table: &Table, engine: &Engine) -> Result<Self> {
        Ok(match (&column.kind, column.data_type()) {
            (Kind::Date(coding, _), _) => {
                if is_gregorian(column, coding, table, engine)? {
                    Self::Timestamp
                } else {
                    Self::Text
                }
            }
            (Kind::Text, _) => Self::Text,
            (_, DataType::F32) => Self::Float,
            (_, DataType::F64) => Self::Double,
            (_, kind) => Self::Integer(
                (kind.size() * 8) as i8,
                !matches!(kind, DataType::U8 | DataType::U16 | DataType::U32 | DataType::U64),
            ),
        })
    }

    fn physical(self) -> Physical {
        match self {
            Self::Float => Physical::FLOAT,
            Self::Double => Physical::DOUBLE,
            Self::Integer(..=32, _) => Physical::INT32,
            Self::Integer(..) | Self::Timestamp => Physical::INT64,
            Self::Text => Physical::BYTE_ARRAY,
        }
    }

    fn logical(self) -> Option<LogicalType> {
        match self {
            Self::Float | Self::Double => None,
            Self::Integer(bits, signed) => Some(LogicalType::Integer { bit_width: bits, is_signed: signed }),
            Self::Timestamp => Some(LogicalType::Timestamp { is_adjusted_to_u_t_c: false, unit: TimeUnit::MICROS }),
            Self::Text => Some(LogicalType::String),
        }
    }
}

/// Whether all dates of a column are called the same in the Gregorian calendar, which timestamps are
/// shown in. Those of a coordinate are looked at; of data the calendar is believed.
fn is_gregorian(column: &Column, coding: &TimeCoding, table: &Table, engine: &Engine) -> Result<bool> {
    match coding.calendar().name() {
        "proleptic_gregorian" | "tai" => Ok(true),
        "standard" if column.varies_along_one() => {
            let whole = crate::model::Region::whole(&table.shape);
            let loaded = column.load(&whole, engine)?;
            let Values::Date(dates) = loaded.values else { return Ok(false) };
            Ok(dates.iter().flatten().all(|d| d.nanoseconds() >= GREGORIAN_START))
        }
        name => Ok(name == "standard"),
    }
}

fn schema(columns: &[Column], forms: &[Form]) -> Result<TypePtr, ParquetError> {
    let field = |(column, form): (&Column, &Form)| {
        let field = Type::primitive_type_builder(&column.name, form.physical());
        let field = field.with_repetition(Repetition::OPTIONAL).with_logical_type(form.logical());
        field.build().map(Arc::new)
    };
    let fields = columns.iter().zip(forms).map(field).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("table").with_fields(fields).build().map(Arc::new)
}

/// `COLUMN.units` and the like, and the dataset's title and history.
fn metadata(table: &Table, dataset: &Dataset) -> Vec<KeyValue> {
    let mut all = Vec::new();
    for column in &table.columns {
        // Of dates only the calendar still holds.
        let dates = matches!(column.kind, Kind::Date(..));
        for name in DESCRIBING.into_iter().filter(|n| !dates || *n != "units") {
            if let Some(text) = column.attributes.text(name) {
                all.push(KeyValue::new(format!("{}.{name}", column.name), text.to_owned()));
            }
        }
    }
    for name in ["title", "history"] {
        all.extend(dataset.attributes.text(name).map(|text| KeyValue::new(name.to_owned(), text.to_owned())));
    }
    all
}

/// The values of a column that are there, and for each row whether it has one.
struct Cells {
    values: Typed,
    present: Vec<i16>,
}

enum Typed {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
}

impl Cells {
    fn write(self, mut column: SerializedColumnWriter) -> Result<(), ParquetError> {
        fn put<T: ParquetType>(
            column: &mut SerializedColumnWriter,
            v: &[T::T],
            levels: &[i16],
        ) -> Result<(), ParquetError> {
            column.typed::<T>().write_batch(v, Some(levels), None).map(drop)
        }
        let levels = &self.present;
        match &self.values {
            Typed::Int32(v) => put::<Int32Type>(&mut column, v, levels)?,
            Typed::Int64(v) => put::<Int64Type>(&mut column, v, levels)?,
            Typed::Float(v) => put::<FloatType>(&mut column, v, levels)?,
            Typed::Double(v) => put::<DoubleType>(&mut column, v, levels)?,
            Typed::Bytes(v) => put::<ByteArrayType>(&mut column, v, levels)?,
        }
        column.close()
    }
}

/// The cells of column number `at` in some rows of a block.
fn prepare(table: &Table, forms: &[Form], piece: &Piece, at: usize, rows: std::ops::Range<usize>) -> Result<Cells> {
    let lost = || Error::data("internal: a column too many", "table");
    let (column, form) = (table.columns.get(at).ok_or_else(lost)?, *forms.get(at).ok_or_else(lost)?);
    let loaded = piece.columns.get(at..at.saturating_add(1)).ok_or_else(lost)?;
    let values = loaded.first().map(|l| &l.values).ok_or_else(lost)?;
    let mut row = Rows::new(&piece.shape, loaded, rows.start);
    let mut present = Vec::with_capacity(rows.len());
    let mut each = |push: &mut dyn FnMut(usize) -> bool| {
        for _ in rows.clone() {
            present.push(i16::from(row.places.first().is_some_and(|&p| push(p))));
            row.advance();
        }
    };
    macro_rules! collect {
        ($variant:ident, $value:expr) => {{
            let mut out = Vec::with_capacity(rows.len());
            let value = $value;
            each(&mut |p| value(p).map(|v| out.push(v)).is_some());
            Typed::$variant(out)
        }};
    }
    let values = match (form, values) {
        (Form::Float, Values::Single(v)) => collect!(Float, |p: usize| v.get(p).copied().filter(|x| !x.is_nan())),
        (Form::Double, Values::Double(v)) => collect!(Double, |p: usize| v.get(p).copied().filter(|x| !x.is_nan())),
        (Form::Timestamp, Values::Date(v)) => {
            collect!(Int64, |p: usize| v.get(p).copied().flatten().and_then(microseconds))
        }
        (Form::Integer(..=32, _), Values::Integer(v, missing)) => {
            collect!(Int32, |p: usize| integer(v, missing, p).map(|x| x as i32))
        }
        (Form::Integer(..), Values::Integer(v, missing)) => collect!(Int64, |p: usize| integer(v, missing, p)),
        (Form::Integer(..), Values::Index(v)) => collect!(Int64, |p: usize| v.get(p).map(|&x| x as i64)),
        (_, Values::Date(v)) => collect!(Bytes, |p: usize| {
            v.get(p).copied().flatten().map(|_| ByteArray::from(shown(column, values, p).into_bytes()))
        }),
        (_, Values::Text(v)) => collect!(Bytes, |p: usize| v.get(p).map(|t| ByteArray::from(t.as_str()))),
        _ => return Err(Error::data("internal: values of another type", column.name.clone())),
    };
    Ok(Cells { values, present })
}

/// The bits of an integer, unsigned 64-bit ones as they are (Parquet stores them so).
fn integer(buffer: &Buffer, missing: &[bool], at: usize) -> Option<i64> {
    if missing.get(at).copied().unwrap_or(true) {
        return None;
    }
    match buffer {
        Buffer::I8(v) => v.get(at).map(|&x| i64::from(x)),
        Buffer::U8(v) => v.get(at).map(|&x| i64::from(x)),
        Buffer::I16(v) => v.get(at).map(|&x| i64::from(x)),
        Buffer::U16(v) => v.get(at).map(|&x| i64::from(x)),
        Buffer::I32(v) => v.get(at).map(|&x| i64::from(x)),
        Buffer::U32(v) => v.get(at).map(|&x| i64::from(x)),
        Buffer::I64(v) => v.get(at).copied(),
        Buffer::U64(v) => v.get(at).map(|&x| x.cast_signed()),
        _ => None,
    }
}

/// Microseconds since 1970, to the one before.
fn microseconds(instant: Instant) -> Option<i64> {
    i64::try_from(instant.nanoseconds().div_euclid(1000)).ok()
}
