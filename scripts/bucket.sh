#!/bin/sh
# Write to a bucket of a service that others made (moto), and tell how long it took: scripts/bucket.sh [PORT]
# It lives in .tools/moto (or the folder that PANGEO_TOOLS names) and is installed when missing.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
venv="${PANGEO_TOOLS:-$home/.tools}/moto"
port=${1:-55071}

if [ ! -x "$venv/bin/moto_server" ]; then
    echo "installing moto into $venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'moto[server]==5.*'
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
PANGEO_BUCKET=127.0.0.1:$port cargo test --release -p pangeo --lib -- --ignored --nocapture a_service_that_others_made
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
