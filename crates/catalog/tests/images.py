"""Writes tests/images.tsv: what rasterio and rio-cogeo make of the headers of images.

    python images.py FOLDER > images.tsv        (rasterio 1.4.4, rio-cogeo)
"""

import glob
import os
import sys
import warnings

import rasterio
from rasterio.warp import transform_bounds
from rio_cogeo.cogeo import cog_validate

warnings.filterwarnings("ignore")
root = sys.argv[1]


def box(image):
    """West, south, east, north in degrees, the least first; nothing for rotated images."""
    t = image.transform
    if not image.crs or t.is_identity or t.b or t.d:
        return []
    try:
        west, south, east, north = transform_bounds(image.crs, "EPSG:4326", *image.bounds, densify_pts=63)
    except Exception:  # of another planet
        return []
    return [west, min(south, north), east, max(south, north)]


print("# name", "columns", "rows", "types", "nodata", "code", "transform", "box", "cloud-optimised", sep="\t")
for path in sorted(glob.glob(root + "/**/*.tif*", recursive=True)):
    with rasterio.open(path) as image:
        code = image.crs.to_epsg() if image.crs else None
        transform = [] if image.transform.is_identity else image.transform[:6]
        print(
            os.path.relpath(path, root), image.width, image.height,
            f"{image.count} {' '.join(sorted(set(image.dtypes)))}",
            "" if image.nodata is None else image.nodata,
            f"EPSG:{code}" if code else "",
            " ".join(map(repr, transform)), " ".join(map(repr, box(image))),
            cog_validate(path, quiet=True)[0],
            sep="\t",
        )
