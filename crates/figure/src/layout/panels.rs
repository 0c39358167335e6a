//! Panels side by side, with plotting areas that line up.

use crate::chart::Margins;
use crate::draw::Rect;

/// Between panels, in picture units.
pub const GAP: f64 = 14.0;

/// Panels in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panels {
    count: usize,
    columns: usize,
}

impl Panels {
    /// As many columns as are wanted, else what fills a page best that is `page` as wide as high, with panels that are
    /// `aspect` as wide as high.
    pub fn new(count: usize, wanted: Option<usize>, aspect: f64, page: f64) -> Self {
        /// What titles take of the height of a page for each row.
        const HEAD: f64 = 0.035;
        let wide = |columns: usize| {
            let rows = count.div_ceil(columns) as f64;
            (page / columns as f64).min((1.0 / rows - HEAD) * aspect)
        };
        let largest = |best: usize, columns: usize| if wide(columns) > wide(best) { columns } else { best };
        let best = (1..=count.max(1)).fold(1, largest);
        Self { count, columns: wanted.unwrap_or(best).clamp(1, count.max(1)) }
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.count
    }

    /// How many are beside each other.
    pub fn columns(self) -> usize {
        self.columns
    }

    /// How many are below each other.
    pub fn rows(self) -> usize {
        self.count.div_ceil(self.columns).max(1)
    }

    /// Whether no panel is at the left of one.
    pub fn is_left(self, panel: usize) -> bool {
        panel.is_multiple_of(self.columns)
    }

    /// Whether no panel is below one.
    pub fn is_lowest(self, panel: usize) -> bool {
        panel + self.columns >= self.count
    }
}

/// The room that texts take around plotting areas, which all are of the same size.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rooms {
    /// Around each; at the left and below of those that have a neighbour there.
    pub inner: Margins,
    /// At the left of the first column.
    pub left: f64,
    /// Below the last row.
    pub bottom: f64,
    /// For the panels' titles.
    pub head: f64,
}

impl Rooms {
    /// What holds the `margins` of all panels.
    pub fn holding(panels: Panels, margins: impl Iterator<Item = Margins>) -> Self {
        let mut rooms = Self::default();
        let last = (panels.rows() - 1) * panels.columns;
        for (panel, own) in margins.enumerate() {
            let left = if panels.is_left(panel) { &mut rooms.left } else { &mut rooms.inner.left };
            *left = left.max(own.left);
            // Below a panel above an empty place there is room enough.
            if panel >= last {
                rooms.bottom = rooms.bottom.max(own.bottom);
            } else if !panels.is_lowest(panel) {
                rooms.inner.bottom = rooms.inner.bottom.max(own.bottom);
            }
            rooms.inner.top = rooms.inner.top.max(own.top);
            rooms.inner.right = rooms.inner.right.max(own.right);
        }
        rooms
    }

    /// What is left of `width` for each plotting area.
    pub fn width_of_each(&self, panels: Panels, width: f64) -> f64 {
        ((width - self.width_of_all(panels, 0.0)) / panels.columns as f64).max(1.0)
    }

    /// What plotting areas of a width of `each` take together.
    pub fn width_of_all(&self, panels: Panels, each: f64) -> f64 {
        let columns = panels.columns as f64;
        each * columns + self.left + (self.inner.left + GAP) * (columns - 1.0) + self.inner.right * columns
    }

    /// What plotting areas of a height of `each` take together.
    pub fn height_of_all(&self, panels: Panels, each: f64) -> f64 {
        let count = panels.rows() as f64;
        (each + self.head + self.inner.top) * count + (self.inner.bottom + GAP) * (count - 1.0) + self.bottom
    }

    /// The plotting areas within `area`, row after row.
    pub fn areas(&self, panels: Panels, area: Rect) -> Vec<Rect> {
        let width = self.width_of_each(panels, area.width);
        let taken = self.height_of_all(panels, 0.0);
        let height = ((area.height - taken) / panels.rows() as f64).max(1.0);
        let right = width + self.inner.right + GAP + self.inner.left;
        let down = self.head + self.inner.top + height + self.inner.bottom + GAP;
        let place = |panel: usize| Rect {
            x: area.x + self.left + (panel % panels.columns) as f64 * right,
            y: area.y + self.head + self.inner.top + (panel / panels.columns) as f64 * down,
            width,
            height,
        };
        (0..panels.count).map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_make_panels_large() {
        for (count, page, columns) in [(6, 0.55, 2), (6, 1.45, 2), (12, 1.45, 3), (4, 8.0, 4), (5, 0.2, 1), (0, 1.0, 1)]
        {
            assert_eq!(Panels::new(count, None, 1.94, page).columns(), columns, "{count} {page}");
        }
        assert_eq!(Panels::new(4, Some(3), 1.94, 1.45).columns(), 3);
    }

    #[test]
    fn plotting_areas_are_equal_and_texts_are_between_them() {
        let panels = Panels::new(5, Some(3), 1.0, 1.45);
        let outer = |panel: usize| Margins {
            left: if panels.is_left(panel) { 30.0 } else { 2.0 },
            bottom: if panels.is_lowest(panel) { 20.0 } else { 1.0 },
            top: 3.0,
            right: 4.0,
        };
        let rooms = Rooms { head: 10.0, ..Rooms::holding(panels, (0..5).map(outer)) };
        let area = Rect { x: 5.0, y: 7.0, width: 374.0, height: 260.0 };
        let found = rooms.areas(panels, area);
        // 374 − 30 − 2 × (2 + 14) − 3 × 4 = 300; 260 − 2 × (10 + 3) − (1 + 14) − 20 = 199.
        assert!(found.iter().all(|r| r.width == 100.0 && r.height == 99.5), "{found:?}");
        assert_eq!((found[0].x, found[0].y, found[1].x, found[3].y), (35.0, 20.0, 155.0, 147.5));
        assert_eq!(rooms.height_of_all(panels, 99.5), 260.0);
        assert!(panels.is_lowest(2) && !panels.is_lowest(1) && panels.is_left(3));
    }
}
