//! The fill value that a variable declares.

use crate::model::{AttributeValue, Attributes, Buffer, DataType};

/// The value of `_FillValue` in the variable's own type, as netCDF-4 demands (NUG, appendix A);
/// `None` if there is no such attribute.
///
/// # Errors
/// The words for a value that the type can't hold: silently bent, it could fall among the data.
pub fn declared_fill(attributes: &Attributes, data_type: &DataType) -> Result<Option<Buffer>, String> {
    let Some(value) = attributes.get("_FillValue") else { return Ok(None) };
    let misfit = || format!("_FillValue is not one value of type {data_type}");
    let fill = match (value, data_type) {
        (AttributeValue::Numbers(numbers), _) if numbers.len() != 1 => return Err(misfit()),
        (AttributeValue::Numbers(numbers), _) if numbers.data_type() == *data_type => numbers.clone(),
        (AttributeValue::Numbers(numbers), DataType::Char) => Buffer::Char(vec![small(numbers).ok_or_else(misfit)?]),
        (AttributeValue::Numbers(numbers), _) => converted(numbers, data_type).ok_or_else(misfit)?,
        (AttributeValue::Text(text), DataType::Char) => {
            Buffer::Char(vec![one_byte(text.as_bytes()).ok_or_else(misfit)?])
        }
        (AttributeValue::Bytes(bytes), DataType::Char) => Buffer::Char(vec![one_byte(bytes).ok_or_else(misfit)?]),
        (AttributeValue::Text(text), DataType::String) => Buffer::String(vec![text.clone()]),
        (AttributeValue::Strings(texts), DataType::String) if texts.len() == 1 => Buffer::String(texts.clone()),
        _ => return Err(misfit()),
    };
    Ok(Some(fill))
}

/// A text of at most one byte; nothing at all means NUL.
fn one_byte(text: &[u8]) -> Option<u8> {
    match text {
        [] => Some(0),
        [byte] => Some(*byte),
        _ => None,
    }
}

fn small(numbers: &Buffer) -> Option<u8> {
    let value = numbers.get_f64(0)?;
    (value.fract() == 0.0 && (0.0..256.0).contains(&value)).then_some(value as u8)
}

/// The number in another type: rounded among floats, exact or nothing among integers.
fn converted(numbers: &Buffer, data_type: &DataType) -> Option<Buffer> {
    let value = numbers.get_f64(0)?;
    let fill = Buffer::from_f64(data_type, &[value])?;
    let back = fill.get_f64(0)?;
    let kept = if data_type.is_float() { back.is_finite() == value.is_finite() } else { back == value };
    kept.then_some(fill)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(data_type: &DataType, fill: impl Into<AttributeValue>) -> Result<Option<Buffer>, String> {
        let mut attributes = Attributes::new();
        attributes.set("_FillValue", fill);
        declared_fill(&attributes, data_type)
    }

    #[test]
    fn the_fill_value_takes_the_type_of_the_variable() {
        assert_eq!(declared(&DataType::F32, 1e20), Ok(Some(Buffer::F32(vec![1e20]))));
        assert_eq!(declared(&DataType::I16, -999.0), Ok(Some(Buffer::I16(vec![-999]))));
        assert_eq!(declared(&DataType::Char, "x"), Ok(Some(Buffer::Char(vec![b'x']))));
        let large = AttributeValue::Numbers(Buffer::I64(vec![i64::MAX]));
        assert_eq!(declared(&DataType::I64, large), Ok(Some(Buffer::I64(vec![i64::MAX]))));
    }

    #[test]
    fn a_value_that_would_fall_among_the_data_is_refused() {
        assert!(declared(&DataType::I8, 9999.0).is_err());
        assert!(declared(&DataType::I16, f64::NAN).is_err());
        assert!(declared(&DataType::F32, 1e300).is_err());
        assert!(declared(&DataType::F32, "missing").is_err());
    }
}
