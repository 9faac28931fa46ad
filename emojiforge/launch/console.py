"""What the person at the terminal reads: steps with their time, important log lines, and why nothing can start."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

IMPORTANT: Final = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|\"event\": \"worker ended\"")


class StartupError(Exception):
    """The product cannot start. The message says why and what to do, a line for each thing that is wrong."""


def say(line: str) -> None:
    """Print one line at once; a reader that has gone away, or a file on a full disk, does not matter."""
    with suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def is_for_terminal(line: str) -> bool:
    """Return whether a line of a child's log is shown in the terminal too."""
    return IMPORTANT.search(line) is not None


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say `name` and how many seconds it took, once it is done."""
    started = time.monotonic()
    yield
    say(step_line(name, time.monotonic() - started))


def step_line(name: str, seconds: float) -> str:
    return f"{seconds:7.1f} s  {name}"
