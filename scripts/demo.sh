#!/bin/sh
# Five things to do with two tools, on real data from test-data/. Results stay in demo-output/.
set -eu
bin=$1
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
data="$home/test-data"
out="$home/demo-output"
rm -rf "$out"
mkdir -p "$out"
case $bin in /*) ;; *) bin="$home/$bin" ;; esac

step() {
    echo
    echo "# $1"
    shift
    echo "$ $*" | sed "s#$data/##g; s#$out/#demo-output/#g"
    tool=$1
    shift
    "$bin/$tool" "$@"
}

step "What is in this file?" inspect "$data/air_temperature_small.nc" --list variables
step "Its time axis, grid and statistics, as JSON for programs or HTML for a browser" \
    inspect "$data/air_temperature_small.nc" --stats --format html -o "$out/air.html"
step "The western United States in Celsius; longitudes 200..330 asked for as -125..-100" \
    subset "$data/air_temperature_small.nc" -o "$out/west.nc" --bbox=-125,30,-100,50 --units degC
step "Summers of the 2040s out of a 360-day calendar" \
    subset "$data/A1B_north_america.nc" -o "$out/summers.nc" --season JJA --year 2040-2049
step "Two months of a tripolar ocean model in any order, joined in time" \
    subset "$data/nemo_201502.nc" "$data/nemo_201501.nc" -o "$out/ocean.nc"
step "Where the sea is warmer than 20 degrees, as cloud-optimised Zarr in one file" \
    subset "$data/coads_climatology.cdf" -o "$out/warm.zarr.zip" -v SST --where 'SST > 20'
step "The dateline is no border" \
    subset "$data/coads_climatology.cdf" -o "$out/pacific.nc" -v SST,UWND,VWND --bbox=170,-10,-150,10
step "Look at one of the results" inspect "$out/west.nc" --stats

echo
echo "Results are in $out:"
ls -1 "$out"
