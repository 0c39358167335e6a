#!/bin/sh
# Search STAC APIs that others made (pgstac, rustac) by stac-search and by pystac-client, and compare:
# scripts/stac-servers.sh BIN_DIR
# PostgreSQL with PostGIS comes from apt, the rest lives in .tools/stac (or the folder that PANGEO_TOOLS names); what is
# missing is installed.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
binaries=${1:?"usage: scripts/stac-servers.sh BIN_DIR"}
venv="${PANGEO_TOOLS:-$home/.tools}/stac"
wanted="$home/tests/stac/requirements.txt"

skip() {
    echo "SKIPPED STAC servers: $1"
    exit 0
}

if [ ! -x "$binaries/stac-search" ]; then
    echo "error: no stac-search in $binaries" >&2
    echo "hint: make build" >&2
    exit 1
fi

# The newest PostgreSQL that has PostGIS.
postgres() {
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        version=$(basename "$(dirname "$folder")")
        if [ -x "$folder/initdb" ] && [ -f "/usr/share/postgresql/$version/extension/postgis.control" ]; then
            echo "$folder"
            return
        fi
    done
}

install() {
    package=$(apt-cache --names-only search '^postgresql-[0-9]+-postgis-3$' | sort -rV | head -n 1 | cut -d' ' -f1)
    [ -n "$package" ] && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$package" >/dev/null 2>&1
}

if [ -z "$(postgres)" ]; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || skip "sudo apt-get install -y postgresql-postgis"
    echo "installing PostgreSQL with PostGIS"
    install || { apt-get update -q >/dev/null 2>&1 && install; } || true
    [ -n "$(postgres)" ] || skip "PostgreSQL with PostGIS could not be installed"
fi
if ! cmp -s "$wanted" "$venv/requirements.txt"; then
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    if ! python3 -m venv "$venv" >/dev/null 2>&1; then
        rm -rf "$venv"
        skip "python3's venv module is missing (sudo apt-get install -y python3-venv)"
    fi
    echo "installing STAC servers and pystac-client into $venv"
    if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"; then
        rm -rf "$venv"
        skip "the Python libraries could not be installed (no network, or Python too old)"
    fi
    cp "$wanted" "$venv/requirements.txt"
fi
exec "$venv/bin/python" "$home/tests/stac/compare.py" "$binaries" "$(postgres)"
