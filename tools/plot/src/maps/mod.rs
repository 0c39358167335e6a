//! Maps: which cells, which part of the Earth, and what is drawn on it.

mod contours;
mod ground;
mod place;
mod points;
mod winds;

use std::num::NonZero;

use figure::chart::Margins;
use figure::colour::Palette;
use figure::draw::{Colour, Item, Rect, Stroke};
use figure::geography::{Land, land};
use figure::layout::INK;
use figure::map::{Frame, Graticule, Resolution, Sides, graticule, is_disc, raster};
use pangeo::Result;
use pangeo::engine::Engine;
use pangeo::grid::{Grid, Locator, Places, projected};

use crate::parse::Extent;
use crate::request::Plot;
use crate::slice::{Field, Source, Steps};
use place::View;
use winds::Winds;

/// Where missing cells and places without cells have their colours.
const LAND: Colour = Colour::rgb(235, 232, 226);
const SEA: Colour = Colour::rgb(247, 250, 252);

/// All of a map but its values.
#[derive(Debug)]
pub(crate) struct Map<'a> {
    pub(crate) field: Field<'a>,
    grid: Grid,
    /// Which cell holds a place; `None` where cells are points.
    locator: Option<Locator>,
    winds: Option<Winds<'a>>,
    view: View,
    request: &'a Plot,
    threads: NonZero<usize>,
}

impl<'a> Map<'a> {
    /// A map of the variable `name`.
    ///
    /// # Errors
    /// Where it lies on no grid, or nothing tells where the cells are.
    pub(crate) fn new(source: &'a Source, name: &str, request: &'a Plot, threads: usize) -> Result<Self> {
        let field = source.field(name)?;
        let Some(grid) = field.grid.clone() else {
            return Err(field
                .error("no map without latitudes and longitudes")
                .with_hint("another --kind, such as timeseries"));
        };
        let grid = projected::placed(grid, &source.dataset, &source.roles, name)?;
        let locator = locator(source, &grid, name)?;
        let view = View::of(request, &grid)?;
        if let Extent::Box(area) = request.projected.extent
            && !reaches(&grid, locator.as_ref(), area)
        {
            return Err(place::outside(area, &grid).in_file(&source.dataset.source));
        }
        let winds = match request.projected.vectors.as_slice() {
            [u, v] => Some(Winds::new(source, u, v, &grid)?),
            _ => None,
        };
        let threads = NonZero::new(threads).unwrap_or(NonZero::<usize>::MIN);
        Ok(Self { field, grid, locator, winds, view, request, threads })
    }

    /// How many times as wide as high it is.
    pub(crate) fn aspect(&self) -> f64 {
        Frame::aspect(self.view.extent)
    }

