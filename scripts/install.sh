#!/bin/sh
# Put the tools, their pages for man, their completions and the licences under a prefix:
# scripts/install.sh BIN_DIR PREFIX        (DESTDIR in the environment goes before PREFIX)
# Pages and completions are made by the tools themselves, so that they say what the tools do.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
binaries=${1:?"usage: scripts/install.sh BIN_DIR PREFIX"}
prefix=${DESTDIR:-}${2:?"usage: scripts/install.sh BIN_DIR PREFIX"}
doc="$prefix/share/doc/pangeo-tools"
third="$binaries/THIRD-PARTY.txt"

tools=$(ls "$home/tools")
for tool in $tools; do
    if [ ! -x "$binaries/$tool" ]; then
        echo "error: no $tool in $binaries" >&2
        echo "hint: make build" >&2
        exit 1
    fi
done
# Made by `make build`'s user where root has no cargo.
if [ ! -s "$third" ] || [ "$home/Cargo.lock" -nt "$third" ]; then
    python3 "$home/scripts/licences.py" "$third"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/pangeo-install.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

# What a tool says of itself, in one form, in the folder where that form is looked for.
generate() {
    mkdir "$work/$1"
    for tool in $tools; do
        "$binaries/$tool" --generate "$1" "$work/$1"
    done
    install -d "$prefix/share/$2"
    install -m 644 "$work/$1"/* "$prefix/share/$2"
}

install -d "$prefix/bin" "$doc"
for tool in $tools; do
    install -m 755 "$binaries/$tool" "$prefix/bin/$tool"
done
generate man man/man1
generate bash bash-completion/completions
generate zsh zsh/site-functions
generate fish fish/vendor_completions.d
install -m 644 "$home/README.md" "$home/CHANGELOG.md" "$home/LICENSE-MIT" "$home/LICENSE-APACHE" "$third" "$doc"
install -d "$doc/docs/manual"
install -m 644 "$home"/docs/*.md "$doc/docs"
install -m 644 "$home"/docs/manual/*.md "$doc/docs/manual"
echo "installed $(echo $tools) in $prefix/bin"
