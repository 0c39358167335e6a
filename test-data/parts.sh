#!/bin/sh
# The plan, its fragments and the store to append to that the tests of the Galaxy forms read. Make them anew when the
# format of plans changes: test-data/parts.sh BIN_DIR
set -eu
PATH="$(CDPATH= cd -- "${1:?"usage: test-data/parts.sh BIN_DIR"}" && pwd):$PATH"
cd "$(dirname -- "$0")"
here=$(pwd)
# Plans tell whole paths: always the same.
work=/tmp/to-zarr-parts
mkdir "$work"
trap 'rm -rf "$work"' EXIT

# As Galaxy's jobs find them.
mkdir "$work/inputs"
ln -s "$here/made/packed_1.nc" "$here/made/packed_2.nc" "$work/inputs"
cd "$work"
to-zarr plan inputs/packed_1.nc inputs/packed_2.nc --store result.zarr -o plan.json --tasks 3 --chunk time=8 --no-history
# Not called .zip: who looks for stores here would take them for some.
for task in 0 1 2; do
    to-zarr work plan.json --task "$task" --fragment "$here/galaxy/packed_$task.fragment"
done
cp plan.json "$here/galaxy/packed_plan.json"

subset "$here/air_temperature_small.nc" -o begin.nc --isel time=0:8 --no-history
to-zarr begin.nc -o "$here/air_begin.zarr" --overwrite --chunk time=8,lat=25,lon=53 --no-history
