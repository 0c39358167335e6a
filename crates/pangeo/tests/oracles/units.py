#!/usr/bin/env python3
"""Makes units.tsv: what UDUNITS-2 itself answers.

Needs libudunits2 (Debian: udunits-bin 2.2.28). Columns: from, to, value, answer; the answer is a
number, `impossible` (both strings are units that do not convert) or `unknown` (one is no unit).
Run: python3 units.py > units.tsv
"""

import ctypes
import itertools

GROUPS = {
    "length": "m|km|cm|mm|µm|μm|um|nm|dm|dam|hm|Mm|metre|meters|kilometres|foot|feet|ft|inch|inches|in|mile|mi|yard"
    "|nautical_mile|nmile|fathom|angstrom|Å|micron|light_year|parsec|au|US_survey_foot|furlong|chain|mil|rod|1e3 m"
    "|0.1 m|(m)|m.1|kilo-m|fermi|international_feet|barleycorn",
    "pressure": "Pa|hPa|kPa|mbar|millibar|millibars|bar|decibar|dbar|atm|Torr|torr|mmHg|mm_Hg|inHg|in_Hg|psi|N m-2"
    "|kg m-1 s-2|dyne cm-2|cmH2O|hectopascal|hectopascals|barye|at|ksi|J m-3|J/m3|inch_H2O_39F|ftH2O",
    "temperature": "K|kelvin|degC|degree_Celsius|celsius|°C|℃|degF|°F|fahrenheit|degR|degree_rankine|K @ 273.15"
    "|K from 273.15|degrees_C|deg_C|degreesC|degK|mK|mdegC|2 degC|1 degC|degC 2|(degC)|K@-5|K @ +5.5|degC^1|degF @ 10",
    "speed": "m s-1|m/s|m s^-1|m.s-1|m s**-1|m·s-1|metre per second|km/h|km h-1|knot|kt|knots|kts|mile/hour|feet/min"
    "|cm/s|mm day-1|mm/d|m PER s|m (s)-1|ft/s|inch/hour|international_knot",
    "mass": "kg|g|mg|µg|t|tonne|metric_ton|lb|pound|Gg|Tg|Pg|grain|carat|slug|u|ton|long_ton|oz H2O s2/m|kilogram|amu|1e-3 kg",
    "time": "s|second|sec|ms|min|minute|hour|h|hr|day|d|days|week|month|year|yr|common_year|Julian_year|Gregorian_year"
    "|leap_year|sidereal_day|fortnight|eon|lunar_month|shake|jiffy|sidereal_year",
    "number": "1|%|percent|ppm|ppb|ppt|ppv|ppmv|1e-3|1/3|m3 m-3|mol mol-1|kg kg-1|g/kg|g kg-1|mg/kg|radian|rad|degree"
    "|degrees|degrees_north|degree_north|degree_N|degrees_N|degreesN|degrees_east|degreeE|degrees_west|degree_true"
    "|arcminute|arcsec|'|\"|°|grade|circle|sr|count|bit|byte|pi|10^-3|2 3|2(3)|100 (1/3)|m2.5/m2|-1|0.1 lux/lx|m.5/m",
    "energy": "J|kJ|MJ|N m|W s|kWh|watt.hour|cal|calorie|thermochemical_calorie|erg|eV|Btu|therm|electronvolt|ton_TNT|GeV",
    "power": "W|kW|J s-1|hp|metric_horsepower|kg m2 s-3|VA|erg/s|Btu/hr|boiler_horsepower",
    "mass flux": "kg m-2 s-1|kg/m2/s|kg/(m2 s)|kg m^-2 s^-1|g cm-2 d-1|mg m-2 day-1|kg·m-2·s-1|tonne hectare-1 year-1|lb/ft2/hr",
    "flux": "W m-2|W/m2|W/m^2|W m**-2|J m-2 s-1|mW/cm2|langley/day|kg s-3|erg cm-2 s-1|W/(m2)",
    "column": "mol m-2|DU|dobson|mol cm-2|molecules cm-2|molec/m2|micromoles/meter^2|milliDU",
    "concentration": "kg m-3|g/cm3|µg m-3|ug/m3|mg l-1|g/L|lb/ft3|mg/dm3|ng cm-3",
    "amount": "mol m-3|mol/l|mmol m-3|µmol L-1|umol/m3|molecules cm-3|micromol/litre",
    "area": "m2|m^2|m**2|m²|km2|hectare|ha|are|acre|cm²|ft2|barn|mile2|rod^2|m m|m·m|darcy",
    "volume": "m3|l|L|litre|liter|cm3|cc|ml|km3|gallon|barrel|bbl|acre_foot|pint|quart|UK_liquid_gallon|ft^3|bushel|tsp|floz",
    "discharge": "m3 s-1|m3/s|sverdrup|Sverdrup|l/s|ft3 s-1|km3 year-1|gallon/min|106 m3/s|1e6 m3 s-1",
    "geopotential": "m2 s-2|J kg-1|Sv|gray|gp m|geopotential meter|km2 s-2|dynamic m|gravity m|rem",
    "vorticity": "s-1|Hz|1/s|day-1|rpm|Bq|1e-5 s-1|kHz|hertz|becquerel|curie|per_s-1|minute-1",
    "pv": "K m2 kg-1 s-1|PVU|1e-6 K m2 kg-1 s-1|potential_vorticity_unit",
    "gradient": "K m-1|degC km-1|degC/km|K/100 m|degF/1000 ft|K/hm",
    "electric": "V|kV|W/A|mV|statvolt|abvolt|J C-1",
    "magnetic": "T|nT|gauss|gamma|Wb/m2|µT",
    "force": "N|dyne|kgf|lbf|kg m s-2|poundal|pond|kip",
    "acceleration": "m s-2|gal|mgal|cm/s^2|gravity|standard_free_fall|ft/s2|Gal",
    "viscosity": "Pa s|poise|cP s/s|kg m-1 s-1|centipoise|1/rhe",
    "diffusivity": "m2 s-1|St|stokes|cm2/s|m2 day-1|centistokes",
    "light": "lx|lux|footcandle|phot|lm m-2|cd sr m-2",
    "reflectivity": "mm6 m-3|BZ|dBZ|lg(re 1 mm^6 m^-3)|0.1 lg(re 1e-18 m3)|m3|ln(re 1 m3)|lb(re 1 mm3)",
    "level": "W|lg(re 1 mW)|0.1 lg(re 1 mW)|ln(re 1 W)|lb(re 1 W)|BW|Bm|dBm|log(re: 1 mW)|2 lg(re 2 W)|lg(re 1 mW) @ 2",
    "sound": "Pa|B_SPL|lg(re 20e-6 Pa)|ln(re 1 hPa)",
}
# (from, to, values): reciprocals, which UDUNITS-2 converts too.
RECIPROCAL = ["s|Hz", "h|day-1", "m|cm-1", "K|1/K", "degC|K-1", "m2 s-1|s m-2", "year|month-1", "kayser|cm", "BW|W-1"]
IMPOSSIBLE_ALSO = ["kg m-2 s-1|mm day-1", "kg m-2|mm", "m|m2", "rad s|m", "K|K2", "W m-2|W", "Sv|m3 s-1", "DU|m",
                   "mol|kg", "g/kg|g", "Pa|pascal-2", "dBZ|mm", "lg(re 1 W)|lg(re 1 V)", "m s-1|m s-2", "pa|Pa"]
