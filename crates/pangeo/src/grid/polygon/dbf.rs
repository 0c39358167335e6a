//! The table beside a shapefile (dBASE III): one row of text fields for each shape.

use serde_json::{Number, Value};

use super::Properties;
use crate::{Error, Result};

/// A column.
struct Column {
    name: String,
    kind: u8,
    start: usize,
    length: usize,
}

/// The rows in order, each made as it is asked for.
pub(super) struct Rows<'a> {
    columns: Vec<Column>,
    records: std::slice::ChunksExact<'a, u8>,
    latin: bool,
}

impl Iterator for Rows<'_> {
    type Item = Properties;

    fn next(&mut self) -> Option<Properties> {
        let record = self.records.next()?;
        let cell = |column: &Column| {
            let bytes = record.get(column.start..column.start + column.length).unwrap_or(b"");
            (column.name.clone(), value(column.kind, &text(bytes, self.latin)))
        };
        Some(self.columns.iter().map(cell).collect())
    }
}

/// Reads the columns of a `.dbf`; `encoding` is the content of the `.cpg` file, if any.
pub(super) fn read<'a>(bytes: &'a [u8], encoding: &[u8], file: &str) -> Result<Rows<'a>> {
    let broken = |what: &str| Error::malformed(file, format!("the .dbf table is broken: {what}"));
    let short = |at: usize| bytes.get(at..)?.first_chunk::<2>().map(|two| usize::from(u16::from_le_bytes(*two)));
    let header = short(8).ok_or_else(|| broken("its header is cut off"))?;
    let length = short(10).filter(|length| *length > 0).ok_or_else(|| broken("its rows have no length"))?;
    let count = bytes.get(4..8).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    let fields = bytes.get(32..header).ok_or_else(|| broken("its header is cut off"))?;
    let data = bytes.get(header..).unwrap_or(b"");
    let data = data.get(..count.saturating_mul(length)).unwrap_or(data);

    let encoding = String::from_utf8_lossy(encoding).to_uppercase();
    let latin = encoding.contains("8859") || encoding.contains("1252") || encoding.contains("LATIN");
    let mut columns = Vec::new();
    // The first byte of a row says whether it was deleted.
    let mut start = 1;
    for field in fields.chunks_exact(32).take_while(|field| field.first() != Some(&0x0d)) {
        let name = field.get(..11).unwrap_or(b"").split(|byte| *byte == 0).next().unwrap_or(b"");
        let size = field.get(16).copied().map_or(0, usize::from);
        let kind = field.get(11).copied().unwrap_or(b'C');
        columns.push(Column { name: text(name, latin), kind, start, length: size });
        start += size;
    }
    if start > length {
        return Err(broken("its columns are wider than its rows"));
    }
    Ok(Rows { columns, records: data.chunks_exact(length), latin })
}

/// Text without the blanks around; Latin-1 if the table says so or it is no UTF-8.
fn text(bytes: &[u8], latin: bool) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if !latin => text.to_owned(),
        _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    text.trim_matches(|character: char| character.is_whitespace() || character == '\0').to_owned()
}

/// The value of a cell; empty numbers and truths are null.
fn value(kind: u8, text: &str) -> Value {
    match kind {
        b'N' | b'F' => {
            let whole = text.parse::<i64>().ok().map(Number::from);
            let number = whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
            number.map_or(Value::Null, Value::Number)
        }
        b'L' => match text {
            "T" | "t" | "Y" | "y" => Value::Bool(true),
            "F" | "f" | "N" | "n" => Value::Bool(false),
            _ => Value::Null,
        },
        _ => Value::String(text.to_owned()),
    }
}
