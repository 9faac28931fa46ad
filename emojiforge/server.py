"""Web: `python -m emojiforge.server`, one process, or `WEB_PROCESSES` of them that share one address."""

from __future__ import annotations

import importlib
import logging
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")

from django.conf import settings

from emojiforge.launch.ports import bound_socket
from emojiforge.worker_pool import WorkerPool

log = logging.getLogger("emojiforge.server")  # its `__name__` is `__main__`


def main() -> int:
    """Serve until SIGTERM or SIGINT. The exit status is 1 when the address is taken."""
    if settings.WEB_PROCESSES == 1:
        return serve()
    preload()
    try:
        bound_socket(settings.HOST, settings.PORT).close()  # the processes would share it with a program that shares
    except OSError as error:
        log.error("Web cannot listen on %s:%d (%s).", settings.HOST, settings.PORT, error.strerror)
        return 1
    WorkerPool(settings.WEB_PROCESSES, serve).run()
    return 0


def preload() -> None:
    """Import what the processes can share: all but the event loop, of which each makes its own."""
    for name in ("emojiforge.asgi", settings.ROOT_URLCONF):
        importlib.import_module(name)


def serve() -> int:
    """Import daphne, which makes the event loop of this process, and serve."""
    status: int = importlib.import_module("emojiforge.http.server").serve()
    return status


if __name__ == "__main__":
    sys.exit(main())
