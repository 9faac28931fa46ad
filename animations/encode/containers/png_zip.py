"""A ZIP of an animation's frames as PNGs, with all of them on one sheet and its JSON, as Aseprite writes it.

That JSON ("array" of frames, each with its place on the sheet and its duration) is read by Phaser, PixiJS and Godot.
"""

import json
import math
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO, Any, Final

import numpy as np

from animations.encode.frames import clear_hidden_colour
from animations.imaging import png
from animations.imaging.arrays import Frame
from animations.imaging.png_rows import PngRows

SHEET: Final = "sheet.png"
SHEET_DATA: Final = "sheet.json"
REPORT: Final = "report.json"
FRAME_NAME: Final = "frames/{:03}.png"
MADE_ON: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that ZIP knows: the same frames make the same bytes."""


def encode(frames: Iterable[Frame], delays_ms: Sequence[int]) -> bytes:
    """Write `frames` (equal H×W×4 straight RGBA) as `frames/001.png` …, `sheet.png` and `sheet.json`.

    Frames are taken one by one, and what is written waits in files: it may weigh twice as much as they do.
    """
    columns = math.ceil(math.sqrt(len(delays_ms)))
    with TemporaryFile() as file, TemporaryFile() as sheet:
        with zipfile.ZipFile(file, "w") as archive:
            size = _add_frames(archive, frames, sheet, (columns, _rows(len(delays_ms), columns)))
            sheet.seek(0)
            with archive.open(_entry(SHEET), "w") as entry:
                shutil.copyfileobj(sheet, entry)
            _add(archive, SHEET_DATA, json.dumps(_sheet_data(size, delays_ms, columns), indent=1).encode())
        file.seek(0)
        return file.read()


def add_report(file: IO[bytes], report: bytes) -> None:
    """Put the report of a ZIP into it, beside the frames."""
    with zipfile.ZipFile(file, "a") as archive:
        _add(archive, REPORT, report)


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(_entry(name), data)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MADE_ON)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _add_frames(
    archive: zipfile.ZipFile, frames: Iterable[Frame], sheet: IO[bytes], grid: tuple[int, int]
) -> tuple[int, int]:
    """Add each frame to the ZIP, and all to `sheet`, in (columns, rows). Return the width and height of one."""
    columns, rows = grid
    strips = _strips(archive, frames, columns)
    first = next(strips)
    height, width = first.shape[:2]
    picture = PngRows(sheet, width, height * rows)
    for strip in chain([first], strips):
        picture.write(strip)
    picture.close()
    return width // columns, height


def _strips(archive: zipfile.ZipFile, frames: Iterable[Frame], columns: int) -> Iterator[Frame]:
    """Add each frame to the ZIP, and yield `columns` of them at a time, side by side."""
    numbered = enumerate(map(clear_hidden_colour, frames), 1)
    while beside := list(islice(numbered, columns)):
        for number, frame in beside:
            _add(archive, FRAME_NAME.format(number), png.write(frame))
        missing = [np.zeros_like(beside[0][1])] * (columns - len(beside))
        yield np.hstack([frame for _, frame in beside] + missing)


def _rows(count: int, columns: int) -> int:
    return -(-count // columns)


def _sheet_data(size: tuple[int, int], delays_ms: Sequence[int], columns: int) -> dict[str, Any]:
    width, height = size
    whole = {"x": 0, "y": 0, "w": width, "h": height}
    rows = _rows(len(delays_ms), columns)
    return {
        "frames": [
            {
                "filename": FRAME_NAME.format(index + 1),
                "frame": whole | {"x": index % columns * width, "y": index // columns * height},
                "rotated": False,
                "trimmed": False,
                "spriteSourceSize": whole,
                "sourceSize": {"w": width, "h": height},
                "duration": delay,
            }
            for index, delay in enumerate(delays_ms)
        ],
        "meta": {
            "image": SHEET,
            "format": "RGBA8888",
            "size": {"w": width * columns, "h": height * rows},
            "scale": "1",
        },
    }
