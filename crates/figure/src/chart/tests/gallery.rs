//! Charts to look at.

use super::super::*;
use crate::axis::Tick;
use crate::colour::{ColourMap, Palette, Scale, cycle};
use crate::draw::Picture;

/// A picture of one chart with its margins around it.
pub(super) fn picture(chart: &Chart, width: f64, height: f64, pixels: f64) -> Picture {
    let Margins { left, top, right, bottom } = chart.margins();
    let pad = 10.0;
    let area = Rect {
        x: (left + pad).ceil(),
        y: (top + pad).ceil(),
        width: (width - left - right - 2.0 * pad).floor(),
        height: (height - top - bottom - 2.0 * pad).floor(),
    };
    let items = chart.draw(area, pixels).unwrap();
    let (title, description) = (String::new(), String::new());
    Picture { width, height, background: Colour::WHITE, title, description, items }
}

fn wave(i: f64, phase: f64) -> f64 {
    288.0 + 4.0 * (i / 12.0 * std::f64::consts::TAU + phase).sin() + i / 60.0 + 0.7 * (i * 1.7 + phase).sin()
}

/// A field over latitude and pressure like the zonal wind.
fn wind(lat: f64, hpa: f64) -> f64 {
    let jet = |centre: f64, level: f64| {
        let (a, b) = ((lat - centre) / 16.0, (hpa.ln() - f64::ln(level)) / 0.75);
        (-a * a - b * b).exp()
    };
    38.0 * jet(38.0, 200.0) + 45.0 * jet(-46.0, 180.0) - 12.0 * jet(0.0, 60.0) + 30.0 * jet(-60.0, 12.0) - 3.0
}

fn edges(centres: &[f64]) -> Vec<f64> {
    let n = centres.len();
    let mid: Vec<f64> = centres.windows(2).map(|p| f64::midpoint(p[0], p[1])).collect();
    let mut all = vec![2.0 * centres[0] - mid[0]];
    all.extend(&mid);
    all.push(2.0 * centres[n - 1] - mid[n - 2]);
    all
}

fn palette(name: &str, levels: Vec<f64>) -> Palette {
    Palette::new(Scale::levels(levels).unwrap(), ColourMap::named(name).unwrap())
}

pub(super) fn series() -> Chart {
    let points =
        |phase: f64| (0..97).map(move |i| (f64::from(i), if i == 40 { f64::NAN } else { wave(f64::from(i), phase) }));
    let ticks = (0..=8).map(|year| Tick { value: f64::from(year * 12), label: (2015 + year).to_string() }).collect();
    let layers =
        vec![Layer::line(points(0.0).collect(), 0, "ERA5"), Layer::line(points(0.9).collect(), 1, "CESM2 historical")];
    let x = Axis::with_ticks("", 0.0, 96.0, ticks);
    Chart::new(x, Axis::linear("2 metre temperature (K)", 283.0, 294.2), layers)
}

pub(super) fn section() -> Chart {
    let lats: Vec<f64> = (0..73).map(|i| f64::from(i) * 2.5 - 90.0).collect();
    let levels = [10., 20., 30., 50., 70., 100., 150., 200., 250., 300., 400., 500., 600., 700., 850., 925., 1000.];
    let values: Vec<f64> = levels.iter().flat_map(|p| lats.iter().map(|lat| wind(*lat, *p))).collect();
    let steps: Vec<f64> = (-4..=4).map(|i| f64::from(i) * 12.0).collect();
    let palette = palette("RdBu_r", steps);
    let colours = values.iter().map(|v| palette.colour(*v)).collect();
    let ln: Vec<f64> = levels.iter().map(|p: &f64| p.ln()).collect();
    let y_edges: Vec<f64> = edges(&ln).into_iter().map(|v| v.exp().clamp(10.0, 1000.0)).collect();
    let x_edges: Vec<f64> = edges(&lats).into_iter().map(|v| v.clamp(-90.0, 90.0)).collect();
    let contours = Layer::Contours {
        x: lats,
        y: levels.to_vec(),
        values,
        levels: (-3..=9).map(|i| f64::from(i) * 5.0).collect(),
        colour: Colour::grey(40),
        width: 0.9,
        labels: true,
    };
    let mut chart = Chart::new(
        Axis::latitude(-90.0, 90.0),
        Axis::pressure("Pressure (hPa)", 10.0, 1000.0, 1.0, true),
        vec![Layer::Cells { x_edges, y_edges, colours }, contours],
    );
    (chart.frame, chart.grid) = (true, false);
    chart
}

