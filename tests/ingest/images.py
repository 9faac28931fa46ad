"""Make pictures that people send, and some that nobody should."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from animations.imaging.png_chunks import SIGNATURE, pack_chunk

RED, BLUE = (220, 30, 30), (30, 30, 220)
ASKED = (200, 80, 60)
P3 = (216, 69, 50)
"""Display P3's (200, 80, 60) in sRGB."""

Chunk = tuple[bytes, bytes]
"""Of a PNG: its name and body."""


def two_halves(width: int = 64, height: int = 48) -> Image.Image:
    """Return a picture that is red on the left and blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def saved(image: Image.Image, path: Path, kind: str, **options: Any) -> Path:
    image.save(path, kind, **options)
    return path


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png(width: int, height: int, depth: int, colour_type: int, rows: bytes, *extra: Chunk) -> bytes:
    """Build a PNG from its parts, for what Pillow does not write. `rows` hold each row's filter byte."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    return SIGNATURE + b"".join(pack_chunk(name, body) for name, body in chunks)


def slow_jpeg(side: int, scans: int) -> bytes:
    """Return a grey progressive JPEG in which one scan is repeated: a few bytes each, all worked through in full."""
    data = encoded(Image.new("L", (side, side), 90), "JPEG", progressive=True)
    last_scan = data.rindex(b"\xff\xda")
    return data[:-2] + data[last_scan:-2] * scans + b"\xff\xd9"


def png16(width: int, height: int, colour_type: int, pixel: tuple[int, ...], *extra: Chunk) -> bytes:
    """Return a PNG of one colour with 16 bits a channel."""
    row = b"\0" + struct.pack(f">{len(pixel)}H", *pixel) * width
    return png(width, height, 16, colour_type, row * height, *extra)


def cicp(primaries: int, transfer: int, full_range: int = 1) -> Chunk:
    """Return the chunk that names a PNG's colours by numbers."""
    return b"cICP", bytes([primaries, transfer, 0, full_range])


P3_D50 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
"""Display P3's primaries as XYZ under D50, in the order red, green, blue."""
XYZ_TO_SRGB = ((3.13386, -1.61687, -0.49061), (-0.97877, 1.91614, 0.03345), (0.07195, -0.22899, 1.40524))


def display_p3() -> bytes:
    """Return a small ICC profile: Display P3's primaries with a gamma of 2.2."""
    curve = struct.pack(">4sII H2x", b"curv", 0, 1, round(2.2 * 256))
    tags = {b"wtpt": _xyz((0.9642, 1.0, 0.8249)), b"cprt": b"text\0\0\0\0none\0\0\0\0"}
    tags[b"desc"] = struct.pack(">4sII3s", b"desc", 0, 3, b"P3\0") + bytes(79)
    for letter, primary in zip(b"rgb", P3_D50, strict=True):
        tags[bytes([letter]) + b"XYZ"] = _xyz(primary)
        tags[bytes([letter]) + b"TRC"] = curve
    table, bodies, offset = b"", b"", 128 + 4 + 12 * len(tags)
    for name, body in tags.items():
        table += struct.pack(">4sII", name, offset + len(bodies), len(body))
        bodies += body + bytes(-len(body) % 4)
    head = struct.pack(">I4xI4s4s4s12x4s", offset + len(bodies), 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head = head.ljust(68, b"\0") + _xyz((0.9642, 1.0, 0.8249))[8:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + bodies


def p3_in_srgb(colour: tuple[int, int, int]) -> tuple[int, ...]:
    """Return the sRGB of a Display P3 colour with a gamma of 2.2, by the textbook."""
    linear = [(value / 255) ** 2.2 for value in colour]
    xyz = [sum(share * P3_D50[k][axis] for k, share in enumerate(linear)) for axis in range(3)]
    wanted = [sum(a * b for a, b in zip(row, xyz, strict=True)) for row in XYZ_TO_SRGB]
    return tuple(round(255 * (1.055 * value ** (1 / 2.4) - 0.055)) for value in wanted)


def _xyz(values: tuple[float, ...]) -> bytes:
    return struct.pack(">4sI3i", b"XYZ ", 0, *(round(value * 65536) for value in values))
