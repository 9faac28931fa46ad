"""Draw frames to finish, H×W×4 straight RGBA, and measure what came of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from animations.finish.draw import finish_frames
from animations.finish.options import Finish
from animations.imaging.arrays import Frame, Size


def disc(side: int, radius: float, centre: tuple[float, float] | None = None, alpha: int = 255) -> Frame:
    """Draw a white disc with a soft edge."""
    x, y = centre or ((side - 1) / 2, (side - 1) / 2)
    frame = np.zeros((side, side, 4), np.uint8)
    frame[..., :3] = 255
    frame[..., 3] = np.rint(np.clip(radius - distances(side, x, y) + 0.5, 0, 1) * alpha)
    return frame


def distances(side: int, x: float, y: float) -> npt.NDArray[np.float64]:
    """Return how far, in px, each pixel is from (x, y)."""
    ys, xs = np.mgrid[:side, :side]
    return np.asarray(np.hypot(xs - x, ys - y))


def block(size: Size, left: int, top: int, right: int, bottom: int) -> Frame:
    """Draw a rectangle of blue noise on nothing."""
    frame = np.zeros((size[1], size[0], 4), np.uint8)
    frame[top:bottom, left:right, 2] = np.random.default_rng(1).integers(60, 250, (bottom - top, right - left))
    frame[top:bottom, left:right, 3] = 255
    return frame


def finished(frames: list[Frame], finish: Finish, target: Size = (128, 128)) -> list[Frame]:
    return list(finish_frames(lambda: frames, finish, lambda _width, _height: target))


def shown_box(frame: Frame) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of all that is opaque."""
    ys, xs = np.nonzero(frame[..., 3] >= 128)
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


def border(frame: Frame) -> npt.NDArray[np.uint8]:
    """Return the alpha of the outermost pixels."""
    alpha = frame[..., 3]
    return np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
