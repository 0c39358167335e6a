//! The columns of a table: what they mean and their values in a block.

use crate::cf::packing::{Packing, default_fill};
use crate::cf::roles::is_time_units;
use crate::cf::time::{Instant, TimeCoding};
use crate::engine::Engine;
use crate::model::{Attributes, Block, Buffer, DataType, Region, Starts, Variable};
use crate::{Error, Result};

/// A column of a table.
#[derive(Debug)]
pub(super) struct Column {
    /// What it is called.
    pub(super) name: String,
    /// Its variable's attributes.
    pub(super) attributes: Attributes,
    /// What its values are.
    pub(super) kind: Kind,
    /// The variable; `None` for positions along a dimension without coordinate.
    variable: Option<Variable>,
    /// For each dimension of the table the variable's, where it varies along it.
    axes: Vec<Option<usize>>,
}

/// What the values of a column are.
#[derive(Debug)]
pub(super) enum Kind {
    /// Positions along a dimension, from 0.
    Index,
    /// `float` or `double`, unpacked, NaN for missing.
    Number(Packing),
    /// Integers as they are stored.
    Integer(Packing),
    /// Dates of a calendar, and the stored values that mean none.
    Date(TimeCoding, Vec<f64>),
    /// Texts.
    Text,
}

/// The values of a column in a block.
#[derive(Debug)]
pub(super) enum Values {
    /// Positions.
    Index(Vec<usize>),
    /// Single precision, NaN for missing.
    Single(Vec<f32>),
    /// Double precision, NaN for missing.
    Double(Vec<f64>),
    /// Integers, and which of them are missing.
    Integer(Buffer, Vec<bool>),
    /// Dates.
    Date(Vec<Option<Instant>>),
    /// Texts.
    Text(Vec<String>),
}

/// A column's values in a block, and where those of a row are.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) values: Values,
    /// How far apart neighbours along each dimension of the table are; 0 where values repeat.
    pub(super) strides: Vec<usize>,
}

/// The dimensions of a variable, without the letters of texts.
pub(super) fn dimensions(variable: &Variable) -> &[String] {
    match (variable.data_type(), variable.dimensions.split_last()) {
        (DataType::Char, Some((_, outer))) => outer,
        _ => &variable.dimensions,
    }
}

impl Column {
    /// The column of a variable, all of whose dimensions the table has.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for types that are not read, errors of nonsensical packing.
    pub(super) fn of(variable: &Variable, table: &[String]) -> Result<Self> {
        let own = dimensions(variable);
        Ok(Self {
            name: variable.name.clone(),
            attributes: variable.attributes.clone(),
            kind: Kind::of(variable)?,
            axes: table.iter().map(|d| own.iter().position(|o| o == d)).collect(),
            variable: Some(variable.clone()),
        })
    }

    /// The positions along dimension number `axis`.
    pub(super) fn index(name: String, axis: usize, rank: usize) -> Self {
        let axes = (0..rank).map(|d| (d == axis).then_some(0)).collect();
        Self { name, attributes: Attributes::new(), kind: Kind::Index, axes, variable: None }
    }

    /// The type of its numbers.
    pub(super) fn data_type(&self) -> DataType {
        match &self.kind {
            Kind::Index => DataType::I64,
            Kind::Number(packing) => packing.unpacked_type().clone(),
            Kind::Integer(_) => self.variable.as_ref().map_or(DataType::I64, |v| v.data_type().clone()),
            Kind::Date(..) | Kind::Text => DataType::String,
        }
    }

    /// Whether it varies along one dimension at most, so that all of its values are few.
    pub(super) fn varies_along_one(&self) -> bool {
        self.axes.iter().flatten().count() <= 1
    }

    /// The starts of the pieces in which the column is best read along a dimension of the table; `None` if it
    /// does not vary along it.
    pub(super) fn starts(&self, dimension: usize) -> Option<Starts> {
        match (&self.variable, self.axes.get(dimension)) {
            (Some(variable), Some(Some(axis))) => Some(variable.array.chunk_starts(*axis)),
            _ => None,
        }
    }

    /// Read the values inside `region` of the table.
    ///
    /// # Errors
    /// When they can't be read or decoded.
    pub(super) fn load(&self, region: &Region, engine: &Engine) -> Result<Loaded> {
        let Some(variable) = &self.variable else {
            let range = self.axes.iter().zip(region.ranges()).find(|(a, _)| a.is_some()).map(|(_, r)| r.clone());
            let strides = self.axes.iter().map(|a| usize::from(a.is_some())).collect();
            return Ok(Loaded { values: Values::Index(range.unwrap_or(0..0).collect()), strides });
        };
        let mut wanted: Vec<_> = variable.shape().iter().map(|&n| 0..n).collect();
        for (axis, range) in self.axes.iter().zip(region.ranges()) {
            if let Some(slot) = axis.and_then(|a| wanted.get_mut(a)) {
                *slot = range.clone();
            }
        }
        let block = engine.gather(&variable.array, &Region::new(wanted))?;
        let own = dimensions(variable).len();
        let shape = block.shape().get(..own).unwrap_or_default();
        let stride = |axis: usize| shape.get(axis.saturating_add(1)..).unwrap_or_default().iter().product();
        let strides = self.axes.iter().map(|a| a.map_or(0, stride)).collect();
        Ok(Loaded { values: self.decode(&block)?, strides })
    }

