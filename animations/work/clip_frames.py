"""A clip's frames as pictures: decoded in the bounded child when they are needed, gone afterwards."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from animations import storage
from animations.imaging import png
from animations.imaging.arrays import Picture, Size
from animations.imaging.boxes import Box
from animations.ingest import child
from animations.models import Source
from animations.work.errors import WorkFailed
from animations.work.lease import Lease

CHILD: Final = "animations.ingest.decode"
TIMEOUT: Final = 120.0
TOO_SLOW: Final = "The clip takes too long to open. Save it smaller or shorter, and upload it again."
UNREADABLE: Final = "The clip cannot be read. Save it again, as MP4 or GIF, and upload that."


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
        said = self._decode(folder, indices, crop)
        if "error" in said:
            raise WorkFailed(said["error"]["message"])
        width, height = said["size"]
        return Shots({index: folder / f"{index}.png" for index in said["frames"]}, (width, height))

    def _decode(self, folder: Path, indices: Collection[int], crop: Box | None) -> Any:
        numbers = [",".join(map(str, each)) for each in (sorted(set(indices)), crop) if each]
        try:
            answer = child.run(CHILD, (str(self.folder / "clip"), str(folder), *numbers), TIMEOUT, self.lease.check)
            return json.loads(answer)
        except child.TooSlow:
            raise WorkFailed(TOO_SLOW) from None
        except ValueError:  # the child died before it could speak
            raise WorkFailed(UNREADABLE) from None


@contextmanager
def opened(lease: Lease, source: Source) -> Iterator[OpenClip]:
    """The source's clip, and what is extracted from it, until the block ends."""
    # Named as an upload's folder is, so that what a killed run leaves behind is swept away with those.
    folder = Path(tempfile.mkdtemp(prefix="upload-clip-", dir=settings.FILE_UPLOAD_TEMP_DIR))
    try:
        (folder / "clip").write_bytes(storage.read(source.original.name))
        yield OpenClip(lease, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
