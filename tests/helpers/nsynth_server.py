"""NSynth's archive from a real HTTP server on loopback, which can be made to fail."""

import hashlib
import http.server
import io
import re
import tarfile
import time

ARCHIVE = "nsynth-test.jsonwav.tar.gz"


class Server(http.server.ThreadingHTTPServer):
    """Serves one archive; what it does wrong is set from outside."""

    def __init__(self, data):
        super().__init__(("127.0.0.1", 0), Handler)
        self.data = data
        self.cuts = []  # bytes to send before the connection is cut, one for each request
        self.ranges = True
        self.length = True
        self.tags = True
        self.delay = 0
        self.requests = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        if self.path != f"/{ARCHIVE}":
            self.send_error(404)
            return
        server.requests.append((self.headers["Range"], self.headers["If-Range"]))
        tag = f'"{hashlib.sha256(server.data).hexdigest()}"'
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        same = self.headers["If-Range"] in (None, tag)
        start = int(asked[1]) if asked and server.ranges and same else 0
        if start >= len(server.data):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            end = len(server.data) - 1
            self.send_header("Content-Range", f"bytes {start}-{end}/{len(server.data)}")
        if server.tags:
            self.send_header("ETag", tag)
        if server.length:
            self.send_header("Content-Length", str(len(server.data) - start))
        self.end_headers()
        body = server.data[start:]
        if server.cuts:
            body = body[: server.cuts.pop(0)]
        for start in range(0, len(body), 1 << 16):
            self.wfile.write(body[start : start + (1 << 16)])
            time.sleep(server.delay)
        self.close_connection = True

    def log_message(self, *_):
        pass


def pack(folder, names):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name in names:
            tar.add(folder / name, name)
    return file.getvalue()
