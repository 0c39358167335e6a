"""Makes types.nc with netCDF4-python (ncgen 4.9 takes int64 for int in CDF-5 files)."""

import netCDF4
import numpy as np

with netCDF4.Dataset("types.nc", "w", format="NETCDF3_64BIT_DATA") as file:
    file.createDimension("time", None)
    file.createDimension("x", 3)
    variables = {
        "a": ("u1", ("time", "x"), [[1, 2, 255], [4, 5, 6]]),
        "b": ("u2", ("x",), [0, 1, 65535]),
        "c": ("u4", ("x",), [0, 1, 4294967295]),
        "d": ("i8", ("time",), [-5_000_000_000, 5_000_000_000]),
        "e": ("u8", ("x",), [0, 1, 18446744073709551615]),
        "f": ("f4", ("x",), [np.nan, -np.inf, 1e-40]),
    }
    for name, (kind, dimensions, _) in variables.items():
        file.createVariable(name, kind, dimensions).set_auto_maskandscale(False)
    file["d"].limits = np.array([-(2**63), 2**63 - 1], "i8")
    for name, (kind, _, values) in variables.items():
        file[name][:] = np.array(values, kind)
