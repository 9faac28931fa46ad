"""Animated GIF (GIF89a) with one palette for all frames, written so that every player shows every frame right.

A frame is drawn either on an empty canvas (the one before it is cleared away first) or, where nothing vanishes, over
the one before it as the rectangle that changed. The last frame clears, so that the loop starts on an empty canvas.
FFmpeg's writer is not used: it leaves an opaque frame standing behind a transparent one that follows it.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image

from animations.encode.containers.gif.dithering import dither
from animations.encode.delays import to_units
from animations.encode.frames import bounding_slices, cut_alpha
from animations.encode.palette import Palette, learn_palette, nearest_entries
from animations.imaging.arrays import Frame

Indices = npt.NDArray[np.uint8]

UNIT_MS = 10
MIN_UNITS = 2
TRANSPARENT = 0
_KEEP, _CLEAR = 1, 2


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A rectangle of indices at (x, y), and whether its place is cleared once its time is over."""

    x: int
    y: int
    indices: tuple[Indices, ...]
    clears: bool


def encode(
    frames: Sequence[Frame], delays_ms: Sequence[int], colours: int, loops: int = 0, *, dithers: bool = False
) -> bytes:
    """Encode `frames` (equal H×W×4 straight RGBA) as a GIF that plays `loops` times (0 for ever).

    It has at most `colours` (2 to 256), of which one is transparent; alpha is cut at 128. Delays become multiples of
    10 ms, at least 20, the total kept.
    """
    height, width = frames[0].shape[:2]
    palette = learn_palette(map(cut_alpha, frames), colours)
    pictures = (index_colours(frame, palette, dithers=dithers) for frame in frames)
    delays = to_units(delays_ms, UNIT_MS, MIN_UNITS)
    bits = max(2, int(len(palette) - 1).bit_length())
    parts = [_head(width, height, palette, bits), _plays(loops)]
    nothing = np.full((height, width), TRANSPARENT, np.uint8)
    for drawing, delay in zip(_drawings(chain(pictures, [nothing])), delays, strict=True):
        parts.append(_image(drawing, delay, bits))
    return b"".join(parts) + b";"


def index_colours(frame: Frame, palette: Palette, *, dithers: bool) -> Indices:
    """Return the H×W indices of `palette` entries that show `frame` (H×W×4), its alpha cut at 128."""
    cut = cut_alpha(frame)
    return nearest_entries(dither(cut, palette) if dithers else cut, palette)


def read_palette(data: bytes) -> Palette:
    """Return the palette of a file that `encode` wrote, n×4 straight RGBA, as it was learnt."""
    colours = np.unique(np.frombuffer(data, np.uint8, 3 << (data[10] & 7) + 1, 13).reshape(-1, 3)[1:], axis=0)
    opaque = np.column_stack([colours, np.full(len(colours), 255, np.uint8)])
    return np.concatenate([np.zeros((1, 4), np.uint8), opaque])


def _drawings(pictures: Iterable[Indices]) -> Iterator[_Drawing]:
    """Yield the drawing for each of `pictures` but the last, which is only what follows."""
    over: Indices | None = None
    for picture, following in pairwise(pictures):
        stays = _nothing_vanishes(picture, following)
        yield _drawing(picture, over, clears=not stays)
        over = picture if stays else None


def _nothing_vanishes(before: Indices, after: Indices) -> bool:
    return not ((before != TRANSPARENT) & (after == TRANSPARENT)).any()


def _drawing(picture: Indices, over: Indices | None, *, clears: bool) -> _Drawing:
    """Return what to draw to show `picture` over what is there. One that clears must reach over all that is seen."""
    changed = picture != (TRANSPARENT if over is None else over)
    rows, columns = bounding_slices(picture != TRANSPARENT if clears else changed)
    whole = picture[rows, columns]
    ways = (whole,) if over is None else (whole, np.where(changed[rows, columns], whole, np.uint8(TRANSPARENT)))
    return _Drawing(columns.start, rows.start, ways, clears)


def _head(width: int, height: int, palette: Palette, bits: int) -> bytes:
    table = np.pad(palette[:, :3], ((0, (1 << bits) - len(palette)), (0, 0)), mode="edge")
    screen = struct.pack("<6sHHBBB", b"GIF89a", width, height, 0xF0 | (bits - 1), TRANSPARENT, 0)
    return screen + table.tobytes()


def _plays(loops: int) -> bytes:
    """Say how often the file plays: GIF counts the repeats, and a file that says nothing plays once."""
    if loops == 1:
        return b""
    return struct.pack("<BBB11sBBHB", 0x21, 0xFF, 11, b"NETSCAPE2.0", 3, 1, max(0, loops - 1), 0)


def _image(drawing: _Drawing, delay: int, bits: int) -> bytes:
    height, width = drawing.indices[0].shape
    disposal = _CLEAR if drawing.clears else _KEEP
    control = struct.pack("<BBBBHBB", 0x21, 0xF9, 4, disposal << 2 | 1, min(delay, 0xFFFF), TRANSPARENT, 0)
    place = struct.pack("<BHHHHB", 0x2C, drawing.x, drawing.y, width, height, 0)
    return control + place + min((_lzw(way, bits) for way in drawing.indices), key=len)


def _lzw(indices: Indices, bits: int) -> bytes:
    """Compress `indices` to GIF's LZW blocks (Pillow's encoder), a code's size before and an empty block after."""
    image = Image.fromarray(np.ascontiguousarray(indices))
    return bytes([bits]) + image.tobytes("gif", "L", bits, 0) + b"\0"
