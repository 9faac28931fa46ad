"""Run the reconciler's loop: `manage.py reconcile`."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.core.management.base import CommandParser
from django.db import Error, connection
from redis.exceptions import RedisError

from animations.management.database_command import DatabaseCommand
from animations.work.reconcile import reconcile

log = logging.getLogger(__name__)

PERIOD_SECONDS = 10.0


class Command(DatabaseCommand):
    """Reconcile every ten seconds."""

    help = "Put jobs that no run holds back on their queues, every ten seconds until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--once`."""
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *_: Any, once: bool, **__: Any) -> None:
        """Run rounds until SIGTERM or SIGINT, or one with `once`."""
        over = threading.Event()
        if not once:
            signal.signal(signal.SIGTERM, lambda *_: over.set())
            signal.signal(signal.SIGINT, lambda *_: over.set())
        while True:
            again = self._round()
            if once:
                self.stdout.write(f"{again} jobs were put back on their queues.")
                return
            if over.wait(PERIOD_SECONDS):
                return

    def _round(self) -> int:
        try:
            return reconcile()
        except (Error, RedisError):
            # The database or Redis is away; the next round may find it again.
            log.exception("a round of the reconciler failed")
            connection.close()
            return 0
