//! The usual paths, lines and texts.

use super::picture::{Align, Colour, Path, Point, Rect, Segment, Stroke, Text, Valign, Weight};

impl Path {
    /// Straight lines from point to point.
    pub fn lines(points: impl IntoIterator<Item = Point>) -> Self {
        let step = |(index, at)| if index == 0 { Segment::Move(at) } else { Segment::Line(at) };
        Self { segments: points.into_iter().enumerate().map(step).collect() }
    }

    /// Straight lines from point to point and back to the first; nothing without points.
    pub fn polygon(points: impl IntoIterator<Item = Point>) -> Self {
        let mut path = Self::lines(points);
        if !path.segments.is_empty() {
            path.segments.push(Segment::Close);
        }
        path
    }
}

impl From<Rect> for Path {
    fn from(Rect { x, y, width, height }: Rect) -> Self {
        let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
        Self::polygon(corners.map(|(x, y)| Point { x, y }))
    }
}

impl Stroke {
    /// A solid line with butt ends.
    pub fn solid(colour: Colour, width: f64) -> Self {
        Self { colour, width, dashes: Vec::new(), round: false }
    }

    /// The same with round ends and joins.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self { round: true, ..self }
    }
}

impl Text {
    /// A level line of regular weight without a halo.
    pub fn new(
        text: impl Into<String>,
        at: Point,
        size: f64,
        colour: Colour,
        (align, valign): (Align, Valign),
    ) -> Self {
        let (angle, weight, halo) = (0.0, Weight::Regular, None);
        Self { text: text.into(), at, size, colour, align, valign, angle, weight, halo }
    }
}
