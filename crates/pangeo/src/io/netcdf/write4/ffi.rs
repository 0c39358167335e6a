//! The calls into netCDF-C and HDF5, each behind a safe function.
//!
//! Neither library may be entered from two threads at once: every call here holds the lock that
//! both share. Ids are plain integers that the libraries check themselves, so a stale one is an
//! error, never undefined behaviour; what these functions must ensure is that pointers and lengths
//! agree and that texts end in NUL.
#![allow(unsafe_code)]

pub(super) mod hdf5;
pub(super) mod netcdf;

use std::ffi::{CStr, CString, c_int, c_uint, c_void};
use std::path::Path;
use std::ptr::null_mut;

use hdf5_metno_sys::{LOCK, h5e};

/// What a library said when it refused.
#[derive(Debug)]
pub(super) struct Failure {
    /// The library's words.
    pub(super) text: String,
    /// The error number of the operating system, where the cause lies there.
    pub(super) errno: Option<i32>,
}

impl Failure {
    /// A refusal of our own.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), errno: None }
    }
}

pub(super) type Outcome<T = ()> = Result<T, Failure>;

/// Run `call` while no other thread is in the libraries, which stay silent on stderr.
fn locked<T>(call: impl FnOnce() -> T) -> T {
    let _lock = LOCK.lock();
    // SAFETY: no pointer is kept; a null function switches the printing off.
    unsafe { h5e::H5Eset_auto2(h5e::H5E_DEFAULT, None, null_mut()) };
    call()
}

/// A text for C.
pub(super) fn c_text(text: impl Into<Vec<u8>>) -> Outcome<CString> {
    CString::new(text).map_err(|_| Failure::new("a text holds a NUL character"))
}

fn c_path(path: &Path) -> Outcome<CString> {
    c_text(path.as_os_str().as_encoded_bytes())
}

/// What HDF5's error stack says: the innermost message, and the system's error number if it is told.
fn hdf5_failure() -> Failure {
    unsafe extern "C" fn collect(_n: c_uint, entry: *const h5e::H5E_error2_t, data: *mut c_void) -> c_int {
        // SAFETY: HDF5 hands over a valid entry, and `data` is the list given to H5Ewalk2 below.
        let (description, list) = unsafe { ((*entry).desc, &mut *data.cast::<Vec<String>>()) };
        if !description.is_null() {
            // SAFETY: descriptions are NUL-terminated.
            list.push(unsafe { CStr::from_ptr(description) }.to_string_lossy().into_owned());
        }
        0
    }
    let mut messages: Vec<String> = Vec::new();
    let list: *mut c_void = (&raw mut messages).cast();
    // SAFETY: the walk ends before `messages` does and calls back on this thread only.
    unsafe { h5e::H5Ewalk2(h5e::H5E_DEFAULT, h5e::H5E_WALK_UPWARD, Some(collect), list) };
    let errno = messages.iter().find_map(|m| m.split_once("errno = ")?.1.split(',').next()?.trim().parse().ok());
    Failure { text: messages.into_iter().next().unwrap_or_default(), errno }
}
