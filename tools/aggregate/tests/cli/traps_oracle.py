"""The numbers in traps.rs and values.rs, from numpy, xarray and cftime: run in this folder."""

import netCDF4 as nc
import numpy as np
import xarray as xr

DATA = "../../../../test-data/"


def show(what, *values):
    print(what, *(repr(float(v)) for v in values))


air = xr.open_dataset(DATA + "air_temperature_small.nc").air.values.astype("f8")
for name in ("mean", "std", "var", "sum", "min", "max", "median"):
    show("air " + name, getattr(np, name)(air))
show("air std ddof=1", air.std(ddof=1))
show("air time std ddof=1, its mean", air.std(axis=0, ddof=1).mean())
for q in (10, 90, 99.9):
    show(f"air p{q}", np.percentile(air, q))
for method in ("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
               "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"):
    show(f"air p37.5 of time, its mean, {method}", np.percentile(air, 37.5, axis=0, method=method).mean())

monthly = xr.open_dataset(DATA + "made/monthly_bounds.nc", decode_times=False)
tas = monthly.tas.values.astype("f8")
length = np.diff(monthly.time_bnds.values, axis=1)[:, :, None]
ok = ~np.isnan(tas)
means = [np.nansum((tas * length)[s], 0)[0, 1] / (ok * length)[s].sum(0)[0, 1] for s in (slice(0, 12), slice(12, 24))]
show("monthly years by length of months, at -75, 30", *means)
area = monthly.areacella.values.astype("f8")
show("monthly area mean, first and last", *(np.nansum(tas * area, (1, 2)) / (ok * area).sum((1, 2)))[[0, -1]])
show("monthly area mean without weights", np.nanmean(tas, (1, 2))[0])

a1b = nc.Dataset(DATA + "A1B_north_america.nc")
t = a1b["air_temperature"][:].astype("f8").filled(np.nan)
bounds = a1b["latitude_bnds"][:].astype("f8") if "latitude_bnds" in a1b.variables else None
print("A1B", t.shape, "bounds", None if bounds is None else bounds.shape, a1b["time"].calendar)
show("A1B mean of all, max of the time means", t.mean(), t.mean(0).max())

coads = nc.Dataset(DATA + "coads_climatology.cdf")
sst, lat = coads["SST"][:].astype("f8").filled(np.nan), coads["COADSY"][:].astype("f8")
w = np.sin(np.deg2rad(lat + 1)) - np.sin(np.deg2rad(lat - 1))
w = w[:, None] * np.ones(180)
show("COADS area means, first and last", *(np.nansum(sst * w, (1, 2)) / (w * ~np.isnan(sst)).sum((1, 2)))[[0, -1]])
both = np.concatenate([nc.Dataset(DATA + f"made/packed_{n}.nc")["t"][:].astype("f8").filled(np.nan) for n in (1, 2)])
show("packed months at 20, 240", np.nanmean(both[:31, 1, 2]), np.nanmean(both[31:, 1, 2]))
