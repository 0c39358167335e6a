//! What `inspect` tells about a grid.

use super::longitude::{difference, finite_range, wrap_360};
use super::nearest::distance_km;
use super::{Grid, GridKind, Places};

/// A grid in a few numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct GridSummary {
    /// Its kind.
    pub kind: GridKind,
    /// Rows and columns; `(1, n)` for unstructured grids.
    pub shape: (usize, usize),
    /// West, south, east, north of the outermost cell centres in degrees. West is greater than east
    /// where the columns run over the seam of the file's convention.
    pub extent: Option<[f64; 4]>,
    /// First and last latitude in the order of the file.
    pub latitudes: Option<(f64, f64)>,
    /// First and last longitude in the order of the file.
    pub longitudes: Option<(f64, f64)>,
    /// Degrees between rows and between columns: the mean step of latitude-longitude grids, else the
    /// typical great-circle distance of neighbours.
    pub resolution: Option<(f64, f64)>,
    /// Whether all steps are equal, to 1e-3 of a step.
    pub uniform: bool,
    /// Whether the columns close around the Earth.
    pub circular: bool,
    /// Whether the columns close and the rows reach both poles to within a step and a half.
    pub global: bool,
}

impl Grid {
    /// The grid in a few numbers.
    pub fn summary(&self) -> GridSummary {
        let (latitudes, longitudes) = match &self.places {
            Places::Unknown => (&[][..], &[][..]),
            Places::Separable { latitudes, longitudes } | Places::PerCell { latitudes, longitudes } => {
                (latitudes.as_slice(), longitudes.as_slice())
            }
        };
        let ends = |values: &[f64]| values.first().copied().zip(values.last().copied());
        let resolution = self.resolution();
        let extent = self.extent();
        let reaches = |south: f64, north: f64| {
            let slack = 1.5 * resolution.map_or(0.0, |(y, _)| y);
            south - slack <= -90.0 && north + slack >= 90.0
        };
        let global = self.periodic && extent.is_some_and(|[_, south, _, north]| reaches(south, north));
        GridSummary {
            kind: self.kind,
            shape: self.shape(),
            extent,
            latitudes: ends(latitudes),
            longitudes: ends(longitudes),
            resolution,
            uniform: self.is_uniform(),
            circular: self.periodic,
            global: global || self.covers_sphere(extent),
        }
    }

    /// West, south, east, north of the outermost centres in degrees: the least arc of longitudes that
    /// holds all of them, or the least and greatest longitude where they go all around.
    pub fn extent(&self) -> Option<[f64; 4]> {
        let (latitudes, longitudes) = match &self.places {
            Places::Unknown => return None,
            Places::Separable { latitudes, longitudes } | Places::PerCell { latitudes, longitudes } => {
                (latitudes, longitudes)
            }
        };
        let (south, north) = finite_range(latitudes);
        if south > north {
            return None;
        }
        let around = 3.0 * self.resolution().map_or_else(|| self.spread(), |(_, x)| x);
        let arc = if self.periodic { None } else { least_arc(longitudes, around) };
        let (west, east) = arc.unwrap_or_else(|| finite_range(longitudes));
        (west.is_finite() && east.is_finite()).then_some([west, south, east, north])
    }

    /// Degrees between rows and columns, as [`GridSummary::resolution`]; `None` where not known, for
    /// a single cell and for unstructured grids.
    pub fn resolution(&self) -> Option<(f64, f64)> {
        match &self.places {
            Places::Separable { latitudes, longitudes } => {
                let (y, x) = (mean_step(latitudes, false), mean_step(longitudes, true));
                Some((y.or(x)?, x.or(y)?))
            }
            Places::PerCell { latitudes, longitudes } if self.cells.is_none() => {
                let columns = self.shape().1;
                let place = |i: usize| Some((*longitudes.get(i)?, *latitudes.get(i)?));
                let along = |step: usize| typical_distance(latitudes.len(), columns, step, place);
                let (y, x) = (along(columns), along(1));
                Some((y.or(x)?, x.or(y)?))
            }
            _ => None,
        }
    }

    /// Degrees between neighbours if the cells were spread evenly over the sphere.
    fn spread(&self) -> f64 {
        const SQUARE_DEGREES: f64 = 41_253.0;
        (SQUARE_DEGREES / self.len().max(1) as f64).sqrt()
    }