fn hovmoller() -> Chart {
    let (columns, rows) = (144, 120);
    let palette = palette("cmo.curl", (-6..=6).map(|i| f64::from(i) * 0.5).collect());
    let value = |i: i32, j: i32| {
        let (lon, day) = (f64::from(i) * 2.5, f64::from(j));
        2.5 * ((lon - 6.0 * day) / 90.0 * std::f64::consts::TAU).sin() * (-((day - 60.0) / 40.0).powi(2)).exp()
            + 0.6 * (lon / 13.0 + day / 5.0).sin()
    };
    let colours =
        (0..rows).flat_map(|j| (0..columns).map(move |i| (i, j))).map(|(i, j)| palette.colour(value(i, j))).collect();
    let months = [("Jan\n2020", 0.0), ("Feb", 31.0), ("Mar", 60.0), ("Apr", 91.0)];
    let ticks = months.map(|(label, value)| Tick { value, label: label.to_owned() }).to_vec();
    let layers = vec![Layer::Cells {
        x_edges: (0..=columns).map(|i| f64::from(i) * 2.5 - 1.25).collect(),
        y_edges: (0..=rows).map(f64::from).collect(),
        colours,
    }];
    let mut chart =
        Chart::new(Axis::longitude(-1.25, 358.75), Axis::with_ticks("", 0.0, 120.0, ticks).flipped(), layers);
    (chart.frame, chart.grid) = (true, false);
    chart
}

fn bars() -> Chart {
    let values: Vec<f64> =
        (0..3000).map(|i| (f64::from(i) * 0.618_034).fract().mul_add(-1.0, 1.0).ln() * -3e-5).collect();
    let (edges, counts) = histogram(&values, None, None);
    let heights: Vec<f64> = counts.iter().map(|count| *count as f64).collect();
    let top = heights.iter().copied().fold(0.0, f64::max);
    let x = Axis::linear("Precipitation flux (kg m^{−2} s^{−1})", edges[0], edges[edges.len() - 1]);
    let layers = vec![
        Layer::Bars { edges, heights, colour: cycle(0), label: String::new() },
        Layer::VerticalRule { value: 3e-5, colour: Colour::grey(60), dashes: vec![4.0, 3.0] },
    ];
    Chart::new(x, Axis::linear("Cells", 0.0, top), layers)
}

fn stripes() -> Chart {
    let palette = palette("RdBu_r", (-8..=8).map(|i| f64::from(i) * 0.125).collect());
    let value = |i: i32| f64::from(i) / 90.0 - 0.6 + 0.25 * (f64::from(i) * 1.9).sin();
    let colours = (0..120).map(|i| palette.colour(value(i))).collect();
    let edges = (0..=120).map(|i| 1904.0 + f64::from(i) - 0.5).collect();
    let ticks = (0..6).map(|i| f64::from(1910 + 20 * i)).map(|v| Tick { value: v, label: v.to_string() }).collect();
    let x = Axis::with_ticks("", 1903.5, 2023.5, ticks);
    let mut chart = Chart::new(x, Axis::with_ticks("", 0.0, 1.0, Vec::new()), vec![Layer::Columns { edges, colours }]);
    chart.grid = false;
    chart
}

fn profile() -> Chart {
    let levels = [1., 5., 10., 20., 30., 50., 70., 100., 150., 200., 250., 300., 400., 500., 600., 700., 850., 1000.];
    let values = levels.map(|p: f64| (215.0 + 75.0 * (p / 1000.0).powf(1.5) + 25.0 * (-p / 20.0).exp(), p));
    let line = Layer::Line {
        points: values.to_vec(),
        colour: cycle(0),
        width: 1.8,
        label: "ERA5, 52°N".to_owned(),
        marker: Some(2.4),
        dashes: Vec::new(),
    };
    let other = Layer::Line {
        points: values.iter().map(|(t, p)| (t + 4.0, *p)).collect(),
        colour: cycle(1),
        width: 1.8,
        label: "Model".to_owned(),
        marker: None,
        dashes: vec![6.0, 3.0],
    };
    let y = Axis::pressure("Pressure (hPa)", 1.0, 1000.0, 1.0, false);
    Chart::new(Axis::linear("Air temperature (K)", 215.0, 294.0), y, vec![line, other])
}

