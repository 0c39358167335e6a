"""Prints the numbers of numbers.rs: histograms by numpy 2.4, contour lines by contourpy 1.3."""

import contourpy
import numpy as np


def histogram(name, values, **options):
    counts, edges = np.histogram(values, **options)
    print(name, len(counts), counts[:4].tolist(), *map(float, (edges[0], edges[1], edges[-1])), counts.sum())


def contours(name, field, levels, x=None, y=None):
    generator = contourpy.contour_generator(x, y, field, name="serial", line_type="Separate", corner_mask=False)
    for level in levels:
        lines = generator.lines(level)
        length = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines)
        closed = sum(bool((line[0] == line[-1]).all()) for line in lines)
        print(name, level, len(lines), repr(float(length)), closed)


golden = (np.arange(3000) * 0.618034) % 1.0
histogram("flux", -3e-5 * np.log(1 - golden), bins="auto")
histogram("values", golden, bins="auto")
histogram("fifty", golden[:50], bins="auto")
histogram("sine", np.sin(np.arange(3000)), bins="auto", range=(-0.5, 2.0))
histogram("equal", [5.0] * 10, bins="auto")
histogram("none", [], bins="auto")
histogram("outliers", [1.0, 2, 2, 2, 2, 2, 2, 3], bins="auto")
histogram("seven", golden, bins=7, range=(0.25, 0.75))
histogram("warm", 288 + golden * 1e-9, bins="auto")
histogram("tenths", np.floor(golden * 10) / 10, bins=10)
histogram("far", np.concatenate([golden, [1e6]]), bins="auto")

j, i = np.mgrid[0:23, 0:31]
whole = np.sin(i * 0.7) * np.cos(j * 0.45) + 0.02 * i - 0.01 * j
holes = whole.copy()
holes[9:12, 13:15] = holes[0, 0] = np.nan
contours("whole", whole, [-0.8, -0.25, 0.0, 0.33, 1.1])
contours("holes", np.ma.masked_invalid(holes), [-0.25, 0.0, 0.33])
contours("places", whole, [0.1], np.exp(np.arange(31) * 0.05), 100.0 - np.arange(23) ** 1.5)
for saddle in ([[1, 0], [0, 1]], [[1, 0], [0, 1.5]], [[0, 1], [1, 0]], [[0, 1.5], [1, 0]]):
    print(saddle, [line.tolist() for line in contourpy.contour_generator(z=np.array(saddle, float)).lines(0.5)])
