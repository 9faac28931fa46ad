"""Animated PNG: a palette with alpha where that looks the same, else full RGBA; oxipng packs every frame.

Chunks follow the PNG specification, third edition (acTL, fcTL, fdAT). A frame replaces the rectangle that changed, or
is laid over it with what stays left out, where that is smaller.
"""

import io
import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import oxipng

from animations.encode.frames import bounding_slices, clear_hidden_colour
from animations.encode.palette import Palette, exact_palette, learn_palette, nearest_entries, palette_psnr_db
from animations.imaging.arrays import Frame, Mask
from animations.imaging.png_chunks import SIGNATURE, pack_chunk, read_chunks

Samples = npt.NDArray[np.uint8]

MAX_DELAY_MS = 0xFFFF
STAYS_FROM = 0.25
"""Of the rectangle that changed: with less that stays, leaving that out is not tried."""
_SOURCE, _OVER = 0, 1  # blend_op


@dataclass(frozen=True, slots=True)
class _Colours:
    """A colour type: PNG's number for it, oxipng's word, and the palette's chunks, if there is one."""

    number: int
    kind: oxipng.ColorType
    chunks: bytes = b""
    alphas: Samples | None = None
    """The alpha of each entry of the palette."""

    def opaque(self, samples: Samples) -> Mask:
        """Return where H×W×C `samples` are opaque."""
        alpha = samples[..., -1] if self.alphas is None else self.alphas[samples[..., 0]]
        return np.asarray(alpha == 255, np.bool_)


def encode(
    frames: Sequence[Frame], delays_ms: Sequence[int], colours: int, palette_from_db: float, loops: int = 0
) -> bytes:
    """Encode `frames` (equal H×W×4 straight RGBA) as an APNG that plays `loops` times (0 for ever).

    Delays are exact. A palette of at most `colours` (2 to 256) with alpha is used if no frame is worse than
    `palette_from_db` (PSNR in dB on black and white; infinite for the same colours) with it; otherwise every pixel
    keeps its colour exactly.
    """
    clean = [clear_hidden_colour(frame) for frame in frames]
    palette = _good_palette(clean, colours, palette_from_db)
    pictures: Iterable[Samples] = clean
    colour_type = _Colours(6, oxipng.ColorType.rgba())
    if palette is not None:
        entries = palette
        pictures = (nearest_entries(frame, entries)[..., None] for frame in clean)
        colour_type = _indexed(palette)
    height, width = frames[0].shape[:2]
    header = pack_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type.number, 0, 0, 0))
    control = pack_chunk(b"acTL", struct.pack(">II", len(frames), loops))
    file = io.BytesIO()  # no second copy of the whole is made, as a join would
    file.writelines([SIGNATURE, header, control, colour_type.chunks])
    file.writelines(_shown(pictures, delays_ms, colour_type))
    file.write(pack_chunk(b"IEND", b""))
    return file.getvalue()


def _good_palette(clean: Sequence[Frame], colours: int, least_db: float) -> Palette | None:
    """Return a palette that shows every frame as well as is asked for, if there is one."""
    if math.isinf(least_db):
        return exact_palette(clean, colours)
    palette = learn_palette(clean, colours)
    return palette if min(palette_psnr_db(frame, palette) for frame in clean) >= least_db else None


def _indexed(palette: Palette) -> _Colours:
    chunks = pack_chunk(b"PLTE", palette[:, :3].tobytes()) + pack_chunk(b"tRNS", palette[:, 3].tobytes())
    kind = oxipng.ColorType.indexed([tuple(entry) for entry in palette.tolist()])
    return _Colours(3, kind, chunks, palette[:, 3])


def _shown(pictures: Iterable[Samples], delays_ms: Sequence[int], colours: _Colours) -> Iterator[bytes]:
    """Yield the chunks of H×W×C `pictures`, one for each delay; a picture is let go once the next is packed."""
    number = 0
    for change, delay in zip(_changes(pictures, colours), delays_ms, strict=True):
        height, width, _ = change.samples.shape
        packed, blend = change.packed(colours.kind)
        place = (number, width, height, change.x, change.y, min(delay, MAX_DELAY_MS), 1000, 0, blend)
        yield pack_chunk(b"fcTL", struct.pack(">IIIIIHHBB", *place))
        yield pack_chunk(b"fdAT", struct.pack(">I", number + 1) + packed) if number else pack_chunk(b"IDAT", packed)
        number += 2 if number else 1


@dataclass(frozen=True, slots=True)
class _Change:
    """The rectangle at (x, y) that differs from the picture before, and the same with what stays left out."""

    x: int
    y: int
    samples: Samples
    sparse: Samples | None = None

    def packed(self, kind: oxipng.ColorType) -> tuple[bytes, int]:
        """Return the smaller of the two, compressed, and its blend_op."""
        ways = [(_packed(self.samples, kind), _SOURCE)]
        if self.sparse is not None:
            ways.append((_packed(self.sparse, kind), _OVER))
        return min(ways, key=lambda way: len(way[0]))


def _changes(pictures: Iterable[Samples], colours: _Colours) -> Iterator[_Change]:
    """Yield the first picture, then of each what differs from the one before."""
    before: Samples | None = None
    for picture in pictures:
        changed = np.ones(picture.shape[:2], np.bool_) if before is None else (picture != before).any(axis=2)
        rows, columns = bounding_slices(changed)
        samples, there = picture[rows, columns], changed[rows, columns]
        yield _Change(columns.start, rows.start, samples, _without_what_stays(samples, there, colours))
        before = picture


def _without_what_stays(samples: Samples, changed: Mask, colours: _Colours) -> Samples | None:
    """Return `samples` that are transparent where nothing changed, if all that is laid over the rest is opaque."""
    if changed.mean() > 1 - STAYS_FROM or not colours.opaque(samples)[changed].all():
        return None
    return np.asarray(np.where(changed[..., None], samples, 0), np.uint8)


def _packed(samples: Samples, kind: oxipng.ColorType) -> bytes:
    """Compress the scan lines of `samples`, as a PNG of them alone, their colours of that `kind`, holds them."""
    height, width, _ = samples.shape
    image = oxipng.RawImage(samples.tobytes(), width, height, color_type=kind, bit_depth=8)
    png = image.create_optimized_png(
        level=2,
        bit_depth_reduction=False,
        color_type_reduction=False,
        palette_reduction=False,
        grayscale_reduction=False,
    )
    return b"".join(body for name, body in read_chunks(png) if name == b"IDAT")
