#!/usr/bin/env python3
"""Make the test files that no package offers, and list all files in MANIFEST.tsv.

    python -m pip install numpy==2.4.6 netCDF4==1.7.5.1.post1 h5py==3.16.0 zarr==3.1.6
    python generate.py

Everything is computed from formulas, so the values can be written down in tests. What the made
files are for stands beside each function. The files taken from packages are listed in PACKAGED.
"""
import hashlib
import os
import shutil
import struct

import h5py
import netCDF4 as nc
import numpy as np
import zarr

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "made")

PACKAGED = {
    "air_temperature_small.nc": ("PyPI hvsampledata 0.1.5", "BSD-3-Clause; data NCEP/NCAR, US Government, public domain",
                                 "int16 packing, descending latitude, hours since 1800"),
    "A1B_north_america.nc": ("PyPI iris-sample-data 2.5.2", "UK Open Government Licence, Crown copyright",
                             "360_day calendar, bounds, 240 years"),
    "atlantic_profiles.nc": ("PyPI iris-sample-data 2.5.2", "UK Open Government Licence, Crown copyright", "profiles, _FillValue"),
    "hybrid_height.nc": ("PyPI iris-sample-data 2.5.2", "UK Open Government Licence, Crown copyright",
                         "formula_terms, 2-D auxiliary coordinates"),
    "mesh_C4_synthetic_float.nc": ("PyPI iris-sample-data 2.5.2", "UK Open Government Licence, Crown copyright", "UGRID mesh"),
    "nemo_201501.nc": ("PyPI iris-sample-data 2.5.2 (NEMO/nemo_1m_20150101-20150201_grid-T.nc)",
                       "UK Open Government Licence, Crown copyright", "tripolar grid, corners, one month of a series"),
    "nemo_201502.nc": ("PyPI iris-sample-data 2.5.2 (NEMO/nemo_1m_20150201-20150301_grid-T.nc)",
                       "UK Open Government Licence, Crown copyright", "the next month"),
    "orca2_votemper.nc": ("PyPI iris-sample-data 2.5.2", "UK Open Government Licence, Crown copyright",
                          "curvilinear, depth, time units with a lone hour"),
    "rotated_pole.nc": ("PyPI iris-sample-data 2.5.2", "UK Open Government Licence, Crown copyright", "rotated pole grid mapping"),
    "SOI_Darwin.nc": ("PyPI iris-sample-data 2.5.2", "UK Open Government Licence, Crown copyright", "a time series of 130 years"),
    "toa_brightness_stereographic.nc": ("PyPI iris-sample-data 2.5.2", "UK Open Government Licence, Crown copyright",
                                        "stereographic projection"),
    "vlstr_type.nc": ("PyPI iris-sample-data 2.5.2", "UK Open Government Licence, Crown copyright", "texts of any length"),
    "coads_climatology.cdf": ("Debian ferret-datasets 7.6.0-5", "Ferret licence, US Government, public domain",
                              "hour since 0000-01-01, record dimension, -1e34 missing, longitudes to 379"),
    "etopo60.cdf": ("Debian ferret-datasets 7.6.0-5", "Ferret licence, US Government, public domain", "relief, classic"),
}

