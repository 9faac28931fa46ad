"""A real HTTP server that serves files, and fails on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FaultyServer:
    """Serves `files` by path. Each request uses up one of `faults`: "silent", "refused", or bytes before a cut."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[str | int] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        asked_range = request.headers.get("Range")
        self.ranges.append(asked_range)
        fault = self.faults.pop(0) if self.faults else None
        if fault == "silent":
            self.closing.wait(10)
            return
        content = self.files.get(request.path)
        if content is None or fault == "refused":
            request.send_error(404)
            return
        start = int(asked_range.removeprefix("bytes=").removesuffix("-")) if asked_range else 0
        if start >= len(content):
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(content)}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(206 if asked_range else 200)
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        rest = content[start:]
        request.wfile.write(rest[:fault] if isinstance(fault, int) else rest)
        request.close_connection = True


@contextmanager
def running_faulty_server() -> Iterator[FaultyServer]:
    """Serve on a free port of loopback until the block ends."""
    faulty = FaultyServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            faulty.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        faulty.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield faulty
        faulty.closing.set()
        server.shutdown()
        thread.join()
