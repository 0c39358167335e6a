//! What charts consist of and where it is.

use super::super::*;
use super::gallery::{all, picture, section, series};
use crate::axis::Tick;
use crate::colour::cycle;
use crate::draw::{Picture, Segment, Text, Weight, measure, pixels};

const AREA: Rect = Rect { x: 50.0, y: 20.0, width: 200.0, height: 100.0 };
const RED: Colour = Colour::rgb(200, 0, 0);

fn bare(x: Axis, y: Axis, layers: Vec<Layer>) -> Chart {
    Chart { grid: false, ..Chart::new(x, y, layers) }
}

fn unit() -> Axis {
    Axis::with_ticks("", 0.0, 1.0, Vec::new())
}

fn texts(items: &[Item]) -> Vec<&Text> {
    items.iter().filter_map(|item| if let Item::Text(text) = item { Some(text) } else { None }).collect()
}

/// The box that a text is in, of those that are upright or turned by a quarter.
fn extent(text: &Text) -> (f64, f64, f64, f64) {
    let size = measure(&text.text, text.size, Weight::Regular);
    let start = match text.align {
        crate::draw::Align::Start => 0.0,
        crate::draw::Align::Middle => -size.width / 2.0,
        crate::draw::Align::End => -size.width,
    };
    if text.angle == 90.0 {
        return (text.at.x - size.cap_height, text.at.y - start - size.width, text.at.x, text.at.y - start);
    }
    let half = size.cap_height / 2.0;
    let left = text.at.x + start;
    (left, text.at.y - half, left + size.width, text.at.y + half)
}

#[test]
fn nothing_leaves_the_picture() {
    for (name, chart, width, height) in all() {
        let picture = picture(&chart, width, height, 1.0);
        for text in texts(&picture.items).into_iter().filter(|text| text.angle == 0.0 || text.angle == 90.0) {
            let (left, top, right, bottom) = extent(text);
            assert!(left >= 0.0 && top >= 0.0 && right <= width && bottom <= height, "{name}: {}", text.text);
        }
    }
}

#[test]
fn labels_of_marks_are_apart_however_narrow() {
    for width in [60.0, 100.0, 150.0, 300.0, 900.0] {
        for chart in [series(), section()] {
            let area = Rect { width, ..AREA };
            let items = chart.draw(area, 1.0).unwrap();
            let below = |text: &&Text| text.at.y > area.y + area.height && text.size == 10.0;
            let mut boxes: Vec<_> = texts(&items).into_iter().filter(below).map(extent).collect();
            boxes.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(!boxes.is_empty() && boxes.windows(2).all(|pair| pair[0].2 + 3.0 < pair[1].0), "{width}");
        }
    }
}

#[test]
fn lines_are_where_their_points_are() {
    let points = vec![(0.0, 0.0), (0.5, 1.0), (f64::NAN, 0.0), (0.75, 0.5), (f64::NAN, 0.0), (0.9, 0.5), (1.0, 0.25)];
    let line = Layer::line(points, 0, "");
    let items = bare(unit(), unit(), vec![line]).draw(AREA, 1.0).unwrap();
    let at = |x, y| Point { x, y };
    let path = |item: &Item| if let Item::Stroke(path, _) = item { path.segments.clone() } else { Vec::new() };
    assert_eq!(path(&items[0]), [Segment::Move(at(50.0, 120.0)), Segment::Line(at(150.0, 20.0))]);
    // The point alone is a dot.
    assert!(matches!(&items[1], Item::Fill(_, colour) if *colour == cycle(0)), "{:?}", items[1]);
    assert_eq!(path(&items[2]), [Segment::Move(at(230.0, 70.0)), Segment::Line(at(250.0, 95.0))]);
    assert_eq!(items.len(), 3);
}

#[test]
fn what_is_outside_is_cut() {
    let chart = |y| bare(unit(), unit(), vec![Layer::line(vec![(0.0, 0.5), (1.0, y)], 0, "")]);
    let cut = |y| matches!(chart(y).draw(AREA, 1.0).unwrap().first(), Some(Item::Clip(..)));
    assert!(!cut(1.0) && cut(1.5) && cut(1e300));
}

fn image(chart: &Chart, scale: f64) -> impl Fn(f64, f64) -> [u8; 4] + use<> {
    let items = chart.draw(AREA, scale).unwrap();
    let (title, description) = (String::new(), String::new());
    let picture = Picture { width: 300.0, height: 150.0, background: Colour::WHITE, title, description, items };
    let image = pixels(&picture, 100.0 * scale).unwrap();
    move |x, y| {
        let place = (y * scale) as usize * image.width + (x * scale) as usize;
        image.rgba.as_chunks::<4>().0[place]
    }
}

