#!/bin/sh
# The pictures of docs/gallery, from test-data: scripts/gallery.sh BIN_DIR
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
binaries=${1:?"usage: scripts/gallery.sh BIN_DIR"}
out="$home/docs/gallery"
mkdir -p "$out"
cd "$home/test-data"
plot() { "$binaries/plot" "$@" --quiet; }

plot orca2_votemper.nc -o "$out/ocean.png" --projection robinson --center -160 --title "A tripolar ocean grid, cell by cell" --size 900x560
plot air_temperature_small.nc -o "$out/levels.png" --isel time=0 --projection lambert --units degC --levels 12 --contour --borders --grid --size 900x640
plot air_temperature_small.nc -o "$out/panels.png" --isel time=0:6 --facet time --columns 3 --units degC --cmap cmo.thermal --size 900x440
plot etopo60.cdf -o "$out/relief.png" --projection equal-earth --grid --size 900x560
plot rotated_pole.nc -o "$out/rotated.png" --units hPa --projection orthographic --extent global --center -20,50 --grid --size 640x700
plot mesh_C4_synthetic_float.nc -o "$out/mesh.png" --projection mollweide --cmap batlow --size 900x540
plot made/pressure_dateline.nc -o "$out/dateline.png" --grid --size 900x560 || true
plot SOI_Darwin.nc -o "$out/series.png" --size 900x420
plot air_temperature_small.nc -o "$out/hovmoller.png" --kind hovmoller --units degC --size 900x460
plot SOI_Darwin.nc -o "$out/stripes.png" --kind stripes --time 1980/2012 --size 900x260
plot air_temperature_small.nc -o "$out/histogram.png" --kind histogram --units degC --size 900x420
plot air_temperature_small.nc -o "$out/days.gif" --isel time=0:8 --animate time --units degC --size 640x420 --dpi 80
