//! Statistics of the cells of regions.

use super::accumulate::{Accumulators, Wanted, Weights};
use super::plan::parts;
use super::together::{Maker, paste_all, together};
use super::{Rules, SLAB, Stored, finalised};
use crate::Result;
use crate::cf::packing::Packing;
use crate::engine::Engine;
use crate::model::{Array, Block, DataType, Region, Starts, strides};

/// A cell of a region.
#[derive(Debug, Clone, Copy)]
pub(in crate::ops::aggregate) struct Share {
    /// Its index, rows slowest.
    pub(in crate::ops::aggregate) cell: usize,
    /// What it counts in means.
    pub(in crate::ops::aggregate) weight: f64,
    /// The part of it inside the region.
    pub(in crate::ops::aggregate) part: f64,
}

#[derive(Debug)]
struct Zonal {
    input: Array,
    packing: Packing,
    /// The rows' and the columns' dimension, or that of the cells alone.
    horizontal: Vec<usize>,
    zones: Vec<Vec<Share>>,
    wanted: Wanted,
    stored: Vec<Stored>,
    engine: Engine,
    shape: Vec<usize>,
}

/// One array for each of `stored`: the dimensions of `input`, with zones in the place of the first
/// `horizontal` one (rows before columns, or cells alone).
pub(in crate::ops::aggregate) fn zonal(
    input: Array,
    packing: Packing,
    horizontal: Vec<usize>,
    zones: Vec<Vec<Share>>,
    stored: Vec<Stored>,
    rules: &Rules,
    engine: &Engine,
) -> Vec<Array> {
    let first = horizontal.iter().copied().min().unwrap_or(0);
    let extent = |(d, &n): (usize, &usize)| match d {
        d if d == first => Some(zones.len()),
        d if horizontal.contains(&d) => None,
        _ => Some(n),
    };
    let shape: Vec<usize> = input.shape().iter().enumerate().filter_map(extent).collect();
    let wanted = rules.wanted(&stored, true);
    let memory = engine.memory();
    let own =
        Zonal { input, packing, horizontal, zones, wanted, stored: stored.clone(), engine: engine.clone(), shape };
    let apart = (0..own.shape.len()).fold(1_usize, |n, axis| n.saturating_mul(own.starts(axis).len()));
    let engine = engine.clone().with_threads(engine.threads() / apart.clamp(1, engine.threads()));
    together(Zonal { engine, ..own }, stored, memory)
}

impl Zonal {
    fn first(&self) -> usize {
        self.horizontal.iter().copied().min().unwrap_or(0)
    }

    /// The input's dimension of each of the output's.
    fn sources(&self) -> Vec<usize> {
        let stays = |d: &usize| *d == self.first() || !self.horizontal.contains(d);
        (0..self.input.shape().len()).filter(stays).collect()
    }

    fn columns(&self) -> usize {
        match self.horizontal.as_slice() {
            [_, x] => self.input.shape().get(*x).copied().unwrap_or(1).max(1),
            _ => 1,
        }
    }

    /// Row and column of a cell; the cell itself and 0 where there are no rows.
    fn place(&self, cell: usize) -> (usize, usize) {
        let columns = self.columns();
        (cell / columns, cell % columns)
    }

    /// The box of the input that holds the values of `part`: whole in the horizontal only as far as zones reach.
    fn slab(&self, part: &Region) -> Region {
        let mut ranges: Vec<_> = self.input.shape().iter().map(|&n| 0..n).collect();
        for (&source, range) in self.sources().iter().zip(part.ranges()) {
            if let Some(place) = ranges.get_mut(source) {
                *place = range.clone();
            }
        }
        let zones = part.ranges().get(self.zone_axis()).cloned().unwrap_or(0..0);
        let cells = || self.zones.get(zones.clone()).unwrap_or(&[]).iter().flatten().map(|s| self.place(s.cell));
        for (number, &dimension) in self.horizontal.iter().enumerate() {
            let index = |(y, x): (usize, usize)| if number == 0 { y } else { x };
            let low = cells().map(index).min().unwrap_or(0);
            let high = cells().map(index).max().map_or(low, |h| h + 1);
            if let Some(place) = ranges.get_mut(dimension) {
                *place = low..high;
            }
        }
        Region::new(ranges)
    }

    fn zone_axis(&self) -> usize {
        self.sources().iter().position(|&d| d == self.first()).unwrap_or(0)
    }

