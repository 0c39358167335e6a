//! Tables: one row for each combination of the dimensions, one column for each coordinate and variable.
//!
//! The rows run in the order of the dimensions, the last fastest. Times are dates, values unpacked,
//! missing values empty. Blocks of rows are read, decoded and formatted in parallel in bounded memory.

mod column;
mod csv;
mod parquet;
#[cfg(test)]
mod tests;

use std::path::Path;

use column::{Column, Loaded, Rows, Values, dimensions};

use super::Format;
use super::staging::{Kind, Staged};
use super::write::{Report, Target};
use crate::cf::roles::Roles;
use crate::engine::Engine;
use crate::model::{Dataset, Region, RegionTiles, Starts, Variable, count};
use crate::{Error, Result};

/// More rows than this are no table that anybody opens.
const MOST_ROWS: usize = 50_000_000;
/// Bytes that a value takes while its block is worked on: stored, decoded, formatted.
const VALUE_BYTES: usize = 32;
/// Fewest rows of a block, however little memory there is.
const FEWEST_ROWS: usize = 4096;

/// A table to be written: its dimensions and columns.
#[derive(Debug)]
struct Table {
    /// Where the values come from, for messages.
    source: String,
    shape: Vec<usize>,
    columns: Vec<Column>,
}

/// A block of rows.
struct Piece {
    shape: Vec<usize>,
    columns: Vec<Loaded>,
}

impl Piece {
    /// How many rows.
    fn rows(&self) -> usize {
        self.shape.iter().product()
    }
}

/// Write the data variables of `dataset` as a table in `target.format`, whole or not at all.
///
/// # Errors
/// [`Error::Data`] if the variables do not fit one table or there are too many rows; [`Error::Usage`]
/// for chunks or compression, which tables don't have; errors of reading and writing.
pub fn write(dataset: &Dataset, path: &Path, target: &Target, engine: &Engine) -> Result<Report> {
    let format = target.format;
    if target.layout.compression.is_some() || !target.layout.chunks.is_empty() {
        let what = format!("format {} has neither chunks nor a choice of compression", format.name());
        return Err(Error::usage(what).with_hint("use --format netcdf4 or zarr"));
    }
    let table = Table::of(dataset)?;
    let staged = Staged::new(path, Kind::File, target.overwrite)?;
    engine.progress().expect(table.rows() as u64);
    match format {
        Format::Parquet => parquet::write(&table, dataset, staged.path(), engine)?,
        Format::Tabular => csv::write(&table, b'\t', staged.path(), engine)?,
        _ => csv::write(&table, b',', staged.path(), engine)?,
    }
    engine.check()?;
    staged.commit()?;
    engine.progress().finish();
    Ok(Report::default())
}

impl Table {
    /// The table of a dataset's data variables.
    fn of(dataset: &Dataset) -> Result<Self> {
        let roles = Roles::of(dataset);
        let data: Vec<&Variable> = roles.data_variables().into_iter().filter_map(|n| dataset.variable(n)).collect();
        let widest = data.iter().rev().max_by_key(|v| dimensions(v).len());
        let widest =
            widest.ok_or_else(|| Error::data("there is no data variable to write as a table", &*dataset.source))?;
        let table = dimensions(widest).to_vec();
        if table.iter().enumerate().any(|(i, d)| table.iter().take(i).any(|other| other == d)) {
            let what = format!("variable '{}' has a dimension twice: {}", widest.name, table.join(", "));
            return Err(Error::unsupported(what, &*dataset.source).with_hint("write netcdf4 or zarr instead"));
        }
        let (fit, other): (Vec<&Variable>, Vec<&Variable>) =
            data.iter().partition(|v| dimensions(v).iter().all(|d| table.contains(d)));
        if let Some(other) = other.first() {
            return Err(no_one_table(dataset, widest, other, &fit));
        }
        let shape: Vec<usize> = widest.shape().iter().take(table.len()).copied().collect();
        let rows = count(&shape).unwrap_or(usize::MAX);
        if rows > MOST_ROWS {
            let what = format!("the table would have {rows} rows, more than {MOST_ROWS}");
            return Err(Error::data(what, &*dataset.source)
                .with_hint("choose a part, such as --point, --bbox or --time, or write netcdf4 or zarr"));
        }
        Ok(Self { source: dataset.source.clone(), shape, columns: columns(dataset, &roles, &data, &table)? })
    }

