"""Every readable file, converted into every format, is compared with its source bit for bit.

    python roundtrip.py BIN_DIR [PATTERN]

Sources are read by netCDF4 and zarr-python, outputs by these, by xarray and (where it is on PATH) by
CDO. What a format can't hold must be refused, with status 1 or 2, an `error:` line that names the
place and a `hint:`. Ends with `N passed, N failed, N skipped`; exit status 1 if anything failed.
"""

import hashlib
import multiprocessing
import multiprocessing.connection
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

import comparison
import content
import opened

FORMATS = tuple(f for f in comparison.RULES if " " not in f)
ROOT = Path(__file__).resolve().parents[2]
SHARED = ("netcdf", "hdf5", "derived", "cf", "grids", "zarr")
SECONDS = 60
PROCESSES = 2
# Files from which Iris makes cubes: grids, calendars and vertical coordinates of several kinds.
IRIS = {f"test-data/{name}.nc" for name in ("A1B_north_america", "rotated_pole", "hybrid_height", "nemo_201501",
                                            "toa_brightness_stereographic", "made/monthly_bounds")}
METADATA = ("zarr.json", ".zgroup", ".zarray")


def sources():
    """(name, path) of every netCDF, HDF5 and Zarr dataset."""
    found = [(f"test-data/{p.relative_to(ROOT / 'test-data')}", p) for p in datasets(ROOT / "test-data")]
    data = os.environ.get("PANGEO_DATA")
    if data and Path(data).is_dir():
        for folder in SHARED:
            found += [(str(p.relative_to(data)), p) for p in datasets(Path(data) / folder)]
    else:
        print("SKIPPED (no shared data): PANGEO_DATA names no folder", flush=True)
    seen = set()
    return [(name, path) for name, path in found if path.is_dir() or not repeated(path, seen)]


def repeated(path, seen):
    """Whether a file's bytes came before, under another name."""
    key = hashlib.sha256(path.read_bytes()).digest()
    new = key not in seen
    seen.add(key)
    return not new


def datasets(folder):
    found = []
    for path, folders, files in os.walk(folder):
        path = Path(path)
        if path.name == "malformed":
            folders.clear()
        elif any(name in files for name in METADATA):
            folders.clear()
            found.append(path)
        else:
            folders.sort()
            found += [path / name for name in sorted(files) if recognised(path / name)]
    return found


def recognised(path):
    head = path.open("rb").read(8)
    if head[:4] in (b"CDF\1", b"CDF\2", b"CDF\5") or head == b"\x89HDF\r\n\x1a\n":
        return True
    return path.suffix in (".h5", ".hdf5", ".nc") or (path.suffix == ".zip" and head[:2] == b"PK")


def is_zarr(path):
    return path.is_dir() or path.suffix == ".zip"


def is_hdf5(path):
    return path.is_file() and b"\x89HDF" in path.open("rb").read(4096)


class Work:
    """One source and the folder for its outputs; results are (format, outcome, text)."""

    def __init__(self, tool, name, path, folder, by_hdf5):
        self.tool, self.name, self.path, self.folder, self.by_hdf5 = tool, name, path, Path(folder), by_hdf5
        self.results = []

    def note(self, form, outcome, text=""):
        self.results.append((form, outcome, text))

    def run(self):
        warnings.simplefilter("ignore")
        try:
            source = self.source()
        except Exception as error:
            self.note("-", "skipped", f"Python can't read it: {shortened(error)}")
            return self.results
        for form in FORMATS:
            self.convert(source, form)
        return self.results

    def source(self):
        if is_zarr(self.path):
            return content.read_zarr(str(self.path))
        if self.by_hdf5:
            return content.read_hdf5(str(self.path))
        try:
            return content.read_netcdf(str(self.path))
        except Exception:
            if not is_hdf5(self.path):
                raise
            return content.read_hdf5(str(self.path))

    def subset(self, form, only=None):
        output = self.folder / f"out.{form}"
        if output.is_dir():
            shutil.rmtree(output)
        output.unlink(missing_ok=True)
        command = [self.tool, str(self.path), "-o", str(output), "--format", form, "--no-history", "--quiet"]
        for name in only or ():
            command += ["-v", name]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return output, -1, f"longer than {SECONDS} s"
        return output, done.returncode, done.stderr

    def convert(self, source, form):
        output, status, said = self.subset(form)
        if status == 0:
            return self.check(source, output, form, None, said)
        wrong = unlike_refusal(status, said, source, output)
        if wrong:
            return self.note(form, "failed", wrong)
        reason = said.splitlines()[0].removeprefix("error: ")
        self.note(form, "refused", reason)
        # What remains without the things that were refused must still be right.
        only = plain_variables(source, form)
        if only and len(only) < len(source.variables):
            output, status, said = self.subset(form, only)
            if status == 0:
                self.check(source, output, form, only, said)
            elif unlike_refusal(status, said, source, output):
                self.note(form, "failed", f"with -v {','.join(only)}: {said.strip()}")
        return None

    def check(self, source, output, form, only, said):
        # What CDF-5 and zip files say is said by their siblings too.
        decoded = form not in ("cdf5", "zarr.zip")
        decodable = not source.typeless and not source.partial
        read = content.read_zarr if form.startswith("zarr") else content.read_netcdf
        try:
            result = read(str(output))
            found = comparison.differences(source, result, form, only)
            found += comparison.unsaid(source, result, form, said)
            found += opened.problems(decodable and decoded and str(self.path), str(output), form, result)
            if form == "netcdf4" and is_hdf5(self.path):
                found += attribute_types(self.path, output)
        except Exception as error:
            found = [f"the output can't be read: {shortened(error)}"]
        if form == "netcdf4" and only is None and decodable:
            self.also("cdo", opened.cdo_difference(str(self.path), str(output)))
            if self.name in IRIS:
                self.also("iris", opened.iris_difference(str(self.path), str(output)))
        if found:
            for text in found:
                self.note(form, "failed", text)
        else:
            self.note(form, "passed")


    def also(self, program, difference):
        """What another program finds different: `None` if it is absent or does not read the source."""
        if difference is not None:
            self.note(program, "failed" if difference else "passed", difference)