# Made by other programs from the files here.
CONVERTED = {
    "pressure.zarr": ("xarray 2026.9.0 from made/pressure_dateline.nc", "Zarr v3 by zarr-python, for uploads of a folder"),
    "galaxy/air_variables.tabular": ("inspect --list variables", "The list that feeds a menu in Galaxy"),
    "galaxy/monthly_v3.zarr.zip": ("made/monthly_v3.zarr, stored", "A zipped store"),
    "galaxy/grid_description.txt": ("written by hand", "A grid description as CDO has them"),
    "galaxy/weights_pressure.nc": ("cdo gencon,made/pressure_dateline.nc -selname,tas -seltimestep,1 made/monthly_bounds.nc, CDO 2.1.1",
                               "Weights in the layout of SCRIP"),
    "air_begin.zarr": ("parts.sh from air_temperature_small.nc", "A store to make longer, its first eight steps"),
    "galaxy/packed_plan.json": ("parts.sh from made/packed_1.nc and made/packed_2.nc", "The plan of a store in three parts"),
    "galaxy/task_0.txt": ("written by hand", "The number of a task"),
    **{f"galaxy/packed_{task}.fragment": ("parts.sh", "A part of that store") for task in range(3)},
    "galaxy/recipe.yaml": ("written by hand", "A recipe"),
    "stac/items.ndjson": ("stac.py", "Items of every habit: geometries across the dateline, ranges of time, missing properties"),
    "stac/items.parquet": ("stac.py, stac-geoparquet 0.8.3", "The same items as stac-geoparquet"),
    "stac/searches.json": ("stac.py, shapely 2.1.2", "What searches find among them"),
    "stac/searches_rustac.json": ("stac.py, shapely 2.1.2", "What searches find among the items that rustac publishes"),
    "stac/s2.json": ("stac/generate.py", "Two platforms over a region of France, 173 items on 108 dates, three scenes processed twice"),
    "stac/dateline.ndjson": ("stac/generate.py", "Footprints at the antimeridian, two collections, a period, a point"),
    "stac/stores.json": ("stac/generate.py", "Zarr stores and netCDF files as assets, properties whose types differ from item to item"),
    "stac/invalid.json": ("stac/generate.py", "Items that break the rules of STAC, one of STAC 1.0"),
}


def create(name, **kw):
    return nc.Dataset(os.path.join(OUT, name), "w", **kw)


def axis(d, name, values, dtype="f8", **attrs):
    d.createDimension(name, len(values))
    v = d.createVariable(name, dtype, (name,))
    v.setncatts(attrs)
    v[:] = values
    return v


def cams_like():
    """A forecast as CAMS delivers it: no reference date, wrapped longitudes, descending latitude, µ in the units."""
    d = create("cams_like.nc", format="NETCDF3_CLASSIC")
    axis(d, "longitude", np.r_[np.arange(355.0, 360.0, 1.0), np.arange(0.0, 6.0, 1.0)].astype("f4"), "f4",
         long_name="longitude", units="degrees_east")
    axis(d, "latitude", np.arange(45.0, 39.0, -1.0).astype("f4"), "f4", long_name="latitude", units="degrees_north")
    axis(d, "level", np.array([0.0], "f4"), "f4", long_name="level", units="m")
    axis(d, "time", np.arange(25.0).astype("f4"), "f4", long_name="FORECAST time from 20211222", units="hours")
    v = d.createVariable("pm2p5_conc", "f4", ("time", "level", "latitude", "longitude"))
    v.setncatts(dict(species="PM2.5 Aerosol", units="µg/m3", value="hourly values",
                     standard_name="mass_concentration_of_pm2p5_ambient_aerosol_in_air"))
    t, y, x = np.meshgrid(np.arange(25), np.arange(6), np.arange(11), indexing="ij")
    v[:, 0] = (t + 100 * y + 1000 * x).astype("f4")
    d.setncatts(dict(title="PM25 Air Pollutant FORECAST at the Surface", FORECAST="Europe, 20211222+[0H_24H]"))
    d.close()


def calendars():
    """A year of daily steps in each calendar: the value is the day's number."""
    for name, days in (("360_day", 360), ("noleap", 365), ("all_leap", 366), ("julian", 366), ("proleptic_gregorian", 366)):
        d = create(f"calendar_{name}.nc", format="NETCDF3_64BIT_OFFSET")
        axis(d, "time", np.arange(days) + 0.5, standard_name="time", units="days since 2000-01-01", calendar=name)
        v = d.createVariable("day", "i2", ("time",))
        v[:] = np.arange(days)
        d.close()


