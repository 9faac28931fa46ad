"""A ZIP of an animation's frames as PNGs, with all of them on one sheet and its JSON, as Aseprite writes it.

That JSON ("array" of frames, each with its place on the sheet and its duration) is read by Phaser, PixiJS and Godot.
"""

import io
import json
import math
import zipfile
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from animations.encode.frames import clear_hidden_colour
from animations.imaging import png
from animations.imaging.arrays import Frame

SHEET: Final = "sheet.png"
SHEET_DATA: Final = "sheet.json"
REPORT: Final = "report.json"
FRAME_NAME: Final = "frames/{:03}.png"
MADE_ON: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that ZIP knows: the same frames make the same bytes."""


def encode(frames: Sequence[Frame], delays_ms: Sequence[int]) -> bytes:
    """Write `frames` (equal H×W×4 straight RGBA) as `frames/001.png` …, `sheet.png` and `sheet.json`."""
    clean = [clear_hidden_colour(frame) for frame in frames]
    columns = math.ceil(math.sqrt(len(clean)))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, frame in enumerate(clean, 1):
            _add(archive, FRAME_NAME.format(number), png.write(frame))
        _add(archive, SHEET, png.write(_sheet(clean, columns)))
        _add(archive, SHEET_DATA, json.dumps(_sheet_data(clean, delays_ms, columns), indent=1).encode())
    return file.getvalue()


def with_report(data: bytes, report: bytes) -> bytes:
    """Return the ZIP with the report of it beside the frames."""
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as archive:
        _add(archive, REPORT, report)
    return file.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    method = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
    entry = zipfile.ZipInfo(name, MADE_ON)
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data, method)


def _sheet(frames: Sequence[Frame], columns: int) -> Frame:
    height, width = frames[0].shape[:2]
    sheet = np.zeros((height * -(-len(frames) // columns), width * columns, 4), np.uint8)
    for index, frame in enumerate(frames):
        row, column = divmod(index, columns)
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = frame
    return sheet


def _sheet_data(frames: Sequence[Frame], delays_ms: Sequence[int], columns: int) -> dict[str, Any]:
    height, width = frames[0].shape[:2]
    whole = {"x": 0, "y": 0, "w": width, "h": height}
    rows = -(-len(frames) // columns)
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
