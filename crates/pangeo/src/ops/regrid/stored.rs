//! How interpolated values are stored.

use crate::cf::packing::{Packing, missing_value};
use crate::model::{AttributeValue, Attributes, Block, Buffer, DataType, Encoding, Region, Variable};
use crate::{Error, Result};

/// The type of results and what stands for missing ones.
#[derive(Debug, Clone)]
pub(in crate::ops::regrid) struct Stored {
    pub(in crate::ops::regrid) data_type: DataType,
    /// In place of NaN.
    fill: f64,
}

impl Stored {
    /// `float` for floats and for packed integers of up to 16 bits whose steps it tells apart; else `double`. Missing
    /// is what it was in floating variables, else NaN.
    pub(in crate::ops::regrid) fn of(variable: &Variable, packing: &Packing) -> Self {
        let stored = variable.data_type();
        // Four hundred times as fine as the steps of the packed numbers, at least four times with the offset.
        let (scale, offset) = packing.scale_offset();
        let fine = offset.abs() < scale.abs() * f64::from(1 << 21);
        let narrow = *stored == DataType::F32 || (packing.is_packed() && stored.size() <= 2 && fine);
        let data_type = if narrow { DataType::F32 } else { DataType::F64 };
        let kept = stored.is_float() && !packing.is_packed();
        let fill = missing_value(variable).filter(|_| kept).and_then(|fill| fill.get_f64(0));
        Self { data_type, fill: fill.unwrap_or(f64::NAN) }
    }

    /// Results, NaN where missing, as they are stored.
    ///
    /// # Errors
    /// Never for as many values as the region has.
    pub(in crate::ops::regrid) fn block(&self, mut values: Vec<f64>, region: &Region) -> Result<Block> {
        if !self.fill.is_nan() {
            values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = self.fill);
        }
        let buffer = Buffer::from_f64(&self.data_type, &values);
        let block = buffer.and_then(|buffer| Block::new(region.shape(), buffer));
        block.ok_or_else(|| Error::data("internal: values of another size", "array"))
    }

    /// The value that stands for missing, of the type.
    pub(in crate::ops::regrid) fn fill(&self) -> Buffer {
        Buffer::from_f64(&self.data_type, &[self.fill]).unwrap_or(Buffer::F64(vec![self.fill]))
    }

    fn number(&self, value: f64) -> AttributeValue {
        AttributeValue::Numbers(Buffer::from_f64(&self.data_type, &[value]).unwrap_or(Buffer::F64(vec![value])))
    }

    /// The attributes of a variable that is stored so: nothing of packing, the valid range in values.
    pub(in crate::ops::regrid) fn attributes(&self, variable: &Variable, packing: &Packing) -> Attributes {
        let kept = variable.data_type().is_float() && !packing.is_packed();
        let (low, high) = packing.valid_range();
        let mut attributes = Attributes::new();
        for (name, value) in variable.attributes.iter() {
            match name {
                "actual_range" => {}
                _ if kept => attributes.set(name, value.clone()),
                "scale_factor" | "add_offset" | "missing_value" | "_Unsigned" | "_FillValue" | "valid_range"
                | "valid_min" | "valid_max" => {}
                _ => attributes.set(name, value.clone()),
            }
        }
        if !kept {
            low.into_iter().for_each(|low| attributes.set("valid_min", self.number(low)));
            high.into_iter().for_each(|high| attributes.set("valid_max", self.number(high)));
        }
        // `missing_value` alone would leave readers to guess what unwritten places hold.
        if attributes.get("_FillValue").is_none() {
            attributes.set("_FillValue", self.number(self.fill));
        }
        attributes
    }
}

/// The encoding of a variable whose values are computed: nothing that told what stored values mean.
pub(in crate::ops::regrid) fn encoding(variable: &Variable) -> Encoding {
    Encoding {
        fill_value: None,
        default_fill: false,
        enumeration: None,
        boolean: false,
        // Shards are whole numbers of chunks.
        shard_shape: None,
        ..variable.encoding.clone()
    }
}
