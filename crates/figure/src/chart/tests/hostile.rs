//! Whatever numbers come, charts are drawn or refused.

use proptest::prelude::*;

use super::super::*;
use crate::axis::Tick;
use crate::draw::{Picture, png, svg};

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -10.0..10.0_f64,
        1 => prop::sample::select(vec![
            0.0, -0.0, 1e-30, 1e30, -1e30, 1e308, f64::MAX, f64::MIN, 5e-324, f64::NAN, f64::INFINITY,
            f64::NEG_INFINITY,
        ]),
    ]
}

fn axis() -> impl Strategy<Value = Axis> {
    (0..7, number(), number(), any::<bool>()).prop_map(|(kind, min, max, flag)| match kind {
        0 => Axis::linear("Temperature (K)", min, max),
        1 => Axis::exact("", min, max),
        2 => Axis::log("Rain", min, max),
        3 => Axis::pressure("Pressure (hPa)", min, max, 1.0, flag),
        4 => Axis::longitude(min, max),
        5 => Axis::with_ticks("a\nb", min, max, vec![Tick { value: max, label: "x\ny\n".to_owned() }; 3]),
        // Public fields hold anything.
        _ => Axis { min, max, log: flag, minor: vec![min, max], ..Axis::linear("", 0.0, 1.0) },
    })
}

fn layer() -> impl Strategy<Value = Layer> {
    let numbers = || prop::collection::vec(number(), 0..8);
    (0..7, numbers(), numbers(), number()).prop_map(|(kind, x, y, value)| {
        let (colour, label) = (Colour::rgb(9, 9, 9), "L".to_owned());
        let points = x.iter().copied().zip(y.iter().copied()).collect();
        match kind {
            0 => Layer::Line { points, colour, width: value, label, marker: Some(value), dashes: y },
            1 => Layer::Band { points: x.iter().zip(&y).map(|(x, y)| (*x, *y, value)).collect(), colour, label },
            2 => Layer::Bars {
                heights: y.into_iter().take(x.len().saturating_sub(1)).collect(),
                edges: x,
                colour,
                label,
            },
            3 => Layer::Columns { colours: vec![colour; x.len().saturating_sub(1)], edges: x },
            4 => Layer::Cells {
                colours: vec![colour; x.len().saturating_sub(1) * y.len().saturating_sub(1)],
                x_edges: x,
                y_edges: y,
            },
            5 => {
                let values = x.iter().flat_map(|a| y.iter().map(move |b| a * b)).collect();
                Layer::Contours { x: y, y: x, values, levels: vec![value, 0.0], colour, width: 1.0, labels: true }
            }
            _ => Layer::HorizontalRule { value, colour, dashes: x },
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chart_is_drawn(x in axis(), y in axis(), layers in prop::collection::vec(layer(), 0..4), frame: bool) {
        let chart = Chart { frame, ..Chart::new(x, y, layers) };
        let Margins { left, top, right, bottom } = chart.margins();
        prop_assert!([left, top, right, bottom].iter().all(|side| side.is_finite() && *side >= 0.0));
        let area = Rect { x: 40.0, y: 10.0, width: 120.0, height: 80.0 };
        if let Ok(items) = chart.draw(area, 1.0) {
            let (title, description) = (String::new(), String::new());
            let picture =
                Picture { width: 200.0, height: 120.0, background: Colour::WHITE, title, description, items };
            prop_assert!(png(&picture, 100.0).is_ok());
            prop_assert!(!svg(&picture).contains("NaN"));
        }
    }
}
