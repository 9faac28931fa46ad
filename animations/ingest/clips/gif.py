"""Read the frames of a GIF from its blocks: <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from animations.ingest.clips.compositor import Animation, Patch
from animations.ingest.clips.delays import browser_delay_ms
from animations.ingest.colour.gif_profile import read_profile

EXTENSION, IMAGE, END = 0x21, 0x2C, 0x3B
CONTROL: Final = 0xF9
DISPOSALS: Final[dict[int, Literal["keep", "clear", "restore"]]] = {2: "clear", 3: "restore"}
"""Disposal methods; all others leave the picture as it is."""


@dataclass(slots=True)
class _GraphicControl:
    """A graphic control extension: the delay, disposal and transparent colour of the next image."""

    block: bytes = b""
    delay_ms: int = 0
    disposal: int = 0


def read(data: bytes) -> Animation:
    """Return the images of the file up to its end, or to where it is cut. Raises `IndexError` for no GIF at all."""
    width, height = _number(data, 6), _number(data, 8)
    palette, at = _read_palette(data, 10, 13)
    patches = list(_patches(data, at, palette))
    if patches:  # as browsers do: a first image that is larger than the screen makes the screen larger
        width = max(width, patches[0].left + patches[0].width)
        height = max(height, patches[0].top + patches[0].height)
    return Animation(width, height, patches, read_profile(data))


def _patches(data: bytes, at: int, palette: bytes) -> Iterator[Patch]:
    control = _GraphicControl()
    try:
        while data[at] != END:
            if data[at] == IMAGE:
                patch, at = _read_image(data, at, palette, control)
                yield patch
                control = _GraphicControl()
            elif data[at] == EXTENSION:
                if data[at + 1] == CONTROL and data[at + 2] >= 4:
                    control = _read_control(data[at : at + 8])
                at = _skip_blocks(data, at + 2)
            else:
                return
    except IndexError:
        return


def _read_control(block: bytes) -> _GraphicControl:
    # Copied into the patch's own file for its transparent colour; without its disposal, which a single image has not.
    copied = block[:3] + bytes([block[3] & 1]) + b"\0\0" + block[6:7] + b"\0"
    return _GraphicControl(copied, _number(block, 4) * 10, block[3] >> 2 & 7)


def _read_image(data: bytes, at: int, palette: bytes, control: _GraphicControl) -> tuple[Patch, int]:
    """Return the image whose descriptor begins at `at`, and where the next block does. Raises `IndexError`."""
    left, top, width, height = (_number(data, at + 1 + 2 * field) for field in range(4))
    own, pixels = _read_palette(data, at + 9, at + 10)
    end = _skip_blocks(data, pixels + 1)
    size = data[at + 5 : at + 9]
    head = b"GIF89a" + size + _palette_flags(own or palette) + b"\0\0" + (own or palette)
    image = b"\x2c\0\0\0\0" + size + bytes([data[at + 9] & 0x40]) + data[pixels:end]
    file = head + control.block + image + bytes([END])
    disposal = DISPOSALS.get(control.disposal, "keep")
    return Patch(file, left, top, width, height, browser_delay_ms(control.delay_ms), disposal=disposal), end


def _read_palette(data: bytes, flags_at: int, at: int) -> tuple[bytes, int]:
    """Return the palette that the flags announce (empty if they announce none), and where it ends."""
    flags = data[flags_at]
    end = at + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    data[end]  # raises where the file is cut
    return data[at:end], end


def _palette_flags(palette: bytes) -> bytes:
    colours = len(palette) // 3
    return bytes([0x80 | colours.bit_length() - 2]) if colours else b"\0"


def _skip_blocks(data: bytes, at: int) -> int:
    """Return where the sub-blocks that begin at `at` end. Raises `IndexError` if they are cut."""
    while data[at]:
        at += data[at] + 1
    return at + 1


def _number(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8
