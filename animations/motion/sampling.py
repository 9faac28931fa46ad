"""Sampling of clips: the moments that become frames, and their delays. No NumPy: the web process reads this file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, takewhile
from statistics import median_low

MIN_FRAMES, MAX_FRAMES = 2, 60
USUAL_FRAMES = 24
"""As many as a clip's own timing is thinned to unless more are asked for: each frame is cut out by itself."""
MAX_LOOP_MS = 10_000
MAX_TIMELINE_MS = 3_600_000
"""The longest clip, with every stay as it is in the file."""
MIN_DELAY_MS = 20
"""A frame that is shorter is not seen, and several platforms refuse it."""
LONG_STAY_MS = 1000
"""A picture that stays so long is a slide, not a part of a movement."""

TOO_LONG = f"A loop runs at most {MAX_LOOP_MS // 1000} s. Choose a shorter part."
ONE_PICTURE = "This part of the clip holds one picture only. Choose a longer one, or leave out its end."
ONE_AT_THIS_RATE = "At this rate the part holds one picture only. Choose a higher one."


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame of the loop: the clip's frame `index`, shown in the clip at `at_ms`, and for `delay_ms` in the loop."""

    index: int
    at_ms: int
    delay_ms: int


class CannotSample(ValueError):
    """A part of a clip that makes no loop. `field` is the choice at fault: `start_ms`, `end_ms` or `fps`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def sample(
    times_ms: Sequence[int],
    clip_ms: int,
    start_ms: int = 0,
    end_ms: int | None = None,
    fps: int | None = None,
    most: int = MAX_FRAMES,
) -> list[Moment]:
    """Sample the part of a clip from `start_ms` up to `end_ms`: 2 to 60 moments, whose delays add up to its length.

    `times_ms` are when the clip's frames begin, rising from 0, and `clip_ms` is when the last of them ends. Without
    `end_ms` the part ends with the clip, or after ten seconds, and no picture stays longer than `longest_stay` says.
    Without `fps` the clip's own timing is kept; of more than `most` frames an even choice stays, each until the next.
    With `fps` a frame is taken at even steps; one that is met twice in a row is one moment. No moment is shorter than
    20 ms. Raises `CannotSample`.
    """
    times, clip_end = times_ms, clip_ms
    if end_ms is None and (longest := longest_stay(times_ms, clip_ms, start_ms)) is not None:
        times, clip_end = _shortened(times_ms, clip_ms, start_ms, longest)
    end = min(clip_end, start_ms + MAX_LOOP_MS) if end_ms is None else end_ms
    _check_range(clip_ms, start_ms, end)
    shown = _own_timing(times, start_ms, end) if fps is None else _at_even_steps(times, start_ms, end, fps)
    starts = _thinned(_long_enough(shown, end), most if fps is None else MAX_FRAMES)
    if len(starts) < MIN_FRAMES:
        raise CannotSample("end_ms", ONE_PICTURE) if fps is None else CannotSample("fps", ONE_AT_THIS_RATE)
    ends = [*(at for at, _ in starts[1:]), end]
    return [
        Moment(index, times_ms[index] + at - times[index], until - at)
        for (at, index), until in zip(starts, ends, strict=True)
    ]


def longest_stay(times_ms: Sequence[int], clip_ms: int, start_ms: int = 0) -> int | None:
    """Decide how long (ms) a picture may stay in a loop from `start_ms` on whose end is left open.

    None where all fits as it is, and where what does not fit is no long stay but a long movement: then the first ten
    seconds are the loop. A slideshow keeps all its pictures, each shorter; beside movement a stay is left a second.
    """
    stays = _stays(times_ms, clip_ms, start_ms)
    if sum(stays) <= MAX_LOOP_MS:
        return None
    is_slideshow = len(stays) <= MAX_FRAMES and median_low(stays) >= LONG_STAY_MS
    longest = max(MAX_LOOP_MS // MAX_FRAMES if is_slideshow else LONG_STAY_MS, _longest_that_fits(stays))
    before = sum(takewhile(lambda stay: stay <= longest, stays))
    return longest if before < MAX_LOOP_MS and max(stays) > longest else None


def _stays(times_ms: Sequence[int], clip_ms: int, start_ms: int) -> list[int]:
    """Return how long each picture is shown, of those from `start_ms` on."""
    begins = [start_ms, *(at for at in times_ms if at > start_ms), clip_ms]
    return [until - at for at, until in pairwise(begins)]


def _longest_that_fits(stays: Sequence[int]) -> int:
    """Return the longest stay with which all together are no longer than a loop."""
    left, shared_by = MAX_LOOP_MS, len(stays)
    for stay in sorted(stays):
        if stay * shared_by > left:
            break
        left, shared_by = left - stay, shared_by - 1
    return left // max(1, shared_by)


def _shortened(times_ms: Sequence[int], clip_ms: int, start_ms: int, longest: int) -> tuple[list[int], int]:
    """Return the times and the end of a clip in which no picture from `start_ms` on stays longer."""
    kept = [at for at in times_ms if at <= start_ms]
    ends = accumulate((min(stay, longest) for stay in _stays(times_ms, clip_ms, start_ms)), initial=start_ms)
    _, *later, clip_end = ends
    return [*kept, *later], clip_end


Shown = tuple[int, int]
"""From when (ms, in the clip) which of its frames is shown."""


def _check_range(clip_ms: int, start_ms: int, end_ms: int) -> None:
    if not 0 <= start_ms < clip_ms:
        raise CannotSample("start_ms", f"The clip runs {clip_ms} ms: begin before that.")
    if not start_ms < end_ms <= clip_ms:
        raise CannotSample("end_ms", f"The end must come after the beginning, and within the clip's {clip_ms} ms.")
    if end_ms - start_ms > MAX_LOOP_MS:
        raise CannotSample("end_ms", TOO_LONG)


def _own_timing(times_ms: Sequence[int], start_ms: int, end_ms: int) -> list[Shown]:
    first = _index_at(times_ms, start_ms)
    inside = [(at, index) for index, at in enumerate(times_ms) if start_ms < at < end_ms]
    return [(start_ms, first), *inside]


def _at_even_steps(times_ms: Sequence[int], start_ms: int, end_ms: int, fps: int) -> list[Shown]:
    total = end_ms - start_ms
    count = min(MAX_FRAMES, max(MIN_FRAMES, total * fps // 1000))
    steps = [start_ms + round(total * step / count) for step in range(count)]
    shown = [(at, _index_at(times_ms, at)) for at in steps]
    return [shown[0], *(later for earlier, later in pairwise(shown) if later[1] != earlier[1])]


def _index_at(times_ms: Sequence[int], at_ms: int) -> int:
    """Return the index of the frame on show."""
    return max(0, bisect_right(times_ms, at_ms) - 1)


def _long_enough(shown: list[Shown], end_ms: int) -> list[Shown]:
    """Drop those that would be too short: what comes after one begins in its place; the last lends its time."""
    kept: list[Shown] = []
    for at, index in shown:
        if kept and at - kept[-1][0] < MIN_DELAY_MS:
            kept[-1] = (kept[-1][0], index)
        else:
            kept.append((at, index))
    if len(kept) > 1 and end_ms - kept[-1][0] < MIN_DELAY_MS:
        kept.pop()
    return kept


def _thinned(shown: list[Shown], most: int) -> list[Shown]:
    """Keep at most so many, evenly spread."""
    total = len(shown)
    return shown if total <= most else [shown[step * total // most] for step in range(most)]