def packed_series():
    """Two months packed with their own scale and offset, in other time units: joining must decode each by its own."""
    for number, (first, days, scale, offset, units) in enumerate(
            ((0, 31, 0.01, 280.0, "hours since 2001-01-01"), (0, 28, 0.02, 270.0, "days since 2001-02-01"))):
        d = create(f"packed_{number + 1}.nc")
        d.createDimension("time", None)
        t = d.createVariable("time", "i4", ("time",))
        t.setncatts(dict(standard_name="time", units=units, calendar="standard"))
        t[:] = (np.arange(days) + first) * (24 if number == 0 else 1)
        axis(d, "lat", [10.0, 20.0], standard_name="latitude", units="degrees_north")
        axis(d, "lon", [0.0, 120.0, 240.0], standard_name="longitude", units="degrees_east")
        v = d.createVariable("t", "i2", ("time", "lat", "lon"), fill_value=np.int16(-32767), zlib=True, complevel=2, shuffle=True)
        v.set_auto_maskandscale(False)
        v.setncatts(dict(units="K", standard_name="air_temperature", scale_factor=scale, add_offset=offset))
        q = 100 * np.arange(days)[:, None, None] + 10 * np.arange(2)[None, :, None] + np.arange(3)[None, None, :]
        q[3, 1, 2] = -32767
        v[:] = q.astype("i2")
        d.close()


def monthly_bounds():
    """Monthly means over two years with bounds on every axis, cell methods and a scalar height (CF-1.8)."""
    d = create("monthly_bounds.nc")
    d.createDimension("time", None)
    d.createDimension("bnds", 2)
    days = np.cumsum([0] + [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] * 2).astype("f8")
    t = d.createVariable("time", "f8", ("time",))
    t.setncatts(dict(units="days since 1990-01-01", calendar="noleap", standard_name="time", axis="T", bounds="time_bnds"))
    t[:] = (days[:-1] + days[1:]) / 2
    lat, lon = np.arange(-75.0, 90.0, 30.0), np.arange(0.0, 360.0, 30.0)
    axis(d, "lat", lat, units="degrees_north", standard_name="latitude", axis="Y", bounds="lat_bnds")
    axis(d, "lon", lon, units="degrees_east", standard_name="longitude", axis="X", bounds="lon_bnds")
    for name, dims, values in (("time_bnds", ("time", "bnds"), np.c_[days[:-1], days[1:]]),
                               ("lat_bnds", ("lat", "bnds"), np.c_[lat - 15, lat + 15]),
                               ("lon_bnds", ("lon", "bnds"), np.c_[lon - 15, lon + 15])):
        d.createVariable(name, "f8", dims)[:] = values
    h = d.createVariable("height", "f8", ())
    h.setncatts(dict(units="m", positive="up", axis="Z", standard_name="height"))
    h[...] = 2.0
    v = d.createVariable("tas", "f4", ("time", "lat", "lon"), fill_value=np.float32(1e20), chunksizes=(1, 6, 12), zlib=True)
    v.setncatts(dict(units="K", standard_name="air_temperature", cell_methods="area: time: mean", coordinates="height",
                     cell_measures="area: areacella"))
    f = 250 + np.arange(24)[:, None, None] + np.arange(6)[None, :, None] * 10 + np.arange(12)[None, None, :] * 0.5
    f[:, 0, 0] = 1e20
    v.set_auto_maskandscale(False)
    v[:] = f.astype("f4")
    a = d.createVariable("areacella", "f4", ("lat", "lon"))
    a.setncatts(dict(units="m2", standard_name="cell_area"))
    band = np.sin(np.deg2rad(lat + 15)) - np.sin(np.deg2rad(lat - 15))
    a[:] = (6371229.0**2 * np.deg2rad(30) * band)[:, None] * np.ones(12)
    d.setncatts(dict(Conventions="CF-1.8", title="monthly means"))
    d.close()


def pressure_levels():
    """Four pressure levels in Pa, downwards in the atmosphere, over the dateline."""
    d = create("pressure_dateline.nc", format="NETCDF4_CLASSIC")
    axis(d, "plev", [100000.0, 85000.0, 50000.0, 25000.0], units="Pa", standard_name="air_pressure", positive="down", axis="Z")
    axis(d, "lat", [-10.0, -5.0, 0.0, 5.0, 10.0], units="degrees_north", standard_name="latitude")
    axis(d, "lon", np.arange(160.0, 205.0, 5.0), units="degrees_east", standard_name="longitude")
    v = d.createVariable("ta", "f4", ("plev", "lat", "lon"))
    v.setncatts(dict(units="K", standard_name="air_temperature"))
    v[:] = (np.arange(4)[:, None, None] * 1000 + np.arange(5)[None, :, None] * 100 + np.arange(9)[None, None, :]).astype("f4")
    d.close()


