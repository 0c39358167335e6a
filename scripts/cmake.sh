#!/bin/sh
# The bundled HDF5 needs CMake 3.26; Debian 12 has 3.25. Use the system's if it is new enough, else
# install it from PyPI into .tools/ (or the folder that PANGEO_TOOLS names). With --path only say where it is (or will be).
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
tools=${PANGEO_TOOLS:-$home/.tools}
own="$tools/cmake/bin/cmake"

new_enough() {
    version=$("$1" --version 2>/dev/null | sed -n 's/^cmake version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    [ -n "$version" ] || return 1
    set -- $version
    [ "$1" -gt 3 ] || { [ "$1" -eq 3 ] && [ "$2" -ge 26 ]; }
}

if command -v cmake >/dev/null 2>&1 && new_enough cmake; then
    path=$(command -v cmake)
else
    path=$own
fi
if [ "${1:-}" = --path ]; then
    echo "$path"
    exit 0
fi
if [ "$path" = "$own" ] && ! new_enough "$own"; then
    echo "installing CMake into $tools (the system's is missing or older than 3.26)"
    mkdir -p "$tools"
    if ! command -v python3 >/dev/null 2>&1; then
        echo "error: CMake 3.26 or later is needed, and python3 to fetch it" >&2
        echo "hint: sudo apt-get install -y python3" >&2
        exit 1
    fi
    rm -rf "$tools/cmake"
    if python3 -m venv "$tools/cmake" >/dev/null 2>&1; then
        "$tools/cmake/bin/python" -m pip install --quiet --disable-pip-version-check cmake
    else
        rm -rf "$tools/cmake"
        mkdir -p "$tools/cmake"
        python3 "$home/scripts/fetch_cmake.py" "$tools/cmake"
    fi
    new_enough "$own" || { echo "error: CMake from PyPI does not run" >&2; exit 1; }
fi
