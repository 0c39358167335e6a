//! From the entries of a grid description to a target.

use super::entries::Entries;
use crate::grid::gaussian_latitudes;
use crate::grid::target::Target;
use crate::grid::target::made::{MOST_ALONG, Made, container, coordinate, dimension, geographic};
use crate::model::{Attributes, Buffer};
use crate::{Error, Result};

/// The kinds of grids that are made.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    LonLat,
    Gaussian,
    Curvilinear,
    Unstructured,
    Projection,
}

/// The kind that the description says, which must be one that can be made.
fn kind_of(given: &Entries) -> Result<Kind> {
    let text = given.text("gridtype").ok_or_else(|| given.at("gridtype", "no gridtype is given"))?;
    Ok(match text.to_ascii_lowercase().as_str() {
        // Descriptions of old gave the pole beside.
        "lonlat" | "latlon" if given.has("xnpole") || given.has("ynpole") => Kind::Projection,
        "lonlat" | "latlon" => Kind::LonLat,
        "gaussian" => Kind::Gaussian,
        "curvilinear" => Kind::Curvilinear,
        "unstructured" | "cell" => Kind::Unstructured,
        "projection" => Kind::Projection,
        _ => {
            return Err(given
                .at("gridtype", &format!("a grid of type '{text}' is not made"))
                .with_hint("lonlat, gaussian, curvilinear, unstructured and projection are"));
        }
    })
}

pub(super) fn target(given: &Entries) -> Result<Target> {
    let kind = kind_of(given)?;
    let mut made = Made::default();
    match kind {
        Kind::LonLat | Kind::Gaussian | Kind::Projection => planar(given, kind, &mut made)?,
        Kind::Curvilinear | Kind::Unstructured => per_cell(given, kind, &mut made)?,
    }
    let cells = made.along.iter().fold(1usize, |n, d| n.saturating_mul(d.length));
    if let Some(size) = given.count("gridsize")?.filter(|size| *size != cells) {
        return Err(given.at("gridsize", &format!("gridsize is {size}, but there are {cells} cells")));
    }
    if given.more {
        made.notes.push(format!("{} describes several grids: the first is taken", given.place));
    }
    if given.has("mask") {
        made.notes.push(format!("the mask in {} is not used", given.place));
    }
    made.target(&given.place).map_err(|error| match error {
        Error::Data { what, place, hint } if hint.is_none() => {
            Error::Data { what, place, hint: Some("see 'cdo griddes FILE' for a description that has all".to_owned()) }
        }
        other => other,
    })
}

/// The letter of an axis and the words that go with it.
struct Side<'a> {
    given: &'a Entries,
    letter: char,
}

impl Side<'_> {
    fn key(&self, rest: &str) -> String {
        format!("{}{rest}", self.letter)
    }

    fn is_y(&self) -> bool {
        self.letter == 'y'
    }

    fn text(&self, rest: &str) -> Option<String> {
        self.given.text(&self.key(rest))
    }

    /// A name for a variable or dimension.
    fn name(&self, rest: &str, otherwise: &str) -> Result<String> {
        let key = self.key(rest);
        let name = self.given.text(&key).unwrap_or_else(|| otherwise.to_owned());
        let fine = name.len() <= 128 && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/');
        if fine { Ok(name) } else { Err(self.given.at(&key, &format!("'{name}' is no name of a variable"))) }
    }

    fn numbers(&self, rest: &str) -> Result<Vec<f64>> {
        self.given.numbers(&self.key(rest))
    }

    fn wrong(&self, rest: &str, what: &str) -> Error {
        self.given.at(&self.key(rest), &format!("{}{rest}: {what}", self.letter))
    }

    /// How many cells along the axis: as said, else as many as there are values.
    fn size(&self, kind: Kind) -> Result<usize> {
        let said = self.given.count(&self.key("size"))?;
        let values = self.numbers("vals")?.len();
        let np = if kind == Kind::Gaussian && self.is_y() {
            self.given.count("np")?.or(self.given.count("numLPE")?).and_then(|np| np.checked_mul(2))
        } else {
            None
        };
        let size = said.or(Some(values).filter(|n| *n > 0)).or(np);
        let size = size.ok_or_else(|| self.wrong("size", "neither it nor values are given"))?;
        if size > MOST_ALONG {
            return Err(self.wrong("size", &format!("{size} is too large")));
        }
        if values > 0 && values != size {
            return Err(self.wrong("vals", &format!("there are {values} values for {size} cells")));
        }
        Ok(size)
    }

    /// The values along the axis: as given, by their first and increment, or what a global grid has.
    fn values(&self, kind: Kind) -> Result<Vec<f64>> {
        let size = self.size(kind)?;
        let values = self.numbers("vals")?;
        if !values.is_empty() {
            return Ok(values);
        }
        let number = |rest: &str| self.given.number(&self.key(rest));
        let (first, step) = (number("first")?, number("inc")?);
        if kind == Kind::Gaussian && self.is_y() {
            let mut rows = gaussian_rows(size).ok_or_else(|| self.wrong("size", "it is no even number up to 16384"))?;
            if first.is_some_and(|first| first < 0.0) {
                rows.reverse();
            }
            return Ok(rows);
        }
        let globe = kind != Kind::Projection && !self.is_y();
        let step = match step {
            Some(step) if step != 0.0 => step,
            _ if size == 1 => 0.0,
            None if globe => 360.0 / size as f64,
            _ => return Err(self.wrong("inc", "neither it nor yvals or xvals are given")),
        };
        let first = first.or(globe.then_some(0.0)).ok_or_else(|| self.wrong("first", "it is not given"))?;
        Ok((0..size).map(|i| first + step * i as f64).collect())
    }

    /// Attributes of the coordinate; what the description says replaces what its kind has.
    fn attributes(&self, mut attributes: Attributes) -> Attributes {
        for (rest, attribute) in [("stdname", "standard_name"), ("longname", "long_name"), ("units", "units")] {
            if let Some(text) = self.text(rest) {
                attributes.set(attribute, text);
            }
        }
        attributes
    }
}

