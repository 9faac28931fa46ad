"""A platform's rules: the sizes, bytes, frames and times that it takes, and how they read in a report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

FOR_EVER: Final = 0
SIZE_IS_THE_LIMIT: Final = "the file size is the limit"
"""The beginning of the step that says why others follow it."""
MIN_SIDE: Final = 48
"""Px: a picture is not made smaller than this to save bytes."""

Format = Literal["GIF", "APNG", "WebP", "AVIF", "WebM", "PNG ZIP"]
Sure = Literal["A", "B", "C"]
Kind = Literal["emoji", "sticker", "file"]
READ_ON: Final = "2026-11-29"


@dataclass(frozen=True, slots=True)
class SizeRule:
    """The sizes that a platform takes, all in pixels.

    `width` × `height` is the largest canvas. `exact` means nothing smaller will do, `square` that both sides are
    equal, `sides` lists the only sides of a square that are taken, `longest_min` is the least that the longer
    side may measure. A rule without `width` leaves the picture as it is.
    """

    width: int = 0
    height: int = 0
    exact: bool = False
    square: bool = False
    sides: tuple[int, ...] = ()
    longest_min: int = 0

    def allows(self, width: int, height: int) -> bool:
        """Return whether a file of this size keeps the rule."""
        if not self.width:
            return True
        if self.exact:
            return (width, height) == (self.width, self.height)
        if (self.square or self.sides) and width != height:
            return False
        if self.sides:
            return width in self.sides
        return width <= self.width and height <= self.height and max(width, height) >= self.longest_min

    def target(self, width: int, height: int) -> tuple[int, int]:
        """Return the canvas, as (width, height), that a picture of `width` × `height` is put on for this platform."""
        if not self.width or (not self.exact and self.allows(width, height)):
            return width, height
        if self.exact:
            return self.width, self.height
        longest = max(width, height)
        if self.sides:
            side = max((side for side in self.sides if side <= longest), default=min(self.sides))
            return side, side
        if self.square:
            side = min(max(longest, self.longest_min), self.width)
            return side, side
        scale = min(self.width / width, self.height / height)
        return max(1, round(width * scale)), max(1, round(height * scale))

    def smaller(self, width: int, height: int, share: float) -> tuple[int, int]:
        """Return a canvas of `share` of the sides of `width` × `height`, or the smallest above it that is taken.

        Of fixed `sides` it is the largest that is no larger, or else the smallest. Where no smaller canvas is taken,
        the size is unchanged.
        """
        if self.sides:
            side = max((side for side in self.sides if side <= width * share), default=min(self.sides))
            return min(side, width), min(side, height)
        least = max(MIN_SIDE / min(width, height), self.longest_min / max(width, height))
        share = min(1, max(share, least))
        size = round(width * share), round(height * share)
        return size if not self.exact and self.allows(*size) else (width, height)

    def __str__(self) -> str:
        if not self.width:
            return "as the project"
        if self.exact:
            return f"{self.width}×{self.height}"
        if self.sides:
            return f"square, {either(self.sides)}"
        words = f"{'square, ' if self.square else ''}≤ {self.width}×{self.height}"
        return ", ".join((words, f"longer side ≥ {self.longest_min}")) if self.longest_min else words


@dataclass(frozen=True, slots=True)
class Platform:
    """One export target: sizes (px), bytes (decimal) and times (ms); `None` or 0 is "no rule".

    `sure` says how well the rules are known: A official or the product's own code, B several sources agree,
    C one source or an old one; they were read at `source` on the day `read_on`. `loops` is the least and most times
    the file plays, (0, 0) meaning for ever and `None` as often as is asked for. `durations_ms` are the only times
    that one play may take; `duration_max_ms` counts all plays if `duration_counts_loops`. `margin` is left free on
    each side, as a share of the canvas. `flashes_max` is the most flashes in any second.
    """

    slug: str
    label: str
    format: Format
    pixels: SizeRule
    bytes_max: int | None = None
    frames_min: int = 1
    frames_max: int | None = None
    duration_max_ms: int | None = None
    durations_ms: tuple[int, ...] = ()
    duration_counts_loops: bool = False
    delay_min_ms: int = 0
    fps_max: int | None = None
    loops: tuple[int, int] | None = (FOR_EVER, FOR_EVER)
    flashes_max: int | None = None
    opaque: bool = False
    margin: float = 0.0
    sure: Sure = "A"
    source: str = ""
    read_on: str = READ_ON
    note: str = ""
    how_to_add: str = ""
    """The way to the emoji in the platform's own program; `{name}` is the name to type there."""
    shown_px: tuple[int, int, int] = (20, 16, 128)
    """The sides at which it is shown: in a message, under one as a reaction, alone in one."""
    extension: str = ""
    kind: Kind = "emoji"

    @property
    def mime(self) -> str:
        """The media type that the file is served with."""
        return MIME[self.format]

    @property
    def suffix(self) -> str:
        """The end of the file's name, without the dot: the format's own unless the platform wants another."""
        return self.extension or EXTENSION[self.format]

    @property
    def download_label(self) -> str:
        """The text of the button that downloads the file: "Download for Slack", "Download GIF"."""
        return f"Download for {self.label.removesuffix(' emoji')}" if self.how_to_add else f"Download {self.label}"


