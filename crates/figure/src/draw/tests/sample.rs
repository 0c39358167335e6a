//! Pictures to look at and to time.

use std::f64::consts::TAU;

use super::super::*;
use super::blank;

pub(super) fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

pub(super) fn line(points: impl IntoIterator<Item = (f64, f64)>) -> Path {
    let mut segments: Vec<Segment> = points.into_iter().map(|(x, y)| Segment::Line(at(x, y))).collect();
    if let Some(first) = segments.first_mut()
        && let Segment::Line(p) = *first
    {
        *first = Segment::Move(p);
    }
    Path { segments }
}

pub(super) fn closed(points: impl IntoIterator<Item = (f64, f64)>) -> Path {
    let mut path = line(points);
    path.segments.push(Segment::Close);
    path
}

pub(super) fn rectangle(x: f64, y: f64, width: f64, height: f64) -> Path {
    closed([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
}

pub(super) fn circle(x: f64, y: f64, r: f64) -> Path {
    // Four arcs; the factor puts the middle of each on the circle.
    let k = 0.552_284_75 * r;
    let segments = vec![
        Segment::Move(at(x + r, y)),
        Segment::Cubic(at(x + r, y + k), at(x + k, y + r), at(x, y + r)),
        Segment::Cubic(at(x - k, y + r), at(x - r, y + k), at(x - r, y)),
        Segment::Cubic(at(x - r, y - k), at(x - k, y - r), at(x, y - r)),
        Segment::Cubic(at(x + k, y - r), at(x + r, y - k), at(x + r, y)),
        Segment::Close,
    ];
    Path { segments }
}

pub(super) fn stroke(colour: Colour, width: f64, dashes: &[f64], round: bool) -> Stroke {
    Stroke { colour, width, dashes: dashes.to_vec(), round }
}

pub(super) fn text(text: &str, x: f64, y: f64, size: f64) -> Text {
    Text {
        text: text.to_owned(),
        at: at(x, y),
        size,
        colour: Colour::BLACK,
        align: Align::Start,
        valign: Valign::Baseline,
        angle: 0.0,
        weight: Weight::Regular,
        halo: None,
    }
}

fn image(width: usize, height: usize, colour: impl Fn(usize, usize) -> [u8; 4]) -> Image {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    Image { width, height, rgba: pixels.flat_map(|(x, y)| colour(x, y)).collect() }
}

/// Everything a picture can hold.
pub(super) fn everything() -> Picture {
    let mut picture = blank(420.0, 300.0);
    let blue = Colour::rgb(40, 90, 200);
    let red = Colour::rgb(200, 40, 40);
    let star =
        (0..5).map(|i| (TAU * 2.0 / 5.0 * f64::from(i)).sin_cos()).map(|(s, c)| (60.0 + 40.0 * s, 110.0 - 40.0 * c));
    let field = image(8, 6, |x, y| [(x * 32) as u8, 120, (y * 40) as u8, 255]);
    let veil = image(3, 3, |x, y| [255, 0, 0, ((x + y) * 50) as u8]);
    let wave = line((0..120).map(f64::from).map(|i| (220.0 + i, 110.0 + 12.0 * (i / 9.0).sin())));
    let labels =
        Item::Text(Text { halo: Some((Colour::WHITE, 3.0)), colour: blue, ..text("halo °C", 250.0, 110.0, 14.0) });
    let inside = vec![
        Item::Image(field.clone(), Rect { x: 120.0, y: 70.0, width: 80.0, height: 80.0 }),
        Item::Stroke(line([(110.0, 60.0), (210.0, 160.0)]), stroke(Colour::WHITE, 2.0, &[6.0, 3.0], false)),
        Item::Clip(
            rectangle(160.0, 70.0, 40.0, 40.0),
            vec![Item::Fill(circle(160.0, 110.0, 30.0), red.with_alpha(128))],
        ),
    ];
    let turned = |angle: f64, align, valign| {
        Item::Text(Text { align, valign, angle, ..text("Level 10^{−3} hPa", 210.0, 230.0, 12.0) })
    };
    picture.items = vec![
        Item::Text(Text {
            weight: Weight::Bold,
            ..text("2 m temperature, flux (W m^{-2}), CO_{2}, m⁻³ µg", 12.0, 24.0, 15.0)
        }),
        Item::Text(text("0123456789 −12.5 15°N 180°W ± × AVATAR To Ünïcødé Ωαβ Жд 漢 e^{x_{i}}", 12.0, 44.0, 11.0)),
        Item::Fill(closed(star), blue),
        Item::Clip(circle(160.0, 110.0, 36.0), inside),
        Item::Stroke(wave.clone(), stroke(red, 4.0, &[], true)),
        Item::Stroke(line([(220.0, 140.0), (340.0, 140.0)]), stroke(Colour::BLACK, 1.0, &[4.0, 2.0, 1.0, 2.0], false)),
        Item::Stroke(line([(220.0, 150.0), (340.0, 150.0)]), stroke(Colour::BLACK, 3.0, &[0.0, 6.0], true)),
        Item::Stroke(line([(220.0, 165.0), (280.0, 175.0), (225.0, 180.0)]), stroke(Colour::grey(60), 5.0, &[], false)),
        Item::Stroke(circle(320.0, 172.0, 12.0), stroke(blue, 0.5, &[], false)),
        labels,
        Item::Image(field, Rect { x: 20.0, y: 180.0, width: 80.0, height: 60.0 }),
        Item::Image(veil, Rect { x: 60.0, y: 200.0, width: 60.0, height: 60.0 }),
        turned(90.0, Align::Middle, Valign::Top),
        turned(0.0, Align::Start, Valign::Middle),
        turned(-30.0, Align::Start, Valign::Middle),
        Item::Stroke(rectangle(0.5, 0.5, 419.0, 299.0), stroke(Colour::BLACK, 1.0, &[], false)),
        Item::Fill(circle(380.0, 250.0, 25.0), Colour::rgb(0, 120, 60).with_alpha(100)),
        Item::Fill(circle(360.0, 250.0, 25.0), Colour::rgb(250, 180, 0).with_alpha(100)),
    ];
    picture
}

/// A map-like picture of 1200 × 640: an image of 720 000 pixels, 50 000 short segments of coast, labels and a clip.
pub(super) fn map() -> Picture {
    let field = image(1200, 600, |x, y| {
        let (x, y) = (x as f64 / 1200.0, y as f64 / 600.0);
        let noise = ((x * 40.0).sin() * (y * 23.0).cos() + (x * 170.0 + y * 90.0).sin() * 0.3) * 0.3;
        let level = ((y * 3.0).sin() * 0.6 + noise * 0.5 + 0.3).clamp(0.0, 1.0);
        let level = (level * 255.0).round() / 255.0;
        [(255.0 * level) as u8, (200.0 * (1.0 - (level - 0.5).abs())) as u8, (255.0 * (1.0 - level)) as u8, 255]
    });
    let coast = (0..500).flat_map(|island| {
        let (cx, cy, r) = (f64::from(island * 37 % 1200), f64::from(island * 91 % 600), f64::from(10 + island % 30));
        let shore = move |i: i32| {
            let angle = TAU * f64::from(i) / 100.0;
            let r = r * (1.0 + 0.2 * (angle * 7.0).sin() + 0.1 * (angle * 23.0).cos());
            (cx + r * angle.cos(), cy + r * angle.sin())
        };
        closed((0..100).map(shore)).segments
    });
    let coast = Path { segments: coast.collect() };
    let mut picture = blank(1200.0, 640.0);
    let frame = rectangle(0.0, 40.0, 1200.0, 600.0);
    let mut inside = vec![Item::Image(field, Rect { x: 0.0, y: 40.0, width: 1200.0, height: 600.0 })];
    inside.push(Item::Stroke(coast, stroke(Colour::grey(30), 0.8, &[], false)));
    for i in 0..24 {
        let x = f64::from(i) * 50.0;
        inside.push(Item::Stroke(
            line([(x, 40.0), (x, 640.0)]),
            stroke(Colour::grey(90).with_alpha(120), 0.5, &[3.0, 2.0], false),
        ));
    }
    picture.items.push(Item::Clip(frame.clone(), inside));
    picture.items.push(Item::Stroke(frame, stroke(Colour::BLACK, 1.0, &[], false)));
    for i in 0..24 {
        picture.items.push(Item::Text(text("120°W", f64::from(i) * 50.0, 30.0, 11.0)));
    }
    picture
}
