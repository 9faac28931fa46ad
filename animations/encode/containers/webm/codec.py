"""Write and read WebM (VP9 with alpha) in a child process: FFmpeg's libraries are never loaded into this one."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np

from animations.encode.containers.webm.client import CLIENT, CodecError
from animations.encode.frames import spread_colour
from animations.imaging.arrays import Frame

__all__ = ["CodecError", "Video", "decode", "encode"]


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

    The child keeps the frames that it was given last: the same ones at another `crf` are not handed over again.
    Raises `CodecError`.
    """
    with CLIENT.lock, tempfile.NamedTemporaryFile() as file:
        _hand_over(frames)
        CLIENT.run({"task": "encode", "file": file.name, "delays_ms": list(delays_ms), "crf": crf})
        return file.read()


def _hand_over(frames: Sequence[Frame]) -> None:
    digest = hashlib.sha256(repr(frames[0].shape).encode())
    for frame in frames:
        digest.update(np.ascontiguousarray(frame).data)
    if CLIENT.prepared == digest.hexdigest():
        return
    height, width = frames[0].shape[:2]
    with tempfile.NamedTemporaryFile() as pictures:
        for frame in frames:
            pictures.write(spread_colour(frame).tobytes())
        pictures.flush()
        CLIENT.run({"task": "prepare", "pictures": pictures.name, "width": width, "height": height})
    CLIENT.prepared = digest.hexdigest()


def decode(data: bytes) -> Video:
    """Decode a WebM with its alpha. Raises `CodecError` for one that cannot be read."""
    pictures = tempfile.NamedTemporaryFile()  # noqa: SIM115  (closed with the frames)
    try:
        with CLIENT.lock, tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            CLIENT.prepared = ""
            found = CLIENT.run({"task": "decode", "file": file.name, "pictures": pictures.name})
    except CodecError:
        pictures.close()
        raise
    frames = _frames(pictures, found["width"], found["height"])
    return Video(**found | {"delays_ms": tuple(found["delays_ms"]), "frames": frames})


def _frames(pictures: IO[bytes], width: int, height: int) -> Iterator[Frame]:
    size = width * height * 4
    with pictures:
        while picture := pictures.read(size):
            yield np.frombuffer(picture, np.uint8).reshape(height, width, 4)
