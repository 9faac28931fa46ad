"""A clip's frames as pictures: decoded in a child process when they are needed, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Picture, Size
from animations.imaging.boxes import Box
from animations.ingest.client import extract_frames, temporary_folder
from animations.ingest.errors import DecodeError
from animations.models import Source
from animations.work.errors import WorkFailed
from animations.work.lease import Lease


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame as it came, at most 512 px on a side: `rgb` H×W×3, and its own alpha H×W where it has one."""

    rgb: Picture
    own_alpha: Picture | None

    @property
    def size(self) -> Size:
        """Width and height in px."""
        height, width = self.rgb.shape[:2]
        return width, height


@dataclass(frozen=True, slots=True)
class Shots:
    """Frames that could be read, by their number in the clip. `size` is the clip's own, as it is shown."""

    paths: Mapping[int, Path]
    size: Size

    def __contains__(self, index: int) -> bool:
        return index in self.paths

    def read(self, index: int) -> Shot:
        """The frame of this number. Raises `ValueError` for what is no picture."""
        return Shot(*png.split_alpha(png.read(self.paths[index].read_bytes())))


@dataclass(frozen=True, slots=True)
class OpenClip:
    """A clip in a folder of its own, next to what is extracted from it."""

    lease: Lease
    folder: Path

    def extract(self, indices: Collection[int], crop: Box | None = None) -> Shots:
        """Those of the clip's frames that can be read, or the part of each within `crop`, in px of the clip.

        The same pixels each time. Raises `WorkFailed` when the clip cannot be opened at all, and `LeaseLost`.
        """
        if not indices:
            return Shots({}, (0, 0))
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            found = extract_frames(self.folder / "clip", folder, indices, crop, self.lease.check)
        except DecodeError as error:
            raise WorkFailed(error.message) from error
        return Shots(found.paths, found.size)


@contextmanager
def opened(lease: Lease, source: Source) -> Iterator[OpenClip]:
    """Open the source's clip; it and what is extracted from it are gone when the block ends."""
    with temporary_folder(settings.FILE_UPLOAD_TEMP_DIR) as folder:
        (folder / "clip").write_bytes(storage.read(source.original.name))
        yield OpenClip(lease, folder)
