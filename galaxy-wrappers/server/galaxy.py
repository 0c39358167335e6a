#!/usr/bin/env python3
"""A real Galaxy server with the tools of this suite, for tests and for trying them out.

    galaxy.py test BIN_DIR         install, start, run planemo on every wrapper and workflow, read
                                   remote data, drive a browser, stop
    galaxy.py test BIN_DIR NAME…   only the wrappers and workflows of these names, such as regrid
    galaxy.py up BIN_DIR           install, start, leave it running and say where
    galaxy.py stop                 stop what `up` left running
    galaxy.py lint                 planemo lint and workflow_lint
    galaxy.py install              only install

BIN_DIR holds the compiled tools. Galaxy, planemo and the browser driver come from PyPI and npm into
$PANGEO_TOOLS/galaxy, else ${XDG_CACHE_HOME:-~/.cache}/pangeo-suite/galaxy. Standard library only.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import install
import remote
from server import Server

HERE = Path(__file__).resolve().parent
WRAPPERS = HERE.parent
ROOT = WRAPPERS.parent
# Most of a test is waiting for the server.
AT_ONCE = 3


def say(text):
    print(text, flush=True)


def wrappers():
    """The tools' wrappers, without their macros."""
    return sorted(p for p in WRAPPERS.glob("*.xml") if p.name != "macros.xml")


def workflows():
    """Those for users, and the chains of tools that only tests need."""
    return sorted([*(ROOT / "workflows").glob("**/*.gxwf.yml"), *(WRAPPERS / "chains").glob("*.gxwf.yml")])


def planemo(home, *arguments, **options):
    return subprocess.run([home / "planemo/bin/planemo", *map(str, arguments)], **options).returncode


def lint_wrappers(home, some):
    """Warnings count; how planemo ended."""
    return planemo(home, "lint", "--fail_level", "warn", "--skip", "BioToolsValid", *some)


def lint(home):
    """Every wrapper and workflow."""
    failed = lint_wrappers(home, wrappers())
    # As the Tool Shed would get them. What it has already needs the network; that this folder is not called as in the
    # address of the repository is a warning.
    failed |= planemo(home, "shed_lint", "--fail_level", "error", "--ensure_metadata", "--skip", "version_bumped", WRAPPERS)
    for workflow in workflows():
        failed |= planemo(home, "workflow_lint", workflow)
    if failed:
        sys.exit("error: planemo lint found faults")


def counted(report):
    """(run, failed) of a planemo report; zero where it wrote none."""
    try:
        summary = json.loads(report.read_text())["summary"]
    except (OSError, ValueError, KeyError):
        return 0, 0
    return summary["num_tests"], summary["num_failures"] + summary["num_errors"]


def run_test(home, server, results, name, arguments):
    """planemo test of one wrapper or workflow, told once it is over: (run, failed)."""
    report, log = results / f"{name}.json", results / f"{name}.log"
    report.unlink(missing_ok=True)
    began = time.time()
    with open(log, "wb") as out:
        status = planemo(home, "test", "--engine", "external_galaxy", "--galaxy_url", server.url,
                         "--galaxy_admin_key", server.key, "--galaxy_user_key", server.key,
                         "--test_output_json", report, "--test_output", results / f"{name}.html", *arguments,
                         cwd=results, stdout=out, stderr=out)
    ran, failed = counted(report)
    if ran == 0 or failed or status:
        print(log.read_text(errors="replace"), end="")
    say(f"{name}: {ran} tests in Galaxy, {failed} failed, {time.time() - began:.0f} s")
    if ran == 0:
        say(f"error: no test of {name} ran in Galaxy")
    return ran, max(failed, int(status != 0 or ran == 0))


def run_tests(home, server, results, tools, flows):
    """planemo test on each wrapper and workflow, as many at a time as the server works on; how many tests ran."""
    jobs = [(w.stem, ["--no_dependency_resolution", "--test_timeout", "600", w]) for w in tools]
    jobs += [(f"workflow-{w.stem}", ["--no_shed_install", w]) for w in flows]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        counts = list(pool.map(lambda job: run_test(home, server, results, *job), jobs))
    total, broken = map(sum, zip(*counts))
    if broken:
        sys.exit(f"error: {broken} of {total} tests in Galaxy failed; see {results}")
    return total


