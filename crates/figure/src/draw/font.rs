//! The embedded font: outlines, widths and kerning of its glyphs.
//!
//! Inter 4.001, SIL Open Font License 1.1; where it comes from is told in `data/fonts/README.md`.

use std::sync::LazyLock;

use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::opentype_layout::Lookup;
use ttf_parser::{Face, GlyphId, OutlineBuilder, Tag};

use super::{Path, Point, Segment, Weight};

const REGULAR: &[u8] = include_bytes!("../../data/fonts/Inter-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../data/fonts/Inter-Bold.ttf");

static FACES: LazyLock<[Font; 2]> = LazyLock::new(|| [Font::embedded(REGULAR), Font::embedded(BOLD)]);

/// A face of the embedded font. Lengths are in its own units, `per_em` to the size of a text; y grows upwards.
pub(super) struct Font {
    face: Face<'static>,
    kerning: Vec<Lookup<'static>>,
    /// The file.
    pub(super) data: &'static [u8],
    /// The units in an em.
    pub(super) per_em: f64,
    /// The height of capital letters.
    pub(super) cap_height: f64,
    /// How far letters reach above the base line, accents on capitals included.
    pub(super) ascent: f64,
    /// How far letters reach below the base line, as a positive number.
    pub(super) descent: f64,
}

impl Font {
    /// The face of a weight.
    pub(super) fn of(weight: Weight) -> &'static Self {
        let [regular, bold] = &*FACES;
        match weight {
            Weight::Regular => regular,
            Weight::Bold => bold,
        }
    }

    fn embedded(data: &'static [u8]) -> Self {
        let face = Face::parse(data, 0).expect("the embedded font is whole: a test reads it");
        let kerning = kerning(&face);
        Self {
            data,
            per_em: f64::from(face.units_per_em()),
            cap_height: f64::from(face.capital_height().unwrap_or_else(|| face.ascender())),
            ascent: f64::from(face.ascender()),
            descent: -f64::from(face.descender()),
            kerning,
            face,
        }
    }

    /// The glyph of a character; glyph 0, a box, for one the font lacks, nothing for one that never shows.
    pub(super) fn glyph(&self, c: char) -> Option<GlyphId> {
        if is_invisible(c) {
            return None;
        }
        let c = match c {
            '\u{22c5}' => '\u{b7}',
            c if c.is_whitespace() && self.face.glyph_index(c).is_none() => ' ',
            c => c,
        };
        Some(self.face.glyph_index(c).unwrap_or_default())
    }

    /// How far the pen moves after a glyph.
    pub(super) fn advance(&self, glyph: GlyphId) -> f64 {
        self.face.glyph_hor_advance(glyph).map_or(0.0, f64::from)
    }

    /// What is added to the advance of `left` before `right`.
    pub(super) fn kern(&self, left: GlyphId, right: GlyphId) -> f64 {
        self.kerning.iter().filter_map(|lookup| pair(lookup, left, right)).map(f64::from).sum()
    }

    /// The outline of a glyph, filled by the nonzero rule; none for spaces.
    pub(super) fn outline(&self, glyph: GlyphId) -> Option<Path> {
        let mut pen = Pen::default();
        self.face.outline_glyph(glyph, &mut pen)?;
        Some(pen.path)
    }

    /// The box around all glyphs: left, bottom, right, top.
    pub(super) fn bounds(&self) -> [f64; 4] {
        let all = self.face.global_bounding_box();
        [all.x_min, all.y_min, all.x_max, all.y_max].map(f64::from)
    }
}

