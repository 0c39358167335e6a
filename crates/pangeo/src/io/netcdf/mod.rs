//! netCDF in its classic formats (CDF-1, CDF-2, CDF-5) and on HDF5 (netCDF-4).

pub mod classic;
pub mod classic_model;
pub mod hdf5;
pub mod write4;
