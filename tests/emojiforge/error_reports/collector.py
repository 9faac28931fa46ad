"""A Sentry collector on this machine: it keeps what is sent to it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Collector(ThreadingHTTPServer):
    """Answers every envelope with 200. `dsn` is its address as `SENTRY_DSN` wants it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.envelopes: list[bytes] = []

    @property
    def dsn(self) -> str:
        return f"http://a1b2c3@127.0.0.1:{self.server_address[1]}/7"

    def events(self) -> list[dict[str, Any]]:
        """Return the reports that have come: each envelope is lines of JSON, of which the third is the event."""
        return [json.loads(envelope.splitlines()[2]) for envelope in self.envelopes]

    def functions(self) -> list[str]:
        """Return of each report the function that failed."""
        found = [event["exception"]["values"][-1]["stacktrace"]["frames"][-1] for event in self.events()]
        return [frame["function"] for frame in found]


class Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.envelopes.append(gzip.decompress(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running_collector() -> Iterator[Collector]:
    with Collector() as collector:
        thread = Thread(target=collector.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield collector
        finally:
            collector.shutdown()
            thread.join()
