use proptest::prelude::*;

use super::*;

fn text(angle: f64, align: Align, valign: Valign) -> Text {
    let colour = crate::draw::Colour::BLACK;
    let at = Point { x: 50.0, y: 40.0 };
    Text { text: "HH".into(), at, size: 10.0, colour, align, valign, angle, weight: Weight::Regular, halo: None }
}

/// Left, top, right, bottom of a path's points.
fn bounds(path: &Path) -> [f64; 4] {
    let mut all = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for segment in &path.segments {
        if let Segment::Move(p) | Segment::Line(p) | Segment::Cubic(_, _, p) = segment {
            all = [all[0].min(p.x), all[1].min(p.y), all[2].max(p.x), all[3].max(p.y)];
        }
    }
    all.map(f64::round)
}

#[test]
fn texts_stand_where_they_are_aligned_and_turn_anticlockwise() {
    // An H of 10 units is 7.3 high, two of them 14.9 wide (from the metrics of the font: 1490 and 1523 of 2048).
    for (angle, align, valign, expected) in [
        (0.0, Align::Start, Valign::Baseline, [51.0, 33.0, 64.0, 40.0]),
        (0.0, Align::End, Valign::Top, [36.0, 40.0, 49.0, 47.0]),
        (0.0, Align::Middle, Valign::Middle, [43.0, 36.0, 57.0, 44.0]),
        (90.0, Align::Start, Valign::Baseline, [43.0, 26.0, 50.0, 39.0]),
        (-90.0, Align::Start, Valign::Baseline, [50.0, 41.0, 57.0, 54.0]),
        (180.0, Align::Start, Valign::Baseline, [36.0, 40.0, 49.0, 47.0]),
    ] {
        assert_eq!(bounds(&outline(&text(angle, align, valign))), expected, "{angle} {align:?} {valign:?}");
    }
}

/// Widths of fontTools 4.68: sums of `hmtx` and of the pairs of `GPOS`.
#[test]
fn widths_are_those_of_the_font() {
    for (text, weight, expected) in
        [("AVA", Weight::Regular, 3959.0), ("To 180°W", Weight::Regular, 9901.0), ("To", Weight::Bold, 2439.0)]
    {
        let width = measure(text, 2048.0, weight).width;
        assert!((width - expected).abs() < 1e-6, "{text}: {width}");
    }
}

#[test]
fn raised_parts_reach_higher_and_are_smaller() {
    let [plain, raised] = ["m2", "m^{2}"].map(|text| measure(text, 10.0, Weight::Regular));
    assert!(raised.ascent > plain.ascent && raised.width < plain.width && raised.descent == plain.descent);
    let nothing = measure("m", f64::NAN, Weight::Regular);
    assert_eq!((nothing.width, nothing.ascent), (0.0, 0.0));
}

#[test]
fn lines_break_at_spaces_and_in_long_words() {
    let lines = |text: &str, width: f64| wrap(text, 10.0, Weight::Regular, width).join("|");
    assert_eq!(lines("2 m temperature over land", 70.0), "2 m|temperature|over land");
    assert_eq!(lines("flux (W m^{-2 x}) a", 40.0), "flux (W|m^{-2 x}) a");
    assert_eq!(lines("one\n\ntwo", 100.0), "one||two");
    assert_eq!(lines("aaaaaaaaaa", 20.0), "aaa|aaa|aaa|a");
    assert_eq!(lines("", 20.0), "");
    assert_eq!(lines("ab", 0.0), "a|b");
}

#[test]
fn long_texts_end_in_an_ellipsis() {
    let short = |text: &str, width: f64| elide(text, 10.0, Weight::Regular, width);
    assert_eq!(
        [short("air", 100.0), short("air temperature", 30.0), short("x^{abcdefgh}", 20.0), short("air", 1.0)],
        ["air", "air t…", "x…", ""]
    );
}

proptest! {
    #[test]
    fn any_text_is_laid_out(text in "\\PC{0,40}|[\\^_{}a\n\u{0}-\u{10ffff}]{0,30}", size in prop::num::f64::ANY, width in prop::num::f64::ANY) {
        let extent = measure(&text, size, Weight::Bold);
        prop_assert!(extent.width.is_finite() && extent.ascent.is_finite());
        let kept: String = wrap(&text, size, Weight::Regular, width).concat();
        let solid = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect::<String>();
        prop_assert_eq!(solid(&kept), solid(&text));
        elide(&text, size, Weight::Regular, width);
    }
}
