//! From coordinates to a target: what is written is read back by the same rules as any file.

use super::Target;
use crate::cf::roles::Roles;
use crate::grid::{Corners, Grid, GridKind, Places, projected};
use crate::model::array::{Constant, Memory};
use crate::model::{Attributes, Block, Buffer, DataType, Dataset, Dimension, Encoding, Origin, Variable, count};
use crate::{Error, Result};

/// The most cells that a grid may have: they are counted in 32 bits.
const MOST_CELLS: usize = u32::MAX as usize;

/// The most rows or columns.
pub(super) const MOST_ALONG: usize = 4_000_000;

/// The coordinates of a grid in the making.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// The dimensions of data on it, slowest first.
    pub(super) along: Vec<Dimension>,
    /// Those that bounds add.
    pub(super) others: Vec<Dimension>,
    pub(super) variables: Vec<Variable>,
    pub(super) attributes: Attributes,
    pub(super) notes: Vec<String>,
    pub(super) renamable: bool,
}

impl Made {
    /// The target: the grid is found as that of a variable on these coordinates would be; what they lack of
    /// latitudes, longitudes and bounds is added.
    ///
    /// # Errors
    /// [`Error::Usage`] for more cells than can be counted, [`Error::Data`] where coordinates make no grid.
    pub(super) fn target(mut self, place: &str) -> Result<Target> {
        let shape: Vec<usize> = self.along.iter().map(|d| d.length).collect();
        if count(&shape).is_none_or(|cells| cells > MOST_CELLS) || shape.iter().any(|n| *n > MOST_ALONG) {
            return Err(Error::usage(format!("a grid of {} cells is too large", text_of_shape(&shape)))
                .with_hint("at most 4294967295 cells and 4000000 rows or columns"));
        }
        let (dataset, name) = self.dataset(place, shape);
        let roles = Roles::of(&dataset);
        let grid = Grid::of(&dataset, &roles, &name)?;
        let grid = grid.ok_or_else(|| Error::data("coordinates that make no grid", place.to_owned()))?;
        let grid = projected::placed(grid, &dataset, &roles, &name)?;
        let corners = match projected::corners(&dataset, &roles, &grid, &name)? {
            Some(corners) => Some(corners),
            None => Corners::of(&dataset, &roles, &grid, &name).ok(),
        };
        let mut grid = grid;
        self.add_places(&mut grid)?;
        if let Some(corners) = &corners {
            self.add_bounds(&grid, corners)?;
        }
        let Self { along, others, variables, attributes, notes, renamable } = self;
        let dimensions = along.into_iter().chain(others).collect();
        Ok(Target { grid, corners, dimensions, variables, attributes, notes, renamable })
    }

    /// A dataset with one variable on the grid, and that one's name.
    fn dataset(&self, place: &str, shape: Vec<usize>) -> (Dataset, String) {
        let mut name = "field".to_owned();
        while self.variables.iter().any(|v| v.name == name) {
            name.push('_');
        }
        let field = Variable {
            name: name.clone(),
            dimensions: self.along.iter().map(|d| d.name.clone()).collect(),
            attributes: self.attributes.clone(),
            encoding: Encoding::default(),
            array: Constant::array(Buffer::F32(vec![0.0]), shape),
        };
        let dataset = Dataset {
            source: place.to_owned(),
            origin: Origin::Memory,
            dimensions: self.along.iter().chain(&self.others).cloned().collect(),
            variables: self.variables.iter().cloned().chain([field]).collect(),
            attributes: Attributes::new(),
            groups: Vec::new(),
        };
        (dataset, name)
    }

    /// Two-dimensional latitudes and longitudes for grids that have x and y alone (CF §5.2).
    fn add_places(&mut self, grid: &mut Grid) -> Result<()> {
        let Places::PerCell { latitudes, longitudes } = &grid.places else { return Ok(()) };
        if grid.latitude.is_some() || grid.longitude.is_some() {
            return Ok(());
        }
        let (lat, lon) = (self.free_name("lat", "latitude"), self.free_name("lon", "longitude"));
        let along: Vec<String> = self.along.iter().map(|d| d.name.clone()).collect();
        let shape: Vec<usize> = self.along.iter().map(|d| d.length).collect();
        self.variables.push(coordinate(&lat, &along, geographic(true), shape.clone(), Buffer::F64(latitudes.clone()))?);
        self.variables.push(coordinate(&lon, &along, geographic(false), shape, Buffer::F64(longitudes.clone()))?);
        self.attributes.set("coordinates", format!("{lat} {lon}"));
        (grid.latitude, grid.longitude) = (Some(lat), Some(lon));
        Ok(())
    }

    fn free_name(&self, short: &str, long: &str) -> String {
        let taken =
            |name: &str| self.variables.iter().any(|v| v.name == name) || self.along.iter().any(|d| d.name == name);
        if taken(short) { long.to_owned() } else { short.to_owned() }
    }

    /// Bounds of latitudes and longitudes that have none: those of rows and columns, or four corners a cell.
    fn add_bounds(&mut self, grid: &Grid, corners: &Corners) -> Result<()> {
        let (Some(lat), Some(lon)) = (grid.latitude.clone(), grid.longitude.clone()) else { return Ok(()) };
        let has = |name: &str| self.variables.iter().any(|v| v.name == *name && (v.attributes.get("bounds").is_some()));
        if has(&lat) || has(&lon) {
            return Ok(());
        }
        match corners {
            Corners::Separable { rows, columns } if matches!(grid.places, Places::Separable { .. }) => {
                self.bounds_of(&lat, 2, rows.iter().flat_map(|(a, b)| [*a, *b]).collect())?;
                self.bounds_of(&lon, 2, columns.iter().flat_map(|(a, b)| [*a, *b]).collect())
            }
            _ => {
                let four = |index: usize| -> [(f64, f64); 4] {
                    corners.outline(index).try_into().unwrap_or([(f64::NAN, f64::NAN); 4])
                };
                let (wide, cells) = (corners.outline(0).len() > 4, grid.len());
                if wide || (grid.cells.is_some() && grid.kind == GridKind::Unstructured) {
                    return Ok(());
                }
                let (x, y): (Vec<f64>, Vec<f64>) = (0..cells).flat_map(four).unzip();
                self.bounds_of(&lat, 4, y)?;
                self.bounds_of(&lon, 4, x)
            }
        }
    }

