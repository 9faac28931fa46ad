"""A process that the kernel ends with its parent (Linux; elsewhere nothing happens)."""

from __future__ import annotations

import ctypes
import signal
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
# Loaded here, because a process that has just forked should load nothing.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(number: int = signal.SIGKILL) -> None:
    """Have this process get the signal as soon as its parent is gone; across exec too, but not its children."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, number)
