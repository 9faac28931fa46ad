"""Send errors to a Sentry collector, where `SENTRY_DSN` names one. Sentry's package is loaded only then.

What is logged at ERROR is sent, from every process alike; of it, what `allow_list` lets through.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


def start() -> None:
    """Send errors from now on. In a process that has been forked, call it again: connections cannot be shared."""
    if settings.SENTRY_DSN:
        from emojiforge.error_reports import sentry  # noqa: PLC0415  (8 MB that nobody else needs)

        sentry.start()


@contextmanager
def flush_at_exit() -> Iterator[None]:
    """Have what fails in the block sent by a process that ends without tidying up, as a work-horse does."""
    start()
    try:
        yield
    finally:
        if settings.SENTRY_DSN:
            from emojiforge.error_reports import sentry  # noqa: PLC0415

            sentry.flush()
