//! Weights as a file holds them.

use super::{ESMF, Layout, Names, SCRIP};
use crate::grid::target::Target;
use crate::grid::{Corners, corner_areas};
use crate::model::array::Memory;
use crate::model::{AttributeValue, Attributes, Block, Buffer, Dataset, Dimension, Encoding, Variable};
use crate::ops::regrid::build::{Plane, Source};
use crate::ops::regrid::matrix::Matrix;
use crate::ops::regrid::method::{Method, Normalize};
use crate::ops::regrid::operator::Rules;
use crate::ops::regrid::plane::Work;
use crate::{Error, Result};

/// The weights between two grids, and these.
#[derive(Debug)]
pub(in crate::ops::regrid) struct Used {
    method: Option<Method>,
    normalize: Normalize,
    matrix: Matrix,
    /// What each target weighs that is covered all over; empty where that is 1.
    full: Vec<f64>,
    source: Side,
    target: Side,
}

/// One of the grids.
#[derive(Debug)]
struct Side {
    plane: Plane,
    list: bool,
    /// Degrees.
    latitudes: Vec<f64>,
    longitudes: Vec<f64>,
    /// Where the corners are known.
    corners: Option<Corners>,
    /// Which cells have values, if that was asked.
    valid: Option<Vec<bool>>,
}

impl Used {
    /// What `work` computes with.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for methods whose weights depend on the values.
    pub(in crate::ops::regrid) fn new(
        method: Option<Method>,
        work: &Work,
        source: &Source,
        target: &Target,
        normalize: Normalize,
    ) -> Result<Self> {
        let Some((matrix, full)) = work.maker.by_cell(work.source.columns)? else {
            let name = method.map_or("", Method::name);
            return Err(Error::unsupported(format!("weights of {name} depend on the values"), "regrid")
                .with_hint("weights can be saved of the other methods"));
        };
        let (latitudes, longitudes) = source.grid.all_places();
        let (to_latitudes, to_longitudes) = target.grid.all_places();
        let source_side = Side {
            plane: work.source,
            list: source.grid.cells.is_some(),
            latitudes,
            longitudes,
            corners: source.corners().ok(),
            valid: None,
        };
        let target_side = Side {
            plane: work.target,
            list: target.grid.cells.is_some(),
            latitudes: to_latitudes,
            longitudes: to_longitudes,
            corners: target.corners.clone(),
            valid: None,
        };
        Ok(Self { method, normalize, matrix, full, source: source_side, target: target_side })
    }

    /// The weights that are left where source cells have no value: of targets that `rules` give one. CDO takes weights
    /// for fields of just that mask.
    #[must_use]
    pub(in crate::ops::regrid) fn masked(mut self, valid: Vec<bool>, rules: Rules) -> Self {
        let has = |source: usize| valid.get(source).copied().unwrap_or(false);
        let cubic = self.method == Some(Method::Bicubic);
        let row = |target: usize| -> Vec<(u32, f64)> {
            let left = self.matrix.entries_of(target).filter(|(source, _)| has(*source));
            let row: Vec<(u32, f64)> = left.map(|(source, weight)| (source as u32, weight)).collect();
            let weight = row.iter().map(|(_, weight)| weight).sum();
            let full = self.full.get(target).copied().unwrap_or(1.0);
            // Of cubic weights, some of which are negative, a part is no mean.
            let part = cubic && row.len() < self.matrix.row(target).0.len();
            if part || rules.value(0.0, weight, full).is_nan() { Vec::new() } else { row }
        };
        self.matrix = Matrix::from_rows((0..self.matrix.len()).map(row));
        self.source.valid = Some(valid);
        self
    }

    /// The file's dataset.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for grids whose cells 32-bit integers cannot number.
    pub(in crate::ops::regrid) fn dataset(&self, layout: Layout) -> Result<Dataset> {
        let names = match layout {
            Layout::Scrip => SCRIP,
            Layout::Esmf => ESMF,
        };
        let mut made = Made { dataset: Dataset::default(), layout };
        made.dataset.attributes = self.attributes(layout);
        self.grids(&names, &mut made)?;
        self.links(&names, &mut made)?;
        Ok(made.dataset)
    }

