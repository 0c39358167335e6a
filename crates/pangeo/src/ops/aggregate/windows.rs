//! Windows of steps that move along time.

use std::ops::Range;

use crate::Result;
use crate::cf::time::{Part, TimeCells, TimeGroup, rolling};

/// Windows of `size` steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rolling {
    /// Steps of a window.
    pub size: usize,
    /// Whether the step is in the middle of its window, not at its end.
    pub centred: bool,
    /// The fewest values that make a result; `None` for all of the window's.
    pub fewest: Option<u32>,
}

impl Rolling {
    pub(super) fn fewest(self) -> u32 {
        self.fewest.unwrap_or(u32::try_from(self.size).unwrap_or(u32::MAX))
    }

    /// The steps of the window of each of `steps`.
    pub(super) fn windows(self, steps: usize) -> Vec<Range<usize>> {
        rolling(steps, self.size, self.centred)
    }

    /// Each step with the bounds of its window.
    ///
    /// # Errors
    /// [`crate::Error::Data`] on an axis without dates.
    pub(super) fn groups(self, cells: &TimeCells) -> Result<Vec<TimeGroup>> {
        let dates = cells.axis().dates()?;
        let one = |(window, &label): (Range<usize>, _)| TimeGroup {
            bounds: cells.extent(window.clone()).unwrap_or((label, label)),
            members: Vec::new(),
            label,
            period: None,
            complete: true,
            part: Part::Period,
        };
        Ok(self.windows(dates.len()).into_iter().zip(dates).map(one).collect())
    }
}
