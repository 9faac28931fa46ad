"""`make bench-edit`: how long after a tap the new edge is there, for each tool of the cut-out editor.

The whole product runs on a fresh data directory, and somebody else has one file after another made meanwhile. What is
measured is what a page waits for: from the request until the bytes of the new cutout have come, of a picture of 512
px, on the CPU. The other columns say where that time goes: until a worker had the job, until the matte was stored,
until the socket told of it, and until its file was fetched; and how many programs wanted the processor (`load`).
After these rows comes `painting`, with nobody else there: how many frames a second the brush has on the page.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from itertools import count, cycle, islice, product
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from PIL import Image
from websockets.sync.client import ClientConnection, connect

from animations.encode.platforms import DITHER, MAX_LOOPS, PREFER
from animations.imaging import png
from animations.imaging.arrays import Picture
from tests.bench.editor import painting
from tests.stack.product import PHOTO, Person, Product, running_product

SIDE: Final = 512
LIMIT_MS: Final = 300
PATIENCE_S: Final = 20.0
APART_S: Final = 1.1
"""Between the beginnings of two taps, so that a person's do not become too many a minute."""
PAUSE_S: Final = 0.5
"""Between the end of one and the next, at least."""
HEAVY: Final = ("webp", "apng")
FIELDS: Final[dict[str, Any]] = {"prompt": "bounce", "frame_count": 12, "candidates": 1, "size": 256}
RING: Final = (256, 256)
DISC: Final = (60, 60)
Body = dict[str, Any]
Request = tuple[str, str, tuple[Body, ...]]
"""A tool, its picture, and requests that change something in turn."""


class Wait(NamedTuple):
    """Seconds of one tap: in all, and of its parts."""

    whole: float
    claimed: float
    stored: float
    pushed: float
    fetched: float


def show(rounds: int, named: str = "") -> int:
    """Print the table, or its rows whose name holds `named`; return 1 when a tool misses its target.

    Each row is another person's: nobody may ask for more than 60 things a minute.
    """
    missed = 0
    with tempfile.TemporaryDirectory() as folder, running_product(Path(folder)) as product:
        pictures = _pictures()
        if requests := [request for request in _requests() if named in request[0]]:
            missed += _show_taps(product, pictures, requests, rounds)
        if named in painting.NAME:
            painter = Editor(product.person(), pictures["photo"])
            missed += painting.show(painter.person, painter.project, _say)
    return 1 if missed else 0


def _show_taps(product: Product, pictures: dict[str, bytes], requests: list[Request], rounds: int) -> int:
    """Print the rows of tools; return how many miss their target."""
    missed = 0
    parts = " ".join(f"{name:>7}" for name in (*Wait._fields[1:], "load"))
    _say(f"{'ms':12} {'p50':>6} {'p95':>6} {'max':>6}   {parts}")
    with exporting(product.person()):
        for tool, picture, bodies in requests:
            editor = Editor(product.person(), pictures[picture])
            done = [(body, editor.tap(body)) for body in islice(cycle(bodies), rounds)]
            waits = [wait for body, wait in done if body["tool"] == bodies[-1]["tool"]]
            missed += _row(tool, waits[1 if len(waits) > 1 else 0 :])  # the first finds the caches cold
    return missed


def _row(tool: str, waits: list[Wait]) -> bool:
    ordered = sorted(1e3 * wait.whole for wait in waits)
    p95 = float(np.percentile(ordered, 95))
    parts = [median(1e3 * part for part in column) for column in list(zip(*waits, strict=True))[1:]]
    said = " ".join(f"{part:7.0f}" for part in (*parts, os.getloadavg()[0]))
    _say(f"{tool:12} {median(ordered):6.0f} {p95:6.0f} {ordered[-1]:6.0f}   {said} {'MISSED' * (p95 > LIMIT_MS)}")
    return p95 > LIMIT_MS