def ragged():
    """Profiles of 2, 0 and 3 samples side by side with a time each, and the land points of a 3 by 4 grid (CF 9.3.3, 8.2)."""
    d = create("ragged.nc", format="NETCDF3_CLASSIC")
    d.createDimension("obs", 5)
    axis(d, "profile", [1, 2, 3], "i4", cf_role="profile_id")
    v = d.createVariable("row_size", "i4", ("profile",))
    v.setncatts(dict(long_name="number of samples of each profile", sample_dimension="obs"))
    v[:] = [2, 0, 3]
    for name, values, attributes in (
            ("time", [0, 1, 0, 1, 2], dict(standard_name="time", units="days since 2000-01-01")),
            ("depth", [1, 2, 1, 2, 3], dict(standard_name="depth", units="m", positive="down")),
            ("temp", [10, 11, 30, 31, 32], dict(units="degC", coordinates="time depth"))):
        v = d.createVariable(name, "f4" if name == "temp" else "f8", ("obs",))
        v.setncatts(attributes)
        v[:] = values
    axis(d, "lat", [0.0, 10.0, 20.0], standard_name="latitude", units="degrees_north")
    axis(d, "lon", [0.0, 5.0, 10.0, 15.0], standard_name="longitude", units="degrees_east")
    axis(d, "land", [0, 3, 5, 6, 11], "i4", compress="lat lon")
    v = d.createVariable("soil", "f4", ("land",))
    v[:] = [0, 3, 5, 6, 11]
    d.setncatts(dict(Conventions="CF-1.11", featureType="profile"))
    d.close()


def groups():
    """Groups, an enumeration, texts, a compound, numbers of any length, several unlimited dimensions."""
    d = create("groups.nc")
    d.title = "nested groups"
    d.createDimension("x", 4)
    g = d.createGroup("forecast")
    g.model = "toy"
    g.createDimension("time", None)
    h = g.createGroup("surface")
    h.createDimension("station", None)
    v = h.createVariable("t2m", "f8", ("time", "x"), chunksizes=(2, 4), zlib=True)
    v.units = "K"
    v[:] = 270 + np.arange(12).reshape(3, 4)
    t = g.createVariable("time", "i8", ("time",))
    t.units = "hours since 2020-01-01"
    t[:] = [0, 6, 12]
    s = h.createVariable("name", str, ("station",))
    s[:] = np.array(["Oslo", "Tromsø", ""], dtype=object)
    cloud = d.createEnumType(np.uint8, "cloud_t", {"Clear": 0, "Cumulus": 2, "Missing": 255})
    c = d.createVariable("cloud", cloud, ("x",), fill_value=255)
    c[:] = [0, 2, 255, 2]
    pair = d.createCompoundType(np.dtype([("speed", "f4"), ("direction", "i2")]), "wind_t")
    d.createVariable("wind", pair, ("x",))[:] = np.zeros(4, np.dtype([("speed", "f4"), ("direction", "i2")]))
    ragged = d.createVLType(np.int32, "ragged_t")
    r = d.createVariable("ragged", ragged, ("x",))
    for i in range(4):
        r[i] = np.arange(i + 1, dtype="i4")
    d.createVariable("b", "S1", ("x",))[:] = np.array([b"a", b"b", b"c", b"d"])
    d.close()


def types():
    """One variable of each type at its extremes: CDF-5, netCDF-4 little and big endian."""
    kinds = dict(b="i1", s="i2", i="i4", l="i8", ub="u1", us="u2", ui="u4", ul="u8", f="f4", d="f8")
    for name, fmt, endian in (("types_cdf5.nc", "NETCDF3_64BIT_DATA", None), ("types_netcdf4.nc", "NETCDF4", "little"),
                              ("types_big_endian.nc", "NETCDF4", "big")):
        d = create(name, format=fmt)
        d.createDimension("n", 3)
        for key, kind in kinds.items():
            v = d.createVariable(key, kind, ("n",), **({"endian": endian} if endian else {}))
            v.set_auto_maskandscale(False)
            if kind[0] == "f":
                info = np.finfo(kind)
                v[:] = np.array([info.min, info.tiny, info.max], kind)
                v.range = np.array([info.min, info.max], kind)
            else:
                info = np.iinfo(kind)
                v[:] = np.array([info.min, 1, info.max], kind)
                v.range = np.array([info.min, info.max], kind)
        d.close()


