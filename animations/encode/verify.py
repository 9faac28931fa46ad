"""Verify a file, read again from its bytes alone, against each rule of its platform."""

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageFile, ImageSequence

from animations.encode.platforms import FOR_EVER, Platform, limits, loop_words
from animations.encode.visibility import name_frames, shows_anything
from animations.imaging.arrays import Frame

UNREADABLE: Final = "cannot be read"
ALL_SHOW: Final = "every frame"
STANDS_STILL: Final = "stands still"
WHITE_ENOUGH: Final = 250
_ONCE: Final = 1


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: its limit, what the file has, and whether that keeps it. Plain values, ready for JSON."""

    rule: str
    limit: int | str
    actual: int | str
    ok: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The measures of a file (px, ms; `loops` 0 is for ever) and a check for each rule of its platform."""

    format: str
    width: int
    height: int
    frames: int
    duration_ms: int
    loops: int
    checks: tuple[Check, ...]

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


def verify(data: bytes, platform: Platform) -> Report:
    """Decode `data` frame by frame and measure it against every rule of `platform`.

    A file that cannot be decoded gives a report that is not ok; nothing is raised.
    """
    try:
        found = _measured(data, platform)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return Report("", 0, 0, 0, 0, 0, (Check("format", platform.format, UNREADABLE, ok=False),))
    checks = _checks(found, len(data), platform)
    duration = sum(found.delays_ms)
    return Report(found.format, found.width, found.height, len(found.delays_ms), duration, found.loops, checks)


def _measured(data: bytes, platform: Platform) -> _Measured:
    delays: list[int] = []
    empty: list[int] = []
    white = True
    with Image.open(io.BytesIO(data)) as image:
        kind = _format(image)
        loops = _stated_loops(image, kind)
        width, height = image.size
        for frame in ImageSequence.Iterator(image):
            frame.load()
            pixels = np.asarray(frame.convert("RGBA"))
            if not shows_anything(pixels):
                empty.append(len(delays))
            delays.append(round(frame.info.get("duration", 0)))
            white = white and (not platform.opaque or _on_white(pixels))
    return _Measured(kind, width, height, tuple(delays), loops, white, tuple(empty))


def _format(image: ImageFile.ImageFile) -> str:
    names = {"GIF": "GIF", "PNG": "APNG" if image.get_format_mimetype() == "image/apng" else "PNG", "WEBP": "WebP"}
    return names.get(image.format or "", image.format or "")


def _stated_loops(image: Image.Image, kind: str) -> int:
    """Return how often the file plays. A GIF states how often it repeats, and nothing if it plays once."""
    stated = image.info.get("loop")
    if stated is None:
        return _ONCE
    return int(stated) + 1 if kind == "GIF" and stated else int(stated)


def _on_white(pixels: Frame) -> bool:
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1], :3]
    return bool((pixels[..., 3] == 255).all() and (corners >= WHITE_ENOUGH).all())


def _checks(found: _Measured, size: int, platform: Platform) -> tuple[Check, ...]:
    """Check each of the platform's `limits`, in their order, and that no frame is empty."""
    frames, duration, shortest = len(found.delays_ms), sum(found.delays_ms), min(found.delays_ms)
    seen: dict[str, tuple[int | str, bool]] = {
        "format": (found.format, found.format == platform.format),
        "pixels": (f"{found.width}×{found.height}", platform.pixels.allows(found.width, found.height)),
        "bytes": (size, size <= (platform.bytes_max or size)),
        "frames": (frames, platform.frames_min <= frames <= (platform.frames_max or frames)),
        "duration_ms": (duration, _duration_ok(duration, found.loops, platform)),
        "delay_ms": (shortest, shortest >= platform.delay_min_ms),
        "loops": (STANDS_STILL, True) if frames == 1 else _loops(found.loops, platform),
        "background": ("as asked" if found.white_ground else "not white", found.white_ground),
    }
    shown = f"nothing shows in {name_frames(found.empty)}" if found.empty else ALL_SHOW
    visible = Check("visible", ALL_SHOW, shown, not found.empty)
    return (*(Check(rule, limit, *seen[rule]) for rule, limit in limits(platform).items()), visible)


def _duration_ok(duration_ms: int, loops: int, platform: Platform) -> bool:
    total = duration_ms * max(1, loops) if platform.duration_counts_loops else duration_ms
    if platform.durations_ms:
        return total in platform.durations_ms
    return platform.duration_max_ms is None or total <= platform.duration_max_ms


def _loops(loops: int, platform: Platform) -> tuple[str, bool]:
    least, most = platform.loops or (loops, loops)
    ok = loops == FOR_EVER if most == FOR_EVER else least <= loops <= most
    return loop_words(loops, loops), ok
