"""Delays of frames: fewer of them without changing the tempo, and delays in a format's own units."""

from collections.abc import Sequence


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

    Each frame ends at the unit nearest to its true end, so errors never add up: 25 ms in units of 10 is 2, 3, 2, 3 …
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
