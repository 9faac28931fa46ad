"""Frames of a recipe: `Renderer(cutout, size).render(recipe, t)`.

One inverse map takes matrices and fields together, one `cv2.remap` reads the picture: premultiplied float32, cubic.
The subject is fitted to the canvas once for a recipe, so that nothing is cut off at any moment of its loop and the
size does not change between frames. One 256 px frame is too small a job to share between threads: a process that
renders many of them does well to call `cv2.setNumThreads(1)` once at its start.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Frame, Matrix
from animations.imaging.pixel_art import enlarge, reduce_to_art
from animations.imaging.premultiply import unpremultiply
from animations.motion.recipe import Recipe
from animations.motion.rendering.bounds import centre, placing_matrix, posed_bounds, scale_of, unit_lengths
from animations.motion.rendering.effects import apply_effects, cut_at_ledge
from animations.motion.rendering.fields import displace, is_displaced
from animations.motion.rendering.pose import Pose, ledges, pose_layers, posing_matrix
from animations.motion.rendering.shared_scale import LoopBounds, measure_loop, share_scale
from animations.motion.rendering.subject import Subject, extract_subject, visible_part

_NEAR = 0.5  # how far a frame that is made anew goes towards its neighbours' track
MIN_EMOJI_SIDE = 128
"""px of the platforms' smallest usual canvas: one cell of pixel art is one pixel there."""
ROOM = 1.3
"""Of the length of pixel art, that a canvas must have at least for it to be drawn without mixing pixels."""
WORTH_WHOLE = 0.78
"""Of the length it could have: pixel art shrinks that far for pixels that are all of one size, and no further."""
_UNSHRUNK = 1e9  # shown as large as this, a subject is read from none of its halved pictures
_KEPT = 8  # fits remembered: the tracks of one project, and the words of a few retries


@dataclass(frozen=True)
class Fit:
    """The layout of a recipe on the canvas: the matrix from subject units to pixels, and the subject at that size.

    A crisp one shows each pixel of the subject as a whole number of pixels, and mixes none of them.
    """

    canvas: Matrix
    unit: float
    subject: Subject
    is_crisp: bool = False


