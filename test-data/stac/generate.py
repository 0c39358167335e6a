#!/usr/bin/env python3
"""Make the STAC items that the tests search: no program but Python 3 is needed.

    python generate.py

Everything is computed from formulas. What each file is for stands beside its function; ../MANIFEST.tsv lists them.
"""
import datetime as dt
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json"


def write(name, items, collection=True):
    with open(os.path.join(HERE, name), "w") as f:
        if name.endswith(".ndjson"):
            f.writelines(json.dumps(item, separators=(",", ":")) + "\n" for item in items)
            return
        lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in items)
        f.write('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n")


def polygon(*corners):
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners + corners[:1]]]}


def box(west, south, east, north):
    return polygon((west, south), (east, south), (east, north), (west, north))


def item(name, geometry, bbox, properties, assets, collection, extensions=()):
    return {
        "type": "Feature", "stac_version": "1.1.0", "stac_extensions": list(extensions), "id": name,
        "geometry": geometry, "bbox": bbox, "properties": properties,
        "links": [{"rel": "self", "href": f"https://catalog.example.org/{collection}/{name}.json"},
                  {"rel": "collection", "href": f"https://catalog.example.org/{collection}/collection.json"}],
        "assets": assets, "collection": collection,
    }


# Tiles around Toulouse: west, south, east, north.
TILES = {"31TCJ": (0.6, 43.2, 1.9, 44.2), "31TDJ": (1.8, 43.2, 3.1, 44.2), "31TCH": (0.6, 42.3, 1.9, 43.3)}

# Relative orbits: on which day of five they pass, which tiles, from when on.
ORBITS = ((51, 0, ("31TCJ", "31TDJ"), 0), (8, 2, ("31TDJ",), 0), (94, 3, ("31TCJ", "31TCH"), 0), (137, 4, ("31TCH",), 80))


