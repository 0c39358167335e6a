"""One Galaxy server: configured, started, warmed up, stopped."""

import base64
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

BOOTSTRAP = "bootstrap-key-for-tests-only"
CONFIGURATION = """\
galaxy:
  config_dir: {s}/config
  data_dir: {s}/data
  database_connection: "sqlite:///{s}/data/universe.sqlite?isolation_level=IMMEDIATE"
  database_auto_migrate: true
  bootstrap_admin_api_key: {bootstrap}
  admin_users: {email}
  id_secret: not-a-secret-local-tests-only
  # Without a vault users cannot store keys.
  vault_config_file: {s}/config/vault_conf.yml
  tool_config_file: {s}/config/tool_conf.xml
  tool_data_table_config_path: {s}/config/tool_data_table_conf.xml
  job_config_file: {s}/config/job_conf.yml
  dependency_resolvers_config_file: {s}/config/dependency_resolvers_conf.xml
  conda_auto_init: false
  conda_auto_install: false
  # Metadata and uploads in a worker that stays: each job would else start Python anew, 15 s each.
  enable_celery_tasks: true
  celery_conf:
    result_backend: "db+sqlite:///{s}/data/celery_results.sqlite?isolation_level=IMMEDIATE"
  amqp_internal_connection: "sqlalchemy+sqlite:///{s}/data/celery_broker.sqlite?isolation_level=IMMEDIATE"
  metadata_strategy: directory_celery
  mulled_resolution_cache_type: memory
  enable_mulled_containers: false
  galaxy_infrastructure_url: {url}
  allow_path_paste: true
  fetch_url_allowlist: 127.0.0.0/8
  check_upload_content: false
  expose_dataset_path: true
  cleanup_job: onsuccess
  enable_tool_recommendations: false
  enable_notification_system: false
  # Reports in HTML show as they are; a production server sanitises, and they are made to bear it.
  sanitize_all_html: false
  static_dir: {s}/static
  visualization_plugins_directory: {s}/static/plugins/visualizations
  tool_search_index_dir: {s}/data/tool_search_index
  new_file_path: {s}/scratch
  debug: false
  log_level: INFO
"""
JOBS = """\
runners:
  local: {load: galaxy.jobs.runners.local:LocalJobRunner, workers: 2}
execution:
  default: local_env
  environments:
    local_env: {runner: local, local_slots: 1}
"""

VAULT = """\
type: database
path_prefix: /galaxy
encryption_keys:
  - {key}
"""