    /// The values of the cells, rows slowest.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) fn values(&self, steps: &Steps, engine: &Engine) -> Result<Vec<f64>> {
        self.field.cells(steps, engine)
    }

    /// Room for the labels of degrees, which stand at the left and below where they are wanted; around discs.
    pub(crate) fn margins(&self, small: bool, (left, below): (bool, bool)) -> Margins {
        let room = |wanted: bool, room: f64| if wanted && self.labelled(small) { room } else { 2.0 };
        if self.labelled(small) && is_disc(&self.view.projection, self.view.extent) {
            return Margins { left: 46.0, top: 18.0, right: 46.0, bottom: 20.0 };
        }
        Margins { left: room(left, 46.0), bottom: room(below, 20.0), ..Margins::default() }
    }

    /// Rectangular maps have labels of degrees always, others with their lines unless they are panels.
    fn labelled(&self, small: bool) -> bool {
        self.view.rectangular || (!small && self.request.projected.grid)
    }

    /// The map of `values` in `area`, `small` as one of several panels, with labels of degrees at its left and below.
    ///
    /// # Errors
    /// When vectors can't be read or contours can't be drawn.
    pub(crate) fn draw(
        &self,
        values: &[f64],
        steps: &Steps,
        palette: &Palette,
        area: Rect,
        (small, (left, below)): (bool, (bool, bool)),
        engine: &Engine,
    ) -> Result<Vec<Item>> {
        let pixels_per_unit = self.request.pixels_per_unit();
        let frame = Frame::fit(self.view.projection.clone(), self.view.extent, area, pixels_per_unit);
        let resolution = Resolution { pixels_per_unit, threads: self.threads };
        let ground = land(self.detail());
        let mut inside = vec![raster(&frame, resolution, &|x, y| self.pixel(values, palette, ground, x, y))];
        if self.request.values.contour {
            inside.extend(contours::draw(&frame, &self.grid, values, palette, &self.field)?);
        }
        inside.extend(ground::lines(&frame, &self.request.projected, self.detail(), (small, is_dark(palette))));
        let grid = self.request.projected.grid;
        let stroke = Stroke::solid(Colour::grey(90).with_alpha(110), 0.6);
        let size = if self.labelled(small) { 10.0 } else { 0.0 };
        let sides = Sides { left, below };
        let style = Graticule { stroke: grid.then_some(stroke), size, colour: INK, sides };
        let (lines, labels) = graticule(&frame, &style);
        inside.extend(lines);
        if self.locator.is_none() {
            inside.extend(points::draw(&frame, &self.grid, values, palette, small));
        }
        if let (Some(winds), Some(locator)) = (&self.winds, &self.locator) {
            inside.extend(winds.draw(&frame, locator, (steps, is_dark(palette)), engine)?);
        }
        let mut items = vec![frame.clipped(inside)];
        let edge = Stroke::solid(INK, 0.9);
        items.push(Item::Clip(frame.border(), vec![Item::Stroke(frame.outline(), edge.clone())]));
        if self.view.rectangular {
            items.push(Item::Stroke(frame.border(), edge));
        }
        items.extend(labels);
        if let Some(winds) = &self.winds {
            items.extend(winds.key(&frame));
        }
        Ok(items)
    }

    fn detail(&self) -> figure::geography::Detail {
        self.view.detail
    }

    /// The colour of a place: that of its cell, else of land or sea.
    fn pixel(&self, values: &[f64], palette: &Palette, ground: &Land, longitude: f64, latitude: f64) -> Colour {
        let cell = self.locator.as_ref().and_then(|locator| locator.cell(longitude, latitude));
        match cell.and_then(|cell| values.get(cell)) {
            Some(value) => palette.colour(*value),
            None if ground.contains(longitude, latitude) => LAND,
            None => SEA,
        }
    }
}

/// Whether some colours are so dark that dark lines do not show upon them.
fn is_dark(palette: &Palette) -> bool {
    // Rec. 709, in parts of white.
    let light = |c: Colour| 0.2126 * f64::from(c.r) + 0.7152 * f64::from(c.g) + 0.0722 * f64::from(c.b);
    palette.blocks().iter().any(|block| light(block.colour) < 70.0)
}

/// Whether a cell or place is within west, south, east and north.
fn reaches(grid: &Grid, locator: Option<&Locator>, [west, south, east, north]: [f64; 4]) -> bool {
    const SAMPLES: u32 = 64;
    let wide = place::wide(west, east);
    let part = |i: u32| (f64::from(i) + 0.5) / f64::from(SAMPLES);
    let holds = |locator: &Locator| {
        let at = |i: u32, j: u32| locator.cell(west + part(i) * wide, south + part(j) * (north - south));
        (0..SAMPLES).any(|j| (0..SAMPLES).any(|i| at(i, j).is_some()))
    };
    let within = |(longitude, latitude): (f64, f64)| {
        (south..=north).contains(&latitude) && (longitude - west).rem_euclid(360.0) <= wide
    };
    locator.is_some_and(holds) || (0..grid.len()).filter_map(|cell| grid.place(cell)).any(within)
}

/// As many places as are drawn as dots where nothing tells their extent.
const MOST_POINTS: usize = 3000;

/// Cells by their corners; where nothing tells those, by their centres, or as dots where they are few.
fn locator(source: &Source, grid: &Grid, name: &str) -> Result<Option<Locator>> {
    match projected::corners_of(&source.dataset, &source.roles, grid, name) {
        Ok(corners) => Ok(Some(Locator::new(corners))),
        Err(_) if grid.cells.is_some() && grid.len() <= MOST_POINTS => Ok(None),
        Err(_) if matches!(&grid.places, Places::PerCell { .. }) && grid.len() > 4 => {
            Ok(Some(Locator::of_centres(grid)))
        }
        Err(error) => Err(error),
    }
}