/// Whether a character takes no room: controls, soft hyphens, marks of direction, combining accents.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The lookups of the feature `kern`.
fn kerning(face: &Face<'static>) -> Vec<Lookup<'static>> {
    let Some(table) = face.tables().gpos else { return Vec::new() };
    let Some(feature) = table.features.find(Tag::from_bytes(b"kern")) else { return Vec::new() };
    let mut indices: Vec<u16> = feature.lookup_indices.into_iter().collect();
    indices.sort_unstable();
    indices.dedup();
    indices.into_iter().filter_map(|index| table.lookups.get(index)).collect()
}

/// The adjustment of a pair: that of the first subtable which knows it (OpenType 1.9, chapter GPOS, lookup type 2).
fn pair(lookup: &Lookup<'static>, left: GlyphId, right: GlyphId) -> Option<i16> {
    lookup.subtables.into_iter::<PositioningSubtable<'_>>().find_map(|subtable| {
        let PositioningSubtable::Pair(pairs) = subtable else { return None };
        let index = pairs.coverage().get(left)?;
        let values = match pairs {
            PairAdjustment::Format1 { sets, .. } => sets.get(index)?.get(right),
            PairAdjustment::Format2 { classes, matrix, .. } => matrix.get((classes.0.get(left), classes.1.get(right))),
        };
        values.map(|(first, _)| first.x_advance)
    })
}

/// Collects an outline; quadratic curves become cubic ones, exactly.
#[derive(Default)]
struct Pen {
    path: Path,
    at: (f64, f64),
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.at = (x.into(), y.into());
        self.path.segments.push(Segment::Move(point(self.at)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.at = (x.into(), y.into());
        self.path.segments.push(Segment::Line(point(self.at)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (control, end) = ((f64::from(x1), f64::from(y1)), (f64::from(x), f64::from(y)));
        let towards = |from: (f64, f64)| {
            point((from.0 + (control.0 - from.0) * 2.0 / 3.0, from.1 + (control.1 - from.1) * 2.0 / 3.0))
        };
        self.path.segments.push(Segment::Cubic(towards(self.at), towards(end), point(end)));
        self.at = end;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let [a, b] = [(x1.into(), y1.into()), (x2.into(), y2.into())].map(point);
        self.at = (x.into(), y.into());
        self.path.segments.push(Segment::Cubic(a, b, point(self.at)));
    }

    fn close(&mut self) {
        self.path.segments.push(Segment::Close);
    }
}

fn point((x, y): (f64, f64)) -> Point {
    Point { x, y }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_of_units_and_labels_has_a_glyph_in_both_weights() {
        let signs = "0123456789−+±×·°µμ²³¹⁰⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃₄…–—’‰′″≤≥≈≠∞∂∑√ΔΩαβγσρθφλÅåÄöüßçñéèêŁőžŞđØřšÐþЖДйщ℃→←↑↓€";
        for weight in [Weight::Regular, Weight::Bold] {
            let missing: String =
                signs.chars().filter(|c| Font::of(weight).glyph(*c).is_none_or(|glyph| glyph.0 == 0)).collect();
            assert_eq!(missing, "");
        }
    }

    #[test]
    fn figures_and_minus_have_one_width() {
        for weight in [Weight::Regular, Weight::Bold] {
            let font = Font::of(weight);
            let mut widths: Vec<f64> =
                "0123456789−".chars().filter_map(|c| font.glyph(c)).map(|glyph| font.advance(glyph)).collect();
            widths.dedup();
            assert_eq!(widths.len(), 1);
        }
    }

    /// Numbers of fontTools 4.68 for the same file.
    #[test]
    fn kerning_brings_letters_together() {
        let font = Font::of(Weight::Regular);
        let kern = |l, r| font.glyph(l).zip(font.glyph(r)).map(|(l, r)| font.kern(l, r));
        assert_eq!([kern('A', 'V'), kern('T', 'o'), kern('H', 'H')], [-140.0, -160.0, 0.0].map(Some));
    }

    #[test]
    fn missing_glyphs_are_a_box_and_invisible_ones_nothing() {
        let font = Font::of(Weight::Regular);
        let missing = font.glyph('漢').map(|glyph| (glyph.0, font.outline(glyph).is_some()));
        assert_eq!((missing, font.glyph('\u{7}'), font.glyph('\n')), (Some((0, true)), None, font.glyph(' ')));
    }
}
