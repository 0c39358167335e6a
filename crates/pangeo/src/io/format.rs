//! The formats that can be written.

use std::path::Path;
use std::str::FromStr;

use crate::{Error, Result};

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// netCDF-4 on HDF5.
    Netcdf4,
    /// netCDF-4 on HDF5, restricted to the classic model.
    Netcdf4Classic,
    /// Classic netCDF, with 64-bit offsets where needed.
    Netcdf3,
    /// Classic netCDF with 64-bit data (CDF-5).
    Cdf5,
    /// Zarr version 3 in a directory.
    Zarr3,
    /// Zarr version 2 in a directory.
    Zarr2,
    /// Zarr version 3 in one zip archive.
    ZarrZip,
    /// A table, comma-separated.
    Csv,
    /// A table, tab-separated.
    Tabular,
    /// A table, Apache Parquet.
    Parquet,
}

/// Every format with its name on the command line.
const NAMES: [(&str, Format); 10] = [
    ("netcdf4", Format::Netcdf4),
    ("netcdf4-classic", Format::Netcdf4Classic),
    ("netcdf3", Format::Netcdf3),
    ("cdf5", Format::Cdf5),
    ("zarr", Format::Zarr3),
    ("zarr2", Format::Zarr2),
    ("zarr.zip", Format::ZarrZip),
    ("csv", Format::Csv),
    ("tabular", Format::Tabular),
    ("parquet", Format::Parquet),
];

impl Format {
    /// The format that a path's extension names; netCDF-4 for any other.
    pub fn of_path(path: &Path) -> Self {
        let name = path.file_name().map(|n| n.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let ends = |end: &str| name.ends_with(end);
        if ends(".zip") {
            Self::ZarrZip
        } else if ends(".zarr") {
            Self::Zarr3
        } else if ends(".nc3") {
            Self::Netcdf3
        } else if ends(".nc5") || ends(".cdf5") {
            Self::Cdf5
        } else if ends(".csv") {
            Self::Csv
        } else if ends(".tsv") || ends(".tabular") {
            Self::Tabular
        } else if ends(".parquet") {
            Self::Parquet
        } else {
            Self::Netcdf4
        }
    }

    /// Whether the output is a Zarr store.
    pub fn is_zarr(self) -> bool {
        matches!(self, Self::Zarr3 | Self::Zarr2 | Self::ZarrZip)
    }

    /// Whether the output is a directory.
    pub fn is_directory(self) -> bool {
        matches!(self, Self::Zarr3 | Self::Zarr2)
    }

    /// Whether the output is a classic file: no chunks, no compression.
    pub fn is_classic_file(self) -> bool {
        matches!(self, Self::Netcdf3 | Self::Cdf5)
    }

    /// Whether the output is a table: rows and columns instead of arrays.
    pub fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Tabular | Self::Parquet)
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, f)| *f == self).map_or("", |(n, _)| n)
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = NAMES.iter().find(|(name, _)| *name == text).map(|(_, format)| *format);
        found.ok_or_else(|| {
            let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
            Error::usage(format!("unknown format '{text}'")).with_hint(format!("one of {}", names.join(", ")))
        })
    }
}
