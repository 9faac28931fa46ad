"""Decode strangers' pictures and clips in a bounded child process, never in this one."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from animations.ingest.errors import DecodeError, TooSlow, UnsupportedFile
from animations.ingest.process import bounded_process, folder_lock

DECODER: Final = "animations.ingest.decode"
DECODE_SECONDS: Final = 10.0
"""For one upload."""
FRAMES_SECONDS: Final = 120.0
FOLDER_PREFIX: Final = "upload-"
"""Begins the names of the folders in which files are decoded; the reconciler removes those of killed processes."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The times (ms, rising from 0) at which a clip's frames begin, and its length (ms)."""

    times_ms: list[int]
    clip_ms: int


@dataclass(frozen=True, slots=True)
class Decoded:
    """A normalised picture: sRGB, upright, within 2048 px, `width` × `height`, RGBA if `has_alpha`, else RGB.

    `background` is an `animations.matte.engines.Background`, `format` what the source really was (png, jpeg, webp,
    gif, heic, avif, mp4, mov, webm) and `source_width` × `source_height` its size; `animated` when it holds more
    pictures than the first, and then `clip` is its timeline.
    """

    picture: Path
    format: str
    width: int
    height: int
    has_alpha: bool
    background: str
    source_width: int
    source_height: int
    animated: bool
    clip: Timeline | None = None


@dataclass(frozen=True, slots=True)
class ExtractedFrames:
    """The frames of a clip that could be read, by their number in it, within 512 px.

    `size` is the clip's own (width, height), as it is shown.
    """

    paths: Mapping[int, Path]
    size: tuple[int, int]


@contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """Make a folder in `parent` for one file and what is decoded from it, and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=parent))
    try:
        with folder_lock.lock_folder(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def decode(path: Path, out_dir: Path, timeout: float = DECODE_SECONDS) -> Decoded:
    """Write the normalised (first) picture of the file at `path` into `out_dir`.

    Raises `DecodeError`, and then leaves nothing in `out_dir`. Its codes are `empty`, `not_a_picture`,
    `unsupported_format`, `no_video`, `too_small`, `too_many_pixels`, `bad_shape`, `too_long`, `blank`, `truncated`,
    `damaged`, `too_heavy` and `too_slow`.
    """
    picture = out_dir.resolve() / "picture.png"
    try:
        report = _run(["picture", str(path.resolve()), str(picture)], timeout)
    except DecodeError:
        for left in (picture, picture.with_suffix(".part")):
            left.unlink(missing_ok=True)
        raise
    clip = report.pop("clip", None)
    return Decoded(picture=picture, clip=Timeline(**clip) if clip else None, **report)


def extract_frames(
    path: Path,
    out_dir: Path,
    numbers: Collection[int],
    crop: tuple[int, int, int, int] | None = None,
    check: Callable[[], None] | None = None,
) -> ExtractedFrames:
    """Write those of a clip's frames that can be read into `out_dir`, the same pixels each time.

    `crop` (left, top, right, bottom in px of the clip) leaves out what lies around it. `check` is called twice a
    second, and ends the decoding by raising. Raises `DecodeError` for a clip that cannot be opened at all.
    """
    lists = [",".join(map(str, each)) for each in (sorted(set(numbers)), crop) if each]
    report = _run(["frames", str(path.resolve()), str(out_dir.resolve()), *lists], FRAMES_SECONDS, check)
    width, height = report["size"]
    return ExtractedFrames({number: out_dir / f"{number}.png" for number in report["frames"]}, (width, height))


def _run(arguments: list[str], timeout: float, check: Callable[[], None] | None = None) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(bounded_process.run(DECODER, arguments, timeout, check))
    except bounded_process.TimedOut:
        raise TooSlow from None
    except ValueError:  # the child died before it could report
        raise UnsupportedFile.damaged() from None
    if "errno" in report:
        raise OSError(report["errno"], os.strerror(report["errno"]))
    if "error" in report:
        raise UnsupportedFile(**report["error"])
    return report
