#!/bin/sh
# Check that the compilers are there and fetch CMake if the system's is too old.
set -eu
missing=
command -v cargo >/dev/null 2>&1 || { echo "error: cargo not found" >&2; echo "hint: install Rust (rustup) 1.91 or later" >&2; exit 1; }
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
command -v c++ >/dev/null 2>&1 || missing="$missing g++"
command -v make >/dev/null 2>&1 || missing="$missing make"
command -v python3 >/dev/null 2>&1 || [ -x "$(sh "$(dirname "$0")/cmake.sh" --path)" ] || missing="$missing python3"
if [ -n "$missing" ]; then
    echo "error: missing to build the bundled C libraries:$missing" >&2
    echo "hint: sudo apt-get install -y$missing" >&2
    exit 1
fi
sh "$(dirname "$0")/cmake.sh"
