"""Read an exported file again, from its bytes alone, by another decoder than wrote it.

GIF, APNG, WebP and AVIF are read by OpenCV (its own LZW and APNG reader, libwebp and libavif), WebM by libvpx in a
child process, the PNGs of a ZIP by Pillow.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Final

import cv2
import numpy as np
from PIL import Image

from animations.encode.containers.png_zip import SHEET, SHEET_DATA
from animations.encode.containers.webm import codec as webm
from animations.imaging.arrays import Frame
from animations.imaging.png_chunks import SIGNATURE, read_chunks
from animations.imaging.png_rows import read_rows

WEBM_SIGNATURE: Final = b"\x1a\x45\xdf\xa3"
ZIP_SIGNATURE: Final = b"PK\x03\x04"
HELD_BYTES: Final = 16 << 20
"""Of frames that are decoded: sixteen of 512 px, and all that an emoji of 128 px can have."""
BROKEN: Final = (webm.CodecError, OSError, ValueError, LookupError, zipfile.BadZipFile, zlib.error, cv2.error)


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
    except BROKEN as error:
        raise Unreadable(str(error)) from error


def _read_animation(data: bytes) -> Playback:
    """Read a file once if all frames may be held; else twice: the times of all, then frames as they are asked for."""
    at_once = _frames_at_once(data)
    part = _decode(data, 0, at_once)
    if not part.frames:
        raise Unreadable("no picture can be decoded")
    (height, width), loops = part.frames[0].shape[:2], int(part.loop_count)
    delays = [int(delay) for delay in part.durations]
    frames: Iterator[Frame] = map(_to_rgba, part.frames)
    if len(part.frames) == at_once:
        del part, frames  # they would stay beside the next
        delays, frames = list(_durations(data, at_once)), _frames(data, at_once)
    still = len(delays) == 1
    return Playback(_format(data), width, height, (0,) if still else tuple(delays), loops, frames)


def _frames_at_once(data: bytes) -> int:
    """Return how many frames fit into `HELD_BYTES`, by the first of them."""
    ok, first = cv2.imdecodeanimation(np.frombuffer(data, np.uint8), start=0, count=1)
    return max(1, HELD_BYTES // int(first.frames[0].nbytes)) if ok and first.frames else 1


def _decode(data: bytes, start: int, count: int) -> cv2.Animation:
    """Decode so many frames: OpenCV holds in memory all that it is asked for, and begins at the first."""
    ok, part = cv2.imdecodeanimation(np.frombuffer(data, np.uint8), start=start, count=count)
    return part if ok else cv2.Animation()


def _durations(data: bytes, at_once: int) -> Iterator[int]:
    start, count = 0, at_once
    while count == at_once:
        durations = [int(delay) for delay in _decode(data, start, at_once).durations]
        yield from durations
        count = len(durations)
        start += count


def _frames(data: bytes, at_once: int) -> Iterator[Frame]:
    """Yield the frames; none of those decoded together is left when the next are decoded."""
    start, count = 0, at_once
    while count == at_once:
        frames = list(_decode(data, start, at_once).frames)
        count = len(frames)
        start += count
        while frames:
            yield _to_rgba(frames.pop(0))


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
    """Read what the sheet's JSON says; its frames are read one by one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = json.loads(archive.read(SHEET_DATA))["frames"]
        height, width = _read_png(archive.open(entries[0]["filename"])).shape[:2]
    delays = tuple(entry["duration"] for entry in entries)
    return Playback("PNG ZIP", width, height, delays, 0, _zip_frames(data, entries))


def _zip_frames(data: bytes, entries: Sequence[dict[str, Any]]) -> Iterator[Frame]:
    """Yield the frames that the JSON names, each from its own PNG, and hold the sheet against them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            on_sheet = _shown_on_sheet(archive, [entry["frame"] for entry in entries])
            for entry, shown in zip(entries, on_sheet, strict=True):
                frame = _read_png(archive.open(entry["filename"]))
                if not np.array_equal(shown, frame):
                    raise Unreadable(f"the sheet does not show {entry['filename']}")
                yield frame
    except BROKEN as error:
        raise Unreadable(str(error)) from error


def _shown_on_sheet(archive: zipfile.ZipFile, places: Sequence[dict[str, int]]) -> Iterator[Frame]:
    """Yield what the sheet shows at each of `places`, which lie row by row: the whole would take too much memory."""
    height = places[0]["h"]
    with archive.open(SHEET) as sheet:
        rows = read_rows(sheet)
        for top in range(0, max(place["y"] for place in places) + 1, height):
            strip = np.array(list(islice(rows, height)))
            for place in places:
                if place["y"] == top:
                    yield strip[:, place["x"] : place["x"] + place["w"]]


def _read_png(file: IO[bytes]) -> Frame:
    with file, Image.open(file, formats=["PNG"]) as picture:
        return np.asarray(picture.convert("RGBA"))
