#!/usr/bin/env python3
"""The licences of everything that is linked into the binaries.

    licences.py           check them: fails on one that is not allowed, or on a library that nobody looked at
    licences.py OUTPUT    and write names, versions, licences and their texts to OUTPUT

It reads what cargo knows of the crates (`cargo metadata --locked`) and the files beside their sources. Standard library
only.
"""

import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "packaging/licences"
PLATFORM = "x86_64-unknown-linux-gnu"

# Nothing of these asks for more than to be named, with its text.
ALLOWED = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "blessing", "bzip2-1.0.6",
    "ISC", "MIT", "MIT-0", "Unicode-3.0", "Unlicense", "Zlib",
}

# Crates that state no licence: what the text beside their sources is, and words that prove it.
UNSTATED = {
    "hdf5-metno-src": ("BSD-3-Clause", "ext/hdf5/LICENSE", "Redistribution and use in source and binary forms"),
    "netcdf-src": ("BSD-3-Clause", "source/COPYRIGHT", "Redistribution and use in source and binary forms"),
    "unaccent": ("MIT", "LICENSE", "MIT License"),
}

# C and C++ that comes along inside crates: library, licence and its text in the crate, in an archive of the crate
# (ARCHIVE!MEMBER), or, with a + before it, in packaging/licences.
BUNDLED = {
    "aws-lc-sys": [("AWS-LC", "Apache-2.0 OR ISC", "aws-lc/LICENSE")],
    "blosc-src": [("c-blosc", "BSD-3-Clause", "+c-blosc.txt")],
    "hdf5-metno-src": [("HDF5", "BSD-3-Clause", "ext/hdf5/LICENSE")],
    "libdeflate-sys": [("libdeflate", "MIT", "libdeflate/COPYING")],
    "libmimalloc-sys": [("mimalloc", "MIT", "c_src/mimalloc/v*/LICENSE")],
    "libsqlite3-sys": [("SQLite", "blessing", "+sqlite.txt")],
    "libz-sys": [("zlib", "Zlib", "src/zlib/LICENSE")],
    "lz4-sys": [("LZ4", "BSD-2-Clause", "liblz4/lib/LICENSE")],
    "netcdf-src": [("netCDF-C", "BSD-3-Clause", "source/COPYRIGHT"), ("TinyXML-2", "Zlib", "source/libncxml/license.txt")],
    "proj-sys": [("PROJ", "MIT", "PROJSRC/proj-*.tar.gz!COPYING"), ("its database", "MIT", "+epsg.txt")],
    "snappy_src": [("Snappy", "BSD-3-Clause", "snappy/COPYING")],
    "zstd-sys": [("Zstandard", "BSD-3-Clause", "zstd/LICENSE")],
}
# Crates that are bound to a library (`links`) and bring none.
EMPTY = {"aws-lc-rs", "hdf5-metno-sys", "link-cplusplus", "netcdf-sys", "rayon-core"}

# What lies in our own tree and is not ours.
OURS = [
    "crates/figure/data/fonts/LICENSE-OFL.txt",
    "crates/figure/data/colour/NOTICE.md",
    "crates/figure/data/geography/NOTICE.md",
    "crates/catalog/schemas/README.md",
    "packaging/licences/gcc-runtime.txt",
]

IS_LICENCE = re.compile(r"^(un)?(licen[cs]e|copying|copyright|notice)([-._].*)?$", re.IGNORECASE)


def allowed(expression):
    """Whether an SPDX expression leaves a choice of which every part is allowed."""
    words = re.findall(r"\(|\)|[^\s()/]+|/", expression)
    words = [{"/": "OR"}.get(word, word) for word in words]

    def either():
        result = both()
        while words and words[0] == "OR":
            words.pop(0)
            other = both()
            result = result or other
        return result

    def both():
        result = one()
        while words and words[0] == "AND":
            words.pop(0)
            other = one()
            result = result and other
        return result

    def one():
        if not words:
            raise ValueError(expression)
        word = words.pop(0)
        if word == "(":
            result = either()
            if not words or words.pop(0) != ")":
                raise ValueError(expression)
            return result
        if len(words) > 1 and words[0] == "WITH":
            word = f"{word} WITH {words[1]}"
            del words[:2]
        return word in ALLOWED

    result = either()
    if words:
        raise ValueError(expression)
    return result


def cargo(*words):
    said = subprocess.run(["cargo", *words, "--locked"], cwd=ROOT, capture_output=True, text=True)
    if said.returncode:
        sys.exit(f"error: cargo {words[0]} failed\n{said.stderr}")
    return said.stdout


