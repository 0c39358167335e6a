//! Tables as text: comma- or tab-separated, quoted where needed (RFC 4180), one header line.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::column::Kind;
use super::{Column, Piece, Rows, Table, Values};
use crate::cf::time::Calendar;
use crate::engine::Engine;
use crate::with_numbers;
use crate::{Error, Result};

/// Rows that are formatted at a time.
const ROWS: usize = 8192;

/// Write a table with `separator` between its fields.
///
/// # Errors
/// When it can't be read or written.
pub(super) fn write(table: &Table, separator: u8, path: &Path, engine: &Engine) -> Result<()> {
    let failed = |e| Error::io("write", path, e);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).map_err(failed)?);
    let header = lines(separator, |writer| writer.write_record(table.columns.iter().map(|c| &c.name)))?;
    file.write_all(&header).map_err(failed)?;
    for region in table.blocks(engine.memory()).iter() {
        let mut piece = table.load(&region, engine)?;
        let rows = piece.rows();
        // What many rows share is formatted once.
        for (column, loaded) in table.columns.iter().zip(&mut piece.columns) {
            let few = loaded.values.len() <= rows / 2;
            if few && !matches!(loaded.values, Values::Text(_)) {
                loaded.values =
                    Values::Text((0..loaded.values.len()).map(|at| shown(column, &loaded.values, at)).collect());
            }
        }
        let window = engine.window(ROWS.saturating_mul(table.columns.len()).saturating_mul(16));
        let format = |at: usize| some_rows(table, &piece, separator, at.saturating_mul(ROWS));
        engine
            .ordered(rows.div_ceil(ROWS), window, format, |_, text: Vec<u8>| file.write_all(&text).map_err(failed))?;
        engine.progress().advance(rows as u64);
    }
    file.flush().map_err(failed)
}

/// Up to [`ROWS`] rows from number `first` on.
fn some_rows(table: &Table, piece: &Piece, separator: u8, first: usize) -> Result<Vec<u8>> {
    let count = piece.rows().saturating_sub(first).min(ROWS);
    let mut rows = Rows::new(&piece.shape, &piece.columns, first);
    let mut field = String::new();
    lines(separator, |writer| {
        for _ in 0..count {
            for ((column, loaded), &at) in table.columns.iter().zip(&piece.columns).zip(&rows.places) {
                if let Values::Text(texts) = &loaded.values {
                    writer.write_field(texts.get(at).map_or("", String::as_str))?;
                } else {
                    field.clear();
                    show(column, &loaded.values, at, &mut field);
                    writer.write_field(&field)?;
                }
            }
            writer.write_record(None::<&[u8]>)?;
            rows.advance();
        }
        Ok(())
    })
}

/// What `fill` writes.
fn lines(separator: u8, fill: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Vec<u8>> {
    let failed = |why: String| Error::data(format!("internal: {why}"), "table");
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
    fill(&mut writer).map_err(|e| failed(e.to_string()))?;
    writer.into_inner().map_err(|e| failed(e.to_string()))
}

/// A value as text; empty where missing.
pub(super) fn shown(column: &Column, values: &Values, at: usize) -> String {
    let mut text = String::new();
    show(column, values, at, &mut text);
    text
}

/// Append a value. Writing to a text can't fail.
fn show(column: &Column, values: &Values, at: usize, out: &mut String) {
    match values {
        Values::Index(v) => drop(v.get(at).map(|x| write!(out, "{x}"))),
        Values::Single(v) => drop(v.get(at).filter(|x| !x.is_nan()).map(|x| number(out, format_args!("{x:?}")))),
        Values::Double(v) => drop(v.get(at).filter(|x| !x.is_nan()).map(|x| number(out, format_args!("{x:?}")))),
        Values::Integer(_, missing) if missing.get(at).copied().unwrap_or(true) => {}
        Values::Integer(v, _) => with_numbers!(v, v => drop(v.get(at).map(|x| write!(out, "{x}"))), ()),
        Values::Date(v) => {
            if let Some(Some(instant)) = v.get(at) {
                let _ = write!(out, "{}", calendar(column).components(*instant));
            }
        }
        Values::Text(v) => out.push_str(v.get(at).map_or("", String::as_str)),
    }
}

/// The shortest digits that read back as the same number; whole numbers without `.0`.
fn number(out: &mut String, digits: std::fmt::Arguments) {
    let _ = out.write_fmt(digits);
    if out.ends_with(".0") {
        out.truncate(out.len().saturating_sub(2));
    }
}

fn calendar(column: &Column) -> Calendar {
    if let Kind::Date(coding, _) = &column.kind { coding.calendar() } else { Calendar::default() }
}
