"""Outputs as others open them: xarray with and without decoding, zarr's consolidated metadata, CDO, Iris."""

import os
import shutil
import subprocess

import h5py
import numpy as np
import xarray as xr
import zarr

import content

CDO = shutil.which("cdo")


def problems(source, output, form, result):
    """A line for each thing that another program would stumble over; a `source` is decoded for comparison."""
    found = []
    if form.startswith("zarr"):
        store = zarr.storage.ZipStore(output, mode="r") if os.path.isfile(output) else output
        members = zarr.open_consolidated(store, mode="r")
        listed = {name for name, member in members.members(max_depth=None) if isinstance(member, zarr.Array)}
        if listed != set(result.variables):
            found.append(f"consolidated metadata list {sorted(listed)}")
    elif form.startswith("netcdf4"):
        if "netcdf" not in _provenance(output):
            found.append("no _NCProperties")
    return found + _raw(output, form, result) + (_decoded(source, output, form) if source else [])


def _provenance(output):
    with h5py.File(output) as file:
        value = file.attrs.get("_NCProperties", b"")
        return value.decode() if isinstance(value, bytes) else str(value)


def _raw(output, form, result):
    """xarray sees the same variables, dimensions and types without decoding anything."""
    found = []
    with content.open_as_xarray(output) as dataset:
        top = {n: v for n, v in result.variables.items() if "/" not in n}
        if set(dataset.variables) != set(top):
            found.append(f"xarray sees variables {sorted(dataset.variables)}")
        for name, variable in top.items():
            seen = dataset.variables.get(name)
            if seen is not None and seen.dims != tuple(d.rsplit("/", 1)[-1] for d in variable.dimensions or ()):
                found.append(f"variable {name}: xarray sees dimensions {seen.dims}")
    return found


def _decoded(source, output, form):
    """Decoded by xarray's own defaults, source and output mean the same."""
    try:
        with xr.open_dataset(source, engine="netcdf4", decode_timedelta=False) as one:
            want = {name: one[name].load() for name in one.variables}
    except Exception:
        return []  # xarray refuses the source: times before year 1, duplicate dimensions, …
    found = []
    if form.startswith("zarr"):
        store = zarr.storage.ZipStore(output, mode="r") if os.path.isfile(output) else output
        opened = xr.open_zarr(store, chunks=None, decode_timedelta=False)
    else:
        opened = xr.open_dataset(output, engine="netcdf4", decode_timedelta=False)
    with opened as two:
        for name, a in want.items():
            if name not in two.variables:
                continue  # a part was asked for
            b = two[name].load()
            if len(set(a.dims)) == len(a.dims) and (a.shape != b.shape or not _same(a.values, b.values)):
                found.append(f"variable {name}: xarray decodes {_sample(a)} as {_sample(b)}")
    return found


def _same(a, b):
    if a.dtype.kind in "OSUT" or b.dtype.kind in "OSUT":
        return all(_text(x) == _text(y) for x, y in zip(np.ravel(a), np.ravel(b)))
    if a.dtype == "f4" and b.dtype == "f8":
        # In JSON a scale factor is a double, so xarray unpacks into doubles.
        largest = np.nanmax(np.abs(a), initial=0)
        return np.allclose(a, b, rtol=4e-7, atol=4e-7 * largest, equal_nan=True)
    return np.array_equal(a, b, equal_nan=a.dtype.kind in "fcmM")


def _text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _sample(array):
    return f"{array.dtype} {np.ravel(array.values)[:2]}"


def cdo_difference(source, output):
    """What CDO finds different; nothing if CDO is absent or does not read the source."""
    if not CDO:
        return None
    quiet = {"capture_output": True, "text": True, "timeout": 60}
    if subprocess.run([CDO, "-s", "infon", source], **quiet).returncode != 0:
        return None
    done = subprocess.run([CDO, "-s", "diffn", source, output], **quiet)
    if done.returncode or "records differ" in done.stdout:
        return f"status {done.returncode}: {' '.join((done.stdout + done.stderr).split())}"[:400]
    return ""


def iris_difference(source, output):
    """What Iris's cubes have different; nothing if Iris is absent."""
    try:
        import iris
    except ImportError:
        return None
    one = sorted(iris.load(source), key=lambda cube: (cube.name(), str(cube.var_name)))
    two = sorted(iris.load(output), key=lambda cube: (cube.name(), str(cube.var_name)))
    if len(one) != len(two):
        return f"{len(one)} cubes became {len(two)}"
    return "; ".join(f"cube {a.name()} differs" for a, b in zip(one, two) if a != b)
