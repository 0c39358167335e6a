#!/usr/bin/env python3
"""Make stac/items.ndjson (and .parquet), 200 items of every habit, and the tables of what searches find, by other means than ours.

    python -m pip install shapely==2.1.2 pyarrow==26.0.1 stac-geoparquet==0.8.3
    python stac.py [FOLDER WITH rustac/100-landsat-items.json AND rustac/1000-sentinel-2-items.parquet]

`stac/searches.json` has for each search its words, as stac-search takes them, and the places in the file of the items that match;
in order where it asks for one. Geometries are decided by shapely (GEOS), times by datetime, and each filter by the Python
written beside it. With the folder given, `stac/searches_rustac.json` is made too, for the items that rustac publishes.
"""
import datetime as dt
import json
import os
import sys

import shapely
import shapely.affinity
from shapely.geometry import shape, mapping

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "stac")
UTC = dt.timezone.utc
PLATFORMS = ["landsat-8", "landsat-9", "Sentinel-2A", "sentinel-2b"]


def square(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def geometry(i, x, y):
    """A geometry of each kind in turn, and the box that its writer gives."""
    w = 0.5 + (i % 7)
    box = [x, y, x + w, y + w]
    kinds = [
        lambda: ({"type": "Polygon", "coordinates": [square(*box)]}, box),
        lambda: ({"type": "Point", "coordinates": [x, y]}, [x, y, x, y]),
        lambda: ({"type": "LineString", "coordinates": [[x, y], [x + w, y + w]]}, box),
        lambda: ({"type": "Polygon", "coordinates": [square(*box), square(x + w / 4, y + w / 4, x + w / 2, y + w / 2)]}, box),
        lambda: ({"type": "MultiPoint", "coordinates": [[x, y], [x + w, y + w]]}, box),
        lambda: ({"type": "MultiPolygon", "coordinates": [[square(*box)], [square(x + 2 * w, y, x + 3 * w, y + w)]]},
                 [x, y, x + 3 * w, y + w]),
        lambda: ({"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [x, y]},
                                                               {"type": "LineString", "coordinates": [[x + w, y], [x + w, y + w]]}]}, box),
        # Across the dateline: not cut, cut, and written beyond 180 degrees.
        lambda: ({"type": "Polygon", "coordinates": [square(180 - w, y, -180 + w, y + w)]}, [180 - w, y, -180 + w, y + w]),
        lambda: ({"type": "MultiPolygon", "coordinates": [[square(180 - w, y, 180, y + w)], [square(-180, y, -180 + w, y + w)]]},
                 [-180, y, 180, y + w]),
        lambda: ({"type": "Polygon", "coordinates": [square(180 - w, y, 180 + w, y + w)]}, [180 - w, y, 180 + w, y + w]),
        lambda: (None, None),
    ]
    return kinds[i % len(kinds)]()


def item(i):
    x, y = round(-175 + (i * 37 % 3400) / 10, 3), round(-80 + (i * 53 % 1500) / 10, 3)
    shape_, box = geometry(i, x, y)
    time = dt.datetime(2020, 1, 1, tzinfo=UTC) + dt.timedelta(hours=41 * i, milliseconds=250 * (i % 3))
    text = time.isoformat().replace("+00:00", "Z")
    properties = {"datetime": text, "platform": PLATFORMS[i % 4], "eo:cloud_cover": round((i * 7.3) % 100, 1), "gsd": [10, 20, 30][i % 3]}
    if i % 5 == 0:
        end = time + dt.timedelta(days=1 + i % 40)
        properties |= {"datetime": None, "start_datetime": text, "end_datetime": end.isoformat().replace("+00:00", "Z")}
    if i % 6 == 1:
        del properties["eo:cloud_cover"]
    if i % 9 == 2:
        properties["eo:cloud_cover"] = None
    if i % 4 == 3:
        properties["instruments"] = ["oli", "tirs"][: 1 + i % 2] + [f"i{i % 5}"]
    if i % 8 == 0:
        properties["title"] = ["Café", "CAFÉ crème", "tea_50%"][i % 3]
    properties["view"] = {"angle": i % 11}
    out = {"type": "Feature", "stac_version": "1.1.0", "id": f"item-{i:03d}", "geometry": shape_, "properties": properties,
           "links": [], "assets": {"data": {"href": f"https://example.org/{i}.tif", "title": "Data"}}, "collection": f"c{i % 3}"}
    if box:
        out["bbox"] = box
    return out


# What follows decides searches.

def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def time_of(it):
    p = it["properties"]
    return instant(p["datetime"]) if p.get("datetime") else None


def span_of(it):
    p = it["properties"]
    if p.get("datetime"):
        return instant(p["datetime"]), instant(p["datetime"])
    return instant(p["start_datetime"]), instant(p["end_datetime"])


