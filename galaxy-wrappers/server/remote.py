"""Data that stay where they are: addresses, deferred datasets, S3 with a user's keys, through Galaxy's API.

planemo has no server of data to name in a wrapper's tests, so these are played here.
"""

import json
import sys
import time
import urllib.request

from places import KEY, SECRET, Places

FILE = "air_temperature_small.nc"
STORE = "pressure.zarr"
# One step of a few cells, and a line with the value that netCDF4-Python reads there.
CUT = {"period|time": "2014-02-25T06", "area|kind": "box", "area|west": -125, "area|east": -120, "area|south": 48,
       "area|north": 50, "result|format": "csv"}
EXPECTED = "2014-02-25T06:00:00,50,-125,272\n"


def check(holds, what, said=None):
    if not holds:
        sys.exit(f"error: in Galaxy it is not so: {what}\n{said or ''}")
    print(f"ok: {what}", flush=True)


def settled(server, dataset):
    """The dataset once Galaxy is done with it."""
    deadline = time.time() + 300
    while time.time() < deadline:
        found = server.ask(f"/api/datasets/{dataset}")
        if found["state"] in ("ok", "error", "deferred", "empty", "failed_metadata", "discarded"):
            return found
        time.sleep(0.5)
    sys.exit(f"error: dataset {dataset} did not settle within 5 minutes")


def text(server, dataset):
    request = urllib.request.Request(f"{server.url}/api/datasets/{dataset}/display?raw=true",
                                     headers={"x-api-key": server.key})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def run(server, history, tool, inputs, context=None):
    """The only output of a tool, and what the tool said."""
    job = {"history_id": history, "tool_id": tool, "inputs": inputs}
    if context:
        job["credentials_context"] = context
    made = server.ask("/api/tools", job)
    output = settled(server, made["outputs"][0]["id"])
    return output, server.ask(f"/api/jobs/{made['jobs'][0]['id']}?full=true")


def deferred(server, history, address, kind):
    """A dataset of which Galaxy keeps no more than the address."""
    item = {"src": "url", "url": address, "ext": kind, "deferred": True, "name": address.rsplit("/", 1)[-1]}
    targets = [{"destination": {"type": "hdas"}, "items": [item]}]
    made = server.ask("/api/tools/fetch", {"history_id": history, "targets": targets})
    return settled(server, made["outputs"][0]["id"])


def store_keys(server, tool, endpoint):
    """The keys among the user's credentials; what a job names them by."""
    user = server.ask("/api/whoami")["id"]
    version = server.ask(f"/api/tools/{tool}")["version"]
    group = {"name": "tests",
             "variables": [{"name": "endpoint", "value": endpoint}, {"name": "region", "value": "eu-central-1"}],
             "secrets": [{"name": "key", "value": KEY}, {"name": "secret", "value": SECRET}]}
    made = server.ask(f"/api/users/{user}/credentials",
                      {"source_type": "tool", "source_id": tool, "source_version": version,
                       "service_credential": {"name": "s3", "version": "1.0", "group": group}})
    known = server.ask(f"/api/users/{user}/credentials")
    (service,) = [k["id"] for k in known if k["source_id"] == tool and any(g["id"] == made["id"] for g in k["groups"])]
    return [{"user_credentials_id": service, "name": "s3", "version": "1.0",
             "selected_group": {"id": made["id"], "name": made["name"]}}]


def addresses(server, history, places):
    by_address = {"source|where": "url", "source|places_0|url": places.web(FILE), **CUT}
    output, _ = run(server, history, "pangeo_subset", by_address)
    check(output["state"] == "ok" and EXPECTED in text(server, output["id"]), "a file is cut by its address")
    check(any(part for _, part in places.asked), "only parts of it were asked for")
    by_address = {"source|where": "url", "source|places_0|url": places.web(STORE), "report|kind": "list",
                  "report|list": "variables"}
    output, _ = run(server, history, "pangeo_inspect", by_address)
    check(output["state"] == "ok" and "plev" in text(server, output["id"]), "a Zarr store is inspected by its address")


def searched(server, history, places):
    """What a search of a catalog finds is read where it lies."""
    wanted = {"source|where": "url", "source|endpoint": places.web("stac/stores.json"), "which|id": "two",
              "result|format": "urls", "result|asset_type": "netcdf"}
    found, job = run(server, history, "pangeo_stac_search", wanted)
    check(found["state"] == "ok" and text(server, found["id"]).split() == [places.web(FILE)],
          "a catalog on the web is searched for addresses", job.get("tool_stderr"))
    by_list = {"source|where": "list", "source|list": {"src": "hda", "id": found["id"]}, **CUT}
    output, job = run(server, history, "pangeo_subset", by_list)
    check(output["state"] == "ok" and EXPECTED in text(server, output["id"]),
          "what the search found is cut where it lies", job.get("tool_stderr"))


def deferred_data(server, history, places):
    for name, kind, format, expected in ((FILE, "h5", "csv", EXPECTED), (STORE, "zarr", "tabular", "85000")):
        dataset = deferred(server, history, places.web(name), kind)
        check(dataset["state"] == "deferred", f"{name} is deferred")
        chosen = CUT if name == FILE else {"levels_0|level": "850hPa", "levels_0|match": "exact"}
        inputs = {"source|where": "history", "source|input": {"src": "hda", "id": dataset["id"]}, **chosen,
                  "result|format": format}
        output, job = run(server, history, "pangeo_subset", inputs)
        check(output["state"] == "ok" and expected in text(server, output["id"]),
              f"deferred {name} is cut where it lies", job.get("tool_stderr"))
        check(settled(server, dataset["id"])["state"] == "deferred", f"{name} was not fetched for it")


def buckets(server, history, places):
    for tool, chosen, expected in (
        ("pangeo_subset", CUT, EXPECTED),
        ("pangeo_inspect", {"report|kind": "list", "report|list": "variables"}, "air"),
    ):
        inputs = {"source|where": "url", "source|places_0|url": f"s3://bucket/{FILE}", **chosen}
        context = store_keys(server, tool, places.endpoint)
        output, job = run(server, history, tool, inputs, context)
        check(output["state"] == "ok" and expected in text(server, output["id"]),
              f"{tool} reads a closed bucket with the user's keys", job.get("tool_stderr"))
        shown = json.dumps(job)
        check(SECRET not in shown and KEY not in shown, "no key is shown with the job")


def play(server, data):
    """All of it against a running server; ends the program where something is not so."""
    history = server.ask("/api/histories", {"name": "remote"})["id"]
    with Places(data) as places:
        addresses(server, history, places)
        searched(server, history, places)
        deferred_data(server, history, places)
        buckets(server, history, places)
