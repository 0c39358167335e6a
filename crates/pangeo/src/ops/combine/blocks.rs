//! Files that tile several dimensions: joined along one after the other.

use super::join::{join, other_grid};
use super::keys::Key;
use super::{Part, Said};
use crate::Result;
use crate::model::Dataset;

/// Join parts that differ in several dimensions: those that agree in all but one of them along that one, and so on
/// until one dataset is left.
///
/// # Errors
/// When they are no tiles: some part has another grid.
pub(super) fn join_blocks(parts: Vec<Part>, dimensions: &[String], said: &mut Said) -> Result<Dataset> {
    for dimension in dimensions.iter().rev() {
        let others: Vec<&String> = dimensions.iter().filter(|d| *d != dimension).collect();
        let groups = groups(&parts, &others)?;
        let count = groups.iter().max().map_or(0, |last| last + 1);
        if count >= parts.len() {
            continue;
        }
        let mut rows: Vec<Vec<Part>> = (0..count).map(|_| Vec::new()).collect();
        for (part, group) in parts.into_iter().zip(groups) {
            if let Some(row) = rows.get_mut(group) {
                row.push(part);
            }
        }
        let joined: Vec<Part> = rows.into_iter().map(|row| join(row, said).map(Part::new)).collect::<Result<_>>()?;
        return join(joined, said);
    }
    Err(other_grid(&parts, dimensions))
}

/// For each part the number of its group: those of one group have the same coordinates along `dimensions`.
fn groups(parts: &[Part], dimensions: &[&String]) -> Result<Vec<usize>> {
    let Some(first) = parts.first() else { return Ok(Vec::new()) };
    let mut seen: Vec<Vec<(usize, Option<Key>)>> = Vec::new();
    let mut numbers = Vec::with_capacity(parts.len());
    for part in parts {
        let mut place = Vec::with_capacity(dimensions.len());
        for name in dimensions {
            let length = part.dataset.dimension(name).map_or(0, |d| d.length);
            place.push((length, part.coordinate(name, first)?));
        }
        let same = |other: &Vec<(usize, Option<Key>)>| {
            other.iter().zip(&place).all(|((n, a), (m, b))| match (a, b) {
                (Some(a), Some(b)) => n == m && a.same(b),
                (None, None) => n == m,
                _ => false,
            })
        };
        let number = seen.iter().position(same).unwrap_or_else(|| {
            seen.push(place.clone());
            seen.len() - 1
        });
        numbers.push(number);
    }
    Ok(numbers)
}
