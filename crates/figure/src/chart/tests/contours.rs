//! How lines of equal value are drawn.

use super::super::*;
use crate::draw::Segment;

/// Rings of 40, 80 and 160 units around the middle of an area of 400.
fn cone(labels: bool) -> Vec<Item> {
    let places: Vec<f64> = (0..41).map(f64::from).collect();
    let value = |k: u32| (f64::from(k % 41) - 20.0).hypot(f64::from(k / 41) - 20.0);
    let values = (0..41 * 41).map(value).collect();
    let layer = Layer::Contours {
        x: places.clone(),
        y: places,
        values,
        levels: vec![4.0, 8.0, 16.0],
        colour: Colour::BLACK,
        width: 1.0,
        labels,
    };
    let axis = || Axis::with_ticks("", 0.0, 40.0, Vec::new());
    let area = Rect { x: 0.0, y: 0.0, width: 400.0, height: 400.0 };
    Chart { grid: false, ..Chart::new(axis(), axis(), vec![layer]) }.draw(area, 1.0).unwrap()
}

fn points(item: &Item) -> Vec<Point> {
    let Item::Stroke(path, _) = item else { return Vec::new() };
    let ends = path.segments.iter().filter_map(|segment| match segment {
        Segment::Move(p) | Segment::Line(p) => Some(*p),
        _ => None,
    });
    ends.collect()
}

#[test]
fn curves_are_round() {
    let rings = cone(false);
    assert_eq!(rings.len(), 3);
    for (ring, radius) in rings.iter().zip([40.0, 80.0, 160.0]) {
        let points = points(ring);
        assert!(points.len() as f64 > radius * 3.0 && points.first() == points.last());
        let off = |p: &Point| ((p.x - 200.0).hypot(p.y - 200.0) - radius).abs();
        assert!(points.iter().all(|p| off(p) < 0.4), "{radius}");
    }
}

#[test]
fn labels_stand_upright_in_gaps() {
    let items = cone(true);
    let texts: Vec<_> =
        items.iter().filter_map(|item| if let Item::Text(text) = item { Some(text) } else { None }).collect();
    let said: Vec<&str> = texts.iter().map(|text| text.text.as_str()).collect();
    assert_eq!(said, ["4", "8", "8", "16", "16", "16"]);
    for text in texts {
        assert!(text.angle.abs() <= 90.0);
        let near = |p: &Point| (p.x - text.at.x).hypot(p.y - text.at.y) < 4.0;
        assert!(!items.iter().flat_map(points).any(|p| near(&p)), "{}", text.text);
    }
}