def dies_with_parent():
    """A child ends when its parent does, even by SIGKILL (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Server:
    """`with Server(…) as server:` stops it at the end; `detached` ones stay until `stop`."""

    email = "admin@example.org"
    password = "labpass123"

    def __init__(self, home, binaries, wrappers, port, detached=False):
        self.home, self.binaries, self.wrappers, self.port, self.detached = home, binaries, wrappers, port, detached
        self.url = f"http://127.0.0.1:{port}"
        self.folder = home / f"server-{port}"
        self.python = home / "galaxy/bin"
        self.processes = {}
        self.key = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.configure()
        config = self.folder / "config/galaxy.yml"
        self.launch("web", self.python / "galaxy-web", "-c", config, "-b", f"127.0.0.1:{self.port}")
        self.launch("worker", self.python / "celery", "--app", "galaxy.celery", "worker", "--concurrency", "2",
                    "--pool", "threads", "--loglevel", "info", "--queues", "celery,galaxy.internal,galaxy.external")
        self.wait()
        self.make_user()
        self.warm_up()

    def configure(self):
        for name in ("config", "data", "scratch", "static/plugins/visualizations"):
            (self.folder / name).mkdir(parents=True)
        (static,) = (self.home / "galaxy/lib").glob("python3*/site-packages/galaxy/webapps/base/static")
        shutil.copytree(static, self.folder / "static", dirs_exist_ok=True)
        shutil.copytree(self.home / "galaxy/viewers", self.folder / "static/plugins/visualizations", dirs_exist_ok=True)
        tools = "".join(f'    <tool file="{w}"/>\n' for w in self.wrappers)
        files = {
            "galaxy.yml": CONFIGURATION.format(s=self.folder, url=self.url, email=self.email, bootstrap=BOOTSTRAP),
            "job_conf.yml": JOBS,
            "vault_conf.yml": VAULT.format(key=base64.urlsafe_b64encode(os.urandom(32)).decode()),
            "tool_data_table_conf.xml": "<tables></tables>",
            # No resolver: the tools are those on the server's PATH.
            "dependency_resolvers_conf.xml": "<dependency_resolvers></dependency_resolvers>",
            "tool_conf.xml": '<toolbox>\n  <section id="get" name="Get Data"><tool file="data_source/upload.xml"/>'
                             f'</section>\n  <section id="pangeo" name="Pangeo">\n{tools}  </section>\n</toolbox>\n',
        }
        for name, text in files.items():
            (self.folder / "config" / name).write_text(text)

    def launch(self, name, *command):
        environment = dict(os.environ, GALAXY_CONFIG_FILE=str(self.folder / "config/galaxy.yml"),
                           PATH=f"{self.binaries}:{self.python}:{os.environ['PATH']}")
        log = open(self.folder / f"{name}.log", "wb")
        process = subprocess.Popen([str(c) for c in command], cwd=self.folder, env=environment, stdout=log, stderr=log,
                                   stdin=subprocess.DEVNULL, start_new_session=True,
                                   preexec_fn=None if self.detached else dies_with_parent)
        self.processes[name] = process
        (self.folder / f"{name}.pid").write_text(str(process.pid))

    def wait(self):
        deadline = time.time() + 600
        while time.time() < deadline:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    self.fail(f"Galaxy's {name} process ended")
            try:
                return self.ask("/api/version")
            except OSError:
                time.sleep(1)
        self.fail("Galaxy did not start within 10 minutes")

    def fail(self, what):
        for name in self.processes:
            log = (self.folder / f"{name}.log").read_text(errors="replace").splitlines()[-30:]
            print(f"--- {name}.log\n" + "\n".join(log), file=sys.stderr)
        sys.exit(f"error: {what}")

    def ask(self, path, data=None, key=None):
        """An answer of the API."""
        request = urllib.request.Request(self.url + path, headers={"x-api-key": key or self.key or ""})
        if data is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(data).encode()
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def make_user(self):
        user = {"username": "labadmin", "email": self.email, "password": self.password}
        identity = self.ask("/api/users", user, BOOTSTRAP)["id"]
        self.key = self.ask(f"/api/users/{identity}/api_key", {}, BOOTSTRAP)

    def warm_up(self):
        """The first upload makes the worker import what it needs, a minute: not in a test's time."""
        history = self.ask("/api/histories", {"name": "warm-up"})["id"]
        paste = {"src": "pasted", "paste_content": "warm\n", "name": "warm-up", "ext": "txt"}
        targets = [{"destination": {"type": "hdas"}, "items": [paste]}]
        dataset = self.ask("/api/tools/fetch", {"history_id": history, "targets": targets})["outputs"][0]["id"]
        deadline = time.time() + 300
        while time.time() < deadline:
            state = self.ask(f"/api/datasets/{dataset}")["state"]
            if state == "ok":
                return
            if state == "error":
                break
            time.sleep(1)
        self.fail("the first upload failed")

    def stop(self):
        """End both processes and what they started, at once if they do not end by themselves."""
        for pid_file in sorted(self.folder.glob("*.pid")):
            pid = int(pid_file.read_text())
            if self.is_ours(pid):
                self.end(pid)
            pid_file.unlink()
        for process in self.processes.values():
            process.wait()
        self.processes.clear()

    def is_ours(self, pid):
        """Numbers of processes are used again: only one that runs in our folder is ours."""
        try:
            return Path(f"/proc/{pid}/cwd").resolve() == self.folder.resolve()
        except OSError:
            return False

    def end(self, pid):
        for number, patience in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            try:
                os.killpg(pid, number)
            except ProcessLookupError:
                return
            deadline = time.time() + patience
            while time.time() < deadline:
                for process in self.processes.values():
                    process.poll()
                if not self.is_ours(pid):
                    return
                time.sleep(0.2)
