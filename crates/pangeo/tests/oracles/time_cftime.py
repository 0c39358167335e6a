"""Write time_cftime.tsv: random times of every calendar as cftime decodes them.

Columns: units, calendar, type, value, date. Run: python time_cftime.py > time_cftime.tsv
"""

import random

import cftime
import numpy as np

CALENDARS = ["standard", "gregorian", "proleptic_gregorian", "julian", "noleap", "365_day", "all_leap", "366_day", "360_day"]
# Mean days from year 1 to the reference, so that values can be aimed at any year.
REFERENCES = {
    "1850-01-01": 1849,
    "1-1-1 00:00:0.0": 0,
    "1900-02-28T06:30:15.25": 1899,
    "2000-03-01 12:00 -05:00": 1999,
    "1582-10-04": 1581,
    "-4712-01-01 12:00:00": -4713,
}
UNITS = {"days": 1.0, "hours": 24.0, "h": 24.0, "minutes": 1440.0, "secs": 86400.0, "milliseconds": 86400e3, "microseconds": 86400e6}


def show(date):
    year = f"-{-date.year:04d}" if date.year < 0 else f"{date.year:04d}" if date.year < 10000 else f"+{date.year}"
    text = f"{year}-{date.month:02d}-{date.day:02d}T{date.hour:02d}:{date.minute:02d}:{date.second:02d}"
    return text + (f".{date.microsecond:06d}".rstrip("0") if date.microsecond else "")


def rows(calendar, random):
    for reference, before in REFERENCES.items():
        for unit in random.sample(sorted(UNITS), 4):
            # Around the reform, the year 0, century ends, and far away.
            year = random.choice([-4000, -1, 0, 4, 1500, 1581.78, 1582, 1699, 1899, 1999, 2024, 2100, 9999, 20000])
            days = (year - before) * 365.2425 + random.uniform(-400, 400)
            value = days * UNITS[unit]
            kind = random.choice(["int64", "double", "float"])
            if kind == "int64":
                value = int(value)
            elif kind == "float":
                value = np.float32(round(value))
            if abs(days) * 86400e6 >= 2**62:
                continue
            units = f"{unit} since {reference}"
            date = cftime.num2date(value, units, calendar, only_use_cftime_datetimes=True)
            yield units, calendar, kind, repr(float(value)) if kind != "int64" else str(value), show(date)


print(f"# cftime {cftime.__version__}: units, calendar, type, value, date")
generator = random.Random(1582)
for calendar in CALENDARS:
    for row in rows(calendar, generator):
        print(*row, sep="\t")
    # Every day around the reform, and the ends of February.
    for units, values in [
        ("days since 1582-10-01", range(-2, 22, 3)),
        ("days since 1500-02-27", range(0, 4)),
        ("days since 2000-02-27", range(0, 4)),
        ("days since 0001-01-01", [-366, -365, -1, 0, 1]),
    ]:
        for value in values:
            print(units, calendar, "int64", value, show(cftime.num2date(value, units, calendar)), sep="\t")
