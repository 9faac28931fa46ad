"""Read the colour profile of a PNG from its chunks: <https://www.w3.org/TR/png-3/>.

Only the standard library: this runs in the decoding child (`animations.ingest.decode`).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from animations.imaging.png_chunks import SIGNATURE
from animations.ingest.colour import profiles

COLOUR_CHUNKS: Final = (b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM")
GAMMA_RANGE: Final = (0.00016, 6250.0)
MIN_WHITE_Y: Final = 0.00005
MAX_XY: Final = 1.1
"""The largest sum of x and y that libpng accepts in cHRM (pngset.c, png.c); beyond it the colours are left out."""
MAX_PROFILE_BYTES: Final = 4_000_000
"""Of a profile, packed or not."""


def read_profile(path: Path) -> bytes | None:
    """Return the colour profile that a PNG's chunks before its pixels come to; the pixels are not read."""
    found: dict[bytes, bytes] = {}
    with path.open("rb") as file:
        file.seek(len(SIGNATURE))
        while len(head := file.read(8)) == 8 and head[4:] != b"IDAT":
            (length,) = struct.unpack_from(">I", head)
            if head[4:] in COLOUR_CHUNKS and length <= MAX_PROFILE_BYTES:
                found[head[4:]] = file.read(length)
                length = 0
            file.seek(length + 4, 1)
    return profile_of(found)


def profile_of(found: Mapping[bytes, bytes]) -> bytes | None:
    """Return the ICC profile of a PNG with these chunks; None for sRGB.

    The first of cICP, iCCP, sRGB, and gAMA with cHRM decides; one that says nothing we know is left out.
    """
    numbers = found.get(b"cICP", b"")
    if len(numbers) == 4 and numbers[0] in profiles.PRIMARIES:
        return profiles.profile_of_code_points(numbers[0], numbers[1], bool(numbers[3]))
    if (packed := found.get(b"iCCP")) and (unpacked := _unpacked(packed)):
        return unpacked
    return None if b"sRGB" in found else _profile_of_gamma(found.get(b"gAMA", b""), found.get(b"cHRM", b""))


def _unpacked(body: bytes) -> bytes | None:
    """Return the profile in an iCCP chunk; a broken one is none."""
    _, _, packed = body.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(packed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None


def _profile_of_gamma(gamma: bytes, points: bytes) -> bytes | None:
    power = struct.unpack(">I", gamma)[0] / 100_000 if len(gamma) == 4 else 0.0
    usable = power if GAMMA_RANGE[0] <= power <= GAMMA_RANGE[1] else None
    try:
        return profiles.gamma_profile(usable, _chromaticities(points))
    except (ValueError, ArithmeticError):
        return None


def _chromaticities(points: bytes) -> profiles.Chromaticities | None:
    if len(points) != 32:
        return None
    white, red, green, blue = ((x / 100_000, y / 100_000) for x, y in struct.iter_unpack(">II", points))
    if white[1] < MIN_WHITE_Y or any(x + y > MAX_XY for x, y in (white, red, green, blue)):
        return None
    return red, green, blue, white
