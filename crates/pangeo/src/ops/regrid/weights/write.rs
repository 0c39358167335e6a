//! Weights as a file holds them.

use super::{ESMF, INSTEAD, Layout, Names, SCRIP, UNMASKED};
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
    /// The weights of all cells, where `matrix` holds what is left of them under a mask.
    unmasked: Option<Matrix>,
    /// What stands in for cubic weights where these lack values.
    instead: Option<Matrix>,
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
        let instead = work.maker.instead(work.source.columns)?;
        Ok(Self { method, normalize, matrix, unmasked: None, instead, full, source: source_side, target: target_side })
    }

    /// The weights that are left where source cells have no value: of targets that `rules` give one. CDO takes weights
    /// for fields of just that mask.
    #[must_use]
    pub(in crate::ops::regrid) fn masked(mut self, valid: Vec<bool>, rules: Rules) -> Self {
        let has = |source: usize| valid.get(source).copied().unwrap_or(false);
        let row = |target: usize| -> Vec<(u32, f64)> {
            let complete = self.matrix.entries_of(target).all(|(source, _)| has(source));
            let of = if complete { &self.matrix } else { self.instead.as_ref().unwrap_or(&self.matrix) };
            let left = of.entries_of(target).filter(|(source, _)| has(*source));
            let row: Vec<(u32, f64)> = left.map(|(source, weight)| (source as u32, weight)).collect();
            let weight = row.iter().map(|(_, weight)| weight).sum();
            let full = self.full.get(target).copied().unwrap_or(1.0);
            if complete || !rules.value(0.0, weight, full).is_nan() { row } else { Vec::new() }
        };
        let masked = Matrix::from_rows((0..self.matrix.len()).map(row));
        self.unmasked = Some(std::mem::replace(&mut self.matrix, masked));
        self.source.valid = Some(valid);
        self
    }

    /// Whether a mask has a part in a target.
    fn is_partial(&self, target: usize) -> bool {
        self.unmasked.as_ref().is_some_and(|all| all.row(target) != self.matrix.row(target))
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
        for (i, side) in [&self.source, &self.target].into_iter().enumerate() {
            let areas = side.corners.as_ref().map(|corners| corner_areas(corners).to_vec());
            let fractions = self.fractions(i, &self.matrix, areas.as_deref());
            if let Some(all) = self.unmasked.as_ref().filter(|_| i == 1 && !self.full.is_empty()) {
                let (name, cells) = (format!("{UNMASKED}{}", names.fraction[1]), (names.cells[1], all.len()));
                let whole = self.fractions(1, all, areas.as_deref());
                made.add(&name, &[cells], Buffer::F64(whole), &[("comment", "of all source cells")])?;
            }
            side.describe(i, names, areas, fractions, made)?;
        }
        Ok(())
    }

    /// How much of each source cell (`side` 0) or target cell takes part: of its area, or whether it does.
    fn fractions(&self, side: usize, matrix: &Matrix, areas: Option<&[f64]>) -> Vec<f64> {
        let totals = |matrix: &Matrix| (0..matrix.len()).map(|cell| matrix.total(cell)).collect::<Vec<f64>>();
        let covered = if side == 0 { totals(&matrix.transposed(self.source.plane.cells())) } else { totals(matrix) };
        let part = |(cell, covered): (usize, f64)| {
            let whole = areas.and_then(|areas| areas.get(cell)).copied();
            let by_area = !self.full.is_empty();
            let part = if by_area { whole.map_or(0.0, |whole| covered / whole) } else { covered.signum().max(0.0) };
            // More than 1 where source cells lie upon each other, as on the fold of a tripolar grid.
            if part.is_finite() { part } else { 0.0 }
        };
        covered.into_iter().enumerate().map(part).collect()
    }

    fn links(&self, names: &Names, made: &mut Made) -> Result<()> {
        let own = |target: usize| {
            let whole = self.whole(&self.matrix, target, self.is_partial(target));
            self.matrix.entries_of(target).map(move |(source, weight)| (source, weight / whole))
        };
        made.links(names, "", &[], self.matrix.len(), own)?;
        if let Some(all) = &self.unmasked {
            let whole = |target: usize| {
                let whole = self.whole(all, target, false);
                let row = all.entries_of(target).filter(move |_| self.is_partial(target));
                row.map(move |(source, weight)| (source, weight / whole))
            };
            let about = ("comment", "weights of all source cells, for the targets that the mask has a part in");
            made.links(names, UNMASKED, &[about], all.len(), whole)?;
        }
        if let Some(instead) = &self.instead {
            let about = ("comment", "weights in the place of cubic ones that lack values");
            made.links(names, INSTEAD, &[about], instead.len(), |target| instead.entries_of(target))?;
        }
        Ok(())
    }

    /// What a target's weights are divided by.
    fn whole(&self, matrix: &Matrix, target: usize, partial: bool) -> f64 {
        match (self.normalize, self.full.get(target)) {
            (_, None) if !partial => 1.0,
            (Normalize::DestArea, Some(full)) => *full,
            _ => matrix.total(target),
        }
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

    /// The entries of each target under names that begin with `prefix`.
    fn links<R: Iterator<Item = (usize, f64)>>(
        &mut self,
        names: &Names,
        prefix: &str,
        about: &[(&str, &str)],
        targets: usize,
        row: impl Fn(usize) -> R,
    ) -> Result<()> {
        let (mut from, mut to, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for target in 0..targets {
            for (source, weight) in row(target) {
                from.push(address(source)?);
                to.push(address(target)?);
                weights.push(weight);
            }
        }
        let (name, count) = (|name: &str| format!("{prefix}{name}"), weights.len());
        let along = name(names.links);
        for (address, cells) in names.address.into_iter().zip([from, to]) {
            self.add(&name(address), &[(&along, count)], Buffer::I32(cells), &[])?;
        }
        let shape = [(&*along, count), ("num_wgts", 1)];
        let shape = if self.layout == Layout::Scrip { &shape[..] } else { &shape[..1] };
        self.add(&name(names.matrix), shape, Buffer::F64(weights), about)
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
