"""A clip, whatever kind of file it is: when its frames are shown, and the ones that are wanted as pictures."""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

from PIL import Image

from animations.work.clips import apng, gif, webp
from animations.work.clips.patches import Patches, composed
from animations.work.readers import (
    MOST_CLIP_MS,
    MOST_CLIP_PIXELS,
    MOST_FRAMES,
    VIDEOS,
    Picture,
    Refused,
    check_bounds,
)

PATCHED: Final[dict[str, Callable[[bytes], Patches]]] = {"gif": gif.read, "png": apng.read, "webp": webp.read}
Draw = Callable[[Collection[int]], Iterator[tuple[int, Image.Image]]]


@dataclass(frozen=True, slots=True)
class Clip:
    """`times_ms` are when the frames begin, from 0; `length_ms` is when the last one ends."""

    format: str
    size: tuple[int, int]
    times_ms: tuple[int, ...]
    length_ms: int
    icc: bytes | None
    draw: Draw

    def pictures(self, wanted: Collection[int]) -> Iterator[tuple[int, Picture]]:
        """Each wanted frame, in order; what cannot be read is left out. Use one before asking for the next."""
        for index, image in self.draw(wanted):
            yield index, _picture(self, image)


def open_clip(path: Path, kind: str) -> Clip | None:
    """The clip in a file of this kind (`readers.sniff`); None where a file that may move holds one picture.

    A video is a clip even then: only this way can its picture be read. Raises `Refused` for what is no video, or a
    clip out of bounds; a decoder may raise anything else.
    """
    clip = _open_video(path, kind) if kind in VIDEOS else _open_patched(path, kind)
    if clip is None:
        return None
    check_bounds(*clip.size)
    width, height = clip.size
    if width * height > MOST_CLIP_PIXELS:
        raise Refused("too_many_pixels", f"This clip is {width}×{height} px; 4096×2304 are taken, and no more.")
    if clip.length_ms > MOST_CLIP_MS or len(clip.times_ms) > MOST_FRAMES:
        raise Refused("too_long", f"This clip is too long: cut it to {MOST_CLIP_MS // 1000} s or less.")
    return clip


def _open_patched(path: Path, kind: str) -> Clip | None:
    read = PATCHED.get(kind)
    if read is None:
        return None
    try:
        patches = read(path.read_bytes())
    except (ValueError, IndexError, struct.error):
        return None
    if len(patches.steps) < 2:
        return None
    size = (patches.width, patches.height)
    largest = max(patch.width * patch.height for patch in patches.steps)
    if largest > MOST_CLIP_PIXELS:
        raise Refused("too_many_pixels", "This clip holds pictures that are larger than 4096×2304 px.")
    ends = list(accumulate(patch.delay_ms for patch in patches.steps))
    times = (0, *ends[:-1])
    return Clip(kind, size, times, ends[-1], patches.icc, lambda wanted: composed(patches, wanted))


def _open_video(path: Path, kind: str) -> Clip:
    from animations.work.clips import video  # noqa: PLC0415  (FFmpeg's libraries are for the few who need them)

    found = video.read(path, kind)
    return Clip(kind, (found.width, found.height), tuple(found.times_ms), found.length_ms, None, found.frames)


def _picture(clip: Clip, image: Image.Image) -> Picture:
    def strip(top: int, bottom: int) -> Image.Image:
        return image.crop((0, top, image.width, bottom))

    return Picture(
        format=clip.format,
        size=image.size,
        full_size=clip.size,
        has_alpha=image.mode == "RGBA",
        strip=strip,
        icc=clip.icc,
        orientation=1,
        animated=len(clip.times_ms) > 1,
    )
