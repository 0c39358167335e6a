//! Marks, what is written at them, the axes' labels and the frame.

use super::axis::Axis;
use super::{Chart, INK, Margins, TEXT, THIN};
use crate::axis::Tick;
use crate::draw::{Align, Item, Path, Point, Rect, Stroke, Text, Valign, Weight, elide, measure};

/// Lengths in picture units.
const MARK: f64 = 4.0;
const SHORT: f64 = 2.2;
/// Between marks and their labels, and these and the axis' label.
const GAP: f64 = 3.5;
const APART: f64 = 6.0;
/// Sizes of texts.
const SMALL: f64 = 10.0;
const LARGE: f64 = 12.0;
/// From base line to base line of labels with two lines.
const LINE: f64 = 13.0;

/// The room that marks and texts take.
pub(super) fn margins(x: &Axis, y: &Axis) -> Margins {
    let cap = measure("", SMALL, Weight::Regular).cap_height;
    let overhang = |tick: &Tick, end: f64| {
        // No plotting area is narrower than this.
        let inside = (x.position(tick.value).unwrap_or(0.5) - end).abs() * 100.0;
        width(&tick.label) / 2.0 - inside
    };
    let sides = |end: f64| x.ticks.iter().map(|tick| overhang(tick, end)).fold(1.0, f64::max);
    let marks = |axis: &Axis| if axis.ticks.is_empty() && axis.minor.is_empty() { 0.0 } else { MARK };
    let half = if has_labels(y) { cap / 2.0 + 1.0 } else { 1.0 };
    Margins {
        left: (marks(y) + beside(y) + label_room(y)).max(sides(0.0)),
        top: half,
        right: sides(1.0),
        bottom: (marks(x) + below(x) + label_room(x)).max(half),
    }
}

fn has_labels(axis: &Axis) -> bool {
    axis.ticks.iter().any(|tick| !tick.label.is_empty())
}

/// The width of the labels of a vertical axis with the gap before them.
fn beside(axis: &Axis) -> f64 {
    if !has_labels(axis) {
        return 0.0;
    }
    let shown = axis.ticks.iter().filter(|tick| axis.holds(tick.value));
    GAP + shown.map(|tick| measure(&level(&tick.label), SMALL, Weight::Regular).width).fold(0.0, f64::max)
}

/// The height of the labels of a horizontal axis with the gap above them.
fn below(axis: &Axis) -> f64 {
    if !has_labels(axis) {
        return 0.0;
    }
    let lines = axis.ticks.iter().map(|tick| tick.label.split('\n').count()).max().unwrap_or(1);
    let extent = axis.ticks.iter().map(|tick| measure(&level(&tick.label), SMALL, Weight::Regular));
    let descent = extent.map(|extent| extent.descent).fold(0.0, f64::max);
    let cap = measure("", SMALL, Weight::Regular).cap_height;
    GAP + cap + LINE * lines.saturating_sub(1) as f64 + descent
}

fn label_room(axis: &Axis) -> f64 {
    if axis.label.is_empty() {
        return 0.0;
    }
    let extent = measure(&axis.label, LARGE, Weight::Regular);
    APART + extent.ascent + extent.descent
}

/// A label of two lines in one.
fn level(label: &str) -> String {
    label.replace('\n', " ")
}

/// The width of a label at a horizontal axis.
fn width(label: &str) -> f64 {
    label.split('\n').map(|line| measure(line, SMALL, Weight::Regular).width).fold(0.0, f64::max)
}

/// The marks inside the limits whose labels do not run into each other, with their positions.
fn spaced(axis: &Axis, length: f64, size: impl Fn(&str) -> f64) -> Vec<(f64, &Tick)> {
    let mut marks: Vec<(f64, &Tick)> = axis
        .ticks
        .iter()
        .filter(|tick| axis.holds(tick.value))
        .filter_map(|tick| Some((axis.position(tick.value)? * length, tick)))
        .collect();
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let room = |a: &(f64, &Tick), b: &(f64, &Tick)| {
        let empty = a.1.label.is_empty() || b.1.label.is_empty();
        b.0 - a.0 - if empty { 0.0 } else { f64::midpoint(size(&a.1.label), size(&b.1.label)) }
    };
    let fits = |marks: &[(f64, &Tick)]| marks.windows(2).all(|pair| matches!(pair, [a, b] if room(a, b) >= 0.0));
    let steps = marks.iter().zip(marks.iter().skip(1)).map(|(a, b)| b.0 - a.0);
    let (least, most) = steps.fold((f64::INFINITY, 0.0_f64), |(a, b), step| (a.min(step), b.max(step)));
    if fits(&marks) {
        return marks;
    }
    if most <= least * 1.2 {
        // Equal steps stay equal; zero, where the axis has it, stays.
        let zero = marks.iter().position(|mark| mark.1.value == 0.0).unwrap_or(0);
        for every in 2..=marks.len() {
            let kept: Vec<(f64, &Tick)> =
                marks.iter().enumerate().filter(|(i, _)| i % every == zero % every).map(|(_, mark)| *mark).collect();
            if fits(&kept) {
                return kept;
            }
        }
    }
    let mut kept: Vec<(f64, &Tick)> = Vec::new();
    // From the end with the larger numbers: of pressures those near the ground matter most.
    let ordered: Vec<(f64, &Tick)> = if axis.reversed { marks } else { marks.into_iter().rev().collect() };
    for mark in ordered {
        let free = |last: &(f64, &Tick)| if axis.reversed { room(last, &mark) } else { room(&mark, last) };
        if kept.last().is_none_or(|last| free(last) >= 0.0) {
            kept.push(mark);
        }
    }
    kept
}

