"""Writes golden.csv and shared.csv: cells as CDO 2.1.1 and numpy regrid them, run in this folder with the name of the folder of
shared data. A line holds

    source | arguments of regrid | variable | tolerance | the operators of CDO, or numpy | index:value …

Values are those of the flat index in the output (time slowest). Only cells count that CDO gives a value without extrapolating
(REMAP_EXTRAPOLATE=off), that have no missing values around them (nearest, bilinear, bicubic, distance-weighted: a mask of 0 and 1
remapped alike is 1), and whose nearest cells are no matter of rounding; nearest is checked against a search among all great circles.
In two cases numpy is the judge: CDO takes the corners of one quadrilateral for the four nearest cells of curvilinear grids, and its
second order has next to no slopes on limited areas. Bilinear and bicubic on curvilinear grids are compared south of 75 degrees
only, beyond which CDO goes along meridians that meet. Grids that CDO does not read (rotated poles, meshes) are given to it as
lists of cells, computed here from their definitions.
"""

import os
import subprocess
import sys
import tempfile

import netCDF4 as nc
import numpy as np

FIXTURES = "../../../../test-data/"
CDO = {"nearest": "nn", "bilinear": "bil", "bicubic": "bic", "conservative": "con", "conservative2": "con2",
       "distance-weighted": "dis"}
# Of the greatest value. Slopes within cells may be taken in more than one way.
TOLERANCE = {"nearest": 0.0, "conservative2": 2e-5, "bicubic": 1e-4}
CELLS = 36
TEMPORARY = tempfile.TemporaryDirectory()


def cdo(operators, source):
    output = os.path.join(TEMPORARY.name, "out.nc")
    if os.path.exists(output):
        os.remove(output)
    command = ["cdo", "-s", "-L", "-f", "nc4", "-b", "F64", *operators.split(), source, output]
    done = subprocess.run(command, env={**os.environ, "REMAP_EXTRAPOLATE": "off"}, capture_output=True, text=True)
    if done.returncode:
        return None, done.stderr.strip().splitlines()[-1]
    return output, None


def field(path, variable):
    with nc.Dataset(path) as d:
        return np.ma.filled(d[variable][:].astype("f8"), np.nan)


def places(path, variable):
    """Longitudes and latitudes of the cells of a file of CDO or of a list of cells."""
    with nc.Dataset(path) as d:
        names = getattr(d[variable], "coordinates", "").split()
        known = [d[n] for n in [*names, *d[variable].dimensions] if n in d.variables]
        find = lambda kind, unit: next(v for v in known if getattr(v, "standard_name", "") == kind
                                       or getattr(v, "units", "").startswith(unit))
        lon, lat = find("longitude", "degrees_e"), find("latitude", "degrees_n")
        if lon.ndim == 1 and lon.dimensions != lat.dimensions:
            return tuple(v.ravel() for v in np.meshgrid(lon[:].astype("f8").filled(), lat[:].astype("f8").filled()))
        degrees = 180 / np.pi if lon.units.startswith("rad") else 1
        lon, lat = (np.ma.filled(v[:].astype("f8"), np.nan) * degrees for v in (lon, lat))
    return lon.ravel(), lat.ravel()


def points(lon, lat):
    lon, lat = np.deg2rad(lon), np.deg2rad(lat)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def nearest(source, target):
    """The five nearest source cells of each target and how far they are."""
    source = points(*source)
    source[~np.isfinite(source).all(axis=1)] = 9.0
    chosen, far = [], []
    for one in points(*target):
        d = np.sqrt(((source - one) ** 2).sum(axis=1))
        five = np.argpartition(d, min(5, len(d) - 1))[:6]
        five = five[np.argsort(d[five], kind="stable")]
        chosen.append(five)
        far.append(d[five])
    return np.array(chosen), np.array(far)


def overlap(a, b):
    """How much of each cell of `a` each of `b` covers, and the middle of that; cells as edges (low, high)."""
    low, high = (f(a[i][:, None], b[i][None, :]) for i, f in ((0, np.maximum), (1, np.minimum)))
    return np.maximum(high - low, 0), low, np.maximum(high, low)


