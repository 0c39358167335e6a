//! netCDF-4: HDF5 files read without the C library.
