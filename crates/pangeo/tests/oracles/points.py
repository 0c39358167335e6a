"""The numbers of tools/subset/tests/points.rs: the nearest cell by brute force over all cells.

    python points.py ../../../../test-data
"""
import sys

import numpy as np
import xarray as xr

DATA = sys.argv[1] + "/"
RADIUS = 6371.0088


def distance(lon1, lat1, lon2, lat2):
    lon1, lat1, lon2, lat2 = (np.radians(np.asarray(v, float)) for v in (lon1, lat1, lon2, lat2))
    h = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * RADIUS * np.arcsin(np.sqrt(h))


def show(name, lon, lat, values, points):
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    for point in points:
        km = distance(*point, lon, lat)
        cell = np.unravel_index(np.nanargmin(km), km.shape)
        print(name, point, lat[cell], lon[cell], km[cell], values[(..., *cell)].ravel()[:3])


air = xr.open_dataset(DATA + "air_temperature_small.nc")
lon, lat = np.meshgrid(air.lon, air.lat)
stations = [(-105, 39.75), (284.3, 45.42), (-99.13, 19.43)]
show("air", lon, lat, air.air.values, stations)
for point, time in zip(stations, ["2014-02-25T06", "2014-02-26T00", "2014-02-24T18"]):
    show(f"air at {time}", lon, lat, air.air.sel(time=time).values.squeeze(), [point])

cams = xr.open_dataset(DATA + "made/cams_like.nc", decode_times=False)
lon, lat = np.meshgrid(cams.longitude, cams.latitude)
show("cams", lon, lat, cams.pm2p5_conc.values, [(1.2, 41.1), (-0.4, 42.3), (14.2681, 40.8518)])

orca = xr.open_dataset(DATA + "orca2_votemper.nc", decode_times=False)
points = [(-30, 40), (179.9, -10), (0, 85), (142.2, 11.35)]
show("orca2", orca.nav_lon, orca.nav_lat, orca.votemper.values, points)

pole = xr.open_dataset(DATA + "made/curvilinear_pole.nc", decode_times=False)
show("pole", pole.lon, pole.lat, pole.siconc.values, [(30, 89.5), (-170, 87)])
