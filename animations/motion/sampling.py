"""Which moments of a clip become frames, and how long each stays. No NumPy: the web process reads this file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

FEWEST_FRAMES, MOST_FRAMES = 2, 60
LONGEST_MS = 10_000
LEAST_DELAY_MS = 20
"""What is shown for a shorter time is not seen, and several platforms refuse it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame to be: the clip's own frame `index`, on show in the clip at `at_ms`, for `delay_ms` in the loop."""

    index: int
    at_ms: int
    delay_ms: int


class CannotSample(ValueError):
    """This part of the clip makes no loop. `field` is the choice at fault: `start_ms`, `end_ms` or `fps`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def sample(
    times_ms: Sequence[int], clip_ms: int, start_ms: int = 0, end_ms: int | None = None, fps: int | None = None
) -> list[Moment]:
    """The part of a clip from `start_ms` up to `end_ms` as 2 to 60 moments, whose delays add up to its length.

    `times_ms` are when the clip's frames begin, rising from 0, and `clip_ms` is when the last of them ends. Without
    `end_ms` the part ends with the clip, or after ten seconds. Without `fps` the clip's own timing is kept; of more
    than 60 frames an even choice stays, each until the next one. With `fps` a frame is taken at even
    steps; one that is met twice in a row is one moment. No moment is shorter than 20 ms. Raises `CannotSample`.
    """
    end = min(clip_ms, start_ms + LONGEST_MS) if end_ms is None else end_ms
    _check_range(clip_ms, start_ms, end)
    shown = _own(times_ms, start_ms, end) if fps is None else _at_even_steps(times_ms, start_ms, end, fps)
    starts = _thinned(_long_enough(shown, end))
    if len(starts) < FEWEST_FRAMES:
        field = "end_ms" if fps is None else "fps"
        raise CannotSample(field, "This part of the clip holds one picture only. Choose a longer one.")
    ends = [*(at for at, _ in starts[1:]), end]
    return [Moment(index, at, until - at) for (at, index), until in zip(starts, ends, strict=True)]


Shown = tuple[int, int]
"""From when (ms, in the clip) which of its frames is shown."""


def _check_range(clip_ms: int, start_ms: int, end_ms: int) -> None:
    if not 0 <= start_ms < clip_ms:
        raise CannotSample("start_ms", f"The clip runs {clip_ms} ms: begin before that.")
    if not start_ms < end_ms <= clip_ms:
        raise CannotSample("end_ms", f"The end must come after the beginning, and within the clip's {clip_ms} ms.")
    if end_ms - start_ms > LONGEST_MS:
        raise CannotSample("end_ms", f"A loop runs at most {LONGEST_MS // 1000} s. Choose a shorter part.")


def _own(times_ms: Sequence[int], start_ms: int, end_ms: int) -> list[Shown]:
    first = _at(times_ms, start_ms)
    inside = [(at, index) for index, at in enumerate(times_ms) if start_ms < at < end_ms]
    return [(start_ms, first), *inside]


def _at_even_steps(times_ms: Sequence[int], start_ms: int, end_ms: int, fps: int) -> list[Shown]:
    total = end_ms - start_ms
    count = min(MOST_FRAMES, max(FEWEST_FRAMES, total * fps // 1000))
    steps = [start_ms + round(total * step / count) for step in range(count)]
    shown = [(at, _at(times_ms, at)) for at in steps]
    return [shown[0], *(later for earlier, later in pairwise(shown) if later[1] != earlier[1])]


def _at(times_ms: Sequence[int], at_ms: int) -> int:
    """Which frame is on show."""
    return max(0, bisect_right(times_ms, at_ms) - 1)


def _long_enough(shown: list[Shown], end_ms: int) -> list[Shown]:
    """Without those that would be too short: what comes after one begins in its place; the last lends its time."""
    kept: list[Shown] = []
    for at, index in shown:
        if kept and at - kept[-1][0] < LEAST_DELAY_MS:
            kept[-1] = (kept[-1][0], index)
        else:
            kept.append((at, index))
    if len(kept) > 1 and end_ms - kept[-1][0] < LEAST_DELAY_MS:
        kept.pop()
    return kept


def _thinned(shown: list[Shown]) -> list[Shown]:
    """At most 60, evenly spread."""
    total = len(shown)
    if total <= MOST_FRAMES:
        return shown
    return [shown[step * total // MOST_FRAMES] for step in range(MOST_FRAMES)]
