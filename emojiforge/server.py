"""Web: `python -m emojiforge.server`, one process, or `WEB_PROCESSES` of them that share one address."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from functools import partial
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")

from django.conf import settings

from emojiforge.launch.ports import BACKLOG, bound_socket
from emojiforge.worker_pool import WorkerPool

log = logging.getLogger("emojiforge.server")  # its `__name__` is `__main__`


def main() -> int:
    """Serve until SIGTERM or SIGINT. The exit status is 1 when the address is taken."""
    if settings.WEB_PROCESSES == 1:
        return _serve()
    preload()
    try:
        listener = bound_socket(settings.HOST, settings.PORT)
    except OSError as error:
        log.error("Web cannot listen on %s:%d (%s).", settings.HOST, settings.PORT, error.strerror)
        return 1
    # It stays open here: while a process is replaced, the others answer, or connections wait.
    with listener:
        listener.listen(BACKLOG)
        WorkerPool(settings.WEB_PROCESSES, partial(_serve, listener)).run()
    return 0


def preload() -> None:
    """Import what the processes can share: all but the event loop, of which each makes its own."""
    for name in ("emojiforge.asgi", settings.ROOT_URLCONF):
        importlib.import_module(name)


def _serve(*listener: Any) -> int:
    """Import daphne, which makes the event loop of this process, and serve."""
    status: int = importlib.import_module("emojiforge.http.server").serve(*listener)
    return status


if __name__ == "__main__":
    sys.exit(main())
