"""Read a moving AVIF (an image sequence of ISO/IEC 23000-22): its times by its boxes, its pictures by libavif.

Pillow knows when a picture is shown only once it has decoded it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from PIL import Image

from animations.ingest import isobmff
from animations.ingest.clips.delays import DEFAULT_DELAY_MS, browser_delay_ms
from animations.ingest.dimensions import MAX_CLIP_FRAMES
from animations.ingest.readers import open_avif, orientation_of, profile_of_colour_code


@dataclass(frozen=True, slots=True)
class ImageSequence:
    """The pictures of a moving AVIF, `width` × `height` px before they are turned by `orientation` (Exif's)."""

    path: Path
    width: int
    height: int
    delays_ms: tuple[int, ...]
    icc: bytes | None
    orientation: int

    @property
    def ends_ms(self) -> list[int]:
        """The time at which each picture ends."""
        return list(accumulate(self.delays_ms))

    def frames(self, wanted: Collection[int]) -> Iterator[tuple[int, Image.Image]]:
        """Yield each wanted picture (RGB, RGBA or L), in order. What cannot be decoded is left out."""
        with open_avif(self.path) as image:
            for index in sorted(each for each in wanted if each < len(self.delays_ms)):
                try:
                    image.seek(index)
                    image.load()
                except MemoryError:
                    raise
                except Exception:  # noqa: BLE001, S112  (a damaged picture can raise anything out of a decoder)
                    continue
                yield index, image


def read(path: Path) -> ImageSequence | None:
    """Read what the file shows, without decoding it; None for a picture that stands still.

    Raises `OSError` for what is no AVIF, or anything else that a decoder raises.
    """
    with open_avif(path) as image:
        count = min(getattr(image, "n_frames", 1), MAX_CLIP_FRAMES + 1)
        if count < 2:
            return None
        moov = isobmff.read_boxes(path).get(b"moov", b"")
        delays = [browser_delay_ms(duration) for duration in isobmff.track_durations_ms(moov)[:count]]
        delays += [DEFAULT_DELAY_MS] * (count - len(delays))
        icc = image.info.get("icc_profile") or profile_of_colour_code(isobmff.track_colour(moov))
        return ImageSequence(path, *image.size, tuple(delays), icc, orientation_of(image))
