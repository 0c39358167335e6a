//! Texts of a PDF file and the parts of the font that they need.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str};
use subsetter::GlyphRemapper;
use ttf_parser::GlyphId;

use super::super::Weight;
use super::super::deflate::zlib;
use super::super::font::Font;
use super::super::text::{Line, Placed, Stand};
use super::number;
use crate::{Error, Result};

/// The characters that glyphs of each weight stand for.
#[derive(Default)]
pub(super) struct Faces {
    regular: Face,
    bold: Face,
}

#[derive(Default)]
struct Face {
    /// Glyphs in the order of their use, which is that of their numbers in the file.
    numbers: GlyphRemapper,
    /// By the number in the file: the glyph and the first character that it showed.
    shows: BTreeMap<u16, (GlyphId, char)>,
}

impl Face {
    fn number(&mut self, glyph: &Placed) -> u16 {
        let number = self.numbers.remap(glyph.glyph.0);
        self.shows.entry(number).or_insert((glyph.glyph, glyph.shows));
        number
    }
}

impl Faces {
    /// Writes a line of text where it stands, in the colour that is set.
    pub(super) fn show(&mut self, content: &mut Content, line: &Line, stand: &Stand, weight: Weight) {
        let (face, name) = match weight {
            Weight::Regular => (&mut self.regular, REGULAR),
            Weight::Bold => (&mut self.bold, BOLD),
        };
        content.begin_text();
        for run in line.glyphs.chunk_by(|a, b| a.scale == b.scale && a.rise == b.rise) {
            let Some(first) = run.first() else { continue };
            content.set_font(Name(name), number(line.size * first.scale));
            let place = stand.at(first.x, first.rise);
            let [a, b, c, d] = [stand.along.0, stand.along.1, stand.up.0, stand.up.1].map(|part| part as f32);
            content.set_text_matrix([a, b, c, d, number(place.x), number(place.y)]);
            let mut shown = content.show_positioned();
            let mut items = shown.items();
            let mut pen = first.x;
            for glyph in run {
                // Thousandths of the size, to the left.
                let shift = ((pen - glyph.x) / line.unit(glyph) / line.font.per_em * 1000.0).round();
                if shift != 0.0 {
                    items.adjust(shift as f32);
                }
                items.show(Str(&face.number(glyph).to_be_bytes()));
                pen = glyph.x + line.font.advance(glyph.glyph) * line.unit(glyph);
            }
        }
        content.end_text();
    }

    /// Writes the fonts in use; their names and objects.
    pub(super) fn write(&self, pdf: &mut Pdf, free: &mut impl FnMut() -> Ref) -> Result<BTreeMap<String, Ref>> {
        let mut names = BTreeMap::new();
        for (face, weight, name) in [(&self.regular, Weight::Regular, REGULAR), (&self.bold, Weight::Bold, BOLD)] {
            if !face.shows.is_empty() {
                let id = face.write(pdf, weight, free)?;
                names.insert(String::from_utf8_lossy(name).into_owned(), id);
            }
        }
        Ok(names)
    }
}

const REGULAR: &[u8] = b"regular";
const BOLD: &[u8] = b"bold";
const SYSTEM: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

impl Face {
    fn write(&self, pdf: &mut Pdf, weight: Weight, free: &mut impl FnMut() -> Ref) -> Result<Ref> {
        let font = Font::of(weight);
        let encode = |what: String| Error::Encode { format: "PDF", what };
        let file = subsetter::subset(font.data, 0, &self.numbers).map_err(|cause| encode(format!("font: {cause}")))?;
        let name = self.name(weight);
        let [id, cid, descriptor, unicode, stream] = [free(), free(), free(), free(), free()];
        pdf.type0_font(id)
            .base_font(Name(name.as_bytes()))
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        self.widths(pdf, cid, descriptor, font, &name);
        descriptor_of(pdf, descriptor, stream, font, &name);
        let mut cmap = UnicodeCmap::new(Name(b"Custom"), SYSTEM);
        self.shows.iter().for_each(|(number, (_, shows))| cmap.pair(*number, *shows));
        pdf.cmap(unicode, &zlib("PDF", &cmap.finish(), 6)?).filter(Filter::FlateDecode);
        let length = i32::try_from(file.len()).map_err(|_| encode("font too large".to_owned()))?;
        pdf.stream(stream, &zlib("PDF", &file, 9)?).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
        Ok(id)
    }

    fn widths(&self, pdf: &mut Pdf, id: Ref, descriptor: Ref, font: &Font, name: &str) {
        let mut cid = pdf.cid_font(id);
        cid.subtype(CidFontType::Type2).base_font(Name(name.as_bytes())).system_info(SYSTEM);
        cid.font_descriptor(descriptor).default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = cid.widths();
        for (index, (glyph, _)) in &self.shows {
            let width = font.advance(*glyph) / font.per_em * 1000.0;
            widths.consecutive(*index, [number(width)]);
        }
    }

    /// The name of a font in part: six letters that are others for other parts, and the name of the whole.
    fn name(&self, weight: Weight) -> String {
        let mut sum = libdeflater::Crc::new();
        self.shows.values().for_each(|(glyph, _)| sum.update(&glyph.0.to_be_bytes()));
        let sum = sum.sum();
        let letters: String = (0..6).map(|place| char::from(b'A' + (sum >> (4 * place) & 15) as u8)).collect();
        let whole = if weight == Weight::Bold { "Inter-SemiBold" } else { "Inter-Regular" };
        format!("{letters}+{whole}")
    }
}

fn descriptor_of(pdf: &mut Pdf, id: Ref, stream: Ref, font: &Font, name: &str) {
    let scaled = |value: f64| number(value / font.per_em * 1000.0);
    let [left, bottom, right, top] = font.bounds().map(scaled);
    let mut descriptor = pdf.font_descriptor(id);
    descriptor.name(Name(name.as_bytes())).flags(FontFlags::SYMBOLIC).bbox(Rect::new(left, bottom, right, top));
    descriptor.italic_angle(0.0).ascent(scaled(font.ascent)).descent(-scaled(font.descent));
    // The width of stems is asked for and used by no reader that has the outlines.
    descriptor.cap_height(scaled(font.cap_height)).stem_v(90.0).font_file2(stream);
    descriptor.finish();
}
