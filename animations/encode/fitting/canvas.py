"""Frames on the canvas of a platform: its size and margin, and what becomes of half transparency in its format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import numpy as np

from animations.encode.containers.gif.one_bit import cut_to_one_bit, drawn_alpha
from animations.encode.fitting.pixel_art_frames import fit_pixel_art, split_pixel_art
from animations.encode.frames import fit_canvas
from animations.encode.platforms import ONE_BIT, Ground, Platform
from animations.encode.visibility import VISIBLE_FROM
from animations.imaging.arrays import Alpha, Frame

GROUND_COLOURS: Final[dict[Ground, tuple[int, int, int]]] = {"light": (255, 255, 255), "dark": (0x1E, 0x1F, 0x22)}
"""A light page, and the dark grey of Discord and Slack."""
_WHITE: Final = (255, 255, 255)


@dataclass(slots=True)
class Canvas:
    """Frames of one size, with their `drawn_alpha` where they are to be cut, and what was done to them in words."""

    pictures: list[Frame] = field(default_factory=list)
    drawn: list[Alpha | None] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)


def put_on_canvas(frames: Iterable[Frame], platform: Platform) -> Canvas:
    """Bring `frames` (H×W×4 straight RGBA, of one size), taken one by one, to the size that the platform wants."""
    first, coming = _first(frames)
    if first is None:
        return Canvas()
    before = first.shape[1], first.shape[0]
    size = platform.pixels.target(*before)
    free = round(platform.margin * min(size))
    inner = size[0] - 2 * free, size[1] - 2 * free
    canvas = Canvas(steps=[] if size == before else [f"scaled from {_times(before)} to {_times(size)}"])
    art, others = split_pixel_art(coming)
    if art:
        canvas.pictures = [_padded(each, free) for each in fit_pixel_art(art, *inner)]
        canvas.drawn = [None for _ in art]
    for frame in others:
        canvas.pictures.append(_padded(fit_canvas(frame, *inner), free))
        if platform.format in ONE_BIT:
            drawn = drawn_alpha(frame, *inner)
            canvas.drawn.append(None if drawn is None else np.pad(drawn, free))
    return canvas


def _first(frames: Iterable[Frame]) -> tuple[Frame | None, Iterator[Frame]]:
    """Return the first of `frames`, and all of them, still to be taken one by one."""
    coming = iter(frames)
    first = next(coming, None)
    return first, coming if first is None else chain([first], coming)


def _times(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"


def _padded(frame: Frame, free: int) -> Frame:
    return np.pad(frame, ((free, free), (free, free), (0, 0))) if free else frame


def harden(canvas: Canvas, platform: Platform, ground: Ground | None) -> None:
    """Do what the format's one bit of alpha asks for, and fill the background where the platform wants one."""
    if platform.format in ONE_BIT and ground is None and not platform.opaque:
        canvas.steps += cut_to_one_bit(canvas.pictures, canvas.drawn).words()
    for index, frame in enumerate(canvas.pictures):
        if platform.opaque:
            canvas.pictures[index] = lay_on(frame, _WHITE, from_alpha=0)
        elif platform.format in ONE_BIT and ground is not None:
            canvas.pictures[index] = lay_on(frame, GROUND_COLOURS[ground], from_alpha=VISIBLE_FROM)
    if platform.format in ONE_BIT and ground is not None and not platform.opaque:
        canvas.steps.append(f"soft edges are mixed with a {ground} ground: on another they show a fringe")


def lay_on(frame: Frame, colour: tuple[int, int, int], from_alpha: int) -> Frame:
    """Lay `frame` (H×W×4) on `colour`: opaque wherever its alpha is at least `from_alpha`, elsewhere all zero."""
    share = frame[..., 3:].astype(np.float32) / 255
    laid: Frame = np.empty_like(frame)
    laid[..., :3] = np.rint(frame[..., :3] * share + np.array(colour, np.float32) * (1 - share))
    laid[..., 3] = 255
    laid[frame[..., 3] < from_alpha] = 0
    return laid
