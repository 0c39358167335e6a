//! Defining a file through netCDF-C.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::ptr::{null, null_mut};

use netcdf_sys as nc;

use super::hdf5::register_zstd;
use super::{Failure, Outcome, c_path, c_text, hdf5_failure, locked};
use crate::model::{Buffer, DataType};
use crate::with_buffer;

/// The library's number for the filter Zstandard.
pub(in super::super) const ZSTD: u32 = 32015;
/// The library's number for the filter deflate.
pub(in super::super) const DEFLATE: u32 = 1;
/// The library's number for no variable: attributes of the group.
pub(in super::super) const GLOBAL: c_int = nc::NC_GLOBAL;

/// Turn a status of netCDF-C into a result.
fn check(status: c_int) -> Outcome {
    match status {
        nc::NC_NOERR => Ok(()),
        // HDF5's own words say more than "HDF error", if they are still there.
        nc::NC_EHDFERR => {
            let cause = hdf5_failure();
            let text = if cause.text.is_empty() { "HDF5 refused".to_owned() } else { cause.text };
            Err(Failure { text, ..cause })
        }
        _ => {
            // SAFETY: nc_strerror returns a static or thread-local C text for any number.
            let text = unsafe { CStr::from_ptr(nc::nc_strerror(status)) }.to_string_lossy().into_owned();
            Err(Failure { text, errno: (status > 0).then_some(status) })
        }
    }
}

/// Define a netCDF-4 file; returns its id. An existing file is emptied.
pub(in super::super) fn create(path: &Path, classic_model: bool) -> Outcome<c_int> {
    let path = c_path(path)?;
    let mode = nc::NC_NETCDF4 | nc::NC_CLOBBER | if classic_model { nc::NC_CLASSIC_MODEL } else { 0 };
    let mut id = 0;
    // SAFETY: `path` ends in NUL and lives through the call, `id` is written once.
    locked(|| check(unsafe { nc::nc_create(path.as_ptr(), mode, &raw mut id) }))?;
    Ok(id)
}

/// Write the definitions of a file and close it.
pub(in super::super) fn close(file: c_int) -> Outcome {
    // SAFETY: takes an integer only.
    locked(|| check(unsafe { nc::nc_close(file) }))
}

/// Define a group; returns its id.
pub(in super::super) fn define_group(parent: c_int, name: &str) -> Outcome<c_int> {
    let (name, mut id) = (c_text(name)?, 0);
    // SAFETY: `name` ends in NUL, `id` is written once.
    locked(|| check(unsafe { nc::nc_def_grp(parent, name.as_ptr(), &raw mut id) }))?;
    Ok(id)
}

/// Define a dimension, without a length an unlimited one; returns its id.
pub(in super::super) fn define_dimension(group: c_int, name: &str, length: Option<usize>) -> Outcome<c_int> {
    let (name, length, mut id) = (c_text(name)?, length.unwrap_or(nc::NC_UNLIMITED), 0);
    // SAFETY: `name` ends in NUL, `id` is written once.
    locked(|| check(unsafe { nc::nc_def_dim(group, name.as_ptr(), length, &raw mut id) }))?;
    Ok(id)
}

/// Define a variable; returns its id.
pub(in super::super) fn define_variable(
    group: c_int,
    name: &str,
    type_id: c_int,
    dimensions: &[c_int],
) -> Outcome<c_int> {
    let (name, mut id) = (c_text(name)?, 0);
    let rank = c_int::try_from(dimensions.len()).map_err(|_| Failure::new("too many dimensions"))?;
    // SAFETY: `dimensions` holds `rank` numbers, `name` ends in NUL, `id` is written once.
    locked(|| check(unsafe { nc::nc_def_var(group, name.as_ptr(), type_id, rank, dimensions.as_ptr(), &raw mut id) }))?;
    Ok(id)
}

/// The rank of a variable as the library knows it.
fn rank_of(group: c_int, variable: c_int) -> Outcome<usize> {
    let mut rank = 0;
    // SAFETY: `rank` is written once.
    locked(|| check(unsafe { nc::nc_inq_varndims(group, variable, &raw mut rank) }))?;
    Ok(usize::try_from(rank).unwrap_or(0))
}

