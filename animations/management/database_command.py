"""A command that works on the rows of the database."""

from __future__ import annotations

from typing import Final

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

NOT_SET_UP: Final = (
    "The database is not set up, or older than this version: start `make run` once, or run `manage.py migrate`."
)


class DatabaseCommand(BaseCommand):
    """Say in one line that the database has to be set up first, where another command would end in a traceback."""

    requires_migrations_checks = True

    def check_migrations(self) -> None:
        """Raise `CommandError` where migrations are missing. A database that is away is left to the command."""
        try:
            executor = MigrationExecutor(connection)
        except OperationalError:
            return
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(NOT_SET_UP)