class Renderer:
    """One cutout on a square canvas, ready for any recipe."""

    def __init__(self, cutout: Frame, size: int, *, whole: bool = False, beside: Iterable[Recipe] = ()) -> None:
        """Take a `cutout` (H×W×4 uint8 straight RGBA) and the side of the canvas in pixels (16 to 1024).

        What shows of the cutout is fitted to the canvas, or, with `whole`, all of it. Pixel art is drawn in cells of
        several pixels, none of them a mixture. Every recipe shares scale and ground line with those `beside` it, as
        the motions of a set do. Raises ValueError for another shape, type or size. A cutout with nothing in it gives
        empty frames.
        """
        if cutout.ndim != 3 or cutout.shape[2] != 4 or cutout.dtype != np.uint8:
            raise ValueError("a cutout is an H×W×4 array of uint8")
        if not 16 <= size <= 1024:
            raise ValueError("size must be between 16 and 1024")
        self.size = size
        art = find_pixel_art(cutout, size, whole=whole)
        self._is_art = art is not None
        self._cell = 1 if art is None else cell_side(art, size)
        self._side = size // self._cell
        self._margin = 1.0 if self._is_art else max(3.0, size * 0.014)
        self._subject = extract_subject(cutout if art is None else art, self._side, whole=whole)
        self._beside = tuple(dict.fromkeys(beside))
        self._loop_bounds: dict[Recipe, LoopBounds] = {}
        self._fits: dict[Recipe, Fit] = {}
        self._places = np.arange(self._side, dtype=np.float32)

    def prepare(self, recipe: Recipe) -> Fit:
        """Measure the fit of `recipe` once: no pixel of the subject leaves the canvas at any moment of the loop.

        Raises ValueError if the cutout is empty.
        """
        if self._subject is None:
            raise ValueError("the cutout is empty")
        if recipe not in self._fits:
            if len(self._fits) >= _KEPT:
                self._fits.pop(next(iter(self._fits)))
            self._fits[recipe] = self._measured(recipe, self._subject)
        return self._fits[recipe]

    def render(self, recipe: Recipe, t: float, near: Recipe | None = None) -> Frame:
        """Draw the frame at `t` (frame i of N is i/N; period 1) as size×size×4 uint8 straight RGBA.

        `near` is the recipe of the track whose frame is made anew: place and size then lie halfway to where that
        track has the subject at `t`, so that one other frame does not jump out of the loop.
        """
        if self._subject is None:
            return np.zeros((self.size, self.size, 4), np.uint8)
        fit = self.prepare(recipe)
        at = pose_layers(recipe, t)
        nudge = np.eye(3) if near is None else self._towards(fit, at, near, t)
        total = nudge @ fit.canvas @ posing_matrix(at, fit.subject.half)
        picture = self._read(fit, at, total)
        for outward in ledges(at):
            rest = nudge @ fit.canvas @ np.array([*np.multiply(outward, fit.subject.half), 1.0])
            picture = cut_at_ledge(picture, outward, float(np.dot(outward, rest[:2])))
        return enlarge(
            unpremultiply(apply_effects(picture, at, fit.unit * nudge[0, 0]) * np.float32(255)), self._cell
        )

    def _measured(self, recipe: Recipe, subject: Subject) -> Fit:
        for each in (recipe, *self._beside):
            if each not in self._loop_bounds:
                self._loop_bounds[each] = measure_loop(subject, each)
        bounds = self._loop_bounds[recipe]
        square = share_scale(bounds, [self._loop_bounds[other] for other in self._beside])
        unit = (self._side - 1 - 2 * self._margin) / square.length
        pixels = max(subject.picture.shape[:2])
        is_crisp = self._is_art and unit >= pixels
        unit = snap_unit(unit, pixels) if is_crisp else unit
        canvas = placing_matrix(unit, (self._side - 1) / 2 - unit * square.middle)
        return Fit(canvas, unit, subject if is_crisp else subject.shrunk_to(unit * bounds.zoom), is_crisp)

    def _towards(self, fit: Fit, at: tuple[Pose, ...], near: Recipe, t: float) -> Matrix:
        """Return the matrix that moves and sizes a posed canvas halfway to `near`'s, and keeps it on the canvas."""
        half = fit.subject.half
        own = fit.canvas @ posing_matrix(at, half)
        other = self.prepare(near).canvas @ posing_matrix(pose_layers(near, t), half)
        grow = (scale_of(other) / scale_of(own)) ** _NEAR
        nudge = placing_matrix(grow, centre(own) + _NEAR * (centre(other) - centre(own)) - grow * centre(own))
        low, high = posed_bounds(fit.subject, at, nudge @ fit.canvas)
        less = min(1.0, (self._side - 1 - 2 * self._margin) / float(max(high - low)))
        middle = (low + high) / 2 * (1 - less)
        inside = np.clip(middle, self._margin - less * low, self._side - 1 - self._margin - less * high)
        return placing_matrix(less, inside) @ nudge

    def _read(self, fit: Fit, at: tuple[Pose, ...], total: Matrix) -> npt.NDArray[np.float32]:
        subject = fit.subject
        level, to_level = subject.mip_level(*((_UNSHRUNK, _UNSHRUNK) if fit.is_crisp else unit_lengths(total)))
        back = np.asarray(np.linalg.inv(total), np.float64)
        if is_displaced(at):
            x, y = displace(at, *self._mapped(back), subject.half)
            (across, _, right), (_, down, below), _ = to_level.astype(np.float32)
            x, y = across * x + right, down * y + below
        else:
            x, y = self._mapped(to_level @ back)
        mode = cv2.INTER_NEAREST if fit.is_crisp else cv2.INTER_CUBIC
        picture = cv2.remap(level, x, y, mode, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        alpha = np.clip(picture[..., 3:], 0, 1)
        return np.concatenate((np.clip(picture[..., :3], 0, alpha), alpha), axis=2)

    def _mapped(self, by: Matrix) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Map every pixel of the canvas through a 3×3 matrix; what lies behind the eye goes far outside."""
        x, y, w = (
            (row[1] * self._places + row[2]).astype(np.float32)[:, None] + np.float32(row[0]) * self._places
            for row in by
        )
        if by[2, 0] or by[2, 1]:
            w = np.where(w > 0.05, w, np.float32(np.nan))
            return np.nan_to_num(x / w, nan=-9.0), np.nan_to_num(y / w, nan=-9.0)
        return x, y


def find_pixel_art(cutout: Frame, size: int, *, whole: bool = False) -> Frame | None:
    """Reduce the drawn part of a cutout to a pixel for each block; None if it is no pixel art that fits `size` px."""
    part = visible_part(cutout, whole=whole)
    art = None if part is None else reduce_to_art(part)
    return art if art is not None and cell_side(art, size) else None


def cell_side(art: Frame, size: int) -> int:
    """Return the px of a cell: about as many cells as the smallest emoji has px, yet room to move; 0 if too few."""
    most = min(-(-size // MIN_EMOJI_SIDE), size // round(ROOM * max(art.shape[:2])))
    return max((cell for cell in range(1, most + 1) if size % cell == 0), default=0)


def snap_unit(unit: float, pixels: int) -> float:
    """Snap `unit` to what gives each of the subject's `pixels` a whole number, unless that costs too much."""
    whole = unit // pixels * pixels
    return whole if whole >= WORTH_WHOLE * unit else unit
