//! Panels side by side.

use crate::draw::Rect;

/// The areas of `count` panels in rows of `columns`, with `gap` between them, row after row.
pub fn panels(area: Rect, count: usize, columns: usize, gap: (f64, f64)) -> Vec<Rect> {
    let columns = columns.clamp(1, count.max(1));
    let rows = count.div_ceil(columns).max(1);
    let part = |length: f64, parts: usize, gap: f64| ((length - gap * (parts - 1) as f64) / parts as f64).max(1.0);
    let (width, height) = (part(area.width, columns, gap.0), part(area.height, rows, gap.1));
    let place = |i: usize| Rect {
        x: area.x + (i % columns) as f64 * (width + gap.0),
        y: area.y + (i / columns) as f64 * (height + gap.1),
        width,
        height,
    };
    (0..count).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_fill_their_area_in_rows() {
        let area = Rect { x: 10.0, y: 0.0, width: 110.0, height: 60.0 };
        let found = panels(area, 5, 3, (10.0, 20.0));
        assert_eq!(found.len(), 5);
        assert_eq!(found[4], Rect { x: 50.0, y: 40.0, width: 30.0, height: 20.0 });
    }
}
