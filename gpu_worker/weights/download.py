"""Fetch one large file over HTTP so that a slow, broken or interrupted download costs as little as possible.

Standard library only: it runs before anything is installed, and inside an image build.
"""

from __future__ import annotations

import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Final, cast

FIRST_BYTE_S: Final = 10.0
"""Seconds for name, connection, headers and first byte together; a source that needs longer is passed over."""
BLOCK_BYTES: Final = 256 * 1024
TRIES_WITHOUT_PROGRESS: Final = 3
PAUSE_S: Final = 0.5

Progress = Callable[[int, int | None], None]
"""Called with the bytes on disk and the bytes in all (None when the server does not say)."""


class DownloadError(OSError):
    """The file could not be had; the message is a short reason. What came is kept for the next try."""


class HttpStatusError(OSError):
    """The server answered with an HTTP error; `total` is the file's size where it gave it (416)."""

    def __init__(self, answer: urllib.error.HTTPError) -> None:
        super().__init__(f"HTTP {answer.code}")
        self.code = answer.code
        self.total = answer.headers.get("Content-Range", "").removeprefix("bytes */")
        answer.close()


def fetch(url: str, part: Path, progress: Progress, first_byte_s: float = FIRST_BYTE_S) -> None:
    """Download `url` into `part`, continuing from the bytes that `part` already holds (HTTP Range).

    A source that does not answer is given up at once; one that has sent something is asked again until three tries in
    a row bring nothing. Raises `DownloadError`; what came stays in `part`. The caller, who knows the checksum, checks
    the bytes.
    """
    part.parent.mkdir(parents=True, exist_ok=True)
    tries = 1
    while True:
        before = _size(part)
        try:
            if _fetch_once(url, part, progress, first_byte_s):
                return
            reason = "the connection was cut"
        except (OSError, HTTPException) as error:
            reason = _reason(error)
        if _size(part) > before:
            tries = TRIES_WITHOUT_PROGRESS
            continue
        tries -= 1
        if tries == 0:
            raise DownloadError(reason)
        time.sleep(PAUSE_S)


def _fetch_once(url: str, part: Path, progress: Progress, first_byte_s: float) -> bool:
    """Send one request; return whether the file is complete now."""
    start = _size(part)
    try:
        response, block = _first_block(url, start, first_byte_s)
    except HttpStatusError as error:
        # 416 is also the answer to asking on from the very end, which a kill before the last rename leaves us at.
        if error.code == 416 and error.total == str(start):
            return True
        if error.code == 416:
            part.unlink()
            return _fetch_once(url, part, progress, first_byte_s)
        raise
    if response.status != 206:
        start = 0
    length = response.headers.get("Content-Length")
    total = start + int(length) if length else None
    with response, part.open("ab" if start else "wb") as file:
        while block:
            file.write(block)
            progress(file.tell(), total)
            block = response.read1(BLOCK_BYTES)
    return total is None or _size(part) >= total


def _first_block(url: str, start: int, first_byte_s: float) -> tuple[HTTPResponse, bytes]:
    """Open `url` and wait for its first bytes. In a thread: a socket's timeout limits each step, not the sum."""
    answers: queue.Queue[tuple[HTTPResponse, bytes] | Exception] = queue.Queue()

    def ask() -> None:
        request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})  # noqa: S310
        try:
            response = cast(HTTPResponse, urllib.request.urlopen(request, timeout=first_byte_s))  # noqa: S310
            answers.put((response, response.read1(BLOCK_BYTES)))
        except urllib.error.HTTPError as error:
            answers.put(HttpStatusError(error))
        except (OSError, HTTPException) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=first_byte_s)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    return str(cause) or type(cause).__name__


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