/// Store a variable in chunks, or in one piece.
pub(in super::super) fn define_chunks(group: c_int, variable: c_int, chunk: Option<&[usize]>) -> Outcome {
    if chunk.is_some_and(|c| rank_of(group, variable).ok() != Some(c.len())) {
        return Err(Failure::new("the chunk shape has another rank than the variable"));
    }
    let (storage, sizes) = chunk.map_or((nc::NC_CONTIGUOUS, null()), |c| (nc::NC_CHUNKED, c.as_ptr()));
    locked(|| {
        // SAFETY: `sizes` is null for contiguous storage, else holds one number a dimension.
        check(unsafe { nc::nc_def_var_chunking(group, variable, storage, sizes) })?;
        if chunk.is_none() {
            return Ok(());
        }
        // No chunk ever goes through the library's cache: don't let it reserve one.
        // SAFETY: takes numbers only.
        check(unsafe { nc::nc_set_var_chunk_cache(group, variable, 1 << 16, 1, 0.75) })
    })
}

/// Add a filter to a variable's pipeline.
pub(in super::super) fn define_filter(group: c_int, variable: c_int, filter: u32, parameters: &[u32]) -> Outcome {
    if filter == ZSTD {
        register_zstd()?;
    }
    // SAFETY: `parameters` holds as many numbers as its length says.
    locked(|| check(unsafe { nc::nc_def_var_filter(group, variable, filter, parameters.len(), parameters.as_ptr()) }))
}

/// Let the library shuffle and checksum (its own filters, with parameters of its own).
pub(in super::super) fn define_shuffle(group: c_int, variable: c_int) -> Outcome {
    // SAFETY: takes numbers only.
    locked(|| check(unsafe { nc::nc_def_var_deflate(group, variable, 1, 0, 0) }))
}

/// Put a Fletcher-32 checksum behind each chunk of a variable.
pub(in super::super) fn define_checksum(group: c_int, variable: c_int) -> Outcome {
    // SAFETY: takes numbers only.
    locked(|| check(unsafe { nc::nc_def_var_fletcher32(group, variable, 1) }))
}

/// Fix the byte order of a variable of numbers.
pub(in super::super) fn define_order(group: c_int, variable: c_int, big: bool) -> Outcome {
    let order = if big { nc::NC_ENDIAN_BIG } else { nc::NC_ENDIAN_LITTLE };
    // SAFETY: takes numbers only.
    locked(|| check(unsafe { nc::nc_def_var_endian(group, variable, order) }))
}

/// The library's number for a type; none for those it has not got.
pub(in super::super) fn type_id(data_type: &DataType) -> Option<c_int> {
    Some(match data_type {
        DataType::I8 => nc::NC_BYTE,
        DataType::U8 => nc::NC_UBYTE,
        DataType::I16 => nc::NC_SHORT,
        DataType::U16 => nc::NC_USHORT,
        DataType::I32 => nc::NC_INT,
        DataType::U32 => nc::NC_UINT,
        DataType::I64 => nc::NC_INT64,
        DataType::U64 => nc::NC_UINT64,
        DataType::F32 => nc::NC_FLOAT,
        DataType::F64 => nc::NC_DOUBLE,
        DataType::Char => nc::NC_CHAR,
        DataType::String => nc::NC_STRING,
        DataType::Opaque(_) => return None,
    })
}

/// Define an enumerated type over the type of its values; returns its id.
pub(in super::super) fn define_enum(group: c_int, name: &str, names: &[String], values: &Buffer) -> Outcome<c_int> {
    let (type_name, base, mut id) = (c_text(name)?, type_id(&values.data_type()).unwrap_or(nc::NC_NAT), 0);
    let names = names.iter().map(|n| c_text(n.as_str())).collect::<Outcome<Vec<_>>>()?;
    if names.len() != values.len() || !values.data_type().is_integer() {
        return Err(Failure::new(format!("the members of the enumeration '{name}' are not one integer a name")));
    }
    locked(|| {
        // SAFETY: `type_name` ends in NUL, `id` is written once.
        check(unsafe { nc::nc_def_enum(group, base, type_name.as_ptr(), &raw mut id) })?;
        with_buffer!(values, v => v.iter().zip(&names).try_for_each(|(value, member)| {
            // SAFETY: `base` is the type of `values`, `value` points to one of them.
            check(unsafe { nc::nc_insert_enum(group, id, member.as_ptr(), std::ptr::from_ref(value).cast()) })
        }))
    })?;
    Ok(id)
}

