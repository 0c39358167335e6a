//! Where a dataset came from.

use std::fmt;

/// The format that a dataset was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// None: it was made in memory.
    #[default]
    Memory,
    /// netCDF classic (CDF-1).
    Classic,
    /// netCDF classic with 64-bit offsets (CDF-2).
    Offset64,
    /// netCDF classic with 64-bit data (CDF-5).
    Cdf5,
    /// netCDF-4, or another HDF5 file.
    Netcdf4,
    /// Zarr: 2, 3, or 0 for a store without arrays.
    Zarr(u8),
}

impl Origin {
    /// Whether it is Zarr and not netCDF: chunks and compressors mean the same within a family.
    pub fn is_zarr(self) -> bool {
        matches!(self, Self::Zarr(_))
    }
}

impl fmt::Display for Origin {
    /// As people call it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "",
            Self::Classic => "netCDF classic",
            Self::Offset64 => "netCDF 64-bit offset",
            Self::Cdf5 => "netCDF CDF-5",
            Self::Netcdf4 => "netCDF-4",
            Self::Zarr(2) => "Zarr v2",
            Self::Zarr(3) => "Zarr v3",
            Self::Zarr(_) => "Zarr",
        })
    }
}
