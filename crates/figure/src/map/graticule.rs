//! Meridians and parallels with their labels.

use crate::axis::{Tick, latitude_ticks, longitude_ticks};
use crate::draw::{Align, Colour, Item, Path, Point, Stroke, Text, Valign, Weight, measure};

use super::{Frame, lines};
use projection::Projection;

/// How meridians and parallels are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Graticule {
    /// The lines; `None` for labels and marks alone.
    pub stroke: Option<Stroke>,
    /// The size of the labels in picture units; 0 for none.
    pub size: f64,
    /// The colour of the labels.
    pub colour: Colour,
    /// Where labels stand.
    pub sides: Sides,
}

/// The sides of a map that have labels; around a disc they stand on all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// Those of parallels.
    pub left: bool,
    /// Those of meridians.
    pub below: bool,
}

/// Meridians and parallels: the lines, to be drawn inside the map, and the labels, around it.
pub fn graticule(frame: &Frame, style: &Graticule) -> (Vec<Item>, Vec<Item>) {
    let Some(seen) = Seen::through(frame) else { return (Vec::new(), Vec::new()) };
    // A label each 90 units along, 60 upwards, keeps them apart.
    let about = |length: f64, each: f64| ((length / each).round() as usize).clamp(2, 12);
    let around = if is_round(frame) { 12 } else { about(frame.rect.width, 90.0) };
    let meridians = longitude_ticks(seen.west, seen.east, around);
    let parallels = latitude_ticks(seen.south, seen.north, about(frame.rect.height, 70.0));
    // Meridians that all meet at a pole on the map leave it clear.
    let (south, north) = (seen.south.max(-89.999), seen.north.min(89.999));
    let course = |from: (f64, f64), to: (f64, f64)| -> Vec<(f64, f64)> {
        (0..=72)
            .map(|i| f64::from(i) / 72.0)
            .map(|t| (from.0 + t * (to.0 - from.0), from.1 + t * (to.1 - from.1)))
            .collect()
    };
    let along: Vec<Vec<(f64, f64)>> = meridians.iter().map(|m| course((m.value, south), (m.value, north))).collect();
    let across: Vec<Vec<(f64, f64)>> = parallels
        .iter()
        .filter(|p| p.value.abs() < 90.0)
        .map(|p| course((seen.west, p.value), (seen.east, p.value)))
        .collect();
    let inside =
        style.stroke.iter().map(|stroke| lines(frame, along.iter().chain(&across).map(Vec::as_slice), stroke.clone()));
    let labels = if style.size > 0.0 { labels(frame, style, &seen, (&meridians, &parallels)) } else { Vec::new() };
    (inside.collect(), labels)
}

/// What of the globe a frame shows.
struct Seen {
    west: f64,
    east: f64,
    south: f64,
    north: f64,
}

impl Seen {
    fn through(frame: &Frame) -> Option<Self> {
        let (columns, rows) = (60, 60);
        let step = |i: usize, count: usize, length: f64| {
            (i as f64 + 0.001 * (1.0 - 2.0 * i as f64 / count as f64)) / count as f64 * length
        };
        let at = |i: usize| Point {
            x: frame.rect.x + step(i % (columns + 1), columns, frame.rect.width),
            y: frame.rect.y + step(i / (columns + 1), rows, frame.rect.height),
        };
        let mut places: Vec<(f64, f64)> = (0..(columns + 1) * (rows + 1)).map(|i| frame.plane(at(i))).collect();
        frame.projection.inverse_all(&mut places);
        places.retain(|(x, y)| x.is_finite() && y.is_finite());
        let first = places.first()?;
        let range = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
        };
        let (south, north) = range(&mut places.iter().map(|p| p.1));
        let (west, east) = longitudes(&places, first.0);
        let pole = |latitude: f64| frame.place(0.0, latitude).is_some_and(|p| within(frame, p));
        let (south, north) = (if pole(-90.0) { -90.0 } else { south }, if pole(90.0) { 90.0 } else { north });
        let snap = |v: f64, to: f64| if (v - to).abs() < 0.2 { to } else { v };
        Some(Self { west, east, south: snap(south, -90.0), north: snap(north, 90.0) })
    }
}

/// The least arc of longitudes that holds all; everything where no gap of 10° or more is left.
fn longitudes(places: &[(f64, f64)], from: f64) -> (f64, f64) {
    let mut turned: Vec<f64> = places.iter().map(|p| (p.0 - from).rem_euclid(360.0)).collect();
    turned.sort_by(f64::total_cmp);
    let mut widest = (10.0, None);
    for (i, pair) in turned.windows(2).enumerate() {
        if let &[a, b] = pair
            && b - a > widest.0
        {
            widest = (b - a, Some(i));
        }
    }
    let (first, last) = (turned.first().copied().unwrap_or(0.0), turned.last().copied().unwrap_or(0.0));
    if first + 360.0 - last > widest.0 {
        return (from + first, from + last);
    }
    match widest.1.and_then(|i| turned.get(i).zip(turned.get(i + 1))) {
        Some((end, begin)) => (from + begin - 360.0, from + end),
        None => (-180.0, 180.0),
    }
}

