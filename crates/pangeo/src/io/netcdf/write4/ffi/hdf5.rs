//! Filling a defined file through HDF5.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::path::Path;
use std::ptr::null;

use hdf5_metno_sys::{h5d, h5f, h5i, h5l, h5p, h5s, h5t, h5z};

use super::netcdf::ZSTD;
use super::{Failure, Outcome, c_path, c_text, hdf5_failure, locked};
use crate::model::Buffer;
use crate::with_buffer;

type Id = h5i::hid_t;

/// A status of HDF5 as a result; call it under the lock of the call itself.
fn succeeded(status: c_int) -> Outcome {
    if status < 0 { Err(hdf5_failure()) } else { Ok(()) }
}

/// An id of HDF5 as a result; call it under the lock of the call itself.
fn made(id: Id) -> Outcome<Id> {
    if id < 0 { Err(hdf5_failure()) } else { Ok(id) }
}

fn sizes(values: &[usize]) -> Vec<u64> {
    values.iter().map(|&v| v as u64).collect()
}

/// An HDF5 object that closes with its owner.
#[derive(Debug)]
struct Handle(Id, unsafe extern "C" fn(Id) -> c_int);

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the id came from the call that pairs with this function and is closed once.
        locked(|| unsafe { self.1(self.0) });
    }
}

/// A defined file, open for its data.
#[derive(Debug)]
pub(in super::super) struct File(Handle);

impl File {
    /// Open a file that was defined before.
    pub(in super::super) fn open(path: &Path) -> Outcome<Self> {
        let path = c_path(path)?;
        locked(|| {
            // SAFETY: the class is a constant of the library, initialised by H5open within H5Pcreate.
            let access = unsafe {
                hdf5_metno_sys::h5::H5open();
                Handle(made(h5p::H5Pcreate(*h5p::H5P_CLS_FILE_ACCESS))?, h5p::H5Pclose)
            };
            // SAFETY: numbers only. Chunks pass the cache by, so it stays empty.
            succeeded(unsafe { h5p::H5Pset_cache(access.0, 0, 1, 0, 0.75) })?;
            // SAFETY: `path` ends in NUL.
            let id = made(unsafe { h5f::H5Fopen(path.as_ptr(), h5f::H5F_ACC_RDWR, access.0) })?;
            Ok(Self(Handle(id, h5f::H5Fclose)))
        })
    }

    /// Whether there is a link of this absolute name; its parent groups exist.
    pub(in super::super) fn has(&self, name: &str) -> Outcome<bool> {
        let name = c_text(name)?;
        // SAFETY: `name` ends in NUL.
        let found = locked(|| unsafe { h5l::H5Lexists(self.0.0, name.as_ptr(), h5p::H5P_DEFAULT) });
        Ok(found > 0)
    }

    /// Open the dataset of this absolute name.
    pub(in super::super) fn dataset(&self, name: &str) -> Outcome<Dataset> {
        let name = c_text(name)?;
        locked(|| {
            // SAFETY: `name` ends in NUL; the other calls take ids only.
            unsafe {
                let set = Handle(made(h5d::H5Dopen2(self.0.0, name.as_ptr(), h5p::H5P_DEFAULT))?, h5d::H5Dclose);
                let stored = Handle(made(h5d::H5Dget_type(set.0))?, h5t::H5Tclose);
                let native = made(h5t::H5Tget_native_type(stored.0, h5t::H5T_DIR_ASCEND))?;
                let native = Handle(native, h5t::H5Tclose);
                let space = Handle(made(h5d::H5Dget_space(set.0))?, h5s::H5Sclose);
                let rank = usize::try_from(h5s::H5Sget_simple_extent_ndims(space.0)).unwrap_or(0);
                Ok(Dataset { set, native, rank })
            }
        })
    }

    /// Write everything out and close the file.
    pub(in super::super) fn close(self) -> Outcome {
        // SAFETY: takes numbers only; the handle closes the id afterwards.
        locked(|| succeeded(unsafe { h5f::H5Fflush(self.0.0, h5f::H5F_SCOPE_LOCAL) }))?;
        let id = self.0.0;
        std::mem::forget(self);
        // SAFETY: the id is open, and its handle was forgotten just now.
        locked(|| succeeded(unsafe { h5f::H5Fclose(id) }))
    }
}

/// One dataset of an open file.
#[derive(Debug)]
pub(in super::super) struct Dataset {
    set: Handle,
    native: Handle,
    rank: usize,
}

impl Dataset {
    /// The number of dimensions.
    pub(in super::super) fn rank(&self) -> usize {
        self.rank
    }

    fn of_rank(&self, indices: &[usize]) -> Outcome<Vec<u64>> {
        if indices.len() == self.rank { Ok(sizes(indices)) } else { Err(Failure::new("an index of another rank")) }
    }

