//! Fewer bits for floating-point data, so that they compress well: bits of the mantissa that say nothing become 0.
//!
//! The rounding is to the nearest, ties to even, of M. Klöwer et al. 2021 (doi:10.1038/s43588-021-00156-2), as
//! numcodecs' `BitRound` has it: the relative error is at most 2 to the power of −(bits + 1). It is told in the words of
//! CF 1.12 §8.4: `quantization`, `quantization_nsb` and a variable that names the algorithm.

use crate::cf::packing::{Packing, decode};
use crate::cf::roles::Roles;
use crate::model::array::{Constant, Mapped};
use crate::model::{AttributeValue, Attributes, Block, Buffer, DataType, Dataset, Encoding, Variable};
use crate::{Error, Result};

/// The name of the variable that says how values were rounded.
const CONTAINER: &str = "quantization_info";

/// Bits of the mantissa to keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BitRound {
    /// For every floating-point data variable that is not named.
    pub all: Option<u32>,
    /// By name.
    pub named: Vec<(String, u32)>,
}

impl BitRound {
    /// From `BITS` and `NAME=BITS`.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is neither, or a number of bits that no type has.
    pub fn parse<S: AsRef<str>>(words: &[S]) -> Result<Self> {
        let mut rounding = Self::default();
        for word in words.iter().map(AsRef::as_ref) {
            let (name, bits) = word.rsplit_once('=').map_or((None, word), |(name, bits)| (Some(name.trim()), bits));
            let bits = bits.trim().parse().ok().filter(|bits| (1..=52).contains(bits)).ok_or_else(|| {
                Error::usage(format!("'{word}' is not BITS or NAME=BITS"))
                    .with_hint("bits of the mantissa to keep: 1 to 23 for float, to 52 for double")
            })?;
            match name {
                Some(name) => rounding.named.push((name.to_owned(), bits)),
                None => rounding.all = Some(bits),
            }
        }
        Ok(rounding)
    }

    /// Round `dataset`'s data variables; missing values, coordinates and bounds stay as they are. Answers with the
    /// variables that are rounded and their bits.
    ///
    /// # Errors
    /// [`Error::NotFound`] or [`Error::Usage`] for a named variable that is not there or has no mantissa.
    pub fn apply(&self, dataset: &mut Dataset) -> Result<Vec<(String, u32)>> {
        let roles = Roles::of(dataset);
        let data: Vec<String> = roles.data_variables().into_iter().map(str::to_owned).collect();
        for (name, _) in &self.named {
            let variable = dataset.require(name)?;
            if !variable.data_type().is_float() {
                let what = format!("variable '{name}' is stored as {}, which has no mantissa", variable.data_type());
                return Err(Error::usage(what).with_hint("bit rounding is for float and double"));
            }
        }
        let mut rounded = Vec::new();
        for variable in &mut dataset.variables {
            let named = self.named.iter().find(|(name, _)| *name == variable.name).map(|(_, bits)| *bits);
            let Some(bits) = named.or(self.all.filter(|_| data.contains(&variable.name))) else { continue };
            let most = match variable.data_type() {
                DataType::F32 => 23,
                DataType::F64 => 52,
                _ => continue,
            };
            if bits < most {
                round(variable, bits)?;
                rounded.push((variable.name.clone(), bits));
            }
        }
        if !rounded.is_empty() && dataset.variable(CONTAINER).is_none() {
            dataset.variables.push(container());
        }
        Ok(rounded)
    }
}

/// Store a variable's values as floats of single precision, or double: unpacked, NaN for what is missing.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Usage`] for texts; packing that can't be understood.
pub fn as_float(dataset: &mut Dataset, name: &str, single: bool) -> Result<()> {
    dataset.require(name)?;
    let Some(variable) = dataset.variable_mut(name) else { return Ok(()) };
    if !variable.data_type().is_numeric() {
        return Err(Error::usage(format!("variable '{name}' holds texts, no numbers")));
    }
    let wanted = if single { DataType::F32 } else { DataType::F64 };
    if *variable.data_type() == wanted {
        return Ok(());
    }
    let mut unpacked = decode(variable)?;
    let missing = unpacked.attributes.get("_FillValue").is_some() || unpacked.attributes.get("missing_value").is_some();
    let packing = Packing::of(&unpacked)?;
    let source = std::sync::Arc::clone(&unpacked.array);
    unpacked.array = Mapped::array(vec![source], wanted, move |blocks, region| {
        let Some(block) = blocks.into_iter().next() else {
            return Err(Error::data("internal: nothing to convert", "dtype"));
        };
        let values = packing.decode_f64(&block);
        let data = if single { Buffer::F32(values.iter().map(|&x| x as f32).collect()) } else { Buffer::F64(values) };
        Block::new(region.shape(), data).ok_or_else(|| Error::data("internal: a block of another size", "dtype"))
    });
    unpacked.attributes.remove("missing_value");
    unpacked.attributes.remove("_FillValue");
    if missing {
        let nan = if single { Buffer::F32(vec![f32::NAN]) } else { Buffer::F64(vec![f64::NAN]) };
        unpacked.attributes.set("_FillValue", AttributeValue::Numbers(nan));
    }
    unpacked.encoding.fill_value = None;
    *variable = unpacked;
    Ok(())
}