    fn decode(&self, block: &Block) -> Result<Values> {
        Ok(match &self.kind {
            Kind::Index => Values::Index(Vec::new()),
            Kind::Number(packing) if *packing.unpacked_type() == DataType::F32 => {
                match packing.decode_block(block)?.into_data() {
                    Buffer::F32(values) => Values::Single(values),
                    other => Values::Double(other.to_f64().unwrap_or_default()),
                }
            }
            Kind::Number(packing) => Values::Double(packing.decode_f64(block)),
            Kind::Integer(packing) => Values::Integer(block.data().clone(), packing.missing_mask(block)),
            Kind::Date(coding, missing) => Values::Date(coding.decode_masked(block.data(), missing)?),
            Kind::Text => Values::Text(block.texts()),
        })
    }
}

impl Kind {
    fn of(variable: &Variable) -> Result<Self> {
        match variable.data_type() {
            DataType::Char | DataType::String => return Ok(Self::Text),
            DataType::Opaque(what) => {
                let what = format!("variable '{}' has type {what}, which is listed but not read", variable.name);
                return Err(Error::unsupported(what, "table").with_hint("choose other variables with -v"));
            }
            _ => {}
        }
        let packing = Packing::of(variable)?;
        if let Some(coding) = dates(variable).filter(|_| !packing.is_packed()) {
            let numbers = |name| variable.attributes.get(name).and_then(|v| v.as_numbers()?.to_f64());
            let mut missing: Vec<f64> =
                ["_FillValue", "missing_value"].into_iter().filter_map(numbers).flatten().collect();
            if variable.data_type().is_float() {
                missing.extend(default_fill(variable.data_type()).and_then(|b| b.get_f64(0)));
            }
            return Ok(Self::Date(coding, missing));
        }
        // Read with the other sign convention, integers are doubles without a fraction.
        let reread = variable.attributes.get("_Unsigned").is_some();
        let whole = variable.data_type().is_integer() && !packing.is_packed() && !reread;
        Ok(if whole { Self::Integer(packing) } else { Self::Number(packing) })
    }
}

/// How a variable's numbers mean dates, if they do: `days since 1850-01-01`, not `days`.
fn dates(variable: &Variable) -> Option<TimeCoding> {
    let units = variable.attributes.text("units").filter(|u| is_time_units(u))?;
    let coding = TimeCoding::new(units, variable.attributes.text("calendar")).ok()?;
    (!coding.is_duration() && coding.calendar().has_dates()).then_some(coding)
}

impl Values {
    /// How many.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Index(v) => v.len(),
            Self::Single(v) => v.len(),
            Self::Double(v) => v.len(),
            Self::Integer(v, _) => v.len(),
            Self::Date(v) => v.len(),
            Self::Text(v) => v.len(),
        }
    }
}

/// The places of each row's values in the columns of a block, row by row.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    shape: &'a [usize],
    index: Vec<usize>,
    columns: &'a [Loaded],
    /// The place of the present row's value in each column.
    pub(super) places: Vec<usize>,
}

impl<'a> Rows<'a> {
    /// Rows of a block of `shape`, beginning with number `first`.
    pub(super) fn new(shape: &'a [usize], columns: &'a [Loaded], first: usize) -> Self {
        let mut index = vec![0; shape.len()];
        let mut rest = first;
        for (i, &n) in index.iter_mut().zip(shape).rev() {
            *i = rest % n.max(1);
            rest /= n.max(1);
        }
        let place = |c: &Loaded| index.iter().zip(&c.strides).map(|(i, s)| i * s).sum();
        let places = columns.iter().map(place).collect();
        Self { shape, index, columns, places }
    }

    /// Go on to the next row.
    pub(super) fn advance(&mut self) {
        for (d, (i, &n)) in self.index.iter_mut().zip(self.shape).enumerate().rev() {
            *i += 1;
            let wraps = *i >= n;
            for (place, column) in self.places.iter_mut().zip(self.columns) {
                let stride = column.strides.get(d).copied().unwrap_or(0);
                *place = if wraps { (*place + stride).saturating_sub(stride * n) } else { *place + stride };
            }
            if !wraps {
                return;
            }
            *i = 0;
        }
    }
}
