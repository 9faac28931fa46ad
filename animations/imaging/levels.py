"""Levels of alpha that count as visible and as opaque, by the picture's own peak: never fixed."""

from typing import Final

from animations.imaging.arrays import Alpha

DUST_SHARE: Final = 6 / 255
"""Below this share of the peak a pixel is what a matte or a video coder left over: it must not widen a subject."""


def peak_level(alpha: Alpha) -> int:
    """Return the highest level of an uint8 alpha of any shape, 0 to 255; 0 for one without pixels."""
    return int(alpha.max()) if alpha.size else 0


def visible_level(alpha: Alpha) -> int:
    """Return the level from which a pixel of an uint8 alpha counts as seen; at least 1: what is clear is never seen.

    It follows the peak: art that is translucent all over is seen as well as solid art.
    """
    return max(1, round(DUST_SHARE * peak_level(alpha)))


def opaque_level(alpha: Alpha) -> int:
    """Return the level from which a pixel of an uint8 alpha is the subject itself: half the peak, at least 1."""
    return max(1, (peak_level(alpha) + 1) // 2)