    /// Give the dataset its final extent.
    pub(in super::super) fn set_extent(&self, extent: &[usize]) -> Outcome {
        let extent = self.of_rank(extent)?;
        // SAFETY: `extent` holds one number a dimension.
        locked(|| succeeded(unsafe { h5d::H5Dset_extent(self.set.0, extent.as_ptr()) }))
    }

    /// Store an encoded chunk that begins at `start`.
    pub(in super::super) fn write_chunk(&self, start: &[usize], filter_mask: u32, bytes: &[u8]) -> Outcome {
        let start = self.of_rank(start)?;
        let (length, data) = (bytes.len(), bytes.as_ptr().cast());
        // SAFETY: `start` holds one number a dimension, `data` points to `length` bytes.
        locked(|| {
            succeeded(unsafe {
                h5d::H5Dwrite_chunk(self.set.0, h5p::H5P_DEFAULT, filter_mask, start.as_ptr(), length, data)
            })
        })
    }

    /// Store numbers or characters in the box that begins at `start` and extends over `count`.
    pub(in super::super) fn write(&self, start: &[usize], count: &[usize], values: &Buffer) -> Outcome {
        if let Buffer::String(texts) = values {
            return self.write_texts(start, count, texts);
        }
        // SAFETY: takes an id only.
        let size = locked(|| unsafe { h5t::H5Tget_size(self.native.0) });
        if size != values.data_type().size() || values.len() != count.iter().product::<usize>() {
            return Err(Failure::new("values of another type or shape than the variable"));
        }
        self.write_box(start, count, with_buffer!(values, v => v.as_ptr().cast()))
    }

    fn write_texts(&self, start: &[usize], count: &[usize], texts: &[String]) -> Outcome {
        // SAFETY: takes an id only.
        let variable_length = locked(|| unsafe { h5t::H5Tis_variable_str(self.native.0) }) > 0;
        if !variable_length || texts.len() != count.iter().product::<usize>() {
            return Err(Failure::new("texts of another type or shape than the variable"));
        }
        let texts = texts.iter().map(|t| c_text(t.as_str())).collect::<Outcome<Vec<_>>>()?;
        let starts: Vec<*const c_char> = texts.iter().map(|t| t.as_ptr()).collect();
        self.write_box(start, count, starts.as_ptr().cast())
    }

    /// Write what `data` points to: the caller has made sure of its type and of `count`'s product.
    fn write_box(&self, start: &[usize], count: &[usize], data: *const c_void) -> Outcome {
        let (start, count) = (self.of_rank(start)?, self.of_rank(count)?);
        let (set, memory_type, default) = (self.set.0, self.native.0, h5p::H5P_DEFAULT);
        if self.rank == 0 {
            // SAFETY: `data` points to one value of the memory type.
            return locked(|| {
                succeeded(unsafe { h5d::H5Dwrite(set, memory_type, h5s::H5S_ALL, h5s::H5S_ALL, default, data) })
            });
        }
        // SAFETY: `start` and `count` hold one number a dimension; `data` points to as many values of
        // the memory type as `count` spans, which is the extent of the memory space.
        locked(|| unsafe {
            let file = Handle(made(h5d::H5Dget_space(set))?, h5s::H5Sclose);
            let boxed = h5s::H5S_SELECT_SET;
            succeeded(h5s::H5Sselect_hyperslab(file.0, boxed, start.as_ptr(), null(), count.as_ptr(), null()))?;
            let rank = c_int::try_from(self.rank).unwrap_or(0);
            let memory = Handle(made(h5s::H5Screate_simple(rank, count.as_ptr(), null()))?, h5s::H5Sclose);
            succeeded(h5d::H5Dwrite(set, memory_type, memory.0, file.0, default, data))
        })
    }
}
/// Tell HDF5 of the filter Zstandard, which it does not bring along, so that it can be named in a
/// variable's pipeline. It is never run: chunks are encoded before they reach the library.
pub(super) fn register_zstd() -> Outcome {
    unsafe extern "C" fn refuse(
        _flags: c_uint,
        _count: usize,
        _values: *const c_uint,
        _size: usize,
        _capacity: *mut usize,
        _buffer: *mut *mut c_void,
    ) -> usize {
        0 // HDF5's sign for failure
    }
    let class = h5z::H5Z_class2_t {
        version: h5z::H5Z_CLASS_T_VERS as c_int,
        id: ZSTD as c_int,
        encoder_present: 1,
        decoder_present: 1,
        name: c"Zstandard compression: http://www.zstd.net".as_ptr(),
        can_apply: None,
        set_local: None,
        filter: Some(refuse),
    };
    locked(|| {
        // SAFETY: takes a number only.
        if unsafe { h5z::H5Zfilter_avail(ZSTD as c_int) } > 0 {
            return Ok(());
        }
        // SAFETY: HDF5 copies the record; its name is a constant.
        succeeded(unsafe { h5z::H5Zregister((&raw const class).cast()) })
    })
}
