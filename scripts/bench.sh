#!/bin/sh
# Side by side with CDO, NCO, nccopy and xarray: runs the benchmark in ../shared/bench (or
# $PANGEO_BENCH) with the binaries of this tree. Its README says how to set up the peers.
set -eu
bin=$1
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
case $bin in /*) ;; *) bin="$home/$bin" ;; esac
bench=${PANGEO_BENCH:-$home/../shared/bench}
if [ ! -f "$bench/run.py" ]; then
    echo "SKIPPED (no benchmark): $bench/run.py is not there; name its folder in PANGEO_BENCH"
    exit 0
fi
shift
exec python3 "$bench/run.py" --ours-dir "$bin" --cases "${PANGEO_BENCH_CASES:-startup,inspect*,subset*,rechunk,concat-netcdf,unit-convert}" "$@"
