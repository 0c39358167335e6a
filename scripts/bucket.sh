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