def second_order(values, lon, lat, to_lon, to_lat, around):
    """Means of fields that slope within the cells of a rectilinear grid: central differences, one-sided at the ends."""
    edges = lambda v: (v - abs(v[1] - v[0]) / 2, v + abs(v[1] - v[0]) / 2)
    ends = lambda v: tuple(np.clip(e, -90, 90) for e in edges(v))
    sine = lambda e: tuple(np.sin(np.deg2rad(x)) for x in e)

    def middle(low, high):
        """The latitude of the centre of a band by area."""
        a, b = np.deg2rad(low), np.deg2rad(high)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.rad2deg((b * np.sin(b) + np.cos(b) - a * np.sin(a) - np.cos(a)) / (np.sin(b) - np.sin(a)))

    if around:
        slope_x = (np.roll(values, -1, -1) - np.roll(values, 1, -1)) / (2 * (lon[1] - lon[0]))
    else:
        slope_x = np.gradient(values, lon, axis=-1, edge_order=1)
    slope_y = np.gradient(values, lat, axis=-2, edge_order=1)
    _, low, high = overlap(ends(to_lat), ends(lat))
    rows = np.maximum(np.sin(np.deg2rad(high)) - np.sin(np.deg2rad(low)), 0)
    north = np.nan_to_num(middle(low, high) - middle(*ends(lat))[None, :])
    mean = np.zeros((*values.shape[:-2], len(to_lat), len(to_lon)))
    whole = np.zeros((len(to_lat), len(to_lon)))
    for turn in (-360, 0, 360):
        columns, west, east = overlap(edges(to_lon), edges(lon + turn))
        aside = (west + east) / 2 - (lon + turn)[None, :]
        mean += rows @ values @ columns.T + rows @ slope_x @ (columns * aside).T + (rows * north) @ slope_y @ columns.T
        whole += rows.sum(1)[:, None] * columns.sum(1)[None, :]
    with np.errstate(invalid="ignore"):
        return mean / whole


def line(out, source, arguments, variable, limit, operators, flat, usable, shown=lambda v: f"{v:.13g}"):
    index = np.flatnonzero(usable)
    if len(index) < 6:
        print(f"# {source} {arguments}: only {len(index)} cells", file=sys.stderr)
        return
    picked = index[np.linspace(0, len(index) - 1, min(CELLS, len(index))).astype(int)]
    numbers = " ".join(f"{i}:{shown(flat[i])}" for i in picked)
    out.write("|".join((source, arguments, variable, repr(limit), operators, numbers)) + "\n")


def one(out, source, path, variable, method, target, kind="rectilinear", first="", tolerance=None):
    """A line for a method; `path` is what CDO reads."""
    remap = f"-remap{CDO[method]},{target}"
    got, why = cdo(f"{remap} {first} -selname,{variable}", path)
    if got is None:
        print(f"# {source} {method}: CDO says {why}", file=sys.stderr)
        return
    values, raw = field(got, variable), field(path, variable)
    here, there = places(path, variable), places(got, variable)
    operators = f"remap{CDO[method]},{target} {first}".strip()
    mask = "con" if method == "conservative2" else CDO[method]
    usable = np.isfinite(values).reshape(-1, len(there[0]))
    if method != "conservative":
        mask, _ = cdo(f"-remap{mask},{target} -setmisstoc,0 -setrtoc,-1e30,1e30,1 {first} -selname,{variable}", path)
        usable &= np.abs(field(mask, variable) - 1).reshape(usable.shape) < 1e-12
    if method in ("nearest", "distance-weighted"):
        chosen, far = nearest(here, there)
        n = 1 if method == "nearest" else 4
        usable &= far[:, n] - far[:, n - 1] > 1e-7
        from_cells = raw.reshape(-1, len(here[0]))[:, chosen[:, :n]]
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = 1 / far[:, :n]
            expected = (from_cells * weights).sum(axis=-1) / weights.sum(axis=-1)
        usable &= np.isfinite(expected)
        if method == "nearest" or kind == "curvilinear":
            expected = from_cells[..., 0] if method == "nearest" else expected
            agree = values.reshape(usable.shape) == expected
            assert method != "nearest" or agree[usable].all(), (source, (~agree & usable).sum())
            values = expected
            operators += " (numpy: all great circles)"
    if method in ("bilinear", "bicubic") and kind == "curvilinear":
        usable &= np.abs(there[1]) < 75
    if method in ("bicubic", "conservative2") and kind == "area":
        # Two cells within the edges.
        inside = lambda t, s: (t > np.unique(s)[2]) & (t < np.unique(s)[-3])
        usable &= inside(there[0], here[0]) & inside(there[1], here[1])
    if method == "conservative2" and target.startswith("n"):
        return  # second_order() is for equal cells
    if method == "conservative2":
        axis = lambda v: v[np.sort(np.unique(v, return_index=True)[1])]
        if np.isnan(raw).any():
            return
        values = second_order(raw, *map(axis, here), *map(axis, there), kind != "area")
        usable &= np.isfinite(values).reshape(usable.shape)
        operators = "numpy: second order"
    told = f"--target {target}"
    limit = TOLERANCE.get(method, 1e-6) if tolerance is None else tolerance
    shown = (lambda v: str(np.float32(v))) if method == "nearest" else (lambda v: f"{v:.13g}")
    line(out, source, f"--method {method} {told}", variable, limit, operators, values.ravel(), usable.ravel(), shown)


