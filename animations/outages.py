"""Outages: what the machine cannot do at the moment, told from the error it ends in."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from animations import disk


class StorageUnavailable(OSError):
    """The service that keeps stored files does not answer, or refuses us."""


@dataclass(frozen=True, slots=True)
class Outage:
    """The answer to a request that an outage has ended: HTTP status, code, words, and seconds until it may work."""

    status: int
    code: str
    detail: str
    retry_after: int


DISK_FULL: Final = Outage(
    507,
    "no_room",
    "This server has no room for new work at the moment. Nothing of yours is lost; try again in a few minutes.",
    60,
)


UNAVAILABLE: Final = Outage(
    503, "unavailable", "This server is very busy or being restarted. Nothing of yours is lost; try again soon.", 5
)
_SQLITE_OUTAGES: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def find_outage(error: BaseException) -> Outage | None:
    """Return the outage behind an error; None where there is none and something is wrong with the product."""
    if disk.is_full(error):
        return DISK_FULL
    if isinstance(error, RedisError | StorageUnavailable) or is_database_unavailable(error):
        return UNAVAILABLE
    # Django's sessions, for one, raise an error of their own over that of the database.
    return find_outage(error.__context__) if error.__context__ else None


def is_database_unavailable(error: BaseException) -> bool:
    """Return whether the database is locked for too long, takes no connection or has closed ours."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):  # its OperationalError is also that of a missing table
        return cause.sqlite_errorcode & 0xFF in _SQLITE_OUTAGES
    return True
