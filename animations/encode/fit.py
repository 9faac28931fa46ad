"""An animation made to keep a platform's rules: pixels, frames and bytes, giving up as little as can be seen."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from animations.encode.containers.gif import encoder
from animations.encode.containers.gif.one_bit import cut_to_one_bit, drawn_alpha
from animations.encode.delays import thin_frames, to_units
from animations.encode.frames import fit_canvas, merge_equal_frames
from animations.encode.pixel_art_frames import fit_pixel_art, split_pixel_art
from animations.encode.platforms import ONE_BIT, Platform
from animations.encode.quality import QUALITY_SCALES, QualityScale, best_step
from animations.encode.visibility import drop_empty, filled_share, name_frames, visible_share
from animations.imaging.arrays import Alpha, Frame

SMALL_BELOW: Final = 0.05
"""Of the canvas: a subject that fills less in every frame is hard to make out, and that is said."""
HARDLY_BELOW: Final = 0.002
"""Of the canvas: fewer visible pixels than this in every frame (32 of 128×128) are lost in a chat, and that is said.
A hair line across it has more, and so have a dozen sparks."""
# In order: the share of the frames that is kept, and which of the scale's floors quality may fall to with it.
STAGES: Final = (
    (1, 0), (3 / 4, 0), (2 / 3, 0), (2 / 3, 1), (1 / 2, 1), (1 / 2, 2), (1 / 3, 2), (1 / 4, 2), (1 / 8, 2), (0, 2),
)  # fmt: skip
MIN_FRAMES: Final = 2
# A stage is skipped, unmeasured, when it is expected to need more steps than this below its floor.
MAX_STEPS_SHORT: Final = 3


class CannotFit(Exception):
    """The animation cannot be made to keep the platform's rules; the message says why, for the person who asked."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A finished file with its measures (px, ms), and in plain words what was given up to keep the rules."""

    data: bytes
    width: int
    height: int
    frames: int
    duration_ms: int
    steps: tuple[str, ...]


def fit(
    frames: Iterable[Frame], delays_ms: Sequence[int], platform: Platform, indices: Sequence[int] | None = None
) -> Fitted:
    """Encode `frames` (H×W×4 straight RGBA uint8, of one size) with their delays as a file that `platform` takes.

    Frames in which nothing shows are left out, their time lent to their neighbours. Free steps come first (equal
    neighbours become one frame, colour that nobody sees goes), then quality, then fewer frames in the same time.
    `frames` are taken one by one and once, so they may be decoded on the way. `indices` says where each stands among
    the frames that people count, if some of those are missing here. Raises `CannotFit`.
    """
    scale = QUALITY_SCALES.get(platform.format)
    if not platform.available or scale is None:
        raise CannotFit(f"{platform.label}: {platform.unavailable_reason or 'no encoder for this format yet'}")
    pictures, drawn, steps = _on_canvas(frames, platform)
    if not pictures or len(pictures) != len(delays_ms):
        raise CannotFit("There are no frames to export, or not one delay for each.")
    height, width = pictures[0].shape[:2]
    delays, empty = _without_empty(pictures, drawn, delays_ms)
    if empty:
        named = name_frames([indices[place] for place in empty] if indices else empty)
        steps.append(f"nothing shows in {named}: left out, the frame before stays on")
    pictures, delays = _prepared(pictures, drawn, delays, platform, steps)
    steps += _smallness(pictures)
    if len(pictures) == 1 < len(delays_ms):
        steps.append("stands still: only one picture is left that differs")
    data, delays, given_up = _within(pictures, delays, scale, platform)
    return Fitted(data, width, height, len(delays), sum(delays), (*steps, *given_up))


def _on_canvas(frames: Iterable[Frame], platform: Platform) -> tuple[list[Frame], list[Alpha | None], list[str]]:
    """Bring `frames` to the size that the platform wants of the first, with their `drawn_alpha` if it is cut."""
    first, coming = _first(frames)
    if first is None:
        return [], [], []
    before = first.shape[1], first.shape[0]
    size = platform.pixels.target(*before)
    steps = [] if size == before else [f"scaled from {before[0]}×{before[1]} to {size[0]}×{size[1]}"]
    art, others = split_pixel_art(coming)
    if art:
        return fit_pixel_art(art, *size), [None for _ in art], steps
    pictures: list[Frame] = []
    drawn: list[Alpha | None] = []
    for frame in others:
        pictures.append(fit_canvas(frame, *size))
        if platform.format in ONE_BIT:
            drawn.append(drawn_alpha(frame, *size))
    return pictures, drawn, steps


def _first(frames: Iterable[Frame]) -> tuple[Frame | None, Iterator[Frame]]:
    """Return the first of `frames`, and all of them, still to be taken one by one."""
    coming = iter(frames)
    first = next(coming, None)
    return first, coming if first is None else chain([first], coming)


