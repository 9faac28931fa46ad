"""The log of a command whose person reads what it prints."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def errors_only() -> Iterator[None]:
    """Keep warnings of the app out of the log, and let them in again at the end: the process may live on."""
    log = logging.getLogger("animations")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)
