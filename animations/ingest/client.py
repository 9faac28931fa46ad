"""Opening a stranger's picture or clip: in a child process, never in this one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

from animations.ingest import child

TIMEOUT: Final = 10.0
"""Seconds for one picture, and for a turn to open one."""
AT_ONCE: Final = 2
"""Children of one web process: each may take 400 MB."""
CHILD: Final = "animations.ingest.decode"

_turns = BoundedSemaphore(AT_ONCE)


class PictureError(Exception):
    """The picture cannot be used. `code` is for programs; `str()` is a sentence for the person who sent it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Timeline:
    """When each of a clip's frames begins (ms, rising from 0), and when the last of them ends."""

    times_ms: list[int]
    clip_ms: int


@dataclass(frozen=True, slots=True)
class Decoded:
    """A master in sRGB, upright, within 2048 px: `width` × `height` pixels, RGBA if `has_alpha`, else RGB.

    `ground` is what it stands on (`animations.matte.engines.Ground`), `format` what the source really was (png, jpeg,
    webp, gif, heic, avif, mp4, mov, webm) and `source_width` × `source_height` its size; `animated` when it holds
    more pictures than the first, and then `clip` is its timeline.
    """

    master: Path
    format: str
    width: int
    height: int
    has_alpha: bool
    ground: str
    source_width: int
    source_height: int
    animated: bool
    clip: Timeline | None = None


def decode(path: Path, out_dir: Path, timeout: float = TIMEOUT) -> Decoded:
    """Write `out_dir/master.png` from the (first) picture of the file at `path`.

    Raises `PictureError`, and then leaves nothing in `out_dir`. Its codes are `empty`, `not_a_picture`,
    `unsupported_format`, `no_video`, `too_small`, `too_many_pixels`, `bad_shape`, `too_long`, `blank`, `truncated`,
    `damaged`, `too_heavy`, `too_slow` and `busy`.
    """
    master = out_dir.resolve() / "master.png"
    if not _turns.acquire(timeout=timeout):
        raise PictureError("busy", "Many files are being opened just now. Try again in a moment.")
    try:
        report = _read_report(child.run(CHILD, (str(path.resolve()), str(master.parent)), timeout))
        clip = report.pop("clip", None)
        return Decoded(master=master, clip=Timeline(**clip) if clip else None, **report)
    except child.TooSlow:
        _clear(master)
        raise PictureError("too_slow", "This file takes too long to open. Save it smaller or shorter.") from None
    except PictureError:
        _clear(master)
        raise
    finally:
        _turns.release()


def _read_report(output: bytes) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(output)
    except ValueError:  # the child died before it could speak
        raise PictureError("damaged", "This file is damaged and cannot be opened. Try to save it again.") from None
    if "error" in report:
        raise PictureError(**report["error"])
    return report


def _clear(master: Path) -> None:
    for left in (master, master.with_suffix(".part")):
        left.unlink(missing_ok=True)
