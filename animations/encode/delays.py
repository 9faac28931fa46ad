"""Delays of frames: fewer or more of them in the same time, another length, and a format's own units."""

from collections.abc import Sequence
from itertools import pairwise


def thin_frames(delays_ms: Sequence[int], count: int) -> tuple[list[int], list[int]]:
    """Choose `count` frames to keep, evenly spread, and their delays (ms); the total is unchanged.

    A kept frame is shown from its own time until the next kept one's, so that nothing moves faster or later.
    """
    total = len(delays_ms)
    if count >= total:
        return list(range(total)), list(delays_ms)
    kept = [index * total // count for index in range(count)]
    ends = [*kept[1:], total]
    return kept, [sum(delays_ms[start:end]) for start, end in zip(kept, ends, strict=True)]


def to_units(delays_ms: Sequence[int], unit_ms: int, least: int = 1) -> list[int]:
    """Convert `delays_ms` to whole units of `unit_ms`, at least `least` each, the rounding spread over the frames.

    Each frame ends at the unit nearest to its true end, so errors never add up: 25 ms in units of 10 is 3, 2, 3, 2 …
    """
    found: list[int] = []
    due = shown = 0
    for delay in delays_ms:
        due += delay
        units = max(least, (due + unit_ms // 2) // unit_ms - shown)
        found.append(units)
        shown += units
    return found


def lend_time(delays_ms: Sequence[int], is_kept: Sequence[bool]) -> list[int]:
    """Return the delays (ms) of the kept frames once the others are left out; the total is unchanged.

    One that is left out lends its time to the kept one before it; at the start, to the last, which the loop shows
    before it. Empty if none is kept.
    """
    delays: list[int] = []
    early = 0
    for delay, kept in zip(delays_ms, is_kept, strict=True):
        if kept:
            delays.append(delay)
        elif delays:
            delays[-1] += delay
        else:
            early += delay
    if delays:
        delays[-1] += early
    return delays


def stretch(delays_ms: Sequence[int], total_ms: int) -> list[int]:
    """Return delays (whole ms, at least 1) in the proportions of `delays_ms` that last `total_ms` together."""
    due, total = 0, sum(delays_ms)
    ends = [0]
    for place, delay in enumerate(delays_ms, 1):
        due += delay
        end = (due * total_ms + total // 2) // total
        ends.append(min(max(end, ends[-1] + 1), total_ms - (len(delays_ms) - place)))
    return [end - start for start, end in pairwise(ends)]


def limit_rate(delays_ms: Sequence[int], fps: int) -> tuple[list[int], list[int]]:
    """Choose the frames to keep, and their delays (ms), for at most `fps` frames in each second.

    Where one is too short, all begin on the grid of that rate: two that fall on the same place leave the later.
    """
    if min(delays_ms) * fps >= 1000:
        return list(range(len(delays_ms))), list(delays_ms)
    last = max(1, _place(sum(delays_ms), fps))
    places: dict[int, int] = {}
    due = 0
    for index, delay in enumerate(delays_ms):
        places[min(_place(due, fps), last - 1)] = index
        due += delay
    edges = [-(-place * 1000 // fps) for place in (*places, last)]  # rounded up: no two are nearer than the rate says
    return list(places.values()), [end - start for start, end in pairwise(edges)]


def _place(ms: int, fps: int) -> int:
    return round(ms * fps / 1000)


def split_longest(delays_ms: Sequence[int], count: int) -> tuple[list[int], list[int]]:
    """Hold long frames as several until there are `count`: their indices and delays (ms), of the same total."""
    shown = [[index, delay] for index, delay in enumerate(delays_ms)]
    while len(shown) < count:
        place = max(range(len(shown)), key=lambda at: shown[at][1])
        index, delay = shown[place]
        shown[place : place + 1] = [[index, delay - delay // 2], [index, delay // 2]]
    return [index for index, _ in shown], [delay for _, delay in shown]
