#!/bin/sh
# Write to a bucket of a service that others made (moto), and tell how long it took: scripts/bucket.sh BIN_DIR [PORT]
# It lives in .tools/moto (or the folder that PANGEO_TOOLS names) and is installed when missing.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
venv="${PANGEO_TOOLS:-$home/.tools}/moto"
bin=$(CDPATH= cd -- "${1:?the folder of the tools}" && pwd)
port=${2:-55071}

if [ ! -x "$venv/bin/moto_server" ]; then
    if ! python3 -m venv "$venv" >/dev/null 2>&1; then
        rm -rf "$venv"
        echo "SKIPPED bucket: python3's venv module is missing (sudo apt-get install -y python3-venv)"
        exit 0
    fi
    echo "installing moto into $venv"
    if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'moto[server]==5.*'; then
        rm -rf "$venv"
        echo "SKIPPED bucket: moto can't be installed (no network?)"
        exit 0
    fi
fi
log=$(mktemp)
"$venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -f "$log"' EXIT
waited=0
until "$venv/bin/python" -c "import socket; socket.create_connection(('127.0.0.1', $port))" 2>/dev/null; do
    waited=$((waited + 1))
    if [ "$waited" -gt 60 ] || ! kill -0 "$server" 2>/dev/null; then
        echo "error: moto_server did not start" >&2
        tail -n 5 "$log" >&2
        exit 1
    fi
    sleep 1
done
cd "$home"
PANGEO_BUCKET=127.0.0.1:$port cargo test --release --workspace --lib -- --ignored --nocapture a_service_that_others_made
# What lies there now, by the library that everybody uses.
"$venv/bin/python" - "$port" <<'END'
import array
import sys

import boto3

keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
s3 = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{sys.argv[1]}", **keys)
counted = array.array("I", range(5_000_000))
if sys.byteorder == "little":
    counted.byteswap()
counted = counted.tobytes()
pages = s3.get_paginator("list_objects_v2").paginate(Bucket="data", Prefix="dir/s.zarr/")
found = {entry["Key"].removeprefix("dir/s.zarr/") for page in pages for entry in page["Contents"]}
expected = {f"t/c/{n}" for n in range(1, 500)} | {f"large {n}%" for n in range(3)} | {"zarr.json"}
assert found == expected, sorted(found ^ expected)
for key in sorted(found - {"zarr.json"}):
    content = s3.get_object(Bucket="data", Key=f"dir/s.zarr/{key}")["Body"].read()
    assert content == counted[:20_000_000 if key.startswith("large") else 100_000], key
assert "Uploads" not in s3.list_multipart_uploads(Bucket="data")
print(f"boto3 reads all {len(found)} objects as they were written")
END

# A store in a bucket by to-zarr: at once, longer, replaced, by several tasks; read back by subset and xarray's store.
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$log" "$work"' EXIT
export AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret AWS_REGION=us-east-1
export AWS_DEFAULT_REGION=us-east-1
air="$home/test-data/air_temperature_small.nc"
cd "$work"
"$bin/subset" "$air" -o first.nc --isel time=0:12 -q
"$bin/subset" "$air" -o rest.nc --isel time=8:20 -q
fails() {
    if "$@" 2>told; then
        echo "error: this should have failed: $*" >&2
        exit 1
    fi
}
same() {
    "$bin/inspect" "$1" --compare "$2" >differences 2>/dev/null || true
    # What the whole file tells of itself is not in its parts.
    if grep -v -e 'actual_range' -e history differences | grep .; then
        echo "error: $1 is not $2" >&2
        exit 1
    fi
}
for version in 3 2; do
    store=s3://data/tools/v$version.zarr
    "$bin/to-zarr" first.nc -o "$store" --chunk time=5 --zarr-version $version --verify -q
    fails "$bin/to-zarr" first.nc -o "$store"
    grep -q overwrite told
    "$bin/to-zarr" rest.nc -o "$store" --append time --verify -q
    "$bin/to-zarr" rest.nc -o "$store" --append time -q
    same "$store" "$air"
    "$bin/to-zarr" first.nc -o "$store" --zarr-version $version --overwrite -q
    same "$store" first.nc
    "$bin/subset" "$store" -o back.nc -q
    same back.nc first.nc
done
many=s3://data/tools/many.zarr
"$bin/to-zarr" plan "$air" --store "$many" -o plan.json --tasks 3 --chunk time=4 -q
"$bin/to-zarr" init plan.json -q
fails "$bin/inspect" "$many"
"$bin/to-zarr" work plan.json --task 2 -q
"$bin/to-zarr" work plan.json --task 0 -q
fails "$bin/to-zarr" finalise plan.json
grep -q 'task 1' told
"$bin/to-zarr" work plan.json --task 1 -q
"$bin/to-zarr" finalise plan.json --stac catalog --report report.json -q
same "$many" "$air"
grep -q '"href": "s3://data/tools/many.zarr"' catalog/many/collection.json
echo "to-zarr writes, extends, replaces and finishes stores in a bucket"