def _without_empty(
    pictures: list[Frame], drawn: list[Alpha | None], delays_ms: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Take the frames in which nothing shows out of both lists; return the delays of the others, and which went."""
    delays, empty = drop_empty(pictures, delays_ms)
    if len(empty) == len(pictures):
        raise CannotFit("Nothing shows in any frame.")
    for index in reversed(empty):
        del pictures[index]
        del drawn[index : index + 1]
    return delays, empty


def _smallness(pictures: list[Frame]) -> list[str]:
    """Return a sentence for each way in which little shows in `pictures`, as they go into the file."""
    if visible_share(pictures) < HARDLY_BELOW:
        return [f"hardly anything shows: less than {HARDLY_BELOW * 100:.1f} % of the picture can be seen"]
    if filled_share(pictures) < SMALL_BELOW:
        return [f"small: what shows fills less than {SMALL_BELOW * 100:.0f} % of the picture"]
    return []


def _prepared(
    pictures: list[Frame], drawn: list[Alpha | None], delays: list[int], platform: Platform, steps: list[str]
) -> tuple[list[Frame], list[int]]:
    """Do what costs nothing or is no choice: the format's own limits, equal frames, the number of frames."""
    if platform.format in ONE_BIT:
        steps += cut_to_one_bit(pictures, drawn).words()
    if platform.format == "GIF":
        delays = [units * encoder.UNIT_MS for units in to_units(delays, encoder.UNIT_MS, encoder.MIN_UNITS)]
    if platform.frames_min <= 1:
        pictures, delays = merge_equal_frames(pictures, delays)
    if platform.frames_max is not None and len(pictures) > platform.frames_max:
        steps.append(f"{platform.frames_max} of {len(pictures)} frames kept, in the same time: the platform's most")
        kept, delays = thin_frames(delays, platform.frames_max)
        pictures = [pictures[index] for index in kept]
    return pictures, delays


def _within(
    pictures: list[Frame], delays: list[int], scale: QualityScale, platform: Platform
) -> tuple[bytes, list[int], list[str]]:
    """Return the file of the first stage within the byte budget, with its delays and what it gave up."""
    if platform.bytes_max is None:
        return scale.steps[0].encode(pictures, delays), delays, []
    attempt = _Attempt(pictures, delays, scale, platform.bytes_max)
    for share, which in STAGES:
        count = max(min(len(pictures), MIN_FRAMES), round(len(pictures) * share))
        step = attempt.best(count, scale.floors[which])
        if step is not None:
            return attempt.files[step], attempt.kept_delays, attempt.given_up(step)
    raise CannotFit(f"{platform.label}: more than {platform.bytes_max} bytes even with {MIN_FRAMES} frames.")


class _Attempt:
    """The search over stages. Measurements of one stage tell the next where to begin, or that it need not."""

    def __init__(self, pictures: list[Frame], delays: list[int], scale: QualityScale, budget: int) -> None:
        self.pictures, self.delays, self.scale, self.budget = pictures, delays, scale, budget
        self.files: dict[int, bytes] = {}
        self.kept, self.kept_delays = list(range(len(pictures))), delays
        self.known: tuple[int, int, float] | None = None  # frames, step and log(bytes / budget) of the last failure

    def best(self, count: int, floor: int) -> int | None:
        """Find the best step, down to `floor`, at which `count` frames are within the budget, or `None`."""
        start = self._expected(count)
        if start > floor + MAX_STEPS_SHORT and count > MIN_FRAMES:
            return None
        if count != len(self.kept):
            self.files.clear()
            self.kept, self.kept_delays = thin_frames(self.delays, count)
        step = best_step(self._measure, self.budget, floor, min(start, floor), self.scale.slope)
        if step is None:
            self.known = (count, floor, math.log(len(self.files[floor]) / self.budget))
        return step

    def given_up(self, step: int) -> list[str]:
        """Say what the file of `step` lacks."""
        steps = []
        if len(self.kept) < len(self.pictures):
            steps.append(f"{len(self.kept)} of {len(self.pictures)} frames kept, in the same time")
        if step:
            steps.append(f"{self.scale.steps[step].words} instead of {self.scale.steps[0].words}")
        return steps

    def _expected(self, count: int) -> int:
        """Return the step at which `count` frames should just fit, by what the last failure measured."""
        if self.known is None:
            return 0
        frames, step, excess = self.known
        return max(0, math.ceil(step + (excess + math.log(count / frames)) / self.scale.slope))

    def _measure(self, step: int) -> int:
        if step not in self.files:
            pictures = [self.pictures[index] for index in self.kept]
            self.files[step] = self.scale.steps[step].encode(pictures, self.kept_delays)
        return len(self.files[step])