    fn parts(&self, region: &Region) -> Vec<Region> {
        let axis = self.zone_axis();
        let zones = region.ranges().get(axis).map_or(1, ExactSizeIterator::len);
        let starts: Vec<Starts> = (0..self.shape.len()).map(|d| self.starts(d)).collect();
        let others = (region.len() / zones.max(1)).max(1);
        let each = (self.slab(region).bytes(self.input.data_type()) / others).max(1);
        // Zones stay together: they are cut last, being moved behind.
        let whole = |r: &Region| r.ranges().get(axis).map_or(0, ExactSizeIterator::len) == zones;
        let cells = |bytes: usize| (bytes / each).max(1).saturating_mul(zones.max(1));
        let cut = parts(region, &starts, cells(4 * SLAB), cells((self.engine.memory() / 4).max(4 * SLAB)));
        if cut.iter().all(whole) { cut } else { vec![region.clone()] }
    }

    fn one_part(&self, part: &Region) -> Result<Vec<Block>> {
        let slab = self.slab(part);
        let values = if slab.is_empty() { Vec::new() } else { self.packing.decode_f64(&self.input.read(&slab)?) };
        let axis = self.zone_axis();
        let range = part.ranges().get(axis).cloned().unwrap_or(0..0);
        let zones = self.zones.get(range).unwrap_or(&[]);
        let most = zones.iter().map(Vec::len).max().unwrap_or(0);
        let single = *self.input.data_type() == DataType::F32 && !self.packing.is_packed();
        let mut state = Accumulators::new(&self.wanted, part.len(), most, single);
        let strides = strides(&slab.shape());
        let stride = |d: usize| strides.get(d).copied().unwrap_or(0);
        let origin = slab.start();
        let start = |d: usize| origin.get(d).copied().unwrap_or(0);
        let offsets: Vec<Vec<usize>> = zones
            .iter()
            .map(|zone| {
                zone.iter()
                    .map(|share| {
                        let (y, x) = self.place(share.cell);
                        match *self.horizontal.as_slice() {
                            [row, column] => (y - start(row)) * stride(row) + (x - start(column)) * stride(column),
                            [cells] => (share.cell - start(cells)) * stride(cells),
                            _ => 0,
                        }
                    })
                    .collect()
            })
            .collect();
        let lists: Vec<(Vec<f64>, Vec<f64>)> =
            zones.iter().map(|z| z.iter().map(|s| (s.weight, s.part)).unzip()).collect();
        let shape = part.shape();
        let sources = self.sources();
        let mut scratch = Vec::with_capacity(most);
        for cell in 0..part.len() {
            let (mut rest, mut base, mut zone) = (cell, 0, 0);
            for (d, (&n, &source)) in shape.iter().zip(&sources).enumerate().rev() {
                let i = rest % n.max(1);
                rest /= n.max(1);
                if d == axis { zone = i } else { base += i * stride(source) }
            }
            let (Some(offsets), Some((weights, shares))) = (offsets.get(zone), lists.get(zone)) else { continue };
            scratch.clear();
            scratch.extend(offsets.iter().map(|o| values.get(base + o).copied().unwrap_or(f64::NAN)));
            state.gather(cell, &scratch, Weights::Each(weights), Weights::Each(shares), 0);
        }
        self.engine.progress().advance(slab.bytes(self.input.data_type()) as u64);
        finalised(state, &self.stored, part)
    }
}

impl Maker for Zonal {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn starts(&self, axis: usize) -> Starts {
        match self.sources().get(axis) {
            Some(&d) if d != self.first() => self.input.chunk_starts(d),
            _ => Starts::whole(self.zones.len()),
        }
    }

    fn compute(&self, region: &Region) -> Result<Vec<Block>> {
        let parts = self.parts(region);
        let types: Vec<&DataType> = self.stored.iter().map(|s| &s.data_type).collect();
        let window = self.engine.window(self.bytes(region)).min(self.engine.threads() + 1);
        let one = |i: usize| parts.get(i).map_or_else(|| Ok(Vec::new()), |part| self.one_part(part));
        paste_all(region, &parts, &types, |place| self.engine.ordered(parts.len(), window, one, place))
    }

    fn work(&self) -> usize {
        self.slab(&Region::whole(&self.shape)).bytes(self.input.data_type())
    }

    fn bytes(&self, region: &Region) -> usize {
        let part = self.parts(region).into_iter().next().unwrap_or_else(|| region.clone());
        let slab = self.slab(&part);
        self.input.read_bytes(&slab).saturating_add(slab.len().saturating_mul(8))
    }
}
