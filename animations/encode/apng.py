"""Animated PNG: a palette with alpha where that looks the same, else full RGBA; oxipng packs it in the end.

Chunks follow the PNG specification, third edition (acTL, fcTL, fdAT). A frame replaces the rectangle that changed.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import oxipng

from animations.encode.palette import assign, error_db, learn
from animations.encode.pixels import Frame, drop_unseen_colour

Samples = npt.NDArray[np.uint8]

LONGEST_DELAY_MS = 0xFFFF
_PALETTE, _RGBA = 3, 6


def encode(frames: Sequence[Frame], delays_ms: Sequence[int], colours: int, palette_from_db: float) -> bytes:
    """An APNG of `frames` (equal H×W×4 straight RGBA) that plays for ever, with exact delays.

    A palette of at most `colours` (2 to 256) with alpha is used if no frame is worse than `palette_from_db` (PSNR in
    dB on black and white) with it; otherwise every pixel keeps its colour exactly.
    """
    clean = [drop_unseen_colour(frame) for frame in frames]
    palette = learn(clean, colours)
    if min(error_db(frame, palette) for frame in clean) < palette_from_db:
        return _optimised(_file(clean, delays_ms, _RGBA, b""))
    indices = [assign(frame, palette)[..., None] for frame in clean]
    entries = _chunk(b"PLTE", palette[:, :3].tobytes()) + _chunk(b"tRNS", palette[:, 3].tobytes())
    return _optimised(_file(indices, delays_ms, _PALETTE, entries))


def _optimised(data: bytes) -> bytes:
    return oxipng.optimize_from_memory(data, level=2)


def _file(pictures: Sequence[Samples], delays_ms: Sequence[int], colour_type: int, entries: bytes) -> bytes:
    """The whole file of H×W×C `pictures`; `entries` are the palette's chunks."""
    height, width, _ = pictures[0].shape
    parts = [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)),
        _chunk(b"acTL", struct.pack(">II", len(pictures), 0)),
        entries,
    ]
    number = 0
    for (x, y, samples), delay in zip(_changes(pictures), delays_ms, strict=True):
        control = (number, samples.shape[1], samples.shape[0], x, y, min(delay, LONGEST_DELAY_MS), 1000, 0, 0)
        parts.append(_chunk(b"fcTL", struct.pack(">IIIIIHHBB", *control)))
        number += 1
        if number == 1:
            parts.append(_chunk(b"IDAT", _packed(samples)))
        else:
            parts.append(_chunk(b"fdAT", struct.pack(">I", number) + _packed(samples)))
            number += 1
    return b"".join(parts) + _chunk(b"IEND", b"")


def _changes(pictures: Sequence[Samples]) -> Iterator[tuple[int, int, Samples]]:
    """The first picture whole, then of each the rectangle that differs from the one before, as (x, y, samples)."""
    yield 0, 0, pictures[0]
    for before, after in pairwise(pictures):
        changed = (before != after).any(axis=2)
        ys, xs = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if len(ys):
            x, y = int(xs[0]), int(ys[0])
            yield x, y, after[y : int(ys[-1]) + 1, x : int(xs[-1]) + 1]
        else:
            yield 0, 0, after[:1, :1]


def _packed(samples: Samples) -> bytes:
    """PNG's scan lines: each behind its filter (indices: none; colours: the difference to the row above)."""
    lines = samples.reshape(samples.shape[0], -1)
    kind = 0
    if samples.shape[2] > 1:
        lines, kind = np.diff(lines, axis=0, prepend=np.zeros((1, lines.shape[1]), np.uint8)), 2
    filters = np.full((len(lines), 1), kind, np.uint8)
    return zlib.compress(np.concatenate([filters, lines], axis=1).tobytes(), 9)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
