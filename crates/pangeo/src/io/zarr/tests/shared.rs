//! The stores of the shared data, read whole, against what zarr-python 3.1.6 read from them.

use super::stores::Directory;
use crate::io::zarr::open;
use crate::model::{Buffer, DataType, Dataset, Region};

fn dataset(path: &str) -> Option<Dataset> {
    Some(open(Directory::tree(&testkit::shared_data("zarr")?.join(path))).unwrap())
}

fn values(path: &str) -> Option<Buffer> {
    let dataset = dataset(path)?;
    Some(dataset.variables[0].array.read_all().unwrap().into_data())
}

#[test]
fn every_codec_of_version_2_and_3_gives_the_same_field() {
    // zarr-python: zarr.open(path)[:] == numpy.arange(100, dtype="float32").reshape(10, 10); it has no
    // pcodec, whose three stores their makers filled with the same field.
    let expected = Buffer::F32((0..100u8).map(f32::from).collect());
    for store in [
        "zarrs/v2/array_blosc_C.zarr",
        "zarrs/v2/array_bz2_C.zarr",
        "zarrs/v2/array_none_C.zarr",
        "zarrs/v2/array_pcodec_C.zarr",
        "zarrs/v2/array_zstd_C.zarr",
        "zarrs/v3/array_blosc.zarr",
        "zarrs/v3/array_bz2.zarr",
        "zarrs/v3/array_none.zarr",
        "zarrs/v3/array_pcodec.zarr",
        "zarrs/v3/array_zstd.zarr",
        "zarrs/v3_zarr_python/array_adler32.zarr",
        "zarrs/v3_zarr_python/array_bz2.zarr",
        "zarrs/v3_zarr_python/array_gzip.zarr",
        "zarrs/v3_zarr_python/array_pcodec.zarr",
        "zarrs/v3_zarr_python/array_zlib.zarr",
    ] {
        let Some(got) = values(store) else { return };
        assert_eq!(got, expected, "{store}");
    }
}

#[test]
fn times_come_with_their_units() {
    let Some(days) = dataset("zarrs/zarr_python_compat/datetime64[D].zarr") else { return };
    let variable = &days.variables[0];
    assert_eq!(variable.name, "datetime64[D]");
    assert_eq!(variable.attributes.text("units"), Some("days since 1970-01-01"));
    assert_eq!(variable.data_type(), &DataType::I64);
    let odd = dataset("zarrs/zarr_python_compat/datetime64[10ms].zarr").unwrap();
    let error = odd.variables[0].array.read_all().unwrap_err().to_string();
    assert!(error.contains("numpy.datetime64") && error.contains("10ms"), "{error}");
}

#[test]
fn texts_and_places_never_written() {
    let Some(got) = values("zarrs/zarr_python_compat/fixed_length_utf32_v2_le.zarr") else { return };
    assert!(matches!(got, Buffer::String(ref v) if v.len() == 5), "{got:?}");
    let cities = dataset("zarrs/zarr_python_compat/cities_v2.zarr").unwrap();
    let some = cities.variables[0].array.read(&Region::of_chunk(&[333], &[3], &[47868])).unwrap();
    assert_eq!(some.shape(), [3]);
    assert!(values("zarrs/zarr_python_compat/str_v2_fv_null.zarr").is_some());
    assert!(values("zarrs/zarr_python_compat/int_v2_fv_null.zarr").is_some());
}

#[test]
fn a_shard_is_read_chunk_by_chunk() {
    let Some(dataset) = dataset("zarrs/sharded_array_write_read.zarr/group") else { return };
    let array = &dataset.variable("array").unwrap().array;
    assert_eq!(array.chunk_starts(0), [0, 4]);
    assert_eq!(array.chunk_starts(1), [0, 4]);
    let whole = array.read_all().unwrap();
    let part = Region::new(vec![2..7, 3..6]);
    assert_eq!(array.read(&part).unwrap(), whole.slice(&part).unwrap());
    let variable = dataset.variable("array").unwrap();
    assert_eq!(variable.encoding.shard_shape.as_deref(), Some(&[4, 8][..]));
    assert_eq!(variable.encoding.chunk_shape.as_deref(), Some(&[4, 4][..]));
}

#[test]
fn an_xarray_store_has_named_dimensions() {
    let Some(dataset) = dataset("rio-tiler/dataset_3d.zarr") else { return };
    let sizes: Vec<_> = dataset.dimensions.iter().map(|d| (d.name.as_str(), d.length)).collect();
    assert_eq!(sizes.len(), 3, "{sizes:?}");
    for variable in &dataset.variables {
        assert!(variable.attributes.get("_ARRAY_DIMENSIONS").is_none());
        let block = variable.array.read_all().unwrap();
        assert_eq!(block.shape(), variable.shape());
    }
}