def cells_for_cdo(name, variable, values, lon, lat, corners=None, curvilinear=True):
    """A file of cells with places of their own."""
    path = os.path.join(TEMPORARY.name, name)
    with nc.Dataset(path, "w") as d:
        names = ("y", "x") if curvilinear else ("cell",)
        for n, extent in zip(names, lon.shape):
            d.createDimension(n, extent)
        others = [f"o{i}" for i in range(values.ndim - lon.ndim)]
        for n, extent in zip(others, values.shape):
            d.createDimension(n, extent)
        if corners is not None:
            d.createDimension("vertices", corners[0].shape[-1])
        for i, (n, v, unit) in enumerate((("lon", lon, "degrees_east"), ("lat", lat, "degrees_north"))):
            made = d.createVariable(n, "f8", names)
            made.units, made.standard_name = unit, "longitude" if n == "lon" else "latitude"
            made[:] = v
            if corners is not None:
                made.bounds = n + "_bnds"
                d.createVariable(n + "_bnds", "f8", (*names, "vertices"))[:] = corners[i]
        v = d.createVariable(variable, "f8", (*others, *names), fill_value=-1e33)
        v.coordinates = "lon lat"
        v[:] = np.where(np.isfinite(values), values, -1e33)
    return path


def unrotated(x, y, pole_lon, pole_lat):
    """Longitudes and latitudes of places of a rotated grid (CF conventions, appendix F)."""
    x, y = np.deg2rad(x), np.deg2rad(y)
    p = np.deg2rad(pole_lat)
    lat = np.arcsin(np.sin(p) * np.sin(y) + np.cos(p) * np.cos(y) * np.cos(x))
    lon = np.arctan2(np.cos(y) * np.sin(x), np.sin(p) * np.cos(y) * np.cos(x) - np.cos(p) * np.sin(y))
    return np.rad2deg(lon) + pole_lon + 180, np.rad2deg(lat)


def rotated(path, variable, along_x, along_y, pole_lon, pole_lat):
    with nc.Dataset(path) as d:
        x, y = (d[n][:].astype("f8").filled() for n in (along_x, along_y))
        edges = lambda v: np.concatenate([[v[0] - (v[1] - v[0]) / 2], (v[1:] + v[:-1]) / 2, [v[-1] + (v[-1] - v[-2]) / 2]])
        values = d[variable][:].astype("f8").filled(np.nan)
    ex, ey = edges(x), edges(y)
    lon, lat = unrotated(*np.meshgrid(x, y), pole_lon, pole_lat)
    clon, clat = unrotated(*np.meshgrid(ex, ey), pole_lon, pole_lat)
    around = lambda c: np.stack([c[:-1, :-1], c[:-1, 1:], c[1:, 1:], c[1:, :-1]], axis=-1)
    return cells_for_cdo("rotated.nc", variable, values.reshape(-1, *lon.shape).squeeze(), lon, lat, (around(clon), around(clat)))


def listed(path, variable):
    """The cells of a file whose coordinates CDO does not find, where their dimensions have no roles."""
    with nc.Dataset(path) as d:
        lon, lat = (next(v for v in d.variables.values() if getattr(v, "standard_name", "") == n) for n in ("longitude", "latitude"))
        corners = tuple(d[v.bounds][:].filled() for v in (lon, lat)) if hasattr(lon, "bounds") else None
        values = d[variable][:].astype("f8").filled(np.nan)
        return cells_for_cdo(os.path.basename(path), variable, values, lon[:].filled(), lat[:].filled(), corners)


def without_halo(path, variable):
    """Without the last two columns, which repeat the first two and which CDO counts twice."""
    cut, _ = cdo("-selindexbox,1,254,1,220 -selname," + variable, path)
    with nc.Dataset(cut) as d:
        corners = tuple(d[d[n].bounds][:].filled() for n in ("lon", "lat"))
        return cells_for_cdo("halo.nc", variable, field(cut, variable), d["lon"][:].filled(), d["lat"][:].filled(), corners)


