"""Open a clip of any kind: when its frames are shown, and those that are wanted as pictures."""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final

from PIL import Image

from animations.ingest.clips import apng, gif, webp
from animations.ingest.clips.compositor import Animation, compose
from animations.ingest.dimensions import MAX_CLIP_FRAMES, MAX_CLIP_PIXELS, check_bounds
from animations.ingest.errors import UnsupportedFile
from animations.ingest.formats import MAX_CLIP_MS
from animations.ingest.isobmff import is_plain_sequence, read_boxes
from animations.ingest.normalise import EXIF_TRANSPOSES
from animations.ingest.readers import SourcePicture, from_image, orientation_in_exif
from animations.motion.sampling import MAX_LOOP_MS, MAX_TIMELINE_MS

ANIMATION_READERS: Final[dict[str, Callable[[bytes], Animation]]] = {
    "gif": gif.read,
    "png": apng.read,
    "webp": webp.read,
}
DecodeFrames = Callable[[Collection[int]], Iterator[tuple[int, Image.Image]]]


@dataclass(frozen=True, slots=True)
class Clip:
    """`times_ms` are when the frames begin, from 0; `length_ms` is when the last one ends.

    `decode` yields the wanted frames as images, whose colours `icc` describes, or each image's own profile, and which
    are still to be turned by `orientation` (Exif's).
    """

    format: str
    size: tuple[int, int]
    times_ms: tuple[int, ...]
    length_ms: int
    decode: DecodeFrames
    icc: bytes | None = None
    orientation: int = 1

    def frames(self, wanted: Collection[int]) -> Iterator[tuple[int, SourcePicture]]:
        """Yield each wanted frame, in order, unless it cannot be read. Use one before asking for the next."""
        for index, image in self.decode(wanted):
            yield index, _upright(self, image)


def open_clip(path: Path, kind: str) -> Clip | None:
    """Open the clip in a file of this kind (`sniff.sniff`), or return None where the file holds one picture.

    A video is a clip even then: only this way can its picture be read. Raises `UnsupportedFile` for what is no
    video, or a clip out of bounds; a decoder may raise anything else.
    """
    opener = OPENERS.get(kind)
    clip = opener(path, kind) if opener else None
    if clip is None:
        return None
    check_bounds(*clip.size)
    width, height = clip.size
    if width * height > MAX_CLIP_PIXELS:
        raise UnsupportedFile("too_many_pixels", f"This clip is {width}×{height} px; at most 4096×2304 are allowed.")
    if len(clip.times_ms) > MAX_CLIP_FRAMES or _is_too_long(clip):
        raise UnsupportedFile("too_long", f"This clip is too long: cut it to {MAX_CLIP_MS // 1000} s or less.")
    return clip


def _is_too_long(clip: Clip) -> bool:
    delays = (until - begin for begin, until in pairwise((*clip.times_ms, clip.length_ms)))
    counted = sum(min(delay, MAX_LOOP_MS) for delay in delays)
    return counted > MAX_CLIP_MS or clip.length_ms > MAX_TIMELINE_MS


def _open_animation(path: Path, kind: str) -> Clip | None:
    try:
        animation = ANIMATION_READERS[kind](path.read_bytes())
    except (ValueError, IndexError, struct.error):
        return None
    if len(animation.patches) < 2:
        return None
    size = (animation.width, animation.height)
    largest = max(patch.width * patch.height for patch in animation.patches)
    if largest > MAX_CLIP_PIXELS:
        raise UnsupportedFile("too_many_pixels", "This clip holds pictures that are larger than 4096×2304 px.")
    ends = list(accumulate(patch.delay_ms for patch in animation.patches))
    times = (0, *ends[:-1])
    drawn = partial(compose, animation)
    return Clip(kind, size, times, ends[-1], drawn, animation.icc, orientation_in_exif(animation.exif))


def _open_avif(path: Path, kind: str) -> Clip | None:
    from animations.ingest.clips import avif  # noqa: PLC0415  (libavif is for the few who need it)

    try:
        found = avif.read(path)
    except (OSError, ValueError, RuntimeError):
        return None  # the reader of pictures says why
    if found is None:
        return None
    *begins, length = (0, *found.ends_ms)
    size = (found.width, found.height)
    return Clip(kind, size, tuple(begins), length, found.frames, found.icc, found.orientation)


def _open_heic(path: Path, kind: str) -> Clip | None:
    # A sequence is a video of HEVC; one whose alpha is a video of its own counts as its first picture.
    return _open_video(path, kind) if is_plain_sequence(read_boxes(path).get(b"moov", b"")) else None


def _open_video(path: Path, kind: str) -> Clip:
    from animations.ingest.clips import video  # noqa: PLC0415  (FFmpeg's libraries are for the few who need them)

    found = video.read(path, kind)
    return Clip(kind, (found.width, found.height), tuple(found.times_ms), found.length_ms, found.frames)


def _upright(clip: Clip, image: Image.Image) -> SourcePicture:
    """Return the frame upright, so that it can be cropped as it is seen."""
    transpose = EXIF_TRANSPOSES.get(clip.orientation)
    turned = image if transpose is None else image.transpose(transpose)
    full_size = clip.size if transpose is None else turned.size
    picture = from_image(turned, clip.format, full_size, animated=len(clip.times_ms) > 1)
    return replace(picture, icc=clip.icc or image.info.get("icc_profile"), orientation=1)


OPENERS: Final[dict[str, Callable[[Path, str], Clip | None]]] = {
    "gif": _open_animation,
    "png": _open_animation,
    "webp": _open_animation,
    "avif": _open_avif,
    "heic": _open_heic,
    "mp4": _open_video,
    "mov": _open_video,
    "webm": _open_video,
}
"""By the kind of file, of those that may move."""
