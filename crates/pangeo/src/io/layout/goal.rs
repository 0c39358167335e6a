//! Chunks of a size that suit how the data will be read.

use std::str::FromStr;

use crate::cf::roles::{Axis, Roles};
use crate::model::Variable;
use crate::{Error, Result};

/// What most readers will want of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// All times at few places: chunks as long in time as they can be.
    Time,
    /// All places at few times: chunks of whole maps.
    Space,
    /// Both: a series at a place and a map at a time touch about equally many chunks (R. Rew, "Chunking Data: Choosing
    /// Shapes", Unidata 2013).
    #[default]
    Balanced,
}

impl FromStr for Access {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "time" => Ok(Self::Time),
            "space" => Ok(Self::Space),
            "balanced" => Ok(Self::Balanced),
            _ => Err(Error::usage(format!("unknown access '{text}'")).with_hint("time, space or balanced")),
        }
    }
}

/// How large chunks should be, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goal {
    /// Bytes of a chunk, not compressed; the chunk is no larger, unless that is a single value.
    pub bytes: usize,
    /// What to read fast.
    pub access: Access,
}

/// What a dimension is to those who read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Time,
    Space,
    /// Levels, members of an ensemble: read one at a time.
    Other,
}

impl Goal {
    /// The chunk of a variable, along each dimension; no extent is 0.
    pub(super) fn chunk(&self, variable: &Variable, roles: &Roles) -> Vec<usize> {
        let kinds = kinds(variable, roles);
        let shape: Vec<usize> = variable.shape().iter().map(|&n| n.max(1)).collect();
        let room = (self.bytes / variable.data_type().planning_size().max(1)).max(1);
        self.extents(&shape, &kinds, room)
    }

    /// At most `room` values in all.
    fn extents(&self, shape: &[usize], kinds: &[Kind], room: usize) -> Vec<usize> {
        let mut chunk = vec![1; shape.len()];
        let of = |kind: Kind| -> Vec<usize> { (0..shape.len()).filter(|&d| kinds.get(d) == Some(&kind)).collect() };
        let (time, space, other) = (of(Kind::Time), of(Kind::Space), of(Kind::Other));
        match self.access {
            Access::Time => [time, space, other].iter().for_each(|axes| grow(&mut chunk, shape, axes, room)),
            Access::Space => [space, time, other].iter().for_each(|axes| grow(&mut chunk, shape, axes, room)),
            Access::Balanced => {
                let length = |axes: &[usize]| axes.iter().map(|&d| at(shape, d) as f64).product::<f64>();
                let chunks = (length(&time) * length(&space) / room as f64).max(1.0);
                // As many chunks along time as over space, as far as either has so many.
                let over_space = chunks.sqrt().max(chunks / length(&time)).min(length(&space));
                grow(&mut chunk, shape, &space, (length(&space) / over_space).max(1.0) as usize);
                [time, space, other].iter().for_each(|axes| grow(&mut chunk, shape, axes, room));
            }
        }
        chunk
    }
}

fn at(extents: &[usize], axis: usize) -> usize {
    extents.get(axis).copied().unwrap_or(1)
}

/// Enlarge a chunk along `axes`, in the same proportion to their lengths, until it holds `room` values; then make the
/// chunks along each axis as even as they can be.
fn grow(chunk: &mut [usize], shape: &[usize], axes: &[usize], room: usize) {
    let mut open: Vec<usize> = axes.iter().copied().filter(|&d| at(chunk, d) < at(shape, d)).collect();
    // Shortest first: what one does not use up is left to the next.
    open.sort_by_key(|&d| at(shape, d));
    for (done, &axis) in open.iter().enumerate() {
        let held: usize = (0..chunk.len())
            .filter(|d| !open.get(done..).is_some_and(|rest| rest.contains(d)))
            .fold(1_usize, |n, d| n.saturating_mul(at(chunk, d)));
        let left = open.get(done..).unwrap_or_default();
        let whole = left.iter().map(|&d| at(shape, d) as f64).product::<f64>();
        let share = (room as f64 / held.max(1) as f64 / whole).min(1.0).powf(1.0 / left.len() as f64);
        let length = at(shape, axis);
        let extent = ((length as f64 * share + 1e-9) as usize).clamp(1, length);
        if let Some(place) = chunk.get_mut(axis) {
            *place = extent.max(*place);
        }
    }
    for &axis in axes {
        let length = at(shape, axis);
        if let Some(extent) = chunk.get_mut(axis) {
            *extent = length.div_ceil(length.div_ceil((*extent).max(1))).max(1);
        }
    }
}