UNKNOWN = ["psu", "PSU", "gpm", "deg", "kkm", "Km", "feets", "pvu", "hrs", "yrs", "unitless", "none", "dB", "Np",
           "c", "k", "da", "m2s", "m^256", "m^-256", "lg(re 1 mW) m", "lg(re 1 mW)^2", "1/lg(re 1 mW)", "/m", "m/",
           ".m", "m..s", "m**s", "m,s", "m^ 2", "m^2^2", "m - s", "()", "m (", "m ()", "1e400", "1e-400 m", "0 m",
           "0", "lg(1 mW)", "lg(re 1 mW", "lg(re)", "lg(re 0 W)", "LG(re 1 mW)", "since 5", "m since", "per s",
           "mpers", "m/ per s", "nautical mile", "degC @ 5 K", "ddBZ", "lt", "KFROM 5", "century", "m_s", "m^(2)"]

lib = ctypes.CDLL("libudunits2.so.0")
for function in (lib.ut_read_xml, lib.ut_parse, lib.ut_get_converter):
    function.restype = ctypes.c_void_p
lib.cv_convert_double.restype = ctypes.c_double
lib.cv_convert_double.argtypes = [ctypes.c_void_p, ctypes.c_double]
lib.ut_set_error_message_handler.argtypes = [ctypes.c_void_p]
lib.ut_set_error_message_handler(ctypes.cast(lib.ut_ignore, ctypes.c_void_p))
SYSTEM = ctypes.c_void_p(lib.ut_read_xml(None))
UTF8 = 2


def parse(text):
    return lib.ut_parse(SYSTEM, ctypes.c_char_p(text.encode()), UTF8)


def row(source, target, value):
    first, second = parse(source), parse(target)
    if not first or not second:
        answer = "unknown"
    else:
        converter = lib.ut_get_converter(ctypes.c_void_p(first), ctypes.c_void_p(second))
        answer = repr(lib.cv_convert_double(converter, value)) if converter else "impossible"
    print(source, target, repr(value), answer, sep="\t")


VALUES = itertools.cycle([1.0, 273.15, -40.0, 0.25, 1013.25, 3.0, 12345.678])
POSITIVE = itertools.cycle([1.0, 0.25, 12.5, 3.0])
for name, group in GROUPS.items():
    units = group.split("|")
    values = POSITIVE if name in ("level", "sound", "reflectivity") else VALUES
    for other in units[1:]:
        row(other, units[0], next(values))
        row(units[0], other, next(values))
    for one, other in zip(units[1:], units[2:]):
        row(one, other, next(values))
for pair in RECIPROCAL:
    row(*pair.split("|"), 4.0)
firsts = [group.split("|")[0] for group in GROUPS.values()]
lasts = [group.split("|")[-1] for group in GROUPS.values()]
for one, (other, third) in zip(firsts, zip(lasts[3:] + lasts[:3], lasts[7:] + lasts[:7])):
    row(one, other, 1.0)
    row(third, one, 1.0)
    row(firsts[11], third, 1.0)
    row(third, firsts[14], 1.0)
for pair in IMPOSSIBLE_ALSO:
    row(*pair.split("|"), 1.0)
for text in UNKNOWN:
    row(text, "m", 1.0)
