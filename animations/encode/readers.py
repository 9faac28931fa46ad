"""Read an exported file again, from its bytes alone, by another decoder than wrote it.

GIF, APNG, WebP and AVIF are read by OpenCV (its own LZW and APNG reader, libwebp and libavif), WebM by libvpx in a
child process, the PNGs of a ZIP by Pillow.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

import cv2
import numpy as np
from PIL import Image

from animations.encode.containers.png_zip import SHEET, SHEET_DATA
from animations.encode.containers.webm import codec as webm
from animations.imaging.arrays import Frame
from animations.imaging.png_chunks import SIGNATURE, read_chunks

WEBM_SIGNATURE: Final = b"\x1a\x45\xdf\xa3"
ZIP_SIGNATURE: Final = b"PK\x03\x04"
HELD_BYTES: Final = 16 << 20
"""Of frames that are decoded: sixteen of 512 px, and all that an emoji of 128 px can have."""


class Unreadable(ValueError):
    """The file cannot be decoded."""


@dataclass(frozen=True, slots=True)
class Playback:
    """An animation as a player has it: `frames` (H×W×4 straight RGBA) come one by one, and once.

    `loops` 0 is for ever; `delays_ms` of a picture that stands still holds 0.
    """

    format: str
    width: int
    height: int
    delays_ms: tuple[int, ...]
    loops: int
    frames: Iterable[Frame]


def read(data: bytes) -> Playback:
    """Read a file of any of the platforms' formats. Raises `Unreadable`."""
    try:
        if data.startswith(WEBM_SIGNATURE):
            return _read_webm(data)
        if data.startswith(ZIP_SIGNATURE):
            return _read_zip(data)
        return _read_animation(data)
    except (webm.CodecError, OSError, ValueError, KeyError, zipfile.BadZipFile, cv2.error) as error:
        raise Unreadable(str(error)) from error


def _read_animation(data: bytes) -> Playback:
    """Read a file once if all frames may be held; else twice: the times of all, then frames as they are asked for."""
    at_once = _frames_at_once(data)
    coming = _parts(data, at_once)
    part = next(coming, None)
    if part is None:
        raise Unreadable("no picture can be decoded")
    is_whole = len(part.frames) < at_once
    delays = [int(delay) for each in ([part] if is_whole else _parts(data, at_once)) for delay in each.durations]
    height, width = part.frames[0].shape[:2]
    parts: Iterable[cv2.Animation] = [part] if is_whole else chain([part], coming)
    pictures = (_to_rgba(frame) for each in parts for frame in each.frames)
    still = len(delays) == 1
    return Playback(_format(data), width, height, (0,) if still else tuple(delays), int(part.loop_count), pictures)


def _frames_at_once(data: bytes) -> int:
    """Return how many frames fit into `HELD_BYTES`, by the first of them."""
    ok, first = cv2.imdecodeanimation(np.frombuffer(data, np.uint8), start=0, count=1)
    return max(1, HELD_BYTES // int(first.frames[0].nbytes)) if ok and first.frames else 1


def _parts(data: bytes, at_once: int) -> Iterator[cv2.Animation]:
    """Decode `at_once` frames at a time: OpenCV holds in memory all that it is asked for, and begins at the first."""
    packed, start, count = np.frombuffer(data, np.uint8), 0, at_once
    while count == at_once:
        ok, part = cv2.imdecodeanimation(packed, start=start, count=at_once)
        count = len(part.frames) if ok else 0
        if count:
            yield part
        start += count


def _to_rgba(frame: Frame) -> Frame:
    code = cv2.COLOR_BGRA2RGBA if frame.shape[2] == 4 else cv2.COLOR_BGR2RGBA
    converted: Frame = cv2.cvtColor(frame, code)
    return converted


def _format(data: bytes) -> str:
    if data.startswith(SIGNATURE):
        return "APNG" if any(name == b"acTL" for name, _ in read_chunks(data)) else "PNG"
    if data.startswith(b"GIF8"):
        return "GIF"
    if data[8:12] == b"WEBP":
        return "WebP"
    return "AVIF" if data[4:8] == b"ftyp" and data[8:12] in (b"avis", b"avif") else "JPEG"


def _read_webm(data: bytes) -> Playback:
    video = webm.decode(data)
    if video.codec != "vp9" or not video.has_alpha or video.has_sound:
        raise Unreadable("it is no VP9 with alpha alone")
    return Playback("WebM", video.width, video.height, video.delays_ms, 0, video.frames)


def _read_zip(data: bytes) -> Playback:
    """Read the frames that the sheet's JSON names, each as its own PNG, and hold the sheet against them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = json.loads(archive.read(SHEET_DATA))["frames"]
        frames = [_read_png(archive.read(entry["filename"])) for entry in entries]
        sheet = _read_png(archive.read(SHEET))
    for entry, frame in zip(entries, frames, strict=True):
        place = entry["frame"]
        shown = sheet[place["y"] : place["y"] + place["h"], place["x"] : place["x"] + place["w"]]
        if not np.array_equal(shown, frame):
            raise Unreadable(f"the sheet does not show {entry['filename']}")
    height, width = frames[0].shape[:2]
    return Playback("PNG ZIP", width, height, tuple(entry["duration"] for entry in entries), 0, frames)


def _read_png(data: bytes) -> Frame:
    with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
        return np.asarray(picture.convert("RGBA"))
