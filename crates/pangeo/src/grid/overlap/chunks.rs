//! Work on many cells by several threads, and its result as rows of a sparse matrix.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Overlaps;
use super::cutter::Piece;
use crate::grid::space::Vector;
use crate::{Error, Result};

/// Cells that one thread takes at a time.
const CHUNK: usize = 1024;

/// The pieces of some consecutive cells.
#[derive(Debug, Default)]
pub(super) struct Rows {
    counts: Vec<u32>,
    cells: Vec<u32>,
    areas: Vec<f64>,
    moments: Vec<Vector>,
}

impl Rows {
    /// Adds the pieces of the next cell.
    pub(super) fn push(&mut self, pieces: &[Piece], moments: bool) {
        self.counts.push(pieces.len() as u32);
        self.cells.extend(pieces.iter().map(|p| p.cell));
        self.areas.extend(pieces.iter().map(|p| p.area));
        if moments {
            self.moments.extend(pieces.iter().map(|p| p.moment));
        }
    }

    /// Gives back room that was kept for more.
    fn shrink(&mut self) {
        self.cells.shrink_to_fit();
        self.areas.shrink_to_fit();
        self.moments.shrink_to_fit();
    }
}

/// The rows of cells 0 to `count` in order, whatever the number of threads. `worker` makes what does
/// the work on a range of cells, one for each thread.
pub(super) fn in_chunks<W>(count: usize, threads: usize, worker: impl Fn() -> W + Sync) -> Result<Vec<Rows>>
where
    W: FnMut(Range<usize>, &mut Rows),
{
    let chunks = count.div_ceil(CHUNK);
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut worker, mut done) = (worker(), Vec::new());
        loop {
            let chunk = next.fetch_add(1, Ordering::Relaxed);
            if chunk >= chunks {
                return done;
            }
            let from = chunk.saturating_mul(CHUNK);
            let mut rows = Rows::default();
            worker(from..count.min(from.saturating_add(CHUNK)), &mut rows);
            rows.shrink();
            done.push((chunk, rows));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(chunks)).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().map_err(|panic| Error::from_panic(panic.as_ref()))?);
        }
        Ok::<_, Error>(done)
    })?;
    done.sort_by_key(|(chunk, _)| *chunk);
    Ok(done.into_iter().map(|(_, rows)| rows).collect())
}

/// Centroids from ∫ x dA.
fn centroids(moments: Vec<Vector>, areas: &[f64]) -> Vec<Vector> {
    moments.into_iter().zip(areas).map(|(moment, area)| moment.map(|v| v / area)).collect()
}

/// The result, where the rows are those of target cells.
pub(super) fn joined(rows: Vec<Rows>, moments: bool) -> Overlaps {
    let total = rows.iter().map(|r| r.cells.len()).sum();
    let mut starts = vec![0];
    let (mut sources, mut areas) = (Vec::with_capacity(total), Vec::with_capacity(total));
    let mut all = Vec::with_capacity(if moments { total } else { 0 });
    let mut end = 0usize;
    for chunk in rows {
        starts.extend(chunk.counts.iter().map(|count| {
            end = end.saturating_add(*count as usize);
            end
        }));
        sources.extend(chunk.cells);
        areas.extend(chunk.areas);
        all.extend(chunk.moments);
    }
    let centroids = moments.then(|| centroids(all, &areas));
    Overlaps { starts, sources, areas, centroids }
}

/// The result for `targets` cells, where the rows are those of source cells.
pub(super) fn transposed(rows: Vec<Rows>, targets: usize, moments: bool) -> Overlaps {
    let mut starts = vec![0usize; targets.saturating_add(1)];
    for target in rows.iter().flat_map(|r| &r.cells) {
        if let Some(count) = (*target as usize).checked_add(1).and_then(|at| starts.get_mut(at)) {
            *count += 1;
        }
    }
    let mut total = 0;
    for start in &mut starts {
        total += *start;
        *start = total;
    }
    let mut next = starts.clone();
    let (mut sources, mut areas) = (vec![0u32; total], vec![0.0; total]);
    let mut all = vec![[0.0; 3]; if moments { total } else { 0 }];
    let mut source = 0u32;
    for chunk in rows {
        let mut at = 0usize;
        for count in chunk.counts {
            for _ in 0..count {
                let place = chunk.cells.get(at).and_then(|target| next.get_mut(*target as usize));
                if let (Some(place), Some(area)) = (place, chunk.areas.get(at)) {
                    set(&mut sources, *place, source);
                    set(&mut areas, *place, *area);
                    chunk.moments.get(at).into_iter().for_each(|moment| set(&mut all, *place, *moment));
                    *place += 1;
                }
                at += 1;
            }
            source = source.saturating_add(1);
        }
    }
    let centroids = moments.then(|| centroids(all, &areas));
    Overlaps { starts, sources, areas, centroids }
}

fn set<T>(values: &mut [T], at: usize, value: T) {
    if let Some(slot) = values.get_mut(at) {
        *slot = value;
    }
}
