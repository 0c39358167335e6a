"""A thousand items like those of Sentinel-2: computed, or the real ones where PANGEO_DATA has them."""
import asyncio
import datetime as dt
import os
from pathlib import Path

COLLECTION = "sentinel-2-c1-l2a"
BANDS = ["aot", "blue", "cloud", "coastal", "green", "nir", "nir08", "nir09", "red", "rededge1", "rededge2", "rededge3",
         "scl", "snow", "swir16", "swir22", "thumbnail", "visual", "wvp"]


def real():
    """The items of a geoparquet that others made; None without it."""
    folder = os.environ.get("PANGEO_DATA")
    path = Path(folder) / "stac/rustac/1000-sentinel-2-items.parquet" if folder else None
    if path is None or not path.is_file():
        return None
    import rustac

    async def read():
        return await rustac.read(str(path))

    return asyncio.run(read())["features"]


def computed():
    """Three rows of tiles across the dateline, one pass every second day."""
    items = []
    start = dt.datetime(2024, 7, 1, 22, 31, 5, tzinfo=dt.timezone.utc)
    for n in range(1000):
        day, tile = divmod(n, 20)
        time = start + dt.timedelta(days=2 * day, seconds=14 * tile, milliseconds=7 * n)
        row, column = divmod(tile, 7)
        west, south = 176.3 + 0.9 * column, -18.0 + 0.95 * row
        boxes = [[west, south, west + 1.1, south + 1]]
        if west + 1.1 > 180:
            boxes = [[max(west - 360, -180), south, west + 1.1 - 360, south + 1]]
            if west < 180:
                boxes.insert(0, [west, south, 180, south + 1])
        rings = [[[[w, s], [e, s], [e, t], [w, t], [w, s]]] for w, s, e, t in boxes]
        name = f"S2{'AB'[day % 2]}_T01K{'ABC'[row]}{'ABCDEFG'[column]}_{time:%Y%m%dT%H%M%S}_L2A"
        assets = {band: {"href": f"https://data.example/{name}/{band}.tif", "type": "image/tiff; application=geotiff",
                         "title": f"Band {band} of {name}", "roles": ["data", "reflectance"],
                         "proj:shape": [10980, 10980], "proj:transform": [10, 0, 300000, 0, -10, 8000020]}
                  for band in BANDS}
        items.append({
            "type": "Feature", "stac_version": "1.0.0", "id": name, "collection": COLLECTION,
            "stac_extensions": ["https://stac-extensions.github.io/eo/v1.1.0/schema.json"],
            "geometry": {"type": "MultiPolygon", "coordinates": rings}
            if len(rings) > 1 else {"type": "Polygon", "coordinates": rings[0]},
            "bbox": boxes[0],
            "properties": {
                "datetime": time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z",
                "platform": f"sentinel-2{'ab'[day % 2]}", "eo:cloud_cover": n * 617 % 10007 / 100.07,
                "grid:code": f"MGRS-01K{'ABC'[row]}{'ABCDEFG'[column]}", "s2:nodata_pixel_percentage": n * 37 % 101,
            },
            "links": [], "assets": assets,
        })
    return items


def collection():
    """What a server wants to know of the items' collection."""
    return {
        "type": "Collection", "stac_version": "1.0.0", "id": COLLECTION, "description": "Sentinel-2", "license": "proprietary",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]},
                   "temporal": {"interval": [["2015-06-27T00:00:00Z", None]]}},
        "links": [],
    }