    /// Give the coordinate `name` bounds of `corners` values a cell.
    pub(super) fn bounds_of(&mut self, name: &str, corners: usize, values: Vec<f64>) -> Result<()> {
        self.typed_bounds(name, corners, Buffer::F64(values), if corners == 2 { "bnds" } else { "nv" })
    }

    /// Give the coordinate `name` bounds of `corners` values a cell along a dimension called `vertices`.
    pub(super) fn typed_bounds(&mut self, name: &str, corners: usize, values: Buffer, vertices: &str) -> Result<()> {
        let bounds = format!("{name}_bnds");
        let Some(owner) = self.variables.iter_mut().find(|v| v.name == name) else { return Ok(()) };
        owner.attributes.set("bounds", bounds.as_str());
        let dimensions = [owner.dimensions.as_slice(), &[vertices.to_owned()]].concat();
        let shape = [owner.shape(), &[corners]].concat();
        let at = self.variables.iter().position(|v| v.name == name).map_or(self.variables.len(), |at| at + 1);
        self.variables.insert(at, coordinate(&bounds, &dimensions, Attributes::new(), shape, values)?);
        if !self.others.iter().any(|d| d.name == vertices) {
            self.others.push(dimension(vertices, corners));
        }
        Ok(())
    }
}

fn text_of_shape(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}

/// A dimension of fixed length.
pub(super) fn dimension(name: &str, length: usize) -> Dimension {
    Dimension { name: name.to_owned(), length, unlimited: false }
}

/// A variable in memory.
///
/// # Errors
/// [`Error::Internal`] where there are not as many values as the shape says.
pub(super) fn coordinate(
    name: &str,
    dimensions: &[String],
    attributes: Attributes,
    shape: Vec<usize>,
    values: Buffer,
) -> Result<Variable> {
    let block = Block::new(shape, values)
        .ok_or_else(|| Error::Internal { what: format!("coordinate '{name}' does not fill its shape") })?;
    Ok(Variable {
        name: name.to_owned(),
        dimensions: dimensions.to_vec(),
        attributes,
        encoding: Encoding::default(),
        array: Memory::array(block),
    })
}

/// A variable without values that is there for its attributes.
pub(super) fn container(name: &str, attributes: Attributes) -> Variable {
    Variable {
        name: name.to_owned(),
        dimensions: Vec::new(),
        attributes,
        encoding: Encoding::default(),
        array: Constant::array(Buffer::zeros(&DataType::I32, 1).unwrap_or(Buffer::I32(vec![0])), Vec::new()),
    }
}

/// The attributes of latitudes (`north`) or longitudes.
pub(super) fn geographic(north: bool) -> Attributes {
    let (name, units) = if north { ("latitude", "degrees_north") } else { ("longitude", "degrees_east") };
    let texts = [("standard_name", name), ("long_name", name), ("units", units)];
    texts.into_iter().map(|(key, text)| (key.to_owned(), text.into())).collect()
}

/// Call the latitudes and longitudes of a made grid something else, and all that is named after them.
pub(super) fn rename(target: &mut Target, latitude: &str, longitude: &str) {
    let (Some(lat), Some(lon)) = (target.grid.latitude.clone(), target.grid.longitude.clone()) else { return };
    let pairs = [(lat.as_str(), latitude), (lon.as_str(), longitude)];
    let new = |name: &str| -> String {
        for (old, new) in pairs {
            if name == old {
                return new.to_owned();
            }
            if name.strip_suffix("_bnds") == Some(old) {
                return format!("{new}_bnds");
            }
        }
        name.to_owned()
    };
    // Two of one name would make no dataset.
    let names = target.variables.iter().map(|v| &v.name).chain(target.dimensions.iter().map(|d| &d.name));
    let stays = |name: &&String| new(name.as_str()) == **name;
    let clash =
        names.filter(stays).any(|name| [latitude, longitude].iter().any(|n| name == n || *name == format!("{n}_bnds")));
    if latitude == longitude || (clash && (lat != latitude || lon != longitude)) {
        return;
    }
    let renamed = |attributes: &mut Attributes| {
        for key in ["bounds", "coordinates"] {
            if let Some(text) = attributes.text(key) {
                let words: Vec<String> = text.split_whitespace().map(new).collect();
                attributes.set(key, words.join(" "));
            }
        }
    };
    for variable in &mut target.variables {
        variable.name = new(&variable.name);
        variable.dimensions.iter_mut().for_each(|d| *d = new(d));
        renamed(&mut variable.attributes);
    }
    target.dimensions.iter_mut().for_each(|d| d.name = new(&d.name));
    renamed(&mut target.attributes);
    let grid = &mut target.grid;
    (grid.latitude, grid.longitude) = (Some(latitude.to_owned()), Some(longitude.to_owned()));
    for axis in [&mut grid.y, &mut grid.x].into_iter().flatten() {
        axis.dimension = new(&axis.dimension);
        axis.coordinate = axis.coordinate.as_deref().map(new);
    }
}
