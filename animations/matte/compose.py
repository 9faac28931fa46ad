"""A picture and its matte put together: each kind of matte has its own way with the colour of soft pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from animations.imaging.arrays import Alpha, Picture, Size
from animations.imaging.pixel_art import enlarge, reduce_blocks
from animations.imaging.premultiply import resize
from animations.matte import edge, keying
from animations.matte.engines import DEFAULT_MODEL, OWN, WHITE


@dataclass(frozen=True, slots=True)
class ClipFrame:
    """One frame of a clip as it came: `rgb` H×W×3, and its `own_alpha` H×W where it has one."""

    rgb: Picture
    own_alpha: Alpha | None

    @property
    def size(self) -> Size:
        """Width and height in px."""
        height, width = self.rgb.shape[:2]
        return width, height

    @property
    def rgba(self) -> Picture:
        """H×W×4 straight RGBA, as it came."""
        return np.dstack([self.rgb, _whole(self.rgb) if self.own_alpha is None else self.own_alpha])


def cut_frame(
    frame: ClipFrame, alpha: Alpha | None, size: int, engine: str = DEFAULT_MODEL, block: int = 0
) -> tuple[Picture, Alpha, Picture]:
    """Cut a frame out: return its picture (RGB or RGBA, as it came), alpha and cutout (straight RGBA), of one size.

    The longer side is `size` px, or the frame's own where that is smaller: nothing is enlarged. `alpha` is the matte
    that `engine` has made, as large as the frame; what was transparent stays so. None keeps the frame's own alpha,
    and its colours untouched.
    The edge is decontaminated at full size, and mixed with premultiplied colour when made smaller. Pixel art in
    blocks of `block` px is not mixed: its blocks are made smaller by whole px, if they can be.
    """
    whole = frame.rgba
    cutout = compose_cutout(engine, frame.rgb, alpha, frame.own_alpha)
    times = min(block, size * block // max(frame.size))
    if times:
        small, picture = (enlarge(reduce_blocks(rgba, block), times) for rgba in (cutout, whole))
    else:
        small, picture = (resize(rgba, _size_within(frame.size, size)) for rgba in (cutout, whole))
    if frame.own_alpha is None:
        picture = picture[..., :3]
    return np.ascontiguousarray(picture), np.ascontiguousarray(small[..., 3]), small


def compose_cutout(engine: str, rgb: Picture, alpha: Alpha | None, own: Alpha | None) -> Picture:
    """Return the H×W×4 uint8 straight RGBA of `rgb` (H×W×3 uint8), cut by the matte `alpha` that `engine` has made.

    `own` (H×W uint8) is the alpha that the picture came with, None for an opaque one. The engine `none` uses it as
    it is, with every colour; a matte only ever takes away from it, and changes no colour that was soft before.
    """
    if engine == OWN or alpha is None:
        return edge.stack_alpha(rgb, _whole(rgb) if own is None else own)
    if engine != WHITE:
        return edge.decontaminate_edge(rgb, alpha, own)
    cut = keying.remove_white(lay_on_white(rgb, own), alpha)
    return cut if own is None else _within(cut, rgb, own)


def lay_on_white(rgb: Picture, own: Alpha | None) -> Picture:
    """Lay the picture on white: what `key_white` is to see of one that has some alpha of its own."""
    if own is None:
        return rgb
    part = own.astype(np.float32)[..., None] / 255
    laid: Picture = np.rint(rgb * part + 255 * (1 - part)).astype(np.uint8)
    return laid


def _size_within(size: Size, longest: int) -> Size:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _within(cut: Picture, rgb: Picture, own: Alpha) -> Picture:
    """Return `cut` made no more opaque than `own`, with the picture's colours where those were soft."""
    alpha = np.minimum(cut[..., 3], own)
    return edge.stack_alpha(np.where((own < 255)[..., None], rgb, cut[..., :3]), alpha)


def _whole(rgb: Picture) -> Alpha:
    return np.full(rgb.shape[:2], 255, np.uint8)