fn many() -> Chart {
    let layers = (0..9).map(|model| {
        let points = (0..60).map(|i| (f64::from(i), 10f64.powf((f64::from(i) / 9.0 + f64::from(model)).sin() * 2.0)));
        Layer::line(points.collect(), model as usize, &format!("Model {model}"))
    });
    let band = (0..60).map(|i| (f64::from(i), 0.05, 1.0 + f64::from(i) / 10.0)).collect();
    let band = Layer::Band { points: band, colour: Colour::grey(120).with_alpha(90), label: "Spread".to_owned() };
    let layers = std::iter::once(band).chain(layers).collect();
    Chart::new(Axis::linear("Day", 0.0, 59.0), Axis::log("Chlorophyll (mg m^{−3})", 0.012, 97.0), layers)
}

fn deep() -> Chart {
    let points = (0..50).map(|i| f64::from(i) * 110.0).map(|z| (2.0 + 22.0 * (-z / 700.0_f64).exp(), z)).collect();
    let single = Layer::line(vec![(12.0, 900.0)], 1, "Station");
    Chart::new(
        Axis::linear("Sea water potential temperature (°C)", 2.0, 24.0),
        Axis::depth("Depth (m)", 0.0, 5500.0),
        vec![Layer::line(points, 0, "Mean"), single],
    )
}

/// A small panel without a legend.
fn small(name: &str, points: &[(f64, f64)], log: bool) -> Chart {
    let ys = || points.iter().map(|p| p.1).filter(|v| v.is_finite());
    let (low, high) = (ys().fold(f64::INFINITY, f64::min), ys().fold(f64::NEG_INFINITY, f64::max));
    let y = if log { Axis::log("y (m)", low, high) } else { Axis::linear("y (m)", low, high) };
    Chart::new(Axis::linear("x", 0.0, 9.0), y, vec![Layer::line(points.to_vec(), 0, name)])
}

/// Series that are not usual: constant, empty, missing, one value, tiny, huge, zeros on a logarithmic axis.
pub(super) fn unusual() -> Vec<Chart> {
    let line = |f: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> { (0..10).map(f64::from).map(|i| (i, f(i))).collect() };
    vec![
        small("Constant", &line(&|_| 288.15), false),
        small("Empty", &[], false),
        small("Missing", &line(&|_| f64::NAN), false),
        small("One", &[(4.0, 7.0)], false),
        small("Tiny", &line(&|i| i.sin() * 1e-30), false),
        small("Huge", &line(&|i| i.exp() * 1e30), false),
        small("Zeros", &line(&|i| (i - 3.0).max(0.0) * 1e-3), true),
        small("A station with a very long name that does not fit", &line(&|i| 1e6 + i), false),
    ]
}

/// All charts with their names and sizes.
pub(super) fn all() -> Vec<(&'static str, Chart, f64, f64)> {
    vec![
        ("series", series(), 700.0, 380.0),
        ("section", section(), 700.0, 420.0),
        ("hovmoller", hovmoller(), 560.0, 460.0),
        ("histogram", bars(), 560.0, 380.0),
        ("stripes", stripes(), 700.0, 220.0),
        ("profile", profile(), 420.0, 480.0),
        ("many", many(), 700.0, 380.0),
        ("deep", deep(), 260.0, 480.0),
    ]
}

#[test]
#[ignore = "writes pictures to look at into the directory FIGURE_PICTURES"]
fn pictures() {
    let folder = std::path::PathBuf::from(std::env::var("FIGURE_PICTURES").unwrap());
    for (name, chart, width, height) in all() {
        let picture = picture(&chart, width, height, 1.5);
        std::fs::write(folder.join(format!("{name}.png")), crate::draw::png(&picture, 150.0).unwrap()).unwrap();
        std::fs::write(folder.join(format!("{name}.svg")), crate::draw::svg(&picture)).unwrap();
        std::fs::write(folder.join(format!("{name}.pdf")), crate::draw::pdf(&picture).unwrap()).unwrap();
    }
    let mut sheet = picture(&series(), 840.0, 400.0, 1.0);
    sheet.items.clear();
    for (index, chart) in unusual().into_iter().enumerate() {
        let Margins { left, top, right, bottom } = chart.margins();
        let (x, y) = (210.0 * (index % 4) as f64 + 5.0, 200.0 * (index / 4) as f64 + 5.0);
        let area = Rect { x: x + left, y: y + top, width: 200.0 - left - right, height: 190.0 - top - bottom };
        sheet.items.extend(chart.draw(area, 1.0).unwrap());
    }
    std::fs::write(folder.join("unusual.png"), crate::draw::png(&sheet, 130.0).unwrap()).unwrap();
}
