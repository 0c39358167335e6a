//! Where the items lie: their footprints over coastlines.

use std::collections::BTreeMap;

use figure::colour::cycle;
use figure::draw::html::{Figure, Page};
use figure::draw::{
    Align, Colour, Item as Shape, Path, Picture, Point, Rect, Segment, Stroke, Text, Valign, Weight, elide, svg,
};
use figure::geography::{Detail, borders, coastlines, lakes, land};
use figure::layout::{INK, Title, TitleBlock};
use figure::map::{Frame, Graticule, Resolution, Sides, graticule, lines, raster};
use pangeo::{Error, Result};
use projection::{Centre, Projection};
use search::Item;

use crate::calendar::counted;
use crate::facts;
use crate::footprint::{Footprint, Place, extent};

const LAND: Colour = Colour::rgb(235, 232, 226);
const SEA: Colour = Colour::rgb(247, 250, 252);
/// The longer side of the map, in picture units.
const SIDE: f64 = 720.0;
/// Around everything, and the room for labels of degrees.
const MARGIN: f64 = 14.0;
const LABELS: (f64, f64) = (46.0, 22.0);
/// A row of the legend.
const ROW: f64 = 17.0;
/// As many kinds as the legend names.
const MOST_KINDS: usize = 16;
/// To a thousandth of a degree footprints are the same on any map.
const GRAIN: f64 = 1e3;

/// The footprints of items by what the legend names, each different one once.
#[derive(Debug, Default)]
pub(crate) struct Map {
    by_collection: BTreeMap<String, BTreeMap<String, Prints>>,
    nowhere: u64,
}

/// Footprints that look alike, and of how many items they are.
#[derive(Debug, Default)]
struct Prints {
    prints: BTreeMap<Vec<(i64, i64)>, (Footprint, u64)>,
}

/// What the legend names.
struct Kind<'a> {
    name: String,
    prints: Vec<&'a (Footprint, u64)>,
}

impl Map {
    /// Add the footprint of an item.
    pub(crate) fn add(&mut self, item: &Item) {
        let print = Footprint::of(item);
        if print.is_empty() {
            self.nowhere += 1;
            return;
        }
        let grain = |&(x, y): &Place| ((x * GRAIN).round() as i64, (y * GRAIN).round() as i64);
        let key = print.outlines().flatten().map(grain).collect();
        let collection = facts::member(item, "collection").unwrap_or("no collection");
        let platforms = self.by_collection.entry(collection.to_owned()).or_default();
        let prints = platforms.entry(facts::platform(item).to_owned()).or_default();
        prints.prints.entry(key).or_insert((print, 0)).1 += 1;
    }

    /// How many items have neither geometry nor box.
    pub(crate) fn nowhere(&self) -> u64 {
        self.nowhere
    }

    /// Collections if there are several, else platforms.
    fn kinds(&self) -> Vec<Kind<'_>> {
        match self.by_collection.values().next() {
            Some(platforms) if self.by_collection.len() == 1 => platforms
                .iter()
                .map(|(name, prints)| Kind { name: name.clone(), prints: prints.prints.values().collect() })
                .collect(),
            _ => self
                .by_collection
                .iter()
                .map(|(name, platforms)| Kind {
                    name: name.clone(),
                    prints: platforms.values().flat_map(|p| p.prints.values()).collect(),
                })
                .collect(),
        }
    }
}

