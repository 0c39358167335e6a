//! A chart of plotters on the list of shapes.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::super::{Backend, FINENESS, Item, Picture, Rect, Text, Weight};
use super::blank;

/// A line chart with axes, labels, a legend and a title.
pub(super) fn chart() -> Picture {
    let mut picture = blank(640.0, 400.0);
    let area = Rect { x: 10.0, y: 10.0, width: 620.0, height: 380.0 };
    let unit = f64::from(FINENESS);
    let fine = Backend::pixels;
    let root = Backend::new(&mut picture.items, area).into_drawing_area();
    let axis = ("sans", 11.0 * unit).into_font();
    let mut chart = ChartBuilder::on(&root)
        .caption("Global mean 2 m temperature", ("sans", 15.0 * unit, FontStyle::Bold).into_font())
        .margin(fine(6.0))
        .x_label_area_size(fine(40.0))
        .y_label_area_size(fine(56.0))
        .build_cartesian_2d(1950.0..2020.0, -1.0..1.0)
        .unwrap();
    chart
        .configure_mesh()
        .x_desc("Year")
        .y_desc("Anomaly (K)")
        .label_style(axis.clone())
        .axis_desc_style(axis.clone())
        .bold_line_style(ShapeStyle { color: BLACK.mix(0.15), filled: false, stroke_width: fine(0.6) })
        .light_line_style(TRANSPARENT)
        .axis_style(ShapeStyle { color: BLACK.to_rgba(), filled: false, stroke_width: fine(1.0) })
        .y_label_formatter(&|value| format!("{value:.1}").replace('-', "−"))
        .set_all_tick_mark_size(fine(4.0))
        .draw()
        .unwrap();
    for (number, colour) in [(0.0, RGBColor(31, 90, 180)), (1.0, RGBColor(200, 60, 30))] {
        let line = ShapeStyle { color: colour.to_rgba(), filled: false, stroke_width: fine(1.5) };
        let values = (0..=700)
            .map(|i| f64::from(i) / 10.0)
            .map(move |t| (1950.0 + t, (t / (7.0 + number)).sin() * 0.5 + t / 200.0));
        let series = chart.draw_series(LineSeries::new(values, line)).unwrap();
        let sample = fine(20.0) as i32;
        series
            .label(format!("Model {number}"))
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + sample, y)], line));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .legend_area_size(fine(26.0))
        .margin(fine(6.0))
        .label_font(axis)
        .background_style(WHITE.mix(0.8))
        .draw()
        .unwrap();
    drop((chart, root));
    picture
}

fn texts(picture: &Picture) -> Vec<&Text> {
    picture.items.iter().filter_map(|item| if let Item::Text(text) = item { Some(text) } else { None }).collect()
}

#[test]
fn a_chart_has_its_texts_and_finer_lines_than_pixels() {
    let picture = chart();
    let texts = texts(&picture);
    let title = texts.iter().find(|text| text.text.starts_with("Global")).unwrap();
    assert_eq!((title.size, title.weight), (15.0, Weight::Bold));
    let turned = texts.iter().find(|text| text.text == "Anomaly (K)").unwrap();
    assert_eq!(turned.angle, 90.0);
    let longest = picture.items.iter().filter_map(|item| match item {
        Item::Stroke(path, _) => Some(path.segments.len()),
        _ => None,
    });
    assert_eq!(longest.max(), Some(701));
}

#[test]
fn anchors_put_texts_where_they_belong() {
    let mut items = Vec::new();
    let root = Backend::new(&mut items, Rect { x: 0.0, y: 0.0, width: 100.0, height: 100.0 }).into_drawing_area();
    for (h, v) in [(HPos::Left, VPos::Top), (HPos::Center, VPos::Center), (HPos::Right, VPos::Bottom)] {
        let style = TextStyle::from(("sans", 200).into_font()).pos(Pos::new(h, v)).transform(FontTransform::Rotate270);
        root.draw(&plotters::element::Text::new("Hg", (1000, 1000), style)).unwrap();
    }
    drop(root);
    let picture = Picture { items, ..blank(100.0, 100.0) };
    let places: Vec<(f64, f64)> = texts(&picture).iter().map(|text| (text.at.x.round(), text.at.y)).collect();
    assert_eq!(places, [(58.0, 50.0), (50.0, 50.0), (48.0, 50.0)]);
}
