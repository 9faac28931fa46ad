"""Bound the processor time of the decoding child, the tighter the smaller the picture is by its header.

A progressive JPEG of a few megapixels can hold thousands of scans, each of which is worked through in full.
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
    """Have this process killed (SIGXCPU) once it has used so much processor time."""
    with suppress(OSError, ValueError):  # some systems know a limit and refuse to set it
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def allow_for(pixels: int) -> None:
    """Leave this process the time that so many pixels need, from now on; nothing happens in one without a bound."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    if most == resource.RLIM_INFINITY:
        return
    needed = time.process_time() + START_SECONDS + SECONDS_PER_MEGAPIXEL * pixels / 1e6
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (min(most, math.ceil(needed)), most))