/// The map as a picture.
///
/// # Errors
/// [`Error::Data`] if no item says where it lies.
pub(crate) fn picture(map: &Map, title: &str) -> Result<Picture> {
    let kinds = map.kinds();
    let outlines = kinds.iter().flat_map(|kind| &kind.prints).flat_map(|(print, _)| print.outlines());
    let Some(around) = extent(outlines).map(with_room) else {
        return Err(Error::data("no item says where it lies", "the items found"));
    };
    let items: u64 = kinds.iter().flat_map(|kind| &kind.prints).map(|(_, count)| count).sum();
    let places: usize = kinds.iter().map(|kind| kind.prints.len()).sum();
    let second = format!("{}, {}", counted(items, "item"), counted(places as u64, "footprint"));
    let title = Title { text: title.to_owned(), second };
    let view = View::of(around)?;
    let (wide, high) = view.size();
    let width = wide + LABELS.0 + 2.0 * MARGIN;
    let block = TitleBlock::new(&title, 15.0, width - 2.0 * MARGIN);
    let mut shapes =
        block.draw(Rect { x: MARGIN, y: MARGIN - 8.0, width: width - 2.0 * MARGIN, height: block.height() });
    let top = MARGIN + block.height() + 4.0;
    let frame = view.frame(Rect { x: MARGIN + LABELS.0, y: top, width: wide, height: high });
    shapes.extend(view.draw(&frame, &kinds));
    let bottom = legend(&mut shapes, &kinds, (top + high + LABELS.1 + 4.0, width));
    let description = format!("Map of {}", title.second);
    Ok(Picture {
        width,
        height: bottom + MARGIN,
        background: Colour::WHITE,
        title: title.text,
        description,
        items: shapes,
    })
}

/// The map as a page.
///
/// # Errors
/// As [`picture`].
pub(crate) fn page(map: &Map, title: &str) -> Result<String> {
    let drawn = picture(map, title)?;
    Ok(figure::draw::html::page(&Page {
        title: &drawn.title,
        description: &drawn.description,
        figure: Figure::Svg(&svg(&drawn)),
        frames: &[],
        delay: std::time::Duration::ZERO,
        summary: "",
    }))
}

/// A part of the Earth with some room around it.
fn with_room([west, south, east, north]: [f64; 4]) -> [f64; 4] {
    // What is small is shown with what is around it, so that one sees where it is.
    let room = |length: f64| (0.25 * length).clamp(0.4, 8.0).max((3.0 - length) / 2.0);
    let (dx, dy) = (room(east - west), room(north - south));
    let (south, north) = ((south - dy).max(-90.0), (north + dy).min(90.0));
    let middle = west.midpoint(east);
    // Neither a ribbon nor a column.
    let least = (0.4 * (north - south)) / south.midpoint(north).to_radians().cos().max(0.2);
    let half = ((east - west) / 2.0 + dx).max(least).min(180.0);
    let lack = (0.35 * 2.0 * half * south.midpoint(north).to_radians().cos() - (north - south)).max(0.0) / 2.0;
    [middle - half, (south - lack).max(-90.0), middle + half, (north + lack).min(90.0)]
}

/// The part of the Earth that is shown, upright and with straight meridians, so that the dateline is no edge.
struct View {
    projection: Projection,
    plane: [f64; 4],
    west: f64,
    east: f64,
}

impl View {
    fn of([west, south, east, north]: [f64; 4]) -> Result<Self> {
        let failed = |error: projection::Error| Error::data(error.to_string(), "the map");
        let middle = (west.midpoint(east) + 180.0).rem_euclid(360.0) - 180.0;
        let centre = Centre { longitude: Some(middle), latitude: None };
        // Mercator keeps shapes; where it can't be, degrees are as long both ways.
        let regional = south > -75.0 && north < 75.0 && east - west < 120.0;
        let name = if regional { "mercator" } else { "platecarree" };
        let projection = Projection::parse(name, centre).map_err(failed)?;
        let y = |latitude: f64| projection.forward(middle, latitude).map(|at| at.1);
        let x = |longitude: f64| projection.forward(longitude, 0.0).map(|at| at.0);
        // Just inside the seam, which belongs to both sides.
        let half = ((east - west) / 2.0).min(180.0 - 1e-9);
        let corners = x(middle - half).zip(y(south)).zip(x(middle + half).zip(y(north)));
        let Some(((x0, y0), (x1, y1))) = corners else {
            return Err(Error::data("the footprints can't be shown", "the map"));
        };
        Ok(Self { projection, plane: [x0, y0, x1, y1], west, east })
    }