/// The variable that says how (CF §8.4.2).
fn container() -> Variable {
    let mut attributes = Attributes::new();
    attributes.set("algorithm", "bitround");
    attributes.set("implementation", concat!("pangeo suite version ", env!("CARGO_PKG_VERSION")));
    Variable {
        name: CONTAINER.to_owned(),
        dimensions: Vec::new(),
        attributes,
        encoding: Encoding::default(),
        array: Constant::array(Buffer::I8(vec![0]), Vec::new()),
    }
}

fn round(variable: &mut Variable, bits: u32) -> Result<()> {
    let packing = Packing::of(variable)?;
    let data_type = variable.data_type().clone();
    let source = std::sync::Arc::clone(&variable.array);
    variable.array = Mapped::array(vec![source], data_type, move |blocks, _| {
        let Some(mut block) = blocks.into_iter().next() else {
            return Err(Error::data("internal: nothing to round", "bitround"));
        };
        round_block(&mut block, &packing, bits);
        Ok(block)
    });
    variable.attributes.set("quantization", CONTAINER);
    variable.attributes.set("quantization_nsb", AttributeValue::Numbers(Buffer::I32(vec![bits as i32])));
    Ok(())
}

/// Round the values of a block that are neither missing nor infinite.
fn round_block(block: &mut Block, packing: &Packing, bits: u32) {
    let missing = packing.missing_mask(block);
    macro_rules! rounded {
        ($values:expr, $mantissa:expr, $type:ty, $bits:ty) => {{
            let drop = u32::saturating_sub($mantissa, bits).max(1);
            let mask = <$bits>::MAX << drop;
            let half = ((1 as $bits) << (drop - 1)) - 1;
            for (value, missing) in $values.iter_mut().zip(&missing) {
                if *missing || !value.is_finite() {
                    continue;
                }
                let raw = value.to_bits();
                let near = <$type>::from_bits(raw.wrapping_add(((raw >> drop) & 1) + half) & mask);
                // The largest numbers have no neighbour above.
                *value = if near.is_finite() { near } else { <$type>::from_bits(raw & mask) };
            }
        }};
    }
    match block.data_mut() {
        Buffer::F32(values) => rounded!(values, 23, f32, u32),
        Buffer::F64(values) => rounded!(values, 52, f64, u64),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::array::Memory;

    fn variable(data: Buffer, fill: Option<f32>) -> Variable {
        let mut attributes = Attributes::new();
        if let Some(fill) = fill {
            attributes.set("_FillValue", AttributeValue::Numbers(Buffer::F32(vec![fill])));
        }
        let array = Memory::array(Block::vector(data));
        Variable { name: "t".into(), dimensions: vec!["x".into()], attributes, encoding: Encoding::default(), array }
    }

    fn rounded(data: Buffer, fill: Option<f32>, bits: u32) -> Buffer {
        let mut dataset = Dataset { variables: vec![variable(data, fill)], ..Dataset::default() };
        BitRound { all: None, named: vec![("t".into(), bits)] }.apply(&mut dataset).unwrap();
        dataset.variables[0].array.read_all().unwrap().into_data()
    }

    /// Expected values from numcodecs 0.16's `BitRound(keepbits).encode`.
    #[test]
    fn bits_are_those_of_numcodecs() {
        let values = vec![273.15_f32, -0.1, 1.0, 1e-20, 65_519.0, 1.5, 2.5];
        for (bits, expected) in [
            (2, [256.0, -0.09375, 1.0, 1.016_439_5e-20, 65_536.0, 1.5, 2.5]),
            (5, [272.0, -0.099_609_375, 1.0, 9.952_637e-21, 65_536.0, 1.5, 2.5]),
            (10, [273.25, -0.099_975_586, 1.0, 9.998_959e-21, 65_504.0, 1.5, 2.5]),
        ] {
            let Buffer::F32(got) = rounded(Buffer::F32(values.clone()), None, bits) else { panic!() };
            for (got, want) in got.iter().zip(expected) {
                let near = (got - want).abs() <= want.abs() * 1e-6;
                assert!(near && got.to_bits().trailing_zeros() >= 23 - bits, "{bits}: {got} {want}");
            }
        }
    }

    #[test]
    fn missing_values_and_infinities_stay() {
        let fill = 1e20_f32;
        let Buffer::F32(got) = rounded(Buffer::F32(vec![fill, f32::NAN, f32::INFINITY, f32::MAX, 0.0]), Some(fill), 3)
        else {
            panic!()
        };
        assert_eq!((got[0], got[2], got[4]), (fill, f32::INFINITY, 0.0));
        assert!(got[1].is_nan() && got[3].is_finite());
    }

    #[test]
    fn what_has_no_mantissa_is_refused_by_name_and_left_alone_otherwise() {
        let mut dataset = Dataset { variables: vec![variable(Buffer::I16(vec![1]), None)], ..Dataset::default() };
        assert_eq!(BitRound { all: Some(5), named: vec![] }.apply(&mut dataset).unwrap(), []);
        let named = BitRound { all: None, named: vec![("t".into(), 5)] };
        assert!(named.apply(&mut dataset).unwrap_err().to_string().contains("short"));
        for wrong in ["", "0", "53", "t=", "t=x", "=", "-3"] {
            assert!(BitRound::parse(&[wrong]).is_err(), "{wrong}");
        }
        let parsed = BitRound::parse(&["7", "a=9"]).unwrap();
        assert_eq!(parsed, BitRound { all: Some(7), named: vec![("a".into(), 9)] });
    }
}
