//! Maps by what must be where.

use std::num::NonZero;

use projection::{Centre, Projection};

use super::{Arrow, Frame, Graticule, Resolution, Sides, arrows, graticule, lines, raster};
use crate::draw::{Colour, Item, Point, Rect, Segment, Stroke};

const AREA: Rect = Rect { x: 10.0, y: 20.0, width: 720.0, height: 360.0 };

fn whole(name: &str) -> Frame {
    let projection = Projection::parse(name, Centre::default()).unwrap();
    let extent = projection.extent();
    Frame::fit(projection, extent, AREA, 1.0)
}

fn thin() -> Stroke {
    Stroke { colour: Colour::BLACK, width: 1.0, dashes: Vec::new(), round: true }
}

#[test]
fn pixels_show_the_places_under_their_middle() {
    let frame = whole("platecarree");
    let resolution = Resolution { pixels_per_unit: 1.0, threads: NonZero::new(2).unwrap() };
    let shade = |x: f64, y: f64| Colour::rgb((x + 180.0) as u8, (y + 90.0) as u8, 7);
    let Item::Image(image, rect) = raster(&frame, resolution, &shade) else { panic!() };
    assert_eq!((image.width, image.height, rect), (720, 360, AREA));
    for (column, row) in [(0, 0), (719, 359), (360, 180), (100, 300)] {
        let (x, y) = (0.5 * (column as f64 + 0.5) - 180.0, 90.0 - 0.5 * (row as f64 + 0.5));
        let at = 4 * (row * 720 + column);
        assert_eq!(image.rgba[at..at + 4], [(x + 180.0) as u8, (y + 90.0) as u8, 7, 255]);
    }
}

#[test]
fn nothing_is_drawn_outside_the_globe_and_everything_inside() {
    let frame = whole("mollweide");
    let resolution = Resolution { pixels_per_unit: 1.0, threads: NonZero::new(1).unwrap() };
    let Item::Image(image, _) = raster(&frame, resolution, &|_, _| Colour::BLACK) else { panic!() };
    let shown = image.rgba.chunks(4).filter(|p| p[3] == 255).count() as f64;
    // An ellipse fills π/4 of its box.
    let share = shown / (image.width * image.height) as f64;
    assert!((share - std::f64::consts::FRAC_PI_4).abs() < 2e-3, "{share}");
}

#[test]
fn points_go_to_the_plane_and_back() {
    let frame = whole("robinson");
    for at in [Point { x: 100.0, y: 100.0 }, Point { x: 370.0, y: 200.0 }] {
        let back = frame.point(frame.plane(at));
        assert!((back.x - at.x).abs() < 1e-9 && (back.y - at.y).abs() < 1e-9);
    }
    let middle = frame.place(0.0, 0.0).unwrap();
    assert!((middle.x - 370.0).abs() < 1.0 && (middle.y - 200.0).abs() < 1.0, "{middle:?}");
}

#[test]
fn no_line_runs_across_the_map_at_its_seam() {
    for name in ["platecarree", "robinson", "mollweide", "orthographic", "north-polar", "mercator"] {
        let frame = whole(name);
        let around: Vec<(f64, f64)> =
            (0..200).map(|i| (f64::from(i) * 7.3, 40.0 * (f64::from(i) * 0.7).sin())).collect();
        let Item::Stroke(path, _) = lines(&frame, std::iter::once(around.as_slice()), thin()) else { panic!() };
        let mut last = Point { x: 0.0, y: 0.0 };
        for segment in path.segments {
            match segment {
                Segment::Move(p) => last = p,
                Segment::Line(p) => {
                    assert!((p.x - last.x).hypot(p.y - last.y) < 120.0, "{name}: {last:?} {p:?}");
                    last = p;
                }
                _ => {}
            }
        }
    }
}

#[test]
fn arrows_follow_meridians_and_parallels() {
    let frame = whole("north-polar");
    let north = Arrow { longitude: 90.0, latitude: 60.0, east: 0.0, north: 5.0 };
    let drawn = arrows(&frame, &[north], 5.0, 20.0, Colour::BLACK);
    let [Item::Fill(path, _)] = drawn.as_slice() else { panic!() };
    let (pole, at) = (frame.place(0.0, 90.0).unwrap(), frame.place(90.0, 60.0).unwrap());
    let Some(Segment::Line(tip)) = path.segments.get(3) else { panic!() };
    let (to_pole, to_tip) = ((pole.x - at.x, pole.y - at.y), (tip.x - at.x, tip.y - at.y));
    let cosine = (to_pole.0 * to_tip.0 + to_pole.1 * to_tip.1) / to_pole.0.hypot(to_pole.1) / to_tip.0.hypot(to_tip.1);
    assert!(cosine > 0.999, "{cosine}");
    assert!((to_tip.0.hypot(to_tip.1) - 10.0).abs() < 1e-6);
}

