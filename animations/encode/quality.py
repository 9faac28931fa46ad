"""Quality: the settings of each format, best first, and the search for the best that fits a byte budget."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import numpy as np

from animations.encode.containers import apng, avif, png_zip, webp
from animations.encode.containers.gif import encoder as gif
from animations.encode.containers.webm import codec as webm
from animations.encode.platforms import Format
from animations.imaging.arrays import Frame

FULL_ENOUGH: Final = 0.93
PALETTE_FROM_DB: Final = 36.0


class Encode(Protocol):
    """An encoder with its settings."""

    def __call__(self, frames: Sequence[Frame], delays_ms: Sequence[int], /, *, loops: int = 0) -> bytes:
        """Encode `frames` with their delays; `loops` 0 plays for ever."""


@dataclass(frozen=True, slots=True)
class QualityStep:
    """One setting of an encoder: `words` for people, `encode(frames, delays_ms, loops=…)` for the bytes."""

    words: str
    encode: Encode


@dataclass(frozen=True, slots=True)
class QualityScale:
    """An encoder's settings, best first.

    `plain` is the usual where bytes do not matter; steps up to `fine` (by index) look as good to people, and are not
    said to be less. `floors` are the steps that quality may fall to before frames are dropped, before more of them
    are, and in the last resort. `slope` is how much log(bytes) falls from step to step, a first guess. Where
    `frames_are_apart`, each is packed almost by itself, and some of them tell what all weigh. An encoder that
    `reads_once` takes frames one by one and never again.
    """

    steps: tuple[QualityStep, ...]
    plain: QualityStep
    fine: int
    floors: tuple[int, int, int]
    slope: float
    frames_are_apart: bool = True
    reads_once: bool = False


PALETTE_SIZES: Final = tuple(round(2 ** (step / 4)) for step in range(32, 7, -1))
"""256, 215, 181, 152, 128 … 4: four to a halving."""


def _gif(*, dithers: bool = False) -> QualityScale:
    encode = partial(gif.encode, dithers=dithers)
    steps = tuple(QualityStep(f"{size - 1} colours", partial(encode, colours=size)) for size in PALETTE_SIZES)
    floors = PALETTE_SIZES.index(32), PALETTE_SIZES.index(16), len(steps) - 1
    return QualityScale(steps, steps[0], 0, floors, 0.055)


def _apng() -> QualityScale:
    exact, plain = (
        QualityStep("full colour", partial(apng.encode, colours=256, palette_from_db=least))
        for least in (math.inf, PALETTE_FROM_DB)
    )
    rest = (
        QualityStep(f"{size} colours", partial(apng.encode, colours=size, palette_from_db=0.0))
        for size in PALETTE_SIZES
    )
    steps = (exact, *rest)
    floors = 1 + PALETTE_SIZES.index(64), 1 + PALETTE_SIZES.index(32), len(steps) - 1
    return QualityScale(steps, plain, 0, floors, 0.055)


WEBP_KNOTS: Final = (
    (100, 100), (95, 95), (90, 90), (80, 60), (75, 50), (55, 40), (35, 30), (25, 20), (15, 15), (5, 10),
)  # fmt: skip
"""Quality with the quality of alpha that goes with it; steps lie on the lines between."""


def _webp() -> QualityScale:
    qualities = range(100, 0, -5)
    knots = np.array(WEBP_KNOTS[::-1], np.float64)
    alphas = [round(float(np.interp(quality, knots[:, 0], knots[:, 1]))) for quality in qualities]
    exact = QualityStep("full colour", partial(webp.encode, quality=100, alpha_quality=100, lossless=True))
    rest = (
        QualityStep(f"quality {quality}, edges {edges}", partial(webp.encode, quality=quality, alpha_quality=edges))
        for quality, edges in zip(qualities, alphas, strict=True)
    )
    steps = (exact, *rest)
    fine = 1 + qualities.index(90)
    floors = 1 + qualities.index(55), 1 + qualities.index(35), len(steps) - 1
    return QualityScale(steps, steps[fine], fine, floors, 0.09, reads_once=True)


def _webm() -> QualityScale:
    factors = range(4, 64)
    steps = tuple(
        QualityStep(f"quality {64 - crf}", _without_loops(partial(webm.encode, crf=crf))) for crf in factors
    )
    floors = factors.index(42), factors.index(51), len(steps) - 1
    fine = factors.index(12)
    return QualityScale(steps, steps[fine], fine, floors, 0.05, frames_are_apart=False)


def _avif() -> QualityScale:
    settings = (85, 75, 65, 55, 45, 35, 25)
    steps = tuple(
        QualityStep(f"quality {quality}", _without_loops(partial(avif.encode, quality=quality)))
        for quality in settings
    )
    return QualityScale(steps, steps[0], 0, (2, 4, 6), 0.25, frames_are_apart=False, reads_once=True)


def _png_zip() -> QualityScale:
    step = QualityStep("full colour", _without_loops(png_zip.encode))
    return QualityScale((step,), step, 0, (0, 0, 0), 1.0, reads_once=True)


def _without_loops(encode: Callable[[Sequence[Frame], Sequence[int]], bytes]) -> Encode:
    """Return an encoder of a container that cannot say how often it plays."""

    def call(frames: Sequence[Frame], delays_ms: Sequence[int], /, *, loops: int = 0) -> bytes:  # noqa: ARG001
        return encode(frames, delays_ms)

    return call


QUALITY_SCALES: Final[dict[Format, QualityScale]] = {
    "GIF": _gif(),
    "APNG": _apng(),
    "WebP": _webp(),
    "WebM": _webm(),
    "AVIF": _avif(),
    "PNG ZIP": _png_zip(),
}
DITHERED: Final[dict[Format, QualityScale]] = {"GIF": _gif(dithers=True)}
"""For formats of few colours."""


def best_step(measure: Callable[[int], int], budget: int, floor: int, start: int, slope: float) -> int | None:
    """Find the first step, 0 to `floor`, whose `measure` (bytes) is within `budget`; `None` if not even `floor` is.

    Regula falsi on log(bytes), beginning at `start`; content with 93 % of the budget. Bytes are taken to fall from
    step to step, by `slope` in log(bytes) until two measurements say better.
    """
    too_big: tuple[int, float] | None = None
    fits: tuple[int, float] | None = None
    step = start
    while True:
        excess = math.log(measure(step) / budget)
        if excess > 0:
            too_big = (step, excess)
        else:
            fits = (step, excess)
        if fits and (fits[0] == 0 or fits[1] >= math.log(FULL_ENOUGH) or (too_big and fits[0] - too_big[0] == 1)):
            return fits[0]
        if too_big and too_big[0] == floor:
            return None
        step = _guess(too_big, fits, floor, slope)


def _guess(too_big: tuple[int, float] | None, fits: tuple[int, float] | None, floor: int, slope: float) -> int:
    """Return the step strictly between what is known at which the excess should fall to just below 0."""
    least, most = 0, floor
    if too_big and fits:
        slope = (too_big[1] - fits[1]) / (fits[0] - too_big[0])
    if fits:
        most = fits[0] - 1
    if too_big:
        least = too_big[0] + 1
    at, excess = too_big or fits or (0, 0.0)
    return min(max(math.ceil(at + excess / slope), least), most)
