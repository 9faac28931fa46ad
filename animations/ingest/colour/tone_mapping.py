"""Transfer curves by their number, and the tone mapping of HDR: its light pressed together into what sRGB can show.

Numbers are those of ITU-T H.273. Only the standard library: this runs in the decoding child.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Final

Transfer = Callable[[float], float]
"""From the signal (0 to 1) to linear light, of which 1 is the brightest that sRGB can show."""

UNSPECIFIED: Final = 2
PQ: Final = 16
HLG: Final = 18
SRGB_LIKE_TRANSFERS: Final = (1, UNSPECIFIED, 6, 7, 11, 12, 13, 14, 15)
"""Transfers whose signal is shown as it is: players take that of BT.709 for sRGB's."""
REFERENCE_WHITE_NITS: Final = 203.0
"""How bright white paper is in HDR: ITU-R BT.2408."""
SHOULDER: Final = 0.75
"""Linear light up to which HDR is kept as it is; all that is brighter shares what is left."""
HLG_SIGNAL: Final = (0.0, 0.10, 0.38, 0.50, 0.75, 0.85, 1.0)
HLG_SRGB: Final = (0.0, 40 / 255, 118 / 255, 165 / 255, 240 / 255, 250 / 255, 1.0)
"""HLG in sRGB: a grey card (18 %), which BT.2408 has at 38 %, stays one, and reference white (75 %) is near white."""


def srgb_to_linear(signal: float) -> float:
    """Apply sRGB's own curve."""
    return signal / 12.92 if signal <= 0.04045 else float(((signal + 0.055) / 1.055) ** 2.4)


def gamma_curve(exponent: float) -> Transfer:
    """Return the curve of this gamma."""
    return lambda signal: float(max(0.0, signal) ** exponent)


def _pq_to_linear(signal: float) -> float:
    """Apply SMPTE ST 2084 in units of reference white; light above `SHOULDER` is compressed to stay below 1."""
    root = max(0.0, signal) ** (32 / 2523)
    nits = 10_000 * (max(0.0, root - 107 / 128) / (2413 / 128 - 2392 / 128 * root)) ** (16_384 / 2610)
    light = float(nits) / REFERENCE_WHITE_NITS
    if light <= SHOULDER:
        return light
    over = (light - SHOULDER) / (1 - SHOULDER)
    return SHOULDER + (1 - SHOULDER) * over / (1 + over)


def _hlg_to_linear(signal: float) -> float:
    """Apply ARIB STD-B67, through the points of `HLG_SRGB`."""
    signal = min(1.0, max(0.0, signal))
    at = min(bisect_right(HLG_SIGNAL, signal), len(HLG_SIGNAL) - 1)
    (left, right), (low, high) = HLG_SIGNAL[at - 1 : at + 1], HLG_SRGB[at - 1 : at + 1]
    return srgb_to_linear(low + (high - low) * (signal - left) / (right - left))


TRANSFERS: Final[dict[int, Transfer]] = {
    4: gamma_curve(2.2),
    5: gamma_curve(2.8),
    8: gamma_curve(1.0),
    PQ: _pq_to_linear,
    17: gamma_curve(2.6),
    HLG: _hlg_to_linear,
}
"""H.273, table 3: what is not like sRGB."""