fn kinds(variable: &Variable, roles: &Roles) -> Vec<Kind> {
    let axes: Vec<Option<Axis>> = variable.dimensions.iter().map(|d| roles.axis_of_dimension(d)).collect();
    let placed = axes.iter().any(|a| matches!(a, Some(Axis::X | Axis::Y)));
    let last = axes.len().saturating_sub(1);
    let kind = |(d, axis): (usize, &Option<Axis>)| match axis {
        Some(Axis::Time) => Kind::Time,
        Some(Axis::X | Axis::Y) => Kind::Space,
        // The cells of a list, which have no axis.
        None if d == last && !placed => Kind::Space,
        Some(Axis::Vertical) | None => Kind::Other,
    };
    axes.iter().enumerate().map(kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_suit_their_readers_and_their_size() {
        use Kind::{Other, Space, Time};
        let year = ([8760, 721, 1440], [Time, Space, Space]);
        let levels = ([240, 37, 721, 1440], [Time, Other, Space, Space]);
        // 64 MB of f32 are 16 777 216 values.
        for (access, expected) in [
            (Access::Space, vec![16, 721, 1440]),
            (Access::Time, vec![8760, 29, 63]),
            (Access::Balanced, vec![399, 145, 288]),
        ] {
            let got = Goal { bytes: 1 << 26, access }.extents(&year.0, &year.1, 1 << 24);
            assert!(got.iter().product::<usize>() <= 1 << 24, "{access:?} {got:?}");
            assert_eq!(got, expected, "{access:?}");
        }
        let got = Goal { bytes: 1 << 26, access: Access::Space }.extents(&levels.0, &levels.1, 1 << 24);
        assert_eq!(got, [16, 1, 721, 1440]);
        let got = Goal { bytes: 1 << 26, access: Access::Space }.extents(&[3, 37, 721, 1440], &levels.1, 1 << 24);
        assert_eq!(got, [3, 5, 721, 1440]);
    }

    #[test]
    fn a_series_and_a_map_touch_about_as_many_chunks() {
        let (shape, kinds) = ([87_600, 181, 360], [Kind::Time, Kind::Space, Kind::Space]);
        let got = Goal { bytes: 0, access: Access::Balanced }.extents(&shape, &kinds, 1 << 20);
        let along = |d: usize| shape[d].div_ceil(got[d]) as f64;
        let (series, map) = (along(0), along(1) * along(2));
        assert!((0.5..2.0).contains(&(series / map)), "{got:?}: {series} {map}");
    }

    #[test]
    fn extents_are_never_0_nor_beyond_the_shape() {
        for access in [Access::Time, Access::Space, Access::Balanced] {
            for room in [1, 2, 7, 1000, usize::MAX / 16] {
                for shape in [&[1, 1, 1][..], &[1000, 3, 5], &[1, 7000, 9000], &[5], &[]] {
                    let kinds: Vec<Kind> = [Kind::Time, Kind::Space, Kind::Space][..shape.len()].to_vec();
                    let got = Goal { bytes: 0, access }.extents(shape, &kinds, room);
                    assert!(got.iter().zip(shape).all(|(&c, &n)| c >= 1 && c <= n), "{got:?} {shape:?}");
                    assert!(got.iter().product::<usize>() <= room, "{got:?} {shape:?} {room}");
                }
            }
        }
    }
}
