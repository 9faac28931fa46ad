"""How alike an animation and its source look to people: structural similarity on a light and on a dark ground.

The measure is SSIM (Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004) of
every colour channel, averaged where anything shows, at moments of the source's own time: frames that are left out
cost what the eye misses of them.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from animations.encode.readers import read
from animations.imaging.arrays import Frame
from animations.imaging.premultiply import premultiply

MOMENTS: Final = 6
MOST_SIDE: Final = 256
"""px of the longer side at which pictures are compared: a sticker is hardly shown larger."""
GROUNDS: Final = (255.0, 32.0)
_SMALL: Final = (6.5025, 58.5225)  # (0.01 · 255)² and (0.03 · 255)², which keep the quotients finite
_RADIUS: Final = 1.5

Picture = npt.NDArray[np.float32]


class Similarity:
    """The similarity of files to one source, of which as many moments as are asked for are drawn once."""

    def __init__(
        self,
        pictures: Sequence[Frame],
        delays_ms: Sequence[int],
        most_side: int = MOST_SIDE,
        moments: int = MOMENTS,
    ) -> None:
        total = sum(delays_ms)
        self._times = [total * (place + 0.5) / moments for place in range(min(moments, len(pictures)))]
        size = _size_within(pictures[0], most_side)
        self._wanted = [_compared(pictures[frame_at(delays_ms, time)], size) for time in self._times]
        self._weights = [_weight(picture) for picture in self._wanted]

    def of(self, show: Callable[[int], Frame], delays_ms: Sequence[int]) -> float:
        """Measure an animation, its frames (H×W×4 straight RGBA of any size) by index: 1 if it looks the same."""
        return self._of(lambda index: self._shrunk(show(index)), delays_ms)

    def of_file(self, data: bytes) -> float:
        """Measure a file as another decoder than its writer shows it."""
        file = read(data)
        needed = {frame_at(file.delays_ms, time) for time in self._times}
        seen = {index: self._shrunk(frame) for index, frame in enumerate(file.frames) if index in needed}
        return self._of(seen.__getitem__, file.delays_ms)

    def _of(self, show: Callable[[int], Picture], delays_ms: Sequence[int]) -> float:
        found = []
        for time, wanted, weight in zip(self._times, self._wanted, self._weights, strict=True):
            seen = show(frame_at(delays_ms, time))
            found += [_ssim(_composite(wanted, on), _composite(seen, on), weight) for on in GROUNDS]
        return float(np.mean(found))

    def _shrunk(self, frame: Frame) -> Picture:
        height, width = self._weights[0].shape
        return _compared(frame, (width, height))


def frame_at(delays_ms: Sequence[int], time: float) -> int:
    """Return which frame is shown at `time` (ms) of a play."""
    ends = list(accumulate(delays_ms))
    return min(int(np.searchsorted(ends, time, side="right")), len(ends) - 1)


def _size_within(frame: Frame, most_side: int) -> tuple[int, int]:
    """Return the width and height of `frame`, shrunk until no side is longer than `most_side`."""
    height, width = frame.shape[:2]
    part = min(1.0, most_side / max(height, width))
    return max(1, round(width * part)), max(1, round(height * part))


def _compared(frame: Frame, size: tuple[int, int]) -> Picture:
    """Return `frame` premultiplied, at `size`."""
    height, width = frame.shape[:2]
    picture = premultiply(frame)
    return picture if size == (width, height) else np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _composite(picture: Picture, ground: float) -> Picture:
    return np.asarray(picture[..., :3] + (ground - picture[..., 3:] * (ground / 255)), np.float32)


def _weight(picture: Picture) -> npt.NDArray[np.bool_]:
    """Return where something shows, and the pixels around."""
    shows = cv2.dilate((picture[..., 3] > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.asarray(shows if shows.any() else np.ones_like(shows), np.bool_)


def _ssim(wanted: Picture, seen: Picture, weight: npt.NDArray[np.bool_]) -> float:
    mean_a, mean_b = _blur(wanted), _blur(seen)
    spread_a, spread_b = _blur(wanted * wanted) - mean_a * mean_a, _blur(seen * seen) - mean_b * mean_b
    shared = _blur(wanted * seen) - mean_a * mean_b
    similarity = (2 * mean_a * mean_b + _SMALL[0]) * (2 * shared + _SMALL[1])
    similarity /= (mean_a * mean_a + mean_b * mean_b + _SMALL[0]) * (spread_a + spread_b + _SMALL[1])
    return float(similarity[weight].mean())


def _blur(picture: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), _RADIUS), np.float32)
