#!/bin/sh
# A release: one archive with binaries that need only the C library, its checksum beside it.
#     scripts/dist.sh TARGET_DIR OUTPUT_DIR [BIN_DIR]
# builds the tools (or takes those in BIN_DIR), strips them, checks what they need, and packs them with pages for man,
# completions and licences. The same binaries make the same bytes: names in order, one date, no owner.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
target=${1:?"usage: scripts/dist.sh TARGET_DIR OUTPUT_DIR [BIN_DIR]"}
output=${2:?"usage: scripts/dist.sh TARGET_DIR OUTPUT_DIR [BIN_DIR]"}
binaries=${3:-$target/release}
cd "$home"
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
name=pangeo-tools-$version-x86_64-linux
work=$(mktemp -d "${TMPDIR:-/tmp}/pangeo-dist.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

# The C++ runtime goes into the binaries: an archive that the linker finds before the shared library of the same name is
# taken instead. Only a program called cc that says so first makes cargo link anew and compile nothing else.
if [ $# -lt 3 ]; then
    mkdir "$work/static" "$work/path"
    ln -s "$(c++ -print-file-name=libstdc++.a)" "$work/static/libstdc++.a"
    ln -s "$(cc -print-file-name=libgcc_eh.a)" "$work/static/libgcc_s.a"
    printf '#!/bin/sh\nexec "%s" -L"%s" -static-libgcc "$@"\n' "$(command -v cc)" "$work/static" > "$work/path/cc"
    chmod +x "$work/path/cc"
    export CARGO_TARGET_DIR="$target"
    cargo build --release --locked --workspace
    cargo clean --release $(ls tools | sed 's/^/-p /')
    PATH="$work/path:$PATH" cargo build --release --locked --workspace
fi

mkdir -p "$work/bin" "$output"
for tool in $(ls tools); do
    strip -o "$work/bin/$tool" "$binaries/$tool"
done
if [ "$binaries/THIRD-PARTY.txt" -nt Cargo.lock ]; then cp "$binaries/THIRD-PARTY.txt" "$work/bin/"; fi
sh scripts/install.sh "$work/bin" "$work/$name"

# Nothing but the C library, and where it was not built here the C++ runtime, may be asked for at run time.
for tool in $(ls tools); do
    needs=$(objdump -p "$work/$name/bin/$tool" | sed -n 's/^ *NEEDED *//p' |
        grep -v -E '^(libc|libm|libdl|libpthread|librt)\.so\.|^ld-linux' || true)
    if [ $# -ge 3 ]; then needs=$(echo "$needs" | grep -v -E '^(libstdc\+\+|libgcc_s)\.so\.' || true); fi
    if [ -n "$needs" ]; then
        echo "error: $tool needs $needs at run time" >&2
        exit 1
    fi
done
glibc=$(for tool in $(ls tools); do objdump -T "$work/$name/bin/$tool"; done | grep -o 'GLIBC_[0-9.]*' |
    sed 's/GLIBC_//' | sort -t. -k1,1n -k2,2n | tail -n 1)
cat > "$work/$name/INSTALL" <<EOT
Pangeo tools $version for Linux on x86_64, with glibc $glibc or later.

    cp -R bin share /usr/local/        or any other prefix; or only put bin on the PATH

share/doc/pangeo-tools has the manual and all licences.
EOT

# The date of the version's last change, or the day that packagers set.
date=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
find "$work/$name" -type d -exec chmod 755 {} +
tar --sort=name --format=ustar --mtime="@$date" --owner=0 --group=0 --numeric-owner -C "$work" -cf - "$name" |
    gzip -n > "$output/$name.tar.gz"
(cd "$output" && sha256sum "$name.tar.gz" > SHA256SUMS)
echo "$output/$name.tar.gz: $(wc -c < "$output/$name.tar.gz") bytes, needs glibc $glibc or later"
cat "$output/SHA256SUMS"
