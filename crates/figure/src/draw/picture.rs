//! The list of shapes: what every figure is made of and every format draws.
//!
//! Units are picture units: 1/100 inch, so a picture of 1000 × 600 is 10 × 6 inches and at 100 dots per
//! inch has one pixel a unit. x grows to the right, y downwards. Items are drawn in their order.

/// A colour, not premultiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
    /// Opacity; 255 hides what is below.
    pub a: u8,
}

impl Colour {
    /// Black.
    pub const BLACK: Self = Self::rgb(0, 0, 0);
    /// White.
    pub const WHITE: Self = Self::rgb(255, 255, 255);
    /// Nothing.
    pub const NONE: Self = Self { r: 0, g: 0, b: 0, a: 0 };

    /// An opaque colour.
    pub const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b, a: 255 }
    }

    /// A level of grey.
    pub const fn grey(level: u8) -> Self {
        Self::rgb(level, level, level)
    }

    /// The same colour with opacity `a`.
    #[must_use]
    pub const fn with_alpha(self, a: u8) -> Self {
        Self { a, ..self }
    }
}

/// A place in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// An upright rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Segment {
    /// Begin a new line here.
    Move(Point),
    /// A straight line to here.
    Line(Point),
    /// A cubic Bézier curve with two control points and its end.
    Cubic(Point, Point, Point),
    /// Back to the last `Move`.
    Close,
}

/// Lines and curves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Path {
    /// Its steps.
    pub segments: Vec<Segment>,
}

/// How a path is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Stroke {
    /// The colour.
    pub colour: Colour,
    /// The width in picture units.
    pub width: f64,
    /// Lengths drawn and left out in turn; empty for a solid line.
    pub dashes: Vec<f64>,
    /// Round ends and joins; else butt ends and mitred joins.
    pub round: bool,
}

/// Pixels, row after row from the top, red green blue alpha, not premultiplied.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `4 × width × height` bytes.
    pub rgba: Vec<u8>,
}

/// Which part of a text is at its place, horizontally.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// Which part of a text is at its place, vertically.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Valign {
    /// The base line.
    Baseline,
    /// The middle of capital letters.
    Middle,
    /// The top of capital letters.
    Top,
}

/// How bold a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    /// Usual.
    Regular,
    /// For titles.
    Bold,
}

/// A line of text. `^{…}` in `text` is raised and `_{…}` lowered, as in `kg m^{-2}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// What it says.
    pub text: String,
    /// Where.
    pub at: Point,
    /// The size of the font in picture units.
    pub size: f64,
    /// Its colour.
    pub colour: Colour,
    /// Which part of it is at `at`.
    pub align: Align,
    /// Which part of it is at `at`.
    pub valign: Valign,
    /// Degrees anticlockwise about `at`.
    pub angle: f64,
    /// How bold.
    pub weight: Weight,
    /// A line around the letters so that they stand out from what is below: colour and width.
    pub halo: Option<(Colour, f64)>,
}

/// Something to draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// The inside of a path, by the even-odd rule.
    Fill(Path, Colour),
    /// A line along a path.
    Stroke(Path, Stroke),
    /// Pixels stretched over a rectangle, each a sharp-edged block.
    Image(Image, Rect),
    /// A line of text.
    Text(Text),
    /// Items of which only what is inside the path shows.
    Clip(Path, Vec<Item>),
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Its width in picture units.
    pub width: f64,
    /// Its height in picture units.
    pub height: f64,
    /// What is behind everything.
    pub background: Colour,
    /// What the picture is called, for readers that cannot see it.
    pub title: String,
    /// What it shows, for readers that cannot see it.
    pub description: String,
    /// What is drawn, in this order.
    pub items: Vec<Item>,
}
