//! The methods of regridding.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// How the value of a target cell comes from source cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// The value of the cell whose centre is nearest along a great circle.
    Nearest,
    /// Between the four centres around, linear in the two directions of the source grid; of cells in a list between
    /// the three around, linear on their triangle.
    Bilinear,
    /// Between sixteen centres: cubic in the two directions of the source grid, with the slopes of the
    /// neighbours (Catmull–Rom).
    Bicubic,
    /// The mean over the target cell, source cells counted by the area that lies in it.
    Conservative,
    /// The same of fields that slope within the source cells (Jones 1999,
    /// doi:10.1175/1520-0493(1999)127<2204:FASOCR>2.0.CO;2).
    Conservative2,
    /// The mean of the four nearest cells, each counted by the inverse of its distance.
    DistanceWeighted,
    /// The value that fills the greatest part of the target cell.
    LargestArea,
}

/// Each method with its name on the command line.
const NAMES: [(Method, &str); 7] = [
    (Method::Nearest, "nearest"),
    (Method::Bilinear, "bilinear"),
    (Method::Bicubic, "bicubic"),
    (Method::Conservative, "conservative"),
    (Method::Conservative2, "conservative2"),
    (Method::DistanceWeighted, "distance-weighted"),
    (Method::LargestArea, "largest-area"),
];

impl Method {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(method, _)| *method == self).map_or("", |(_, name)| name)
    }

    /// Whether it needs the corners of cells, not only their centres.
    pub fn is_by_area(self) -> bool {
        matches!(self, Self::Conservative | Self::Conservative2 | Self::LargestArea)
    }

    /// Whether its results are values that the source has, so that integers and flags stay what they are.
    pub fn picks(self) -> bool {
        matches!(self, Self::Nearest | Self::LargestArea)
    }

    /// The method for integers and flags where this one would make fractions of them.
    #[must_use]
    pub fn for_integers(self) -> Self {
        match self {
            Self::Conservative | Self::Conservative2 => Self::LargestArea,
            Self::Nearest | Self::LargestArea => self,
            Self::Bilinear | Self::Bicubic | Self::DistanceWeighted => Self::Nearest,
        }
    }

    /// The part of a target cell (of the weights, between centres) that must have values for the cell to get
    /// one, where the user does not say. As CDO, xarray and ESMF have it: points between centres need all of them,
    /// a mean is one of whatever there is.
    pub fn min_coverage(self) -> f64 {
        match self {
            Self::Bilinear | Self::Bicubic => 1.0,
            _ => 0.0,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Method {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] that names the methods there are.
    fn from_str(text: &str) -> Result<Self> {
        let wanted = text.trim().to_ascii_lowercase().replace('_', "-");
        NAMES.iter().find(|(_, name)| *name == wanted).map(|(method, _)| *method).ok_or_else(|| {
            let all: Vec<&str> = NAMES.iter().map(|(_, name)| *name).collect();
            Error::usage(format!("'{text}' is no method")).with_hint(all.join(", "))
        })
    }
}

/// By what a mean over a cell that is covered in part is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Normalize {
    /// By the area that has values: the mean of what is there.
    #[default]
    FracArea,
    /// By the area of the cell: what has no values counts as zero, so that sums are kept.
    DestArea,
}

impl FromStr for Normalize {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for other words.
    fn from_str(text: &str) -> Result<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "fracarea" => Ok(Self::FracArea),
            "destarea" => Ok(Self::DestArea),
            _ => Err(Error::usage(format!("'{text}' is neither fracarea nor destarea"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_shown() {
        for (method, name) in NAMES {
            assert_eq!((name.parse::<Method>().unwrap(), method.to_string()), (method, name.to_owned()));
        }
        assert_eq!("Distance_Weighted".parse::<Method>().unwrap(), Method::DistanceWeighted);
        assert!("patch".parse::<Method>().unwrap_err().hint().unwrap().contains("bicubic"));
        assert!("none".parse::<Normalize>().is_err());
    }
}
