//! Writing netCDF-4 through the C library, with chunks encoded outside of it.
