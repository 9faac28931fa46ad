"""The options of an export: what to give up last, the ground it will stand on, how often it plays, dithering."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, get_args

from animations.encode.platforms.platform import COUNTS_LOOPS, FOR_EVER, Platform

Prefer = Literal["smooth", "sharp", "large"]
Ground = Literal["light", "dark"]
Dither = Literal["on", "off"]
PREFER: Final[tuple[Prefer, ...]] = get_args(Prefer)
GROUNDS: Final[tuple[Ground, ...]] = get_args(Ground)
DITHER: Final[tuple[Dither, ...]] = get_args(Dither)
MAX_LOOPS: Final = 4


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Choices that hold for every platform of an export.

    `prefer` says what is kept longest under a byte limit: frames, quality or pixels; `None` is the order of least
    harm. `ground` is the theme that hard edges are made for. `loops` 0 is for ever; a platform's own rule wins.
    `dither` is for a GIF; `None` dithers smooth colours where that is measured to look better.
    """

    prefer: Prefer | None = None
    ground: Ground | None = None
    loops: int = FOR_EVER
    dither: Dither | None = None

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "ExportOptions":
        """Read what `stored` says; the usual where it says nothing."""
        loops = stored.get("loops") or FOR_EVER
        return cls(stored.get("prefer"), stored.get("ground"), loops, stored.get("dither"))

    def write(self) -> dict[str, Any]:
        """Return what differs from the usual, so that equal options are equal rows."""
        return {name: value for name, value in asdict(self).items() if value}


DEFAULT_OPTIONS: Final = ExportOptions()


def with_options(platform: Platform, options: ExportOptions) -> Platform:
    """Return `platform` with the rule that `options` adds: where it takes any number of plays, the one asked for."""
    if platform.loops is not None or platform.format not in COUNTS_LOOPS:
        return platform
    return replace(platform, loops=(options.loops, options.loops))