/// Latitudes of a Gaussian grid; `None` for numbers of rows that none has or that take too long.
fn gaussian_rows(rows: usize) -> Option<Vec<f64>> {
    (rows.is_multiple_of(2) && rows <= 16_384).then(|| gaussian_latitudes(rows))
}

/// Single precision where the description says so, so that its digits are the file's bits.
fn buffer(given: &Entries, values: Vec<f64>) -> Buffer {
    let single = given.text("datatype").or(given.text("prec")).is_some_and(|t| t.eq_ignore_ascii_case("float"));
    if single { Buffer::F32(values.iter().map(|v| *v as f32).collect()) } else { Buffer::F64(values) }
}

fn sides(given: &Entries) -> [Side<'_>; 2] {
    ['y', 'x'].map(|letter| Side { given, letter })
}

/// Rows and columns along dimensions of their own.
fn planar(given: &Entries, kind: Kind, made: &mut Made) -> Result<()> {
    let mapping = mapping(given, kind);
    for side in sides(given) {
        let (short, attributes) = coordinate_of(&side, kind, mapping.as_ref());
        let name = side.name("name", short)?;
        if made.variables.iter().any(|v| v.name == name) {
            return Err(side.wrong("name", "x and y must not have the same name"));
        }
        let values = side.values(kind)?;
        let mut attributes = side.attributes(attributes);
        attributes.set("axis", if side.is_y() { "Y" } else { "X" });
        let along = side.name("dimname", &name)?;
        if made.along.iter().any(|d| d.name == along) {
            return Err(side.wrong("dimname", "x and y must not have the same dimension"));
        }
        let count = values.len();
        made.along.push(dimension(&along, count));
        made.variables.push(coordinate(&name, &[along], attributes, vec![count], buffer(given, values))?);
        let bounds = side.numbers("bounds")?;
        if bounds.is_empty() {
            continue;
        }
        if bounds.len() != count.saturating_mul(2) {
            return Err(side.wrong("bounds", &format!("there are {} values for {count} cells of 2", bounds.len())));
        }
        made.typed_bounds(&name, 2, buffer(given, bounds), "bnds")?;
    }
    if let Some((name, attributes)) = mapping {
        made.attributes.set("grid_mapping", name.as_str());
        if made.variables.iter().any(|v| v.name == name) {
            return Err(given.at("grid_mapping", "the grid mapping must not be called as a coordinate is"));
        }
        made.variables.push(container(&name, attributes));
    } else if kind == Kind::Projection {
        return Err(given.at("gridtype", "a projection without grid_mapping_name and its parameters"));
    }
    Ok(())
}

/// The name of the grid mapping and its attributes; `None` without one.
fn mapping(given: &Entries, kind: Kind) -> Option<(String, Attributes)> {
    let mut attributes = given.mapping();
    if let Some(text) = attributes.remove("proj_params") {
        attributes.set("proj4", text);
    }
    let pole = |key: &str| given.number(key).ok().flatten();
    if attributes.is_empty()
        && kind == Kind::Projection
        && let (Some(longitude), Some(latitude)) = (pole("xnpole"), pole("ynpole"))
    {
        attributes.set("grid_mapping_name", "rotated_latitude_longitude");
        attributes.set("grid_north_pole_longitude", longitude);
        attributes.set("grid_north_pole_latitude", latitude);
        if let Some(angle) = pole("angle").filter(|angle| *angle != 0.0) {
            attributes.set("north_pole_grid_longitude", angle);
        }
    }
    let name = given.text("grid_mapping").filter(|n| !n.contains(|c: char| c.is_whitespace() || c == '/'));
    (!attributes.is_empty()).then(|| (name.unwrap_or_else(|| "crs".to_owned()), attributes))
}

