#!/usr/bin/env python3
"""Small files, one storage feature of HDF5 a variable, for the reader's tests.

    python hdf5_features.py hdf5_features && python hdf5_values.py hdf5_features > hdf5_features.tsv

Made with h5py and Python's netCDF4 (its wheel brings Zstandard, Blosc, bzip2 and Szip).
"""
import ctypes
import glob
import os
import sys

import h5py
import netCDF4
import numpy as np

out = sys.argv[1]
LIBRARY = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(h5py.__file__), "..", "h5py.libs", "libhdf5-*"))[0])
os.makedirs(out, exist_ok=True)
FIELD = (np.arange(7 * 11 * 13).reshape(7, 11, 13) * 0.37 % 19).astype("f4")


def filters(path):
    """Each compressor that netCDF-C offers, and byte orders."""
    with netCDF4.Dataset(path, "w") as nc:
        for name, n in zip("tyx", FIELD.shape):
            nc.createDimension(name, n)
        ways = {
            "zstd": dict(compression="zstd", shuffle=True), "zstd_plain": dict(compression="zstd", shuffle=False),
            "bzip2": dict(compression="bzip2"), "blosc_lz4": dict(compression="blosc_lz4"),
            "blosc_zstd": dict(compression="blosc_zstd", blosc_shuffle=2), "blosc_zlib": dict(compression="blosc_zlib"),
            "szip": dict(compression="szip", szip_coding="ec", szip_pixels_per_block=16),
            "zlib_checked": dict(compression="zlib", complevel=6, shuffle=True, fletcher32=True),
            "bitgroomed": dict(compression="zlib", significant_digits=3),
        }
        for name, way in ways.items():
            nc.createVariable(name, "f4", ("t", "y", "x"), chunksizes=(3, 4, 13), **way)[...] = FIELD
        for kind in ("i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"):
            for endian in ("little", "big"):
                name = f"{kind}_{endian}"
                v = nc.createVariable(name, kind, ("t", "y", "x"), endian=endian, zlib=True, shuffle=True,
                                      chunksizes=(2, 11, 5))
                v[...] = np.round(FIELD * 100)
        v = nc.createVariable("contiguous_big", "f8", ("t", "y", "x"), endian="big", contiguous=True)
        v[...] = FIELD


def shapes(path):
    """Dimensions that grow, places never written, texts, scalars, groups."""
    with netCDF4.Dataset(path, "w") as nc:
        nc.createDimension("time", None)
        nc.createDimension("station", None)
        nc.createDimension("x", 5)
        nc.createDimension("empty", None)
        nc.createDimension("letters", 4)
        nc.createVariable("time", "f8", ("time",))[:] = [1, 2, 3, 4, 5, 6]
        nc.createVariable("short_declared", "i2", ("time", "x"), fill_value=-5)[0:2] = 7
        nc.createVariable("short_default", "f4", ("time", "x"))[0:3] = 7
        nc.createVariable("never_written", "i4", ("time", "x"), fill_value=99)
        nc.createVariable("no_fill", "i4", ("x",), fill_value=False)[:] = 3
        v = nc.createVariable("holes", "f4", ("time", "station"), fill_value=1e20, chunksizes=(2, 2), zlib=True)
        v[0, 0], v[5, 6] = 1, 2
        nc.createVariable("nothing", "f4", ("empty", "x"))
        nc.createVariable("scalar", "f8", ())[...] = 2.5
        v = nc.createVariable("text", "S1", ("x", "letters"))
        v[...] = np.array([list(b"abcd")] * 5, "u1").view("S1")
        nc.createVariable("names", str, ("x",))[:] = np.array(["", "é", "three", "日本", "x"], object)
        nc.createVariable("grown_names", str, ("time",))[0:2] = np.array(["a", "b"], object)
        kind = nc.createEnumType("u1", "cloud", {"clear": 0, "cloudy": 3})
        nc.createVariable("sky", kind, ("x",), fill_value=0)[:] = [0, 3, 0, 3, 3]
        pair = nc.createCompoundType(np.dtype([("a", "i4"), ("b", "f8")]), "pair")
        nc.createVariable("pairs", pair, ("x",))
        nc.createVariable("lists", nc.createVLType("i4", "list"), ("x",))
        nc.setncattr("fixed", "text")
        nc.setncattr_string("strings", ["one", "two"])
        nc.setncattr_string("string", "one")
        nc.setncattr("empty", "")
        nc.setncattr("latin", np.bytes_(b"caf\xe9"))
        for i in range(20):
            nc.setncattr(f"z{19 - i:02d}", np.arange(i, i + 3, dtype="i2"))
        group = nc.createGroup("deep/er")
        group.createDimension("x", 2)
        group.createVariable("x", "i4", ("x",))[:] = [1, 2]
        group.createVariable("field", "f4", ("time", "x"))[0:1] = 1
        group.createVariable("upper", "f4", ("time", "letters"))[0:1] = 1
        group.setncattr("of", "group")
        coordinate = nc.createGroup("clash")
        coordinate.createDimension("lat", 3)
        coordinate.createDimension("other", 2)
        coordinate.createVariable("lat", "f4", ("other", "lat"))[...] = 4


