#!/bin/sh
# Side by side with CDO, NCO, nccopy and xarray: runs the benchmark that $PANGEO_BENCH names (a folder with run.py, whose
# README says how to set up the peers) with the binaries of this tree.
set -eu
bin=$1
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
case $bin in /*) ;; *) bin="$home/$bin" ;; esac
bench=${PANGEO_BENCH:-}
if [ ! -f "$bench/run.py" ]; then
    echo "error: no benchmark: PANGEO_BENCH names no folder with run.py" >&2
    echo "hint: docs/performance.md tells what was measured and how" >&2
    exit 1
fi
shift
exec python3 "$bench/run.py" --ours-dir "$bin" --cases "${PANGEO_BENCH_CASES:-startup,inspect*,subset*,rechunk,concat-netcdf,unit-convert}" "$@"