#[test]
fn labels_of_degrees_stand_around_the_map() {
    let sides = Sides { left: true, below: true };
    let style = Graticule { stroke: Some(thin()), size: 10.0, colour: Colour::BLACK, sides };
    for name in ["platecarree", "robinson", "north-polar"] {
        let frame = whole(name);
        let (_, labels) = graticule(&frame, &style);
        let texts: Vec<(&str, Point)> = labels
            .iter()
            .filter_map(|i| if let Item::Text(t) = i { Some((t.text.as_str(), t.at)) } else { None })
            .collect();
        let wanted = match name {
            "north-polar" => ["90°E", "180°"],
            "robinson" => ["45°N", "0°"],
            _ => ["45°N", "60°E"],
        };
        let far = |p: &Point| (p.x - 370.0).hypot(p.y - 200.0);
        assert!(name != "north-polar" || texts.iter().all(|(_, at)| (180.0..190.0).contains(&far(at))), "{texts:?}");
        assert!(wanted.iter().all(|w| texts.iter().any(|(t, _)| t == w)), "{name}: {texts:?}");
    }
}

#[test]
fn labels_of_small_parts_stand_at_their_degrees() {
    let sides = Sides { left: true, below: true };
    let style = Graticule { stroke: Some(thin()), size: 10.0, colour: Colour::BLACK, sides };
    for ([west, south, east, north], wanted) in [
        ([7.0, 46.0, 7.5, 46.3], ["7.10°E", "46.20°N"]),
        ([10.0, -50.0, 20.0, -40.0], ["14°E", "44°S"]),
        ([175.0, -22.0, 185.0, -12.0], ["176°W", "20°S"]),
    ] {
        let projection = Projection::parse("platecarree", Centre { longitude: Some(180.0), latitude: None });
        let projection = if east > 180.0 { projection } else { Projection::parse("platecarree", Centre::default()) };
        let projection = projection.unwrap();
        let extent = projection.extent_of([west, south, east, north]).unwrap();
        let frame = Frame::fit(projection, extent, AREA, 1.0);
        let (_, labels) = graticule(&frame, &style);
        let mut seen = 0;
        for label in &labels {
            let Item::Text(text) = label else { continue };
            let (digits, side) = text.text.split_once('°').unwrap();
            let degrees: f64 = digits.parse().unwrap();
            let degrees = if side == "W" || side == "S" { -degrees } else { degrees };
            let is_latitude = side == "N" || side == "S";
            let at = if is_latitude { frame.place(west, degrees) } else { frame.place(degrees, south) }.unwrap();
            let off = if is_latitude { text.at.y - at.y } else { text.at.x - at.x };
            assert!(off.abs() < 0.3, "{} is {off} units off", text.text);
            seen += usize::from(wanted.contains(&text.text.as_str()));
        }
        assert_eq!(seen, 2, "{wanted:?} {labels:?}");
    }
}

#[test]
fn no_label_of_a_parallel_stands_on_the_map() {
    let sides = Sides { left: true, below: true };
    let style = Graticule { stroke: Some(thin()), size: 10.0, colour: Colour::BLACK, sides };
    let area = [-30.0, 30.0, 40.0, 70.0];
    for (name, wanted, unwanted) in [("lambert", "40°N", "70°N"), ("+proj=gnom +lat_0=60 +lon_0=10", "50°N", "75°N")]
    {
        let projection = Projection::parse_for(name, Centre::default(), Some(area)).unwrap();
        let extent = projection.extent_of(area).unwrap();
        let frame = Frame::fit(projection, extent, AREA, 1.0);
        let (_, labels) = graticule(&frame, &style);
        let texts: Vec<(&str, Point)> = labels
            .iter()
            .filter_map(|i| if let Item::Text(t) = i { Some((t.text.as_str(), t.at)) } else { None })
            .collect();
        assert!(texts.iter().any(|(t, _)| *t == wanted) && texts.iter().all(|(t, _)| *t != unwanted), "{texts:?}");
        assert!(texts.iter().filter(|(t, _)| t.ends_with('N')).all(|(_, at)| at.x < frame.rect.x), "{texts:?}");
    }
    let (_, labels) = graticule(&whole("robinson"), &style);
    let pole =
        labels.iter().find_map(|i| if let Item::Text(t) = i { (t.text == "90°S").then_some(t.at) } else { None });
    assert!(pole.unwrap().y > whole("robinson").rect.y + whole("robinson").rect.height, "{pole:?}");
}
