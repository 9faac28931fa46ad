"""File storage on the local disk with atomic writes: a file is complete, or it does not exist."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

PART_SUFFIX: Final = ".part"
"""Suffix of a file while it is written. One that a kill left behind is deleted with the other orphans."""


class AtomicFileStorage(FileSystemStorage):
    """Write each file under a temporary name, flush it to disk, then rename it.

    A full disk or a kill at any moment leaves the file that was there before. An existing file is replaced.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_overwrite=True, **options)

    def _save(self, name: str, content: File[Any]) -> str:
        part = _part_of(name)
        try:
            super()._save(part, content)  # type: ignore[misc]  # the stubs do not know it
            _flush(self.path(part))
            Path(self.path(part)).replace(self.path(name))
        except BaseException:
            self.delete(part)
            raise
        _flush(self.path(str(PurePosixPath(name).parent)))
        return name

    def sizes(self, path: str) -> dict[str, int]:
        """Return the bytes of each file in a folder; none where there is no such folder."""
        found: dict[str, int] = {}
        with suppress(FileNotFoundError), os.scandir(self.path(path)) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # it is deleted at the same time
                    found[entry.name] = entry.stat().st_size
        return found

    def copy(self, name: str, copied: str) -> None:
        """Store a file under another name, too, without its bytes being stored twice where the disk can do that.

        An existing file of that name is replaced. Raises `FileNotFoundError`.
        """
        target, part = Path(self.path(copied)), Path(self.path(_part_of(copied)))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.link(self.path(name), part)
        except FileNotFoundError:
            raise
        except OSError:  # a disk without links, or too many of one file
            with self.open(name) as file:
                self._save(copied, file)
        else:
            try:
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)  # it is there still where both names are one file already


def _part_of(name: str) -> str:
    """Return an unused name in the same folder, for a file while it is written."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.name}.{secrets.token_hex(6)}{PART_SUFFIX}"))


def _flush(path: str) -> None:
    """Wait until the disk has the bytes of the file, or the entries of the folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
