"""Extract a clip's frames as pictures: decoded in a child process when they are needed, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Size
from animations.imaging.boxes import Box
from animations.ingest.client import extract_frames, temporary_folder
from animations.ingest.errors import DecodeError
from animations.matte.compose import ClipFrame
from animations.models import Source
from animations.work.errors import WorkFailed
from animations.work.lease import Lease


@dataclass(frozen=True, slots=True)
class ClipFrames:
    """Frames that could be read, by their number in the clip. `size` is the clip's own, as it is shown."""

    paths: Mapping[int, Path]
    size: Size

    def __contains__(self, number: int) -> bool:
        return number in self.paths

    def read(self, number: int) -> ClipFrame:
        """Read the frame of this number, at most 512 px on a side. Raises `ValueError` for what is no picture."""
        return ClipFrame(*png.split_alpha(png.read(self.paths[number].read_bytes())))


@dataclass(frozen=True, slots=True)
class OpenClip:
    """A clip in a folder of its own, next to what is extracted from it."""

    lease: Lease
    folder: Path

    def extract(self, numbers: Collection[int], crop: Box | None = None) -> ClipFrames:
        """Extract those of the clip's frames that can be read, or the part of each within `crop`, in px of the clip.

        The same pixels each time. Raises `WorkFailed` when the clip cannot be opened at all, and `LeaseLost`.
        """
        if not numbers:
            return ClipFrames({}, (0, 0))
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            extracted = extract_frames(self.folder / "clip", folder, numbers, crop, self.lease.check)
        except DecodeError as error:
            raise WorkFailed(error.message) from error
        return ClipFrames(extracted.paths, extracted.size)


@contextmanager
def open_clip(lease: Lease, source: Source) -> Iterator[OpenClip]:
    """Open the source's clip; it and what is extracted from it are gone when the block ends."""
    with temporary_folder(settings.FILE_UPLOAD_TEMP_DIR) as folder:
        (folder / "clip").write_bytes(storage.read(source.original.name))
        yield OpenClip(lease, folder)
