"""The numbers in silent.rs, from numpy and xarray: run in this folder."""

import numpy as np
import xarray as xr

DATA = "../../../../test-data/"


def show(what, values):
    values = np.asarray(values, "f8")
    print(what, values.shape, "missing", int(np.isnan(values).sum()),
          "min", np.nanmin(values), "mean", repr(np.nanmean(values)), "max", np.nanmax(values))


air = xr.open_dataset(DATA + "air_temperature_small.nc").air
show("box", air.sel(lat=slice(50, 30), lon=slice(230, 260)))
show("where", air.where(air > 273.15 + 2 * 10))
points = air.sel(lat=xr.DataArray([39.75, 45.42]), lon=xr.DataArray([255, 284.3]), method="nearest")
print("points", points.values[0], points.values[-1])

pm = xr.open_dataset(DATA + "made/cams_like.nc", decode_times=False).pm2p5_conc
pm = pm.assign_coords(longitude=(pm.longitude + 180) % 360 - 180)
show("Greenwich", pm.sel(longitude=slice(-2, 2), latitude=slice(44, 41)))

monthly = xr.open_dataset(DATA + "made/monthly_bounds.nc")
show("winters", monthly.tas.sel(time=monthly.time.dt.season == "DJF"))
show("all months", monthly.tas)

show("both", np.concatenate([xr.open_dataset(DATA + f"made/packed_{n}.nc").t.values for n in (1, 2)]))
