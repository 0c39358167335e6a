"""Write time_groups.tsv: how many steps xarray puts into which period or part of the year.

Columns: calendar, first, step, steps, period, groups. The axis has so many steps from `first`;
a step is a number of hours or months (`6h`, `1mo`). Periods are offset aliases of resample, or
`hour`, `day`, `month`, `season` of groupby. Groups are `BEGIN=COUNT` (resample; empty ones left out) or
`PART=COUNT` (groupby, in the order of the calendar year), the first and the last four of them,
then the number of groups.

Run: python time_groups.py > time_groups.tsv
"""

import warnings

import cftime
import numpy as np
import xarray as xr

warnings.simplefilter("ignore")
CALENDARS = ["standard", "proleptic_gregorian", "julian", "noleap", "all_leap", "360_day"]
AXES = [
    ("2000-01-15T03:00:00", "6h", 1500),
    ("1999-11-30T00:00:00", "24h", 800),
    ("1896-02-28T12:00:00", "24h", 3300),
    ("1582-09-01T00:00:00", "24h", 120),
    ("2000-01-16T00:00:00", "1mo", 31),
    ("1961-12-01T12:00:00", "1mo", 40),
]
SPANS = ["D", "5D", "10D", "12h", "45D"]
MONTHS = ["MS", "QS-DEC", "QS", "YS", "YS-JUL", "5MS"]
PARTS = ["hour", "day", "month", "season"]
SEASONS = ["DJF", "MAM", "JJA", "SON"]


def axis(calendar, first, step, count):
    start = cftime.datetime.strptime(first, "%Y-%m-%dT%H:%M:%S", calendar=calendar)
    if step.endswith("h"):
        hours = np.arange(count) * int(step[:-1])
        return cftime.num2date(hours, f"hours since {first}", calendar)
    months = [start.year * 12 + start.month - 1 + i * int(step[:-2]) for i in range(count)]
    return np.array([start.replace(year=m // 12, month=m % 12 + 1) for m in months])


def resampled(data, alias):
    counts = data.resample(time=alias).count()
    return [(t.strftime("%Y-%m-%dT%H:%M"), int(n)) for t, n in zip(counts.time.values, counts.values) if n > 0]


def grouped(data, part):
    time = data.time.dt
    key = {"hour": time.hour, "month": time.month, "day": time.month * 100 + time.day}.get(part)
    if key is None:
        counts = data.groupby(time.season).count()
        found = dict(zip(counts.season.values, counts.values))
        return [(s, int(found[s])) for s in SEASONS if s in found]
    counts = data.groupby(key.rename("part")).count()
    return [(str(int(p)), int(n)) for p, n in zip(counts.part.values, counts.values)]


def main():
    print("# calendar\tfirst\tstep\tsteps\tperiod\tgroups")
    for calendar in CALENDARS:
        for first, step, count in AXES:
            times = axis(calendar, first, step, count)
            data = xr.DataArray(np.ones(count), dims="time", coords={"time": times})
            for period in SPANS + MONTHS + PARTS:
                groups = grouped(data, period) if period in PARTS else resampled(data, period)
                shown = groups if len(groups) <= 8 else groups[:4] + groups[-4:]
                text = " ".join(f"{name}={n}" for name, n in shown)
                print(calendar, first, step, count, period, f"{text} of {len(groups)}", sep="\t")


if __name__ == "__main__":
    main()
