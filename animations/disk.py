"""Free disk space: while there is little, new work is refused so that running jobs can finish."""

from __future__ import annotations

import errno
import os
from contextlib import suppress

from django.conf import settings
from django.db import OperationalError

FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SQLITE_FULL = "database or disk is full"
_POSTGRES_FULL = "53100"
"""SQLSTATE of `disk_full`."""


def is_low() -> bool:
    """Return whether a disk that the product writes to has less free space than the reserve."""
    return any(_free_bytes(folder) < settings.DISK_RESERVE_MB * 1_000_000 for folder in _folders())


def is_full(error: BaseException) -> bool:
    """Return whether a write failed because the disk was full, be it a file's or the database's."""
    if isinstance(error, OperationalError):
        return _SQLITE_FULL in str(error) or getattr(error.__cause__, "sqlstate", "") == _POSTGRES_FULL
    return isinstance(error, OSError) and error.errno in FULL_ERRNOS


def _folders() -> set[str]:
    return {str(folder) for folder in (settings.DATA_DIR, settings.MEDIA_ROOT, settings.FILE_UPLOAD_TEMP_DIR)}


def _free_bytes(folder: str) -> float:
    with suppress(FileNotFoundError):  # nothing has been stored yet
        disk = os.statvfs(folder)
        return disk.f_bavail * disk.f_frsize
    return float("inf")
