//! Contour lines on a map.

use figure::chart::contour_lines;
use figure::colour::Palette;
use figure::draw::{Align, Colour, Item, Point, Stroke, Text, Valign};
use figure::map::{Frame, lines};
use pangeo::Result;
use pangeo::grid::{Grid, Places};

use crate::slice::Field;

/// About so many lines where no levels are asked for.
const ABOUT: usize = 10;
/// The colour of the lines.
const LINE: Colour = Colour { r: 30, g: 30, b: 30, a: 210 };

/// Lines of equal value with their labels: at the limits of stepped colours, else at round numbers.
///
/// # Errors
/// On grids without rows and columns.
pub(crate) fn draw(
    frame: &Frame,
    grid: &Grid,
    values: &[f64],
    palette: &Palette,
    field: &Field<'_>,
) -> Result<Vec<Item>> {
    if grid.cells.is_some() {
        return Err(field.error("contours need a grid of rows and columns").with_hint("leave --contour out"));
    }
    let (rows, columns) = grid.shape();
    let wide = if grid.periodic { columns + 1 - grid.overlap.min(columns) } else { columns };
    let wrapped: Vec<f64> = (0..rows)
        .flat_map(|j| (0..wide).map(move |i| j * columns + i % columns))
        .map(|cell| values.get(cell).copied().unwrap_or(f64::NAN))
        .collect();
    let mut items = Vec::new();
    let mut labels = Vec::new();
    for (level, label) in levels(palette) {
        let found = contour_lines(wide, rows, &wrapped, level);
        let placed: Vec<Vec<(f64, f64)>> = found.iter().map(|line| on_earth(grid, columns, line)).collect();
        let dashes = if level < 0.0 { vec![4.0, 2.5] } else { Vec::new() };
        let stroke = Stroke { dashes, ..Stroke::solid(LINE, 0.8).rounded() };
        items.push(lines(frame, placed.iter().map(Vec::as_slice), stroke));
        for line in &placed {
            label_on(frame, line, &label, &mut labels);
        }
    }
    items.extend(labels);
    Ok(items)
}

/// The levels with their labels.
fn levels(palette: &Palette) -> Vec<(f64, String)> {
    let ticks = palette.ticks(ABOUT);
    ticks.ticks.into_iter().map(|tick| (tick.value, tick.label)).collect()
}

/// A line of fractional columns and rows as longitudes and latitudes between the centres of cells.
fn on_earth(grid: &Grid, columns: usize, line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let place = |column: usize, row: usize| match &grid.places {
        Places::Separable { latitudes, longitudes } => Some((*longitudes.get(column % columns)?, *latitudes.get(row)?)),
        _ => grid.place(row * columns + column % columns),
    };
    let between = |&(x, y): &(f64, f64)| {
        let (column, row) = (x.floor().max(0.0), y.floor().max(0.0));
        let (fx, fy) = (x - column, y - row);
        let (i, j) = (column as usize, row as usize);
        let a = place(i, j)?;
        // What is beyond the last row or column counts for nothing.
        let other = |at: Option<(f64, f64)>| at.unwrap_or(a);
        let (b, c, d) = (other(place(i + 1, j)), other(place(i, j + 1)), other(place(i + 1, j + 1)));
        let near = |to: f64| a.0 + pangeo::grid::difference(to, a.0);
        let mix =
            |p: f64, q: f64, r: f64, s: f64| (p * (1.0 - fx) + q * fx) * (1.0 - fy) + (r * (1.0 - fx) + s * fx) * fy;
        Some((mix(a.0, near(b.0), near(c.0), near(d.0)), mix(a.1, b.1, c.1, d.1)))
    };
    line.iter().map(|at| between(at).unwrap_or((f64::NAN, f64::NAN))).collect()
}

/// A label in the middle of a long enough line, along it.
fn label_on(frame: &Frame, line: &[(f64, f64)], label: &str, labels: &mut Vec<Item>) {
    let points: Vec<Point> = line.iter().filter_map(|&(x, y)| frame.place(x, y)).filter(|p| inside(frame, p)).collect();
    let length: f64 = points.windows(2).map(|p| (p[1].x - p[0].x).hypot(p[1].y - p[0].y)).filter(|d| *d < 40.0).sum();
    if length < 90.0 {
        return;
    }
    let Some(&at) = points.get(points.len() / 2) else { return };
    let taken = labels.iter().any(|i| matches!(i, Item::Text(t) if (t.at.x - at.x).hypot(t.at.y - at.y) < 34.0));
    let behind = points.get((points.len() / 2).saturating_sub(2));
    let ahead = points.get(points.len() / 2 + 2);
    let (Some(a), Some(b), false) = (behind, ahead, taken) else { return };
    let angle = -(b.y - a.y).atan2(b.x - a.x).to_degrees();
    // Never upside down.
    let angle = if angle > 90.0 {
        angle - 180.0
    } else if angle < -90.0 {
        angle + 180.0
    } else {
        angle
    };
    let halo = Some((Colour::WHITE.with_alpha(220), 3.0));
    let text = Text::new(label, at, 8.5, LINE.with_alpha(255), (Align::Middle, Valign::Middle));
    labels.push(Item::Text(Text { angle, halo, ..text }));
}

fn inside(frame: &Frame, p: &Point) -> bool {
    let r = &frame.rect;
    (r.x + 12.0..=r.x + r.width - 12.0).contains(&p.x) && (r.y + 8.0..=r.y + r.height - 8.0).contains(&p.y)
}