fn within(frame: &Frame, p: Point) -> bool {
    let r = &frame.rect;
    (r.x..=r.x + r.width).contains(&p.x) && (r.y..=r.y + r.height).contains(&p.y)
}

/// Labels where the lines meet the edge: below for meridians, at the left for parallels; on round maps outside
/// the circle.
fn labels(frame: &Frame, style: &Graticule, seen: &Seen, (meridians, parallels): (&[Tick], &[Tick])) -> Vec<Item> {
    let mut written: Vec<Written> = Vec::new();
    let mut items = Vec::new();
    let round = is_round(frame);
    for parallel in parallels.iter().filter(|_| round || style.sides.left) {
        if let Some((point, outward)) = edge_of(frame, seen, |t| (t, parallel.value), true) {
            write(&mut items, &mut written, style, (point, outward), &parallel.label);
        }
    }
    for meridian in meridians.iter().filter(|_| round || style.sides.below) {
        if let Some((point, outward)) = edge_of(frame, seen, |t| (meridian.value, t), false) {
            write(&mut items, &mut written, style, (point, outward), &meridian.label);
        }
    }
    items
}

/// The box of a label.
type Written = [f64; 4];

/// A label beside the edge, unless another is there already.
fn write(
    items: &mut Vec<Item>,
    written: &mut Vec<Written>,
    style: &Graticule,
    (point, (x, y)): (Point, (f64, f64)),
    label: &str,
) {
    let extent = measure(label, style.size, Weight::Regular);
    let gap = 4.0;
    let align = if x < -0.4 {
        Align::End
    } else if x > 0.4 {
        Align::Start
    } else {
        Align::Middle
    };
    let valign = if y > 0.4 {
        Valign::Top
    } else if y < -0.4 {
        Valign::Baseline
    } else {
        Valign::Middle
    };
    let at = Point { x: point.x + gap * x, y: point.y + (gap + 1.0) * y };
    let left = match align {
        Align::Start => at.x,
        Align::Middle => at.x - extent.width / 2.0,
        Align::End => at.x - extent.width,
    };
    let top = match valign {
        Valign::Top => at.y,
        Valign::Middle => at.y - extent.cap_height / 2.0,
        Valign::Baseline => at.y - extent.cap_height,
    };
    let own = [left - 3.0, top - 2.0, left + extent.width + 3.0, top + extent.cap_height + 2.0];
    let meets = |other: &Written| own[0] < other[2] && other[0] < own[2] && own[1] < other[3] && other[1] < own[3];
    if written.iter().any(meets) {
        return;
    }
    written.push(own);
    // A short mark on rectangular edges, where the line itself may be left out.
    if style.stroke.is_none() {
        let end = Point { x: point.x + 3.0 * x, y: point.y + 3.0 * y };
        let path = Path::lines([point, end]);
        items.push(Item::Stroke(path, Stroke::solid(style.colour, 0.8)));
    }
    items.push(Item::Text(Text::new(label, at, style.size, style.colour, (align, valign))));
}

