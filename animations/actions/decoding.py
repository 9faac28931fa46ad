"""Opening a stranger's picture: in a child process that is bounded, timed and killed, never in this one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

TIMEOUT: Final = 10.0
"""Seconds for one picture, and for a turn to open one."""
AT_ONCE: Final = 2
"""Children of one web process: each may take 400 MB."""
ROOT: Final = Path(__file__).resolve().parents[2]

_turns = BoundedSemaphore(AT_ONCE)


class PictureError(Exception):
    """The picture cannot be used. `code` is for programs; `str()` is a sentence for the person who sent it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Decoded:
    """A master in sRGB, upright, within 2048 px: `width` × `height` pixels, RGBA if `has_alpha`, else RGB.

    `format` is what the source really was (png, jpeg, webp, gif, heic) and `source_width` × `source_height` its size;
    `animated` when it holds more pictures than the first.
    """

    master: Path
    format: str
    width: int
    height: int
    has_alpha: bool
    source_width: int
    source_height: int
    animated: bool


def decode(path: Path, out_dir: Path, timeout: float = TIMEOUT) -> Decoded:
    """Write `out_dir/master.png` from the picture at `path`.

    Raises `PictureError`, and then leaves nothing in `out_dir`. Its codes are `empty`, `not_a_picture`,
    `unsupported_format`, `too_small`, `too_many_pixels`, `bad_shape`, `blank`, `truncated`, `damaged`, `too_heavy`,
    `too_slow` and `busy`.
    """
    master = out_dir.resolve() / "master.png"
    if not _turns.acquire(timeout=timeout):
        raise PictureError("busy", "Many pictures are being opened just now. Try again in a moment.")
    try:
        report = _read_report(_run(path.resolve(), master.parent, timeout))
        return Decoded(master=master, **report)
    except PictureError:
        for left in (master, master.with_suffix(".part")):
            left.unlink(missing_ok=True)
        raise
    finally:
        _turns.release()


def _run(path: Path, out_dir: Path, timeout: float) -> bytes:
    """The child's standard output. It gets no secrets of ours, and its whole process group ends with it."""
    child = subprocess.Popen(  # noqa: S603  our own interpreter and module; the paths are ours too
        [sys.executable, "-E", "-s", "-m", "animations.work.decode", str(path), str(out_dir)],
        cwd=ROOT,
        env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        output, _ = child.communicate(timeout=timeout)
    except BaseException as error:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise _too_slow() from None
        raise
    if child.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _too_slow()
    return output


def _read_report(output: bytes) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(output)
    except ValueError:  # the child died before it could speak
        raise PictureError("damaged", "This picture is damaged and cannot be opened. Try to save it again.") from None
    if "error" in report:
        raise PictureError(**report["error"])
    return report


def _too_slow() -> PictureError:
    return PictureError("too_slow", "This picture takes too long to open. Save it smaller, or as PNG or JPEG.")
