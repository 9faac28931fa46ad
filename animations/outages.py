"""Tell from an error whether Redis, the database, the file storage or the disk is unavailable."""

from __future__ import annotations

import logging
import math
import sqlite3
import time
from copy import copy
from dataclasses import dataclass
from typing import Final

from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from animations import disk


class StorageUnavailable(OSError):
    """The service that stores files does not answer, or refuses our key."""


@dataclass(frozen=True, slots=True)
class Outage:
    """The response to a request that met an outage: HTTP status, code, message and seconds until a retry."""

    status: int
    code: str
    detail: str
    retry_after: int


DISK_FULL: Final = Outage(
    507,
    "disk_full",
    "This server has no room for new work right now. Nothing of yours is lost. Try again in a few minutes.",
    60,
)
UNAVAILABLE: Final = Outage(
    503, "unavailable", "This server is very busy or being restarted. Nothing of yours is lost. Try again soon.", 5
)
LOG_INTERVAL_S: Final = 60.0
SUMMARY_LENGTH: Final = 200
"""Characters of a message about an outage that are logged."""
_SQLITE_OUTAGES: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class LogLimit:
    """Allows one line a minute about an outage, which each request or retry would name again."""

    def __init__(self) -> None:
        self._allowed_at = -math.inf

    def allows(self) -> bool:
        """Return whether a line is due, and count it as logged."""
        now = time.monotonic()
        if now - self._allowed_at < LOG_INTERVAL_S:
            return False
        self._allowed_at = now
        return True


def summarize_outage(record: logging.LogRecord) -> logging.LogRecord:
    """Return a copy of an outage's log record in one line, as every request logs it; any other record as it is."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None or not find_outage(error):
        return record
    summary = copy(record)
    summary.msg, summary.args = f"{record.getMessage()[:SUMMARY_LENGTH]}: {type(error).__name__}", ()
    summary.exc_info, summary.exc_text = None, None
    return summary


def find_outage(error: BaseException) -> Outage | None:
    """Return the outage behind an error, or None for an error of our own."""
    if disk.is_full(error):
        return DISK_FULL
    if isinstance(error, RedisError | StorageUnavailable) or is_database_unavailable(error):
        return UNAVAILABLE
    # Django's sessions, for one, raise an error of their own in place of the database's.
    return find_outage(error.__context__) if error.__context__ else None


def is_database_unavailable(error: BaseException) -> bool:
    """Return whether the database is locked for too long, refuses connections or has closed ours."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):  # its OperationalError also stands for a missing table
        return cause.sqlite_errorcode & 0xFF in _SQLITE_OUTAGES
    return True
