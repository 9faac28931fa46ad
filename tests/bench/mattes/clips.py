"""Clips with a true alpha: drawings that move over photos, and mattes of all frames that are wrong in one way.

No two frames are wrong in the same pixels: sizes and places of what is wrong vary as those of a model do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from animations.imaging.arrays import Alpha, Mask, Picture
from animations.motion.language.reader import parse_motion
from animations.motion.rendering.renderer import Renderer
from tests.bench.mattes.damage import fill_holes
from tests.bench.mattes.images import PHOTOS, drawings, read_photo

SIDE: Final = 256
FRAMES: Final = 16
MOTIONS: Final = (
    ("subtle bounce", 0.0),
    ("sway", 0.0),
    ("wobble", 0.0),
    ("nod", 1.5),
    ("float", 1.5),
    ("pulse", 1.5),
    ("shake", 0.0),
    ("subtle jump", 1.5),
    ("swing", 0.0),
    ("jelly", 0.0),
    ("dance", 1.5),
    ("strong sway", 0.0),
)
"""What each clip does, and by how many px a frame the camera moves."""
GREY_NOISE: Final = 2.0
QUALITY: Final = 90
"""Of the JPEG that each frame has been."""
UNEVEN: Final = 0.15
"""By so much of itself what is wrong is larger or smaller in a frame."""


@dataclass(frozen=True)
class Clip:
    """Frames (H×W×3), their true alphas, where each pixel of the subject comes from, and how far the ground moved."""

    name: str
    frames: list[Picture]
    truths: list[Alpha]
    origins: list[Picture]
    shifts: list[np.ndarray]


def clips() -> list[Clip]:
    """Return a clip of each motion, each of another drawing over another photo."""
    shown = list(drawings(3 * len(MOTIONS)))[::3]
    return [_clip(drawing, *MOTIONS[at], at) for at, drawing in enumerate(shown)]


def clip_with_hole(at: int) -> Clip:
    """Return a clip of a drawing that has a hole."""
    holed = [drawing for drawing in drawings(60) if fill_holes(np.ascontiguousarray(drawing[..., 3])) is not None]
    return _clip(holed[at % len(holed)], *MOTIONS[at], at)


def _clip(drawing: Picture, words: str, pan: float, seed: int) -> Clip:
    recipe = parse_motion(words).recipe
    assert recipe is not None
    random_number = np.random.default_rng(seed)
    photo = read_photo(PHOTOS[seed % len(PHOTOS)])
    start = np.array([random_number.integers(0, side - SIDE - 40) for side in photo.shape[1::-1]], float)
    ys, xs = np.mgrid[: drawing.shape[0], : drawing.shape[1]].astype(np.uint8)
    origin = np.dstack([xs, ys, np.zeros_like(xs), drawing[..., 3]])
    subject, origins = Renderer(drawing, SIDE), Renderer(origin, SIDE)
    found = Clip(f"{words}{', camera moves' if pan else ''}", [], [], [], [])
    for index in range(FRAMES):
        drawn = subject.render(recipe, index / FRAMES)
        shift = np.array([pan, 0.4 * pan]) * index
        found.frames.append(_filmed(drawn, photo, start + shift, random_number))
        found.truths.append(np.ascontiguousarray(drawn[..., 3]))
        found.origins.append(origins.render(recipe, index / FRAMES)[..., :2])
        found.shifts.append(shift)
    return found


def _filmed(drawn: Picture, photo: Picture, at: np.ndarray, random_number: np.random.Generator) -> Picture:
    """Lay a frame over the photo at a place of it, with a camera's noise and what a codec leaves."""
    place = np.array([[1, 0, -at[0]], [0, 1, -at[1]]])
    behind = cv2.warpAffine(photo, place, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT).astype(np.float32)
    part = drawn[..., 3:].astype(np.float32) / 255
    mixed = drawn[..., :3] * part + behind * (1 - part) + random_number.normal(0, GREY_NOISE, behind.shape)
    rgb = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    coded = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    decoded: Picture = cv2.cvtColor(cv2.imdecode(coded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    return decoded


Damage = Callable[[Clip, int, np.random.Generator], list[Alpha]]


def leak(clip: Clip, first: int, random_number: np.random.Generator) -> list[Alpha]:
    """Let a blob of background in at the subject's edge; it goes with the subject."""
    origin = _pick(clip, first, _rim(clip.truths[first]), random_number)
    axes, wrong = random_number.integers(9, 20, 2), []
    for index, truth in enumerate(clip.truths):
        at = _place_of(clip, index, origin)
        outwards = _outwards(truth, at)
        middle = at + 6 * outwards + random_number.normal(0, 1.2, 2)
        wrong.append(_ellipse(middle, axes * _uneven(random_number), np.degrees(np.arctan2(*outwards[::-1])) + 90))
    return [np.where(blob, np.uint8(255), truth) for blob, truth in zip(wrong, clip.truths, strict=True)]


def gap(clip: Clip, first: int, random_number: np.random.Generator) -> list[Alpha]:
    """Leave a part of the subject out; the gap goes with the subject."""
    inside = cv2.erode((clip.truths[first] >= 250).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    origin = _pick(clip, first, inside, random_number)
    radius = np.full(2, random_number.uniform(10, 18))
    wrong = [
        _ellipse(_place_of(clip, index, origin) + random_number.normal(0, 1, 2), radius * _uneven(random_number), 0)
        for index in range(FRAMES)
    ]
    return [np.where(blob, np.uint8(0), truth) for blob, truth in zip(wrong, clip.truths, strict=True)]


def thing(clip: Clip, first: int, random_number: np.random.Generator) -> list[Alpha]:
    """Take a thing of the background beside the subject for a part of it; it stays where it is."""
    truth = clip.truths[first]
    beside = (cv2.dilate((truth >= 128).astype(np.uint8), np.ones((21, 21), np.uint8)) > 0) & (truth == 0)
    rows, columns = np.nonzero(beside)
    pick = random_number.integers(len(rows))
    at, axes = np.array([columns[pick], rows[pick]], float), random_number.integers(10, 22, 2)
    angle, wrong = random_number.uniform(0, 180), []
    for shift in clip.shifts:
        place = at - (shift - clip.shifts[first]) + random_number.normal(0, 1, 2)
        wrong.append(_ellipse(place, axes * _uneven(random_number), angle))
    return [np.where(blob, np.uint8(255), alpha) for blob, alpha in zip(wrong, clip.truths, strict=True)]


def pocket(clip: Clip, _first: int, _random_number: np.random.Generator) -> list[Alpha]:
    """Fill the subject's holes; nothing comes of a clip in which one is too small to be seen."""
    filled = [fill_holes(truth) for truth in clip.truths]
    return [alpha for alpha in filled if alpha is not None] if all(alpha is not None for alpha in filled) else []


def _pick(clip: Clip, first: int, among: Mask, random_number: np.random.Generator) -> np.ndarray:
    """Return where in the drawing a pixel comes from, that is picked among some of a frame's."""
    rows, columns = np.nonzero(among & (clip.truths[first] >= 250))
    pick = random_number.integers(len(rows))
    origin: np.ndarray = clip.origins[first][rows[pick], columns[pick]].astype(float)
    return origin


def _place_of(clip: Clip, index: int, origin: np.ndarray) -> np.ndarray:
    """Return where a pixel of the drawing is in a frame."""
    away = np.square(clip.origins[index].astype(np.float32) - origin.astype(np.float32)).sum(axis=2)
    y, x = divmod(int(np.where(clip.truths[index] >= 250, away, np.inf).argmin()), SIDE)
    return np.array([x, y], float)


def _outwards(truth: Alpha, at: np.ndarray) -> np.ndarray:
    """Return the direction (x, y) in which the subject ends at a place of its edge."""
    blurred = cv2.GaussianBlur(truth.astype(np.float32), (0, 0), 5)
    x, y = (int(each) for each in at)
    slope = np.array([cv2.Sobel(blurred, cv2.CV_32F, *axis)[y, x] for axis in ((1, 0), (0, 1))], float)
    outwards: np.ndarray = -slope / max(1e-6, float(np.linalg.norm(slope)))
    return outwards


def _rim(truth: Alpha) -> Mask:
    opaque = (truth >= 128).astype(np.uint8)
    rim: Mask = cv2.morphologyEx(opaque, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    return rim


def _uneven(random_number: np.random.Generator) -> np.ndarray:
    uneven: np.ndarray = random_number.uniform(1 - UNEVEN, 1 + UNEVEN, 2)
    return uneven


def _ellipse(at: Sequence[float] | np.ndarray, axes: np.ndarray, angle: float) -> Mask:
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    centre, sides = (round(float(at[0])), round(float(at[1]))), tuple(max(2, int(axis)) for axis in axes)
    mask: Mask = cv2.ellipse(drawn, centre, (sides[0], sides[1]), float(angle), 0, 360, 1, -1) > 0
    return mask