def indexes(path, version):
    """Every kind of chunk index; datasets without scales; links; a user block."""
    with h5py.File(path, "w", libver=version, userblock_size=1024) as h:
        chunks = 1500 if version == "latest" else 100
        a = np.arange(40 * 30, dtype="i4").reshape(40, 30)
        h.create_dataset("single", data=a, chunks=(40, 30), compression="gzip")
        h.create_dataset("single_plain", data=a, chunks=(40, 30))
        h.create_dataset("fixed_array", data=a, chunks=(7, 9), compression="gzip", shuffle=True)
        h.create_dataset("fixed_plain", data=a, chunks=(7, 9))
        h.create_dataset("many", data=np.arange(chunks, dtype="i2"), chunks=(1,))
        h.create_dataset("extensible", data=a, chunks=(7, 9), maxshape=(None, 30), shuffle=True)
        h.create_dataset("extensible_long", data=np.arange(2 * chunks, dtype="i2"), chunks=(2,), maxshape=(None,))
        h.create_dataset("tree", data=a, chunks=(7, 9), maxshape=(None, None), compression="gzip")
        h["tree"].resize((33, 25))
        h.create_dataset("scaled", data=a % 50, chunks=(7, 9), scaleoffset=0)
        h.create_dataset("scaled_float", data=(a % 50) * 0.25, chunks=(7, 9), scaleoffset=2)
        h.create_dataset("lzf", data=a % 5, chunks=(7, 9), compression="lzf", shuffle=True, fletcher32=True)
        part = h.create_dataset("holes", (40, 30), "f4", chunks=(7, 9), fillvalue=-1)
        part[30:33, 3:5] = 5
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((7, 9))
        plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        implicit = h5py.h5d.create(h.id, b"implicit", h5py.h5t.NATIVE_INT32, h5py.h5s.create_simple((40, 30)), plist)
        implicit.write(h5py.h5s.ALL, h5py.h5s.ALL, a)
        if version == "latest":
            plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            plist.set_chunk((7, 9))
            plist.set_shuffle()
            plist.set_deflate(4)
            unfiltered_partial_chunks = 2
            LIBRARY.H5Pset_chunk_opts(ctypes.c_int64(plist.id), unfiltered_partial_chunks)
            edges = h5py.h5d.create(h.id, b"plain_edges", h5py.h5t.NATIVE_INT32, h5py.h5s.create_simple((40, 30)), plist)
            edges.write(h5py.h5s.ALL, h5py.h5s.ALL, a)
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_layout(h5py.h5d.COMPACT)
        compact = h5py.h5d.create(h.id, b"compact", h5py.h5t.IEEE_F64BE, h5py.h5s.create_simple((3,)), plist)
        compact.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([1.5, 2.5, -3.5]))
        h["soft"] = h5py.SoftLink("/group/inner")
        group = h.create_group("group")
        group["inner"] = np.arange(3.0)
        h["half"] = np.arange(3, dtype="f2")
        h["truth"] = np.array([True, False])
        h["fixed_texts"] = np.array([b"one", b"three"])
        h["twelve_bits"] = np.arange(3)
        h.attrs["square"] = np.eye(2)
        h.attrs["flag"] = True
        h.attrs["reference"] = group.ref


def refused(path):
    """What netCDF-C refuses a whole file for."""
    with h5py.File(path, "w") as h:
        h["values"] = np.arange(3, dtype="i2")
        h["dangling"] = h5py.SoftLink("/nowhere")
        h["loop"] = h5py.SoftLink("/loop")
        h["outside"] = h5py.ExternalLink("other.h5", "/x")
        h.create_group("group")["up"] = h["/"]
        layout = h5py.VirtualLayout((3,), "i2")
        layout[:] = h5py.VirtualSource("other.h5", "x", (3,))
        h.create_virtual_dataset("virtual", layout)
        h.create_dataset("external", (3,), "i2", external=[("other.bin", 0, 6)])


filters(f"{out}/filters.nc")
refused(f"{out}/refused.h5")
shapes(f"{out}/shapes.nc")
indexes(f"{out}/indexes_latest.h5", "latest")
indexes(f"{out}/indexes_earliest.h5", "earliest")
