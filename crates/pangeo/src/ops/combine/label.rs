//! A dimension that is told by the name of a file alone.

use super::Part;
use crate::Result;
use crate::model::array::Memory;
use crate::model::{Attributes, Block, Buffer, Dataset, Dimension, Encoding, Variable};

/// Give `dataset` the dimension `name` of one step, with a coordinate of this value, in front of its data variables;
/// nothing where it has such a dimension. A scalar coordinate of that name becomes the dimension's.
///
/// A value is a whole number, a date (`2000-01`, `2000-01-31T06`, in the standard calendar) or else a text.
///
/// # Errors
/// None that a sound dataset causes.
pub fn label(dataset: &mut Dataset, name: &str, value: &str) -> Result<()> {
    if dataset.dimension(name).is_some() {
        return Ok(());
    }
    let mut part = Part::new(std::mem::take(dataset));
    if part.dataset.variable(name).is_none() {
        let variable = coordinate(name, value);
        part.dataset.variables.insert(0, variable);
    }
    part.dataset.dimensions.insert(0, Dimension { name: name.to_owned(), length: 1, unlimited: false });
    let data = part.roles.data_variables().into_iter().filter(|d| *d != name).map(str::to_owned);
    let promoted: Vec<String> = std::iter::once(name.to_owned()).chain(data).collect();
    part.promote(&promoted, name)?;
    *dataset = part.dataset;
    Ok(())
}

fn coordinate(name: &str, value: &str) -> Variable {
    let mut attributes = Attributes::new();
    let data = if is_date(value) {
        attributes.set("standard_name", "time");
        // Its own moment: those of all files are brought to one reference date when they are joined.
        let day = if value.len() == 7 { format!("{value}-01") } else { value.to_owned() };
        let moment = if day.len() == 13 { format!("{day}:00") } else { day };
        attributes.set("units", format!("seconds since {moment}"));
        attributes.set("calendar", "standard");
        Buffer::I64(vec![0])
    } else if let Ok(number) = value.parse() {
        Buffer::I64(vec![number])
    } else {
        Buffer::String(vec![value.to_owned()])
    };
    let array = Block::scalar(data).map_or_else(|| Memory::array(Block::vector(Buffer::I64(vec![0]))), Memory::array);
    Variable { name: name.to_owned(), dimensions: Vec::new(), attributes, encoding: Encoding::default(), array }
}

/// Whether a text begins as a year and a month.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|b| b.iter().all(u8::is_ascii_digit));
    digits(0..4) && bytes.get(4) == Some(&b'-') && digits(5..7) && matches!(bytes.get(7), None | Some(b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_begin_with_a_year_and_a_month() {
        for (text, date) in
            [("2000-01", true), ("2000-01-31T06", true), ("2000", false), ("r1", false), ("2000-1", false), ("", false)]
        {
            assert_eq!(is_date(text), date, "{text}");
        }
    }

    #[test]
    fn a_file_gets_the_dimension_of_its_name() {
        let mut dataset = Dataset {
            dimensions: vec![Dimension { name: "x".into(), length: 2, unlimited: false }],
            variables: vec![Variable {
                name: "t".into(),
                dimensions: vec!["x".into()],
                attributes: Attributes::new(),
                encoding: Encoding::default(),
                array: Memory::array(Block::vector(Buffer::F32(vec![1.0, 2.0]))),
            }],
            ..Dataset::default()
        };
        label(&mut dataset, "member", "r1").unwrap();
        label(&mut dataset, "member", "r2").unwrap();
        assert_eq!(dataset.variable("t").unwrap().dimensions, ["member", "x"]);
        assert_eq!(dataset.variable("t").unwrap().shape(), [1, 2]);
        assert_eq!(
            dataset.variable("member").unwrap().array.read_all().unwrap().data(),
            &Buffer::String(vec!["r1".into()])
        );
        label(&mut dataset, "time", "2000-01").unwrap();
        let time = dataset.variable("time").unwrap();
        assert_eq!(time.attributes.text("units"), Some("seconds since 2000-01-01"));
        assert_eq!(dataset.variable("t").unwrap().dimensions, ["time", "member", "x"]);
    }
}
