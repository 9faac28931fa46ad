"""A clip's frames as pictures: decoded in the bounded child when they are needed, gone afterwards."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from django.conf import settings

from animations import child
from animations.models import Source, files
from animations.work import png
from animations.work.errors import WorkFailed
from animations.work.lease import Lease
from animations.work.png import Picture

CHILD: Final = "animations.work.decode"
TIMEOUT: Final = 120.0
TOO_SLOW: Final = "The clip takes too long to open. Save it smaller or shorter, and upload it again."
UNREADABLE: Final = "The clip cannot be read. Save it again, as MP4 or GIF, and upload that."


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame as it came, at most 512 px on a side: `rgb` H×W×3, and its own alpha H×W where it has one."""

    rgb: Picture
    own_alpha: Picture | None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px."""
        height, width = self.rgb.shape[:2]
        return width, height


def read_shot(path: Path) -> Shot:
    """The frame in a file of the child. Raises `ValueError` for what is no picture."""
    picture = png.read(path.read_bytes())
    own = np.ascontiguousarray(picture[..., 3]) if picture.shape[2] == 4 else None
    return Shot(np.ascontiguousarray(picture[..., :3]), own)


@contextmanager
def extracted(lease: Lease, source: Source, indices: Collection[int]) -> Iterator[Mapping[int, Path]]:
    """The files of those of the clip's frames that can be read, until the block ends; the same pixels each time.

    Raises `WorkFailed` when the clip cannot be opened at all, and `LeaseLost`.
    """
    # Named as an upload's folder is, so that what a killed run leaves behind is swept away with those.
    folder = Path(tempfile.mkdtemp(prefix="upload-clip-", dir=settings.FILE_UPLOAD_TEMP_DIR))
    try:
        clip = folder / "clip"
        clip.write_bytes(files.read(source.original.name))
        yield {index: folder / f"{index}.png" for index in _decode(lease, clip, folder, indices)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _decode(lease: Lease, clip: Path, folder: Path, indices: Collection[int]) -> list[int]:
    wanted = ",".join(map(str, sorted(set(indices))))
    if not wanted:
        return []
    try:
        said = json.loads(child.run(CHILD, (str(clip), str(folder), wanted), TIMEOUT, lease.check))
    except child.TooSlow:
        raise WorkFailed(TOO_SLOW) from None
    except ValueError:  # the child died before it could speak
        raise WorkFailed(UNREADABLE) from None
    if "error" in said:
        raise WorkFailed(said["error"]["message"])
    return [int(index) for index in said["frames"]]
