"""Colours that a file names by numbers, as an ICC profile: so that there is one way to sRGB, whoever named them how.

Code points are those of ITU-T H.273 (PNG's cICP, HEIC's and AVIF's nclx, the streams of videos). Only the standard
library: this runs in the decoding child (`animations.ingest.decode`), and there only for files that need it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from animations.ingest.colour.tone_mapping import (
    HLG,
    PQ,
    SRGB_LIKE_TRANSFERS,
    TRANSFERS,
    UNSPECIFIED,
    Transfer,
    gamma_curve,
    srgb_to_linear,
)

Point = tuple[float, float]
Chromaticities = tuple[Point, Point, Point, Point]
"""x and y of red, green, blue and white."""
Matrix = Sequence[Sequence[float]]
"""Of three rows and three columns."""

D65: Final = (0.3127, 0.3290)
PRIMARIES: Final[dict[int, Chromaticities]] = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65),
    4: ((0.670, 0.330), (0.210, 0.710), (0.140, 0.080), (0.310, 0.316)),
    5: ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), (0.310, 0.316)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), D65),
}
"""H.273, table 2."""
BT709: Final = 1
BT2020: Final = 9
CURVE_STEPS: Final = 4096
BRADFORD: Final[Matrix] = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
D50: Final = (0.9642, 1.0, 0.8249)
"""XYZ of the white that ICC profiles speak in."""


@lru_cache(maxsize=4)
def profile_of_code_points(primaries: int, transfer: int, full_range: bool = True) -> bytes | None:
    """Return an ICC profile of RGB with these code points; None for what is sRGB already, or not known.

    `full_range` False is for RGB in which 16 of 255 is black and 235 white.
    """
    if transfer in (PQ, HLG) and primaries == UNSPECIFIED:
        primaries = BT2020
    chromaticities = PRIMARIES.get(primaries, PRIMARIES[BT709])
    curve = srgb_to_linear if transfer in SRGB_LIKE_TRANSFERS else TRANSFERS.get(transfer)
    if curve is None or (chromaticities == PRIMARIES[BT709] and curve is srgb_to_linear and full_range):
        return None
    return icc_profile(chromaticities, curve if full_range else lambda signal: curve(_to_full_range(signal)))


def gamma_profile(gamma: float | None, chromaticities: Chromaticities | None) -> bytes | None:
    """Return an ICC profile of RGB that is encoded by the power `gamma` (PNG's gAMA); None stands for sRGB's own.

    None is returned for what is as good as sRGB: libpng does not correct a gamma that is off by five per cent.
    """
    usual_curve = gamma is None or abs(gamma * 2.2 - 1) < 0.05
    pairs = zip(chromaticities or (), PRIMARIES[BT709], strict=False)
    usual_colours = all(abs(ours - its) < 0.01 for one, other in pairs for ours, its in zip(one, other, strict=True))
    if usual_curve and usual_colours:
        return None
    curve = srgb_to_linear if usual_curve or gamma is None else gamma_curve(1 / gamma)
    return icc_profile(PRIMARIES[BT709] if usual_colours or not chromaticities else chromaticities, curve)


def to_xyz(chromaticities: Chromaticities) -> Matrix:
    """Return the matrix from linear RGB to XYZ under D50 (Bradford). Raises `ValueError` for no colours."""
    *corners, white = (_xyz(point) for point in chromaticities)
    columns = _transposed(corners)
    scales = _times(_inverse(columns), white)
    unadapted = [[value * scale for value, scale in zip(row, scales, strict=True)] for row in columns]
    seen, wanted = _times(BRADFORD, white), _times(BRADFORD, D50)
    gains = [to / of for to, of in zip(wanted, seen, strict=True)]
    scaled = [[value * gain for value in row] for row, gain in zip(BRADFORD, gains, strict=True)]
    return _product(_product(_inverse(BRADFORD), scaled), unadapted)


def icc_profile(chromaticities: Chromaticities, curve: Transfer) -> bytes:
    """Return a display profile of three primaries and one curve, version 2.4: <https://www.color.org/icc32.pdf>.

    Raises `ValueError` for chromaticities that make no colours.
    """
    steps = (min(1.0, max(0.0, curve(step / (CURVE_STEPS - 1)))) for step in range(CURVE_STEPS))
    table = struct.pack(f">4sII{CURVE_STEPS}H", b"curv", 0, CURVE_STEPS, *(round(65_535 * step) for step in steps))
    red, green, blue = (_xyz_tag(column) for column in _transposed(to_xyz(chromaticities)))
    tags = {b"wtpt": _xyz_tag(D50), b"rXYZ": red, b"gXYZ": green, b"bXYZ": blue}
    at = 128 + 4 + 12 * (len(tags) + 3)
    index = b""
    for name, body in tags.items():
        index += struct.pack(">4sII", name, at, len(body))
        at += len(body)
    index += b"".join(struct.pack(">4sII", name, at, len(table)) for name in (b"rTRC", b"gTRC", b"bTRC"))
    body = struct.pack(">I", len(tags) + 3) + index + b"".join(tags.values()) + table
    head = struct.pack(">IIi4s4s4s12x4s", 128 + len(body), 0, 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    illuminant = struct.pack(">3i", *(round(65_536 * value) for value in D50))
    return head.ljust(68, b"\0") + illuminant.ljust(60, b"\0") + body


def _to_full_range(signal: float) -> float:
    return (255 * signal - 16) / 219


def _xyz(point: Point) -> tuple[float, float, float]:
    x, y = point
    if y <= 0:
        raise ValueError("no colour")
    return x / y, 1.0, (1 - x - y) / y


def _xyz_tag(values: Sequence[float]) -> bytes:
    return struct.pack(">4sI3i", b"XYZ ", 0, *(round(65_536 * value) for value in values))


def _times(matrix: Matrix, vector: Sequence[float]) -> tuple[float, float, float]:
    first, second, third = (sum(one * other for one, other in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def _product(left: Matrix, right: Matrix) -> Matrix:
    return _transposed([_times(left, column) for column in _transposed(right)])


def _transposed(rows: Matrix) -> Matrix:
    return list(zip(*rows, strict=True))


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    minors = ((e * i - f * h, c * h - b * i, b * f - c * e), (f * g - d * i, a * i - c * g, c * d - a * f))
    last = (d * h - e * g, b * g - a * h, a * e - b * d)
    determinant = a * minors[0][0] + b * minors[1][0] + c * last[0]
    if abs(determinant) < 1e-9:
        raise ValueError("no colours")
    return [[value / determinant for value in row] for row in (*minors, last)]
