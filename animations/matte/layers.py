"""A picture, and the cutout that a matte has made of it: what the refine tools work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from animations.imaging.arrays import Alpha, Mask, Picture
from animations.imaging.png import split_alpha
from animations.matte.compose import compose_cutout
from animations.matte.edge import FAR, stack_alpha
from animations.matte.engines import DEFAULT_MODEL, OWN

Window = tuple[slice, slice]
"""Rows and columns."""
HALF: Final = 128
"""Of 255: from here on a pixel is more subject than background."""


class CannotRefine(ValueError):
    """A tool can do nothing here; `str()` says so to the person who asked, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Layers:
    """A picture as it came (`rgb` H×W×3, `own` H×W its alpha or None) and its `cutout` (H×W×4), made by `engine`."""

    rgb: Picture
    own: Alpha | None
    cutout: Picture
    engine: str

    @classmethod
    def of(cls, picture: Picture, cutout: Picture, engine: str) -> Layers:
        """Put a picture (RGB or RGBA) and its cutout together. Raises `CannotRefine` where their sizes differ."""
        if picture.shape[:2] != cutout.shape[:2]:
            raise CannotRefine("The cutout and its picture differ in size. Make the frame anew, then refine it.")
        rgb, own = split_alpha(picture)
        return cls(rgb, own, cutout, engine)

    @property
    def alpha(self) -> Alpha:
        """How opaque each pixel of the cutout is."""
        return self.cutout[..., 3]

    @property
    def rgba(self) -> Picture:
        """The picture as it came, H×W×4."""
        whole = np.full(self.rgb.shape[:2], 255, np.uint8) if self.own is None else self.own
        return np.dstack([self.rgb, whole])

    def within_own(self, alpha: Alpha) -> Alpha:
        """Return `alpha` no more opaque than the picture came."""
        return alpha if self.own is None else np.minimum(alpha, self.own)

    def cut(self, alpha: Alpha, *, decontaminate: bool = True, anew: Mask | None = None) -> Picture:
        """Return the cutout by another `alpha` (H×W uint8).

        Pixels whose alpha stays keep their colour too, but for those in `anew`. The others get the picture's; where
        they are soft, the background's colour is taken out of them, unless `decontaminate` is False.
        """
        alpha = self.within_own(alpha)
        changed = alpha != self.alpha
        if anew is not None:
            changed |= anew
        cutout = self.cutout.copy()
        if changed.any():
            window = window_of(changed, FAR)
            fresh = self._compose(window, alpha[window], decontaminate=decontaminate)
            np.copyto(cutout[window], fresh, where=changed[window][..., None])
        return cutout

    def _compose(self, window: Window, alpha: Alpha, *, decontaminate: bool) -> Picture:
        rgb = np.ascontiguousarray(self.rgb[window])
        own = None if self.own is None else np.ascontiguousarray(self.own[window])
        if not decontaminate:
            return stack_alpha(rgb, alpha)
        # A matte that is mended by hand is no longer the picture's own alpha: its new soft pixels are ours.
        engine = DEFAULT_MODEL if self.engine == OWN else self.engine
        return compose_cutout(engine, rgb, np.ascontiguousarray(alpha), own)


def window_of(mask: Mask, margin: int) -> Window:
    """Return the smallest window round what is True in `mask`, and a margin in px within the picture."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    (height, width) = mask.shape
    top, bottom = max(0, int(rows[0]) - margin), min(height, int(rows[-1]) + 1 + margin)
    left, right = max(0, int(columns[0]) - margin), min(width, int(columns[-1]) + 1 + margin)
    return slice(top, bottom), slice(left, right)
