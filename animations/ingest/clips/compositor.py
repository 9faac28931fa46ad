"""Moving pictures made of patches (GIF, APNG, WebP): each is drawn onto what the ones before have left.

The rules are the browsers': the canvas begins transparent, clearing makes it transparent again, and a stay of 10 ms
or less is one of 100 ms. Only Pillow and the standard library: this runs in the decoding child.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

from PIL import Image

from animations.ingest.normalise import to_eight_bit

IGNORED_DELAY_MS: Final = 10
DEFAULT_DELAY_MS: Final = 100
TRANSPARENT: Final = (0, 0, 0, 0)
PILLOW_FORMATS: Final = ("GIF", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Patch:
    """One step of a moving picture.

    `still` is the patch as a file of its own, drawn at (`left`, `top`) and `width` × `height` px large, `over` what
    is there or in its place. When its time is over it is kept, cleared, or what was there before is restored.
    """

    file: bytes
    left: int
    top: int
    width: int
    height: int
    delay_ms: int
    blends: bool = True
    disposal: Literal["keep", "clear", "restore"] = "keep"


@dataclass(frozen=True, slots=True)
class Animation:
    """All steps of a moving picture of `width` × `height` px that the file holds whole."""

    width: int
    height: int
    patches: Sequence[Patch]
    icc: bytes | None = None
    exif: bytes = b""


def browser_delay_ms(said_ms: float) -> int:
    """How long browsers show a frame that says it stays for so long."""
    return DEFAULT_DELAY_MS if said_ms <= IGNORED_DELAY_MS else round(said_ms)


def compose(animation: Animation, wanted: Collection[int]) -> Iterator[tuple[int, Image.Image]]:
    """The canvas (RGBA) at each wanted step, in order; a step whose own patch is damaged is left out.

    It is one and the same image that is drawn on further: take what is needed of it before asking for the next.
    """
    canvas = Image.new("RGBA", (animation.width, animation.height), TRANSPARENT)
    for index, patch in enumerate(animation.patches[: max(wanted, default=-1) + 1]):
        before = canvas.copy() if patch.disposal == "restore" else None
        if _paint(canvas, patch) and index in wanted:
            yield index, canvas
        if before is not None:
            canvas = before
        elif patch.disposal == "clear":
            canvas.paste(TRANSPARENT, (patch.left, patch.top, patch.left + patch.width, patch.top + patch.height))


def _paint(canvas: Image.Image, patch: Patch) -> bool:
    try:
        with Image.open(BytesIO(patch.file), formats=PILLOW_FORMATS) as still:
            picture = to_eight_bit(still, still.has_transparency_data).convert("RGBA")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  a damaged patch can raise anything out of a decoder
        return False
    if patch.blends:
        canvas.alpha_composite(picture, (patch.left, patch.top))
    else:
        canvas.paste(picture, (patch.left, patch.top))
    return True
