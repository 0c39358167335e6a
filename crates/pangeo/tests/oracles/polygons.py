#!/usr/bin/env python3
"""Makes polygons.tsv: what shapely (GEOS) finds in and under real regions.

Needs shapely and pyshp; argument: the folder with the AR6 regions (regionmask) and Natural Earth
(geopandas). Columns: file, property, value, points inside, their check sum, cells of 1 degree with a
common area, their check sum. Points lie at -179.63 + i and -89.81 + j, cells between whole degrees;
the check sum is the sum of (360 j + i).
Run: python3 polygons.py DATA/geo > polygons.tsv
"""

import os
import sys
import zipfile

import numpy as np
import shapefile
import shapely
from shapely.geometry import shape

I, J = np.meshgrid(np.arange(360), np.arange(180))
NUMBER = 360 * J + I
CELLS = shapely.box(I - 180.0, J - 90.0, I - 179.0, J - 89.0)


def row(file, name, value, geometry):
    shapely.prepare(geometry)
    inside = shapely.contains_xy(geometry, I - 179.63, J - 89.81)
    touched = shapely.intersects(geometry, CELLS)
    touched[touched] = shapely.area(shapely.intersection(geometry, CELLS[touched])) > 1e-9
    print(file, name, value, inside.sum(), NUMBER[inside].sum(), touched.sum(), NUMBER[touched].sum(), sep="\t")


def rows(file, reader, name, every):
    for record in list(reader.iterShapeRecords())[::every]:
        geometry = shapely.make_valid(shape(record.shape.__geo_interface__))
        row(file, name, record.record[name], geometry)


folder = sys.argv[1]
with zipfile.ZipFile(os.path.join(folder, "regionmask/data/IPCC-WGI-reference-regions-v4.zip")) as archive:
    parts = {kind: archive.open("IPCC-WGI-reference-regions-v4." + kind) for kind in ("shp", "dbf", "shx")}
    rows("ar6", shapefile.Reader(**parts), "Acronym", 1)
rows("ne", shapefile.Reader(os.path.join(folder, "geopandas/naturalearth_lowres/naturalearth_lowres")), "name", 3)
