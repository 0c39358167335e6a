#!/bin/sh
# A wrapper of rustc (RUSTC_WRAPPER) for fuzzing: the crates that read untrusted bytes are compiled with what
# libFuzzer needs to see which branches an input takes, and with checks of arithmetic; all others as they are,
# so that the compiled dependencies of the suite serve here, too. These flags need no nightly compiler.
set -eu
rustc=$1
shift
case " $* " in
*" --crate-name pangeo "* | *" --crate-name pangeo_fuzz "* | *" --crate-name hdf5_reader "*)
    set -- "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares -Coverflow-checks=on
    ;;
esac
exec "$rustc" "$@"