    fn attributes(&self, layout: Layout) -> Attributes {
        let by_area = self.method.is_some_and(Method::is_by_area);
        let normalization = match self.normalize {
            _ if !by_area => "none",
            Normalize::FracArea => "fracarea",
            Normalize::DestArea => "destarea",
        };
        let (words, esmf) = match self.method {
            Some(Method::Nearest) => ("Nearest neighbor", "Nearest source to destination"),
            Some(Method::DistanceWeighted) | None => {
                ("Distance weighted avg of nearest neighbors", "Nearest source to destination")
            }
            Some(Method::Bilinear | Method::Bicubic) => ("Bilinear remapping", "Bilinear"),
            _ => ("Conservative remapping using clipping on sphere", "First-order Conservative"),
        };
        let conventions = if layout == Layout::Scrip { "SCRIP" } else { "NCAR-CSM" };
        let kind = |side: &Side| match (&side.corners, side.list) {
            (_, true) => "unstructured",
            (Some(Corners::Separable { .. }), _) => "lonlat",
            _ => "curvilinear",
        };
        let mut all = Attributes::new();
        let method = self.method.map_or("a file of weights", Method::name);
        let mut set = |name: &str, text: &str| all.set(name, text.to_owned());
        set("title", &format!("weights of regrid, method {method}"));
        set("normalization", normalization);
        set("map_method", words);
        set("conventions", conventions);
        set("source_grid", kind(&self.source));
        set("dest_grid", kind(&self.target));
        if layout == Layout::Esmf {
            set("ESMF_regrid_method", esmf);
        }
        if self.method == Some(Method::Bicubic) {
            set("comment", "sixteen cubic weights for each cell, applied as bilinear ones are");
        }
        all
    }

    fn grids(&self, names: &Names, made: &mut Made) -> Result<()> {
        let used = self.matrix.transposed(self.source.plane.cells());
        let totals = |matrix: &Matrix| (0..matrix.len()).map(|cell| matrix.total(cell)).collect::<Vec<f64>>();
        let by_area = !self.full.is_empty();
        for (i, side) in [&self.source, &self.target].into_iter().enumerate() {
            let areas = side.corners.as_ref().map(|corners| corner_areas(corners).to_vec());
            let covered = totals(if i == 0 { &used } else { &self.matrix });
            let fractions = covered.iter().enumerate().map(|(cell, covered)| {
                let whole = areas.as_ref().and_then(|areas| areas.get(cell)).copied();
                let part = if by_area { whole.map_or(0.0, |whole| covered / whole) } else { covered.signum().max(0.0) };
                if part.is_finite() { part.min(1.0) } else { 0.0 }
            });
            let fractions: Vec<f64> = fractions.collect();
            side.describe(i, names, areas, fractions, made)?;
        }
        Ok(())
    }

    fn links(&self, names: &Names, made: &mut Made) -> Result<()> {
        let count = self.matrix.entries();
        let (mut sources, mut targets, mut weights) =
            (Vec::with_capacity(count), Vec::with_capacity(count), Vec::with_capacity(count));
        for target in 0..self.matrix.len() {
            let whole = match (self.normalize, self.full.get(target)) {
                (_, None) if self.source.valid.is_none() => 1.0,
                (Normalize::DestArea, Some(full)) => *full,
                _ => self.matrix.total(target),
            };
            for (source, weight) in self.matrix.entries_of(target) {
                sources.push(address(source)?);
                targets.push(address(target)?);
                weights.push(weight / whole);
            }
        }
        made.add(names.address[0], &[(names.links, count)], Buffer::I32(sources), &[])?;
        made.add(names.address[1], &[(names.links, count)], Buffer::I32(targets), &[])?;
        let shape = [(names.links, count), ("num_wgts", 1)];
        let shape = if made.layout == Layout::Scrip { &shape[..] } else { &shape[..1] };
        made.add(names.matrix, shape, Buffer::F64(weights), &[])
    }
}

