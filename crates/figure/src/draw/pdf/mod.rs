//! PDF files (ISO 32000-1:2008), one page.

mod fonts;
mod image;

use std::collections::{BTreeMap, BTreeSet};

use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Content, Finish, Name, Pdf, Rect as Box, Ref, TextStr};

use self::fonts::Faces;
use self::image::Pictures;
use super::deflate::zlib;
use super::text::{Line, Stand};
use super::{Colour, Image, Item, Path, Picture, Rect, Segment, Stroke, Text, sane};
use crate::{Error, Result};

/// Points of 1/72 inch in a picture unit.
const POINTS: f64 = 0.72;
/// The longest side of a page in points (ISO 32000-1, annex C).
const LONGEST: f64 = 14_400.0;

/// The picture as a PDF file of a page of its size. Texts can be searched and copied; their font is embedded as far as
/// it is used.
///
/// # Errors
///
/// A picture without area, or with a side above 200 inches.
pub fn pdf(picture: &Picture) -> Result<Vec<u8>> {
    let fits = |side: f64| (0.01..=LONGEST).contains(&(side * POINTS));
    if !(fits(picture.width) && fits(picture.height)) {
        let [wide, high] = [picture.width, picture.height].map(|units| units / 100.0);
        let what = format!("cannot make a page of {wide} × {high} inches");
        return Err(Error::request(what).hint("choose a size of at most 200 inches a side"));
    }
    let mut page = Page {
        content: Content::new(),
        faces: Faces::default(),
        pictures: Pictures::default(),
        veils: BTreeSet::new(),
        picture,
    };
    page.begin();
    page.items(&picture.items)?;
    page.file()
}

/// Numbers of the objects that every file has; fonts and images have the ones after them.
const CATALOG: i32 = 1;
const PAGES: i32 = 2;
const PAGE: i32 = 3;
const CONTENT: i32 = 4;
const INFO: i32 = 5;
const FREE: i32 = 6;

struct Page<'a> {
    content: Content,
    faces: Faces,
    pictures: Pictures,
    /// The opacities in use.
    veils: BTreeSet<u8>,
    picture: &'a Picture,
}

