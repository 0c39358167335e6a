"""A web server and an S3 service on this machine, for data that tools read where they lie."""

import http.server
import threading
import urllib.parse
from pathlib import Path

KEY, SECRET = "AKIDFORTESTS", "secret-for-tests"


class Answers(http.server.BaseHTTPRequestHandler):
    """Files under `/web` for everybody, under `/bucket` for requests signed with the key; with ranges."""

    protocol_version = "HTTP/1.1"

    def do_GET(self, body=True):
        area, _, name = urllib.parse.unquote(self.path.split("?")[0]).lstrip("/").partition("/")
        signed = f"Credential={KEY}/" in self.headers.get("Authorization", "")
        file = (self.server.folder / name).resolve()
        if area not in ("web", "bucket") or area == "bucket" and not signed:
            return self.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        if not (file.is_relative_to(self.server.folder) and file.is_file()):
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        content = file.read_bytes()
        wanted = self.headers.get("Range")
        self.server.asked.append((self.path, wanted))
        if wanted is None:
            return self.answer(200, content, body)
        first, last = wanted.removeprefix("bytes=").split("-")
        start = int(first) if first else len(content) - int(last)
        end = min(int(last) + 1, len(content)) if first and last else len(content)
        self.answer(206, content[start:end], body, f"bytes {start}-{end - 1}/{len(content)}")

    def do_HEAD(self):
        self.do_GET(body=False)

    def answer(self, status, content, body=True, part=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        if part:
            self.send_header("Content-Range", part)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_):
        pass


class Places:
    """`with Places(folder) as places:` serves the folder; `places.asked` are the requests with their ranges."""

    def __init__(self, folder):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.server.folder = Path(folder).resolve()
        self.asked = self.server.asked = []
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def web(self, name):
        return f"{self.endpoint}/web/{name}"