impl Side {
    /// The variables of one grid.
    fn describe(
        &self,
        i: usize,
        names: &Names,
        areas: Option<Vec<f64>>,
        fractions: Vec<f64>,
        made: &mut Made,
    ) -> Result<()> {
        let cells = (names.cells[i], self.plane.cells());
        let extents = if self.list { vec![self.plane.rows] } else { vec![self.plane.columns, self.plane.rows] };
        let extents = extents.into_iter().map(extent).collect::<Result<Vec<i32>>>()?;
        made.add(names.dims[i], &[(names.ranks[i], extents.len())], Buffer::I32(extents), &[])?;
        let angle = made.angle();
        made.add(names.latitude[i], &[cells], Buffer::F64(made.angles(&self.latitudes)), &[angle])?;
        made.add(names.longitude[i], &[cells], Buffer::F64(made.angles(&self.longitudes)), &[angle])?;
        if let Some((count, longitudes, latitudes)) = self.outlines() {
            let shape = [cells, (names.corners[i], count)];
            made.add(names.corner_latitude[i], &shape, Buffer::F64(made.angles(&latitudes)), &[angle])?;
            made.add(names.corner_longitude[i], &shape, Buffer::F64(made.angles(&longitudes)), &[angle])?;
        }
        let places = self.latitudes.iter().zip(&self.longitudes);
        let known = places.enumerate().map(|(cell, (y, x))| {
            let valid = self.valid.as_ref().is_none_or(|valid| valid.get(cell) == Some(&true));
            i32::from(valid && y.is_finite() && x.is_finite())
        });
        let unitless = ("units", "unitless");
        made.add(names.mask[i], &[cells], Buffer::I32(known.collect()), &[unitless])?;
        if let Some(areas) = areas {
            let areas = areas.into_iter().map(|a| if a.is_finite() { a } else { 0.0 }).collect();
            made.add(names.area[i], &[cells], Buffer::F64(areas), &[("units", "square radians")])?;
        }
        made.add(names.fraction[i], &[cells], Buffer::F64(fractions), &[unitless])
    }

    /// How many corners the cells have at most, and their longitudes and latitudes, cell after cell; a cell with
    /// fewer repeats its last, one without corners has its centre.
    fn outlines(&self) -> Option<(usize, Vec<f64>, Vec<f64>)> {
        let corners = self.corners.as_ref()?;
        let count = (0..corners.len()).map(|cell| corners.outline(cell).len()).max().filter(|n| *n > 2)?;
        let (mut longitudes, mut latitudes) = (Vec::new(), Vec::new());
        for cell in 0..corners.len() {
            let outline = corners.outline(cell);
            let centre = self.longitudes.get(cell).copied().zip(self.latitudes.get(cell).copied());
            let last = outline.last().copied().or(centre).unwrap_or((f64::NAN, f64::NAN));
            for corner in 0..count {
                let (x, y) = outline.get(corner).copied().unwrap_or(last);
                longitudes.push(x);
                latitudes.push(y);
            }
        }
        Some((count, longitudes, latitudes))
    }
}

/// A dataset as it grows.
struct Made {
    dataset: Dataset,
    layout: Layout,
}

impl Made {
    fn angle(&self) -> (&'static str, &'static str) {
        ("units", if self.layout == Layout::Scrip { "radians" } else { "degrees" })
    }

    /// Degrees in the unit of the layout; what is not known is 0.
    fn angles(&self, degrees: &[f64]) -> Vec<f64> {
        let known = degrees.iter().map(|d| if d.is_finite() { *d } else { 0.0 });
        if self.layout == Layout::Scrip { known.map(f64::to_radians).collect() } else { known.collect() }
    }

    fn add(&mut self, name: &str, shape: &[(&str, usize)], data: Buffer, texts: &[(&str, &str)]) -> Result<()> {
        for (dimension, length) in shape {
            if self.dataset.dimension(dimension).is_none() {
                let name = (*dimension).to_owned();
                self.dataset.dimensions.push(Dimension { name, length: *length, unlimited: false });
            }
        }
        let extents = shape.iter().map(|(_, n)| *n).collect();
        let block = Block::new(extents, data).ok_or_else(|| Error::data("internal: weights of another size", name))?;
        let attributes = texts.iter().map(|(n, t)| ((*n).to_owned(), AttributeValue::Text((*t).to_owned()))).collect();
        self.dataset.variables.push(Variable {
            name: name.to_owned(),
            dimensions: shape.iter().map(|(d, _)| (*d).to_owned()).collect(),
            attributes,
            encoding: Encoding::default(),
            array: Memory::array(block),
        });
        Ok(())
    }
}

/// The number of a cell in a file, from 1 on.
fn address(cell: usize) -> Result<i32> {
    extent(cell.saturating_add(1))
}

fn extent(count: usize) -> Result<i32> {
    i32::try_from(count)
        .map_err(|_| Error::unsupported("files of weights number no more than 2147483647 cells", "regrid"))
}
