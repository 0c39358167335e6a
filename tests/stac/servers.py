"""STAC APIs that others made, each with the same items: pgstac, and rustac's server, which does little for a search."""
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

BIN = Path(sys.executable).parent


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(url, process, log):
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.5)
    raise SystemExit(f"error: {url} did not start\n{Path(log).read_text()[-2000:]}")


@contextlib.contextmanager
def running(command, url, log, env=None):
    """A server that ends with us; its log has a line for each request, if it writes one."""
    with open(log, "w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=env)
    try:
        wait_for(url, process, log)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def postgres(folder, binaries, *command):
    """Run a program of PostgreSQL, which refuses to run as root."""
    words = [f"{binaries}/{command[0]}", *command[1:]]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=folder, env={**os.environ, "HOME": str(folder)})


@contextlib.contextmanager
def pgstac(work, binaries, collection, items):
    """stac-fastapi-pgstac with the items; yields its address and its log."""
    folder = work / "pg"
    folder.mkdir(mode=0o755)
    if os.geteuid() == 0:
        import shutil

        work.chmod(0o755)
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    postgres(folder, binaries, "initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "postgres")
    postgres(folder, binaries, "pg_ctl", "-D", f"{folder}/data", "-o", settings, "-l", f"{folder}/log", "-w", "start")
    try:
        env = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "postgres", "PGDATABASE": "postgis",
               "PGPASSWORD": "x", "POSTGRES_HOST": "127.0.0.1", "POSTGRES_HOST_READER": "127.0.0.1",
               "POSTGRES_HOST_WRITER": "127.0.0.1", "POSTGRES_PORT": str(port), "POSTGRES_USER": "postgres",
               "POSTGRES_PASS": "x", "POSTGRES_DBNAME": "postgis"}
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "env": env}
        subprocess.run([f"{binaries}/createdb", "postgis"], **quiet)
        subprocess.run([BIN / "pypgstac", "migrate"], **quiet)
        (work / "collection.json").write_text(json.dumps(collection))
        (work / "items.ndjson").write_text("".join(json.dumps(item) + "\n" for item in items))
        for table, name in [("collections", "collection.json"), ("items", "items.ndjson")]:
            subprocess.run([BIN / "pypgstac", "load", table, work / name, "--method", "upsert"], **quiet)
        http = free_port()
        command = [BIN / "uvicorn", "--factory", "stac_fastapi.pgstac.app:create_app", "--host", "127.0.0.1", "--port", str(http)]
        log = work / "pgstac.log"
        with running(command, f"http://127.0.0.1:{http}/", log, env) as url:
            yield url, log
    finally:
        postgres(folder, binaries, "pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "-w", "stop")


@contextlib.contextmanager
def rustac(work, items):
    """`rustac serve` with the items; yields its address."""
    path = work / "items.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": items}))
    address = f"127.0.0.1:{free_port()}"
    command = [BIN / "rustac", "serve", path, "--create-collections", "--addr", address]
    with running(command, f"http://{address}/", work / "rustac.log") as url:
        yield url
