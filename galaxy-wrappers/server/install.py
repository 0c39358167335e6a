"""Galaxy, planemo and the browser driver from PyPI and npm, in one folder."""

import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

GALAXY = "26.1.2"
PLANEMO = "0.75.47"
PLAYWRIGHT = "1.65.1"
# Viewers of results that PyPI's Galaxy lacks.
VIEWERS = ("openlayers", "h5web", "tabulator")


def home():
    tools = os.environ.get("PANGEO_TOOLS")
    if tools:
        return Path(tools) / "galaxy"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pangeo-suite/galaxy"


def call(*arguments, **options):
    subprocess.run([str(a) for a in arguments], check=True, **options)


def once(folder, version, make):
    """Make `folder` unless it holds `version` whole."""
    stamp = folder / ".installed"
    if stamp.exists() and stamp.read_text() == version:
        return
    print(f"installing {folder.name} {version} into {folder.parent}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make(folder)
    stamp.write_text(version)


def pip(folder, *arguments):
    venv.create(folder, with_pip=True)
    call(folder / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments)


def galaxy(folder):
    # The metapackage `galaxy` does not install as it is; its pins do, as constraints.
    download = folder / "download"
    call(sys.executable, "-m", "pip", "download", "-q", "--no-deps", f"galaxy=={GALAXY}", "-d", download)
    (wheel,) = download.glob("galaxy-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(n for n in archive.namelist() if n.endswith("/METADATA"))
        lines = archive.read(metadata).decode().splitlines()
    pins = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(re.sub(r"\[[^]]*\]", "", pin, count=1) for pin in pins
                                     if not pin.startswith("certifi==")) + "\n")
    pip(folder, "-c", constraints, *(f"galaxy-{part}=={GALAXY}" for part in ("app", "web-apps", "web-client")))
    viewers(folder / "viewers")


def viewers(folder):
    folder.mkdir()
    for name in VIEWERS:
        packed = subprocess.run(["npm", "pack", "--silent", f"@galaxyproject/{name}"], cwd=folder, check=True,
                                capture_output=True, text=True).stdout.split()[-1]
        (folder / name).mkdir()
        call("tar", "xzf", packed, "-C", name, "--strip-components=1", cwd=folder)
        (folder / packed).unlink()


def npm(folder):
    (folder / "package.json").write_text('{"private": true}\n')
    call("npm", "install", "--silent", "--no-audit", "--no-fund", f"playwright-core@{PLAYWRIGHT}", cwd=folder)


def need(there, package, why):
    """What the system has to have: installed where that is ours to do, else named."""
    if there():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"installing {package}", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": dict(os.environ, DEBIAN_FRONTEND="noninteractive")}
        command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *package.split()]
        if subprocess.run(command, **quiet).returncode:
            subprocess.run(["apt-get", "update", "-q"], **quiet)  # a new system knows of no packages yet
            subprocess.run(command, **quiet)
    if not there():
        sys.exit(f"error: {why}\nhint: sudo apt-get install -y {package}")


def program(*names):
    return lambda: any(shutil.which(name) for name in names)


def pip_in_venv():
    return importlib.util.find_spec("ensurepip") is not None


def install(folder, with_server=True):
    """All that is missing; `with_server` false is enough to lint. Waits where another process installs."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install_missing(folder, with_server)


def install_missing(folder, with_server):
    need(pip_in_venv, "python3-venv", "planemo and Galaxy go into virtual environments of Python, which lacks ensurepip")
    once(folder / "planemo", PLANEMO, lambda f: pip(f, f"planemo=={PLANEMO}"))
    if with_server:
        need(program("node"), "nodejs", "Galaxy's viewers and the browser test need node")
        need(program("npm"), "npm", "Galaxy's viewers and the browser test need npm")
        once(folder / "galaxy", GALAXY, galaxy)
        once(folder / "npm", PLAYWRIGHT, npm)
        need(program("chromium", "chromium-browser"), "chromium fonts-dejavu-core", "the browser test needs chromium")
