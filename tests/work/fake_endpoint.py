"""RunPod's REST API over real HTTP, with a matte drawn on the spot: for tests that need a GPU's answer."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np
from django.db import connection

from animations.imaging import png


class FakeEndpoint(ThreadingHTTPServer):
    """`runs` holds what was executed; `answer`, or one per task in `answers`, is what `/status` shall say instead."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.runs: list[dict[str, Any]] = []
        self.answer: dict[str, Any] | None = None
        self.on_run: Callable[[], object] = lambda: None
        self.cancelled: list[str] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.refused: list[bytes] = []
        self.health: dict[str, Any] = {"jobs": {}, "workers": {"ready": 1, "idle": 1}}
        self.webhooks: list[str] = []
        self.tasks = {task: {"available": True} for task in ("rembg", "sam", "birefnet", "sam_clip")}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v2"

    def state(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.answer is not None:
            return self.answer
        if body["task"] in self.answers:
            return self.answers[body["task"]]
        if body["task"] == "info":
            return {"status": "COMPLETED", "output": {"tasks": self.tasks}, "delayTime": 5, "executionTime": 1}
        return {"status": "COMPLETED", "output": self.output(body), "delayTime": 20, "executionTime": 1500}

    def output(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return one frame or a pack, as asked; a picture among `refused` gets an error of its own."""
        if "image" in body:
            return {"alpha": disc(base64.b64decode(body["image"])), "model": "drawn", "ms": 1.0}
        results = [self._result(base64.b64decode(image)) for image in body["images"]]
        return {"results": results, "model": "drawn", "ms": 1.0}

    def _result(self, picture: bytes) -> dict[str, Any]:
        if picture in self.refused:
            return {"error": {"code": "bad_image", "message": "not this one"}}
        return {"alpha": disc(picture)}


def disc(picture: bytes) -> str:
    """Draw a soft disc as large as the picture, as the worker would send it."""
    height, width = png.read(picture).shape[:2]
    alpha = np.zeros((height, width), np.uint8)
    cv2.circle(alpha, (width // 2, height // 2), min(width, height) // 3, 255, -1, cv2.LINE_AA)
    return base64.b64encode(cv2.imencode(".png", alpha)[1].tobytes()).decode()


class _Handler(BaseHTTPRequestHandler):
    server: FakeEndpoint

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if self.path.endswith("/run"):
            self.server.runs.append(body["input"])
            self.server.webhooks.append(body.get("webhook", ""))
            self.server.on_run()
            connection.close()  # this thread's own, which it has if that wrote rows
            self._send({"id": str(len(self.server.runs)), "status": "IN_QUEUE"})
        else:
            self.server.cancelled.append(self.path.rpartition("/")[2])
            self._send({"status": "CANCELLED"})

    def do_GET(self) -> None:
        if self.path.endswith("/health"):
            self._send(self.server.health)
        else:
            run = self.server.runs[int(self.path.rpartition("/")[2]) - 1]
            self._send(self.server.state(run))

    def _send(self, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[FakeEndpoint]:
    server = FakeEndpoint()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