def attribute_types(path, output):
    a, b = content.hdf5_attribute_types(str(path)), content.hdf5_attribute_types(str(output))
    return [f"attribute {key} of {name or '/'}: {kind} became {b[name, key]}"
            for (name, key), kind in a.items() if (name, key) in b and b[name, key] != kind]


def unlike_refusal(status, said, source, output):
    """What is wrong with a refusal, or nothing."""
    lines = said.splitlines()
    if status not in (1, 2):
        return f"status {status}: {said.strip()[-300:]}"
    errors = [line for line in lines if line.startswith("error: ")]
    if len(errors) != 1:
        return f"refused without one error line: {said.strip()}"
    if not any(line.startswith("hint: ") for line in lines):
        return f"refused without a hint: {errors[0]}"
    named = (re.search(rf"(?<!\w){re.escape(name)}(?!\w)", errors[0]) for name in source.names())
    if "variable '" not in errors[0] and not any(named):
        return f"refused without naming the variable: {errors[0]}"
    if output.exists() or list(output.parent.glob(f".{output.name}*")):
        return f"refused, but left something behind: {errors[0]}"
    return None


def plain_variables(source, form):
    """Variables that any version of `form` can hold and `-v` can name."""
    classic = form in ("netcdf4-classic", "netcdf3", "cdf5")
    types = {"netcdf4-classic": "i1 i2 i4 f4 f8 S1 string", "netcdf3": "i1 i2 i4 f4 f8 S1 string"}.get(form)
    found = []
    for name, variable in source.variables.items():
        nested = [n for n in (name, *(variable.dimensions or ())) if "/" in n]
        if not variable.plain or classic and (nested or variable.enumeration) or re.search(r"[*?\[,=]", name):
            continue
        attributes = [v[1] for v in variable.attributes.values() if v[0] == "numbers"]
        if types and not all(t in types.split() for t in [variable.kind, *attributes]):
            continue
        found.append(name)
    return found


def shortened(error):
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]


def child(pipe, tool, name, path, by_hdf5):
    with tempfile.TemporaryDirectory(prefix="interop-") as folder:
        try:
            results = Work(tool, name, path, folder, by_hdf5).run()
        except Exception as error:
            results = [("-", "failed", f"the test itself: {shortened(error)}")]
    pipe.send(results)


def every(tool, work):
    """Results of each source; each in a process of its own, for C libraries may crash on any file."""
    waiting, running = [(name, path, False) for name, path in reversed(work)], {}
    while waiting or running:
        while waiting and len(running) < PROCESSES:
            job = waiting.pop()
            mine, theirs = multiprocessing.Pipe(duplex=False)
            process = multiprocessing.get_context("fork").Process(target=child, args=(theirs, tool, *job))
            process.start()
            theirs.close()
            running[mine] = (job, process)
        for pipe in multiprocessing.connection.wait(list(running), timeout=1):
            (name, path, by_hdf5), process = running.pop(pipe)
            try:
                results = pipe.recv()
            except EOFError:
                results = None
            process.join()
            if results is None and not by_hdf5 and is_hdf5(path):
                waiting.append((name, path, True))  # netCDF-C does not survive this file
            else:
                yield name, results or [("-", "skipped", f"Python crashed with exit status {process.exitcode}")]


def main():
    binaries = Path(sys.argv[1]).resolve()
    pattern = sys.argv[2] if len(sys.argv) > 2 else ""
    begun, counts, refused, skipped = time.monotonic(), Counter(), Counter(), []
    failures = set()
    work = [(name, path) for name, path in sources() if pattern in name]
    for name, results in every(str(binaries / "subset"), work):
        bad = set()
        for form, outcome, text in results:
            if outcome == "failed":
                print(f"FAILED {name} [{form}] {text}", flush=True)
                bad.add(form)
            elif outcome == "refused":
                refused[re.sub(r"/\S*|'[^']*'|-?\d+(\.\d+)?", "…", text)] += 1
                counts["passed"] += 1
            elif outcome == "skipped":
                skipped.append(f"{name}: {text}")
            else:
                counts["passed"] += 1
        failures |= {(name, form) for form in bad}
    print(f"\n{sum(refused.values())} conversions refused, as they must be:")
    for reason, count in refused.most_common():
        print(f"  {count:4} {reason}")
    for text in skipped:
        print(f"skipped {text}")
    print(f"{len(work)} datasets in {time.monotonic() - begun:.0f} s")
    print(f"{counts['passed']} passed, {len(failures)} failed, {len(skipped)} skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    np.seterr(all="ignore")
    sys.exit(main())
