"""Unpack CMake's wheel from PyPI into a folder, with Python's standard library alone (Debian splits off venv and pip)."""

import hashlib
import io
import json
import os
import platform
import sys
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

INDEX = "https://pypi.org/"


def main(folder):
    with urllib.request.urlopen(INDEX + "pypi/cmake/json", timeout=60) as answer:
        files = json.load(answer)["urls"]
    machine = platform.machine()
    wheel = next(f for f in files if "manylinux" in f["filename"] and f["filename"].endswith(f"{machine}.whl"))
    with urllib.request.urlopen(urllib.parse.urljoin(INDEX + "simple/cmake/", wheel["url"]), timeout=600) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != wheel["digests"]["sha256"]:
        sys.exit("error: CMake's wheel did not arrive whole")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    programs = Path(folder) / "cmake/data/bin"
    for program in programs.iterdir():
        program.chmod(0o755)
    os.symlink(os.path.relpath(programs, folder), Path(folder) / "bin")


main(sys.argv[1])
