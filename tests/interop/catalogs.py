"""Catalogs of every test file, made by stac-create, are opened by pystac; catalogs of pystac are extended.

    python catalogs.py BIN_DIR

Every object is read back by pystac, its links are followed up and down, and extents are held against those that pystac
makes of the items. Without a network nothing is held against schemas here: stac-create does so before it writes.
Ends with `N passed, N failed`; exit status 1 if anything failed.
"""

import datetime
import glob
import subprocess
import sys
import tempfile
from pathlib import Path

import pystac

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "test-data"
BINARIES = Path(sys.argv[1]).resolve()


def create(*arguments):
    return subprocess.run([BINARIES / "stac-create", *map(str, arguments)], capture_output=True, text=True)


def made(*arguments):
    said = create(*arguments)
    assert said.returncode == 0, said.stderr
    return said


def walked(folder):
    """The items and collections of a catalog, after a look at what leads to them and at their data."""
    catalog = pystac.Catalog.from_file(str(folder / "catalog.json"))
    items, collections = [], list(catalog.get_children())
    for collection in collections:
        assert isinstance(collection, pystac.Collection), collection
        assert collection.get_parent().id == catalog.id and collection.get_root().id == catalog.id
        own = list(collection.get_items())
        for item in own:
            assert item.get_collection().id == collection.id and item.get_root().id == catalog.id
            assert item.collection_id == collection.id
        for holder in [*own, collection]:
            for asset in holder.assets.values():
                assert Path(asset.get_absolute_href()).exists(), f"{holder.id}: {asset.href} leads nowhere"
        items += own
        check_extent(collection, own)
    return items, collections


def check_extent(collection, items):
    if not items:
        return
    if all(item.bbox and item.bbox[0] <= item.bbox[2] for item in items):
        expected = pystac.Extent.from_items(items)
        assert collection.extent.temporal.intervals == expected.temporal.intervals
        (found,), (wanted,) = collection.extent.spatial.bboxes, expected.spatial.bboxes
        # The shorter way about the Earth; pystac knows no dateline.
        if found[0] <= found[2]:
            assert all(abs(a - b) < 1e-6 for a, b in zip(found, wanted)), (found, wanted)


def every_file(folder):
    """Each file and store that can be read is an item."""
    data = sorted(glob.glob(str(DATA / "*.nc")) + glob.glob(str(DATA / "*.cdf")) + glob.glob(str(DATA / "made/*.nc")))
    data += [DATA / "pressure.zarr", DATA / "made/monthly_v2.zarr", DATA / "made/monthly_v3.zarr"]
    names = folder / "list"
    names.write_text("\n".join(map(str, data)))
    made(f"@{names}", "-o", folder / "stac", "--as", "item", "--datetime", "2000-01-01T00:00:00Z")
    items, (collection,) = walked(folder / "stac")
    assert len(items) == len(data), f"{len(items)} of {len(data)}"
    assert {item.id for item in items} == {link.get_absolute_href().split("/")[-2] for link in collection.get_item_links()}


def every_store(folder):
    """Each store is a collection."""
    stores = [DATA / "pressure.zarr", DATA / "made/monthly_v2.zarr", DATA / "made/monthly_v3.zarr"]
    made(*stores, "-o", folder / "stac")
    items, collections = walked(folder / "stac")
    assert not items and [c.id for c in collections] == ["monthly_v2", "monthly_v3", "pressure"]


def pystac_first(folder):
    """A catalog that pystac laid out grows, and pystac reads it."""
    extent = pystac.Extent(pystac.SpatialExtent([[0, 0, 1, 1]]), pystac.TemporalExtent([[None, None]]))
    for kind in (pystac.CatalogType.SELF_CONTAINED, pystac.CatalogType.ABSOLUTE_PUBLISHED):
        place = folder / kind.value.lower()
        catalog = pystac.Catalog("theirs", "made by pystac", extra_fields={"x": 1})
        collection = pystac.Collection("nemo", "made by pystac", extent)
        when = datetime.datetime(1999, 1, 1, tzinfo=datetime.timezone.utc)
        box = {"type": "Point", "coordinates": [0.5, 0.5]}
        for name in ("old", "nemo_201501"):
            collection.add_item(pystac.Item(name, box, [0.5, 0.5, 0.5, 0.5], when, {"x": 2}))
        catalog.add_child(collection)
        collection.update_extent_from_items()
        catalog.normalize_and_save(str(place), kind)
        made(DATA / "nemo_201501.nc", DATA / "nemo_201502.nc", "-o", place, "--collection", "nemo")
        items, (collection,) = walked(place)
        assert sorted(item.id for item in items) == ["nemo_201501", "nemo_201502", "old"]
        (replaced,) = [item for item in items if item.id == "nemo_201501"]
        assert replaced.datetime.year == 2015 and replaced.properties["x"] == 2
        assert pystac.Catalog.from_file(str(place / "catalog.json")).extra_fields["x"] == 1


def pystac_between(folder):
    """What pystac saves anew is extended like what was written here."""
    made(DATA / "nemo_201501.nc", "-o", folder / "stac", "--collection", "nemo")
    catalog = pystac.Catalog.from_file(str(folder / "stac/catalog.json"))
    catalog.normalize_and_save(str(folder / "again"), pystac.CatalogType.SELF_CONTAINED)
    made(DATA / "nemo_201502.nc", "-o", folder / "again", "--collection", "nemo", "--href", "absolute")
    catalog = pystac.Catalog.from_file(str(folder / "again/catalog.json"))
    assert sorted(item.id for item in catalog.get_items(recursive=True)) == ["nemo_201501", "nemo_201502"]


failed = 0
CASES = [every_file, every_store, pystac_first, pystac_between]
for case in CASES:
    with tempfile.TemporaryDirectory() as folder:
        try:
            case(Path(folder))
        except Exception as why:  # noqa: BLE001: the next case may pass
            failed += 1
            print(f"FAILED {case.__name__}: {why!r}")
print(f"catalogs: {len(CASES) - failed} passed, {failed} failed")
sys.exit(failed > 0)
