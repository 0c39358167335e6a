//! What is made of the items that match: duplicates left out, few that cover an area, groups counted.

mod cover;
mod dedupe;
mod group;

use std::collections::BTreeSet;

use pangeo::Result;
use search::Item;

use crate::footprint::Footprint;
use crate::spool::Spool;
use cover::Candidate;
pub(crate) use cover::{Area, Covered};
pub(crate) use dedupe::Dedupe;
pub(crate) use group::{Groups, Key};

/// What needs all items before any is handed on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrangement {
    /// Leave out all but one of the items of a scene.
    pub(crate) dedupe: Option<Dedupe>,
    /// Keep few items that cover this area.
    pub(crate) cover: Option<Area>,
    /// So many at most of what is left, the first in order.
    pub(crate) max_items: Option<u64>,
}

/// What became of the items.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Arranged {
    /// How many were left out as the same scene as another.
    pub(crate) duplicates: u64,
    /// How many can't be told apart as scenes, and were kept.
    pub(crate) without_scene: u64,
    /// What of the area is covered.
    pub(crate) covered: Option<Covered>,
}

/// Items put aside until all are known.
pub(crate) struct Waiting<'a> {
    arrangement: &'a Arrangement,
    aside: Spool,
    scenes: dedupe::Scenes,
    candidates: Vec<Candidate>,
}

impl Arrangement {
    /// Whether items can be handed on as they come.
    pub(crate) fn is_none(&self) -> bool {
        self.dedupe.is_none() && self.cover.is_none()
    }

    /// A place for the items to wait in.
    ///
    /// # Errors
    /// When there is no room on disk.
    pub(crate) fn wait(&self) -> Result<Waiting<'_>> {
        let scenes = dedupe::Scenes::default();
        Ok(Waiting { arrangement: self, aside: Spool::new()?, scenes, candidates: Vec::new() })
    }
}

impl Waiting<'_> {
    /// The next item.
    ///
    /// # Errors
    /// When the disk is full.
    pub(crate) fn put(&mut self, item: &Item) -> Result<()> {
        let place = self.aside.count();
        if let Some(how) = self.arrangement.dedupe {
            self.scenes.add(item, place, how);
        }
        if let Some(area) = &self.arrangement.cover {
            self.candidates.extend(area.candidate(item, &Footprint::of(item), place));
        }
        self.aside.put(item)
    }

    /// Hand on those that are kept, in the order in which they came, until `each` fails.
    ///
    /// # Errors
    /// What `each` answers with; when the items can't be read again.
    pub(crate) fn release(self, each: &mut dyn FnMut(&Item) -> Result<()>) -> Result<Arranged> {
        let Self { arrangement, aside, scenes, mut candidates } = self;
        let mut arranged = Arranged::default();
        let dropped = scenes.dropped(&mut arranged);
        let chosen: Option<BTreeSet<u64>> = arrangement.cover.as_ref().map(|area| {
            candidates.retain(|candidate| !dropped.contains(&candidate.place));
            let (chosen, covered) = area.choose(candidates);
            arranged.covered = Some(covered);
            chosen
        });
        let mut left = arrangement.max_items.unwrap_or(u64::MAX);
        for (place, item) in (0..).zip(aside.read()?) {
            if left == 0 {
                break;
            }
            let item = item?;
            if !dropped.contains(&place) && chosen.as_ref().is_none_or(|chosen| chosen.contains(&place)) {
                left -= 1;
                each(&item)?;
            }
        }
        Ok(arranged)
    }
}