    fn size(&self) -> (f64, f64) {
        let aspect = Frame::aspect(self.plane);
        if aspect >= 1.0 { (SIDE, (SIDE / aspect).ceil()) } else { ((SIDE * aspect).ceil().max(330.0), SIDE) }
    }

    fn frame(&self, area: Rect) -> Frame {
        Frame::fit(self.projection.clone(), self.plane, area, 1.0)
    }

    fn detail(&self) -> Detail {
        if self.east - self.west < 100.0 { Detail::Medium } else { Detail::Low }
    }

    fn draw(&self, frame: &Frame, kinds: &[Kind<'_>]) -> Vec<Shape> {
        let ground = land(self.detail());
        let threads = std::thread::available_parallelism().unwrap_or(std::num::NonZero::<usize>::MIN);
        let resolution = Resolution { pixels_per_unit: 2.0, threads };
        let colour = |x: f64, y: f64| if ground.contains(x, y) { LAND } else { SEA };
        let mut inside = vec![raster(frame, resolution, &colour)];
        let thin = |grey: u8, width: f64| Stroke::solid(Colour::grey(grey), width).rounded();
        inside.push(lines(frame, borders(self.detail()).iter(), thin(150, 0.6)));
        inside.push(lines(frame, lakes(self.detail()).iter(), thin(90, 0.5)));
        inside.push(lines(frame, coastlines(self.detail()).iter(), thin(60, 0.8)));
        // Where many lie upon each other each is fainter, so that all together do not hide the map.
        let deep = depth(kinds);
        let part = |whole: f64, count: f64| (255.0 * (1.0 - (1.0 - whole).powf(1.0 / count))).round().max(2.0) as u8;
        let (fill, line) = (part(0.25, deep), part(0.95, deep.sqrt()));
        for is_line in [false, true] {
            for (at, kind) in kinds.iter().enumerate() {
                let colour = cycle(at).with_alpha(if is_line { line } else { fill });
                inside.extend(kind.prints.iter().flat_map(|(print, _)| self.print(frame, print, (colour, is_line))));
            }
        }
        let style = Graticule { stroke: None, size: 10.0, colour: INK, sides: Sides { left: true, below: true } };
        let (grid, labels) = graticule(frame, &style);
        inside.extend(grid);
        let mut shapes = vec![Shape::Clip(frame.border(), inside)];
        shapes.push(Shape::Stroke(frame.border(), Stroke::solid(INK, 0.9)));
        shapes.extend(labels);
        shapes
    }

    /// The lines or the insides of a footprint, once for each turn of the Earth at which it is in the frame.
    fn print(&self, frame: &Frame, print: &Footprint, (colour, is_line): (Colour, bool)) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for turn in [-720.0, -360.0, 0.0, 360.0, 720.0] {
            let seen = |line: &Vec<Place>| {
                let longitudes = || line.iter().map(|place| place.0 + turn);
                longitudes().any(|x| x >= self.west) && longitudes().any(|x| x <= self.east)
            };
            for rings in print.polygons.iter().filter(|rings| rings.first().is_some_and(seen)) {
                let segments = rings.iter().flat_map(|ring| self.path(frame, ring, turn, is_line).segments);
                let path = Path { segments: segments.collect() };
                shapes.push(if is_line { Shape::Stroke(path, line(colour)) } else { Shape::Fill(path, colour) });
            }
            for places in print.lines.iter().filter(|line| is_line && seen(line)) {
                match places.as_slice() {
                    &[only] => shapes.push(Shape::Fill(dot(self.point(frame, only, turn), 3.0), colour)),
                    _ => shapes.push(Shape::Stroke(self.path(frame, places, turn, true), line(colour))),
                }
            }
        }
        shapes
    }

