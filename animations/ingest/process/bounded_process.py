"""Run a module in a child process with a time-out, after which its process group is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
CHECK_SECONDS: Final = 0.5


class TimedOut(Exception):
    """The child was killed after its time-out, or after its own limit of processor time."""


def run(module: str, arguments: Sequence[str], timeout: float, check: Callable[[], None] | None = None) -> bytes:
    """Return the standard output of `python -m module arguments`, run without any of our secrets.

    `check` is called twice a second, and ends the child by raising. Raises `TimedOut`.
    """
    child = subprocess.Popen(  # noqa: S603  our own interpreter and module; the paths are ours too
        [sys.executable, "-E", "-s", "-m", module, *arguments],
        cwd=ROOT,
        env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,  # with a session of its own its niceness would mean nothing to Linux's autogroups
    )
    try:
        output = _wait(child, time.monotonic() + timeout, check)
    except BaseException:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        raise
    if child.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TimedOut(module)
    return output


def _wait(child: subprocess.Popen[bytes], until: float, check: Callable[[], None] | None) -> bytes:
    while True:
        left = until - time.monotonic()
        try:
            return child.communicate(timeout=max(0.0, min(CHECK_SECONDS, left)))[0]
        except subprocess.TimeoutExpired:
            if left <= CHECK_SECONDS:
                raise TimedOut(str(child.args)) from None
            if check is not None:
                check()
