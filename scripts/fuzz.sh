#!/bin/sh
# fuzz.sh [SECONDS] [TARGET...]: run each fuzz target (all by default) for so long, 60 s by default.
#
# Needs no nightly compiler: `fuzz/instrument.sh` adds what libFuzzer needs to the crates that read untrusted bytes;
# all other dependencies are those that the suite is built with, in the same target directory. `cargo +nightly fuzz
# run TARGET` works as well, with a sanitizer, and builds everything anew. Inputs that were found interesting are kept
# in fuzz/corpus/, what fails is left in fuzz/artifacts/ (neither is committed).
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
targets=${*:-classic hdf5 zarr zip time_units expression units geojson}
built=${CARGO_TARGET_DIR:-$PWD/target}
# The C libraries are built here, too, if the suite was not before.
CMAKE=${CMAKE:-$(sh scripts/cmake.sh --path)}
export CMAKE

CARGO_TARGET_DIR=$built RUSTC_WRAPPER=$PWD/fuzz/instrument.sh \
    nice -n 15 cargo build --release --manifest-path fuzz/Cargo.toml

# The lines of a file of seeds, one file each; `|` stands for what parts an input.
split_lines() {
    number=0
    while IFS= read -r line; do
        number=$((number + 1))
        printf '%s' "$line" | tr '|' "$2" >"$3/line$number"
    done <"fuzz/seeds/$1.txt"
}

failed=
for target in $targets; do
    corpus=fuzz/corpus/$target seeds=fuzz/corpus/.seeds-$target
    rm -rf "$seeds"
    mkdir -p "$corpus" "$seeds" fuzz/artifacts
    case $target in
    classic) find test-data -name '*.nc' -size -40k -exec grep -q '^CDF' {} \; -exec cp {} "$seeds" \; ;;
    hdf5) find test-data -size -40k \( -name '*.nc' -o -name '*.h5' \) -exec cp {} "$seeds" \; ;;
    zarr) split_lines zarr '\000' "$seeds" ;;
    zip) cp fuzz/seeds/zip/* "$seeds" ;;
    time_units | units) split_lines "$target" '\n' "$seeds" ;;
    *) split_lines "$target" '|' "$seeds" ;;
    esac
    echo "== $target, $seconds s"
    # The allocator is not libFuzzer's: memory is limited as a whole.
    nice -n 15 "$built/release/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 \
        -print_final_stats=1 -verbosity=0 -artifact_prefix="fuzz/artifacts/$target-" "$corpus" "$seeds" \
        >"fuzz/artifacts/$target.log" 2>&1 || failed="$failed $target"
    grep -a 'number_of_executed_units\|slowest_unit\|peak_rss\|panicked\|ERROR' "fuzz/artifacts/$target.log" || true
done
if [ -n "$failed" ]; then
    echo "error: these targets failed, inputs are in fuzz/artifacts:$failed" >&2
    exit 1
fi