    /// A line, and if `cut` without what runs along the dateline: there polygons are cut in two (RFC 7946, section 3.1.9).
    fn path(&self, frame: &Frame, line: &[Place], turn: f64, cut: bool) -> Path {
        let mut segments = Vec::with_capacity(line.len());
        let mut last: Option<Place> = None;
        for place in line {
            let along = last.is_some_and(|last| last.0 == place.0 && place.0.rem_euclid(360.0) == 180.0);
            let at = self.point(frame, *place, turn);
            let begins = last.is_none() || (cut && along);
            segments.push(if begins { Segment::Move(at) } else { Segment::Line(at) });
            last = Some(*place);
        }
        Path { segments }
    }

    /// A place on the map or beside it: x grows with the longitude, whatever side of the dateline it is on.
    fn point(&self, frame: &Frame, (longitude, latitude): Place, turn: f64) -> Point {
        let part = (longitude + turn - self.west) / (self.east - self.west);
        let middle = self.west.midpoint(self.east);
        // Mercator's poles are nowhere: as far as it is drawn is far enough.
        let y = frame.place(middle, latitude.clamp(-89.0, 89.0)).or_else(|| frame.place(middle, latitude));
        Point { x: frame.rect.x + part * frame.rect.width, y: y.map_or(frame.rect.y, |at| at.y) }
    }
}

fn line(colour: Colour) -> Stroke {
    Stroke::solid(colour, 1.0).rounded()
}

/// How many footprints lie upon each other about: their areas in all upon that of the box around them.
fn depth(kinds: &[Kind<'_>]) -> f64 {
    let all = || kinds.iter().flat_map(|kind| &kind.prints).flat_map(|(print, _)| print.outlines());
    let size = |ring: &Vec<Place>| {
        let pairs = ring.iter().zip(ring.iter().skip(1));
        pairs.map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs() / 2.0
    };
    let around = extent(all()).map_or(0.0, |[west, south, east, north]| (east - west) * (north - south));
    if around > 0.0 { (all().map(size).sum::<f64>() / around).max(1.0) } else { 1.0 }
}

/// A small square, for a place without extent.
fn dot(at: Point, radius: f64) -> Path {
    let corner = |x: f64, y: f64| Point { x: at.x + x * radius, y: at.y + y * radius };
    let corners = [corner(0.0, -1.0), corner(1.0, 0.0), corner(0.0, 1.0), corner(-1.0, 0.0)];
    let mut segments: Vec<Segment> = corners.into_iter().map(Segment::Line).collect();
    if let Some(first) = segments.first_mut() {
        *first = Segment::Move(corners[0]);
    }
    segments.push(Segment::Close);
    Path { segments }
}

/// What the colours mean; where the next line begins.
fn legend(shapes: &mut Vec<Shape>, kinds: &[Kind<'_>], (mut y, width): (f64, f64)) -> f64 {
    let mut row = |colour: Option<Colour>, text: &str| {
        if let Some(colour) = colour {
            let swatch = Rect { x: MARGIN + LABELS.0, y: y + 2.0, width: 20.0, height: ROW - 6.0 };
            shapes.push(Shape::Fill(swatch.into(), colour.with_alpha(60)));
            shapes.push(Shape::Stroke(swatch.into(), Stroke::solid(colour, 1.2)));
        }
        let place = Point { x: MARGIN + LABELS.0 + 28.0, y: y + ROW / 2.0 };
        let text = elide(text, 11.0, Weight::Regular, width - place.x - MARGIN);
        shapes.push(Shape::Text(Text::new(text, place, 11.0, INK, (Align::Start, Valign::Middle))));
        y += ROW;
    };
    for (at, kind) in kinds.iter().take(MOST_KINDS).enumerate() {
        let items: u64 = kind.prints.iter().map(|(_, count)| count).sum();
        row(Some(cycle(at)), &format!("{}: {}", kind.name, counted(items, "item")));
    }
    if kinds.len() > MOST_KINDS {
        row(None, &format!("and {} more", kinds.len() - MOST_KINDS));
    }
    y
}
