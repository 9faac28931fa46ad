"""Verify a file, read again from its bytes alone, against each rule of its platform."""

from dataclasses import dataclass
from typing import Final

from animations.encode.appearance.measure import measure_file
from animations.encode.platforms import FOR_EVER, Platform, limits, loop_words
from animations.encode.readers import Playback, Unreadable, read
from animations.encode.visibility import WHITE_FROM, Fullness, name_frames, shows_anything, visible_pixels
from animations.imaging.arrays import Frame

UNREADABLE: Final = "cannot be read"
ALL_SHOW: Final = "every frame"
STANDS_STILL: Final = "stands still"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: its limit, what the file has, and whether that keeps it. Plain values, ready for JSON."""

    rule: str
    limit: int | str
    actual: int | str
    ok: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The measures of a file (px, ms; `loops` 0 is for ever) and a check for each rule of its platform.

    `notes` say, in plain words, what no rule forbids: that little can be seen.
    """

    format: str
    width: int
    height: int
    frames: int
    duration_ms: int
    loops: int
    checks: tuple[Check, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True if every rule is kept."""
        return all(check.ok for check in self.checks)


@dataclass(frozen=True, slots=True)
class _Measured:
    format: str
    width: int
    height: int
    delays_ms: tuple[int, ...]
    loops: int
    white_ground: bool
    empty: tuple[int, ...]
    """The frames in which nothing shows, by index."""
    fullness: Fullness


def verify(data: bytes, platform: Platform) -> Report:
    """Decode `data` frame by frame and measure it against every rule of `platform`.

    A file that cannot be decoded gives a report that is not ok; nothing is raised.
    """
    try:
        found = _measured(read(data), platform)
        flashes = _most_flashes(data) if platform.flashes_max is not None else 0
    except Unreadable:
        return Report("", 0, 0, 0, 0, 0, (Check("format", platform.format, UNREADABLE, ok=False),))
    checks = _checks(found, len(data), flashes, platform)
    duration = sum(found.delays_ms)
    sizes = found.format, found.width, found.height, len(found.delays_ms), duration, found.loops
    return Report(*sizes, checks, tuple(found.fullness.words()))


def _measured(file: Playback, platform: Platform) -> _Measured:
    """Look at every frame. Raises `Unreadable` for a file that has fewer of them than it says."""
    empty: list[int] = []
    fullness, white, count = Fullness(), True, 0
    for pixels in file.frames:
        visible = visible_pixels(pixels, on_white=platform.opaque)
        fullness.add(visible)
        if not shows_anything(visible):
            empty.append(count)
        white = white and (not platform.opaque or _on_white(pixels))
        count += 1
    if count != len(file.delays_ms):
        raise Unreadable("frames are missing")
    sizes = file.format, file.width, file.height, file.delays_ms, file.loops
    return _Measured(*sizes, white, tuple(empty), fullness)


def _most_flashes(data: bytes) -> int:
    seen = measure_file(data)
    return max(seen.flashes, seen.red_flashes) if seen else 0


def _on_white(pixels: Frame) -> bool:
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1], :3]
    return bool((pixels[..., 3] == 255).all() and (corners >= WHITE_FROM).all())


def _checks(found: _Measured, size: int, flashes: int, platform: Platform) -> tuple[Check, ...]:
    """Check each of the platform's `limits`, in their order, and that no frame is empty."""
    frames, duration, shortest = len(found.delays_ms), sum(found.delays_ms), min(found.delays_ms)
    seen: dict[str, tuple[int | str, bool]] = {
        "format": (found.format, found.format == platform.format),
        "pixels": (f"{found.width}×{found.height}", platform.pixels.allows(found.width, found.height)),
        "bytes": (size, size <= (platform.bytes_max or size)),
        "frames": (frames, platform.frames_min <= frames <= (platform.frames_max or frames)),
        "duration_ms": (duration, _duration_ok(duration, found.loops, platform)),
        "all_plays_ms": (plays := duration * max(1, found.loops), plays <= (platform.duration_max_ms or plays)),
        "fps": _rate(found.delays_ms, platform),
        "delay_ms": (STANDS_STILL, True) if frames == 1 else (shortest, shortest >= platform.delay_min_ms),
        "flashes": (flashes, flashes <= (platform.flashes_max or flashes)),
        "loops": (STANDS_STILL, True) if frames == 1 else _loops(found.loops, platform),
        "background": ("as asked" if found.white_ground else "not white", found.white_ground),
    }
    shown = f"nothing shows in {name_frames(found.empty)}" if found.empty else ALL_SHOW
    allowed = frames - 1 if platform.opaque else 0  # what is white may pass by on white, but not all the time
    visible = Check("visible", ALL_SHOW, shown, len(found.empty) <= allowed)
    return (*(Check(rule, limit, *seen[rule]) for rule, limit in limits(platform).items()), visible)


def _duration_ok(duration_ms: int, loops: int, platform: Platform) -> bool:
    if platform.durations_ms:
        return duration_ms in platform.durations_ms
    total = duration_ms * max(1, loops) if platform.duration_counts_loops else duration_ms
    return platform.duration_max_ms is None or total <= platform.duration_max_ms


def _rate(delays_ms: tuple[int, ...], platform: Platform) -> tuple[str, bool]:
    """Measure the frames a second over the whole file; no frame may be shorter than that rate says.

    WebM counts in whole milliseconds: at 30 a second some frames take 33, and the last may lose one.
    """
    if len(delays_ms) == 1:
        return STANDS_STILL, True
    count, total, most = len(delays_ms), sum(delays_ms), platform.fps_max or 1000
    return f"{1000 * count / total:.3g}", 1000 * count <= most * (total + 1) and min(delays_ms) >= 1000 // most


def _loops(loops: int, platform: Platform) -> tuple[str, bool]:
    least, most = platform.loops or (loops, loops)
    ok = loops == FOR_EVER if most == FOR_EVER else least <= loops <= most
    return loop_words(loops, loops), ok