def mesh():
    with nc.Dataset(FIXTURES + "mesh_C4_synthetic_float.nc") as d:
        nodes = d["example_C4_face_nodes"][:] - 1
        corners = tuple(d["example_C4_node_" + n][:].filled()[nodes] for n in "xy")
        centres = tuple(d["example_C4_face_" + n][:].filled() for n in "xy")
        values = d["synthetic"][:].astype("f8").filled()
    return cells_for_cdo("mesh.nc", "synthetic", values, *centres, corners, curvilinear=False)


ALL = tuple(CDO)
BETWEEN = ("nearest", "bilinear", "bicubic", "distance-weighted")
BY_CELLS = ("nearest", "distance-weighted", "conservative")


def fixtures(out):
    for name, variable, target, methods, kind in (
        ("etopo60.cdf", "ROSE", "r37x19", ALL, "rectilinear"),
        ("etopo60.cdf", "ROSE", "n16", ALL, "rectilinear"),
        ("coads_climatology.cdf", "SST", "r37x19", ALL, "rectilinear"),
        ("coads_climatology.cdf", "AIRT", "n16", ALL, "rectilinear"),
        ("nemo_201501.nc", "tos", "r37x19", (*BETWEEN, "conservative"), "curvilinear"),
        ("orca2_votemper.nc", "votemper", "r37x19", (*BETWEEN, "conservative"), "curvilinear"),
        ("A1B_north_america.nc", "air_temperature", "grids/america.txt", ALL, "area"),
        ("air_temperature_small.nc", "air", "grids/america.txt", ALL, "area"),
        ("made/curvilinear_pole.nc", "siconc", "grids/polar.txt", BY_CELLS, "curvilinear"),
        ("made/monthly_bounds.nc", "tas", "r37x19", ("bilinear", "conservative", "nearest"), "rectilinear"),
        ("toa_brightness_stereographic.nc", "data", "grids/europe.txt", BETWEEN, "curvilinear"),
    ):
        path = FIXTURES + name
        if name.startswith(("toa", "orca2")):
            path = listed(path, variable)
        for method in methods:
            one(out, name, path, variable, method, target, kind, tolerance=1e-5 if kind == "curvilinear" and method == "conservative" else None)
    for name, variable, target in (("rotated_pole.nc", "air_pressure_at_sea_level", "grids/europe.txt"),
                                   ("hybrid_height.nc", "air_potential_temperature", "grids/wales.txt")):
        path = rotated(FIXTURES + name, variable, "grid_longitude", "grid_latitude", 177.5, 37.5)
        for method in (*BETWEEN, "conservative"):
            one(out, name, path, variable, method, target, "curvilinear", tolerance=1e-5 if method == "conservative" else None)
    path = mesh()
    for method in BY_CELLS:
        one(out, "mesh_C4_synthetic_float.nc", path, "synthetic", method, "r37x19", "list")


def shared(out, data):
    """Real files that are no part of the repository."""
    nug = "netcdf/ncarg/nug/"
    for name, variable, target, methods, kind in (
        (nug + "tas_rectilinear_grid_2D.nc", "tas", "r37x19", ALL, "rectilinear"),
        (nug + "rectilinear_grid_3D.nc", "t", "n16", ("nearest", "bilinear", "conservative"), "rectilinear"),
        (nug + "tos_ocean_bipolar_grid.nc", "tos", "r37x19", (*BETWEEN, "conservative"), "curvilinear"),
        (nug + "triangular_grid_ICON.nc", "S", "r37x19", BY_CELLS, "list"),
    ):
        path = os.path.join(data, name)
        if "bipolar" in name:
            path = without_halo(path, variable)
        for method in methods:
            if method != "conservative2":
                one(out, "data/" + name, path, variable, method, target, kind)
    name = nug + "tas_rotated_grid_EUR11.nc"
    path = rotated(os.path.join(data, name), "tas", "rlon", "rlat", -162.0, 39.25)
    for method in (*BETWEEN, "conservative"):
        one(out, "data/" + name, path, "tas", method, "grids/europe.txt", "curvilinear")


if __name__ == "__main__":
    with open("golden.csv", "w") as golden:
        fixtures(golden)
    if len(sys.argv) > 1:
        with open("shared.csv", "w") as golden:
            shared(golden, sys.argv[1])