MIME: Final[dict[Format, str]] = {
    "GIF": "image/gif",
    "APNG": "image/apng",
    "WebP": "image/webp",
    "AVIF": "image/avif",
    "WebM": "video/webm",
    "PNG ZIP": "application/zip",
}
EXTENSION: Final[dict[Format, str]] = {
    "GIF": "gif",
    "APNG": "png",
    "WebP": "webp",
    "AVIF": "avif",
    "WebM": "webm",
    "PNG ZIP": "zip",
}

ONE_BIT: Final[tuple[Format, ...]] = ("GIF",)
"""Formats in which a pixel is there or not."""
COUNTS_LOOPS: Final[tuple[Format, ...]] = ("GIF", "APNG", "WebP")
"""Formats that can say how often they play."""


def limits(platform: Platform) -> dict[str, int | str]:
    """Return every rule of `platform` by name, in the order a report shows them; what is not limited is absent."""
    found: dict[str, int | str] = {"format": platform.format, "pixels": str(platform.pixels)}
    if platform.bytes_max is not None:
        found["bytes"] = platform.bytes_max
    found |= _frame_limits(platform) | _time_limits(platform)
    if platform.delay_min_ms:
        found["delay_ms"] = f"≥ {platform.delay_min_ms}"
    if platform.fps_max is not None:
        found["fps"] = platform.fps_max
    if platform.flashes_max is not None:
        found["flashes"] = platform.flashes_max
    if platform.loops is not None:
        found["loops"] = loop_words(*platform.loops)
    if platform.opaque:
        found["background"] = "white, nothing transparent"
    return found


def are_measured(checks: Iterable[Mapping[str, Any]], platform: Platform) -> bool:
    """Return whether the `checks` of a report have measured every rule of `platform` as it is now."""
    measured = {check["rule"]: check["limit"] for check in checks}
    return all(measured.get(rule) == limit for rule, limit in limits(platform).items())


def _frame_limits(platform: Platform) -> dict[str, int | str]:
    least, most = platform.frames_min, platform.frames_max
    if most is None:
        return {"frames": f"≥ {least}"} if least > 1 else {}
    return {"frames": most if least <= 1 else f"{least}–{most}"}


def _time_limits(platform: Platform) -> dict[str, int | str]:
    found: dict[str, int | str] = {}
    if platform.durations_ms:
        found["duration_ms"] = either(platform.durations_ms)
        if platform.duration_max_ms is not None:
            found["all_plays_ms"] = platform.duration_max_ms
    elif platform.duration_max_ms is not None:
        found["duration_ms"] = platform.duration_max_ms
    return found


def either(values: Sequence[object]) -> str:
    """Name the values of which one is taken: "1000, 2000 or 3000"."""
    *others, last = map(str, values)
    return f"{', '.join(others)} or {last}" if others else last


def loop_words(least: int, most: int) -> str:
    """Say how often a file plays: 'for ever', '3' or '1–4'."""
    if least == most:
        return "for ever" if least == FOR_EVER else str(least)
    return f"{least}–{most}"
