#!/bin/sh
# Convert every test file into every format, make stores of every series and catalogs, and let other libraries compare:
# scripts/interop.sh BIN_DIR [PATTERN]
# The libraries live in .tools/python (or the folder that PANGEO_TOOLS names) and are installed when missing.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
binaries=${1:?"usage: scripts/interop.sh BIN_DIR [PATTERN]"}
venv="${PANGEO_TOOLS:-$home/.tools}/python"
wanted="$home/tests/interop/requirements.txt"

for tool in subset to-zarr stac-create; do
    if [ ! -x "$binaries/$tool" ]; then
        echo "error: no $tool in $binaries" >&2
        echo "hint: make build" >&2
        exit 1
    fi
done
if ! cmp -s "$wanted" "$venv/requirements.txt"; then
    mkdir -p "$(dirname "$venv")"
    if ! { [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version; } >/dev/null 2>&1; then
        rm -rf "$venv"
        if ! python3 -m venv "$venv" >/dev/null 2>&1; then
            rm -rf "$venv"
            echo "SKIPPED interop: python3's venv module is missing (sudo apt-get install -y python3-venv)"
            exit 0
        fi
    fi
    echo "installing $(grep -c '==' "$wanted") Python libraries into $venv"
    if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"; then
        echo "SKIPPED interop: the Python libraries could not be installed (no network, or Python too old)"
        exit 0
    fi
    cp "$wanted" "$venv/requirements.txt"
fi
status=0
"$venv/bin/python" "$home/tests/interop/roundtrip.py" "$binaries" ${2+"$2"} || status=1
"$venv/bin/python" "$home/tests/interop/stores.py" "$binaries" ${2+"$2"} || status=1
"$venv/bin/python" "$home/tests/interop/catalogs.py" "$binaries" || status=1
exit $status
