"""The bounds of an export on one core: seconds of a hard photo, and the memory of noise in every container."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from animations.encode.fit import fit
from animations.encode.platforms import PLATFORMS
from animations.encode.verify import verify
from tests.bench.exports.made_files import processor_seconds
from tests.bench.exports.memory import LIMIT_MB, measure_memory
from tests.encode.images import photo

SECONDS: Final = {"slack": (512, 3.0), "telegram_sticker": (512, 8.0)}
"""The side of thirty frames of a photo that fills the canvas, and the processor's seconds that its file may take."""
CONTAINERS: Final = ("gif", "apng", "webp", "avif", "webm", "png_zip", "discord_sticker", "telegram_sticker")


@dataclass(frozen=True)
class Bound:
    """A figure and the most that it may be."""

    words: str
    figure: float
    most: float

    @property
    def met(self) -> bool:
        return self.figure <= self.most


def measure_bounds() -> list[Bound]:
    """Measure them one after the other."""
    return [*_times(), *_memory()]


def _times() -> Iterator[Bound]:
    for slug, (side, most) in SECONDS.items():
        frames = photo(30, side)
        before = processor_seconds()
        verify(fit(frames, [80] * 30, PLATFORMS[slug]).data, PLATFORMS[slug])
        taken = processor_seconds() - before
        yield Bound(f"{slug}: seconds for 30 frames of a photo of {side} px", taken, most)


def _memory() -> Iterator[Bound]:
    for slug in CONTAINERS:
        yield Bound(f"{slug}: MB of worker and work-horse, 60 frames of noise", measure_memory(slug)[0], LIMIT_MB)