#[test]
fn cells_have_their_colours_on_any_axis() {
    let colour = |i: usize| Colour::rgb(i as u8 * 10, 100, 255 - i as u8 * 10);
    let colours: Vec<Colour> = (0..12).map(colour).collect();
    // Edges against their order, a logarithmic axis, and one that increases downwards.
    let x_edges = vec![300.0, 150.0, 50.0, 0.0];
    let y_edges = vec![1.0, 10.0, 100.0, 300.0, 1000.0];
    let cells = Layer::Cells { x_edges: x_edges.clone(), y_edges: y_edges.clone(), colours: colours.clone() };
    for (y, scale) in [
        (Axis::pressure("", 1.0, 1000.0, 1.0, true), 1.0),
        (Axis::pressure("", 1.0, 1000.0, 1.0, true), 1.37),
        (Axis::exact("", 1.0, 1000.0), 2.0),
    ] {
        let chart = bare(Axis::exact("", 0.0, 300.0), y.clone(), vec![cells.clone()]);
        let shown = image(&chart, scale);
        for px in 2..198 {
            for py in 2..98 {
                let (px, py) = (AREA.x + f64::from(px) + 0.5, AREA.y + f64::from(py) + 0.5);
                // The value at the centre of the pixel there.
                let centre = |p: f64| ((p * scale).floor() + 0.5) / scale;
                let value = (centre(px) - AREA.x) / AREA.width * 300.0;
                let level = y.value_at(1.0 - (centre(py) - AREA.y) / AREA.height);
                let column = x_edges.windows(2).position(|pair| value <= pair[0] && value > pair[1]).unwrap();
                let row = y_edges.windows(2).position(|pair| level >= pair[0] && level < pair[1]).unwrap();
                let Colour { r, g, b, .. } = colours[row * 3 + column];
                assert_eq!(shown(px, py), [r, g, b, 255], "{px} {py} {value} {level}");
            }
        }
    }
}

#[test]
fn stripes_have_no_seams() {
    for count in [3_u8, 120, 199] {
        let edges = (0..=count).map(|i| f64::from(i) / f64::from(count)).collect();
        let colours = (0..count).map(|i| Colour::rgb(i, 0, 0)).collect();
        let shown = image(&bare(unit(), unit(), vec![Layer::Columns { edges, colours }]), 1.0);
        for px in 1..199 {
            let [_, g, b, _] = shown(AREA.x + f64::from(px) + 0.5, 70.0);
            assert_eq!((g, b), (0, 0), "{count} {px}");
        }
    }
}

#[test]
fn bars_stand_on_zero() {
    let bars =
        |heights: Vec<f64>| Layer::Bars { edges: vec![0.0, 0.5, 1.0], heights, colour: RED, label: String::new() };
    let shown = image(&bare(unit(), Axis::exact("", -1.0, 1.0), vec![bars(vec![0.5, -0.5])]), 1.0);
    let red = |x, y| shown(x, y) == [200, 0, 0, 255];
    assert!(red(100.0, 60.0) && !red(100.0, 80.0) && !red(100.0, 40.0));
    assert!(red(200.0, 80.0) && !red(200.0, 60.0) && !red(200.0, 100.0));
    let shown = image(&bare(unit(), Axis::log("", 1.0, 100.0), vec![bars(vec![10.0, 0.0])]), 1.0);
    assert!(shown(100.0, 100.0) == [200, 0, 0, 255] && shown(200.0, 110.0) != [200, 0, 0, 255]);
}

#[test]
fn the_legend_is_where_nothing_else_is() {
    let corner = |points: Vec<(f64, f64)>| {
        let chart = bare(unit(), unit(), vec![Layer::line(points, 0, "Name")]);
        let items = chart.draw(Rect { height: 200.0, ..AREA }, 1.0).unwrap();
        let at = texts(&items)[0].at;
        (at.x > 150.0, at.y > 120.0)
    };
    assert_eq!(corner(vec![(0.0, 0.0), (1.0, 0.0)]), (true, false));
    assert_eq!(corner(vec![(0.0, 0.0), (1.0, 1.0)]), (false, false));
    assert_eq!(corner(vec![(0.0, 0.95), (1.0, 0.95)]), (true, true));
    assert_eq!(corner(vec![(0.0, 0.95), (0.95, 0.95), (0.95, 0.0)]), (false, true));
    let many: Vec<Layer> = (0..9).map(|i| Layer::line(vec![(0.0, 0.0)], i, "Name")).collect();
    let chart = bare(unit(), unit(), many);
    let beside = chart.draw(AREA, 1.0).unwrap();
    assert!(chart.margins().right > 40.0 && texts(&beside).iter().all(|text| text.at.x > 250.0));
    // Six rows are as high as the area.
    let said: Vec<&str> = texts(&beside).iter().map(|text| text.text.as_str()).collect();
    assert_eq!(said, ["Name", "Name", "Name", "Name", "Name", "and 4 more"]);
}

