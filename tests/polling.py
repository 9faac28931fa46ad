"""Waiting for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
OFTEN, SELDOM = 0.02, 0.5
"""Seconds between two looks. Each costs the process that is asked, on a machine that has other things to do: the
longer the wait, the less often."""


def until(look: Callable[[], Found | None], seconds: float = 60.0, what: str = "it") -> Found:
    """Return what `look` finds, as soon as that is true; fail when it is not in time."""
    began = time.monotonic()
    while (waited := time.monotonic() - began) < seconds:
        if found := look():
            return found
        time.sleep(min(SELDOM, max(OFTEN, waited / 8)))
    raise AssertionError(f"not within {seconds:g} s: {what}")
