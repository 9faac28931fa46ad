"""The subject of a cutout: cropped, premultiplied, and at the sizes it is read at."""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from animations.imaging.arrays import Frame, Premultiplied
from animations.imaging.boxes import box_of
from animations.imaging.levels import visible_level
from animations.imaging.premultiply import shrink_premultiplied

_LEVELS = 2  # halvings: coarser pictures of a card seen edge-on would reach beyond its edge


@dataclass(frozen=True)
class Subject:
    """A subject at rest as premultiplied float32 RGBA, with halved widths and heights of itself, made when needed.

    `half` are the half extents (x, y) of its bounding box in subject units (longest side = 1), `outline` points
    (n×2, subject units) all round its convex hull.
    """

    half: tuple[float, float]
    outline: npt.NDArray[np.float64]
    picture: Premultiplied
    _halved: dict[tuple[int, int], Premultiplied] = field(default_factory=dict)

    def shrunk_to(self, pixels: float) -> "Subject":
        """Return the same subject with a longest side of `pixels`; never larger than it is."""
        height, width = self.picture.shape[:2]
        share = min(1.0, pixels / max(width, height))
        size = (max(1, round(width * share)), max(1, round(height * share)))
        return Subject(self.half, self.outline, cv2.resize(self.picture, size, interpolation=cv2.INTER_AREA))

    def mip_level(self, across: float, down: float) -> tuple[Premultiplied, npt.NDArray[np.float64]]:
        """Return the picture to read from, and the matrix from subject units to it, at a size on the canvas.

        A subject unit is shown `across` and `down` pixels long along its own axes.
        The axes are halved apart, as in a rip map: a card turned edge-on is narrow and as tall as before.
        cv2 counts the centre of the first pixel as 0, so a place p of w pixels is read at p·w − ½.
        """
        height, width = self.picture.shape[:2]
        x, y = self.half
        picture = self._half(_halvings(width, 2 * x * across), _halvings(height, 2 * y * down))
        right, below = picture.shape[1] / (2 * x), picture.shape[0] / (2 * y)
        return picture, np.array([[right, 0, x * right - 0.5], [0, below, y * below - 0.5], [0, 0, 1]])

    def _half(self, across: int, down: int) -> Premultiplied:
        if not across and not down:
            return self.picture
        if (across, down) not in self._halved:
            height, width = self.picture.shape[:2]
            size = (max(1, width >> across), max(1, height >> down))
            self._halved[across, down] = cv2.resize(self.picture, size, interpolation=cv2.INTER_AREA)
        return self._halved[across, down]


def extract_subject(cutout: Frame, size: int, *, whole: bool = False) -> Subject | None:
    """Extract the subject of an H×W×4 straight uint8 cutout, at most twice `size` long; None if nothing shows.

    With `whole` it is all of the cutout, with what is empty round it.
    """
    part = visible_part(cutout, whole=whole)
    if part is None:
        return None
    height, width = part.shape[:2]
    longest = max(width, height)
    half = (width / longest / 2, height / longest / 2)
    seen = (
        np.ones((height, width), np.uint8) if whole else (part[..., 3] >= visible_level(part[..., 3])).view(np.uint8)
    )
    share = min(1.0, 2 * size / longest)
    picture = shrink_premultiplied(part, (max(1, round(width * share)), max(1, round(height * share))))
    picture /= 255
    return Subject(half, _outline(seen) / longest - half, picture)


def visible_part(cutout: Frame, *, whole: bool = False) -> Frame | None:
    """Return the part of an H×W×4 cutout that shows something, or the `whole` of it; None if nothing does."""
    box = box_of(cutout[..., 3])
    if box is None:
        return None
    left, top, right, bottom = (0, 0, cutout.shape[1], cutout.shape[0]) if whole else box
    return cutout[top:bottom, left:right]


def _halvings(had: int, shown: float) -> int:
    """Return how often `had` pixels can be halved and still be nearly as many as are shown."""
    return min(_LEVELS, max(0, math.floor(math.log2(had / (0.75 * max(1.0, shown))))))


def _outline(seen: Frame) -> npt.NDArray[np.float64]:
    """Return the corners of the hull round `seen` (H×W), and eight places along each side: fields bend sides too."""
    rows = np.flatnonzero(seen.any(axis=1))
    first, last = seen.argmax(axis=1)[rows], seen.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)[rows]
    ends = np.concatenate([np.column_stack([first, rows]), np.column_stack([last, rows])])
    corners = ends[:, None] + np.array([(0, 0), (1, 0), (0, 1), (1, 1)])
    hull = cv2.convexHull(corners.reshape(-1, 2).astype(np.float32)).reshape(-1, 2).astype(np.float64)
    along = np.linspace(0, 1, 8, endpoint=False)[:, None, None]
    dense: npt.NDArray[np.float64] = hull + along * (np.roll(hull, -1, axis=0) - hull)
    return dense.reshape(-1, 2)