def linked():
    """The foreign packages that the tools are made of, without those that only build or test them."""
    tools = sorted(path.parent.name for path in (ROOT / "tools").glob("*/Cargo.toml"))
    chosen = [word for tool in tools for word in ("-p", tool)]
    tree = cargo("tree", *chosen, "-e", "normal", "--target", PLATFORM, "--prefix", "none", "-f", "{p}")
    used = {tuple(line.split(" ")[:2]) for line in tree.splitlines() if line}
    packages = json.loads(cargo("metadata", "--format-version", "1", "--filter-platform", PLATFORM))["packages"]
    foreign = [p for p in packages if p["source"] is not None and (p["name"], f"v{p['version']}") in used]
    return sorted(foreign, key=lambda package: (package["name"], package["version"]))


def read(folder, where):
    """A licence's text; there must be one."""
    if where.startswith("+"):
        return (TEXTS / where[1:]).read_text(encoding="utf-8")
    pattern, _, member = where.partition("!")
    found = sorted(folder.glob(pattern))
    if not found:
        raise FileNotFoundError(f"{folder.name} has no {pattern}")
    if not member:
        return found[0].read_text(encoding="utf-8", errors="replace")
    with tarfile.open(found[0]) as archive:
        name = next(n for n in archive.getnames() if n.count("/") == 1 and n.endswith(f"/{member}"))
        return archive.extractfile(name).read().decode("utf-8", "replace")


def examine(package):
    """(title, licence, texts) of a crate and of each library in it; raises where something is not as it must be."""
    folder = Path(package["manifest_path"]).parent
    name, licence = package["name"], package["license"]
    title = f"{name} {package['version']}"
    texts = [p.read_text(encoding="utf-8", errors="replace") for p in sorted(folder.iterdir())
             if p.is_file() and IS_LICENCE.match(p.name)]
    if licence is None:
        if name not in UNSTATED:
            raise ValueError("states no licence: look at it, then add it to UNSTATED")
        licence, where, proof = UNSTATED[name]
        texts = [read(folder, where)]
        if proof not in texts[0]:
            raise ValueError(f"{where} is not {licence} any more")
    if package.get("links") and name not in BUNDLED and name not in EMPTY:
        raise ValueError(f"is bound to the library {package['links']}: look at it, then add it to BUNDLED or EMPTY")
    parts = [(title, licence, texts or [unsaid(package)])]
    parts += [(f"{library} (in {title})", its, [read(folder, where)]) for library, its, where in BUNDLED.get(name, [])]
    for what, its, _ in parts:
        if not allowed(its):
            raise ValueError(f"{what} is under {its}, which is not allowed")
    return parts


def unsaid(package):
    """For a crate without a text: whose it is. The texts of common licences stand at the end."""
    who = ", ".join(package.get("authors") or []) or "its authors"
    return f"No text comes with it; it is by {who}, see {package.get('repository') or 'crates.io'}.\n"


def write(output, parts):
    """One page: a list, then each text once, with those that it is for."""
    lines = ["Third-party software and data in the binaries of Pangeo tools.",
             "Where a licence is a choice (OR), Pangeo tools takes whichever of them is allowed without conditions on other works.",
             ""]
    lines += [f"{title}: {licence}" for title, licence, _ in parts]
    by_text = {}
    for title, _, texts in parts:
        for text in texts:
            by_text.setdefault("\n".join(line.rstrip() for line in text.strip().splitlines()), []).append(title)
    for path in OURS:
        by_text.setdefault((ROOT / path).read_text(encoding="utf-8").strip(), []).append(path)
    for path in ("LICENSE-MIT", "LICENSE-APACHE"):
        by_text.setdefault((ROOT / path).read_text(encoding="utf-8").strip(), []).append("Pangeo tools, and crates without a text")
    for text, titles in by_text.items():
        lines += ["", "=" * 100, *titles, "-" * 100, text]
    output.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parts, faults = [], []
    for package in linked():
        try:
            parts += examine(package)
        except (ValueError, OSError, StopIteration) as fault:
            faults.append(f"{package['name']} {package['version']}: {fault}")
    if faults:
        sys.exit("\n".join(f"error: {fault}" for fault in faults))
    if len(sys.argv) > 1:
        write(Path(sys.argv[1]), parts)
    print(f"{len(parts)} crates and libraries, all under licences that are allowed")


if __name__ == "__main__":
    main()
