//! netCDF classic, 64-bit offset and CDF-5.
