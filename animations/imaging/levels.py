"""How opaque a picture's own pixels are, and what counts as seen by comparison: never by a fixed level."""

from typing import Final

from animations.imaging.arrays import Alpha

DUST: Final = 6 / 255
"""Below this share of the peak a pixel is what a matte or a video coder left over: it must not widen a subject."""


def peak(alpha: Alpha) -> int:
    """Return the highest level of an uint8 alpha of any shape, 0 to 255; 0 for one without pixels."""
    return int(alpha.max()) if alpha.size else 0


def seen_from(alpha: Alpha) -> int:
    """Return the level from which a pixel of an uint8 alpha counts as seen; at least 1: what is clear is never seen.

    It follows the peak: art that is translucent all over is seen as well as solid art.
    """
    return max(1, round(DUST * peak(alpha)))


def solid_from(alpha: Alpha) -> int:
    """Return the level from which a pixel of an uint8 alpha is the subject itself: half the peak, at least 1."""
    return max(1, (peak(alpha) + 1) // 2)