#[test]
fn equal_steps_stay_equal_when_there_are_too_many() {
    let ticks = (0..=40).map(|i| Tick { value: f64::from(i), label: (1980 + i).to_string() }).collect();
    let items = bare(Axis::with_ticks("", 0.0, 40.0, ticks), unit(), Vec::new()).draw(AREA, 1.0).unwrap();
    let labels: Vec<&str> = texts(&items).iter().map(|text| text.text.as_str()).collect();
    let years: Vec<i32> = labels.iter().filter_map(|label| label.parse().ok()).collect();
    assert!(years.len() > 3 && years.windows(3).all(|w| w[1] - w[0] == w[2] - w[1]), "{years:?}");
}

#[test]
fn long_series_keep_their_extremes() {
    let value = |i: u32| if i == 123_457 { 0.99 } else { 0.5 + 0.1 * f64::from(i * 7 % 13) / 13.0 };
    let points: Vec<(f64, f64)> = (0..200_000).map(|i| (f64::from(i) / 2e5, value(i))).collect();
    let items = bare(unit(), unit(), vec![Layer::line(points, 0, "")]).draw(AREA, 1.0).unwrap();
    let Item::Stroke(path, _) = &items[0] else { panic!() };
    let top = path.segments.iter().filter_map(|s| if let Segment::Line(p) = s { Some(p.y) } else { None });
    assert_eq!((path.segments.len() < 10_000, top.fold(f64::MAX, f64::min)), (true, 21.0));
}

#[test]
fn mistakes_are_named() {
    let draw = |layer| bare(unit(), unit(), vec![layer]).draw(AREA, 1.0).unwrap_err().to_string();
    let (edges, colours) = (vec![0.0, 1.0], vec![RED; 2]);
    assert_eq!(draw(Layer::Columns { edges: edges.clone(), colours: colours.clone() }), "2 stripes between 2 edges");
    let cells = Layer::Cells { x_edges: edges.clone(), y_edges: edges.clone(), colours };
    assert_eq!(draw(cells), "2 colours for 1 × 1 cells");
    let bars = Layer::Bars { edges, heights: Vec::new(), colour: RED, label: String::new() };
    assert_eq!(draw(bars), "0 bars between 2 edges");
    let chart = bare(unit(), unit(), Vec::new());
    assert!(chart.draw(Rect { width: 0.0, ..AREA }, 1.0).is_err() && chart.draw(AREA, 1e6).is_err());
}

#[test]
fn lines_end_where_they_leave_the_limits() {
    // From 0 up to 2 and back, far above, and one that crosses a corner from outside to outside.
    let line = |points: Vec<(f64, f64)>| Layer::line(points, 0, "");
    for (points, expected) in [
        (vec![(0.0, 0.0), (0.5, 2.0), (1.0, 0.0)], vec![vec![(0.0, 0.0), (0.25, 1.0)], vec![(0.75, 1.0), (1.0, 0.0)]]),
        (vec![(0.0, 5.0), (0.5, 6.0), (1.0, 7.0)], vec![]),
        (vec![(-0.5, 0.5), (0.0, 0.5), (0.5, 0.75)], vec![vec![(0.0, 0.5), (0.0, 0.5), (0.5, 0.75)]]),
        (vec![(-0.5, 1.0), (0.5, -0.5)], vec![vec![(0.0, 0.25), (1.0 / 6.0, 0.0)]]),
    ] {
        let items = bare(unit(), unit(), vec![line(points)]).draw(AREA, 1.0).unwrap();
        let mut found = Vec::new();
        let drawn = items.iter().flat_map(|item| match item {
            Item::Clip(_, inside) => inside.clone(),
            other => vec![other.clone()],
        });
        for item in drawn {
            let Item::Stroke(path, stroke) = item else { continue };
            if stroke.colour == cycle(0) {
                let points = path.segments.iter().filter_map(|segment| match segment {
                    Segment::Move(p) | Segment::Line(p) => Some(*p),
                    _ => None,
                });
                found.push(points.collect::<Vec<Point>>());
            }
        }
        let placed = |(x, y): &(f64, f64)| within(AREA, *x, *y);
        let expected: Vec<Vec<Point>> = expected.iter().map(|piece| piece.iter().map(placed).collect()).collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
            assert!((found.x - expected.x).hypot(found.y - expected.y) < 0.1, "{found:?} {expected:?}");
        }
    }
}

#[test]
fn long_texts_of_legends_keep_what_tells_them_apart() {
    let start = "air_temperature_of_a_model_with_a_name_that_is_far_too_long_for_a_legend_";
    let line = |end: &str| Layer::line(vec![(0.0, 0.0), (1.0, 1.0)], 0, &format!("{start}{end}"));
    let items = bare(unit(), unit(), vec![line("historical_r1"), line("ssp585_r1")]).draw(AREA, 1.0).unwrap();
    let found: Vec<&str> = texts(&items).iter().map(|text| text.text.as_str()).collect();
    assert_eq!(found, ["…historical_r1", "…ssp585_r1"]);
}
