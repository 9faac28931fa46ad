"""A picture and its matte put together: each kind of matte has its own way with the colour of soft pixels."""

from __future__ import annotations

import numpy as np

from animations.imaging.arrays import Alpha, Picture
from animations.matte import edge, keying
from animations.matte.engines import OWN, WHITE


def cutout_by(engine: str, rgb: Picture, alpha: Alpha | None, own: Alpha | None) -> Picture:
    """Return the H×W×4 uint8 straight RGBA of `rgb` (H×W×3 uint8), cut by the matte `alpha` that `engine` has made.

    `own` (H×W uint8) is the alpha that the picture came with, None for an opaque one. The engine `none` uses it as
    it is, with every colour; a matte only ever takes away from it, and changes no colour that was soft before.
    """
    if engine == OWN or alpha is None:
        return edge.stacked(rgb, _whole(rgb) if own is None else own)
    if engine != WHITE:
        return edge.cutout(rgb, alpha, own)
    cut = keying.cutout(on_white(rgb, own), alpha)
    return cut if own is None else _within(cut, rgb, own)


def on_white(rgb: Picture, own: Alpha | None) -> Picture:
    """Lay the picture on white: what `key_white` is to see of one that has some alpha of its own."""
    if own is None:
        return rgb
    part = own.astype(np.float32)[..., None] / 255
    laid: Picture = np.rint(rgb * part + 255 * (1 - part)).astype(np.uint8)
    return laid


def _within(cut: Picture, rgb: Picture, own: Alpha) -> Picture:
    """`cut` made no more opaque than `own`, with the picture's colours where those were soft."""
    alpha = np.minimum(cut[..., 3], own)
    return edge.stacked(np.where((own < 255)[..., None], rgb, cut[..., :3]), alpha)


def _whole(rgb: Picture) -> Alpha:
    return np.full(rgb.shape[:2], 255, np.uint8)