def curvilinear():
    """A small grid over the North Pole, with corners: no index box is a latitude-longitude box."""
    n = 8
    d = create("curvilinear_pole.nc")
    for name, size in (("j", n), ("i", n), ("vertices", 4)):
        d.createDimension(name, size)

    def geographic(x, y):
        return 90 - np.hypot(x, y), np.mod(np.rad2deg(np.arctan2(x, -y)), 360)

    edge = np.linspace(-20, 20, n + 1)
    mid = (edge[1:] + edge[:-1]) / 2
    lat, lon = geographic(*np.meshgrid(mid, mid))
    ex, ey = np.meshgrid(edge, edge)
    corners = [geographic(ex[a:a + n, b:b + n], ey[a:a + n, b:b + n]) for a, b in ((0, 0), (0, 1), (1, 1), (1, 0))]
    for k, (name, values, units) in enumerate((("lat", lat, "degrees_north"), ("lon", lon, "degrees_east"))):
        v = d.createVariable(name, "f8", ("j", "i"))
        v.setncatts(dict(units=units, standard_name=dict(lat="latitude", lon="longitude")[name], bounds=name + "_vertices"))
        v[:] = values
        d.createVariable(name + "_vertices", "f8", ("j", "i", "vertices"))[:] = np.stack([c[k] for c in corners], -1)
    v = d.createVariable("siconc", "f4", ("j", "i"), fill_value=np.float32(-999))
    v.setncatts(dict(units="%", standard_name="sea_ice_area_fraction", coordinates="lat lon"))
    v[:] = np.arange(n * n).reshape(n, n)
    d.close()


