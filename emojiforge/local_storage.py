"""Stored files on this machine's disk: under its name a file is whole, or it is not there."""

from __future__ import annotations

import os
import secrets
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

PART_SUFFIX: Final = ".part"
"""Of the name under which a file is written; what a kill left of one is removed with its folder's orphans."""


class AtomicFileStorage(FileSystemStorage):
    """Write each file beside its place, flush it to the disk, then rename it into place.

    A full disk or a kill at any moment leaves what was there before. A name that is taken is replaced.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_overwrite=True, **options)

    def _save(self, name: str, content: File[Any]) -> str:
        place = PurePosixPath(name)
        part = str(place.with_name(f"{place.name}.{secrets.token_hex(6)}{PART_SUFFIX}"))
        try:
            super()._save(part, content)  # type: ignore[misc]  # the stubs do not know it
            _flush(self.path(part))
            Path(self.path(part)).replace(self.path(name))
        except BaseException:
            self.delete(part)
            raise
        _flush(self.path(str(place.parent)))
        return name


def _flush(path: str) -> None:
    """Wait until the disk has the file's bytes, or the folder's list of names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