def sentinel_2():
    """2019-01-01 to 2019-06-04 as two platforms see a region of France: 108 dates. Three scenes are there twice, from
    different processing baselines."""
    items = []
    start, days = dt.date(2019, 1, 1), 155
    for day in range(days):
        date = start + dt.timedelta(day)
        for orbit, phase, tiles, begin in ORBITS:
            if day % 5 != phase or day < begin:
                continue
            platform = "ab"[(day // 5) % 2]
            for at, tile in enumerate(tiles):
                items.append(scene(date, orbit, platform, tile, at, "02.11"))
                if orbit == 8 and day in (12, 57, 102):
                    items.append(scene(date, orbit, platform, tile, at, "05.00"))
    write("s2.json", items)


def scene(date, orbit, platform, tile, at, baseline):
    west, south, east, north = TILES[tile]
    # The edge of the swath cuts a corner off some.
    whole = orbit in (51, 94)
    geometry = box(west, south, east, north) if whole else polygon((west, south), (east - 0.6, south), (east, north), (west, north))
    number = date.toordinal() - dt.date(2019, 1, 1).toordinal()
    cloud = (number * 37 + orbit * 11 + at * 53) % 101
    name = f"S2{platform.upper()}_{tile}_{date:%Y%m%d}_R{orbit:03}_N{baseline.replace('.', '')}"
    time = f"{date}T10:{40 + orbit % 17}:{21 + at * 15}.024Z"
    new = baseline != "02.11"
    processed = f"2023-03-0{1 + at}T02:11:00Z" if new else f"{date}T13:{orbit % 60:02}:00Z"
    properties = {
        "datetime": time, "platform": f"sentinel-2{platform}", "constellation": "sentinel-2", "eo:cloud_cover": cloud,
        "sat:relative_orbit": orbit, "s2:mgrs_tile": tile, "s2:processing_baseline": baseline, "created": processed,
    }
    asset = lambda key, kind, role: {"href": f"./{name}/{key}", "type": kind, "roles": [role]}
    cog = "image/tiff; application=geotiff; profile=cloud-optimized"
    assets = {
        "B04": asset("B04.tif", cog, "data"), "B08": asset("B08.tif", cog, "data"),
        "thumbnail": asset("preview.jpg", "image/jpeg", "thumbnail"),
    }
    return item(name, geometry, [west, south, east, north], properties, assets, "sentinel-2-l2a", [EO])


def dateline():
    """Footprints at the antimeridian: cut in two as RFC 7946 has it, across it in one piece, and on either side; radar and
    sea level, in two collections; a time that is a period."""
    cut = {"type": "MultiPolygon", "coordinates": [box(178, -19, 180, -16)["coordinates"], box(-180, -19, -179, -16)["coordinates"]]}
    made = [
        ("cut", cut, [178, -19, -179, -16], "radar", "2021-01-03T06:00:00Z"),
        ("whole", polygon((177, -15), (-178, -15), (-178, -12), (177, -12)), [177, -15, -178, -12], "radar", "2021-01-03T18:00:00Z"),
        ("west", box(172, -22, 175, -20), [172, -22, 175, -20], "sea-level", "2021-02-01T00:00:00Z"),
        ("east", box(-176, -22, -173, -20), [-176, -22, -173, -20], "sea-level", None),
        ("gauge", {"type": "Point", "coordinates": [178.4, -18.1]}, [178.4, -18.1, 178.4, -18.1], "sea-level", "2021-02-01T00:00:00Z"),
    ]
    items = []
    for name, geometry, bbox, collection, time in made:
        properties = {"datetime": time, "platform": {"radar": "sentinel-1a", "sea-level": "jason-3"}[collection]}
        if time is None:
            properties.update(start_datetime="2021-02-01T00:00:00Z", end_datetime="2021-02-28T23:59:59Z")
        items.append(item(name, geometry, bbox, properties, {}, collection))
    write("dateline.ndjson", items)


def stores():
    """Zarr stores and netCDF files as assets, addresses of all kinds; properties that differ in type from item to item."""
    zarr, netcdf = "application/vnd.zarr; version=3", "application/netcdf"
    assets = [
        {"store": {"href": "s3://bucket/one.zarr", "type": zarr, "roles": ["data"]},
         "quicklook": {"href": "https://data.example.org/one.png", "type": "image/png", "roles": ["overview"]}},
        {"month": {"href": "../air_temperature_small.nc", "type": netcdf, "roles": ["data"]}},
        {"month": {"href": "/data/three.nc"}, "notes": {"href": "https://data.example.org/three.txt", "type": "text/plain"}},
    ]
    different = [
        {"level": 850, "checked": True, "bands": [1, 2], "origin": {"centre": "A"}, "note": None},
        {"level": "surface", "checked": False, "bands": [], "origin": {"centre": "B", "runs": 4}, "note": "two\nlines, \"quoted\""},
        {"level": 2.5, "bands": [0.5], "origin": {}, "proj:bbox": [0, 0, 1, 1]},
    ]
    items = []
    for at, (own, properties) in enumerate(zip(assets, different)):
        properties = {"datetime": f"2020-0{at + 1}-15T12:00:00Z", "eo:cloud_cover": None, **properties}
        one = item(("one", "two", "three")[at], box(at, at, at + 1, at + 1), [at, at, at + 1, at + 1], properties, own, "stores")
        if at == 1:
            one["links"] = one["links"][1:]
        if at == 2:
            one["geometry"], one["bbox"] = None, None
            del one["bbox"]
        items.append(one)
    write("stores.json", items)


def invalid():
    """Items that break the rules: a datetime that is none, an asset without an address, no links. The last is right."""
    good = item("good", box(0, 0, 1, 1), [0, 0, 1, 1], {"datetime": "2020-01-01T00:00:00Z"}, {}, "checks")
    late = json.loads(json.dumps(good))
    late.update(id="late")
    late["properties"]["datetime"] = "yesterday"
    bare = json.loads(json.dumps(good))
    bare.update(id="bare", assets={"data": {"type": "image/tiff"}})
    del bare["links"]
    old = json.loads(json.dumps(good))
    old.update(id="old", stac_version="1.0.0")
    write("invalid.json", [late, bare, old, good])


if __name__ == "__main__":
    sentinel_2()
    dateline()
    stores()
    invalid()
