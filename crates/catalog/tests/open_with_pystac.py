"""Opens a catalog with pystac, validates all of it against the packed schemas and looks for its stores.

    python open_with_pystac.py CATALOG.json SCHEMAS

Needs pystac[validation] >= 1.15; no network.
"""

import json
import pathlib
import sys

import pystac
from pystac.validation import set_validator
from pystac.validation.stac_validator import JsonSchemaSTACValidator

catalog_path, schemas = sys.argv[1], pathlib.Path(sys.argv[2]) / "extensions"
STAND_INS = {
    "https://stac-extensions.github.io/datacube/v2.3.0/schema.json": (
        "datacube-2.2.0.json",
        [("datacube/v2.2.0/", "datacube/v2.3.0/"), ("v0.4/projjson", "v0.7/projjson")],
    ),
    "https://stac-extensions.github.io/zarr/v1.1.0/schema.json": (
        "zarr-1.0.0.json",
        [("zarr/v1.0.0/", "zarr/v1.1.0/")],
    ),
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json": ("projection-2.0.0.json", []),
    "https://stac-extensions.github.io/file/v2.1.0/schema.json": ("file-2.1.0.json", []),
    "https://proj.org/schemas/v0.7/projjson.schema.json": ("projjson-0.7.json", []),
}
validator = JsonSchemaSTACValidator()
own = json.loads((schemas.parent / "own" / "raster-2.0.0.json").read_text())
bands = {"properties": {"bands": {"items": {"properties": own}}}}
validator.schema_cache["https://stac-extensions.github.io/raster/v2.0.0/schema.json"] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "properties": {"assets": {"additionalProperties": bands}, "item_assets": {"additionalProperties": bands}},
}
for address, (name, replacements) in STAND_INS.items():
    text = (schemas / name).read_text()
    for old, new in replacements:
        text = text.replace(old, new)
    validator.schema_cache[address] = json.loads(text)
set_validator(validator)

catalog = pystac.Catalog.from_file(catalog_path)
catalog.validate()
collections = list(catalog.get_children())
count = 0
for collection in collections:
    collection.validate()
    assert collection.get_root().id == catalog.id and collection.get_parent().id == catalog.id
    assert collection.extent.spatial.bboxes and collection.extent.temporal.intervals
    holders = [collection] if collection.assets else []
    for item in collection.get_items():
        item.validate()
        assert item.get_collection().id == collection.id and item.get_root().id == catalog.id
        holders.append(item)
    times = [[i.common_metadata.start_datetime or i.datetime, i.common_metadata.end_datetime or i.datetime]
             for i in holders if isinstance(i, pystac.Item)]
    if times:
        (whole,) = collection.extent.temporal.intervals
        assert whole == [min(t[0] for t in times), max(t[1] for t in times)], f"{collection.id}: {whole}"
    for holder in holders:
        (asset,) = holder.assets.values()
        href = asset.get_absolute_href()
        assert "://" in href or pathlib.Path(href).exists(), f"{holder.id}: {href} is not there"
        count += 1
print(count)
