//! Datasets, variables and dimensions.

use super::{Array, Attributes, DataType, Encoding, Origin};
use crate::{Error, Result};

/// A named extent shared by variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its name; inside a group `group/name`.
    pub name: String,
    /// Its extent.
    pub length: usize,
    /// Whether it may grow (netCDF `UNLIMITED`).
    pub unlimited: bool,
}

/// A named array with labelled dimensions and attributes.
///
/// `array` yields the values as stored: packed, with fill values, texts as bytes.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name; inside a group `group/name`.
    pub name: String,
    /// The names of its dimensions, slowest first.
    pub dimensions: Vec<String>,
    /// Its attributes, `_FillValue` included.
    pub attributes: Attributes,
    /// How it is stored.
    pub encoding: Encoding,
    /// Its values, read on demand.
    pub array: Array,
}

impl Variable {
    /// The type of the stored values.
    pub fn data_type(&self) -> &DataType {
        self.array.data_type()
    }

    /// The extent along each dimension.
    pub fn shape(&self) -> &[usize] {
        self.array.shape()
    }

    /// The position of a dimension in this variable.
    pub fn axis(&self, dimension: &str) -> Option<usize> {
        self.dimensions.iter().position(|d| d == dimension)
    }
}

/// Variables over shared dimensions, with global attributes. Lazy: opening reads metadata only.
///
/// Groups are flattened: their members carry `group/` in front of their names, their attributes
/// stand in [`Dataset::groups`].
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// Where it came from, for error messages.
    pub source: String,
    /// The format that it was read from.
    pub origin: Origin,
    /// All dimensions, in the order of the file.
    pub dimensions: Vec<Dimension>,
    /// All variables, coordinates and bounds included, in the order of the file.
    pub variables: Vec<Variable>,
    /// Global attributes.
    pub attributes: Attributes,
    /// The path (`a/b`) and attributes of each group below the root.
    pub groups: Vec<(String, Attributes)>,
}

impl Dataset {
    /// The dimension called `name`.
    pub fn dimension(&self, name: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|d| d.name == name)
    }

    /// The variable called `name`.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|v| v.name == name)
    }

    /// The variable called `name`, to change in place.
    pub fn variable_mut(&mut self, name: &str) -> Option<&mut Variable> {
        self.variables.iter_mut().find(|v| v.name == name)
    }

    /// The variable called `name`.
    ///
    /// # Errors
    /// [`Error::NotFound`] naming the file and the variables it has.
    pub fn require(&self, name: &str) -> Result<&Variable> {
        self.variable(name).ok_or_else(|| Error::NotFound {
            kind: "variable",
            name: name.to_owned(),
            place: self.source.clone(),
            has: self.variables.iter().map(|v| v.name.clone()).collect(),
        })
    }

    /// The dimension called `name`.
    ///
    /// # Errors
    /// [`Error::NotFound`] naming the file and the dimensions it has.
    pub fn require_dimension(&self, name: &str) -> Result<&Dimension> {
        self.dimension(name).ok_or_else(|| Error::NotFound {
            kind: "dimension",
            name: name.to_owned(),
            place: self.source.clone(),
            has: self.dimensions.iter().map(|d| d.name.clone()).collect(),
        })
    }

    /// The coordinate variable of a dimension: one-dimensional, with the dimension's name (CF §1.3).
    pub fn coordinate(&self, dimension: &str) -> Option<&Variable> {
        self.variable(dimension)
            .filter(|v| v.dimensions.len() == 1 && v.dimensions.first().is_some_and(|d| d == dimension))
    }
}
