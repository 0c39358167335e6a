"""The same searches by stac-search and by pystac-client at servers that others made: compare.py BIN_DIR PG_BINARIES

The same items must come from both, in the same order where one is asked
for; ours must send fewer requests for all items and take less time.
"""
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import items as made
import servers
from pystac_client import Client

BINARIES, POSTGRES = sys.argv[1:3]
# One line for each item; where nothing matches that is no error here.
FIND = [f"{BINARIES}/stac-search", "--format", "ndjson", "--allow-empty", "-q"]


def box(item):
    """West, south, east, north of an item's first polygon."""
    geometry = item["geometry"]
    ring = geometry["coordinates"][0] if geometry["type"] == "Polygon" else geometry["coordinates"][0][0]
    return min(x for x, *_ in ring), min(y for _, y, *_ in ring), max(x for x, *_ in ring), max(y for _, y, *_ in ring)


def searches(items):
    """Name, our options, pystac-client's, whether the order counts."""
    west, south, east, north = box(items[len(items) // 2])
    around = [west + 0.1, south + 0.1, east + 0.2, north + 0.2]
    text = ",".join(str(x) for x in around)
    w, s, e, n = around
    triangle = {"type": "Polygon", "coordinates": [[[w, s], [e, s], [w, n], [w, s]]]}
    times = sorted(item["properties"]["datetime"] for item in items)
    start, end = times[len(times) // 4][:10], times[len(times) // 2][:10]
    some = [item["id"] for item in items[::31]]
    low = {"op": "<", "args": [{"property": "eo:cloud_cover"}, 10]}
    kind = f"%{items[0]['properties']['platform'][-1]}"
    both = {"op": "and", "args": [low, {"op": "like", "args": [{"property": "platform"}, kind]}]}
    newest = [{"field": "properties.datetime", "direction": "desc"}, {"field": "id", "direction": "asc"}]
    by_cloud = [{"field": "properties.eo:cloud_cover", "direction": "asc"}, {"field": "id", "direction": "asc"}]
    return [
        ("all", [], {}, False),
        ("collection", ["--collection", items[0]["collection"]], {"collections": [items[0]["collection"]]}, False),
        ("no such collection", ["--collection", "absent"], {"collections": ["absent"]}, False),
        ("ids", ["--id", ",".join(some)], {"ids": some}, False),
        ("box", ["--bbox", text], {"bbox": around}, False),
        ("triangle", ["--intersects", json.dumps(triangle)], {"intersects": triangle}, False),
        ("period", ["--datetime", f"{start}/{end}"], {"datetime": f"{start}/{end}"}, False),
        ("since", ["--datetime", f"{end}/.."], {"datetime": f"{end}/.."}, False),
        ("query", ["--query", "eo:cloud_cover<10"], {"query": {"eo:cloud_cover": {"lt": 10}}}, False),
        ("filter", ["--filter", f"eo:cloud_cover < 10 AND platform LIKE '{kind}'"], {"filter": both}, False),
        ("all conditions",
         ["--bbox", text, "--datetime", f"{start}/..", "--filter", "eo:cloud_cover < 60"],
         {"bbox": around, "datetime": f"{start}/..", "filter": {"op": "<", "args": [{"property": "eo:cloud_cover"}, 60]}}, False),
        ("newest 300", ["--sortby", "-properties.datetime,id", "--max-items", "300"], {"sortby": newest, "max_items": 300}, True),
        ("clearest 20", ["--sortby", "properties.eo:cloud_cover,id", "--max-items", "20"],
         {"sortby": by_cloud, "max_items": 20}, True),
    ]


def ours(url, options):
    began = time.monotonic()
    ran = subprocess.run([*FIND, url, *options], capture_output=True, text=True)
    seconds = time.monotonic() - began
    if ran.returncode:
        raise SystemExit(f"error: {' '.join(options)}: {ran.stderr}")
    return [json.loads(line) for line in ran.stdout.splitlines()], seconds


def theirs(url, options, limit=None):
    began = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = list(Client.open(url).search(limit=limit, **options).items_as_dicts())
    return found, time.monotonic() - began


def requests(log):
    return sum(" HTTP/1.1" in line for line in log.read_text().splitlines()) if log else 0


def check(name, mine, other, ordered):
    mine, other = [item["id"] for item in mine], [item["id"] for item in other]
    if not ordered:
        mine, other = sorted(mine), sorted(other)
    if mine != other:
        missing, more = set(other) - set(mine), set(mine) - set(other)
        raise SystemExit(f"error: {name}: {len(mine)} items, expected {len(other)}; missing {sorted(missing)[:3]}, "
                         f"too many {sorted(more)[:3]}")


def compare(server, url, log, items, expected):
    """Every search; `expected` has the answers where the server's own are not those of the standard."""
    whole = []
    for name, options, others, ordered in searches(items):
        before = requests(log)
        mine, my_time = ours(url, options)
        between = requests(log)
        if name in expected:
            found, their_time = expected[name], 0.0
        else:
            found, their_time = theirs(url, others)
        check(f"{server}, {name}", mine, found, ordered)
        counts = between - before, requests(log) - between
        expected.setdefault(name, found)
        if len(mine) == len(items) and not ordered:
            whole.append((*counts, my_time, their_time))
        asked = f" ({counts[0]} requests)  pystac-client {their_time:6.2f} s ({counts[1]})" if log else ""
        print(f"  {server:8} {name:20} {len(mine):5} items  {my_time:6.2f} s{asked}")
    return whole


def dateline(server, url, items):
    """A box across the dateline has what its halves have, each once."""
    halves = [ours(url, ["--bbox", edges])[0] for edges in ("179,-60,180,60", "-180,-60,-178,60")]
    ids = sorted({item["id"] for half in halves for item in half})
    across = sorted(item["id"] for item in ours(url, ["--bbox", "179,-60,-178,60"])[0])
    if across != ids:
        raise SystemExit(f"error: {server}: {len(across)} items across the dateline, {len(ids)} in its halves")
    if across and sum(map(len, halves)) == len(across):
        print(f"  {server}: no item of these crosses the dateline")
    print(f"  {server:8} dateline             {len(across):5} items")


def same_content(server, mine, items):
    """What comes is what was put in, apart from what servers add."""
    by_id = {item["id"]: item for item in items}
    for item in mine:
        other = by_id[item["id"]]
        for member in ("properties", "assets"):
            if item[member] != other[member]:
                different = {k for k in other[member] if item[member].get(k) != other[member][k]}
                raise SystemExit(f"error: {server}: {item['id']} has other {member}: {sorted(different)[:3]}")


def main():
    real = made.real()
    items = real or made.computed()
    print(f"{len(items)} {'real' if real else 'computed'} items")
    collection = {**made.collection(), "id": items[0]["collection"]}
    expected = {}
    with tempfile.TemporaryDirectory(prefix="stac-servers.") as folder:
        work = Path(folder)
        with servers.pgstac(work, POSTGRES, collection, items) as (url, log):
            whole = compare("pgstac", url, log, items, expected)
            dateline("pgstac", url, items)
            same_content("pgstac", ours(url, ["--id", ",".join(i["id"] for i in items[:50])])[0], items)
            counted = int(subprocess.run([FIND[0], url, "--query", "eo:cloud_cover<10", "--matched"], check=True,
                                         capture_output=True, text=True).stdout)
            if counted != len(expected["query"]):
                raise SystemExit(f"error: {counted} counted, {len(expected['query'])} found")
            # Twice the same, so that a moment in which the machine was busy does not decide.
            mine, other, my_time, their_time = (sum(values) for values in zip(*whole))
            if not (mine < other and my_time < their_time):
                raise SystemExit(f"error: {mine} requests in {my_time:.2f} s, pystac-client {other} in {their_time:.2f} s")
            _, large = theirs(url, {}, 250)
            print(f"  pgstac   all, by pystac-client in pages of 250: {large:.2f} s")
        # It ignores filters, queries, orders and counts: the answers are those of before.
        with servers.rustac(work, items) as url:
            compare("rustac", url, None, items, expected)
            dateline("rustac", url, items)
    print("the same items from every server")


main()
