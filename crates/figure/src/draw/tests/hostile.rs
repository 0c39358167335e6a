//! Whatever a picture holds, it is drawn or refused.

use proptest::prelude::*;

use super::super::*;
use super::blank;

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -50.0..150.0,
        1 => prop::num::f64::ANY,
        1 => prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, 1e6, -1e9, 1e300, f64::MIN_POSITIVE]),
    ]
}

fn point() -> impl Strategy<Value = Point> {
    (number(), number()).prop_map(|(x, y)| Point { x, y })
}

fn path() -> impl Strategy<Value = Path> {
    let segment = prop_oneof![
        1 => point().prop_map(Segment::Move),
        4 => point().prop_map(Segment::Line),
        2 => (point(), point(), point()).prop_map(|(a, b, c)| Segment::Cubic(a, b, c)),
        1 => Just(Segment::Close),
    ];
    prop::collection::vec(segment, 0..12).prop_map(|segments| Path { segments })
}

fn colour() -> impl Strategy<Value = Colour> {
    prop::array::uniform4(any::<u8>()).prop_map(|[r, g, b, a]| Colour { r, g, b, a })
}

fn stroke() -> impl Strategy<Value = Stroke> {
    (colour(), number(), prop::collection::vec(number(), 0..4), any::<bool>())
        .prop_map(|(colour, width, dashes, round)| Stroke { colour, width, dashes, round })
}

fn text() -> impl Strategy<Value = Text> {
    let places = (
        prop::sample::select(vec![Align::Start, Align::Middle, Align::End]),
        prop::sample::select(vec![Valign::Baseline, Valign::Middle, Valign::Top]),
        prop::sample::select(vec![Weight::Regular, Weight::Bold]),
    );
    let words = "\\PC{0,12}|[\\^_{}<&\"\u{0}-\u{10ffff}]{0,12}";
    (words, point(), number(), colour(), places, number(), prop::option::of((colour(), number()))).prop_map(
        |(text, at, size, colour, (align, valign, weight), angle, halo)| Text {
            text,
            at,
            size,
            colour,
            align,
            valign,
            angle,
            weight,
            halo,
        },
    )
}

fn image() -> impl Strategy<Value = (Image, Rect)> {
    (0_usize..4, 0_usize..4, prop::collection::vec(any::<u8>(), 0..64), any::<bool>(), prop::array::uniform4(number()))
        .prop_map(|(width, height, mut rgba, whole, [x, y, w, h])| {
            if whole {
                rgba.resize(4 * width * height, 77);
            }
            (Image { width, height, rgba }, Rect { x, y, width: w, height: h })
        })
}

fn item() -> impl Strategy<Value = Item> {
    let simple = prop_oneof![
        (path(), colour()).prop_map(|(path, colour)| Item::Fill(path, colour)),
        (path(), stroke()).prop_map(|(path, stroke)| Item::Stroke(path, stroke)),
        image().prop_map(|(image, rect)| Item::Image(image, rect)),
        text().prop_map(Item::Text),
    ];
    simple.prop_recursive(3, 8, 3, |inner| {
        (path(), prop::collection::vec(inner, 0..3)).prop_map(|(path, items)| Item::Clip(path, items))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_items_are_drawn(items in prop::collection::vec(item(), 0..4), title in any::<String>()) {
        let picture = Picture { items, title, background: Colour::NONE, ..blank(100.0, 60.0) };
        prop_assert!(png(&picture, 70.0).is_ok());
        prop_assert!(pdf(&picture).is_ok());
        let file = svg(&picture);
        prop_assert!(roxmltree::Document::parse(&file).is_ok(), "{}", file);
        prop_assert!(!file.contains("NaN") && !file.contains("inf"));
    }

    #[test]
    fn any_size_is_drawn_or_refused(width in number(), height in number(), dpi in number()) {
        let picture = blank(width, height);
        if (width * height * dpi * dpi).abs() < 1e9 || !dpi.is_finite() {
            let _ = png(&picture, dpi);
        }
        let _ = pdf(&picture);
        prop_assert!(roxmltree::Document::parse(&svg(&picture)).is_ok());
    }
}
