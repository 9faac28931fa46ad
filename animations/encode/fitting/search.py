"""The search for the best file within a byte budget: quality, frames and pixels go in the order of their harm."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from animations.encode.delays import thin_frames
from animations.encode.fitting.similarity import Similarity
from animations.encode.fitting.stages import STAGES, WAYS, WHOLE, Stage
from animations.encode.frames import fit_canvas
from animations.encode.platforms import Platform, Prefer
from animations.encode.progress import Progress
from animations.encode.quality import QualityScale, best_step
from animations.imaging.arrays import Frame

MIN_FRAMES: Final = 2
MAX_SHORT: Final = 0.4
"""In log(bytes): a stage that is expected to miss the budget by more even at its floor is skipped, unmeasured."""
PROBED: Final = 6
"""One frame of so many is encoded to guess where to begin,"""
PROBE_FROM: Final = 18
"""if there are at least so many."""

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A file within the budget, its size (px) and delays, what it gave up in words, and where it was found."""

    data: bytes
    size: Size
    delays_ms: list[int]
    given_up: list[str]
    stage: Stage = WHOLE


class Search:
    """The search over stages. Measurements of one stage tell the next where to begin, or that it need not."""

    def __init__(
        self,
        pictures: Sequence[Frame],
        delays_ms: Sequence[int],
        loops: int,
        platform: Platform,
        scale: QualityScale,
        progress: Progress,
    ) -> None:
        self._whole, self._pictures = pictures, pictures
        self._delays, self._loops, self._platform, self._scale = delays_ms, loops, platform, scale
        self._progress = progress
        self._budget = platform.bytes_max or 0
        self._least = max(MIN_FRAMES, platform.frames_min)
        self._kept, self._kept_delays = list(range(len(pictures))), list(delays_ms)
        self._sizes: dict[int, int] = {}
        self._files: dict[int, bytes] = {}
        """Of what is shown, by step: all sizes that are known, and the files within the budget."""
        self._known: tuple[float, int, float] | None = None
        """Pixels, step and log(bytes / budget) of the last failure, or of the probe."""

    def run(self, prefer: Prefer | None) -> Found | None:
        """Return the best file within the budget; `None` if there is none."""
        if prefer is None:
            return self.at(WHOLE) or self._most_alike()
        return next(filter(None, map(self.at, STAGES[prefer])), None)

    def _most_alike(self) -> Found | None:
        """Return the file of all `WAYS` that looks most like the source.

        A way that would be less alike than the best so far, even if its encoder lost nothing, is not tried.
        """
        similarity = Similarity(self._whole, self._delays)
        best, best_alike = None, 0.0
        for limit, stage in self._limits(similarity):
            if limit <= best_alike:
                break
            found = self.at(stage)
            if found and (alike := similarity.of_file(found.data)) > best_alike:
                best, best_alike = found, alike
        return best

    def _limits(self, similarity: Similarity) -> list[tuple[float, Stage]]:
        """Return each way with how alike it is at most, by its frames times by its pixels; the best first."""
        ways = {(self._count(stage), self._size(stage.sides)): stage for stage in reversed(WAYS)}
        by_count = {count: self._alike_with(count, similarity) for count, _ in ways}
        by_size = {size: self._alike_at(size, similarity) for _, size in ways}
        limits = [(by_count[count] * by_size[size], stage) for (count, size), stage in ways.items()]
        return sorted(limits, key=lambda each: each[0], reverse=True)

    def _alike_with(self, count: int, similarity: Similarity) -> float:
        kept, delays = thin_frames(self._delays, count)
        return similarity.of([self._whole[index] for index in kept].__getitem__, delays)

    def _alike_at(self, size: Size, similarity: Similarity) -> float:
        if size == self._size(1):
            return 1.0
        return similarity.of(lambda index: fit_canvas(self._whole[index], *size), self._delays)

    def at(self, stage: Stage) -> Found | None:
        """Return the best file of a stage, quality going down to its floor; `None` if that is over the budget."""
        self._show(self._count(stage), self._size(stage.sides))
        floor = self._scale.floors[stage.floor]
        start = self._expected()
        if start > floor + MAX_SHORT / self._scale.slope and len(self._kept) > self._fewest:
            return None
        step = best_step(self._measure, self._budget, floor, min(start, floor), self._scale.slope)
        if step is None:
            self._known = (self._pixels, floor, math.log(self._sizes[floor] / self._budget))
            return None
        return Found(self._files[step], self._shown_size, self._kept_delays, self._given_up(step), stage)

    @property
    def _fewest(self) -> int:
        return min(len(self._whole), self._least)

    def _count(self, stage: Stage) -> int:
        return max(self._fewest, round(len(self._whole) * stage.frames))

    def _size(self, share: float) -> Size:
        height, width = self._whole[0].shape[:2]
        return self._platform.pixels.smaller(width, height, share) if share < 1 else (width, height)

    def _show(self, count: int, size: Size) -> None:
        if count == len(self._kept) and size == self._shown_size:
            return
        self._sizes.clear()
        self._files.clear()
        self._kept, self._kept_delays = thin_frames(self._delays, count)
        if size != self._shown_size:
            is_whole = size == self._size(1)
            self._pictures = self._whole if is_whole else [fit_canvas(frame, *size) for frame in self._whole]

    @property
    def _shown_size(self) -> Size:
        height, width = self._pictures[0].shape[:2]
        return width, height

    @property
    def _pixels(self) -> int:
        return len(self._kept) * self._shown_size[0] * self._shown_size[1]

    def _expected(self) -> int:
        """Return the step at which what is shown should just fit, by the last failure or a probe."""
        if self._known is None and len(self._kept) >= PROBE_FROM:
            self._probe()
        if self._known is None:
            return self._scale.fine
        before, step, excess = self._known
        return max(0, math.ceil(step + (excess + math.log(self._pixels / before)) / self._scale.slope))

    def _probe(self) -> None:
        """Encode some of the frames to guess what all would weigh.

        Of a video, whose first frame weighs more than the next, that is only used if those few exceed the budget.
        """
        is_apart = self._scale.frames_are_apart
        step = self._scale.floors[0] // 2 if is_apart else self._scale.fine
        kept = self._kept[::PROBED] if is_apart else self._kept[: len(self._kept) // PROBED]
        size = len(self._encode(kept, [100] * len(kept), step))
        if is_apart or size > self._budget:
            self._known = (self._pixels, step, math.log(size * len(self._kept) / len(kept) / self._budget))

    def _measure(self, step: int) -> int:
        if step not in self._sizes:
            data = self._encode(self._kept, self._kept_delays, step)
            self._sizes[step] = len(data)
            if len(data) <= self._budget:
                self._files[step] = data
        return self._sizes[step]

    def _encode(self, kept: Sequence[int], delays_ms: Sequence[int], step: int) -> bytes:
        pictures = [self._pictures[index] for index in kept]
        return self._scale.steps[step].encode(self._progress.watch(pictures), delays_ms, loops=self._loops)

    def _given_up(self, step: int) -> list[str]:
        """Say what the file of `step` lacks, and that its bytes are why."""
        said = []
        if len(self._kept) < len(self._whole):
            said.append(f"{len(self._kept)} of {len(self._whole)} frames kept, in the same time")
        if self._shown_size != self._size(1):
            said.append("{}×{} instead of {}×{} pixels".format(*self._shown_size, *self._size(1)))
        if step > self._scale.fine:
            said.append(f"{self._scale.steps[step].words} instead of {self._scale.steps[self._scale.fine].words}")
        used, most = len(self._files[step]) / 1000, self._budget / 1000
        limit = f"the file size is the limit: {used:.1f} of {most:g} kB"
        return [limit, *said] if said else []
