"""Limit the processor time of the decoding child by the size that the header of the picture gives.

A progressive JPEG of a few megapixels can hold thousands of scans, and each costs a full pass.
"""

from __future__ import annotations

import math
import resource
import time
from contextlib import suppress
from typing import Final

START_SECONDS: Final = 1.0
SECONDS_PER_MEGAPIXEL: Final = 0.2
"""Five times what the slowest kind of picture takes on a small machine."""


def bound(seconds: int) -> None:
    """Have this process killed (SIGXCPU) after this much processor time."""
    with suppress(OSError, ValueError):  # some systems have this limit but refuse to set it
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def allow_for(pixels: int) -> None:
    """Allow this process, if limited, the time that so many pixels need from now on."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    if most == resource.RLIM_INFINITY:
        return
    needed = time.process_time() + START_SECONDS + SECONDS_PER_MEGAPIXEL * pixels / 1e6
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (min(most, math.ceil(needed)), most))
