"""Web: `python -m emojiforge.server`, one process, or `WEB_PROCESSES` of them that share one address."""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import sys
from typing import Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emojiforge.settings")

from django.conf import settings

from emojiforge.launch.ports import bound_socket
from emojiforge.worker_pool import WorkerPool

log = logging.getLogger("emojiforge.server")  # its `__name__` is `__main__`

MALLOC_OPTIONS: Final = {-8: 2, -3: 128 * 1024, -1: 128 * 1024}
"""glibc's M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD. By itself glibc gives each thread an arena, which keeps
what a large request once needed, and raises both thresholds to 32 MB after the first large block."""
UNUSED_EXTRAS: Final = ("requests", "pygments", "markdown")
"""Packages that Django REST framework imports where they are installed, for features that web has not got: 7 MB."""


def main() -> int:
    """Serve until SIGTERM or SIGINT. The exit status is 1 when the address is taken."""
    return_freed_memory()
    leave_out_extras()
    if settings.WEB_PROCESSES == 1:
        return serve()
    preload()
    try:
        bound_socket(settings.HOST, settings.PORT).close()  # the processes would share it with a program that shares
    except OSError as error:
        log.error("Web cannot listen on %s:%d (%s).", settings.HOST, settings.PORT, error.strerror)
        return 1
    WorkerPool([serve] * settings.WEB_PROCESSES).run()
    return 0


def return_freed_memory() -> None:
    """Have malloc give memory that is no longer used back to the system, where it is glibc's."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        for option, value in MALLOC_OPTIONS.items():
            library.mallopt(option, value)


def leave_out_extras() -> None:
    """Import no package of which web has no use: each process would hold it. psycopg (9 MB) is for PostgreSQL."""
    on_postgresql = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    for name in (*UNUSED_EXTRAS, *(() if on_postgresql else ("psycopg",))):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # an import of it is an `ImportError` then


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