def within(it, start, end):
    first, last = span_of(it)
    return (start is None or last >= instant(start)) and (end is None or first < instant(end))


def unrolled(it):
    """The geometry with longitudes that run on across the dateline."""
    geom, box = shape(it["geometry"]), it.get("bbox")
    if box and box[0] > box[len(box) // 2]:
        geom = shapely.transform(geom, lambda xy: [[x + 360 if x < 0 else x, y] for x, y in xy])
    return geom


def meets(it, *places):
    if not it.get("geometry"):
        return False
    geom = unrolled(it)
    return any(shapely.affinity.translate(geom, turn).intersects(place) for place in places for turn in (-720, -360, 0, 360, 720))


def p(it, name):
    return it["properties"].get(name)


AOI = {"type": "Polygon", "coordinates": [[[-20, -35], [52, -35], [25, 38], [-18, 20], [-20, -35]]]}
HOLE = {"type": "Polygon", "coordinates": [square(-60, -60, 60, 60), square(-50, -50, 50, 50)]}
cloud = lambda it: p(it, "eo:cloud_cover")

SEARCHES = [
    ({}, lambda it: True),
    ({"bbox": "-10,-10,60,40"}, lambda it: meets(it, shapely.box(-10, -10, 60, 40))),
    ({"bbox": "170,-60,-170,60"}, lambda it: meets(it, shapely.box(170, -60, 190, 60))),
    ({"bbox": "-180,-90,180,90"}, lambda it: bool(it["geometry"])),
    ({"bbox": "200,-30,300,30"}, lambda it: meets(it, shapely.box(-160, -30, -60, 30))),
    ({"bbox": "-10,-10,0,60,40,9000"}, lambda it: meets(it, shapely.box(-10, -10, 60, 40))),
    ({"intersects": json.dumps(AOI)}, lambda it: meets(it, shape(AOI))),
    ({"intersects": json.dumps(HOLE)}, lambda it: meets(it, shape(HOLE))),
    ({"intersects": "LINESTRING (-180 10, 180 -20)"}, lambda it: meets(it, shapely.from_wkt("LINESTRING (-180 10, 180 -20)"))),
    ({"datetime": "2020-03"}, lambda it: within(it, "2020-03-01T00:00:00Z", "2020-04-01T00:00:00Z")),
    ({"datetime": "2020-02-10/2020-02-12"}, lambda it: within(it, "2020-02-10T00:00:00Z", "2020-02-13T00:00:00Z")),
    ({"datetime": "2020-11/.."}, lambda it: within(it, "2020-11-01T00:00:00Z", None)),
    ({"datetime": "../2020-01-05T00:00:00Z"}, lambda it: span_of(it)[0] <= instant("2020-01-05T00:00:00Z")),
    ({"datetime": "2020-01-02T17:00:00.25Z"}, lambda it: span_of(it)[0] <= instant("2020-01-02T17:00:00.250Z") <= span_of(it)[1]),
    ({"collections": ["c1"]}, lambda it: it["collection"] == "c1"),
    ({"collections": ["c1", "c2"], "ids": ["item-001", "item-002", "item-003"]}, lambda it: it["id"] in ("item-001", "item-002")),
    ({"query": ["eo:cloud_cover<10"]}, lambda it: cloud(it) is not None and cloud(it) < 10),
    ({"query": ["eo:cloud_cover>=10", "eo:cloud_cover<=36.5", "platform=landsat-8"]},
     lambda it: cloud(it) is not None and 10 <= cloud(it) <= 36.5 and p(it, "platform") == "landsat-8"),
    ({"query": ["eo:cloud_cover<>0"]}, lambda it: cloud(it) is not None and cloud(it) != 0),
    ({"query": ["platform in landsat-9,sentinel-2b"]}, lambda it: p(it, "platform") in ("landsat-9", "sentinel-2b")),
    ({"query": ["view.angle=3"]}, lambda it: p(it, "view")["angle"] == 3),
    ({"query": ["instruments contains oli"]}, lambda it: "oli" in (p(it, "instruments") or [])),
    ({"filter": "eo:cloud_cover < 10 OR platform = 'landsat-9'"},
     lambda it: (cloud(it) is not None and cloud(it) < 10) or p(it, "platform") == "landsat-9"),
    ({"filter": "NOT (eo:cloud_cover < 50)"}, lambda it: cloud(it) is not None and cloud(it) >= 50),
    ({"filter": "eo:cloud_cover IS NULL AND gsd BETWEEN 15 AND 25"}, lambda it: cloud(it) is None and p(it, "gsd") == 20),
    ({"filter": "CASEI(platform) LIKE casei('SENTINEL%')"}, lambda it: p(it, "platform").lower().startswith("sentinel")),
    ({"filter": "platform NOT LIKE '%-8' AND gsd * 2 + 1 > 41"}, lambda it: not p(it, "platform").endswith("-8") and p(it, "gsd") > 20),
    ({"filter": "title LIKE 'tea\\_50\\%'"}, lambda it: p(it, "title") == "tea_50%"),
    ({"filter": "ACCENTI(CASEI(title)) LIKE 'cafe%'"}, lambda it: (p(it, "title") or "").lower().startswith("café")),
    ({"filter": "A_CONTAINS(instruments, ('oli', 'tirs'))"}, lambda it: {"oli", "tirs"} <= set(p(it, "instruments") or [])),
    ({"filter": "A_OVERLAPS(instruments, ('i3', 'i4'))"}, lambda it: bool({"i3", "i4"} & set(p(it, "instruments") or []))),
    ({"filter": "id IN ('item-010', 'item-011', 'none') AND collection <> 'c1'"}, lambda it: it["id"] == "item-011"),
    ({"filter": "S_INTERSECTS(geometry, POLYGON((-20 -35, 52 -35, 25 38, -18 20, -20 -35)))"}, lambda it: meets(it, shape(AOI))),
    ({"filter": "S_DISJOINT(geometry, POLYGON((-20 -35, 52 -35, 25 38, -18 20, -20 -35)))"},
     lambda it: bool(it["geometry"]) and not meets(it, shape(AOI))),
    ({"filter": json.dumps({"op": "s_within", "args": [{"property": "geometry"}, AOI]})},
     lambda it: bool(it["geometry"]) and unrolled(it).within(shape(AOI))),
    ({"filter": "T_INTERSECTS(datetime, INTERVAL('2020-03-01T00:00:00Z', '2020-03-31T23:59:59.999Z'))"},
     lambda it: within(it, "2020-03-01T00:00:00Z", "2020-04-01T00:00:00Z")),
    ({"filter": "T_AFTER(datetime, DATE('2020-10-31'))"}, lambda it: span_of(it)[0] >= instant("2020-11-01T00:00:00Z")),
    ({"filter": "T_DURING(datetime, INTERVAL('2020-05-01', '2020-06-01'))"},
     lambda it: span_of(it)[0] > instant("2020-05-01T00:00:00Z") and span_of(it)[1] < instant("2020-06-01T00:00:00Z")),
    ({"filter": "datetime >= TIMESTAMP('2020-06-01T00:00:00+02:00')"}, lambda it: span_of(it)[0] >= instant("2020-05-31T22:00:00Z")),
    ({"sortby": "-eo:cloud_cover,id", "query": ["gsd=10"]}, lambda it: p(it, "gsd") == 10,
     lambda it: (cloud(it) is None, -(cloud(it) or 0), it["id"])),
    ({"sortby": "platform,-datetime"}, lambda it: True, lambda it: (p(it, "platform"), -span_of(it)[0].timestamp())),
    ({"sortby": "-datetime", "max_items": 7}, lambda it: True, lambda it: -span_of(it)[0].timestamp()),
    ({"bbox": "-100,-50,100,50", "datetime": "2020-01-01/2020-06-30", "query": ["eo:cloud_cover<60"], "collections": ["c0", "c2"],
      "filter": "gsd <> 20"},
     lambda it: meets(it, shapely.box(-100, -50, 100, 50)) and within(it, "2020-01-01T00:00:00Z", "2020-07-01T00:00:00Z")
     and cloud(it) is not None and cloud(it) < 60 and it["collection"] != "c1" and p(it, "gsd") != 20),
]

LANDSAT = [
    ({"bbox": "-105,39,-104,40"}, lambda it: meets(it, shapely.box(-105, 39, -104, 40))),
    ({"bbox": "-106,41,-105.5,41.2"}, lambda it: meets(it, shapely.box(-106, 41, -105.5, 41.2))),
    ({"intersects": "POINT (-105.6 40.5)"}, lambda it: meets(it, shapely.Point(-105.6, 40.5))),
    ({"datetime": "2024-11"}, lambda it: within(it, "2024-11-01T00:00:00Z", "2024-12-01T00:00:00Z")),
    ({"datetime": "2024-11-27T17:37:29.806Z"}, lambda it: time_of(it) == instant("2024-11-27T17:37:29.806Z")),
    ({"query": ["eo:cloud_cover<20", "platform=landsat-9"]}, lambda it: cloud(it) < 20 and p(it, "platform") == "landsat-9"),
    ({"filter": "landsat:wrs_row = '032' AND view:sun_elevation BETWEEN 20 AND 30"},
     lambda it: p(it, "landsat:wrs_row") == "032" and 20 <= p(it, "view:sun_elevation") <= 30),
    ({"filter": "A_CONTAINS(instruments, ('tirs')) AND created > '2024-12-01T00:00:00Z'"},
     lambda it: "tirs" in p(it, "instruments") and instant(p(it, "created")) > instant("2024-12-01T00:00:00Z")),
    ({"sortby": "-eo:cloud_cover,id", "max_items": 12}, lambda it: True, lambda it: (-cloud(it), it["id"])),
    ({"sortby": "created"}, lambda it: True, lambda it: instant(p(it, "created"))),
]

SENTINEL = [
    ({"query": ["eo:cloud_cover<10"]}, lambda it: cloud(it) < 10),
    ({"datetime": "2024-08-01/2024-08-10"}, lambda it: within(it, "2024-08-01T00:00:00Z", "2024-08-11T00:00:00Z")),
    ({"bbox": "-105.5,40,-105,40.4"}, lambda it: meets(it, shapely.box(-105.5, 40, -105, 40.4))),
    ({"intersects": "POLYGON ((-106 39.5, -104.8 39.6, -105.2 40.9, -106 39.5))"},
     lambda it: meets(it, shapely.from_wkt("POLYGON ((-106 39.5, -104.8 39.6, -105.2 40.9, -106 39.5))"))),
    ({"filter": "s2:mgrs_tile LIKE '13T%' AND s2:snow_ice_percentage < 1"},
     lambda it: p(it, "s2:mgrs_tile").startswith("13T") and p(it, "s2:snow_ice_percentage") < 1),
    ({"sortby": "eo:cloud_cover,id", "max_items": 20}, lambda it: True, lambda it: (cloud(it), it["id"])),
    ({"sortby": "-datetime,s2:mgrs_tile", "query": ["platform=Sentinel-2B"]}, lambda it: p(it, "platform") == "Sentinel-2B",
     lambda it: (-time_of(it).timestamp(), p(it, "s2:mgrs_tile"))),
]


def rows(items, words, keep, key=None):
    found = [at for at, it in enumerate(items) if keep(it)]
    if key:
        found.sort(key=lambda at: key(items[at]))
    return found[: words.get("max_items")]


def table(source, items, searches):
    out = []
    for words, keep, *key in searches:
        out.append({"source": source, "words": words, "rows": rows(items, words, keep, *key)})
    return out


def write(name, searches):
    with open(os.path.join(OUT, name), "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(s, ensure_ascii=False, separators=(",", ":")) for s in searches) + "\n]\n")


def from_parquet(path):
    import pyarrow.parquet as pq
    import shapely.wkb
    out = []
    for row in pq.read_table(path).to_pylist():
        top = ("type", "stac_version", "stac_extensions", "id", "links", "assets", "collection", "bbox", "geometry")
        it = {"id": row["id"], "collection": row["collection"], "geometry": mapping(shapely.wkb.loads(row["geometry"])),
              "properties": {k: v for k, v in row.items() if k not in top}}
        it["properties"]["datetime"] = it["properties"]["datetime"].isoformat()
        out.append(it)
    return out


def to_parquet(items, path):
    """The items as stac-geoparquet writes them; where there is no geometry, which it can't write, a null is put in."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    import stac_geoparquet.arrow as sga
    nowhere = {"geometry": {"type": "Point", "coordinates": [0, 0]}, "bbox": [0, 0, 0, 0]}
    sga.to_parquet(sga.parse_stac_items_to_arrow([it if it["geometry"] else {**it, **nowhere} for it in items]), path)
    table = pq.read_table(path)
    there = pa.array([bool(it["geometry"]) for it in items])
    for name in nowhere:
        at = table.schema.get_field_index(name)
        column = table.column(at).combine_chunks()
        kept = [value if keep else None for value, keep in zip(column.to_pylist(), there.to_pylist())]
        table = table.set_column(at, table.schema.field(at), pa.array(kept, column.type))
    pq.write_table(table, path, compression="zstd", row_group_size=64)


def main():
    os.makedirs(OUT, exist_ok=True)
    items = [item(i) for i in range(200)]
    with open(os.path.join(OUT, "items.ndjson"), "w") as f:
        f.writelines(json.dumps(it, ensure_ascii=False, separators=(",", ":")) + "\n" for it in items)
    to_parquet(items, os.path.join(OUT, "items.parquet"))
    write("searches.json", table("items.ndjson", items, SEARCHES))
    if len(sys.argv) > 1:
        folder = os.path.join(sys.argv[1], "rustac")
        landsat = json.load(open(os.path.join(folder, "100-landsat-items.json")))["features"]
        sentinel = from_parquet(os.path.join(folder, "1000-sentinel-2-items.parquet"))
        found = table("100-landsat-items.json", landsat, LANDSAT) + table("100-landsat-items.parquet", landsat, LANDSAT)
        write("searches_rustac.json", found + table("1000-sentinel-2-items.parquet", sentinel, SENTINEL))


if __name__ == "__main__":
    main()
