#!/bin/sh
# The stated minimum Rust version must not be below that of any dependency.
set -eu
stated=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
needed=$(cargo metadata --format-version 1 --locked | tr ',' '\n' | sed -n 's/.*"rust_version":"\([0-9.]*\)".*/\1/p' |
    sort -t. -k1,1n -k2,2n -k3,3n | tail -n 1)
newest=$(printf '%s\n%s\n' "$stated" "$needed" | sort -t. -k1,1n -k2,2n -k3,3n | tail -n 1)
if [ "${stated%.0}" != "${newest%.0}" ]; then
    echo "error: rust-version says $stated, but a dependency needs $needed" >&2
    exit 1
fi