def rotated_winds():
    """Winds along a rotated grid (CORDEX's pole), a mask, classes as flags, counts as integers."""
    d = create("rotated_winds.nc")
    x, y = np.arange(-4.0, 4.0), np.arange(-3.0, 3.0)
    axis(d, "rlat", y, units="degrees", standard_name="grid_latitude", axis="Y")
    axis(d, "rlon", x, units="degrees", standard_name="grid_longitude", axis="X")
    pole = d.createVariable("rotated_pole", "i4", ())
    pole.setncatts(dict(grid_mapping_name="rotated_latitude_longitude", grid_north_pole_latitude=39.25,
                        grid_north_pole_longitude=-162.0))
    i, j = np.meshgrid(np.arange(8), np.arange(6))
    flags = dict(flag_values=np.array([1, 2, 3], "i1"), flag_meanings="forest grass water")
    for name, dtype, values, attrs in (
            ("ua", "f4", 10.0 + i, dict(units="m s-1", standard_name="x_wind")),
            ("va", "f4", 2.0 * j, dict(units="m s-1", standard_name="y_wind")),
            ("lsm", "i1", (i + j) % 3 > 0, dict(standard_name="land_binary_mask")),
            ("cover", "i1", 1 + (i // 2 + j // 2) % 3, dict(standard_name="land_cover", **flags)),
            ("trees", "i4", 100 * i + j, dict(long_name="number of trees"))):
        v = d.createVariable(name, dtype, ("rlat", "rlon"))
        v.setncatts(dict(grid_mapping="rotated_pole", **attrs))
        v[:] = values.astype(dtype)
    d.setncatts(dict(Conventions="CF-1.8"))
    d.close()


def filters():
    """The same field behind each filter and chunk index of HDF5 that the writers here offer."""
    field = (np.arange(24 * 20 * 30) % 997).reshape(24, 20, 30).astype("f4")
    plain = dict(shuffle=True, fletcher32=True)
    for name, kw in (("deflate", dict(zlib=True, complevel=6)), ("zstd", dict(compression="zstd", complevel=5)),
                     ("bzip2", dict(compression="bzip2", complevel=5)), ("blosc", dict(compression="blosc_lz4", complevel=5)),
                     ("szip", dict(compression="szip"))):
        try:
            d = create(f"filter_{name}.nc")
            for dim, size in (("t", None), ("y", 20), ("x", 30)):
                d.createDimension(dim, size)
            d.createVariable("v", "f4", ("t", "y", "x"), chunksizes=(5, 7, 30), **plain, **kw)[:] = field
            d.close()
        except Exception as error:  # a library without that filter
            print("not made:", name, error)
            os.remove(os.path.join(OUT, f"filter_{name}.nc"))
    for name, kw in (("single", dict(chunks=(24, 20, 30))), ("fixed", dict(chunks=(5, 7, 30))),
                     ("extensible", dict(chunks=(5, 7, 30), maxshape=(None, 20, 30))),
                     ("btree2", dict(chunks=(5, 7, 30), maxshape=(None, None, 30)))):
        with h5py.File(os.path.join(OUT, f"index_{name}.h5"), "w", libver="latest") as f:
            f.create_dataset("v", data=field, compression="gzip", compression_opts=1, shuffle=True, **kw)


def zarrs():
    """The monthly field as Zarr v2 and v3, the latter sharded, with consolidated metadata."""
    t = 250 + np.arange(24)[:, None, None] + np.arange(6)[None, :, None] * 10 + np.arange(12)[None, None, :] * 0.5
    lat, lon = np.arange(-75.0, 90.0, 30.0), np.arange(0.0, 360.0, 30.0)
    for version in (2, 3):
        path = os.path.join(OUT, f"monthly_v{version}.zarr")
        root = zarr.open_group(path, mode="w", zarr_format=version, attributes=dict(title="monthly means", Conventions="CF-1.8"))
        for name, dims, data, chunks, attrs in (
                ("time", ["time"], np.arange(24.0) * 30 + 15, (24,), dict(units="days since 1990-01-01", calendar="360_day")),
                ("lat", ["lat"], lat, (6,), dict(units="degrees_north")),
                ("lon", ["lon"], lon, (12,), dict(units="degrees_east")),
                ("tas", ["time", "lat", "lon"], t.astype("f4"), (5, 6, 5), dict(units="K"))):
            kw = dict(dimension_names=dims) if version == 3 else dict()
            if version == 3 and name == "tas":
                kw.update(shards=(10, 6, 10))
            if version == 2:
                attrs = dict(attrs, _ARRAY_DIMENSIONS=dims)
            a = root.create_array(name, shape=data.shape, dtype=data.dtype, chunks=chunks, attributes=attrs, **kw)
            a[...] = data
        zarr.consolidate_metadata(path)


def malformed():
    """Headers with one named defect each, and small files that claim what no file holds."""
    folder = os.path.join(OUT, "malformed")
    os.makedirs(folder)
    with open(os.path.join(OUT, "types_cdf5.nc"), "rb") as f:
        good = f.read()
    with open(os.path.join(OUT, "types_netcdf4.nc"), "rb") as f:
        hdf5 = f.read()
    name = b"\0\0\0\1" + b"x\0\0\0"
    dims = b"\0\0\0\x0a\0\0\0\1" + name + struct.pack(">i", 4)
    none = bytes(8)
    cases = {
        "empty.nc": b"",
        "magic_only.nc": b"CDF\1",
        "unknown_version.nc": b"CDF\7" + good[4:],
        "cut_header.nc": good[:200],
        "cut_data.nc": good[:-20],
        "many_dimensions.nc": b"CDF\1\0\0\0\0" + b"\0\0\0\x0a\x7f\xff\xff\xff" + name,
        "many_variables.nc": b"CDF\1\0\0\0\0" + dims + none + b"\0\0\0\x0b\x7f\xff\xff\xff",
        "long_name.nc": b"CDF\1\0\0\0\0" + b"\0\0\0\x0a\0\0\0\1\x7f\xff\xff\xffx",
        "huge_dimension.nc": b"CDF\1\0\0\0\0" + b"\0\0\0\x0a\0\0\0\1" + name + b"\x7f\xff\xff\xff" + none
                             + b"\0\0\0\x0b\0\0\0\1" + name + b"\0\0\0\1\0\0\0\0" + none + b"\0\0\0\6\0\0\0\x10\0\0\0\x80",
        "dimension_out_of_range.nc": b"CDF\1\0\0\0\0" + dims + none + b"\0\0\0\x0b\0\0\0\1" + name + b"\0\0\0\1\0\0\0\x09"
                                     + none + b"\0\0\0\6\0\0\0\x10\0\0\0\x80",
        "cut_hdf5.h5": hdf5[:600],
        "hdf5_signature_only.h5": hdf5[:8],
        "text.nc": b"this is not netCDF\n",
        "html.nc": b"<!DOCTYPE html><html><body>404</body></html>\n",
    }
    for case, content in cases.items():
        with open(os.path.join(folder, case), "wb") as f:
            f.write(content)
    endless(folder)


def endless(folder):
    """Small files that claim chunks without end: 2**45 chunks of one value, two thousand million latitudes."""
    with h5py.File(os.path.join(folder, "endless_chunks.h5"), "w") as f:
        v = f.create_dataset("v", (2**45,), "f8", chunks=(1,), fillvalue=-1.0)
        v[:4] = [1, 2, 3, 4]
        f.create_dataset("x", (2**45,), "f8", chunks=(2**20,)).make_scale("x")
        v.dims[0].attach_scale(f["x"])
    with h5py.File(os.path.join(OUT, "endless_coordinate.h5"), "w") as f:
        for name in ("lat", "v"):
            f.create_dataset(name, (2 * 10**9,), "f8", chunks=(10**6,))
        f["lat"].attrs["units"] = "degrees_north"
        f["lat"].make_scale("lat")
        f["v"].dims[0].attach_scale(f["lat"])


def shapes():
    """Polygons for --polygon: a box over the dateline, a triangle with a hole, two named features."""
    features = [
        ("triangle", [[[0, 0], [40, 0], [20, 40], [0, 0]], [[15, 5], [25, 5], [20, 15], [15, 5]]]),
        ("pacific", [[[170, -10], [190, -10], [190, 10], [170, 10], [170, -10]]]),
    ]
    import json
    collection = dict(type="FeatureCollection", features=[
        dict(type="Feature", properties=dict(name=name), geometry=dict(type="Polygon", coordinates=rings))
        for name, rings in features])
    with open(os.path.join(OUT, "regions.geojson"), "w") as f:
        json.dump(collection, f, indent=1)
        f.write("\n")
    with open(os.path.join(OUT, "stations.csv"), "w") as f:
        f.write("name,lon,lat\nDenver,-105.0,39.75\nOttawa,284.3,45.42\nMexico City,-99.13,19.43\n")


def digest(path):
    h = hashlib.sha256()
    if os.path.isdir(path):
        for folder, subfolders, names in os.walk(path):
            subfolders.sort()
            for n in sorted(names):
                with open(os.path.join(folder, n), "rb") as f:
                    h.update(n.encode() + f.read())
    else:
        with open(path, "rb") as f:
            h.update(f.read())
    return h.hexdigest()[:16]


def size(path):
    if os.path.isdir(path):
        return sum(size(os.path.join(path, n)) for n in os.listdir(path))
    return os.path.getsize(path)


def manifest(made):
    rows = ["file\tsource\tlicence\tbytes\tsha256\texercises"]
    for name, (source, licence, what) in sorted(PACKAGED.items()):
        path = os.path.join(HERE, name)
        rows.append(f"{name}\t{source}\t{licence}\t{size(path)}\t{digest(path)}\t{what}")
    for name, what in sorted(made.items()):
        path = os.path.join(OUT, name)
        rows.append(f"made/{name}\tgenerate.py\tMIT OR Apache-2.0\t{size(path)}\t{digest(path)}\t{what}")
    for name, (source, what) in CONVERTED.items():
        rows.append(f"{name}\t{source}\tMIT OR Apache-2.0\t{size(os.path.join(HERE, name))}\t-\t{what}")
    with open(os.path.join(HERE, "MANIFEST.tsv"), "w") as f:
        f.write("\n".join(rows) + "\n")


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    made = {}
    for make in (cams_like, calendars, packed_series, monthly_bounds, pressure_levels, ragged, groups, types, curvilinear, rotated_winds,
                 filters, zarrs, malformed, shapes):
        before = set(os.listdir(OUT))
        make()
        for name in set(os.listdir(OUT)) - before:
            made[name] = " ".join(make.__doc__.split()).rstrip(".")
    manifest(made)


if __name__ == "__main__":
    main()
