//! Byte-level codecs of HDF5 chunks.
