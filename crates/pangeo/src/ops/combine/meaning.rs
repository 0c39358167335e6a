//! Attributes that say what numbers mean: variables of one name that mean different things are not
//! to be mixed.

use std::collections::BTreeSet;

use crate::cf::roles::CellMethods;
use crate::model::{Attributes, Variable};
use crate::{Error, Result};

/// Refuse `variable` of `file` where it means another thing than `first` of `other`: another quantity
/// (`standard_name`), another statistic (`cell_methods`), another direction (`positive`), other flags.
/// What only one of them says is no contradiction.
///
/// # Errors
/// [`Error::Data`] naming attribute, variable and both files.
pub(super) fn agree(variable: &Variable, file: &str, first: &Variable, other: &str) -> Result<()> {
    let (a, b) = (&variable.attributes, &first.attributes);
    let texts = |name: &str| a.text(name).map(str::trim).zip(b.text(name).map(str::trim));
    let differs = ["standard_name", "positive"].into_iter().find(|n| texts(n).is_some_and(|(a, b)| a != b));
    let methods = texts("cell_methods").is_some_and(|(a, b)| applied(a) != applied(b)).then_some("cell_methods");
    let flags = flags(a).zip(flags(b)).is_some_and(|(a, b)| a != b).then_some("flag_meanings");
    let members = (members(variable) != members(first)).then_some("enumeration");
    let Some(attribute) = differs.or(methods).or(flags).or(members) else { return Ok(()) };
    let what = format!("'{attribute}' of variable '{}' is another than in {other}", variable.name);
    Err(Error::data(what, file.to_owned()).with_hint("values of different meaning are not put into one variable"))
}

/// Whether the numbers of a variable are codes, which cannot be scaled or rounded.
pub(super) fn is_coded(variable: &Variable) -> bool {
    variable.encoding.enumeration.is_some() || flags(&variable.attributes).is_some()
}

/// Mask, value and meaning of each flag, in any order (CF §3.5); `None` where there are none.
fn flags(attributes: &Attributes) -> Option<BTreeSet<(String, String, String)>> {
    let meanings = attributes.text("flag_meanings")?;
    let (masks, values) = (attributes.numbers("flag_masks"), attributes.numbers("flag_values"));
    let at = |list: &Option<Vec<f64>>, i: usize| {
        list.as_ref().and_then(|l| l.get(i)).map(f64::to_string).unwrap_or_default()
    };
    let entry = |(i, meaning): (usize, &str)| (at(&masks, i), at(&values, i), meaning.to_owned());
    Some(meanings.split_whitespace().enumerate().map(entry).collect())
}

/// The members of an enumerated type.
fn members(variable: &Variable) -> Option<BTreeSet<(String, String)>> {
    let members = variable.encoding.enumeration.as_ref()?;
    let value = |i: usize| members.values.get_f64(i).map(|v| v.to_string()).unwrap_or_default();
    Some(members.names.iter().enumerate().map(|(i, name)| (value(i), name.clone())).collect())
}

/// The methods without their comments: an interval may differ.
fn applied(text: &str) -> Vec<String> {
    let plain = |m: &crate::cf::roles::CellMethod| format!("{:?} {} {}", m.names, m.method, m.modifiers);
    CellMethods::parse(text).methods().map(plain).collect()
}

/// Refuse a grid mapping whose parameters differ: its coordinates lie elsewhere on the earth.
///
/// # Errors
/// [`Error::Data`] naming the parameter and both files.
pub(super) fn same_projection(variable: &Variable, file: &str, first: &Variable, other: &str) -> Result<()> {
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
    let differs = first.attributes.iter().find(|(name, value)| {
        let Some(here) = variable.attributes.get(name) else { return false };
        match (variable.attributes.numbers(name), first.attributes.numbers(name)) {
            (Some(a), Some(b)) => a.len() != b.len() || !a.iter().zip(&b).all(near),
            _ => *name == "grid_mapping_name" && here.as_text() != value.as_text(),
        }
    });
    let Some((name, _)) = differs else { return Ok(()) };
    let what = format!("'{name}' of grid mapping '{}' is another than in {other}", variable.name);
    Err(Error::data(what, file.to_owned()).with_hint("bring the files to one grid first (regrid)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::array::Memory;
    use crate::model::{AttributeValue, Block, Buffer, Encoding};

    fn variable(attributes: &[(&str, AttributeValue)]) -> Variable {
        Variable {
            name: "v".into(),
            dimensions: Vec::new(),
            attributes: attributes.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect(),
            encoding: Encoding::default(),
            array: Memory::array(Block::scalar(Buffer::I8(vec![0])).unwrap()),
        }
    }

    #[test]
    fn flags_are_compared_by_what_each_value_means() {
        let flags = |values: [i8; 2], meanings: &str| {
            variable(&[
                ("flag_values", AttributeValue::Numbers(Buffer::I8(values.to_vec()))),
                ("flag_meanings", meanings.into()),
            ])
        };
        let first = flags([0, 1], "clear cloud");
        assert!(agree(&flags([1, 0], "cloud clear"), "b", &first, "a").is_ok());
        let error = agree(&flags([0, 1], "cloud clear"), "b", &first, "a").unwrap_err().to_string();
        assert_eq!(error, "'flag_meanings' of variable 'v' is another than in a, b");
    }

    #[test]
    fn statistics_are_told_apart_but_not_their_intervals() {
        let of = |text: &str| variable(&[("cell_methods", text.into())]);
        assert!(agree(&of("time: mean (interval: 1 hour)"), "b", &of("time: mean"), "a").is_ok());
        assert!(agree(&of("time: maximum"), "b", &of("time: mean"), "a").is_err());
        assert!(agree(&variable(&[]), "b", &of("time: mean"), "a").is_ok());
    }
}
