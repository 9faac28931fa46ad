"""The only door to child processes: a stranger's file is opened in one that is bounded, timed and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LOOK_SECONDS: Final = 0.5


class TooSlow(Exception):
    """The child was killed: its time, or the processor time it allows itself, was over."""


def run(module: str, arguments: Sequence[str], timeout: float, check: Callable[[], None] | None = None) -> bytes:
    """The standard output of `python -m module arguments`. Its whole process group ends with it.

    It gets no secrets of ours. `check` is called now and then, and ends the child by raising. Raises `TooSlow`.
    """
    child = subprocess.Popen(  # noqa: S603  our own interpreter and module; the paths are ours too
        [sys.executable, "-E", "-s", "-m", module, *arguments],
        cwd=ROOT,
        env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        output = _wait(child, time.monotonic() + timeout, check)
    except BaseException:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        raise
    if child.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TooSlow(module)
    return output


def _wait(child: subprocess.Popen[bytes], until: float, check: Callable[[], None] | None) -> bytes:
    while True:
        left = until - time.monotonic()
        try:
            return child.communicate(timeout=max(0.0, min(LOOK_SECONDS, left)))[0]
        except subprocess.TimeoutExpired:
            if left <= LOOK_SECONDS:
                raise TooSlow(str(child.args)) from None
            if check is not None:
                check()
