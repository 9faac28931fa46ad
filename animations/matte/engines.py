"""The table of matting engines, and which of them `auto` means. No NumPy: the web process reads this file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class MatteOption:
    """A way to make the matte, as people choose it: `label` names it, `hint` says when it is the right one."""

    slug: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Engine(MatteOption):
    """An engine that makes mattes; one that `needs_gpu` is a task of the GPU worker of the same name."""

    needs_gpu: bool


AUTO: Final = "auto"
OWN: Final = "none"
"""The picture's own alpha."""
WHITE: Final = "white"
DEFAULT_MODEL: Final = "rembg"
SAM: Final = "sam"
GRABCUT: Final = "grabcut"
"""Follows taps on the CPU, where there is no SAM 2. It is asked by taps alone, so no table lists it."""
SAM_CLIP: Final = "sam_clip"
"""Follows a subject through a clip: by it, or by the motion alone, a correction is carried to other frames."""
FLOW: Final = "flow"
"""Follows the motion between the frames of a clip, on the CPU, where there is no SAM 2 for clips."""

ENGINES: Final = (
    Engine(DEFAULT_MODEL, "rembg", "Good with people, animals and things.", needs_gpu=True),
    Engine("birefnet", "BiRefNet", "Fine with hair and fur, and slower.", needs_gpu=True),
    Engine(SAM, "SAM 2", "One thing in the middle of a busy picture.", needs_gpu=True),
    Engine(WHITE, "White background", "A plain white background is taken away.", needs_gpu=False),
    Engine(OWN, "Keep it as it is", "Nothing is cut out.", needs_gpu=False),
)
"""Every engine, in the order in which people see them."""
MATTE_OPTIONS: Final[tuple[MatteOption, ...]] = (
    MatteOption(AUTO, "Automatic", "Keeps a cut-out as it is, keys plain white, else cuts out the subject."),
    *ENGINES,
)
"""The choices of a project's matte: an engine, or `auto`, which takes one by the picture's background."""

ENGINE_CHOICES: Final = tuple((engine.slug, engine.label) for engine in ENGINES)
MATTE_CHOICES: Final = tuple((option.slug, option.label) for option in MATTE_OPTIONS)
ENGINE_SLUGS: Final = tuple(engine.slug for engine in ENGINES)
GPU_ENGINES: Final = tuple(engine.slug for engine in ENGINES if engine.needs_gpu)

NO_WHITE_BACKGROUND: Final = (
    "There is no plain white background here that could be taken out. Choose another way to cut it out."
)


class Background(StrEnum):
    """The background of a picture, as `animations.matte.background` measures it."""

    TRANSPARENT = "transparent"
    """On nothing: it is a cut-out already."""
    WHITE = "white"
    """On plain white, or nearly so."""
    OTHER = "other"


BY_BACKGROUND: Final = {Background.TRANSPARENT: OWN, Background.WHITE: WHITE, Background.OTHER: DEFAULT_MODEL}


def engine_for(choice: str, background: str) -> str:
    """Return the engine that was chosen; for `auto` the cheapest that is exact on this background."""
    return BY_BACKGROUND[Background(background)] if choice == AUTO else choice


def engines_for_frames(backgrounds: list[Background]) -> list[str]:
    """Choose the engine of each frame of a clip under `auto`.

    Frames that are cut-outs keep their own alpha. All others get one engine, so that the edge does not flicker.
    """
    opaque = [background for background in backgrounds if background != Background.TRANSPARENT]
    together = WHITE if all(background == Background.WHITE for background in opaque) else DEFAULT_MODEL
    return [OWN if background == Background.TRANSPARENT else together for background in backgrounds]


def needs_gpu(engine: str) -> bool:
    """Return whether a matte by this engine costs GPU time."""
    return engine in GPU_ENGINES