/// The usual name of the coordinate along an axis and its attributes.
fn coordinate_of(side: &Side, kind: Kind, mapping: Option<&(String, Attributes)>) -> (&'static str, Attributes) {
    let y = side.is_y();
    if kind != Kind::Projection {
        return (if y { "lat" } else { "lon" }, geographic(y));
    }
    let name = mapping.and_then(|(_, attributes)| attributes.text("grid_mapping_name")).unwrap_or("");
    let (short, standard_name, long_name, units) = match (name, y) {
        ("rotated_latitude_longitude", true) => ("rlat", "grid_latitude", "latitude in rotated pole grid", "degrees"),
        ("rotated_latitude_longitude", false) => {
            ("rlon", "grid_longitude", "longitude in rotated pole grid", "degrees")
        }
        (_, true) => ("y", "projection_y_coordinate", "y coordinate of projection", "m"),
        (_, false) => ("x", "projection_x_coordinate", "x coordinate of projection", "m"),
    };
    let mut attributes = Attributes::new();
    attributes.set("standard_name", standard_name);
    attributes.set("long_name", long_name);
    attributes.set("units", units);
    (short, attributes)
}

/// Latitudes and longitudes of each cell.
fn per_cell(given: &Entries, kind: Kind, made: &mut Made) -> Result<()> {
    let [y, x] = sides(given);
    let (lats, lons) = (y.numbers("vals")?, x.numbers("vals")?);
    let count = lats.len();
    if kind == Kind::Curvilinear {
        let size = |side: &Side| {
            let size = given.count(&side.key("size"))?;
            size.ok_or_else(|| side.wrong("size", "it is not given"))
        };
        made.along.push(dimension(&y.name("dimname", "y")?, size(&y)?));
        made.along.push(dimension(&x.name("dimname", "x")?, size(&x)?));
    } else {
        made.along.push(dimension(&x.name("dimname", "cells")?, count));
    }
    let names: Vec<String> = made.along.iter().map(|d| d.name.clone()).collect();
    if names.first() == names.get(1) {
        return Err(y.wrong("dimname", "x and y must not have the same dimension"));
    }
    let shape: Vec<usize> = made.along.iter().map(|d| d.length).collect();
    let cells = shape.iter().fold(1usize, |n, m| n.saturating_mul(*m));
    for (side, values) in [(&y, lats), (&x, lons)] {
        if values.len() != cells || cells == 0 {
            return Err(side.wrong("vals", &format!("there are {} values for {cells} cells", values.len())));
        }
        let name = side.name("name", if side.is_y() { "lat" } else { "lon" })?;
        if made.variables.iter().any(|v| v.name == name) || names.contains(&name) {
            return Err(side.wrong("name", "coordinates and dimensions must not have the same name"));
        }
        let attributes = side.attributes(geographic(side.is_y()));
        made.variables.push(coordinate(&name, &names, attributes, shape.clone(), buffer(given, values))?);
        vertices(side, kind, cells, &name, made)?;
    }
    let listed: Vec<&str> =
        made.variables.iter().filter(|v| !v.name.ends_with("_bnds")).map(|v| v.name.as_str()).collect();
    made.attributes.set("coordinates", listed.join(" "));
    Ok(())
}

/// The bounds of latitudes or longitudes of each cell.
fn vertices(side: &Side, kind: Kind, cells: usize, name: &str, made: &mut Made) -> Result<()> {
    let bounds = side.numbers("bounds")?;
    if bounds.is_empty() {
        return Ok(());
    }
    let said = side.given.count("nvertex")?;
    let corners = match (said, kind) {
        (Some(corners), _) => corners,
        (None, Kind::Curvilinear) => 4,
        (None, _) => bounds.len().checked_div(cells).unwrap_or(0),
    };
    if corners < 2 || bounds.len() != cells.saturating_mul(corners) {
        let what = format!("there are {} values for {cells} cells of {corners}", bounds.len());
        return Err(side.wrong("bounds", &what));
    }
    let along = side.given.text("vdimname").filter(|n| !n.contains(|c: char| c.is_whitespace() || c == '/'));
    let along = along.unwrap_or_else(|| "nv".to_owned());
    if made.along.iter().any(|d| d.name == along) {
        return Err(side.given.at("vdimname", "corners and cells must not have the same dimension"));
    }
    made.typed_bounds(name, corners, buffer(side.given, bounds), &along)
}