/// Where a line of the graticule meets the edge of what is shown, and the way out from there.
///
/// `at` gives the place for a longitude (parallels) or latitude (meridians). Parallels are labelled at their
/// western end, meridians at their lowest one in the picture; on a disc about a pole meridians at their outer
/// end, on other discs parallels alone.
fn edge_of(frame: &Frame, seen: &Seen, at: impl Fn(f64) -> (f64, f64), parallel: bool) -> Option<(Point, (f64, f64))> {
    let [x0, y0, x1, y1] = frame.extent;
    let middle = frame.projection.inverse(0.5 * (x0 + x1), 0.5 * (y0 + y1)).unwrap_or((0.0, 0.0));
    let r = &frame.rect;
    let from_middle = |p: &Point| (p.x - r.x - r.width / 2.0, p.y - r.y - r.height / 2.0);
    let round = is_round(frame);
    let polar = round && middle.1.abs() > 89.9;
    let score = |p: &Point| match (polar, parallel) {
        (true, false) => from_middle(p).0.hypot(from_middle(p).1),
        (_, true) => -p.x,
        (_, false) => p.y,
    };
    let place = |t: f64| {
        let (x, y) = at(t);
        let on_disc =
            |p: &Point| !round || from_middle(p).0.hypot(from_middle(p).1) <= 0.5 * r.width.min(r.height) + 0.5;
        frame.place(x, y).filter(|p| within(frame, *p) && on_disc(p))
    };
    let places = samples(seen, middle.0, parallel);
    let better = |best: (usize, Point), next: (usize, Point)| {
        if score(&next.1) > score(&best.1) + 1e-9 { next } else { best }
    };
    let shown = places.iter().enumerate().filter_map(|(i, t)| Some((i, place(*t)?)));
    let (i, best) = shown.reduce(better)?;
    let inside = *places.get(i)?;
    // The edge itself is between this place and the next one, which is not shown.
    let beside = [i.checked_sub(1), i.checked_add(1)].into_iter().flatten().filter_map(|i| places.get(i));
    let edges = beside.filter(|t| place(**t).is_none()).filter_map(|outside| last_shown(&place, inside, *outside));
    let best = edges.fold(best, |best, p| if score(&p) > score(&best) { p } else { best });
    let near = 2.0;
    if round {
        let (dx, dy) = from_middle(&best);
        let far = dx.hypot(dy);
        // A line that ends inside (at the pole, or a whole circle) has no end to label.
        return (far > 0.47 * r.width.min(r.height) && parallel != polar).then(|| (best, (dx / far, dy / far)));
    }
    if parallel {
        // At the left edge, or to the left of the outline of the whole globe.
        if best.x - r.x < near {
            return Some((Point { x: r.x, ..best }, (-1.0, 0.0)));
        }
        // A line that leaves through the top or the bottom has the map at its left, where no label belongs.
        let beside = Point { x: best.x - 2.0 * near, ..best };
        let latitude = at(middle.0).1;
        let out = if latitude.abs() < 90.0 { (-1.0, 0.0) } else { (-0.75, -0.66 * latitude.signum()) };
        return (!is_on_map(frame, beside)).then_some((best, out));
    }
    (r.y + r.height - best.y < near).then_some((Point { y: r.y + r.height, ..best }, (0.0, 1.0)))
}

/// Whether a point of the picture is a place of the Earth on the map.
fn is_on_map(frame: &Frame, at: Point) -> bool {
    let (x, y) = frame.plane(at);
    let place = frame.projection.inverse(x, y).and_then(|(longitude, latitude)| frame.place(longitude, latitude));
    within(frame, at) && place.is_some_and(|p| (p.x - at.x).hypot(p.y - at.y) < 1.0)
}

/// Places along a line of the graticule: from a step before what is seen to one after.
fn samples(seen: &Seen, middle: f64, parallel: bool) -> Vec<f64> {
    const STEPS: u32 = 2000;
    let (low, high) = if parallel {
        let room = (seen.east - seen.west) * 0.01;
        if seen.east - seen.west < 350.0 {
            (seen.west - room, seen.east + room)
        } else {
            (middle - 180.0, middle + 180.0)
        }
    } else {
        let room = (seen.north - seen.south) * 0.01;
        ((seen.south - room).max(-89.999), (seen.north + room).min(89.999))
    };
    (0..=STEPS).map(|i| low + (high - low) * f64::from(i) / f64::from(STEPS)).collect()
}

/// The last point that is shown on the way from `inside` to `outside`.
fn last_shown(place: &impl Fn(f64) -> Option<Point>, mut inside: f64, mut outside: f64) -> Option<Point> {
    for _ in 0..40 {
        let middle = inside.midpoint(outside);
        if place(middle).is_some() { inside = middle } else { outside = middle }
    }
    place(inside)
}

/// Whether the map is a disc and all of it is shown.
fn is_round(frame: &Frame) -> bool {
    is_disc(&frame.projection, frame.extent)
}

/// Whether the part `extent` of a plane shows the whole Earth or a half of it as a disc, with labels on all sides.
pub fn is_disc(projection: &Projection, [x0, y0, x1, y1]: [f64; 4]) -> bool {
    let outline = projection.outline();
    // Of a rectangle the corners alone are all as far away.
    let middles = outline.iter().zip(outline.iter().skip(1)).map(|(a, b)| (a.0.midpoint(b.0), a.1.midpoint(b.1)));
    let far = outline.iter().copied().chain(middles).map(|(x, y)| x.hypot(y));
    let (low, high) = far.fold((f64::INFINITY, 0.0f64), |(a, b), v| (a.min(v), b.max(v)));
    let room = 0.01 * high;
    let shown = |&(x, y): &(f64, f64)| (x0 - room..=x1 + room).contains(&x) && (y0 - room..=y1 + room).contains(&y);
    high > 0.0 && low / high > 0.99 && outline.iter().all(shown)
}
