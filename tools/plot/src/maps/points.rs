//! Stations and other places without an extent: dots.

use figure::colour::Palette;
use figure::draw::{Item, Path, Point, Segment, Stroke};
use figure::layout::INK;
use figure::map::Frame;
use pangeo::grid::Grid;

/// Half the length of the control lines of a quarter circle of radius 1 (the usual approximation, to 3e-4).
const ROUND: f64 = 0.552_284_75;

/// A dot in the colour of its value at each place that has one; missing ones below the others.
pub(super) fn draw(frame: &Frame, grid: &Grid, values: &[f64], palette: &Palette, small: bool) -> Vec<Item> {
    let radius = (if small { 2.5 } else { 4.0 }) * if values.len() > 300 { 0.7 } else { 1.0 };
    let edge = Stroke::solid(INK, 0.6);
    let mut dots: Vec<(Point, f64)> = Vec::new();
    for (cell, value) in values.iter().enumerate() {
        let at = grid.place(cell).and_then(|(longitude, latitude)| frame.place(longitude, latitude));
        dots.extend(at.map(|at| (at, *value)));
    }
    dots.sort_by_key(|(_, value)| !value.is_nan());
    dots.iter()
        .flat_map(|(at, value)| {
            let path = circle(*at, radius);
            [Item::Fill(path.clone(), palette.colour(*value)), Item::Stroke(path, edge.clone())]
        })
        .collect()
}

fn circle(at: Point, radius: f64) -> Path {
    let point = |x: f64, y: f64| Point { x: at.x + radius * x, y: at.y + radius * y };
    let quarter = |(a, b): ((f64, f64), (f64, f64))| {
        let control = |p: (f64, f64), q: (f64, f64)| point(p.0 + ROUND * q.0, p.1 + ROUND * q.1);
        Segment::Cubic(control(a, b), control(b, a), point(b.0, b.1))
    };
    let corners = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
    let quarters = (0..4).map(|i| quarter((corners[i], corners[(i + 1) % 4])));
    let segments = std::iter::once(Segment::Move(point(1.0, 0.0))).chain(quarters).chain([Segment::Close]).collect();
    Path { segments }
}
