"""Send errors to the Sentry collector that `SENTRY_DSN` names. Without it Sentry's package is not even imported.

Every process sends what it logs at ERROR, filtered by `allow_list`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


def start() -> None:
    """Start to send errors. Call it again after a fork: connections cannot be shared."""
    if settings.SENTRY_DSN:
        from emojiforge.error_reports import sentry  # noqa: PLC0415  (8 MB, needed only here)

        sentry.start()


@contextmanager
def flush_at_exit() -> Iterator[None]:
    """Send errors of the block before it ends, for a process that exits without `atexit`, as a work-horse does."""
    start()
    try:
        yield
    finally:
        if settings.SENTRY_DSN:
            from emojiforge.error_reports import sentry  # noqa: PLC0415

            sentry.flush()