/// Set an attribute of characters.
pub(in super::super) fn put_text(group: c_int, variable: c_int, name: &str, text: &[u8]) -> Outcome {
    let name = c_text(name)?;
    let start: *const c_char = text.as_ptr().cast();
    // SAFETY: `text` holds as many bytes as its length says, `name` ends in NUL.
    locked(|| check(unsafe { nc::nc_put_att_text(group, variable, name.as_ptr(), text.len(), start) }))
}

/// Set an attribute of whole texts.
pub(in super::super) fn put_texts(group: c_int, variable: c_int, name: &str, texts: &[String]) -> Outcome {
    let name = c_text(name)?;
    let texts = texts.iter().map(|t| c_text(t.as_str())).collect::<Outcome<Vec<_>>>()?;
    let mut starts: Vec<*const c_char> = texts.iter().map(|t| t.as_ptr()).collect();
    // SAFETY: `starts` points to as many NUL-terminated texts, all alive, as its length says.
    locked(|| check(unsafe { nc::nc_put_att_string(group, variable, name.as_ptr(), texts.len(), starts.as_mut_ptr()) }))
}

/// Set an attribute of numbers; `type_id` is the type of `values`, or an enumeration over it.
pub(in super::super) fn put_numbers(
    group: c_int,
    variable: c_int,
    name: &str,
    type_id: c_int,
    values: &Buffer,
) -> Outcome {
    let name = c_text(name)?;
    let mut size = 0;
    // SAFETY: a null name is not written, `size` is written once.
    locked(|| check(unsafe { nc::nc_inq_type(group, type_id, null_mut(), &raw mut size) }))?;
    if !values.data_type().is_numeric() || size != values.data_type().size() {
        return Err(Failure::new(format!("the attribute '{}' has values of another type", name.to_string_lossy())));
    }
    let start: *const c_void = with_buffer!(values, v => v.as_ptr().cast());
    // SAFETY: `start` points to as many values as are told, of the size of `type_id`.
    locked(|| check(unsafe { nc::nc_put_att(group, variable, name.as_ptr(), type_id, values.len(), start) }))
}

/// Read a name that netCDF-C writes into a buffer of its greatest length.
fn name_from(call: impl FnOnce(*mut c_char) -> c_int) -> Outcome<String> {
    let mut name = vec![0_u8; nc::NC_MAX_NAME as usize + 1];
    locked(|| check(call(name.as_mut_ptr().cast())))?;
    let name = CStr::from_bytes_until_nul(&name).map_err(|_| Failure::new("a name without end"))?;
    Ok(name.to_string_lossy().into_owned())
}

/// The name of a variable as the library keeps it (Unicode in normal form C).
pub(in super::super) fn variable_name(group: c_int, variable: c_int) -> Outcome<String> {
    // SAFETY: the buffer has room for the longest name and its NUL.
    name_from(|name| unsafe { nc::nc_inq_varname(group, variable, name) })
}

/// The name of a dimension as the library keeps it.
pub(in super::super) fn dimension_name(group: c_int, dimension: c_int) -> Outcome<String> {
    // SAFETY: the buffer has room for the longest name and its NUL.
    name_from(|name| unsafe { nc::nc_inq_dimname(group, dimension, name) })
}

/// The name of a group as the library keeps it.
pub(in super::super) fn group_name(group: c_int) -> Outcome<String> {
    // SAFETY: the buffer has room for the longest name and its NUL.
    name_from(|name| unsafe { nc::nc_inq_grpname(group, name) })
}
