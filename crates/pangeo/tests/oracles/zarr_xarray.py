"""Small stores as xarray and zarr-python write them, with the values and attributes that they read.

Makes zarr_xarray.json (objects in hexadecimal), which src/io/zarr/tests/oracle.rs reads.
Made with Python 3.11, numpy 2, xarray 2026.9.0, zarr 3.1.6, numcodecs 0.16.6:

    python zarr_xarray.py > zarr_xarray.json
"""

import json
import os
import tempfile
import warnings

import numcodecs
import numpy as np
import xarray as xr
import zarr
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, TransposeCodec, ZstdCodec

warnings.simplefilter("ignore")
FIELD = np.arange(15, dtype="f4").reshape(3, 5) / 8 + 270


def xarray_store(path, version):
    dataset = xr.Dataset(
        {
            "t2m": (("time", "x"), FIELD, {"units": "K", "valid_min": np.float32(0.1), "missing_value": np.float32("nan")}),
            "packed": (("time", "x"), np.arange(15, dtype="i2").reshape(3, 5), {"_FillValue": np.int16(-9), "scale_factor": 0.01}),
            "sst": (("time",), np.array([1.0, -9.5, 3.0]), {"_FillValue": -9.5}),
            "flags": (("x",), np.array([0, 1, 0, 1, 0], "i1"), {"flag_values": np.array([0, 1], "i1"), "flag_meanings": "dry wet"}),
            "name": (("time",), np.array(["a", "Ωmega", ""], object)),
            "code": (("time",), np.array([b"ab", b"c", b""])),
            "land": (("x",), np.array([True, False, True, False, True])),
            "time": (("time",), np.array(["2000-01-01", "2000-01-02", "2000-01-04"], "M8[ns]")),
        },
        attrs={"title": "made by xarray", "n": 3, "list": [1, 2.5], "inf": np.inf, "texts": ["a", "b"]},
    )
    dataset.to_zarr(path, zarr_format=version, encoding={"t2m": {"chunks": (2, 3)}})


def zarr_2(path):
    group = zarr.open_group(path, mode="w", zarr_format=2)
    compressors = {
        "none": None,
        "zlib": numcodecs.Zlib(1),
        "lz4": numcodecs.LZ4(),
        "bz2": numcodecs.BZ2(1),
        "blosc_bits": numcodecs.Blosc("lz4", 5, 2),
        "blosc_bytes": numcodecs.Blosc("zstd", 5, 1),
    }
    for name, compressor in compressors.items():
        for order, dtype in (("C", "<f4"), ("F", ">f8")):
            array = group.create_array(name + order, shape=(3, 5), chunks=(2, 3), dtype=dtype, compressors=compressor, order=order, fill_value=0)
            array[:] = FIELD
    for name, filters in {
        "shuffled": [numcodecs.Shuffle(4)],
        "differences": [numcodecs.Delta("<f4")],
        "scaled": [numcodecs.FixedScaleOffset(270, 8, "<f4", "<i2")],
        "checked": [numcodecs.Fletcher32()],
    }.items():
        array = group.create_array(name, shape=(3, 5), chunks=(2, 3), dtype="<f4", filters=filters, compressors=numcodecs.Zlib(1), fill_value=0)
        array[:] = FIELD
    group.create_array("times", shape=(3,), dtype="<M8[s]", fill_value=np.datetime64("NaT"))[:] = np.array([0, 60, 120], "M8[s]")


def zarr_3(path):
    group = zarr.open_group(path, mode="w", zarr_format=3)
    variants = {
        "zstd": {"compressors": ZstdCodec(level=1, checksum=True)},
        "checked": {"compressors": [GzipCodec(level=1), Crc32cCodec()]},
        "big": {"serializer": BytesCodec(endian="big"), "compressors": None},
        "turned": {"filters": TransposeCodec(order=(1, 0))},
        "shards": {"shards": (4, 6), "compressors": BloscCodec(cname="zstd", shuffle="shuffle")},
        "dots": {"chunk_key_encoding": {"name": "v2", "separator": "."}},
    }
    for name, options in variants.items():
        array = group.create_array(name, shape=(3, 5), chunks=(2, 3), dtype="float32", fill_value=-1, **options)
        array[:] = FIELD
    sparse = group.create_array("deep/sparse", shape=(9, 9), chunks=(2, 2), shards=(4, 4), dtype="int32", fill_value=7)
    sparse[3, 5] = 1


def arrays(node, path=""):
    if isinstance(node, zarr.Array):
        yield path, node
    else:
        for name, member in node.members():
            yield from arrays(member, f"{path}/{name}".lstrip("/"))


def plain(values):
    if values.dtype.kind in "OTUS":
        return [v.decode() if isinstance(v, bytes) else str(v) for v in values.ravel().tolist()]
    if values.dtype.kind in "Mm":
        values = values.view("i8")
    return values.astype("f8").ravel().tolist()


def objects(path):
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            with open(full, "rb") as file:
                yield os.path.relpath(full, path), file.read().hex()


stores = {}
with tempfile.TemporaryDirectory() as folder:
    for name, make in {
        "xarray2": lambda p: xarray_store(p, 2),
        "xarray3": lambda p: xarray_store(p, 3),
        "zarr2": zarr_2,
        "zarr3": zarr_3,
    }.items():
        path = os.path.join(folder, name)
        make(path)
        values = {key: plain(np.asarray(array[...])) for key, array in arrays(zarr.open(path, mode="r"))}
        stores[name] = {"objects": dict(sorted(objects(path))), "values": dict(sorted(values.items()))}
print(json.dumps(stores, indent=0, ensure_ascii=False))