class Editor:
    """Somebody who mends one picture, as the page of the studio does."""

    def __init__(self, person: Person, picture: bytes) -> None:
        self.person = person
        self.project = person.upload(picture, **FIELDS)
        job = person.finished(self.project["job"]["id"], seconds=180)
        assert job["status"] == "succeeded", job["error"]
        self._url = f"projects/{self.project['id']}/"
        url = f"{person.base.replace('http', 'ws')}/ws/{self._url}"
        headers = {"Cookie": f"sessionid={person.token}"}
        self._socket: ClientConnection = connect(
            url, additional_headers=headers, max_size=None, proxy=None, ping_interval=None
        )
        self._source: dict[str, Any] = self._receive("snapshot")["source"]

    def tap(self, body: Body) -> Wait:
        """Use a tool, and wait until its result is there; then until all frames are drawn of it."""
        before, begun = self._source["matte"], time.time()
        answer = self.person.http.post(f"{self._url}source/refine/", json=body)
        assert answer.status_code == 202, answer.text
        while self._source["matte"] == before:
            self._source = self._receive("project")["source"]
        pushed = time.time()
        self.person.file(self._source["cutout_url"])
        over = time.time()
        job = self.person.finished(answer.json()["id"])
        assert job["status"] == "succeeded", job["error"]
        time.sleep(max(PAUSE_S, begun + APART_S - time.time()))
        claimed, stored = _seconds(job["started_at"]), self._stored_at(self._source["matte"])
        return Wait(over - begun, claimed - begun, stored - claimed, pushed - stored, over - pushed)

    def _receive(self, kind: str) -> dict[str, Any]:
        while True:
            message = json.loads(self._socket.recv(PATIENCE_S))
            if message["type"] == kind:
                return dict(message["project"])

    def _stored_at(self, matte: str) -> float:
        rows = self.person.http.get(f"{self._url}source/mattes/").json()
        return next(_seconds(row["created_at"]) for row in rows if row["id"] == matte)


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


@contextmanager
def exporting(person: Person) -> Iterator[None]:
    """Have one file after another made."""
    project = person.upload((PHOTO / "ember.jpg").read_bytes(), **FIELDS | {"frame_count": 24, "size": 512})
    person.finished(project["job"]["id"], seconds=180)
    is_over, made = threading.Event(), count()

    def work() -> None:
        for loops, prefer, dither in product(range(MAX_LOOPS + 1), PREFER, DITHER):  # equal files would not be made
            if is_over.is_set():
                return
            body: Body = {"platforms": HEAVY, "options": {"loops": loops, "prefer": prefer, "dither": dither}}
            rows = person.http.post(f"projects/{project['id']}/exports/", json=body)
            assert rows.status_code == 202, rows.text
            while not is_over.wait(0.2) and _is_live(person, rows.json()):
                pass
            next(made)

    with ThreadPoolExecutor(1, "exports") as executor:
        working = executor.submit(work)
        try:
            yield
        finally:
            is_over.set()
        working.result()
    _say(f"{next(made)} times two files were made meanwhile.")


def _is_live(person: Person, rows: list[dict[str, Any]]) -> bool:
    return any(person.get(f"exports/{row['id']}/")["status"] in ("queued", "running") for row in rows)


def _pictures() -> dict[str, bytes]:
    photo = Image.open(PHOTO / "cat.jpg").convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    photo.save(file, "PNG")
    return {"photo": file.getvalue(), "white": png.write(_drawing())}


def _drawing() -> Picture:
    """Draw a ring and a disc beside it, on white."""
    drawn = np.full((SIDE, SIDE, 3), 255, np.uint8)
    cv2.circle(drawn, RING, 150, (200, 60, 40), 70, cv2.LINE_AA)
    cv2.circle(drawn, DISC, 14, (40, 90, 200), -1, cv2.LINE_AA)
    return drawn


def _requests() -> list[Request]:
    """Return what each row asks for; those requests count that are of the last one's tool."""
    brush: Body = {"tool": "brush", "mask": _stroke((150, 250), (350, 260))}
    pocket: Body = {"tool": "pocket", "x": RING[0], "y": RING[1]}
    erase_disc: Body = brush | {"mode": "erase", "mask": _stroke(DISC, DISC, 48)}
    edge: Body = {"tool": "edge", "feather": 1.0, "decontaminate": True}
    return [
        ("tap", "photo", tuple({"tool": "points", "points": [[256, 300, label]]} for label in (0, 1))),
        ("box", "photo", tuple({"tool": "points", "box": [left, 40, 480, 500]} for left in (30, 60))),
        ("brush", "photo", tuple(brush | {"mode": mode} for mode in ("erase", "keep"))),
        ("edge", "photo", tuple(edge | {"shift": shift} for shift in (-2.0, 2.0))),
        ("pocket", "white", tuple(pocket | {"mode": mode} for mode in ("open", "fill"))),
        ("white", "white", tuple({"tool": "white", "tolerance": level} for level in (24, 40))),
        ("engine", "white", tuple({"tool": "matte", "engine": engine} for engine in ("none", "white"))),
        ("sparks", "white", (erase_disc, {"tool": "effects", "x": DISC[0], "y": DISC[1]})),
    ]


def _stroke(start: tuple[int, int], end: tuple[int, int], width: int = 24) -> str:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.line(mask, start, end, 255, width, cv2.LINE_AA)
    return base64.b64encode(png.write(mask)).decode()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
