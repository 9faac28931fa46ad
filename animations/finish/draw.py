"""Draw the finish of a loop: every frame on its canvas, with the layers round it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np

from animations.finish.caption import draw_caption
from animations.finish.layers import draw_block_outline, draw_outline, draw_shadow, put_over, put_under
from animations.finish.options import Finish
from animations.finish.placing import Loop, Margins, measure_loop, place_loop
from animations.imaging.arrays import Frame, Plane, Premultiplied, Size
from animations.imaging.levels import peak_level
from animations.imaging.premultiply import unpremultiply

EDGE: Final = 2
"""Px that soft edges and rounding need."""
MARGIN: Final = 0.02
"""Of the canvas's longer side, between a caption and its edge."""
MIN_STRENGTH: Final = 0.02
"""Of the loop's highest alpha: a frame that is fainter has no layers."""


def finish_frames(
    frames: Callable[[], Iterable[Frame]], finish: Finish, target: Callable[[int, int], Size]
) -> Iterator[Frame]:
    """Yield the frames that `frames` returns each time (H×W×4 straight RGBA, of one size), finished.

    The canvas has the shape of `target(width, height)`, is no smaller than that or a frame, and is the same for all
    frames. A plain finish yields the frames as they are.
    """
    loop = measure_loop(frames()) if finish != Finish() else None
    if loop is None:
        return iter(frames())
    artist = _Artist(loop, finish, canvas_size(loop.size, target(*loop.size)))
    return (artist.draw(frame) for frame in frames())


def canvas_size(size: Size, target: Size) -> Size:
    """Return the smallest canvas of the shape of `target` that is no smaller than it, nor than `size`."""
    grow = max(1, size[0] / target[0], size[1] / target[1])
    return round(target[0] * grow), round(target[1] * grow)


class _Artist:
    """The finish of one loop, with what is the same in all its frames."""

    def __init__(self, loop: Loop, finish: Finish, canvas: Size) -> None:
        self._finish, self._peak, self._side = finish, loop.peak, max(canvas)
        caption = finish.caption
        self._text = draw_caption(caption, canvas) if caption else None
        self._margin = round(MARGIN * self._side)
        self._placing = place_loop(loop, finish.placement, canvas, self._margins(loop))

    def _margins(self, loop: Loop) -> Margins:
        line, blur, fall = 0, 0, 0
        if self._finish.outline:
            block = loop.block * self._side // min(loop.size)  # pixel art stands on a grid of its blocks
            line = math.ceil(max(self._finish.outline.width * self._side, block)) + max(EDGE, block)
        if self._finish.shadow:
            blur = math.ceil(self._finish.shadow.blur * self._side) + EDGE
            fall = round(self._finish.shadow.distance * self._side)
        text = self._margin + len(self._text) if self._text is not None else 0
        top, bottom = line + max(0, blur - fall), line + blur + fall
        if self._finish.caption and self._finish.caption.place == "top":
            return Margins(line + blur, top + text, line + blur, bottom)
        return Margins(line + blur, top, line + blur, bottom + text)

    def draw(self, frame: Frame) -> Frame:
        """Draw one frame. One that fades is drawn with its layers in full, and then both are made fainter."""
        picture = self._placing.draw(frame)
        strength = np.float32(peak_level(frame[..., 3]) / self._peak)
        if strength >= MIN_STRENGTH:
            picture = np.minimum(picture / strength, self._peak) if strength < 1 else picture
            self._put_layers_under(picture)
            picture = picture * strength if strength < 1 else picture
        self._put_caption_over(picture)
        return unpremultiply(picture)

    def _put_layers_under(self, picture: Premultiplied) -> None:
        shape = picture[..., 3] / np.float32(255)
        outline, shadow = self._finish.outline, self._finish.shadow
        if outline:
            line = self._outline(picture, outline.width * self._side)
            put_under(picture, line, outline.colour)
            shape = np.maximum(shape, line)
        if shadow:
            lengths = (shadow.blur * self._side, shadow.distance * self._side)
            put_under(picture, draw_shadow(shape, shadow.opacity, *lengths), shadow.colour)

    def _outline(self, picture: Premultiplied, width: float) -> Plane:
        alpha, cell = np.ascontiguousarray(picture[..., 3]), self._placing.block
        if cell:
            return draw_block_outline(alpha, self._peak / 2, max(1, int(width // cell)) * cell)
        return draw_outline(alpha, self._peak / 2, width)

    def _put_caption_over(self, picture: Premultiplied) -> None:
        if self._text is None or self._finish.caption is None:
            return
        height, width = self._text.shape[:2]
        is_top = self._finish.caption.place == "top"
        top = self._margin if is_top else picture.shape[0] - self._margin - height
        put_over(picture, self._text, (picture.shape[1] - width) // 2, top)
