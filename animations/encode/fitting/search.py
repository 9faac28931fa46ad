"""The search for the best file within a byte budget: quality, frames and pixels go in the order of their harm."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from animations.encode.delays import thin_frames
from animations.encode.frames import fit_canvas
from animations.encode.platforms import Platform, Prefer
from animations.encode.quality import QualityScale, best_step
from animations.imaging.arrays import Frame

MIN_FRAMES: Final = 2
# A stage is skipped, unmeasured, when it is expected to need more steps than this below its floor.
MAX_STEPS_SHORT: Final = 3


@dataclass(frozen=True, slots=True)
class Stage:
    """A share of the frames that is kept, which of the scale's floors quality may fall to, a share of the sides."""

    frames: float
    floor: int
    sides: float = 1.0


_LAST: Final = (Stage(1 / 2, 2, 1 / 2), Stage(1 / 4, 2, 1 / 2), Stage(1 / 8, 2, 1 / 2), Stage(0, 2, 1 / 4))
STAGES: Final[dict[Prefer | None, tuple[Stage, ...]]] = {
    None: (
        Stage(1, 0), Stage(3 / 4, 0), Stage(2 / 3, 0), Stage(2 / 3, 1), Stage(1 / 2, 1), Stage(1 / 2, 1, 3 / 4),
        Stage(1 / 2, 2, 3 / 4), Stage(1 / 3, 2, 3 / 4), *_LAST,
    ),
    "smooth": (
        Stage(1, 0), Stage(1, 1), Stage(1, 1, 3 / 4), Stage(1, 2), Stage(1, 2, 3 / 4), Stage(1, 2, 1 / 2),
        Stage(3 / 4, 2, 1 / 2), *_LAST,
    ),
    "sharp": (
        Stage(1, 0), Stage(3 / 4, 0), Stage(2 / 3, 0), Stage(1 / 2, 0), Stage(1 / 3, 0), Stage(1 / 4, 0),
        Stage(1 / 3, 1), Stage(1 / 4, 1), Stage(1 / 4, 2, 3 / 4), *_LAST,
    ),
    "large": (
        Stage(1, 0), Stage(3 / 4, 0), Stage(2 / 3, 0), Stage(2 / 3, 1), Stage(1 / 2, 1), Stage(1 / 2, 2),
        Stage(1 / 3, 2), Stage(1 / 4, 2), Stage(1 / 8, 2), *_LAST,
    ),
}  # fmt: skip
"""In order, for what is to be kept longest; `None` is the least harm to most pictures."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file within the budget, its size (px) and delays, and what it gave up in words."""

    data: bytes
    size: tuple[int, int]
    delays_ms: list[int]
    given_up: list[str]


class Search:
    """The search over stages. Measurements of one stage tell the next where to begin, or that it need not."""

    def __init__(self, pictures: Sequence[Frame], delays_ms: Sequence[int], loops: int, platform: Platform) -> None:
        self._whole, self._pictures = pictures, pictures
        self._delays, self._loops, self._platform = delays_ms, loops, platform
        self._budget = platform.bytes_max or 0
        self._least = max(MIN_FRAMES, platform.frames_min)
        self._kept, self._kept_delays = list(range(len(pictures))), list(delays_ms)
        self._files: dict[int, bytes] = {}
        self._known: tuple[float, int, float] | None = None
        """Pixels, step and log(bytes / budget) of the last failure."""

    def run(self, scale: QualityScale, prefer: Prefer | None) -> Found | None:
        """Return the file of the first stage that is within the budget; `None` if none is."""
        for stage in STAGES[prefer]:
            count = max(min(len(self._whole), self._least), round(len(self._whole) * stage.frames))
            step = self._best(count, self._size(stage.sides), scale, scale.floors[stage.floor])
            if step is not None:
                return Found(self._files[step], self._shown_size, self._kept_delays, self._given_up(scale, step))
        return None

    def _best(self, count: int, size: tuple[int, int], scale: QualityScale, floor: int) -> int | None:
        """Find the best step, down to `floor`, at which `count` frames of `size` are within the budget, or `None`."""
        start = self._expected(count * size[0] * size[1], scale)
        is_last = count == min(len(self._whole), self._least)
        if start > floor + MAX_STEPS_SHORT and not is_last:
            return None
        self._show(count, size)
        step = best_step(lambda at: self._measure(scale, at), self._budget, floor, min(start, floor), scale.slope)
        if step is None:
            excess = math.log(len(self._files[floor]) / self._budget)
            self._known = (count * size[0] * size[1], floor, excess)
        return step

    def _show(self, count: int, size: tuple[int, int]) -> None:
        if count == len(self._kept) and size == self._shown_size:
            return
        self._files.clear()
        self._kept, self._kept_delays = thin_frames(self._delays, count)
        if size != self._shown_size:
            is_whole = size == (self._whole[0].shape[1], self._whole[0].shape[0])
            self._pictures = self._whole if is_whole else [fit_canvas(frame, *size) for frame in self._whole]

    @property
    def _shown_size(self) -> tuple[int, int]:
        height, width = self._pictures[0].shape[:2]
        return width, height

    def _size(self, share: float) -> tuple[int, int]:
        height, width = self._whole[0].shape[:2]
        return self._platform.pixels.smaller(width, height, share) if share < 1 else (width, height)

    def _expected(self, pixels: int, scale: QualityScale) -> int:
        """Return the step at which so many pixels should just fit, by what the last failure measured."""
        if self._known is None:
            return 0
        before, step, excess = self._known
        return max(0, math.ceil(step + (excess + math.log(pixels / before)) / scale.slope))

    def _measure(self, scale: QualityScale, step: int) -> int:
        if step not in self._files:
            pictures = [self._pictures[index] for index in self._kept]
            self._files[step] = scale.steps[step].encode(pictures, self._kept_delays, loops=self._loops)
        return len(self._files[step])

    def _given_up(self, scale: QualityScale, step: int) -> list[str]:
        """Say what the file of `step` lacks, and that its bytes are why."""
        said = []
        if len(self._kept) < len(self._whole):
            said.append(f"{len(self._kept)} of {len(self._whole)} frames kept, in the same time")
        if self._shown_size != self._size(1):
            said.append("{}×{} instead of {}×{} pixels".format(*self._shown_size, *self._size(1)))
        if step:
            said.append(f"{scale.steps[step].words} instead of {scale.steps[0].words}")
        used, most = len(self._files[step]) / 1000, self._budget / 1000
        limit = f"the file size is the limit: {used:.1f} of {most:g} kB"
        return [limit, *said] if said else []
