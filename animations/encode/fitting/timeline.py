"""The times of an export, as a platform wants them: the length of one play, its frames, how often it plays."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from animations.encode.delays import limit_rate, split_longest, stretch, thin_frames
from animations.encode.platforms import COUNTS_LOOPS, FOR_EVER, Platform, either, loop_words


@dataclass(frozen=True, slots=True)
class Timeline:
    """`kept` says which frame is shown at each place, and `delays_ms` how long. `steps` says what was changed."""

    kept: list[int]
    delays_ms: list[int]
    loops: int
    steps: list[str]


def keep_time(delays_ms: Sequence[int], platform: Platform, asked_loops: int = FOR_EVER) -> Timeline:
    """Bring the frames with these delays into the platform's length, rate and number of frames."""
    steps: list[str] = []
    total = sum(delays_ms)
    length = play_length(total, platform)
    delays = list(delays_ms) if length == total else stretch(delays_ms, length)
    if length != total:
        steps.append(_length_words(total, length, platform))
    kept, delays = limit_rate(delays, _most_fps(platform))
    if len(kept) < len(delays_ms):
        steps.append(f"{len(kept)} of {len(delays_ms)} frames kept, in the same time: no more a second are taken")
    kept, delays = _keep_count(kept, delays, platform, steps)
    loops = count_plays(sum(delays), platform, asked_loops)
    if asked_loops and loops != asked_loops:
        steps.append(f"plays {loop_words(loops, loops)}: {_loops_reason(platform)}")
    return Timeline(kept, delays, loops, steps)


def play_length(total_ms: int, platform: Platform) -> int:
    """Return how long (ms) one play of an animation of `total_ms` takes on `platform`: as near as it may be."""
    if platform.durations_ms:
        return min(platform.durations_ms, key=lambda length: abs(math.log(length / total_ms)))
    return min(total_ms, platform.duration_max_ms or total_ms)


def count_plays(play_ms: int, platform: Platform, asked: int) -> int:
    """Return how often a file whose play takes `play_ms` is to play: as asked, if the platform and its format can."""
    if platform.loops is None:
        return asked if platform.format in COUNTS_LOOPS else FOR_EVER
    least, most = platform.loops
    if most == FOR_EVER:
        return FOR_EVER
    if platform.duration_counts_loops and platform.duration_max_ms:
        most = min(most, platform.duration_max_ms // play_ms)
    return max(least, min(asked or most, most))


def _most_fps(platform: Platform) -> int:
    """Return the frames a second that the platform's rules come to; a thousand where there is none."""
    return platform.fps_max or 1000 // max(1, platform.delay_min_ms)


def _keep_count(
    kept: list[int], delays: list[int], platform: Platform, steps: list[str]
) -> tuple[list[int], list[int]]:
    if platform.frames_max is not None and len(kept) > platform.frames_max:
        steps.append(f"{platform.frames_max} of {len(kept)} frames kept, in the same time: the platform's most")
        chosen, delays = thin_frames(delays, platform.frames_max)
        return [kept[index] for index in chosen], delays
    if len(kept) < platform.frames_min:
        steps.append(f"frames are held as several, {platform.frames_min} in all: the platform's least")
        chosen, delays = split_longest(delays, platform.frames_min)
        return [kept[index] for index in chosen], delays
    return kept, delays


def _length_words(total: int, length: int, platform: Platform) -> str:
    pace = "slower" if length > total else "faster"
    taken = [f"{each / 1000:g}" for each in platform.durations_ms]
    rule = f"{either(taken)} s" if taken else f"at most {length / 1000:g} s"
    return f"plays {pace}, in {length / 1000:g} s instead of {total / 1000:g} s: {platform.label} takes {rule}"


def _loops_reason(platform: Platform) -> str:
    if platform.loops is None:
        return f"{platform.format} cannot say how often"
    return f"{platform.label} takes nothing else"
