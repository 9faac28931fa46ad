"""The connection to the database of the thread that runs, and what only one transaction may do at a time."""

from __future__ import annotations

from django.db import connection


def give_back_connection() -> None:
    """Give the connection back to its pool before a long wait for something else, as a request's end does.

    Within a transaction it is kept: to close it would lose what was written.
    """
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def wait_for_turn(name: str) -> None:
    """Wait until no other transaction has this turn, and keep it until ours ends.

    For what is counted before it is written, where there is no row to lock. SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
