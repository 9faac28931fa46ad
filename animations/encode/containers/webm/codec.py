"""Write and read WebM (VP9 with alpha) in a child process: FFmpeg's libraries are never loaded into this one."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from animations.encode.frames import spread_colour
from animations.imaging.arrays import Frame

ROOT: Final = Path(__file__).resolve().parents[4]
PROCESS: Final = "animations.encode.containers.webm.process"
SECONDS: Final = 60.0
"""For sixty frames of 512 px, with a machine that does something else beside."""


class CodecError(Exception):
    """The video could not be written or read, or that took too long."""


@dataclass(frozen=True, slots=True)
class Video:
    """A WebM as libvpx decodes it: `frames` (H×W×4 straight RGBA) come one by one, and once."""

    codec: str
    has_alpha: bool
    has_sound: bool
    width: int
    height: int
    delays_ms: tuple[int, ...]
    frames: Iterator[Frame]


def encode(frames: Sequence[Frame], delays_ms: Sequence[int], crf: int) -> bytes:
    """Encode `frames` (equal H×W×4 straight RGBA) with exact delays; `crf` runs from 0, the best, to 63.

    Raises `CodecError`.
    """
    height, width = frames[0].shape[:2]
    with tempfile.TemporaryFile() as pictures, tempfile.TemporaryFile() as file:
        for frame in frames:
            pictures.write(spread_colour(frame).tobytes())
        job = {"task": "encode", "width": width, "height": height, "delays_ms": list(delays_ms), "crf": crf}
        _run(job, pictures, file)
        return file.read()


def decode(data: bytes) -> Video:
    """Decode a WebM with its alpha. Raises `CodecError` for one that cannot be read."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        pictures = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the frames)
        try:
            _run({"task": "decode"}, file, pictures)
        except CodecError:
            pictures.close()
            raise
    found = json.loads(pictures.readline())
    frames = _frames(pictures, found["width"], found["height"])
    return Video(
        found["codec"],
        found["has_alpha"],
        found["has_sound"],
        found["width"],
        found["height"],
        tuple(found["delays_ms"]),
        frames,
    )


def _run(job: Mapping[str, Any], given: IO[bytes], result: IO[bytes]) -> None:
    """Let the child read `given` and write `result`, which is then read from its beginning."""
    given.seek(0)
    try:
        subprocess.run(  # noqa: S603  our own interpreter and module
            [sys.executable, "-E", "-s", "-m", PROCESS, json.dumps(job)],
            cwd=ROOT,
            env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
            stdin=given,
            stdout=result,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise CodecError("WebM could not be written or read.") from error
    result.seek(0)


def _frames(pictures: IO[bytes], width: int, height: int) -> Iterator[Frame]:
    size = width * height * 4
    with pictures:
        while picture := pictures.read(size):
            yield np.frombuffer(picture, np.uint8).reshape(height, width, 4)
