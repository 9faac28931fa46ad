"""The connection to the database of the thread that runs."""

from __future__ import annotations

from django.db import connection


def give_back_connection() -> None:
    """Give the connection back to its pool before a long wait for something else, as a request's end does.

    Within a transaction it is kept: to close it would lose what was written.
    """
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