    fn rows(&self) -> usize {
        self.shape.iter().product()
    }

    /// The blocks of rows, in order: as many as fit the memory, cut where chunks begin.
    fn blocks(&self, memory: usize) -> RegionTiles {
        let per_row = self.columns.len().max(1).saturating_mul(VALUE_BYTES);
        let room = (memory / 4 / per_row).max(FEWEST_ROWS);
        let mut starts: Vec<Starts> = self.shape.iter().map(|&n| Starts::whole(n)).collect();
        let mut inner = self.rows();
        for (d, &n) in self.shape.iter().enumerate() {
            if inner <= room {
                break;
            }
            inner /= n.max(1);
            let step = (room / inner.max(1)).max(1);
            if let Some(starts) = starts.get_mut(d) {
                *starts = self.aligned(d, n, step);
            }
            if step > 1 {
                break;
            }
        }
        RegionTiles::new(&Region::whole(&self.shape), &starts)
    }

    /// Starts of pieces of up to `step` along a dimension, on chunks of the column that has most of
    /// them where that is possible.
    fn aligned(&self, dimension: usize, length: usize, step: usize) -> Starts {
        let chunks = self.columns.iter().filter_map(|c| c.starts(dimension)).max_by_key(Starts::len);
        let Some(chunks) = chunks.filter(|chunks| chunks.len() > 1) else {
            return Starts::regular(length, step);
        };
        let (mut starts, mut at) = (vec![0], 0_usize);
        while let Some(next) = at.checked_add(step).filter(|n| *n < length) {
            let below = chunks.piece_of(next).checked_sub(1).and_then(|i| chunks.get(i));
            at = below.filter(|b| *b > at).unwrap_or(next);
            starts.push(at);
        }
        Starts::listed(length, starts)
    }

    /// Read one block.
    fn load(&self, region: &Region, engine: &Engine) -> Result<Piece> {
        engine.check()?;
        let named = |column: &Column| column.load(region, engine).map_err(|e| e.about(&column.name, &self.source));
        let columns = self.columns.iter().map(named).collect::<Result<_>>()?;
        Ok(Piece { shape: region.shape(), columns })
    }
}

/// The columns: a coordinate for each dimension, the other coordinates, the data.
fn columns(dataset: &Dataset, roles: &Roles, data: &[&Variable], table: &[String]) -> Result<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    for (axis, dimension) in table.iter().enumerate() {
        let coordinate = dataset.variable(dimension).filter(|v| dimensions(v) == std::slice::from_ref(dimension));
        columns.push(match coordinate {
            Some(variable) => Column::of(variable, table)?,
            None => Column::index(dimension.clone(), axis, table.len()),
        });
    }
    let others = data.iter().flat_map(|v| roles.coordinates(&v.name)).filter_map(|n| dataset.variable(n));
    let others = others.filter(|v| dimensions(v).iter().all(|d| table.contains(d)));
    for variable in others.chain(data.iter().copied()) {
        if columns.iter().all(|c| c.name != variable.name) {
            columns.push(Column::of(variable, table)?);
        }
    }
    Ok(columns)
}

/// Why two variables can't stand in one table, and which can.
fn no_one_table(dataset: &Dataset, widest: &Variable, other: &Variable, fit: &[&Variable]) -> Error {
    const SHOWN: usize = 12;
    let shown = |v: &Variable| format!("'{}' ({})", v.name, dimensions(v).join(", "));
    let what = format!("variables {} and {} do not fit one table", shown(widest), shown(other));
    let names: Vec<&str> = fit.iter().take(SHOWN).map(|v| v.name.as_str()).collect();
    let more = if fit.len() > SHOWN { " and the like" } else { "" };
    Error::data(what, &*dataset.source)
        .with_hint(format!("choose variables of the same dimensions, such as -v {}{more}", names.join(",")))
}
