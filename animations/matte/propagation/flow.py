"""Where the pixels of one picture of a clip are in another, and how far that can be trusted.

T. Kroeger, R. Timofte, D. Dai, L. Van Gool, "Fast Optical Flow using Dense Inverse Search" (2016), as OpenCV has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Mask, Picture, Plane, Size

SIDE: Final = 256
"""px of the longer side of the copies that are compared."""

TRUSTED: Final = 1.5
"""px between a place and where one comes back to from it: with less, the motion is known there."""
MOST: Final = 200
"""Points of the subject that are followed."""
NEAREST: Final = 40
"""Of them, that tell how it moves near a place."""
LEAST: Final = 6
"""Points: of fewer nothing can be said."""

Places = npt.NDArray[np.float32]
"""H×W×2: for each pixel, the place (x, y) in px of another picture where the same thing is."""
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Motion:
    """Where each pixel of a frame (H×W) is in the first one.

    `places` goes by what the pixel shows, and from there one comes back `doubt` px beside it; `subject` is where it
    would be if everything moved as the subject does.
    """

    places: Places
    doubt: Plane
    subject: Places

    def enlarged(self, size: Size) -> Motion:
        """Return it for frames of `size` (width, height)."""
        height, width = self.doubt.shape
        across, down = size[0] / width, size[1] / height
        doubt: Plane = cv2.resize(self.doubt, size, interpolation=cv2.INTER_LINEAR) * np.float32(across)
        return Motion(
            _enlarged(self.places, (across, down), size), doubt, _enlarged(self.subject, (across, down), size)
        )


class MotionTracker:
    """Follow what one frame shows through those after it (or before it), each in its turn."""

    def __init__(self, rgb: Picture, subject: Mask, near: Mask) -> None:
        """Begin with a frame (H×W×3 uint8), the subject in it (H×W), and the region where its motion matters."""
        self._first = self._last = _small_grey(rgb)
        self._there = self._back = identity(self._first.shape)
        self._points = self._seen = _find_points(self._first, subject, near)
        self._rigid = np.eye(3)[:2]

    def step(self, rgb: Picture) -> Motion:
        """Return the motion of the next frame (H×W×3 uint8, of the same size as the first), for that size."""
        now = _small_grey(rgb)
        there = read_at(self._there, find_places(now, self._last))
        back = read_at(find_places(self._last, now), self._back)
        self._there, self._back = find_places(now, self._first, there), find_places(self._first, now, back)
        self._follow_points(now)
        self._last = now
        here = identity(now.shape)
        doubt: Plane = np.sqrt(np.square(read_at(self._back, self._there) - here).sum(axis=2))
        subject: Places = cv2.transform(here, self._rigid).astype(np.float32)
        return Motion(self._there, doubt, subject).enlarged((rgb.shape[1], rgb.shape[0]))

    def _follow_points(self, now: Grey) -> None:
        """Follow the subject's points that are still seen; those that are nearest tell how it has moved."""
        if len(self._points) < LEAST:
            return
        moved, _, _ = cv2.calcOpticalFlowPyrLK(self._last, now, self._seen, None)
        back, _, _ = cv2.calcOpticalFlowPyrLK(now, self._last, moved, None)
        kept = np.abs(back - self._seen).max(axis=1) <= 1
        self._points, self._seen = self._points[kept], moved[kept]
        if len(self._points) < LEAST:
            return
        fit, _ = cv2.estimateAffine2D(self._seen[:NEAREST], self._points[:NEAREST])
        if fit is not None:
            self._rigid = fit


def _find_points(grey: Grey, subject: Mask, near: Mask) -> Places:
    """Return places (N×2, x and y) of the subject that can be followed; what is nearest to a region comes first."""
    small = cv2.resize(subject.astype(np.uint8), grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
    found = cv2.goodFeaturesToTrack(grey, MOST, 0.01, 3, mask=small)
    if found is None:
        return np.zeros((0, 2), np.float32)
    points = found.reshape(-1, 2)
    rows, columns = np.nonzero(near)
    middle = np.array([columns.mean(), rows.mean()]) * grey.shape[1] / subject.shape[1]
    nearest: Places = points[np.argsort(np.square(points - middle).sum(axis=1))]
    return nearest


def find_places(picture: Grey, other: Grey, guess: Places | None = None) -> Places:
    """Return where the pixels of `picture` are in `other`, of the same size; a `guess` helps where that is far."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    still = identity(picture.shape)
    flow = search.calc(picture, other, None if guess is None else guess - still)
    places: Places = flow + still
    return places


def read_at(plane: npt.NDArray[np.float32], places: Places) -> npt.NDArray[np.float32]:
    """Return what `plane` (H×W or H×W×C float32) holds at each of the places."""
    read: npt.NDArray[np.float32] = cv2.remap(
        plane, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return read


def identity(shape: tuple[int, ...]) -> Places:
    """Return the places of a picture's own pixels."""
    ys, xs = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    return np.dstack([xs, ys])


def _enlarged(places: Places, by: tuple[float, float], size: Size) -> Places:
    scale = np.array(by, np.float32)
    enlarged: Places = cv2.resize(places, size, interpolation=cv2.INTER_LINEAR) * scale + (scale - 1) / 2
    return enlarged


def _small_grey(rgb: Picture) -> Grey:
    height, width = rgb.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    grey: Grey = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return grey
