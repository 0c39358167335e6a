//! Zarr v2 and v3.