    fn is_uniform(&self) -> bool {
        let (y, x) = match (&self.places, &self.y, &self.x) {
            (Places::Separable { latitudes, longitudes }, ..) => (latitudes, longitudes),
            (_, Some(y), Some(x)) if !y.values.is_empty() && !x.values.is_empty() => (&y.values, &x.values),
            _ => return false,
        };
        let angular = matches!(self.places, Places::Separable { .. });
        uniform(y, false) && uniform(x, angular)
    }

    /// Unstructured grids are global when their cells lie all around and near both poles.
    fn covers_sphere(&self, extent: Option<[f64; 4]>) -> bool {
        let Some([west, south, east, north]) = extent.filter(|_| self.cells.is_some()) else { return false };
        let spread = self.spread();
        east - west >= 360.0 - 4.0 * spread && south < -90.0 + 3.0 * spread && north > 90.0 - 3.0 * spread
    }
}

fn steps(values: &[f64], angular: bool) -> impl Iterator<Item = f64> {
    let step = move |w: &[f64]| {
        let (a, b) = (w.first()?, w.last()?);
        Some(if angular { difference(*b, *a) } else { b - a })
    };
    values.windows(2).filter_map(step)
}

fn mean_step(values: &[f64], angular: bool) -> Option<f64> {
    let count = values.len().checked_sub(1).filter(|n| *n > 0)?;
    let mean = steps(values, angular).map(f64::abs).sum::<f64>() / count as f64;
    mean.is_finite().then_some(mean)
}

/// Whether steps differ by less than 1e-3 of their mean, or by the rounding of `float`.
fn uniform(values: &[f64], angular: bool) -> bool {
    let count = values.len().saturating_sub(1).max(1) as f64;
    let mean = steps(values, angular).sum::<f64>() / count;
    let (low, high) = finite_range(values);
    let slack = 1e-3 * mean.abs() + f64::from(f32::EPSILON) * low.abs().max(high.abs());
    steps(values, angular).all(|s| (s - mean).abs() <= slack)
}

/// The median great-circle distance in degrees from cells to those `step` further on, over at most
/// a thousand cells; neighbours over the end of a row don't count.
fn typical_distance(
    count: usize,
    columns: usize,
    step: usize,
    place: impl Fn(usize) -> Option<(f64, f64)>,
) -> Option<f64> {
    const SAMPLES: usize = 1009;
    let stride = (count / SAMPLES).max(1);
    let mut found: Vec<f64> = (0..count)
        .step_by(stride)
        .filter(|i| step != 1 || (i.saturating_add(1)).checked_rem(columns).is_some_and(|r| r != 0))
        .filter_map(|i| Some(distance_km(place(i)?, place(i.checked_add(step)?)?)))
        .filter(|d| d.is_finite())
        .collect();
    found.sort_by(f64::total_cmp);
    let degrees_per_km = 360.0 / (std::f64::consts::TAU * super::EARTH_RADIUS_KM);
    found.get(found.len() / 2).map(|d| d * degrees_per_km)
}

/// The ends of the least arc that holds all longitudes, as they are written; `None` if they leave no
/// gap wider than `around` degrees.
fn least_arc(values: &[f64], around: f64) -> Option<(f64, f64)> {
    const BINS: usize = 7200;
    // Each twentieth of a degree: the westernmost and easternmost longitude in it, wrapped and as written.
    let mut bins: Vec<Option<[(f64, f64); 2]>> = vec![None; BINS];
    for &value in values.iter().filter(|v| v.is_finite()) {
        let entry = (wrap_360(value), value);
        let bin = bins.get_mut(((entry.0 / 360.0 * BINS as f64) as usize).min(BINS - 1))?;
        *bin = Some(match *bin {
            None => [entry, entry],
            Some([low, high]) => {
                [if entry.0 < low.0 { entry } else { low }, if entry.0 > high.0 { entry } else { high }]
            }
        });
    }
    let filled: Vec<[(f64, f64); 2]> = bins.into_iter().flatten().collect();
    let (first, last) = (filled.first()?, filled.last()?);
    let inner = filled.windows(2).filter_map(|w| {
        let ([_, west_of_gap], [east_of_gap, _]) = (w.first()?, w.last()?);
        Some((east_of_gap.0 - west_of_gap.0, east_of_gap.1, west_of_gap.1))
    });
    let seam = (first[0].0 + 360.0 - last[1].0, first[0].1, last[1].1);
    let widest = inner.chain([seam]).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (widest.0 > around.max(360.0 / BINS as f64)).then_some((widest.1, widest.2))
}
