"""Makes oracle.tsv of this folder: what matplotlib 3.11.2, cmcrameri 1.10 and cmocean 4.0.3 say.

    entry   NAME  COUNT  INDEX  RRGGBB          an entry of a colour map
    at      NAME  POSITION  RRGGBB              the colour at a position of 0 to 1
    place   NORM  NUMBERS  VALUE  POSITION INDEX   normalised, and the entry of a map of 256
    bins    LEVELS  VALUE  MAP  EXTEND  RRGGBB  BoundaryNorm
    robust  VALUES  PERCENTILES  LOW  HIGH      numpy.percentile
"""

import pathlib

import cmcrameri.cm
import cmocean
import matplotlib
import numpy as np
from matplotlib.colors import BoundaryNorm, LogNorm, Normalize, TwoSlopeNorm

lines = []


def text(rgba):
    return "".join(f"{c:02x}" for c in rgba[:3])


maps = {name: matplotlib.colormaps[name] for name in
        "viridis plasma twilight RdBu RdBu_r jet terrain tab10 Set3 okabe_ito YlGnBu gist_earth hot".split()}
maps |= {"cmc." + name: cmcrameri.cm.cmaps[name] for name in "batlow roma roma_r vikO batlowS oleron".split()}
maps |= {"cmo." + name: cmocean.cm.cmap_d[name] for name in "thermal balance phase topo_r".split()}
for name, colours in maps.items():
    table = colours(np.arange(colours.N), bytes=True)
    for index in sorted({0, 1, colours.N // 4, colours.N // 2 - 1, colours.N // 2, colours.N - 1}):
        lines.append(["entry", name, colours.N, index, text(table[index])])
    for position in (0.0, 0.1, 0.5, 0.999, 1.0):
        lines.append(["at", name, position, text(colours(position, bytes=True))])

random = np.random.default_rng(5)
norms = [
    ("linear", (-2.0, 7.0), Normalize(-2, 7)), ("linear", (0.0, 1e-9), Normalize(0, 1e-9)),
    ("linear", (273.15, 313.15), Normalize(273.15, 313.15)),
    ("log", (1e-3, 1e2), LogNorm(1e-3, 1e2)), ("log", (3.0, 7e5), LogNorm(3, 7e5)),
    ("diverging", (0.0, -2.0, 7.0), TwoSlopeNorm(0, -2, 7)), ("diverging", (10.0, 9.5, 40.0), TwoSlopeNorm(10, 9.5, 40)),
]
for kind, numbers, norm in norms:
    low, high = norm.vmin, norm.vmax
    spread = np.exp(random.uniform(np.log(low), np.log(high), 20)) if kind == "log" else random.uniform(low, high, 20)
    for value in [low, high, *spread]:
        position = float(norm(np.float64(value)))
        index = min(int(position * 256), 255)
        lines.append(["place", kind, ",".join(map(repr, map(float, numbers))), repr(float(value)), repr(position), index])

for levels, name, extend in [([0.0, 1.0, 2.0, 5.0, 10.0], "viridis", "neither"),
                             ([-3.0, -1.0, 0.0, 0.5], "RdBu_r", "neither"),
                             ([0.0, 1.0, 2.0, 5.0, 10.0], "YlGnBu", "max"),
                             ([-3.0, -1.0, 0.0, 0.5], "RdBu_r", "both")]:
    colours = matplotlib.colormaps[name]
    norm = BoundaryNorm(levels, colours.N, extend=extend)
    # The highest level's own value is above the bins for matplotlib, in the last for us.
    for value in [*levels[:-1], *random.uniform(levels[0] - 1, levels[-1] + 1, 12)]:
        lines.append(["bins", ",".join(map(repr, levels)), repr(float(value)), name, extend,
                      text(colours(norm(np.array([float(value)])), bytes=True)[0])])

for q in ((2, 98), (0, 100), (12.5, 50)):
    values = random.normal(size=31).round(6)
    low, high = np.percentile(values, q)
    lines.append(["robust", ",".join(map(repr, map(float, values))), q[0], q[1], repr(float(low)), repr(float(high))])

(pathlib.Path(__file__).parent / "oracle.tsv").write_text("\n".join("\t".join(map(str, line)) for line in lines) + "\n")