def browse(home, server, results):
    """The forms as a user meets them, in a browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("error: the browser test needs chromium\nhint: sudo apt-get install -y chromium")
    environment = dict(os.environ, GALAXY_URL=server.url, GALAXY_KEY=server.key, GALAXY_EMAIL=server.email,
                       GALAXY_PASSWORD=server.password, CHROMIUM=chromium, RESULTS=str(results),
                       TEST_DATA=str(ROOT / "test-data"), NODE_PATH=str(home / "npm/node_modules"))
    if subprocess.run(["node", HERE / "browser.cjs"], env=environment).returncode:
        sys.exit(f"error: the browser test failed; see {results}")


def results_folder(home):
    results = Path(os.environ.get("GALAXY_RESULTS") or home / "results")
    results.mkdir(parents=True, exist_ok=True)
    return results


def test_some(home, binaries, names):
    """Lint and tests of the wrappers and workflows of these names, beside a whole test that may be running."""
    chosen = [w for w in wrappers() if w.stem in names]
    flows = [w for w in workflows() if plain(w) in names]
    there = [*(w.stem for w in wrappers()), *map(plain, workflows())]
    missing = sorted(set(names) - set(there))
    if missing:
        sys.exit(f"error: no wrapper or workflow is called {', '.join(missing)}\nhint: there are {', '.join(there)}")
    failed = lint_wrappers(home, chosen) if chosen else 0
    for workflow in flows:
        failed |= planemo(home, "workflow_lint", workflow)
    if failed:
        sys.exit("error: planemo lint found faults")
    # A workflow takes whatever tools it likes.
    with Server(home, binaries, wrappers() if flows else chosen, port=8092) as server:
        ran = run_tests(home, server, results_folder(home), chosen, flows)
    say(f"{ran} tests in Galaxy passed")


def plain(workflow):
    """The name of a workflow's file without its endings."""
    return workflow.name.split(".", 1)[0]


def test(home, binaries):
    results = results_folder(home)
    began = time.time()
    lint(home)
    with Server(home, binaries, wrappers(), port=8091) as server:
        say(f"Galaxy is up after {time.time() - began:.0f} s")
        ran = run_tests(home, server, results, wrappers(), workflows())
        remote.play(server, ROOT / "test-data")
        browse(home, server, results)
    say(f"{ran} tests in Galaxy, those of remote data and the browser test passed in {time.time() - began:.0f} s")


def up(home, binaries):
    stop(home)
    server = Server(home, binaries, wrappers(), port=8090, detached=True)
    server.start()
    say(f"Galaxy runs at {server.url}\n  e-mail    {server.email}\n  password  {server.password}\n"
        f"Tools in section 'Pangeo'. Stop it with: make galaxy-stop")


def stop(home):
    Server(home, home, [], port=8090, detached=True).stop()


def main():
    arguments = sys.argv[1:]
    most = {"test": len(arguments), "up": 2, "stop": 1, "lint": 1, "install": 1}
    if not arguments or len(arguments) > most.get(arguments[0], 0):
        sys.exit(__doc__)
    # An interruption unwinds like any error, so that servers are stopped.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit("interrupted"))
    home = install.home()
    if arguments[0] == "stop":
        return stop(home)
    install.install(home, with_server=arguments[0] != "lint")
    if arguments[0] == "install":
        return None
    if arguments[0] == "lint":
        return lint(home)
    if len(arguments) < 2:
        sys.exit(__doc__)
    binaries = Path(arguments[1]).resolve()
    if not (binaries / "subset").exists():
        sys.exit(f"error: no tools in {binaries}\nhint: make build")
    if len(arguments) > 2:
        return test_some(home, binaries, arguments[2:])
    return {"test": test, "up": up}[arguments[0]](home, binaries)


if __name__ == "__main__":
    main()