fn along(chart: &Chart, area: Rect) -> Vec<(f64, &Tick)> {
    spaced(&chart.x, area.width, |label| width(label) + 0.7 * SMALL)
}

fn upwards(chart: &Chart, area: Rect) -> Vec<(f64, &Tick)> {
    spaced(&chart.y, area.height, |_| 1.3 * SMALL)
}

/// The values of the labelled marks of both axes.
pub(super) fn marked(chart: &Chart, area: Rect) -> (Vec<f64>, Vec<f64>) {
    let values = |marks: Vec<(f64, &Tick)>| marks.into_iter().map(|mark| mark.1.value).collect();
    (values(along(chart, area)), values(upwards(chart, area)))
}

/// Draws axes, marks and texts around `area`.
pub(super) fn draw(chart: &Chart, area: Rect, items: &mut Vec<Item>) {
    let Rect { x, y, width, height } = area;
    let (right, bottom) = (x + width, y + height);
    let line = |from: (f64, f64), to: (f64, f64)| {
        let points = [from, to].map(|(x, y)| Point { x, y });
        Item::Stroke(Path::lines(points), Stroke::solid(INK, THIN))
    };
    let has_marks = |axis: &Axis| !axis.ticks.is_empty() || !axis.minor.is_empty();
    if chart.frame {
        items.push(Item::Stroke(area.into(), Stroke::solid(INK, THIN)));
    } else {
        // The corner is whole where both meet.
        items.extend(has_marks(&chart.x).then(|| line((x - THIN / 2.0, bottom), (right, bottom))));
        items.extend(has_marks(&chart.y).then(|| line((x, y), (x, bottom))));
    }
    let short = |axis: &Axis, length: f64| -> Vec<f64> {
        let inside = axis.minor.iter().filter(|value| axis.holds(**value));
        let places: Vec<f64> = inside.filter_map(|value| Some(axis.position(*value)? * length)).collect();
        // Marks that touch each other say nothing.
        let crowded = places.iter().zip(places.iter().skip(1)).any(|(a, b)| (b - a).abs() < 2.0);
        if crowded { Vec::new() } else { places }
    };
    items.extend(short(&chart.x, width).into_iter().map(|at| line((x + at, bottom), (x + at, bottom + SHORT))));
    items.extend(short(&chart.y, height).into_iter().map(|at| line((x - SHORT, bottom - at), (x, bottom - at))));
    for (at, tick) in along(chart, area) {
        items.push(line((x + at, bottom), (x + at, bottom + MARK)));
        let cap = measure("", SMALL, Weight::Regular).cap_height;
        for (row, text) in tick.label.split('\n').enumerate().filter(|(_, text)| !text.is_empty()) {
            let down = bottom + MARK + GAP + cap + LINE * row as f64;
            items.push(write(text, (x + at, down), Align::Middle, Valign::Baseline));
        }
    }
    for (at, tick) in upwards(chart, area) {
        items.push(line((x - MARK, bottom - at), (x, bottom - at)));
        if !tick.label.is_empty() {
            items.push(write(&level(&tick.label), (x - MARK - GAP, bottom - at), Align::End, Valign::Middle));
        }
    }
    labels(chart, area, items);
}

fn write(text: &str, (x, y): (f64, f64), align: Align, valign: Valign) -> Item {
    Item::Text(Text::new(text, Point { x, y }, SMALL, TEXT, (align, valign)))
}

/// The labels of both axes, in the middle of them. A longer one is written smaller, then cut before its units: it
/// never leaves the picture.
fn labels(chart: &Chart, area: Rect, items: &mut Vec<Item>) {
    let mut label = |text: &str, at: Point, angle: f64, room: f64| {
        if text.is_empty() {
            return;
        }
        let wide = measure(text, LARGE, Weight::Regular).width;
        let size = (LARGE * (room / wide).min(1.0)).max(SMALL);
        let text = shortened(text, size, room);
        let text = Text::new(text, at, size, TEXT, (Align::Middle, Valign::Baseline));
        items.push(Item::Text(Text { angle, ..text }));
    };
    let (x, y) = (&chart.x, &chart.y);
    // What is wider than the axis goes on below the labels of the other one.
    let left = MARK + beside(y) + label_room(y);
    let wide = measure(&x.label, LARGE, Weight::Regular).width.min(area.width + left);
    let middle = area.x + area.width / 2.0 - (wide - area.width).max(0.0) / 2.0;
    let down = MARK + below(x) + APART + measure(&x.label, LARGE, Weight::Regular).ascent;
    label(&x.label, Point { x: middle, y: area.y + area.height + down }, 0.0, area.width + left);
    let descent = measure(&y.label, LARGE, Weight::Regular).descent;
    let left = MARK + beside(y) + APART + descent;
    label(&y.label, Point { x: area.x - left, y: area.y + area.height / 2.0 }, 90.0, area.height);
}

/// A label that is no wider than `room`; its units stay if they can.
fn shortened(text: &str, size: f64, room: f64) -> String {
    let units = text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")).map(|parts| parts.1);
    let wide = |text: &str| measure(text, size, Weight::Regular).width;
    if let Some(units) = units.filter(|_| wide(text) > room) {
        let tail = format!(" ({units})");
        let what = elide(text.strip_suffix(&tail).unwrap_or(text), size, Weight::Regular, room - wide(&tail));
        if !what.is_empty() {
            return what + &tail;
        }
    }
    elide(text, size, Weight::Regular, room)
}
