"""Compose the frames of GIF, APNG and WebP, each a patch that is drawn onto what the ones before have left.

The rules are the browsers': the canvas begins transparent, and clearing makes it transparent again. Only Pillow
and the standard library: this runs in the decoding child.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

from PIL import Image

from animations.ingest.normalise import to_eight_bit

TRANSPARENT: Final = (0, 0, 0, 0)
PILLOW_FORMATS: Final = ("GIF", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Patch:
    """One frame's part of the canvas.

    `file` is the patch as an image file of its own, drawn at (`left`, `top`) and `width` × `height` px large. It
    `blends` with what is there, or takes its place. After its time it is kept, cleared, or what was there before is
    restored.
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
    """A canvas of `width` × `height` px and all patches that the file holds whole."""

    width: int
    height: int
    patches: Sequence[Patch]
    icc: bytes | None = None
    exif: bytes = b""


def compose(animation: Animation, wanted: Collection[int]) -> Iterator[tuple[int, Image.Image]]:
    """Yield the canvas (RGBA) at each wanted frame, in order, without frames whose own patch is damaged.

    All are one image that is drawn on further: take what is needed of it before asking for the next.
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
        with Image.open(BytesIO(patch.file), formats=PILLOW_FORMATS) as image:
            picture = to_eight_bit(image, image.has_transparency_data).convert("RGBA")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  a damaged patch can raise anything out of a decoder
        return False
    if patch.blends:
        canvas.alpha_composite(picture, (patch.left, patch.top))
    else:
        canvas.paste(picture, (patch.left, patch.top))
    return True
