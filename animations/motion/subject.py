"""The subject of a cutout: cropped, premultiplied, and at the sizes it is read at."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float32]
Frame = npt.NDArray[np.uint8]

_SEEN = 6  # alpha from which a pixel counts: a matte's dust far out must not shrink the subject
_LEVELS = 4


@dataclass(frozen=True)
class Subject:
    """Premultiplied float32 pictures of one subject, each half as large as the one before.

    `half` are the half extents (x, y) of its bounding box in subject units (longest side = 1), `outline` points
    (n×2, subject units) all round its convex hull.
    """

    half: tuple[float, float]
    outline: npt.NDArray[np.float64]
    levels: tuple[Picture, ...]

    def at(self, pixels: float) -> "Subject":
        """The same subject with a longest side of `pixels` as its largest level; never larger than it was."""
        top = self.levels[0]
        share = min(1.0, pixels / max(top.shape[:2]))
        width, height = (max(1, round(side * share)) for side in (top.shape[1], top.shape[0]))
        return Subject(
            self.half, self.outline, _halved(cv2.resize(top, (width, height), interpolation=cv2.INTER_AREA))
        )

    def level(self, pixels: float) -> tuple[Picture, npt.NDArray[np.float64]]:
        """The level to read from when the subject is shown `pixels` long, and the matrix from subject units to it.

        cv2 counts the centre of the first pixel as 0, so a place p of w pixels is read at p·w − ½.
        """
        fine = [level for level in self.levels if max(level.shape[:2]) >= 0.8 * pixels]
        chosen = fine[-1] if fine else self.levels[0]
        (height, width), (x, y) = chosen.shape[:2], self.half
        across, down = width / (2 * x), height / (2 * y)
        return chosen, np.array([[across, 0, x * across - 0.5], [0, down, y * down - 0.5], [0, 0, 1]])


def subject_of(cutout: Frame, size: int) -> Subject | None:
    """The subject of an H×W×4 straight uint8 cutout, at most twice `size` long; None if there is nothing in it."""
    found = cv2.findNonZero((cutout[..., 3] >= _SEEN).astype(np.uint8))
    if found is None:
        return None
    left, top, width, height = cv2.boundingRect(found)
    longest = max(width, height)
    half = (width / longest / 2, height / longest / 2)
    hull = cv2.convexHull(found).reshape(-1, 2).astype(np.float64)
    outline = (_dense(hull) + 0.5 - (left, top)) / longest - half
    picture = _premultiplied(cutout[top : top + height, left : left + width], min(1.0, 2 * size / longest))
    return Subject(half, outline, (picture,))


def _premultiplied(cutout: Frame, share: float) -> Picture:
    """Shrunk by area and premultiplied, one channel at a time: a whole 2048² picture in float32 is 67 MB."""
    height, width = cutout.shape[:2]
    size = (max(1, round(width * share)), max(1, round(height * share)))
    alpha = cutout[..., 3].astype(np.float32) / np.float32(255)
    planes = []
    for channel in range(3):
        plane = cutout[..., channel].astype(np.float32)
        plane *= alpha
        plane /= np.float32(255)
        planes.append(cv2.resize(plane, size, interpolation=cv2.INTER_AREA))
    planes.append(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA))
    return np.dstack(planes)


def _halved(picture: Picture) -> tuple[Picture, ...]:
    levels = [picture]
    while len(levels) < _LEVELS and min(levels[-1].shape[:2]) >= 8:
        height, width = levels[-1].shape[:2]
        levels.append(cv2.resize(levels[-1], ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA))
    return tuple(levels)


def _dense(hull: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The corners of a hull and eight places along each of its sides: a field bends the sides too."""
    along = np.linspace(0, 1, 8, endpoint=False)[:, None, None]
    following = np.roll(hull, -1, axis=0)
    return (hull + along * (following - hull)).reshape(-1, 2)