impl Page<'_> {
    /// Picture units with y downwards, and the background.
    fn begin(&mut self) {
        let high = number(self.picture.height * POINTS);
        self.content.transform([POINTS as f32, 0.0, 0.0, -POINTS as f32, 0.0, high]);
        if self.picture.background.a > 0 {
            self.content.save_state();
            self.paint(self.picture.background);
            self.content.rect(0.0, 0.0, number(self.picture.width), number(self.picture.height));
            self.content.fill_nonzero();
            self.content.restore_state();
        }
    }

    fn items(&mut self, items: &[Item]) -> Result<()> {
        for item in items {
            self.content.save_state();
            match item {
                Item::Fill(path, colour) => {
                    self.paint(*colour);
                    if self.path(sane::steps(path)) {
                        self.content.fill_even_odd();
                    }
                }
                Item::Stroke(path, stroke) => self.stroke(path, stroke),
                Item::Image(image, rect) => self.image(image, *rect)?,
                Item::Text(text) => self.text(text),
                Item::Clip(path, items) => {
                    if self.path(sane::steps(path)) {
                        self.content.clip_even_odd();
                        self.content.end_path();
                        self.items(items)?;
                    }
                }
            }
            self.content.restore_state();
        }
        Ok(())
    }

    /// The colour of fills and lines to come.
    fn paint(&mut self, colour: Colour) {
        let part = |value: u8| (f32::from(value) / 255.0 * 1e4).round() / 1e4;
        let [r, g, b] = [colour.r, colour.g, colour.b].map(part);
        self.content.set_fill_rgb(r, g, b);
        self.content.set_stroke_rgb(r, g, b);
        if colour.a < 255 {
            self.veils.insert(colour.a);
            self.content.set_parameters(Name(veil(colour.a).as_bytes()));
        }
    }

    /// Adds a path; whether there is one.
    fn path(&mut self, steps: impl Iterator<Item = Segment>) -> bool {
        let mut any = false;
        for step in steps {
            any = true;
            match step {
                Segment::Move(p) => self.content.move_to(number(p.x), number(p.y)),
                Segment::Line(p) => self.content.line_to(number(p.x), number(p.y)),
                Segment::Cubic(a, b, c) => {
                    let [ax, ay, bx, by, cx, cy] = [a.x, a.y, b.x, b.y, c.x, c.y].map(number);
                    self.content.cubic_to(ax, ay, bx, by, cx, cy)
                }
                Segment::Close => self.content.close_path(),
            };
        }
        any
    }

    fn stroke(&mut self, path: &Path, stroke: &Stroke) {
        if sane::shows(stroke) {
            let steps = sane::stroked(path, stroke, self.picture);
            self.pen(stroke);
            if self.path(steps.into_iter()) {
                self.content.stroke();
            }
        }
    }

    fn pen(&mut self, stroke: &Stroke) {
        self.paint(stroke.colour);
        self.content.set_line_width(number(stroke.width));
        self.content.set_miter_limit(4.0);
        if stroke.round {
            self.content.set_line_cap(LineCapStyle::RoundCap);
            self.content.set_line_join(LineJoinStyle::RoundJoin);
        }
        if let Some(dashes) = sane::dashes(stroke) {
            self.content.set_dash_pattern(dashes.into_iter().map(number), 0.0);
        }
    }

    fn image(&mut self, image: &Image, rect: Rect) -> Result<()> {
        let sides = [rect.x, rect.y, rect.width, rect.height];
        let drawn =
            sides.iter().all(|side| side.is_finite() && side.abs() <= 1e6) && rect.width > 0.0 && rect.height > 0.0;
        if drawn && let Some(name) = self.pictures.add(image)? {
            let [x, bottom, width, height] = [rect.x, rect.y + rect.height, rect.width, rect.height].map(number);
            self.content.transform([width, 0.0, 0.0, -height, x, bottom]);
            self.content.x_object(Name(name.as_bytes()));
        }
        Ok(())
    }

    fn text(&mut self, text: &Text) {
        let line = Line::new(&text.text, text.size, text.weight);
        let stand = Stand::new(text, &line);
        if line.size == 0.0 || line.glyphs.is_empty() || !(stand.origin.x.is_finite() && stand.origin.y.is_finite()) {
            return;
        }
        // As outlines: the same text twice would be found and copied twice.
        if let Some(halo) = sane::halo(text) {
            self.content.save_state();
            self.pen(&halo);
            if self.path(sane::steps(&stand.outline(&line))) {
                self.content.stroke();
            }
            self.content.restore_state();
        }
        self.paint(text.colour);
        self.faces.show(&mut self.content, &line, &stand, text.weight);
    }

    fn file(mut self) -> Result<Vec<u8>> {
        let mut pdf = Pdf::new();
        let [catalog, pages, page, content, info] = [CATALOG, PAGES, PAGE, CONTENT, INFO].map(Ref::new);
        let mut root = pdf.catalog(catalog);
        root.pages(pages);
        root.viewer_preferences().display_doc_title(true);
        root.finish();
        pdf.pages(pages).kids([page]).count(1);
        let mut next = FREE;
        let mut free = || {
            next += 1;
            Ref::new(next - 1)
        };
        let fonts = self.faces.write(&mut pdf, &mut free)?;
        let images = self.pictures.write(&mut pdf, &mut free);
        self.page(&mut pdf, &fonts, &images);
        let drawing = std::mem::replace(&mut self.content, Content::new()).finish();
        pdf.stream(content, &zlib("PDF", &drawing, 6)?).filter(pdf_writer::Filter::FlateDecode);
        let mut about = pdf.document_info(info);
        for (text, title) in [(&self.picture.title, true), (&self.picture.description, false)] {
            if !text.is_empty() {
                if title {
                    about.title(TextStr(text))
                } else {
                    about.subject(TextStr(text))
                };
            }
        }
        about.finish();
        Ok(pdf.finish())
    }

    fn page(&self, pdf: &mut Pdf, fonts: &BTreeMap<String, Ref>, images: &BTreeMap<String, Ref>) {
        let mut page = pdf.page(Ref::new(PAGE));
        let [wide, high] = [self.picture.width, self.picture.height].map(|side| number(side * POINTS));
        page.media_box(Box::new(0.0, 0.0, wide, high));
        page.parent(Ref::new(PAGES));
        page.contents(Ref::new(CONTENT));
        let mut resources = page.resources();
        let mut list = resources.fonts();
        for (name, id) in fonts {
            list.pair(Name(name.as_bytes()), *id);
        }
        list.finish();
        let mut list = resources.x_objects();
        for (name, id) in images {
            list.pair(Name(name.as_bytes()), *id);
        }
        list.finish();
        let mut list = resources.ext_g_states();
        for alpha in &self.veils {
            let part = f32::from(*alpha) / 255.0;
            let name = veil(*alpha);
            let mut state = list.insert(Name(name.as_bytes())).start::<pdf_writer::writers::ExtGraphicsState<'_>>();
            state.non_stroking_alpha(part).stroking_alpha(part);
        }
    }
}

fn veil(alpha: u8) -> String {
    format!("a{alpha}")
}

/// Thousandths of a unit are finer than anything printed.
fn number(value: f64) -> f32 {
    ((value * 1e3).round() / 1e3) as f32
}
